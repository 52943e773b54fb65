import { PoolClient } from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { audit } from '../audit/audit';
import { Fault, fault } from '../domain/fault';
import { faultsOfName } from '../domain/names';
import { STRICT_FILE_CODES } from '../domain/pdf-verdict';
import { RULES } from '../domain/rules/catalogue';

/** What operators set. `null` clears what may be absent. */
export interface MerchantSettings {
  name: string;
  appid: string;
  card_id: string | null;
  issuer_appid: string;
  strict: string[];
  relaxed: string[];
  pdf_check: 'full' | 'fast' | 'warn' | 'off' | null;
  redirect_domains: string[];
}

export interface MerchantRow extends MerchantSettings {
  id: string;
  created_at: Date;
}

/** Who acts, and why. */
export interface By {
  actor: string;
  reason: string | null;
}

/** What stands in the way: faults of the settings, or a merchant of that name. */
export type Settled = { merchant: MerchantRow } | { faults: Fault[] } | 'name_taken' | 'unknown';

const COLUMNS = 'id, name, appid, card_id, issuer_appid, strict, relaxed, pdf_check, redirect_domains, created_at';

/** Oldest first; one row more than the limit says that there is another page. */
export async function listMerchants(client: PoolClient, limit: number, after: string | null): Promise<MerchantRow[]> {
  const { rows } = await client.query<MerchantRow>(
    `SELECT ${COLUMNS} FROM merchants WHERE $2::uuid IS NULL OR id > $2 ORDER BY id LIMIT $1`,
    [limit + 1, after],
  );
  return rows;
}

export async function findMerchant(client: PoolClient, id: string): Promise<MerchantRow | null> {
  const { rows } = await client.query<MerchantRow>(`SELECT ${COLUMNS} FROM merchants WHERE id = $1 FOR SHARE`, [id]);
  return rows[0] ?? null;
}

export async function createMerchant(client: PoolClient, settings: MerchantSettings, by: By): Promise<Settled> {
  const faults = [...(await faultsOfNewName(client, settings.name, null)), ...(await faultsOf(client, settings))];
  if (faults.length > 0) return { faults };
  const { rows } = await client.query<MerchantRow>(
    `INSERT INTO merchants (id, name, appid, card_id, issuer_appid, strict, relaxed, pdf_check, redirect_domains)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (name) DO NOTHING RETURNING ${COLUMNS}`,
    [uuidv7(), ...valuesOf(settings)],
  );
  const [merchant] = rows;
  if (!merchant) return 'name_taken';
  await audit(client, {
    merchantId: merchant.id,
    ...by,
    action: 'merchant.created',
    object: merchant.id,
    data: { ...settings },
  });
  return { merchant };
}

/** Changes what is given and leaves the rest. The trail has the fields that really changed, before and after. */
export async function changeMerchant(
  client: PoolClient,
  id: string,
  changes: Partial<MerchantSettings>,
  by: By,
): Promise<Settled> {
  const { rows } = await client.query<MerchantRow>(`SELECT ${COLUMNS} FROM merchants WHERE id = $1 FOR UPDATE`, [id]);
  const [before] = rows;
  if (!before) return 'unknown';
  const wanted = { ...before, ...changes };
  const renamed = wanted.name !== before.name;
  const faults = [
    ...(renamed ? await faultsOfNewName(client, wanted.name, id) : []),
    ...(await faultsOf(client, wanted)),
  ];
  if (faults.length > 0) return { faults };
  const changed = (Object.keys(changes) as (keyof MerchantSettings)[]).filter(
    (field) => JSON.stringify(before[field]) !== JSON.stringify(wanted[field]),
  );
  if (changed.length === 0) return { merchant: before };
  const taken = await client.query('SELECT FROM merchants WHERE name = $1 AND id <> $2', [wanted.name, id]);
  if (taken.rows.length > 0) return 'name_taken';
  await client.query(
    `UPDATE merchants SET name = $2, appid = $3, card_id = $4, issuer_appid = $5, strict = $6, relaxed = $7, pdf_check = $8,
            redirect_domains = $9
      WHERE id = $1`,
    [id, ...valuesOf(wanted)],
  );
  const data = Object.fromEntries(changed.map((field) => [field, { from: before[field], to: wanted[field] }]));
  await audit(client, { merchantId: id, ...by, action: 'merchant.changed', object: id, data });
  return { merchant: wanted };
}

function valuesOf(settings: MerchantSettings): unknown[] {
  const { name, appid, card_id, issuer_appid, strict, relaxed, pdf_check, redirect_domains } = settings;
  return [name, appid, card_id, issuer_appid, strict, relaxed, pdf_check, redirect_domains];
}

async function faultsOf(client: PoolClient, { issuer_appid, strict, relaxed }: MerchantSettings): Promise<Fault[]> {
  const { rows } = await client.query('SELECT appid FROM accounts WHERE appid = $1', [issuer_appid]);
  return [
    ...(rows.length > 0 ? [] : [unknownIssuer()]),
    ...codesNot(strict, '/strict', [
      ...RULES.filter(({ severity }) => severity === 'warning').map(({ code }) => code),
      ...STRICT_FILE_CODES,
    ]),
    ...codesNot(
      relaxed,
      '/relaxed',
      RULES.filter(({ relaxable }) => relaxable === true).map(({ code }) => code),
    ),
  ];
}

/** `own`: the merchant that is renamed. Until its end no other transaction names a merchant. */
async function faultsOfNewName(client: PoolClient, name: string, own: string | null): Promise<Fault[]> {
  await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('merchant names', 0))`);
  const { rows } = await client.query<{ name: string }>(
    'SELECT name FROM merchants WHERE $1::uuid IS NULL OR id <> $1',
    [own],
  );
  return faultsOfName(
    name,
    rows.map((row) => row.name),
  );
}

function unknownIssuer(): Fault {
  return fault(
    'FIELD-VALUE',
    '/issuer_appid',
    '没有这个开票账号。请先添加账号。',
    'There is no such issuing account. Add the account first.',
  );
}

function codesNot(codes: string[], pointer: string, allowed: readonly string[]): Fault[] {
  return codes.flatMap((code, i) =>
    allowed.includes(code)
      ? []
      : [
          fault(
            'FIELD-VALUE',
            `${pointer}/${i}`,
            `只能是：${allowed.join(', ')}。`,
            `Must be one of: ${allowed.join(', ')}.`,
          ),
        ],
  );
}
