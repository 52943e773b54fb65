import { PoolClient } from 'pg';
import { isSafeNumber, parse } from 'lossless-json';
import { LoggedAnchor } from './logged-anchors';
import { Entry, hashOf, keyIdOf, NOTHING_BEFORE, signatureOf } from './chain';

/**
 * edited: the row is not what was written · removed: it is not there · reordered: it is the row that was written as number
 * `was` · added: it stands beyond the head · head_missing: the chain has rows and no head · anchor_forged: an anchor bears
 * a wrong signature · anchor_removed: an anchor that was logged is not in the database any more.
 */
export interface AuditFinding {
  chain: string;
  seq: number;
  kind: 'edited' | 'removed' | 'reordered' | 'added' | 'head_missing' | 'anchor_forged' | 'anchor_removed';
  was?: number;
}

export interface Verification {
  chains: number;
  rows: number;
  findings: AuditFinding[];
  /** Anchors of a master key that is not at hand any more: nothing is concluded from them. */
  unverifiable: number;
}

interface StoredRow extends Omit<Entry, 'seq' | 'data'> {
  seq: string;
  data: string;
  previous_sha256: Buffer;
  sha256: Buffer;
}

interface Mark {
  chain: string;
  seq: string;
  sha256: Buffer;
  signature: Buffer;
  key_id: string;
  /** From a log, and not in the database. */
  logged?: true;
}

const PAGE = 1000;
/** More findings than this in one chain are not told one by one. */
const MOST_FINDINGS = 10_000;
/** Above this many it is not asked which of the rows changed places: each would be hashed under each number. */
const MOST_SUSPECTS = 300;

/**
 * Reads every chain from its head back to its first row: each row must be what the row after it vouches for. Of memory it
 * takes a page of rows. `masterKeys`: the present one and those before; without any, anchors are compared but their
 * signatures are not. `logged`: anchors that were kept outside the database. To be called in a transaction of its own,
 * which it makes one snapshot.
 */
export async function verifyAudit(
  client: PoolClient,
  masterKeys: string[],
  logged: readonly LoggedAnchor[] = [],
): Promise<Verification> {
  await client.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
  const heads = new Map((await client.query<Mark>('SELECT chain, seq, sha256 FROM audit_heads')).rows.map(byChain));
  const { rows: kept } = await client.query<Mark>('SELECT chain, seq, sha256, signature, key_id FROM audit_anchors');
  const anchors = [...kept, ...notIn(kept, logged)];
  const { rows: known } = await client.query<{ chain: string }>('SELECT DISTINCT chain FROM audit');
  const chains = new Set([...heads.keys(), ...anchors.map(({ chain }) => chain), ...known.map(({ chain }) => chain)]);
  const verification: Verification = { chains: chains.size, rows: 0, findings: [], unverifiable: 0 };
  for (const chain of [...chains].sort()) {
    const walk = new Walk(
      chain,
      heads.get(chain) ?? null,
      anchors.filter((anchor) => anchor.chain === chain),
    );
    verification.unverifiable += walk.checkAnchors(masterKeys);
    for (let below: string | null = null; ;) {
      const rows: StoredRow[] = await page(client, chain, below);
      rows.forEach((row) => walk.step(row));
      verification.rows += rows.length;
      below = rows.at(-1)?.seq ?? null;
      if (rows.length < PAGE) break;
    }
    verification.findings.push(...walk.end());
  }
  return verification;
}

/** Down one chain, from the head to the first row. */
class Walk {
  private readonly findings: AuditFinding[] = [];
  private readonly suspects: StoredRow[] = [];
  private readonly anchors = new Map<number, Buffer>();
  /** The number the next row should have, and the hash it should have; null: nobody vouches for it. */
  private next: number;
  private vouched: Buffer | null;

  constructor(
    private readonly chain: string,
    private readonly head: Mark | null,
    private readonly marks: Mark[],
  ) {
    this.next = Number(head?.seq ?? 0);
    this.vouched = head?.sha256 ?? null;
  }

