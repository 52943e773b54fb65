import request from 'supertest';
import { invoiceFaceOf } from '../../src/demo/sample-order';
import { renderInvoicePdf } from '../../src/demo/invoice-pdf';
import { FACE } from '../invoice-files/face';
import { ofdInvoice, xmlInvoice, zip } from '../invoice-files/other-formats';
import { postForm } from '../support/forms';
import { orderWithoutPdf, orderWithRealPdf, tinyPdf } from '../support/orders';
import { Json, KEY, WHOLE_CHECK, World } from '../support/world';

jest.setTimeout(60_000);

describe('what a file says', () => {
  let world: World;
  let pdf: Buffer;
  beforeAll(async () => {
    world = await World.start({ env: WHOLE_CHECK });
    pdf = await renderInvoicePdf(FACE);
  });
  afterAll(() => world.end());

  const read = (file: Buffer) =>
    request(world.service.url)
      .post('/v1/invoices/read')
      .set('authorization', `Bearer ${KEY}`)
      .attach('file', file, 'whatever.bin');
  const faults = (body: Json, of: 'faults' | 'errors' = 'errors') =>
    (body[of] as Json[]).map(({ pointer, code }) => `${pointer} ${code}`);
  const withRealPdf = async () => {
    const order = orderWithoutPdf();
    return { order, pdf: await renderInvoicePdf(invoiceFaceOf(order as never)) };
  };

  it('becomes an invoice that can be ordered with, with where each field stands', async () => {
    const { body } = await read(pdf).expect(200);
    expect(body).toMatchObject({
      format: 'pdf',
      faults: [],
      invoice: {
        kind: 'digital_ordinary',
        number: FACE.number,
        issued_at: FACE.issuedOn,
        title: FACE.buyer.name,
        buyer_number: FACE.buyer.taxId,
        seller_number: FACE.seller.taxId,
        fee: 10600,
        fee_without_tax: 10000,
        tax: 600,
        items: [{ name: '*信息技术服务*技术服务费', unit: '次', num: 1, price: 10000 }],
      },
      provenance: {
        '/invoice/number': { source: 'qr', confidence: 'certain' },
        '/invoice/tax': { source: 'info', confidence: 'certain' },
        '/invoice/title': { source: 'text', confidence: 'certain' },
      },
    });
    const { body: again } = await world.post('/v1/invoices/read', { file: pdf.toString('base64') }).expect(200);
    expect(again).toEqual(body);
    const { body: checked } = await world.post('/v1/invoices/check', { invoice: body.invoice as Json }).expect(200);
    expect(checked).toMatchObject({ valid: true });
  });

  it('is read from OFD and XML too', async () => {
    for (const [format, file] of [
      ['ofd', await ofdInvoice()],
      ['xml', Buffer.from(xmlInvoice())],
    ] as const) {
      const { body } = await read(file).expect(200);
      expect(body).toMatchObject({ format, faults: [], invoice: { number: FACE.number, fee: 10600 } });
      expect((body as Json).provenance['/invoice/number']).toEqual({ source: format, confidence: 'certain' });
    }
  });

  it('is refused where it is no such file, or a dangerous one; what is absent is named', async () => {
    const doctype = Buffer.from('<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><EInvoice/>');
    expect(faults((await read(doctype).expect(422)).body as Json)).toEqual(['/file FILE-SAFE-04']);
    expect(faults((await read(Buffer.from('GIF89a')).expect(422)).body as Json)).toEqual(['/file FILE-SHAPE-02']);
    const bomb = await zip({ 'OFD.xml': Buffer.alloc(20 * 1024 * 1024) });
    expect(faults((await read(bomb).expect(422)).body as Json)).toEqual(['/file FILE-SAFE-03']);
    expect(faults((await world.post('/v1/invoices/read', { file: '?' }).expect(422)).body as Json)).toEqual([
      '/file PDF-BASE64-01',
    ]);
    const { body } = await read(tinyPdf()).expect(200);
    expect((body as Json).invoice).toEqual({});
    expect(faults(body as Json, 'faults')).toEqual(
      expect.arrayContaining(['/invoice/number FILE-LACKS-01', '/invoice/fee FILE-LACKS-01']),
    );
    await request(world.service.url).post('/v1/invoices/read').attach('file', pdf, 'a.pdf').expect(401);
  });

  it('is held against an invoice that is checked', async () => {
    const { invoice, pdf: own } = await orderWithRealPdf();
    const { body: agreed } = await world.post('/v1/invoices/check', { invoice, pdf: own }).expect(200);
    expect(agreed).toMatchObject({ valid: true, faults: [] });
    const other = pdf.toString('base64');
    const { body: differing } = await world.post('/v1/invoices/check', { invoice, pdf: other }).expect(200);
    expect((differing as Json).valid).toBe(false);
    const told = ((differing as Json).faults as Json[]).find(({ code }) => code === 'PDF-NUMBER-01') as Json;
    for (const place of ['document properties', 'QR code', 'printed text']) expect(told.message_en).toContain(place);
  });

  it('is the invoice of an order that leaves it to its file, down to the card; posted again it is a repeat', async () => {
    const { order, pdf: own } = await withRealPdf();
    await world.authorize(order.order_id);
    const left = { ...order, invoice: 'from_file' };
    const { body: accepted } = await postForm(world, left, { pdf: own }).expect(202);
    const { number, fee, title } = order.invoice as Json;
    expect((accepted as Json).invoice).toMatchObject({ number, fee, title });
    const asJson = { ...left, pdf: own.toString('base64') };
    await world.post('/v1/orders', asJson).expect(200).expect('idempotent-replayed', 'true');
    await world.until(order.order_id, ['inserted']);
    const { body: conflict } = await postForm(world, left, { pdf }).expect(409);
    expect(faults(conflict as Json)).toEqual(expect.arrayContaining(['/pdf ORDER-CONFLICT']));
  });

  it('names what it lacks for an order, or why it is not read; nothing is stored', async () => {
    const { order } = await withRealPdf();
    const left = { ...order, invoice: 'from_file' };
    const post = async (file: Buffer) => faults((await postForm(world, left, { pdf: file }).expect(422)).body as Json);
    expect(await post(tinyPdf())).toEqual(
      expect.arrayContaining(['/invoice/number FILE-LACKS-01', '/invoice/title FILE-LACKS-01']),
    );
    expect(await post(await ofdInvoice())).toEqual(['/pdf PDF-SHAPE-01']);
    const script = Buffer.from('%PDF-1.4\n1 0 obj<</S/JavaScript/JS(1)>>endobj\ntrailer<<>>\n%%EOF\n');
    expect(await post(script)).toContain('/pdf PDF-SAFE-02');
    await world.get(`/v1/orders/${order.order_id}`).expect(404);
    const wrong = { ...left, invoice: 'from_files', pdf: pdf.toString('base64') };
    expect(faults((await world.post('/v1/orders', wrong).expect(422)).body as Json)).toEqual(['/invoice FIELD-TYPE']);
  });

  it('stands in the description of the API', async () => {
    const { body } = await request(world.service.url).get('/openapi.json').expect(200);
    const { paths, components } = body as Json;
    expect(Object.keys(paths['/v1/invoices/read'].post.requestBody.content as Json)).toEqual([
      'multipart/form-data',
      'application/json',
    ]);
    expect(JSON.stringify(paths['/v1/orders'].post.requestBody)).toContain('OrderRequestFromFile');
    expect(components.schemas.OrderRequestFromFile.properties.invoice.enum).toEqual(['from_file']);
  });
});
