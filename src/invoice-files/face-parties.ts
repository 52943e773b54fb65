import { Confidence } from '../domain/invoice-facts';
import { Label, labelsIn } from './face-labels';
import { glued, Line, Segment } from './text-lines';

type PartyField = 'title' | 'buyerNumber' | 'sellerName' | 'sellerNumber';
type Side = 'buyer' | 'seller';

// Not the 名称 of 项目名称 or 服务名称: those are heads of a column.
const NAME = /(?:([购销])\s*[买售]?\s*方\s*)?(?<![项目服务货物劳工程]\s*)名\s*称\s*:/g;
const ID = /(?:统\s*一\s*社\s*会\s*)?(?:纳\s*税\s*人\s*识\s*别\s*号|信\s*用\s*代\s*码)[^:]{0,14}:/g;
/** 购买方信息, 销售方信息, 密码区 and 备注 run downwards beside the fields, one character a line. */
const SIDE = /^[购买方销售信息备注密码区]$/;
/** What no name is. */
const LABEL = /:|^(地址|电话|开户行|纳税人|统一社会|密码区|备注|下载次数)/;
/** In heights of a label: to its value, between the words of a value, from block to block. */
const FAR = 14;
const APART = 1.3;
const ALIGNED = 4;
const OVERLAP = 2.5;
const BLOCK = 5;
/** A form and what is filled in seldom stand level. */
const LEVEL = 0.6;
/** Letters so much larger than a label's are a watermark's. */
const LARGE = 1.8;

interface Party {
  name: Label;
  id: Label | undefined;
  /** Said by the words or the characters beside it; else it is where that side usually is. */
  side: Side | undefined;
  /** What lies right of it is another column's. */
  limit: number;
}

export interface PartyFact {
  field: PartyField;
  value: string;
  confidence: Confidence;
}

/**
 * Buyer and seller, with what is printed behind their labels: side by side above the table on a 数电票, above and below it
 * on the older faces. A block is told by its 名称, and the id is that of its block: further names and ids, as remarks have
 * them, are nobody's. Without a table, or a word that says which side it is, a party is only likely.
 */
export function partiesOf(lines: readonly Line[], table: { top: number; bottom: number } | null): PartyFact[] {
  const marks = sideMarks(lines);
  const blocks = blocksOf(lines, table, marks);
  const [first, second] = blocks;
  // One 名称 on a page without a form may be anybody's.
  if (table === null && blocks.length < 2 && first?.side === undefined) return [];
  const swapped = first?.side === 'seller' || second?.side === 'buyer';
  const [buyer, seller] = swapped ? [second, first] : [first, second];
  return [
    ...factsOf(lines, buyer, marks, ['title', 'buyerNumber'], table !== null),
    ...factsOf(lines, seller, marks, ['sellerName', 'sellerNumber'], table !== null),
  ];
}

function factsOf(
  lines: readonly Line[],
  party: Party | undefined,
  marks: ReadonlySet<Segment>,
  [name, id]: [PartyField, PartyField],
  inForm: boolean,
): PartyFact[] {
  if (!party) return [];
  const confidence = inForm || party.side !== undefined ? 'certain' : 'likely';
  const facts = [
    { field: name, value: nameAt(lines, party, marks), confidence },
    { field: id, value: idAt(lines, party, marks), confidence },
  ];
  return facts.filter((fact): fact is PartyFact => fact.value !== undefined);
}

/** The blocks of both parties, the one that comes first on the face before the other. */
function blocksOf(
  lines: readonly Line[],
  table: { top: number; bottom: number } | null,
  marks: ReadonlySet<Segment>,
): Party[] {
  const names = labelsIn(lines, NAME);
  const ids = labelsIn(lines, ID);
  const top = table?.top ?? -Infinity;
  const [first, ...others] = names.filter(({ y }) => y > top);
  if (!first) return [];
  const beside = others.find((other) => apart(other, first) && Math.abs(other.y - first.y) < BLOCK * first.height);
  const next = beside ?? others.find((other) => aligned(other, first));
  const below = next ? undefined : names.find((other) => isSellersBelow(other, first, table, lines, marks));
  const pair = [first, next ?? below].filter((label) => label !== undefined).sort((a, b) => (beside ? a.x - b.x : 0));
  const limit = beside ? Math.max(first.x, beside.x) : Infinity;
  return pair.map((name) => ({
    name,
    id: ids.find((id) => aligned(id, name) && id.y <= name.y && name.y - id.y < BLOCK * name.height),
    side: sideOf(lines, name, marks),
    limit: name.x < limit ? limit : Infinity,
  }));
}

function apart(one: Label, other: Label): boolean {
  return Math.abs(one.x - other.x) > FAR * other.height;
}

function aligned(one: Label, other: Label): boolean {
  return Math.abs(one.x - other.x) < ALIGNED * other.height;
}

