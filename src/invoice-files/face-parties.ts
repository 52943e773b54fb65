import { Label, labelsIn } from './face-labels';
import { Line, Segment } from './text-lines';

type PartyField = 'title' | 'buyerNumber' | 'sellerName' | 'sellerNumber';

// Not the 名称 of 项目名称 or 服务名称: those are heads of a column.
const NAME = /(?<![项目服务货物劳工程]\s*)名\s*称\s*:/g;
const ID =
  /(?:统\s*一\s*社\s*会\s*信\s*用\s*代\s*码\s*\/?\s*)?(?:纳\s*税\s*人\s*识\s*别\s*号|信\s*用\s*代\s*码)\s*[/(]?[^:]{0,12}:/g;
/** 购买方信息, 销售方信息, 密码区 and 备注 run downwards beside the fields, one character a line. */
const SIDE = /^[购买方销售信息备注密码区]$/;
/** What no name is. */
const LABEL = /:|^(地址|电话|开户行|纳税人|统一社会|密码区|备注|下载次数)/;
/** In heights: from a label to its value, between the words of a value, from side to side of the sheet. */
const FAR = 14;
const APART = 1.3;
const ALIGNED = 4;

interface Side {
  name?: Label;
  id?: Label;
  /** What lies right of it is another column's. */
  limit: number;
}

/**
 * Buyer and seller, with what is printed behind their labels: side by side above the table on a 数电票, above and below it
 * on the older faces. Further 名称 and 识别号, as remarks have them, are nobody's.
 */
export function partiesOf(
  lines: Line[],
  table: { top: number; bottom: number },
): { field: PartyField; value: string }[] {
  const [names, ids] = [labelsIn(lines, NAME), labelsIn(lines, ID)];
  const [firstName, secondName] = pairOf(names, table);
  const [firstId, secondId] = pairOf(ids, table);
  const beside = [secondName, secondId].filter((label) => label && sameLevel(label, [firstName, firstId]));
  const limit = beside.length > 0 ? Math.min(...beside.map((label) => (label as Label).x)) : Infinity;
  const sides: Side[] = [
    { name: firstName, id: firstId, limit },
    { name: secondName, id: secondId, limit: Infinity },
  ];
  if (sideOf(lines, sides[0] as Side) === '销' && sideOf(lines, sides[1] as Side) !== '销') sides.reverse();
  const [buyer, seller] = sides as [Side, Side];
  const found: { field: PartyField; value: string }[] = [];
  const add = (field: PartyField, value: string | undefined) => value && found.push({ field, value });
  add('title', nameAt(lines, buyer));
  add('buyerNumber', idAt(lines, buyer));
  add('sellerName', nameAt(lines, seller));
  add('sellerNumber', idAt(lines, seller));
  return found;
}

/** The buyer's and the seller's of all labels of one kind. */
function pairOf(all: Label[], { top, bottom }: { top: number; bottom: number }): [Label?, Label?] {
  const [first, ...others] = all.filter(({ y }) => y > top);
  if (!first) return [undefined, all.find(({ y }) => y < bottom)];
  const beside = others.find(({ y }) => Math.abs(y - first.y) < 2 * first.height);
  if (beside) return first.x < beside.x ? [first, beside] : [beside, first];
  const below = [...others, ...all.filter(({ y }) => y < bottom && y < first.y)];
  return [first, below.find(({ x }) => Math.abs(x - first.x) < ALIGNED * first.height)];
}

function sameLevel(label: Label, others: (Label | undefined)[]): boolean {
  return others.some((other) => other && Math.abs(other.y - label.y) < 2 * other.height && label.x > other.x);
}

/** 购 or 销, where it is printed left of the labels. */
function sideOf(lines: Line[], { name, id }: Side): string | undefined {
  const label = name ?? id;
  if (!label) return undefined;
  return lines
    .flatMap(({ segments }) => segments)
    .filter(
      ({ left, y }) => left < label.x && left > label.x - 5 * label.height && Math.abs(y - label.y) < 5 * label.height,
    )
    .map(({ text }) => /^(购|销)$|^(购|销)[买售]方/.exec(text))
    .map((found) => found?.[1] ?? found?.[2])
    .find((side) => side !== undefined);
}

/** What follows a label on its line: words close to each other, up to the limit or the next column. */
function valueAt(lines: Line[], label: Label, limit: number): Segment[] {
  const line = lines[label.line] as Line;
  const own = line.segments[label.segment] as Segment;
  const words: Segment[] = [];
  if (label.end < own.text.length && own.raw.slice(label.end).trim() !== '') {
    const left = own.places[label.end] ?? own.left;
    words.push({ ...own, raw: own.raw.slice(label.end).trim(), text: own.text.slice(label.end).trim(), left });
  }
  for (const word of line.segments.slice(label.segment + 1)) {
    if (SIDE.test(word.text) || LABEL.test(word.text) || word.left >= limit) break;
    const gap = word.left - (words.at(-1)?.right ?? label.right);
    if (gap > (words.length > 0 ? APART : FAR) * label.height) break;
    words.push(word);
  }
  return words;
}

/** A name may go on below, or begin above its label's line: whatever stands in its column down to the id. */
function nameAt(lines: Line[], { name, id, limit }: Side): string | undefined {
  if (!name) return undefined;
  const words = valueAt(lines, name, limit);
  const [first] = words;
  if (!first) return undefined;
  const { height } = name;
  const floor = id && id.y < name.y ? id.y + 0.5 * height : name.y - 1.6 * height;
  const more: Segment[] = [];
  let y = name.y;
  for (const line of lines) {
    if (line === lines[name.line] || line.y > name.y + 1.2 * height || line.y < floor) continue;
    if (line.y < name.y && y - line.y > 1.9 * height) break;
    const inColumn = line.segments.filter(
      ({ left, text }) =>
        left > first.left - 2 * height &&
        left < Math.min(limit - height, first.left + 30 * height) &&
        !SIDE.test(text) &&
        !LABEL.test(text),
    );
    const own = inColumn.filter(({ left }) => left < Math.max(first.right, first.left + 4 * height));
    if (own.length === 0) continue;
    more.push(...own);
    if (line.y < name.y) y = line.y;
  }
  const all = [
    ...more.filter((one) => one.y > name.y + 0.2 * height),
    ...words,
    ...more.filter((one) => one.y <= name.y),
  ];
  const value = glued(all.map(({ raw }) => raw));
  return LABEL.test(value) || /^[\d<>+*/-]+$/.test(value) ? undefined : value;
}

/** Words of a line; between Latin ones a blank was left out. */
function glued(words: string[]): string {
  return words.reduce(
    (all, word) => (/[A-Za-z.,]$/.test(all) && /^[A-Za-z(]/.test(word) ? `${all} ${word}` : all + word),
    '',
  );
}

function idAt(lines: Line[], { id, limit }: Side): string | undefined {
  if (!id) return undefined;
  const value = valueAt(lines, id, limit)
    .map(({ text }) => text)
    .join('')
    .replace(/\s/g, '')
    .toUpperCase();
  return /^[0-9A-Z]{15,20}$/.exec(value)?.[0];
}
