import { XMLParser } from 'fast-xml-parser';

/** An element: its text, its attributes and its children by local name. */
export interface Element {
  name: string;
  text: string;
  attributes: Record<string, string>;
  children: Element[];
}

const MOST_BYTES = 8 * 1024 * 1024;
const DEEPEST = 100;

/** Why a document is not read: what an invoice never has, and parsers have been broken with. */
export class RefusedXml extends Error {
  constructor(readonly reason: 'doctype' | 'too_large' | 'too_deep' | 'broken') {
    super(reason);
  }
}

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  removeNSPrefix: true,
  processEntities: false,
  parseTagValue: false,
  parseAttributeValue: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  trimValues: true,
});

/** The root of a document. No entities but the five of XML itself and character numbers; a DOCTYPE is refused. */
export function parseXml(bytes: Buffer): Element {
  if (bytes.length > MOST_BYTES) throw new RefusedXml('too_large');
  const text = decode(bytes).trimStart();
  if (/<!(DOCTYPE|ENTITY)/i.test(text.replace(/<!--[^]*?-->|<!\[CDATA\[[^]*?\]\]>/g, '')))
    throw new RefusedXml('doctype');
  if (depthOf(text) > DEEPEST) throw new RefusedXml('too_deep');
  let nodes: Node[];
  try {
    nodes = parser.parse(text, true) as Node[];
  } catch {
    throw new RefusedXml('broken');
  }
  const [root] = nodes.flatMap(elementOf);
  if (!root) throw new RefusedXml('broken');
  return root;
}

/** The first element of that name below (or at) `root`, in the order of the document. */
export function find(root: Element | undefined, name: string): Element | undefined {
  if (!root || root.name === name) return root;
  for (const child of root.children) {
    const found = find(child, name);
    if (found) return found;
  }
  return undefined;
}

export function findAll(root: Element | undefined, name: string): Element[] {
  if (!root) return [];
  const below = root.children.flatMap((child) => findAll(child, name));
  return root.name === name ? [root, ...below] : below;
}

/** The text of the first element of that name that has any. */
export function textOf(root: Element | undefined, ...names: string[]): string {
  for (const name of names) {
    const text = findAll(root, name).find((element) => element.text !== '')?.text;
    if (text) return text;
  }
  return '';
}

type Node = Record<string, unknown>;

function elementOf(node: Node): Element[] {
  const name = Object.keys(node).find((key) => key !== ':@');
  if (name === undefined || name === '#text') return [];
  const inner = node[name] as Node[];
  const text = inner.flatMap((child) => ('#text' in child ? [String(child['#text'])] : [])).join('');
  const attributes = Object.entries((node[':@'] ?? {}) as Record<string, unknown>);
  return [
    {
      name,
      text: unescape(text).trim(),
      attributes: Object.fromEntries(attributes.map(([key, value]) => [key, unescape(String(value))])),
      children: inner.flatMap(elementOf),
    },
  ];
}

const NAMED: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescape(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9A-Fa-f]{1,6})|(amp|lt|gt|quot|apos));/g, (all, decimal, hex, name) => {
    if (name) return NAMED[name as string] as string;
    const point = decimal ? Number(decimal) : parseInt(hex as string, 16);
    return point <= 0x10ffff ? String.fromCodePoint(point) : all;
  });
}

/** How deep tags are nested at most, without building anything. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [tag] of text.matchAll(/<(?:\/[^>]*|[A-Za-z_][^>]*)>/g)) {
    if (tag.startsWith('</')) depth -= 1;
    else if (!tag.endsWith('/>')) deepest = Math.max(deepest, (depth += 1));
  }
  return deepest;
}

function decode(bytes: Buffer): string {
  const declared =
    /^[^>]{0,100}encoding\s*=\s*["']([A-Za-z0-9_-]{1,20})/.exec(bytes.toString('latin1', 0, 200))?.[1] ?? 'utf-8';
  if (bytes[0] === 0x3c && bytes[1] === 0) return decodedAs('utf-16le', bytes) ?? refuse();
  if (bytes[0] === 0 && bytes[1] === 0x3c) return decodedAs('utf-16be', bytes) ?? refuse();
  const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  if (utf16) return decodedAs(bytes[0] === 0xff ? 'utf-16le' : 'utf-16be', bytes) ?? refuse();
  // Makers write GBK and say UTF-8, or nothing: what is valid UTF-8 is UTF-8, whatever it says of itself.
  return decodedAs('utf-8', bytes) ?? decodedAs(declared, bytes) ?? decodedAs('gb18030', bytes) ?? refuse();
}

/** Null: the bytes are not of that encoding, or there is none of that name. */
function decodedAs(encoding: string, bytes: Buffer): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function refuse(): never {
  throw new RefusedXml('broken');
}