/** On the older faces the seller stands below the table, where the buyer stands above it; what stands beside 备注 does not. */
function isSellersBelow(
  label: Label,
  buyer: Label,
  table: { top: number; bottom: number } | null,
  lines: readonly Line[],
  marks: ReadonlySet<Segment>,
): boolean {
  if (!table || label.y >= table.bottom || !aligned(label, buyer)) return false;
  if (sideOf(lines, label, marks) === 'seller') return true;
  return lines.some(
    ({ text, y }) => y < label.y && label.y - y < 2 * BLOCK * label.height && /地\s*址|开\s*户\s*行/.test(text),
  );
}

/** Characters of the words that run downwards: such as have another of them above or below. */
function sideMarks(lines: readonly Line[]): ReadonlySet<Segment> {
  const single = lines.flatMap(({ segments }) => segments).filter(({ text }) => SIDE.test(text));
  const stacked = (one: Segment, other: Segment) => {
    const [across, along] = [Math.abs(one.left - other.left), Math.abs(one.y - other.y)];
    return across < 0.4 * one.height && along > 0.6 * one.height && along < 3.5 * one.height;
  };
  return new Set(single.filter((one) => single.some((other) => other !== one && stacked(one, other))));
}

/** Which side a label's own words say, or 购 or 销 beside it: the nearest. */
function sideOf(lines: readonly Line[], label: Label, marks: ReadonlySet<Segment>): Side | undefined {
  const own = /^\s*([购销])/.exec(label.text)?.[1];
  if (own) return own === '购' ? 'buyer' : 'seller';
  const near = lines
    .flatMap(({ segments }) => segments)
    .filter((one) => marks.has(one) || /^[购销][买售]?方/.test(one.text))
    .filter(({ text }) => /^[购销]/.test(text))
    .filter(({ left, y }) => left < label.x + label.height && Math.abs(y - label.y) < BLOCK * label.height)
    .filter(({ left }) => left > label.x - BLOCK * label.height)
    .sort((a, b) => Math.abs(a.y - label.y) - Math.abs(b.y - label.y))[0];
  return near && (near.text.startsWith('购') ? 'buyer' : 'seller');
}

/** What follows a label at its height: words close to each other, up to the limit or the next column. */
function valueAt(lines: readonly Line[], label: Label, limit: number, marks: ReadonlySet<Segment>): Segment[] {
  const { segments } = lines[label.line] as Line;
  const own = segments[label.segment] as Segment;
  const before = segments.slice(0, label.segment + 1);
  // Form and entries may overlap.
  const begin = label.right - OVERLAP * label.height;
  const level = lines
    .flatMap((line) => line.segments)
    .filter((one) => Math.abs(one.y - label.y) < LEVEL * label.height && one.left > begin && !before.includes(one))
    .sort((a, b) => a.left - b.left);
  const words: Segment[] = [];
  if (label.end < own.text.length && own.raw.slice(label.end).trim() !== '') {
    const left = own.places[label.end] ?? own.left;
    words.push({ ...own, raw: own.raw.slice(label.end).trim(), text: own.text.slice(label.end).trim(), left });
  }
  for (const word of level) {
    if (word.height > LARGE * label.height) continue;
    if (marks.has(word) || LABEL.test(word.text) || word.left >= limit) break;
    const gap = word.left - (words.at(-1)?.right ?? label.right);
    if (gap > (words.length > 0 ? APART : FAR) * label.height) break;
    words.push(word);
  }
  return words;
}

/** A name may go on below, or begin above its label's line: whatever stands in its column down to the id. */
function nameAt(lines: readonly Line[], { name, id, limit }: Party, marks: ReadonlySet<Segment>): string | undefined {
  const { height } = name;
  const level = valueAt(lines, name, limit, marks);
  const floor = id && id.y < name.y ? id.y + 0.25 * height : name.y - 1.7 * height;
  const around = lines
    .flatMap(({ segments }) => segments)
    .filter((one) => Math.abs(one.y - name.y) >= LEVEL * height)
    .filter(({ y, height: own }) => y < name.y + 2.1 * height && y > floor && own <= LARGE * height)
    .filter((one) => !marks.has(one) && !LABEL.test(one.text))
    .filter(({ left }) => left > name.right - height && left < Math.min(limit - height, name.right + 45 * height));
  const column = level[0]?.left ?? Math.min(...around.map(({ left }) => left));
  const own = around.filter(({ left, right }) => left < column + 5 * height && right > column);
  const above = own.filter(({ y }) => y > name.y);
  const below = own.filter(({ y }) => y <= name.y);
  const value = glued([...above, ...level, ...below].map(({ raw }) => raw));
  return value === '' || LABEL.test(value) || /^[\d<>+*/-]+$/.test(value) ? undefined : value;
}

function idAt(lines: readonly Line[], { id, limit }: Party, marks: ReadonlySet<Segment>): string | undefined {
  if (!id) return undefined;
  const value = valueAt(lines, id, limit, marks)
    .map(({ text }) => text)
    .join('')
    .replace(/\s/g, '')
    .toUpperCase();
  return /^[0-9A-Z]{15,20}$/.exec(value)?.[0];
}
