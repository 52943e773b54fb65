import { Command, Option } from './command';
import { EXIT } from './exit';
import { columns } from './output';

const EXITS: [code: number, zh: string, en: string][] = [
  [EXIT.ok, '完成；发票有效', 'done; the invoice is valid'],
  [EXIT.no, '数据有误、被拒或有差异', 'faults, a refusal, or differences'],
  [EXIT.usage, '命令或设置有误，什么都没做', 'wrong command line or setting; nothing was done'],
  [EXIT.unreachable, '服务不可达或故障，重试是安全的', 'the service cannot be reached or failed; try again'],
  [EXIT.forbidden, '密钥无效或没有权限', 'the key is unknown or may not do this'],
];

/** What every command takes. */
export const COMMON: Record<string, Option> = {
  json: { type: 'boolean', about: ['只输出 JSON', 'JSON only, for programs'] },
  help: { type: 'boolean', about: ['说明', 'this help'] },
};

/** `piaoka --help`: what there is, with the first things to try. */
export function helpOnAll(commands: readonly Command[]): string {
  return [
    'piaoka 票卡: 把电子发票插入微信卡包 · puts e-invoices into the WeChat card wallet',
    '',
    '先试试 First things to try:',
    '  piaoka check invoice.json invoice.pdf      离线校验，无需服务 · offline, no service needed',
    '  piaoka orders submit order.json invoice.pdf',
    '  piaoka orders get 2026112200001',
    '  piaoka rules 72073                         解释一个错误码 · explain a code',
    '',
    '命令 Commands:',
    ...indented(commands.map(({ name, args, about: [zh, en] }) => [`${name} ${args}`.trim(), `${zh} · ${en}`])),
    '',
    '每个命令都有 --help 与 --json。Every command has --help and --json.',
    '',
    ...settings(),
    '',
    ...exits(),
    '',
  ].join('\n');
}

/** What the commands of one first word are about. */
const GROUPS: Record<string, readonly [zh: string, en: string]> = {
  orders: ['订单：提交、查询、重插、裁定、冲红', 'orders: to post, find, re-insert, settle, cancel'],
  bulk: ['批量重插', 'many orders begun anew at once'],
  reports: ['对账报告', 'reconciliation reports'],
  findings: ['对账差异', 'what reconciliation found'],
  keys: ['商户的密钥', 'the keys of merchants'],
  holds: ['暂停的账号与商户', 'accounts and merchants that are paused'],
  operators: ['运营人员', 'who operates the platform'],
  account: ['微信账号', 'WeChat accounts'],
  template: ['发票卡券模板', 'card templates'],
  push: ['微信推送', 'what WeChat pushed'],
  audit: ['审计', 'the audit trail'],
};

/** `piaoka orders --help`. */
export function helpOnGroup(group: string, commands: readonly Command[]): string {
  const [zh, en] = GROUPS[group] ?? ['', ''];
  return [
    `piaoka ${group} <command>`,
    `  ${zh}`,
    `  ${en}`,
    '',
    '命令 Commands:',
    ...indented(commands.map(({ name, args, about }) => [`${name} ${args}`.trim(), about.join(' · ')])),
    '',
    '例 Examples:',
    ...commands.flatMap(({ examples }) => examples.slice(0, 1)).map((example) => `  ${example}`),
    '',
    `各命令的选项 Options of each: piaoka ${group} <command> --help`,
    '',
    ...settings(),
    '',
    ...exits(),
    '',
  ].join('\n');
}

/** `piaoka <command> --help`. */
export function helpOn({ name, args, about, options, examples }: Command): string {
  const all = Object.entries({ ...options, ...COMMON });
  return [
    `piaoka ${name} ${args}`.trim(),
    `  ${about[0]}`,
    `  ${about[1]}`,
    '',
    '选项 Options:',
    ...indented(
      all.map(
        ([
          option,
          {
            value,
            about: [zh, en],
          },
        ]) => [`--${option}${value ? ` ${value}` : ''}`, `${zh} · ${en}`],
      ),
    ),
    '',
    '例 Examples:',
    ...examples.map((example) => `  ${example}`),
    '',
    ...settings(),
    '',
    ...exits(),
    '',
  ].join('\n');
}

function settings(): string[] {
  return [
    '设置 Settings:',
    ...indented([
      ['PIAOKA_URL', '服务地址 · where the service is (http://127.0.0.1:3000)'],
      ['PIAOKA_KEY', '密钥，或 PIAOKA_KEY_FILE 指向的文件 · the key, or PIAOKA_KEY_FILE, a file that holds it'],
    ]),
  ];
}

function exits(): string[] {
  return ['退出码 Exit codes:', ...indented(EXITS.map(([code, zh, en]) => [String(code), `${zh} · ${en}`]))];
}

function indented(rows: string[][]): string[] {
  return columns(rows).map((line) => `  ${line}`);
}
