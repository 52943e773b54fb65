import { kindOf } from '../domain/invoice';
import { Fact, FactList, FactSource } from '../domain/invoice-facts';
import { fenOf } from '../domain/yuan';
import { dayOf } from './printed';

export interface QrReading {
  facts: Fact[];
  /** absent: the field is empty. It shows that the text is intact, not that the invoice is genuine. */
  crc: 'right' | 'wrong' | 'absent';
}

/**
 * `01,<type>,<code>,<number>,<amount>,<yyyyMMdd>,<check code>,<crc>`: legacy invoices write the net amount, 数电 the
 * gross. Null: not the QR text of an invoice.
 */
export function readQrPayload(text: string, source: FactSource = 'qr'): QrReading | null {
  const found =
    /^(01,(\d{2}),(\d{12}|\d{10}|),(\d{20}|\d{8}),(-?\d+(?:\.\d{1,2})?),(\d{8}),(\d{20}|),)([0-9A-Fa-f]{4}|),?$/.exec(
      text.trim(),
    );
  if (!found) return null;
  const [, covered = '', type = '', code = '', number = '', amount = '', day = '', checkCode = '', crc = ''] = found;
  const digital = code === '' && number.length === 20;
  const list = new FactList(source);
  list.add('number', number);
  list.add('code', code);
  list.add('checkCode', checkCode);
  list.add('issuedOn', dayOf(day));
  list.add(digital ? 'fee' : 'feeWithoutTax', fenOf(amount));
  // The type does not always follow the kind: toll codes carry 10.
  list.add('kind', type === '31' && digital ? 'digital_special' : kindOf(number, code), digital ? 'certain' : 'likely');
  return { facts: list.facts, crc: crc === '' ? 'absent' : intact(covered, crc) ? 'right' : 'wrong' };
}

/** The four forms that issuers compute; any of them will do. */
function intact(covered: string, crc: string): boolean {
  const wanted = parseInt(crc, 16);
  return [
    crc16(covered, 0, false),
    crc16(covered.slice(0, -1), 0, false),
    crc16(covered, 0xffff, true),
    crc16(covered, 0, true),
  ].includes(wanted);
}

/** CRC-16 with polynomial 0x8005: BUYPASS as it is, ARC reflected, MODBUS reflected from 0xffff. */
export function crc16(text: string, start: number, reflected: boolean): number {
  let crc = start;
  for (const byte of Buffer.from(text, 'latin1')) {
    crc ^= reflected ? byte : byte << 8;
    for (let bit = 0; bit < 8; bit += 1) {
      crc = reflected ? (crc >>> 1) ^ (crc & 1 ? 0xa001 : 0) : ((crc << 1) ^ (crc & 0x8000 ? 0x8005 : 0)) & 0xffff;
    }
  }
  return crc;
}
