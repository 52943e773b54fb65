import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from './command';
import { CliError, EXIT } from './exit';

interface Verification {
  intact: boolean;
  chains: number;
  rows: number;
  findings: unknown[];
  unverifiable_anchors: number;
}

interface Run {
  id: string;
  state: 'queued' | 'done' | 'failed';
  result: Verification | null;
  error: string | null;
}

/** How often it is asked whether a worker is done, in ms. */
const LOOK_MS = 500;

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
    let { data: run } = await service.call<Run>('POST', '/v1/admin/audit/verifications', { json: {} });
    while (run.state === 'queued') {
      await sleep(LOOK_MS);
      ({ data: run } = await service.call<Run>('GET', `/v1/admin/audit/verifications/${run.id}`));
    }
    if (!run.result) throw new CliError(EXIT.unreachable, `核对没有完成 The check failed: ${run.error}`);
    const { result: data } = run;
    out.result(data, [
      ...data.findings.map((finding) => `✗ ${JSON.stringify(finding)}`),
      `${data.intact ? '✓ 完整 intact' : '✗ 不完整 broken'}: ${data.chains} chains, ${data.rows} rows`,
    ]);
    return data.intact ? EXIT.ok : EXIT.no;
  },
};
