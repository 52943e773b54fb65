import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { LoggedAnchor, latestOfEach, readLoggedAnchors } from '../audit/logged-anchors';
import { Command, text } from './command';
import { CliError, EXIT } from './exit';
import { streamOf, unreadable } from './files';

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
  options: {
    anchors: {
      type: 'string',
      value: 'FILE',
      about: [
        '另存的日志，含“audit anchor”行：与之核对',
        'a log kept elsewhere, with its lines "audit anchor": hold the trail against it',
      ],
    },
  },
  examples: [
    'piaoka audit verify',
    'piaoka audit verify --anchors piaoka.log',
    'piaoka audit verify --json | jq .findings',
  ],
  async run({ values, out, service }) {
    const file = text(values, 'anchors');
    const anchors = file === undefined ? [] : latestOfEach(await readAnchors(file));
    let { data: run } = await service.call<Run>('POST', '/v1/admin/audit/verifications', {
      json: { anchors },
      headers: { 'idempotency-key': randomUUID() },
    });
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

async function readAnchors(file: string): Promise<LoggedAnchor[]> {
  const anchors = await readLoggedAnchors(streamOf(file)).catch((error: unknown) => {
    throw unreadable(file, error);
  });
  if (anchors.length === 0) throw new CliError(EXIT.usage, `${file} 中没有审计锚点。${file} holds no audit anchor.`);
  return anchors;
}
