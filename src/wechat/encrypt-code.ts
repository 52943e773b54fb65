const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/;

/**
 * An encrypt_code as WeChat gave it, whatever it went through on its way: base64 that a form or a link has written as %2B,
 * a form whose `+` became blanks, a mail or a log that broke it into lines. Null: it can be none, and is not worth a
 * question.
 */
export function encryptCodeOf(given: string): string | null {
  const plain = unescaped(given).replace(/[\r\n\t]/g, '');
  // Whether a blank at the end is a lost `+`, or one too many, is told by base64's length.
  const whole = plain.trim().length % 4 === 0 ? plain.trim() : plain;
  const code = whole.replaceAll(' ', '+');
  return BASE64.test(code) ? code : null;
}

/** Percent signs are no base64: what has some was escaped, once or twice. */
function unescaped(given: string): string {
  let text = given;
  for (let n = 0; n < 2 && /%[0-9a-f]{2}/i.test(text); n += 1) {
    text = text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  }
  return text;
}
