const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

export function escapeHtml(text: unknown): string {
  const plain = typeof text === 'string' || typeof text === 'number' ? String(text) : '';
  return plain.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/** Integer 分 as 元. */
export function yuan(fen: number | undefined): string {
  return fen === undefined ? '—' : `¥${(fen / 100).toFixed(2)}`;
}

const STYLE = `
:root{color-scheme:light}*{box-sizing:border-box}
body{margin:0;background:#ededed;color:#191919;font:15px/1.6 system-ui,-apple-system,"PingFang SC","Noto Sans CJK SC","Microsoft YaHei",sans-serif}
main{max-width:1080px;margin:0 auto;padding:16px}.phone main{max-width:420px}
h1{font-size:20px}h2{font-size:16px;margin:24px 0 8px}
.box{background:#fff;border-radius:8px;padding:16px;overflow-x:auto}
table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:6px 12px 6px 0;border-bottom:1px solid #eee;white-space:nowrap;font-weight:normal}
th,.faint{color:#576b95}.faint{font-size:13px}dl{display:grid;grid-template-columns:5em 1fr;gap:4px 8px;margin:0}dt{color:#888}dd{margin:0;overflow-wrap:anywhere}
button{font:inherit;border:0;border-radius:6px;padding:6px 14px;background:#07c160;color:#fff;cursor:pointer}
button.quiet{background:#f2f2f2;color:#191919}.phone button{width:100%;padding:12px;margin-top:12px}
input{font:inherit;width:100%;padding:8px;border:1px solid #ddd;border-radius:6px;margin-top:8px}
.amount{font-size:32px;text-align:center;margin:8px 0 16px}.bad{color:#fa5151}.row{display:flex;flex-wrap:wrap;gap:8px}`;

/** A whole page, no asset from anywhere else. `body` must already be escaped. */
export function htmlPage(title: string, body: string, phone = false): string {
  return `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1"><title>${escapeHtml(title)}</title>
<style>${STYLE}</style></head><body${phone ? ' class="phone"' : ''}><main>${body}</main></body></html>`;
}
