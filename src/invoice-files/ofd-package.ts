import { posix } from 'node:path';
import { Element, find, findAll, parseXml, RefusedXml } from './safe-xml';
import { readEntries } from './zip-entries';

/** What of an OFD (GB/T 33190-2016 §7) tells of its invoice, each part parsed. */
export interface OfdPackage {
  /** OFD.xml */
  root: Element;
  /** The first page's layers from the back to the front: its templates, then its own. */
  layers: Element[];
  /** Whose elements name the objects that hold each field's text. */
  tags: Element[];
  attachments: Element[];
}

const MOST_ATTACHMENTS = 20;

/** Follows OFD.xml to the document, its first page and that page's templates, wherever they lie in the archive. */
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
  // Readers find the page of a file whose document does not name it; so do we.
  const anyPage = [...files.keys()].filter((name) => /pages\/[^/]+\/content\.xml$/.test(name)).sort()[0];
  const page = parsed(at(find(document ?? undefined, 'Page')?.attributes.BaseLoc) || (anyPage ?? ''));
  const templates = findAll(document ?? undefined, 'TemplatePage');
  const behind = findAll(page ?? undefined, 'Template').map(({ attributes }) =>
    templates.find((template) => template.attributes.ID === attributes.TemplateID),
  );
  const tagList = at(find(document ?? undefined, 'CustomTags')?.text);
  return {
    root,
    layers: [...behind.map((template) => parsed(at(template?.attributes.BaseLoc))), page].filter(present),
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
