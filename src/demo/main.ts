import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { EventPage, OrderView } from '../orders/orders.api';
import { send } from './api';
import { renderInvoicePdf } from './invoice-pdf';
import { choosePorts, Ports } from './ports';
import { Processes } from './processes';
import { yuan } from './qr-payload';
import { invoiceFaceOf, SampleOrder, sampleOrder } from './sample-order';

const APPID = 'wxc0b84a53ed8e8d29';
const CARD_ID = 'pjZ8Yt9WoOePThU0NfUKz5-tBEWU';
const PATIENCE_MS = 60_000;

interface Addresses {
  service: string;
  sandbox: string;
  control: string;
  key: string;
  adminKey: string;
}

/** `npm run demo [-- --once]`: an order, from a REST call to a card in the simulated user's 卡包. */
async function main(once: boolean): Promise<void> {
  const processes = new Processes();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => void processes.end().then(() => process.exit(0)));
  }
  try {
    const directory = resolve(process.env.DATA_DIR ?? '.data', 'demo');
    mkdirSync(directory, { recursive: true });
    const addresses = await startAll(processes, directory);
    await tellStory(addresses, directory);
    if (once) return await processes.end();
    sayAddresses(addresses, await leaveOrder(addresses, directory));
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
    await processes.end();
  }
}

async function startAll(processes: Processes, directory: string): Promise<Addresses> {
  const ports = await choosePorts(process.env);
  const addresses = {
    service: `http://127.0.0.1:${ports.PORT}`,
    sandbox: `http://127.0.0.1:${ports.SANDBOX_PORT}`,
    control: `http://127.0.0.1:${ports.SANDBOX_CONTROL_PORT}`,
    key: kept(join(directory, 'merchant.key'), () => newKey('pk_demo')),
    adminKey: kept(join(directory, 'admin.key'), () => newKey('pk_demo_admin')),
  };
  say('启动微信沙箱', 'starting the simulated WeChat', addresses.sandbox);
  await processes.start('sandbox', 'sandbox/main.js', sandboxSettings(ports), (line) =>
    line.startsWith('WeChat sandbox'),
  );
  say('启动 PostgreSQL 与票卡服务', 'starting PostgreSQL and the service', addresses.service);
  await processes.start('service', 'main.js', serviceSettings(ports, addresses, directory), (line) =>
    line.includes('Piaoka is ready'),
  );
  return addresses;
}

function sandboxSettings({ SANDBOX_PORT, SANDBOX_CONTROL_PORT }: Ports): Record<string, string> {
  return {
    SANDBOX_HOST: '127.0.0.1',
    SANDBOX_PORT: String(SANDBOX_PORT),
    SANDBOX_CONTROL_PORT: String(SANDBOX_CONTROL_PORT),
    SANDBOX_CALM: '1',
    SANDBOX_ACCOUNTS: '',
  };
}

function serviceSettings({ PORT }: Ports, { sandbox, key, adminKey }: Addresses, directory: string) {
  const own: Record<string, string> = {
    PORT: String(PORT),
    HOST: '127.0.0.1',
    ROLE: 'all',
    DATA_DIR: directory,
    WECHAT_BASE_URL: sandbox,
    WECHAT_APPID: APPID,
    WECHAT_SECRET: 'any-secret-will-do-in-the-sandbox',
    BOOTSTRAP_MERCHANT_KEY: key,
    BOOTSTRAP_ADMIN_KEY: adminKey,
    BOOTSTRAP_CARD_ID: CARD_ID,
    LOG_LEVEL: 'info',
  };
  // A secret given as a file would contradict the one given here.
  for (const name of Object.keys(own)) own[`${name}_FILE`] = '';
  const unused = Object.keys(own).filter((name) => !['PORT', 'DATA_DIR'].includes(name) && process.env[name]);
  if (unused.length > 0) say('演示不采用这些设置', 'the demo takes its own value of', unused.join(', '));
  return process.env.DATABASE_URL && !process.env.MASTER_KEY ? { ...own, MASTER_KEY: keptMasterKey(directory) } : own;
}

async function tellStory({ service, control, key }: Addresses, directory: string): Promise<void> {
  const order = sampleOrder({ issuedAt: new Date(), seed: seedOfNow() });
  const pdf = await renderInvoicePdf(invoiceFaceOf(order));
  const file = join(directory, `${order.order_id}.pdf`);
  writeFileSync(file, pdf);
  say(`开具数电票 ${order.invoice.number}`, `a 数电 invoice of ¥${yuan(order.invoice.fee)}`, file);

  await send('POST', `${control}/authorizations`, { order_id: order.order_id, appid: APPID });
  say('用户点了“授权”', 'the user authorises', `order ${order.order_id}`);

  const started = performance.now();
  const posted = await send<OrderView>('POST', `${service}/v1/orders`, { ...order, pdf: pdf.toString('base64') }, key);
  if (posted.status !== 202) throw new Error(`the order was answered ${posted.status}: ${JSON.stringify(posted.json)}`);
  const answeredIn = `202 in ${Math.round(performance.now() - started)} ms`;
  say(`POST /v1/orders`, 'the merchant posts the order', answeredIn);

  const inserted = await watch(service, key, order);
  const cards = await send<{ cards: LedgerCard[] }>('GET', `${control}/ledger/cards?order_id=${order.order_id}`);
  const [card] = cards.json.cards;
  if (!card || cards.json.cards.length !== 1 || card.code !== inserted.insertion.card_code) {
    throw new Error(`expected exactly one card with code ${inserted.insertion.card_code}`);
  }
  console.log(cardBox(order, card));
}

