import { Line, Segment, spaced } from './text-lines';

type PartyField = 'title' | 'buyerNumber' | 'sellerName' | 'sellerNumber';

/** A label where it stands, with the segment and the place in it where its value may begin. */
interface Label {
  line: number;
  segment: number;
  start: number;
  end: number;
  x: number;
}

// Not the 名称 of 项目名称 or 服务名称: those are heads of a column.
const NAME = new RegExp(`(?<!项目|服务|货物|劳务)${spaced('名称')}\\s*:`, 'g');
const ID = new RegExp(`${spaced('纳税人识别号')}\\s*:?`, 'g');
/** 购买方信息 and 销售方信息, one character a line, beside the fields. */
const SIDE = /^[购买方销售信息备注密码区]$/;

/** Buyer and seller: the first 名称 and 识别号 on the page are the buyer's, the second the seller's, printed below or beside. */
export function partiesOf(lines: Line[]): { field: PartyField; value: string }[] {
  const names = labels(lines, NAME);
  const ids = labels(lines, ID);
  const found: { field: PartyField; value: string }[] = [];
  const add = (field: PartyField, value: string | undefined) => value && found.push({ field, value });
  if (names.length === 2) {
    add('title', nameAt(lines, names, 0, ids));
    add('sellerName', nameAt(lines, names, 1, ids));
  }
  if (ids.length === 2) {
    add('buyerNumber', idAt(lines, ids, 0));
    add('sellerNumber', idAt(lines, ids, 1));
  }
  return found;
}

function labels(lines: Line[], pattern: RegExp): Label[] {
  return lines.flatMap(({ segments }, line) =>
    segments.flatMap((one, segment) =>
      [...one.text.matchAll(pattern)].map((found) => ({
        ...{ line, segment, start: found.index, end: found.index + found[0].length },
        x: one.left,
      })),
    ),
  );
}

/** What follows a label on its line, up to the next label of the same kind; [from, to) of `raw`. */
function valueAt(lines: Line[], all: Label[], n: number): { value: string; from: Segment } | null {
  const label = all[n] as Label;
  const { segments } = lines[label.line] as Line;
  const next = all[n + 1]?.line === label.line ? all[n + 1] : undefined;
  const own = segments[label.segment] as Segment;
  const end = next?.segment === label.segment ? next.start : undefined;
  const value = own.raw.slice(label.end, end).trim();
  if (value || end !== undefined) return value ? { value, from: own } : null;
  const after = segments.slice(label.segment + 1, next?.segment).find(({ text }) => !SIDE.test(text));
  return after && !after.text.includes(':') ? { value: after.raw, from: after } : null;
}

/** A name may go on below: whatever stands there in its column, above the line of the id. */
function nameAt(lines: Line[], names: Label[], n: number, ids: Label[]): string | undefined {
  const first = valueAt(lines, names, n);
  if (!first) return undefined;
  const label = names[n] as Label;
  const beside = names.find(({ line, x }) => line === label.line && x > label.x);
  const bottom = ids.find(({ line }) => line > label.line)?.line ?? label.line + 1;
  let value = first.value;
  let y = (lines[label.line] as Line).y;
  for (const line of lines.slice(label.line + 1, bottom)) {
    const { height } = first.from;
    if (y - line.y > 1.9 * height) break;
    const more = line.segments.filter(
      ({ left, text }) =>
        left > label.x + height && left < (beside?.x ?? Infinity) - height && !SIDE.test(text) && !text.includes(':'),
    );
    if (more.length === 0) continue;
    value += more.map(({ raw }) => raw).join('');
    y = line.y;
  }
  return value;
}

function idAt(lines: Line[], ids: Label[], n: number): string | undefined {
  const value = valueAt(lines, ids, n)?.value.replace(/\s/g, '').toUpperCase();
  return value && /^[0-9A-Z]{15,20}$/.exec(value)?.[0];
}
