import FormData from 'form-data';
import { randomBytes } from 'node:crypto';
import { Pool } from 'undici';
import type { Phase, PhaseResult } from './load-main';
import { monotonicMs } from './mock-wechat';
import { BenchOrder, orderIdOf, orderSource } from './order-source';
import { serve } from './rpc';

let pool: Pool;
let connections = 0;
/** One order for all: what is compared is the calls, not the making of orders. */
let template: BenchOrder;

/** What cannot be saved: the two calls of an insertion, and nothing remembered. */
async function insert(orderId: string): Promise<void> {
  const { order, pdf } = template;
  const form = new FormData();
  form.append('pdf', pdf, { filename: 'invoice.pdf', contentType: 'application/pdf' });
  const upload = await call(
    '/card/invoice/platform/setpdf',
    form.getHeaders()['content-type'] as string,
    form.getBuffer(),
  );
  const { number, code, check_code, issued_at, title, fee, fee_without_tax, tax, items, buyer_number, ...more } =
    order.invoice;
  const userData = {
    ...{ fee, title, billing_time: Date.parse(issued_at) / 1000, billing_no: number, billing_code: code, info: items },
    ...{ fee_without_tax, tax, s_pdf_media_id: upload.s_media_id, check_code, buyer_number, ...more },
  };
  const body = {
    ...{ order_id: orderId, card_id: order.card_id, appid: order.appid },
    card_ext: { nonce_str: randomBytes(16).toString('hex'), user_card: { invoice_user_data: userData } },
  };
  await call('/card/invoice/insert', 'application/json', Buffer.from(JSON.stringify(body)));
}

async function call(path: string, contentType: string, body: Buffer): Promise<Record<string, unknown>> {
  const answer = await pool.request({
    method: 'POST',
    path: `${path}?access_token=bench-token`,
    headers: { 'content-type': contentType },
    body,
  });
  const fields = JSON.parse(await answer.body.text()) as Record<string, unknown>;
  if (fields.errcode !== 0) throw new Error(`WeChat answered ${String(fields.errcode)}`);
  return fields;
}

async function run({ first, count }: Phase): Promise<PhaseResult> {
  const result: PhaseResult = { accepted: [], sentAt: [], latencies: [], refusals: [], refused: 0 };
  let next = first;
  const loop = async () => {
    while (next < first + count) {
      const orderId = orderIdOf(next++);
      const sentAt = monotonicMs();
      await insert(orderId);
      result.accepted.push(orderId);
      result.sentAt.push(sentAt);
      result.latencies.push(monotonicMs() - sentAt);
    }
  };
  await Promise.all(Array.from({ length: connections }, loop));
  return result;
}

/** The bare loop, as a process of its own. */
serve({
  aim: async (aim: { url: string; connections: number }) => {
    connections = aim.connections;
    template = (await orderSource('sixty', 0))(0);
    pool = new Pool(aim.url, { connections, pipelining: 1 });
  },
  run,
});
