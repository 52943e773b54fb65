import { posix } from 'node:path';
import { Element, find, findAll, parseXml, RefusedXml } from './safe-xml';
import { readEntries } from './zip-entries';

/** What of an OFD (GB/T 33190-2016 §7) tells of its invoice, each part parsed. */
interface OfdPackage {
  /** OFD.xml */
  root: Element;
  /** Each page's layers from the back to the front: its templates, then its own. */
  pages: Element[][];
  /** Whose elements name the objects that hold each field's text. */
  tags: Element[];
  attachments: Element[];
}

const MOST_ATTACHMENTS = 20;
/** An invoice of more lines than these pages hold comes with a list as a file of its own. */
const MOST_PAGES = 10;
/** Templates of a page, and files of tags. */
const MOST_REFERENCES = 5;

/** Follows OFD.xml to the document, its pages and their templates, wherever they lie in the archive. */
export async function openOfd(bytes: Buffer): Promise<OfdPackage> {
  const entries = await readEntries(bytes, (name) => /\.xml$/i.test(name) && !/(^|\/)Signs?\//i.test(name));
  const files = new Map([...entries].map(([name, content]) => [keyOf(name), content]));
  const trees = new Map<string, Element | null>();
  const parsed = (location: string): Element | null => {
    const key = keyOf(location);
    const content = files.get(key);
    if (!trees.has(key)) trees.set(key, content ? parseXml(content) : null);
    return trees.get(key) ?? null;
  };
  const root = parsed('OFD.xml');
  if (!root) throw new RefusedXml('broken');
  // Readers find the document of a file that names it wrongly or not at all; so do we.
  const named = keyOf(find(root, 'DocRoot')?.text ?? '');
  const documentLocation = files.has(named)
    ? named
    : ([...files.keys()].find((name) => /(^|\/)document\.xml$/.test(name)) ?? '');
  const document = parsed(documentLocation);
  const folder = posix.dirname(documentLocation);
  /** Below the folder that names it, or else from the archive's root. */
  const at = (location: string | undefined, base = folder) => {
    const below = keyOf(posix.join(base, location ?? ''));
    return !location || files.has(below) ? below : keyOf(location);
  };
  const listed = findAll(document ?? undefined, 'Page')
    .map(({ attributes }) => at(attributes.BaseLoc))
    .filter((location) => files.has(location));
  const lying = [...files.keys()].filter((name) => /pages\/[^/]+\/content\.xml$/.test(name)).sort();
  const templates = findAll(document ?? undefined, 'TemplatePage');
  const layersOf = (page: Element) =>
    findAll(page, 'Template')
      .slice(0, MOST_REFERENCES)
      .map(({ attributes }) => templates.find((template) => template.attributes.ID === attributes.TemplateID))
      .map((template) => parsed(at(template?.attributes.BaseLoc)))
      .concat(page)
      .filter(present);
  const tagList = at(find(document ?? undefined, 'CustomTags')?.text);
  return {
    root,
    pages: (listed.length > 0 ? listed : lying)
      .slice(0, MOST_PAGES)
      .map((location) => parsed(location))
      .filter(present)
      .map(layersOf),
    tags: findAll(parsed(tagList) ?? undefined, 'FileLoc')
      .slice(0, MOST_REFERENCES)
      .map(({ text }) => parsed(at(text, posix.dirname(keyOf(tagList)))))
      .filter(present),
    attachments: [...files]
      .filter(([name]) => /(^|\/)attachs?\//.test(name) && !name.endsWith('/attachments.xml'))
      .slice(0, MOST_ATTACHMENTS)
      .map(([, content]) => attached(content))
      .filter(present),
  };
}

/** An attachment may be anything: one that is no XML, or none that is read, tells nothing. */
function attached(content: Buffer): Element | null {
  try {
    return parseXml(content);
  } catch (error) {
    if (error instanceof RefusedXml) return null;
    throw error;
  }
}

/** Makers do not agree on case and on the leading slash. */
function keyOf(location: string): string {
  return posix.normalize(location.trim()).replace(/^\/+/, '').toLowerCase();
}

function present<T>(value: T | null): value is T {
  return value !== null;
}
