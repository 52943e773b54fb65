/**
 * HTML for a browser from the Markdown of our own pages: headings, tables, lists, code, links, paragraphs. Everything is
 * escaped first, so a page cannot bring markup of its own.
 */
export function pageHtml(markdown: string): string {
  const blocks = markdown.trim().split(/\n{2,}/);
  const title = escaped(/^# (.*)/.exec(markdown)?.[1] ?? 'Piaoka');
  return `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title><style>${STYLE}</style><main>${blocks.map(block).join('\n')}</main></html>\n`;
}

const STYLE = `body{font:16px/1.6 system-ui,sans-serif;margin:0;color:#1f2328;background:#fff}main{max-width:52rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;display:block;overflow-x:auto}td,th{border:1px solid #d0d7de;padding:.3rem .7rem;text-align:left;vertical-align:top}
code,pre{background:#f3f4f6;border-radius:4px;font:.88em ui-monospace,monospace}code{padding:.1em .3em}pre{padding:.8rem;overflow-x:auto}pre code{padding:0}
@media(prefers-color-scheme:dark){body{color:#e6edf3;background:#0d1117}code,pre{background:#161b22}td,th{border-color:#30363d}a{color:#58a6ff}}`;

function block(text: string): string {
  const heading = /^(#{1,3}) (.*)$/.exec(text);
  if (heading) return `<h${heading[1]!.length}>${inline(heading[2]!)}</h${heading[1]!.length}>`;
  const lines = text.split('\n');
  if (text.startsWith('```')) return `<pre><code>${escaped(lines.slice(1, -1).join('\n'))}</code></pre>`;
  if (text.startsWith('| ')) return table(lines);
  if (text.startsWith('- ')) return `<ul>${lines.map((line) => `<li>${inline(line.slice(2))}</li>`).join('')}</ul>`;
  return `<p>${lines.map(inline).join('<br>')}</p>`;
}

/** The second line only says that the first is a head; a head without words is left out. */
function table([head = '', , ...rows]: string[]): string {
  const cells = (line: string, tag: string) =>
    `<tr>${line
      .slice(2, -2)
      .split(' | ')
      .map((cell) => `<${tag}>${inline(cell.replaceAll('\\|', '|').trim())}</${tag}>`)
      .join('')}</tr>`;
  const titled = /[^| ]/.test(head);
  return `<table>${titled ? cells(head, 'th') : ''}${rows.map((row) => cells(row, 'td')).join('')}</table>`;
}

/** Links lead to pages by their code alone, without the `.md` of the files. */
function inline(text: string): string {
  return escaped(text)
    .replace(/`([^`]+)`/g, '<code>$1</code>')
    .replace(/\[([^\]]+)\]\(([A-Za-z0-9_.:/#-]+)\)/g, (_, words: string, to: string) => {
      const href = to.replace(/^README/, 'index').replace(/\.md$/, '');
      return `<a href="${href}">${words}</a>`;
    });
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
