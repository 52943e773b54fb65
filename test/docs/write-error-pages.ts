import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../house/repository';
import { errorPages } from './error-pages';

/** `npm run docs:errors`: writes docs/errors anew; a page whose code is gone goes too. */
const directory = join(ROOT, 'docs/errors');
rmSync(directory, { recursive: true, force: true });
mkdirSync(directory, { recursive: true });
const pages = errorPages();
for (const [name, text] of pages) writeFileSync(join(directory, name), text);
process.stdout.write(`${pages.size} pages in docs/errors\n`);
