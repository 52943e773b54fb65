import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { parseLossless, storableText } from './lossless';

/** A push's fields, all text; what is nested in one stands there as JSON. */
export type CallbackFields = Record<string, string>;

/** `declaring`: a document that declares something, seen before any parser. `unreadable`: no document of fields. */
export type CallbackReading = { kind: 'fields'; fields: CallbackFields } | { kind: 'declaring' | 'unreadable' };

export const MAX_CALLBACK_BYTES = 64 * 1024;
/** Opening and closing ones: what a parser is given stays small, whoever sends it. WeChat's pushes have some thirty. */
const MAX_TAGS = 1000;
/** No push of WeChat declares anything. */
const DECLARATION = /<!(?:DOCTYPE|ENTITY)/i;
/** What a push is about and whose it is stands there once: of two values nobody could say which counts. */
const DECIDING = [
  'ToUserName',
  'FromUserName',
  'CreateTime',
  'Event',
  'InfoType',
  'SuccOrderId',
  'FailOrderId',
  'AuthorizeAppId',
  'AppId',
  'CardId',
  'Code',
  'Status',
  'Encrypt',
];
const CDATA = { begin: '<![CDATA[', end: ']]>' };

const PARSER = new XMLParser({
  ignoreAttributes: true,
  processEntities: false,
  parseTagValue: false,
  trimValues: true,
});

/** Reads an XML or JSON push. Declarations are refused before a parser sees them, and entities are not expanded. */
export function readCallbackFields(text: string): CallbackReading {
  if (text.length > MAX_CALLBACK_BYTES || text.includes('\u0000')) return { kind: 'unreadable' };
  const trimmed = text.replace(/^\uFEFF/, '').trim();
  try {
    return trimmed.startsWith('{') ? fieldsOf(parseLossless(trimmed)) : readXml(trimmed);
  } catch {
    return { kind: 'unreadable' };
  }
}

function readXml(text: string): CallbackReading {
  const outside = withoutCdata(text);
  if (DECLARATION.test(outside ?? text)) return { kind: 'declaring' };
  if (outside === null || !isSimple(outside) || XMLValidator.validate(text) !== true) return { kind: 'unreadable' };
  return fieldsOf((PARSER.parse(text) as Record<string, unknown>).xml);
}

/** The document without its CDATA sections; null where one has no end, or begins inside a tag and so is none. */
function withoutCdata(text: string): string | null {
  const pieces: string[] = [];
  let inTag = false;
  for (let at = 0; ;) {
    const begin = text.indexOf(CDATA.begin, at);
    const piece = text.slice(at, begin < 0 ? undefined : begin);
    pieces.push(piece);
    if (begin < 0) return pieces.join(' ');
    if (/[<>]/.test(piece)) inTag = piece.lastIndexOf('<') > piece.lastIndexOf('>');
    const end = text.indexOf(CDATA.end, begin);
    if (end < 0 || inTag) return null;
    at = end + CDATA.end.length;
  }
}

/** Elements and text only, and not too many: comments and instructions could hide what is a section and what is not. */
function isSimple(outside: string): boolean {
  const elements = outside.replace(/^<\?xml\s[^<>]{0,100}\?>/, '').trimStart();
  return elements.startsWith('<') && !/<[!?]/.test(elements) && elements.split('<').length - 1 <= MAX_TAGS;
}

function fieldsOf(value: unknown): CallbackReading {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { kind: 'unreadable' };
  // An element that stands there twice is read as a list; a JSON field that does is refused by its parser.
  if (DECIDING.some((name) => Array.isArray((value as Record<string, unknown>)[name]))) return { kind: 'unreadable' };
  const fields: CallbackFields = Object.create(null) as CallbackFields;
  for (const [name, given] of Object.entries(value)) {
    if (given !== null)
      fields[storableText(name)] = storableText(typeof given === 'string' ? given.trim() : JSON.stringify(given));
  }
  return { kind: 'fields', fields };
}
