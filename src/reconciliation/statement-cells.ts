/** What may stand between cells: CSV, the “Unicode text” of a spreadsheet, CSV of some locales. */
export const DELIMITERS = [',', '\t', ';'] as const;

const CELLS: ReadonlyMap<string, RegExp> = new Map(
  // A cell in quotes (RFC 4180 §2), perhaps as the formula of a text, or one without any.
  DELIMITERS.map((delimiter) => [
    delimiter,
    new RegExp(`(?:=?"((?:[^"]|"")*)"|([^"${delimiter}]*))(${delimiter}|$)`, 'y'),
  ]),
);

/** The cells of a line; null where its quotes are not in order. */
export function cellsOf(text: string, delimiter: string): string[] | null {
  const cells: string[] = [];
  const cell = CELLS.get(delimiter) as RegExp;
  cell.lastIndex = 0;
  for (let more = true; more;) {
    const match = cell.exec(text);
    if (!match) return null;
    cells.push(match[1]?.replaceAll('""', '"') ?? (match[2] as string));
    more = match[3] === delimiter;
  }
  return cells;
}

/** What a cell says, without what spreadsheets write around it so that it stays text: `'26…`, `="26…"`, blanks. */
export function wordOf(cell: string): string {
  const word = cell.trim();
  return (/^="(.*)"$/.exec(word)?.[1] ?? word.replace(/^['’]/, '')).trim();
}
