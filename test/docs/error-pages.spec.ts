import { FAULTS } from '../../src/domain/fault-catalogue';
import { RULES } from '../../src/domain/rules/catalogue';
import { PROBLEMS } from '../../src/http/problems';
import { pageHtml } from '../../src/http/page-html';
import { filesBelow, read } from '../house/repository';
import { errorPages } from './error-pages';

const PAGES = errorPages();

test('docs/errors is what the rules and the catalogues say: after a change, npm run docs:errors', () => {
  const committed = filesBelow('docs/errors', /\.md$/).map((path) => path.slice('docs/errors/'.length));
  expect(committed.sort()).toEqual([...PAGES.keys()].sort());
  for (const [name, text] of PAGES) expect([name, read(`docs/errors/${name}`)]).toEqual([name, text]);
});

test('every code has a page, and every page that is linked to is there', () => {
  const codes = [...RULES, ...FAULTS].map(({ code }) => code);
  for (const code of [...codes, ...Object.keys(PROBLEMS)]) expect([...PAGES.keys()]).toContain(`${code}.md`);
  for (const [name, text] of PAGES) {
    for (const [, linked] of text.matchAll(/\]\(([^)]+)\)/g)) expect([name, PAGES.has(linked!)]).toEqual([name, true]);
  }
});

test('every code that stands in the source is in a catalogue, and every fault of the catalogue stands there', () => {
  const written = filesBelow('src', /\.ts$/)
    .filter((path) => !path.startsWith('src/sandbox/') && path !== 'src/domain/fault-catalogue.ts')
    .flatMap((path) => codesIn(read(path)));
  const known = new Set([...RULES, ...FAULTS].map(({ code }) => code));
  expect([...new Set(written)].filter((code) => !known.has(code)).sort()).toEqual([]);
  expect(FAULTS.map(({ code }) => code).filter((code) => !written.includes(code))).toEqual([]);
  expect(codesIn(`fault('A-B-01', p); warning(\n 'C-D', p); malformed('E-F')`)).toEqual(['A-B-01', 'C-D', 'E-F']);
});

test('a page in a browser is HTML that holds no markup but its own', () => {
  const html = pageHtml(PAGES.get('INVOICE-TITLE-02.md')!);
  expect(html).toContain('<h1>INVOICE-TITLE-02');
  expect(html).toContain('&lt;b&gt;');
  expect(html).not.toMatch(/<b>|<script/);
  expect(html).toContain('<a href="index.zh-CN">');
  expect(pageHtml(PAGES.get('README.md')!)).toContain('<td><a href="INVOICE-NUMBER-01">INVOICE-NUMBER-01</a></td>');
});

/** Codes given to the functions that make faults. */
function codesIn(text: string): string[] {
  return [...text.matchAll(/\w\(\s*'([A-Z]+(?:-[A-Z0-9]+)+)'/g)].map(([, code]) => code!);
}
