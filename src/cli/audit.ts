import { Command } from './command';
import { EXIT } from './exit';

interface Verification {
  intact: boolean;
  chains: number;
  rows: number;
  findings: unknown[];
  unverifiable_anchors: number;
}

export const AUDIT: Command = {
  name: 'audit verify',
  args: '',
  about: [
    '核对审计链是否完整（管理员密钥）；不完整时退出码为 1',
    'verify the chains of the audit trail (an administrator’s key); a broken one exits with 1',
  ],
  options: {},
  examples: ['piaoka audit verify', 'piaoka audit verify --json | jq .findings'],
  async run({ out, service }) {
    const { data } = await service.call<Verification>('GET', '/v1/admin/audit/verification');
    out.result(data, [
      ...data.findings.map((finding) => `✗ ${JSON.stringify(finding)}`),
      `${data.intact ? '✓ 完整 intact' : '✗ 不完整 broken'}: ${data.chains} chains, ${data.rows} rows`,
    ]);
    return data.intact ? EXIT.ok : EXIT.no;
  },
};
