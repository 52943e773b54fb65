import { TemplateList, TemplateView } from '../accounts/templates.api';
import { Command, required, text } from './command';
import { EXIT } from './exit';
import { readJson } from './files';
import { columns } from './output';
import { path } from './service';

const LIST: Command = {
  name: 'template list',
  args: '',
  about: ['发票卡券模板', 'the card templates'],
  options: {},
  examples: ['piaoka template list'],
  async run({ out, service }) {
    const { data } = await service.call<TemplateList>('GET', '/v1/admin/templates');
    out.result(
      data,
      columns(data.items.map(({ id, payee, type, state, card_id }) => [id, payee, type, state, card_id ?? '—'])),
    );
    return EXIT.ok;
  },
};

const CREATE: Command = {
  name: 'template create',
  args: '<file.json>',
  about: [
    '建立一个收款方与类型的模板；重复执行不会多建',
    'make the template of a payee and type; repeating it makes no other',
  ],
  options: {},
  examples: ['piaoka template create template.json'],
  async run({ args: [file = ''], out, service }) {
    const { data } = await service.call<TemplateView>('POST', '/v1/admin/templates', { json: readJson(file) });
    out.result(data, [`✓ ${data.card_id ?? data.state}`]);
    return EXIT.ok;
  },
};

const SETTLE: Command = {
  name: 'template settle',
  args: '<id> <made|not_made>',
  about: [
    '建立结果不明的模板：在微信公众平台查看后告知结果',
    'a template whose making is unclear: say what you found in WeChat’s console',
  ],
  options: {
    'card-id': { type: 'string', value: 'CARD_ID', about: ['已建立时的 card_id', 'its card_id, where it was made'] },
    reason: { type: 'string', value: 'TEXT', about: ['原因，记入审计', 'why; kept in the audit trail'] },
  },
  examples: [
    'piaoka template settle 0199… made --card-id p… --reason "公众平台可见"',
    'piaoka template settle 0199… not_made --reason "公众平台没有"',
  ],
  async run({ args: [id = '', kind = ''], values, out, service }) {
    const json = { kind, card_id: text(values, 'card-id'), reason: required(values, 'reason') };
    const { data } = await service.call<TemplateView>('POST', path`/v1/admin/templates/${id}/resolutions`, { json });
    out.result(data, [`✓ ${data.state}  ${data.card_id ?? '—'}`]);
    return EXIT.ok;
  },
};

export const TEMPLATES = [LIST, CREATE, SETTLE];
