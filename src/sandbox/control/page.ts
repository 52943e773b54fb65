import type { Card } from '../state/cards';
import { type RequestRecord } from '../state/ledger';
import type { Order } from '../state/orders';
import type { World } from '../state/world';
import { SCENARIOS } from '../weather/scenarios';
import { escapeHtml, htmlPage, yuan } from '../wechat/html';

const SHOWN = 50;

/** The page of the control port: the wallet, who still has to authorise, what arrived, what is going wrong. */
export function controlPage(world: World, wechatUrl: string): string {
  const cards = [...world.cards.all()].slice(-SHOWN).reverse();
  const waiting = [...world.orders.all()]
    .filter((order) => order.state === 'URL_ISSUED')
    .slice(-SHOWN)
    .reverse();
  return htmlPage(
    '模拟微信',
    `<h1>模拟微信 · 电子发票</h1>
<p class="faint">接口地址 ${escapeHtml(wechatUrl)} · 卡券 ${world.cards.count} 张 · 上传 ${world.media.count} 次 · 请求 ${world.ledger.received} 个</p>
<h2>卡包</h2>${table(['抬头', '金额', '发票号码', '订单号', 'code', '状态'], cards.map(cardRow), '还没有发票。')}
<h2>等待授权</h2>${table(['订单号', '商户', '金额', ''], waiting.map(waitingRow), '没有等待授权的订单。')}
<form id="authorize" class="row"><input style="width:16em;margin:0" name="order_id" placeholder="订单号" required><button>授权此订单</button></form>
<h2>天气</h2>${table(['路径', '故障', '概率', '命中', '来源'], world.faults.list().map(faultRow), '风平浪静。')}
<div class="row">${Object.entries(SCENARIOS).map(scenarioButton).join('')}</div>
<h2>最近的请求</h2>${table(['#', '时间', '路径', '订单号', 'errcode', '故障'], world.ledger.newest(SHOWN).map(requestRow), '还没有请求。')}
<script>${SCRIPT}</script>`,
  );
}

const SCRIPT = `
async function post(path, body) {
  const answer = await fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body ?? null) });
  if (!answer.ok) alert((await answer.json()).error);
  location.reload();
}
document.addEventListener('click', (event) => {
  const { order, appid, scenario } = event.target.dataset;
  if (order) post('/authorizations', appid ? { order_id: order, appid } : { order_id: order });
  if (scenario) post('/scenarios/' + scenario);
});
document.getElementById('authorize').addEventListener('submit', (event) => {
  event.preventDefault();
  post('/authorizations', { order_id: event.target.order_id.value.trim() });
});
setInterval(() => { if (!document.activeElement.matches('input') && !document.hidden) location.reload(); }, 5000);`;

function table(heads: string[], rows: string[][], none: string): string {
  if (rows.length === 0) return `<div class="box faint">${none}</div>`;
  const head = heads.map((text) => `<th>${text}</th>`).join('');
  const body = rows.map((cells) => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`).join('');
  return `<div class="box"><table><tr>${head}</tr>${body}</table></div>`;
}

function cardRow(card: Card): string[] {
  const number = card.billing_code === '' ? card.billing_no : `${card.billing_no} / ${card.billing_code}`;
  return [card.title, yuan(card.fee), number, card.order_id, card.code, card.status.slice(18)].map(escapeHtml);
}

function waitingRow(order: Order): string[] {
  const attributes = `data-order="${escapeHtml(order.order_id)}" data-appid="${escapeHtml(order.appid ?? '')}"`;
  return [
    escapeHtml(order.order_id),
    escapeHtml(order.appid ?? ''),
    yuan(order.money),
    `<button ${attributes}>授权</button>`,
  ];
}

function faultRow(rule: ReturnType<World['faults']['list']>[number]): string[] {
  const what = rule.mode === 'errcode' ? `errcode ${rule.errcode ?? -1}` : rule.mode;
  return [rule.path, what, `${(rule.probability ?? 1) * 100}%`, rule.hits, rule.origin].map(escapeHtml);
}

function scenarioButton([name, { says }]: [string, { says: string }]): string {
  return `<button class="quiet" data-scenario="${name}" title="${escapeHtml(says)}">${name}</button>`;
}

function requestRow(record: RequestRecord): string[] {
  const time = new Date(record.at + 8 * 3600_000).toISOString().slice(11, 19);
  const told = record.errcode ?? (record.status ? `HTTP ${record.status}` : '—');
  const shown = told === 0 ? '0' : `<span class="bad">${escapeHtml(told)}</span>`;
  const [n, path, order] = [record.n, record.path, record.order_id ?? ''].map(escapeHtml) as [string, string, string];
  return [n, time, path, order, shown, escapeHtml(record.fault ?? '')];
}
