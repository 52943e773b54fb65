import { Fault, fault } from './fault';
import { fenOf } from './yuan';

type Words = [zh: string, en: string];

/** What stands where an amount in 分 should: yuan, a text, or neither. It is quoted only where it is an amount. */
export function notFen(pointer: string, value: unknown): Fault {
  const [zh, en] = toWrite(value);
  return fault(
    'FIELD-TYPE',
    pointer,
    `金额以分为单位，类型应为 integer（整数，不加引号）：${zh}。`,
    `Amounts are 分 (1/100 yuan), of type integer, without quotes: ${en}.`,
  );
}

function toWrite(value: unknown): Words {
  const text =
    typeof value === 'string'
      ? value
          .normalize('NFKC')
          .replace(/元|圆|RMB|CNY/gi, '')
          .trim()
      : String(value);
  const fen = typeof value === 'string' || typeof value === 'number' ? fenOf(text) : null;
  if (fen !== null && /^-?\d+$/.test(text)) {
    return [`若以分计请写 ${text}，若以元计请写 ${fen}`, `write ${text} where it is 分, ${fen} where it is yuan`];
  }
  if (fen !== null) return [`${text} 元请写 ${fen}`, `for ${text} yuan write ${fen}`];
  const nearest = Math.round(Number(value) * 100);
  if (typeof value === 'number' && Number.isSafeInteger(nearest)) {
    return [
      `${text} 元不是整数分，最接近的是 ${nearest}，请按票面核对`,
      `${text} yuan is no whole number of 分; the nearest is ${nearest}, check it against the invoice`,
    ];
  }
  return ['106.50 元请写 10650', 'for 106.50 yuan write 10650'];
}

/** Where `amount` is to `right` as yuan are to 分, or the other way round: what happened to it, and what to write. */
export function unitOf(amount: number, right: number): Words | null {
  if (amount === 0 || !Number.isSafeInteger(amount) || !Number.isSafeInteger(right)) return null;
  if (amount * 100 === right) {
    return [`${amount} 看起来是元，请换算成分，写 ${right}`, `${amount} looks like yuan: in 分 it is ${right}`];
  }
  if (right * 100 === amount) {
    return [`${amount} 看起来多乘了 100，请写 ${right}`, `${amount} looks multiplied by 100 twice: write ${right}`];
  }
  return null;
}

/** Which of the three totals would have to be yuan, and the others 分, for them to add up. */
export function totalsInYuan({
  fee,
  feeWithoutTax,
  tax,
}: {
  fee: number;
  feeWithoutTax: number;
  tax: number;
}): string[] {
  const given = [fee, feeWithoutTax, tax];
  const names = ['fee', 'fee_without_tax', 'tax'];
  // Bit by bit which are yuan: some, but not all, for then they add up as they are.
  for (const some of [1, 2, 4, 6, 3, 5]) {
    const inYuan = (index: number) => (some & (1 << index)) !== 0;
    const [a = 0, b = 0, c = 0] = given.map((amount, index) => (inYuan(index) ? amount * 100 : amount));
    if (a !== b + c || given.some((amount, index) => inYuan(index) && amount === 0)) continue;
    return names.filter((_, index) => inYuan(index));
  }
  return [];
}
