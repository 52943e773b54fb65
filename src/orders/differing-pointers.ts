/** Where two documents differ, by JSON pointer. */
export function differingPointers(before: unknown, now: unknown, pointer: string): string[] {
  if (!isRecord(before) || !isRecord(now)) return canonical(before) === canonical(now) ? [] : [pointer];
  const keys = [...new Set([...Object.keys(before), ...Object.keys(now)])];
  return keys.flatMap((key) => differingPointers(before[key], now[key], `${pointer}/${key}`));
}

/** jsonb returns the fields of an object in an order of its own. */
function canonical(value: unknown): string {
  return JSON.stringify(sorted(value));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, field]) => [key, sorted(field)]),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
