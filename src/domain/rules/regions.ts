/** The 31 provinces, autonomous regions and municipalities by the first two digits of GB/T 2260. */
const PROVINCES = new Set(
  '11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65'.split(' '),
);

/** 大连 青岛 宁波 厦门 深圳: their tax bureaus do not use their province's digits in a 数电 number. */
const SEPARATELY_PLANNED = new Set(['91', '92', '93', '94', '95']);

/** Registered with a national authority (10), or in Taiwan, Hong Kong or Macau. */
const OTHER_REGISTRATIONS = new Set(['10', '71', '81', '82', '83']);

export function isProvince(digits: string): boolean {
  return PROVINCES.has(digits);
}

/** 省级税务局区域代码 (公告2024年第11号). */
export function isTaxBureau(digits: string): boolean {
  return PROVINCES.has(digits) || SEPARATELY_PLANNED.has(digits);
}

/** Where a 统一社会信用代码 may have been given out. */
export function isRegistrationRegion(digits: string): boolean {
  return PROVINCES.has(digits) || OTHER_REGISTRATIONS.has(digits);
}
