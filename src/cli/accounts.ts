import { ProbeView } from '../console/account-probe.api';
import { AccountList, AccountView, AccountCheckView, AccountFindingView, PappidView } from '../console/accounts.api';
import { Command, required, text } from './command';
import { CliError, EXIT } from './exit';
import { readBytes, readJson } from './files';
import { path } from './service';

const MARK = { ok: '✓', warning: '!', error: '✗' } as const;

const LIST: Command = {
  name: 'account list',
  args: '',
  about: [
    '微信账号及上次检查的结果（运营密钥）',
    'the WeChat accounts and what their last check found (an operator’s key)',
  ],
  options: {},
  examples: ['piaoka account list'],
  async run({ out, service }) {
    const { data } = await service.call<AccountList>('GET', '/v1/admin/accounts');
    out.result(
      data,
      data.items.flatMap(({ appid, role, findings }) => [`${appid}  ${role}`, ...findings.flatMap(findingLines)]),
    );
    return EXIT.ok;
  },
};

const ADD: Command = {
  name: 'account add',
  args: '<appid> <secret-file>',
  about: [
    '添加账号；secret 从文件读取（- 为标准输入）',
    'add an account; its secret comes from a file (- for standard input)',
  ],
  options: {
    role: {
      type: 'string',
      value: 'ROLE',
      about: [
        'issuer 开票平台 · merchant 商户 · reimburser 报销方 · component',
        'issuer, merchant, reimburser or component',
      ],
    },
  },
  examples: ['piaoka account add wx… ./secret.txt --role merchant'],
  async run({ args: [appid = '', file = ''], values, out, service }) {
    const json = { appid, role: required(values, 'role'), secret: readBytes(file).toString('utf8').trim() };
    const { data } = await service.call<AccountView>('POST', '/v1/admin/accounts', { json });
    out.result(data, [`✓ ${data.appid}  ${data.role}`]);
    return EXIT.ok;
  },
};

const CHANGE: Command = {
  name: 'account change',
  args: '<appid>',
  about: ['更换 secret 或改变账号的用途', 'give an account another secret, or change what it is for'],
  options: {
    role: {
      type: 'string',
      value: 'ROLE',
      about: ['issuer · merchant · reimburser · component', 'issuer, merchant, reimburser or component'],
    },
    'secret-file': {
      type: 'string',
      value: 'FILE',
      about: ['新 secret 的文件（- 为标准输入）', 'file with the new secret'],
    },
    'token-kind': { type: 'string', value: 'KIND', about: ['stable 或 plain', 'stable or plain'] },
    'billing-fields': { type: 'string', value: 'ORDER', about: ['current 或 classic', 'current or classic'] },
  },
  examples: ['piaoka account change wx… --secret-file ./secret.txt', 'piaoka account change wx… --role reimburser'],
  async run({ args: [appid = ''], values, out, service }) {
    const file = text(values, 'secret-file');
    const json = {
      role: text(values, 'role'),
      secret: file === undefined ? undefined : readBytes(file).toString('utf8').trim(),
      token_kind: text(values, 'token-kind'),
      billing_fields: text(values, 'billing-fields'),
    };
    if (Object.values(json).every((value) => value === undefined))
      throw new CliError(EXIT.usage, '请给出要更改的内容。Say what to change. piaoka account change --help');
    const { data } = await service.call<AccountView>('PATCH', path`/v1/admin/accounts/${appid}`, { json });
    out.result(data, [`✓ ${data.appid}  ${data.role}  ${data.token_kind}  ${data.billing_fields}`]);
    return EXIT.ok;
  },
};

const CALLBACK: Command = {
  name: 'account callback',
  args: '<appid> <file.json>',
  about: [
    '设置消息推送：mode、token、encoding_aes_key，从文件读取（- 为标准输入）',
    'how WeChat pushes to an account: mode, token, encoding_aes_key, from a file (- for standard input)',
  ],
  options: {},
  examples: [`echo '{"mode":"safe","token":"…","encoding_aes_key":"…"}' | piaoka account callback wx… -`],
  async run({ args: [appid = '', file = ''], out, service }) {
    const to = path`/v1/admin/accounts/${appid}/callback`;
    const { data } = await service.call<AccountView>('PUT', to, { json: readJson(file) });
    out.result(data, [`✓ ${data.callback.mode}  ${data.callback.path}`]);
    return EXIT.ok;
  },
};

