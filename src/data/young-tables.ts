import { DataSource } from 'typeorm';

/** Rows stored by this process after which PostgreSQL is asked to look at the tables; beyond, autovacuum looks in time. */
const LOOKS = [64, 512, 4096];

/**
 * Statistics of tables that were empty a moment ago. Hot statements keep their plans, and beside an empty table every index
 * that begins with the merchant looks alike: such a plan reads all of his rows, each time, until autovacuum comes round a
 * minute later. An ANALYZE makes every connection of every process plan anew.
 */
export class YoungTables {
  private stored = 0;
  private looks = 0;

  /** `tables`: those that grow together. */
  constructor(
    private readonly dataSource: DataSource,
    private readonly tables: readonly string[],
  ) {}

  /** So many more rows were stored. A look that fails is left to autovacuum. */
  async grew(count: number): Promise<void> {
    this.stored += count;
    const next = LOOKS[this.looks];
    if (next === undefined || this.stored < next) return;
    this.looks += 1;
    const rows = await this.dataSource.query<{ known: boolean }[]>(
      'SELECT min(reltuples) >= $1 AS known FROM pg_class WHERE oid = ANY ($2::text[]::regclass[])',
      [next, this.tables],
    );
    if (!rows[0]?.known) await this.dataSource.query(`ANALYZE ${this.tables.join(', ')}`);
  }
}
