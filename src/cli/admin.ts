import { KeyList, CreatedKeyView, MerchantPage } from '../console/merchants.api';
import { HoldPage, HoldView } from '../console/holds.api';
import { Command, required, text, texts } from './command';
import { CliError, EXIT } from './exit';
import { columns } from './output';
import { path, query } from './service';
import { reasonInWords, time } from './words';

const REASON = { type: 'string', value: 'TEXT', about: ['原因，记入审计', 'why; kept in the audit trail'] } as const;

const MERCHANTS: Command = {
  name: 'merchants',
  args: '',
  about: ['商户列表（运营密钥）', 'the merchants (an operator’s key)'],
  options: {},
  examples: ['piaoka merchants'],
  async run({ out, service }) {
    const { data } = await service.call<MerchantPage>('GET', '/v1/admin/merchants?limit=200');
    const rows = data.items.map(({ id, name, appid, issuer_appid }) => [id, name, appid, issuer_appid]);
    out.result(data, columns([['id', '名称 name', 'appid', '开票平台 issuer'], ...rows]));
    return EXIT.ok;
  },
};

const KEYS_LIST: Command = {
  name: 'keys list',
  args: '<merchant_id>',
  about: ['商户的密钥（从不显示密钥本身）', 'the keys of a merchant, never a key itself'],
  options: {},
  examples: ['piaoka keys list 0199…'],
  async run({ args: [merchant = ''], out, service }) {
    const { data } = await service.call<KeyList>('GET', path`/v1/admin/merchants/${merchant}/keys`);
    const rows = data.items.map((k) => [
      k.id,
      k.live ? '有效 live' : '失效 dead',
      k.label,
      k.scopes.join(','),
      k.last_used_at ? time(k.last_used_at) : '—',
    ]);
    const head = ['id', '状态 state', '用途 label', '权限 scopes', '最近使用 last used'];
    out.result(data, columns([head, ...rows]));
    return EXIT.ok;
  },
};

const KEYS_CREATE: Command = {
  name: 'keys create',
  args: '<merchant_id>',
  about: ['新建密钥，只显示这一次', 'a new key, shown this once'],
  options: {
    label: { type: 'string', value: 'TEXT', about: ['用途', 'what it is for'] },
    scope: {
      type: 'string',
      multiple: true,
      value: 'SCOPE',
      about: ['权限，可重复', 'what it may do; may be repeated'],
    },
    expires: { type: 'string', value: 'TIME', about: ['到期时间（RFC 3339）', 'when it expires (RFC 3339)'] },
    reason: REASON,
  },
  examples: ['piaoka keys create 0199… --label ERP --scope orders:write --scope orders:read'],
  async run({ args: [merchant = ''], values, out, service }) {
    const { data } = await service.call<CreatedKeyView>('POST', path`/v1/admin/merchants/${merchant}/keys`, {
      json: {
        label: required(values, 'label'),
        scopes: texts(values, 'scope'),
        expires_at: text(values, 'expires'),
        reason: text(values, 'reason'),
      },
    });
    out.result(data, [data.key]);
    out.note('请立即保存，不会再显示。Keep it now; it is not shown again.');
    return EXIT.ok;
  },
};

const KEYS_REVOKE: Command = {
  name: 'keys revoke',
  args: '<merchant_id> <key_id>',
  about: ['吊销密钥', 'revoke a key'],
  options: { reason: REASON },
  examples: ['piaoka keys revoke 0199… 0199… --reason rotated'],
  async run({ args: [merchant = '', key = ''], values, out, service }) {
    const to = path`/v1/admin/merchants/${merchant}/keys/${key}` + query({ reason: text(values, 'reason') });
    await service.call('DELETE', to);
    out.result({ revoked: key }, ['✓ 已吊销 revoked']);
    return EXIT.ok;
  },
};

const HOLDS_LIST: Command = {
  name: 'holds list',
  args: '',
  about: ['暂停中的账号与商户，及原因', 'what is paused, and why'],
  options: {},
  examples: ['piaoka holds list'],
  async run({ out, service }) {
    const { data } = await service.call<HoldPage>('GET', '/v1/admin/holds?limit=200');
    const rows = data.items.map((h) => [
      h.id,
      h.scope === 'account' ? '账号 account' : '商户 merchant',
      h.appid ?? h.merchant_id ?? '',
      String(h.errcode ?? '—'),
      reasonInWords(h.reason),
      time(h.created_at),
    ]);
    const head = ['id', '范围 scope', '对象 of', 'errcode', '原因 reason', '自 since'];
    out.result(data, rows.length > 0 ? columns([head, ...rows]) : ['没有暂停 nothing is held']);
    return EXIT.ok;
  },
};

const HOLDS_PLACE: Command = {
  name: 'holds place',
  args: '',
  about: ['暂停一个账号或商户', 'pause an account or a merchant'],
  options: {
    account: { type: 'string', value: 'APPID', about: ['账号', 'the account'] },
    merchant: { type: 'string', value: 'ID', about: ['商户', 'the merchant'] },
    until: { type: 'string', value: 'TIME', about: ['到何时（RFC 3339）', 'until when (RFC 3339)'] },
    reason: REASON,
  },
  examples: ['piaoka holds place --merchant 0199… --reason "数据核对中"'],
  async run({ values, out, service }) {
    const [appid, merchant_id] = [text(values, 'account'), text(values, 'merchant')];
    if ((appid === undefined) === (merchant_id === undefined)) {
      throw new CliError(EXIT.usage, '请给出 --account 或 --merchant 之一。Give either --account or --merchant.');
    }
    const scope = appid === undefined ? 'merchant' : 'account';
    const json = { scope, appid, merchant_id, until: text(values, 'until'), reason: required(values, 'reason') };
    const { data } = await service.call<HoldView>('POST', '/v1/admin/holds', { json });
    out.result(data, [`✓ 已暂停 held: ${data.id}`]);
    return EXIT.ok;
  },
};

const HOLDS_LIFT: Command = {
  name: 'holds lift',
  args: '<hold_id>',
  about: ['解除暂停，等待的订单立即继续', 'lift a hold; what waits goes on at once'],
  options: { reason: REASON },
  examples: ['piaoka holds lift 0199… --reason "权限已开通"'],
  async run({ args: [id = ''], values, out, service }) {
    await service.call('DELETE', path`/v1/admin/holds/${id}` + query({ reason: text(values, 'reason') }));
    out.result({ lifted: id }, ['✓ 已解除 lifted']);
    return EXIT.ok;
  },
};

export const ADMIN = [MERCHANTS, KEYS_LIST, KEYS_CREATE, KEYS_REVOKE, HOLDS_LIST, HOLDS_PLACE, HOLDS_LIFT];