const CHECK_ACCOUNT: Command = {
  name: 'account check',
  args: '<appid>',
  about: ['账号还缺什么；有错误时退出码为 1', 'what an account still lacks; an error exits with 1'],
  options: {},
  examples: ['piaoka account check wx…'],
  async run({ args: [appid = ''], out, service }) {
    const { data } = await service.call<AccountCheckView>('POST', path`/v1/admin/accounts/${appid}/check`, {
      json: {},
    });
    out.result(data, data.findings.flatMap(findingLines));
    return data.findings.some(({ severity }) => severity === 'error') ? EXIT.no : EXIT.ok;
  },
};

const PAPPID: Command = {
  name: 'account s_pappid',
  args: '<appid>',
  about: ['取得开票平台识别码并保存（seturl）', 'fetch the issuer’s s_pappid and keep it (seturl)'],
  options: {},
  examples: ['piaoka account s_pappid wx…'],
  async run({ args: [appid = ''], out, service }) {
    const { data } = await service.call<PappidView>('POST', path`/v1/admin/accounts/${appid}/s_pappid`, { json: {} });
    out.result(data, [data.s_pappid]);
    return EXIT.ok;
  },
};

const SET: Command = {
  name: 'account set',
  args: '<appid> <attribute> <file.json>',
  about: [
    '设置 contact 联系方式 · auth_field 授权页字段 · pay_mch 商户号（setbizattr）',
    'set contact, auth_field or pay_mch at WeChat (setbizattr)',
  ],
  options: {},
  examples: [`echo '{"phone":"021-…","time_out":7200}' | piaoka account set wx… contact -`],
  async run({ args: [appid = '', attribute = '', file = ''], out, service }) {
    const to = path`/v1/admin/accounts/${appid}/attributes/${attribute}`;
    const { data } = await service.call('PUT', to, { json: readJson(file) });
    out.result(data, ['✓ 已设置 set']);
    return EXIT.ok;
  },
};

const PROBE: Command = {
  name: 'account probe',
  args: '<appid>',
  about: [
    '向真实账号求证微信文档未说明之处：上传大小、每日额度、插卡后的状态',
    'ask a real account what WeChat’s documents leave open: upload sizes, quotas, what is told after a card',
  ],
  options: {
    reason: { type: 'string', value: 'TEXT', about: ['原因，记入审计', 'why; kept in the audit trail'] },
    order: { type: 'string', value: 'UUID', about: ['一个已插卡的测试订单', 'an inserted test order of this account'] },
    'repeat-insert': {
      type: 'boolean',
      about: [
        '把该订单再插一次：应被拒绝（72056）；若未拒绝，用户会得到第二张卡',
        'insert that order once more: it should be refused (72056); if not, its user gets a second card',
      ],
    },
    'young-template': {
      type: 'string',
      value: 'CARD_ID',
      about: [
        '刚建立的模板：此刻能否使用（与 --repeat-insert 一起）',
        'a template made a moment ago: can it be used yet? (with --repeat-insert)',
      ],
    },
    'upload-mib': {
      type: 'string',
      value: '1,2,5',
      about: ['试传的大小，默认 1,2,5,10', 'sizes to upload, default 1,2,5,10'],
    },
  },
  examples: [
    'piaoka account probe wx… --reason "上线前"',
    'piaoka account probe wx… --order 0199… --repeat-insert --reason "上线前"',
  ],
  async run({ args: [appid = ''], values, out, service }) {
    const json = {
      reason: required(values, 'reason'),
      order: text(values, 'order'),
      repeat_insert: values['repeat-insert'] === true ? true : undefined,
      young_template: text(values, 'young-template'),
      upload_mib: text(values, 'upload-mib')?.split(',').map(Number),
    };
    const { data } = await service.call<ProbeView>('POST', path`/v1/admin/accounts/${appid}/probe`, { json });
    out.result(
      data,
      data.answers.flatMap(({ question, errcode, errmsg, conclusion, conclusion_en }) => [
        `${question}  ${errcode ?? '—'} ${errmsg ?? ''}`.trimEnd(),
        `    ${conclusion}`,
        `    ${conclusion_en}`,
      ]),
    );
    return EXIT.ok;
  },
};

function findingLines({ code, severity, advice, advice_en }: AccountFindingView): string[] {
  return [`  ${MARK[severity]} ${code}`, ...(severity === 'ok' ? [] : [`      ${advice}`, `      ${advice_en}`])];
}

export const ACCOUNTS = [LIST, ADD, CHANGE, CALLBACK, CHECK_ACCOUNT, PAPPID, SET, PROBE];
