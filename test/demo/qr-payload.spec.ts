import { crc16Buypass, digitalQrPayload, yuan } from '../../src/demo/qr-payload';

describe('the QR text of a 数电 invoice', () => {
  it('is an ordinary invoice with type 32, empty code and check code, the gross amount and the day', () => {
    const facts = {
      kind: 'digital_ordinary',
      number: '26427000000375586818',
      fee: 1070,
      issuedOn: '2026-04-30',
    } as const;
    expect(digitalQrPayload(facts)).toBe('01,32,,26427000000375586818,10.70,20260430,,FAFB');
  });

  it('is a special invoice with type 31', () => {
    const facts = {
      kind: 'digital_special',
      number: '24312000000358032546',
      fee: 63300,
      issuedOn: '2024-11-18',
    } as const;
    expect(digitalQrPayload(facts)).toBe('01,31,,24312000000358032546,633.00,20241118,,16C0');
  });

  it('ends in the checksum that legacy invoices carry too', () => {
    expect(crc16Buypass('01,10,033002000211,83089647,510.68,20200723,16197833567414507415,')).toBe('0941');
    expect(crc16Buypass('01,10,032001900311,25577301,181.14,20201112,58569302723370975117,')).toBe('989C');
  });

  it('meets the check value of CRC-16/BUYPASS', () => {
    expect(crc16Buypass('123456789')).toBe('FEE8');
    expect(crc16Buypass('')).toBe('0000');
  });
});

describe('分 as yuan', () => {
  it.each([
    [0, '0.00'],
    [1, '0.01'],
    [-5, '-0.05'],
    [10600, '106.00'],
    [9_999_999_999_999, '99999999999.99'],
  ])('%d is %s', (fen, text) => expect(yuan(fen)).toBe(text));

  it('refuses what is not whole 分', () => {
    expect(() => yuan(10.5)).toThrow(RangeError);
  });
});
