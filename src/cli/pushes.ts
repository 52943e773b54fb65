import { PushContentView, PushPage } from '../console/pushes.api';
import { Command, required, text } from './command';
import { EXIT } from './exit';
import { columns } from './output';
import { path } from './service';

const LIST: Command = {
  name: 'push list',
  args: '',
  about: ['微信推送及其处理结果，最新 200 条', 'what WeChat pushed and what it came to, the newest 200'],
  options: {
    state: {
      type: 'string',
      value: 'STATE',
      about: [
        'received · parked 暂无对应 · unreadable 待人工 · done · expired',
        'received, parked (fits nothing yet), unreadable (waits for a person), done or expired',
      ],
    },
  },
  examples: ['piaoka push list --state unreadable'],
  async run({ values, out, service }) {
    const state = text(values, 'state');
    const query = new URLSearchParams({ limit: '200', ...(state === undefined ? {} : { state }) });
    const { data } = await service.call<PushPage>('GET', `/v1/admin/callbacks?${query.toString()}`);
    const row = ({ id, received_at, appid, event, state: is, outcome }: PushPage['items'][number]) => {
      return [id, received_at, appid, shown(event).slice(1, -1), is, outcome ?? '—'];
    };
    out.result(data, columns(data.items.map(row)));
    return EXIT.ok;
  },
};

const SHOW: Command = {
  name: 'push show',
  args: '<id>',
  about: [
    '一条推送的内容，含个人信息，密钥与票据不显示',
    'what one push says, personal data included; secrets are not shown',
  ],
  options: {},
  examples: ['piaoka push show 0199…'],
  async run({ args: [id = ''], out, service }) {
    const { data } = await service.call<PushContentView>('GET', path`/v1/admin/callbacks/${id}`);
    out.result(data, columns(Object.entries(data.says).map(([name, value]) => [shown(name), shown(value)])));
    return EXIT.ok;
  },
};

/** As JSON writes it: what strangers wrote must not steer a terminal. */
function shown(text: string): string {
  const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(text).replace(/[\u007f-\u009f]/g, escaped);
}

const SEEN: Command = {
  name: 'push seen',
  args: '<id>',
  about: ['无法识别的推送已由人处理', 'an unreadable push was seen to'],
  options: {
    reason: { type: 'string', value: 'TEXT', about: ['如何处理，记入审计', 'what was done; kept in the audit trail'] },
  },
  examples: ['piaoka push seen 0199… --reason "已与微信核实"'],
  async run({ args: [id = ''], values, out, service }) {
    const json = { reason: required(values, 'reason') };
    const { data } = await service.call<PushContentView>('POST', path`/v1/admin/callbacks/${id}/resolutions`, { json });
    out.result(data, [`✓ ${data.outcome ?? ''}`]);
    return EXIT.ok;
  },
};

export const PUSHES = [LIST, SHOW, SEEN];
