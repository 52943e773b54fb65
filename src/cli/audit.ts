import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { AuditPage, AuditView } from '../audit/audit.api';
import { LoggedAnchor, latestOfEach, readLoggedAnchors } from '../audit/logged-anchors';
import { Command, text } from './command';
import { CliError, EXIT } from './exit';
import { streamOf, unreadable } from './files';
import { columns } from './output';
import { limitOf } from './pages';
import { query } from './service';
import { time } from './words';

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

const VERIFY: Command = {
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
      ...(data.unverifiable_anchors > 0
        ? [
            `未核对的锚点（其 MASTER_KEY 没有给出） anchors of a MASTER_KEY that is not given, not checked: ${data.unverifiable_anchors}`,
          ]
        : []),
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

const SEARCH: Command = {
  name: 'audit search',
  args: '',
  about: ['谁在何时做了什么，最新的在前（运营密钥）', 'who did what and when, newest first (an operator’s key)'],
  options: {
    actor: { type: 'string', value: 'NAME', about: ['此人或此密钥', 'of this person or key'] },
    action: { type: 'string', value: 'NOUN.VERB', about: ['此行为，如 order.reinserted', 'this act'] },
    object: { type: 'string', value: 'ID', about: ['对此对象，如订单的 uuid', 'upon this, e.g. an order’s uuid'] },
    merchant: { type: 'string', value: 'ID', about: ['此商户', 'of this merchant'] },
    from: { type: 'string', value: 'TIME', about: ['自此时间', 'from this time on'] },
    to: { type: 'string', value: 'TIME', about: ['至此时间之前', 'before this time'] },
    limit: {
      type: 'string',
      value: 'N',
      about: ['最多几条，默认 50；all 为全部', 'how many at most, default 50; all for every one'],
    },
  },
  examples: [
    'piaoka audit search --action operator.created',
    'piaoka audit search --object 0199… --limit all --json > acts.ndjson',
  ],
  async run({ values, out, service }) {
    const filter = {
      ...{ actor: text(values, 'actor'), action: text(values, 'action'), object: text(values, 'object') },
      ...{ merchant_id: text(values, 'merchant'), from: text(values, 'from'), to: text(values, 'to') },
    };
    const head = ['时间 at', '谁 actor', '行为 action', '对象 object', '原因 reason', ''];
    let left = limitOf(values);
    let cursor: string | undefined;
    do {
      const page = query({ ...filter, limit: String(Math.min(left, 200)), cursor });
      const { data } = await service.call<AuditPage>('GET', `/v1/admin/audit${page}`);
      out.rows(data.items, columns([...(cursor === undefined ? [head] : []), ...data.items.map(rowOf)]));
      left -= data.items.length;
      cursor = data.next_cursor ?? undefined;
    } while (cursor !== undefined && left > 0);
    return EXIT.ok;
  },
};

export const AUDIT = [SEARCH, VERIFY];

function rowOf({ at, actor, action, object, reason, data }: AuditView): string[] {
  return [time(at), actor, action, object, reason ?? '', Object.keys(data).length > 0 ? JSON.stringify(data) : ''];
}
