/** The two 数电 kinds whose QR type is known: `32` on an ordinary invoice (普票), `31` on a special one (专票). */
export type DigitalKind = 'digital_ordinary' | 'digital_special';

/** What a 数电 QR code says of its invoice. */
export interface DigitalQrFacts {
  kind: DigitalKind;
  /** The 20-digit 发票号码. */
  number: string;
  /** 价税合计 in 分; the legacy QR carried the net amount, the 数电 one carries the gross. */
  fee: number;
  /** The day of issue in China, `yyyy-MM-dd`. */
  issuedOn: string;
}

/**
 * The text of the QR code on a 数电 invoice: `01,<type>,,<number>,<gross yuan>,<yyyyMMdd>,,<crc>`.
 * 发票代码 and 校验码 do not exist on a 数电 face, so both fields are empty.
 */
export function digitalQrPayload({ kind, number, fee, issuedOn }: DigitalQrFacts): string {
  const type = kind === 'digital_special' ? '31' : '32';
  const covered = `01,${type},,${number},${yuan(fee)},${issuedOn.replaceAll('-', '')},,`;
  return covered + crc16Buypass(covered);
}

/** 分 as a decimal amount of yuan with two places: 10600 → `106.00`. */
export function yuan(fen: number): string {
  if (!Number.isSafeInteger(fen)) throw new RangeError(`not an amount in 分: ${fen}`);
  const digits = Math.abs(fen).toString().padStart(3, '0');
  return `${fen < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/**
 * CRC-16/BUYPASS (polynomial 0x8005, start 0, not reflected, no final xor) of ASCII text, as four upper-case hex digits.
 * On an invoice it covers everything up to and including the comma before it. Anybody can compute it: it shows that the
 * text is intact, not that the invoice is genuine.
 */
export function crc16Buypass(text: string): string {
  let crc = 0;
  for (const byte of Buffer.from(text, 'ascii')) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ (crc & 0x8000 ? 0x8005 : 0)) & 0xffff;
  }
  return crc.toString(16).toUpperCase().padStart(4, '0');
}
