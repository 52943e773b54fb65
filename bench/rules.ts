import { checkInvoice } from '../src/domain/check-invoice';
import { Invoice } from '../src/domain/invoice';
import { sampleOrder } from '../src/demo/sample-order';
import { judgeInvoice } from '../src/orders/judge-invoice';
import { percentile } from './math';

const SAMPLES = 200;
const ROUNDS = 500;

/** `npm run bench -- --rules`: what the pure check of one invoice costs, in microseconds, and nothing else. */
export function benchRules(): string {
  const now = Math.floor(Date.now() / 1000);
  const given = Array.from({ length: SAMPLES }, (_, seed) => sampleOrder({ issuedAt: new Date(), seed }).invoice);
  const good = given.map((invoice) => judgeInvoice(invoice, { strict: [], relaxed: [] }, now).invoice);
  const bad = good.map((invoice): Invoice => ({ ...invoice, number: '1', buyerNumber: 'x', fee: 1, items: [] }));
  return [
    '| check of one invoice | median µs | p99 µs |',
    '|---|---|---|',
    row('faultless', good, now),
    row('four faults', bad, now),
    '',
  ].join('\n');
}

function row(name: string, invoices: Invoice[], now: number): string {
  for (let n = 0; n < 20; n += 1) for (const invoice of invoices) checkInvoice(invoice, now);
  const times: number[] = [];
  for (let n = 0; n < ROUNDS; n += 1) {
    for (const invoice of invoices) {
      const start = process.hrtime.bigint();
      checkInvoice(invoice, now);
      times.push(Number(process.hrtime.bigint() - start) / 1000);
    }
  }
  return `| ${name} | ${percentile(times, 0.5).toFixed(1)} | ${percentile(times, 0.99).toFixed(1)} |`;
}
