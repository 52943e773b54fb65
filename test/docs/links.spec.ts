import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { filesBelow, read, ROOT } from '../house/repository';

const PAGES = ['README.md', 'README.zh-CN.md', ...filesBelow('docs', /\.md$/)];

test('every link to a file leads to one, and every link to a heading of it too', () => {
  const there = (page: string) => existsSync(join(ROOT, page));
  expect(broken('docs/a.md', '[x](wechat.md) [y](nothing.md) [z](#no)', there)).toEqual(['nothing.md', '#no']);
  for (const page of PAGES) expect([page, broken(page, read(page), there)]).toEqual([page, []]);
});

test('each page has its links both ways between the languages', () => {
  const translated = PAGES.filter((page) => page.endsWith('.zh-CN.md') && !page.startsWith('docs/errors/'));
  expect(translated).toEqual(expect.arrayContaining(['docs/real-account.zh-CN.md', 'docs/authorisation.zh-CN.md']));
  for (const page of translated) {
    const english = page.replace('.zh-CN.md', '.md');
    expect([page, linksOf(read(page))]).toEqual([page, expect.arrayContaining([english.split('/').at(-1)])]);
    expect([english, linksOf(read(english))]).toEqual([english, expect.arrayContaining([page.split('/').at(-1)])]);
  }
});

function broken(page: string, text: string, there: (page: string) => boolean): string[] {
  return linksOf(text).filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [file = '', heading] = link.split('#');
    const target = file === '' ? page : join(dirname(page), file);
    if (!there(target)) return true;
    return (
      heading !== undefined && target.endsWith('.md') && !headingsOf(target === page ? text : read(target)).has(heading)
    );
  });
}

function linksOf(text: string): string[] {
  return [...text.replace(/```[\s\S]*?```|`[^`\n]*`/g, '').matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
}

/** As GitHub names them. */
function headingsOf(text: string): Set<string> {
  const titles = [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) => title);
  return new Set(
    titles.map((title) =>
      title
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replaceAll(' ', '-'),
    ),
  );
}