  /**
   * A head that stands below an anchor was turned back. An anchor of a key that is not at hand may be older than those that
   * can be checked, never younger; where none can be checked, the keys at hand have signed none yet. How many could not be
   * checked.
   */
  checkAnchors(masterKeys: string[]): number {
    const isGood = ({ seq, sha256, signature }: Mark) =>
      masterKeys.some((key) => signatureOf(key, this.chain, Number(seq), sha256).equals(signature));
    const known = new Set(masterKeys.map(keyIdOf));
    const doubtful: Mark[] = [];
    for (const mark of this.marks) {
      if (masterKeys.length > 0 && !isGood(mark)) doubtful.push(mark);
      else {
        this.anchors.set(Number(mark.seq), mark.sha256);
        if (mark.logged) this.say(Number(mark.seq), 'anchor_removed');
      }
    }
    const highest = Math.max(0, ...this.anchors.keys());
    const forged = doubtful.filter(({ seq, key_id }) => known.has(key_id) || (highest > 0 && Number(seq) > highest));
    for (const { seq } of forged) this.say(Number(seq), 'anchor_forged');
    if (highest > this.next) {
      this.next = highest;
      this.vouched = null;
    }
    return doubtful.length - forged.length;
  }

  step(row: StoredRow): void {
    const seq = Number(row.seq);
    if (!this.head && this.next === 0) {
      this.say(seq, 'head_missing');
      this.next = seq;
    }
    if (seq > this.next) {
      this.say(seq, 'added');
      return;
    }
    this.missing(seq);
    const vouched = this.anchors.get(seq) ?? this.vouched;
    const whole = hashOf(entryOf(row), row.previous_sha256).equals(row.sha256);
    const first = seq > 1 || row.previous_sha256.equals(NOTHING_BEFORE);
    if (whole && first && (!vouched || vouched.equals(row.sha256))) {
      this.vouched = row.previous_sha256;
    } else {
      this.say(seq, 'edited');
      if (this.suspects.length <= MOST_SUSPECTS) this.suspects.push(row);
      this.vouched = null;
    }
    this.next = seq - 1;
  }

  end(): AuditFinding[] {
    this.missing(0);
    return this.findings.map((finding) => this.asReordered(finding)).sort((a, b) => a.seq - b.seq);
  }

  private missing(seq: number): void {
    if (this.next > seq) this.vouched = null;
    for (; this.next > seq && this.findings.length < MOST_FINDINGS; this.next -= 1) this.say(this.next, 'removed');
    this.next = Math.min(this.next, seq);
  }

  /** A row that is whole under the number of another row in doubt was that row. */
  private asReordered(finding: AuditFinding): AuditFinding {
    if (this.suspects.length > MOST_SUSPECTS) return finding;
    const row = finding.kind === 'edited' && this.suspects.find(({ seq }) => Number(seq) === finding.seq);
    if (!row) return finding;
    const was = this.findings.find(
      ({ seq }) => seq !== finding.seq && hashOf({ ...entryOf(row), seq }, row.previous_sha256).equals(row.sha256),
    );
    return was ? { ...finding, kind: 'reordered', was: was.seq } : finding;
  }

  private say(seq: number, kind: AuditFinding['kind']): void {
    if (this.findings.length < MOST_FINDINGS) this.findings.push({ chain: this.chain, seq, kind });
  }
}

/** What a log has and the database has not. */
function notIn(kept: readonly Mark[], logged: readonly LoggedAnchor[]): Mark[] {
  const key = (chain: string, seq: string, signature: string) => `${chain}|${seq}|${signature}`;
  const known = new Set(kept.map(({ chain, seq, signature }) => key(chain, seq, signature.toString('hex'))));
  return logged
    .filter(({ chain, seq, signature }) => !known.has(key(chain, String(seq), signature)))
    .map(({ chain, seq, sha256, signature, key_id = '' }) => ({
      chain,
      seq: String(seq),
      sha256: Buffer.from(sha256, 'hex'),
      signature: Buffer.from(signature, 'hex'),
      key_id,
      logged: true,
    }));
}

/** `at` with all its digits, and numbers with all of theirs: the smallest change is a change. */
async function page(client: PoolClient, chain: string, below: string | null): Promise<StoredRow[]> {
  const { rows } = await client.query<StoredRow>(
    `SELECT chain, seq, coalesce(to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), at::text) AS at, actor, action, object, reason,
            data::text AS data, previous_sha256, sha256
       FROM audit WHERE chain = $1 AND ($2::bigint IS NULL OR seq < $2) ORDER BY seq DESC LIMIT ${PAGE}`,
    [chain, below],
  );
  return rows;
}

function entryOf({ seq, at, data, ...row }: StoredRow): Entry {
  const read = parse(data, undefined, (number) => (isSafeNumber(number) ? Number(number) : number));
  return { ...row, data: read as Entry['data'], seq: Number(seq), at: at.replace(/000Z$/, 'Z') };
}

function byChain(mark: Mark): [string, Mark] {
  return [mark.chain, mark];
}
