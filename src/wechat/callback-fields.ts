import { XMLParser, XMLValidator } from 'fast-xml-parser';

/** A push's fields, all text. */
export type CallbackFields = Record<string, string>;

export const MAX_CALLBACK_BYTES = 64 * 1024;
const MAX_FIELDS = 64;
const NAME = /^[A-Za-z_][0-9A-Za-z_]{0,63}$/;
/** No push of WeChat declares anything. */
const DECLARATION = /<!(?:DOCTYPE|ENTITY)/i;

const PARSER = new XMLParser({
  ignoreAttributes: true,
  processEntities: false,
  parseTagValue: false,
  trimValues: true,
});

/**
 * Reads a flat XML or JSON push; null for anything else. Declarations are refused before a parser sees them, entities are
 * not expanded, and only text fields of one level are taken.
 */
export function readCallbackFields(text: string): CallbackFields | null {
  if (text.length > MAX_CALLBACK_BYTES || text.includes('\u0000')) return null;
  const trimmed = text.replace(/^\uFEFF/, '').trim();
  try {
    return trimmed.startsWith('{') ? flat(JSON.parse(trimmed)) : readXml(trimmed);
  } catch {
    return null;
  }
}

function readXml(text: string): CallbackFields | null {
  if (!text.startsWith('<') || DECLARATION.test(text) || XMLValidator.validate(text) !== true) return null;
  const root = PARSER.parse(text) as Record<string, unknown>;
  return flat(root.xml);
}

function flat(value: unknown): CallbackFields | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const fields: CallbackFields = Object.create(null) as CallbackFields;
  const entries = Object.entries(value);
  if (entries.length > MAX_FIELDS) return null;
  for (const [name, given] of entries) {
    if (!NAME.test(name)) return null;
    if (typeof given === 'string') fields[name] = given.trim();
    else if (typeof given === 'number' && Number.isSafeInteger(given)) fields[name] = String(given);
  }
  return fields;
}
