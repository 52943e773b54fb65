import { kindOf } from '../domain/invoice';
import { Confidence, Fact, FactList, FactSource } from '../domain/invoice-facts';
import { fenOf } from '../domain/yuan';
import { dayOf } from './printed';

/** Types of 数电 codes: 31 专票, 32 普票, 51 铁路, 61 航空. */
const RAILWAY = '51';
const AIR = '61';

/**
 * `01,<type>,<code>,<number>,<amount>,<day>,<check code>,<crc>`: legacy invoices write the net amount, 数电 the gross. Any
 * field but the number may be blank, a day has dashes or none. Check digits of a form that no issuer is known to compute
 * arouse no suspicion, but what such a maker means by its fields is only likely. Null: not the QR text of an invoice.
 */
export function readQrPayload(text: string, source: FactSource = 'qr'): Fact[] | null {
  const found =
    /^(01,(\d{2}|),(\d{12}|\d{10}|),(\d{20}|\d{8}),¥?([-\d.]*),([^,]{8,14}|)(?:,([^,]{0,30}),|,?$))([0-9A-Fa-f]{4}|),?$/.exec(
      text
        .normalize('NFKC')
        .trim()
        .replace(/\s*,\s*/g, ','),
    );
  if (!found) return null;
  const [, covered = '', type = '', code = '', number = '', amount = '', day = '', checkCode = '', crc = ''] = found;
  const digital = code === '' && number.length === 20;
  const list = new FactList(source);
  const sure = crc === '' || intact(covered, crc) ? 'certain' : 'likely';
  list.add('number', number, sure);
  list.add('code', code, sure);
  list.add('checkCode', /^\d{20}$/.test(checkCode) ? checkCode : null, sure);
  list.add('issuedOn', dayOf(day), sure);
  list.add(digital ? 'fee' : 'feeWithoutTax', fenOf(amount), sure);
  addKind(list, type, number, code, sure);
  return list.facts;
}

/** The type does not always follow the kind: toll codes carry 10. */
function addKind(list: FactList, type: string, number: string, code: string, sure: Confidence): void {
  if (code !== '' || number.length !== 20) return list.add('kind', kindOf(number, code), 'likely');
  if (type === RAILWAY) return list.add('document', 'railway_ticket', sure);
  if (type === AIR) return list.add('document', 'air_itinerary', sure);
  list.add('kind', type === '31' ? 'digital_special' : 'digital_ordinary', /^3[12]$/.test(type) ? sure : 'likely');
}

/** The six forms that issuers have been seen to compute; any of them will do. */
function intact(covered: string, crc: string): boolean {
  const wanted = parseInt(crc, 16);
  const withoutComma = covered.slice(0, -1);
  return [
    crc16(covered, BUYPASS),
    crc16(withoutComma, BUYPASS),
    crc16(covered, MODBUS),
    crc16(covered, ARC),
    crc16(covered, X25),
    crc16(withoutComma, RIGHT_SHIFTING),
  ].includes(wanted);
}

interface Form {
  polynomial: number;
  start: number;
  end: number;
  /** The lowest bit first. */
  rightwards: boolean;
}

const BUYPASS: Form = { polynomial: 0x8005, start: 0, end: 0, rightwards: false };
const MODBUS: Form = { polynomial: 0xa001, start: 0xffff, end: 0, rightwards: true };
const ARC: Form = { polynomial: 0xa001, start: 0, end: 0, rightwards: true };
const X25: Form = { polynomial: 0x8408, start: 0xffff, end: 0xffff, rightwards: true };
/** 0x8005 as it stands, shifted the other way: a mistake that one maker's codes have. */
const RIGHT_SHIFTING: Form = { polynomial: 0x8005, start: 0, end: 0, rightwards: true };

/** CRC-16 of an ASCII text. */
function crc16(text: string, { polynomial, start, end, rightwards }: Form): number {
  let crc = start;
  for (const byte of Buffer.from(text, 'latin1')) {
    crc ^= rightwards ? byte : byte << 8;
    for (let bit = 0; bit < 8; bit += 1) {
      crc = rightwards
        ? (crc >>> 1) ^ (crc & 1 ? polynomial : 0)
        : ((crc << 1) ^ (crc & 0x8000 ? polynomial : 0)) & 0xffff;
    }
  }
  return crc ^ end;
}
