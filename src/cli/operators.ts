import { randomUUID } from 'node:crypto';
import { CreatedOperatorView, OperatorList } from '../console/operators.api';
import { Command, required, text } from './command';
import { EXIT } from './exit';
import { columns } from './output';
import { path } from './service';
import { time } from './words';

const OPERATORS = '/v1/admin/operators';
const ROLES: Record<string, string> = {
  viewer: '查看 viewer',
  operator: '运营 operator',
  approver: '审批 approver',
  administrator: '管理员 administrator',
};

const LIST: Command = {
  name: 'operators list',
  args: '',
  about: ['谁在运营平台（从不显示密钥）', 'who operates the platform, never a key'],
  options: {},
  examples: ['piaoka operators list'],
  async run({ out, service }) {
    const { data } = await service.call<OperatorList>('GET', OPERATORS);
    const rows = data.items.map(({ id, name, role, created_at, revoked_at }) => {
      return [id, name, ROLES[role] ?? role, time(created_at), revoked_at === null ? '—' : time(revoked_at)];
    });
    out.result(data, columns([['id', '名称 name', '角色 role', '建立 created', '吊销 revoked'], ...rows]));
    return EXIT.ok;
  },
};

const ADD: Command = {
  name: 'operators add',
  args: '<name>',
  about: [
    '新增一人，密钥只显示这一次（管理员密钥）',
    'another person, whose key is shown this once (an administrator’s key)',
  ],
  options: {
    role: {
      type: 'string',
      value: 'ROLE',
      about: ['viewer 查看 · operator 运营 · approver 审批 · administrator 管理员', 'what he or she may do'],
    },
    reason: { type: 'string', value: 'TEXT', about: ['原因，记入审计', 'why; kept in the audit trail'] },
  },
  examples: ['piaoka operators add 王芳 --role approver --reason "入职"'],
  async run({ args: [name = ''], values, out, service }) {
    const json = { name, role: required(values, 'role'), reason: text(values, 'reason') };
    const headers = { 'idempotency-key': randomUUID() };
    const { data } = await service.call<CreatedOperatorView>('POST', OPERATORS, { json, headers });
    out.result(data, [data.key]);
    out.note('请立即保存并只交给本人，不会再显示。Keep it now, for that person alone; it is not shown again.');
    return EXIT.ok;
  },
};

const REVOKE: Command = {
  name: 'operators revoke',
  args: '<operator_id>',
  about: ['吊销一人的密钥（管理员密钥）', 'end a person’s key (an administrator’s key)'],
  options: {},
  examples: ['piaoka operators revoke 0199…'],
  async run({ args: [id = ''], out, service }) {
    await service.call('DELETE', OPERATORS + path`/${id}`);
    out.result({ revoked: id }, ['✓ 已吊销 revoked']);
    return EXIT.ok;
  },
};

export const OPERATOR_COMMANDS = [LIST, ADD, REVOKE];
