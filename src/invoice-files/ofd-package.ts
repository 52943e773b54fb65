import { posix } from 'node:path';
import { Element, find, findAll, parseXml, RefusedXml } from './safe-xml';
import { readEntries } from './zip-entries';

/** What of an OFD (GB/T 33190-2016 §7) tells of its invoice, each part parsed. */
export interface OfdPackage {
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

/** Follows OFD.xml to the document, its pages and their templates, wherever they lie in the archive. */
export async function openOfd(bytes: Buffer): Promise<OfdPackage> {
  const entries = await readEntries(bytes, (name) => /\.xml$/i.test(name) && !/(^|\/)Signs?\//i.test(name));
  const files = new Map([...entries].map(([name, content]) => [keyOf(name), content]));
  const parsed = (location: string): Element | null => {
    const content = files.get(keyOf(location));
    return content ? parseXml(content) : null;
  };
  const root = parsed('OFD.xml');
  if (!root) throw new RefusedXml('broken');
  const documentLocation = find(root, 'DocRoot')?.text ?? '';
  const document = parsed(documentLocation);
  const folder = posix.dirname(keyOf(documentLocation));
  const at = (location: string | undefined, base = folder) =>
    !location ? '' : location.startsWith('/') ? location : posix.join(base, location);
  const named = findAll(document ?? undefined, 'Page').map(({ attributes }) => at(attributes.BaseLoc));
  // Readers find the pages of a file whose document does not name them; so do we.
  const lying = [...files.keys()].filter((name) => /pages\/[^/]+\/content\.xml$/.test(name)).sort();
  const templates = findAll(document ?? undefined, 'TemplatePage');
  const layersOf = (page: Element) =>
    findAll(page, 'Template')
      .map(({ attributes }) => templates.find((template) => template.attributes.ID === attributes.TemplateID))
      .map((template) => parsed(at(template?.attributes.BaseLoc)))
      .concat(page)
      .filter(present);
  const tagList = at(find(document ?? undefined, 'CustomTags')?.text);
  return {
    root,
    pages: (named.length > 0 ? named : lying)
      .slice(0, MOST_PAGES)
      .map((location) => parsed(location))
      .filter(present)
      .map(layersOf),
    tags: findAll(parsed(tagList) ?? undefined, 'FileLoc')
      .map(({ text }) => parsed(at(text, posix.dirname(keyOf(tagList)))))
      .filter(present),
    attachments: [...files]
      .filter(([name]) => /(^|\/)attachs?\//.test(name) && !name.endsWith('/attachments.xml'))
      .slice(0, MOST_ATTACHMENTS)
      .map(([, content]) => attached(content))
      .filter(present),
  };
}

/** An attachment may be anything; a dangerous one refuses the file, a broken one tells nothing. */
function attached(content: Buffer): Element | null {
  try {
    return parseXml(content);
  } catch (error) {
    if (error instanceof RefusedXml && error.reason === 'broken') return null;
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