/** A second order, authorised but not posted, as the body of the reader's own first call, and as the parts of a form. */
async function leaveOrder({ control }: Addresses, directory: string): Promise<string> {
  const order = sampleOrder({ issuedAt: new Date(), seed: (seedOfNow() + 500_000_000) % 1_000_000_000 });
  const pdf = await renderInvoicePdf(invoiceFaceOf(order));
  await send('POST', `${control}/authorizations`, { order_id: order.order_id, appid: APPID });
  const file = join(directory, 'order.json');
  writeFileSync(file, JSON.stringify({ ...order, pdf: pdf.toString('base64') }));
  writeFileSync(join(directory, 'order-data.json'), JSON.stringify(order));
  writeFileSync(join(directory, 'order.pdf'), pdf);
  return file;
}

function seedOfNow(): number {
  return Math.floor(Date.now() / 1000) % 1_000_000_000;
}

interface LedgerCard {
  code: string;
  title: string;
  fee: number;
  billing_no: string;
}

/** Prints the timeline as it happens, until the order has come to its end. */
async function watch(service: string, key: string, order: SampleOrder): Promise<OrderView> {
  const url = `${service}/v1/orders/${order.order_id}`;
  let cursor = 0;
  for (const until = performance.now() + PATIENCE_MS; performance.now() < until;) {
    const events = await send<EventPage>('GET', `${url}/events?cursor=${cursor}`, undefined, key);
    for (const { seq, at, type, data } of events.json.items) {
      console.log(`    ${at}  ${type.padEnd(12)} ${Object.keys(data).length > 0 ? JSON.stringify(data) : ''}`);
      cursor = seq;
    }
    const now = await send<OrderView>('GET', url, undefined, key);
    if (now.json.state === 'inserted' && events.json.items.length === 0) return now.json;
    if (['refused', 'rejected', 'needs_human'].includes(now.json.state)) {
      throw new Error(`the order ended as ${now.json.state}: ${JSON.stringify(now.json.insertion)}`);
    }
    await new Promise((resume) => setTimeout(resume, 40));
  }
  throw new Error('the order did not come to its end in time');
}

function cardBox(order: SampleOrder, card: LedgerCard): string {
  return [
    '',
    '  ┌─ 微信卡包 ─────────────────────────────────────────',
    `  │ 电子发票                     ¥${yuan(card.fee)}`,
    `  │ ${card.title}`,
    `  │ 发票号码 ${card.billing_no}`,
    `  │ 订单 order_id ${order.order_id}`,
    `  │ 卡券 card code ${card.code}`,
    '  └────────────────────────────────────────────────────',
    `  order ${order.order_id}: inserted, card code ${card.code}`,
    '',
  ].join('\n');
}

function sayAddresses({ service, sandbox, control, key, adminKey }: Addresses, orderFile: string): void {
  console.log(`  API        ${service}/docs      Authorization: Bearer ${key}`);
  console.log(`  Operators  ${service}/v1/admin  Authorization: Bearer ${adminKey}`);
  console.log(`  OpenAPI    ${service}/openapi.json`);
  console.log(`  WeChat     ${sandbox}  (simulated)`);
  console.log(`  卡包/天气   ${control}      cards, authorisations, faults`);
  console.log('\n  再来一单 · another order, authorised and waiting to be posted:');
  console.log(`    curl ${service}/v1/orders -H 'Authorization: Bearer ${key}' \\`);
  console.log(`      -H 'Content-Type: application/json' -d '@${orderFile}'`);
  console.log('\n  一切仍在运行，Ctrl-C 结束。Everything keeps running; Ctrl-C ends it.');
}

function say(zh: string, en: string, detail: string): void {
  console.log(`  ${zh} · ${en} · ${detail}`);
}

function newKey(prefix: string): string {
  return `${prefix}_${randomBytes(24).toString('hex')}`;
}

/** A secret of the demo, made once. */
function kept(file: string, make: () => string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    const value = make();
    writeFileSync(file, `${value}\n`, { mode: 0o600 });
    return value;
  }
}

function keptMasterKey(directory: string): string {
  return kept(join(directory, 'master.key'), () => randomBytes(32).toString('base64'));
}

void main(process.argv.includes('--once'));
