/** An id of ours. */
export const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What a field must look like, in words: an expression tells nothing to whoever fills in a form. By its source. */
const WORDS: ReadonlyMap<string, readonly [zh: string, en: string]> = new Map([
  [UUID.source, ['uuid（小写，如 01990000-0000-7000-8000-000000000000）', 'a uuid in small letters']],
  [
    '^(?!\\.{1,2}$)[0-9A-Za-z_.|*@:~-]{1,64}$',
    [
      '1–64 个字母、数字或 _ . | * @ : ~ -，且不能是 . 或 ..（它们在网址中不是名称）',
      '1 to 64 letters, digits or _ . | * @ : ~ - and neither . nor .. (which are no names in an address)',
    ],
  ],
  ['^https?://', ['以 http:// 或 https:// 开头的网址', 'an address that begins with http:// or https://']],
  ['^[0-9A-Za-z_-]{1,64}$', ['1–64 个字母、数字、_ 或 -', '1 to 64 letters, digits, _ or -']],
  ['^[0-9A-Za-z_-]{4,64}$', ['4–64 个字母、数字、_ 或 -', '4 to 64 letters, digits, _ or -']],
  ['^[0-9A-Za-z]{3,32}$', ['3–32 个字母或数字', '3 to 32 letters or digits']],
  ['^[0-9A-Za-z]{43}$', ['43 个字母或数字', '43 letters or digits']],
  ['^[0-9]{1,32}$', ['1–32 位数字', '1 to 32 digits']],
  ['^[0-9]{6,20}$', ['6–20 位数字', '6 to 20 digits']],
  ['^[0-9a-f]{64}$', ['64 个小写十六进制字符 (SHA-256)', '64 hexadecimal digits in small letters (SHA-256)']],
  ['^20\\d\\d-\\d\\d-\\d\\d$', ['日期，如 2026-11-30', 'a date such as 2026-11-30']],
  ['^(\\d{8}|\\d{20})$', ['8 位或 20 位发票号码', 'an invoice number of 8 or of 20 digits']],
  [
    '^(\\*\\.)?[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?$',
    [
      '域名，如 shop.example 或 *.shop.example，不含 http:// 与路径',
      'a domain such as shop.example or *.shop.example, without http:// and path',
    ],
  ],
]);

/** Null: nobody has put it in words yet. */
export function patternInWords(source: string): readonly [zh: string, en: string] | null {
  return WORDS.get(source) ?? null;
}
