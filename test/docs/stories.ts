import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { read, ROOT } from '../house/repository';

/** A test file that a page names, and the titles it quotes after it. */
const NAMED = /`(test\/[^`\s]*)`((?:(?: |, )“[^”]+”)*)/g;
const TITLE = /“([^”]+)”/g;

/**
 * What a page says about tests and is not so: files and folders that are not there, titles that their file does not have, and
 * rows of a table whose last column is `shown by` that quote none. A title is what stands in the source; `…` is what is
 * filled in there.
 */
export function untrue(page: string): string[] {
  const named = [...page.replace(/\n +(?=\S)/g, ' ').matchAll(NAMED)].flatMap(([, path = '', quoted = '']) => {
    if (!existsSync(join(ROOT, path.includes('*') ? dirname(path) : path))) return [`${path} is not there`];
    const titles = [...quoted.matchAll(TITLE)].map(([, title = '']) => title);
    const there = titles.length > 0 ? titlesIn(read(path)) : new Set();
    return titles.filter((title) => !there.has(title)).map((title) => `${path} has no “${title}”`);
  });
  return [...named, ...rowsWithoutTitle(page)];
}

/** Titles of tests, parametrised or not, as they stand in the source. */
export function titlesIn(source: string): Set<string> {
  const titles = [...source.matchAll(/\(\s*(['`])((?:\\.|(?!\1)[^\\])+)\1,\s*(?:async )?\(/g)];
  return new Set(titles.map(([, , title = '']) => title.replace(/\$\{[^}]*\}/g, '…').replace(/\\(.)/g, '$1')));
}

function rowsWithoutTitle(page: string): string[] {
  const lines = page.split('\n');
  const wrong: string[] = [];
  for (const [n, line] of lines.entries()) {
    if (!/\| shown by \|$/.test(line)) continue;
    for (const row of lines.slice(n + 2)) {
      if (!row.startsWith('|')) break;
      if (!/“[^”]+” \|$/.test(row)) wrong.push(`no title in: ${row.slice(0, 60)}`);
    }
  }
  return wrong;
}
