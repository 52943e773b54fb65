/** What can be wrong with a merchant's statement beside its fields; the columns of `FAULTS`. */
export const STATEMENT_FACTS: readonly (readonly [
  code: string,
  zh: string,
  en: string,
  advice: string,
  adviceEn: string,
])[] = [
  [
    'CSV-COLUMN',
    'CSV 的列名不符',
    'A column of the CSV has another name',
    '首行须为列名：order_id（必填）、appid、invoice_number、fee、state，或其中文名；每列一次。',
    'The first line names the columns: order_id (required), appid, invoice_number, fee, state; each once.',
  ],
  [
    'CSV-SYNTAX',
    'CSV 的一行无法读取',
    'A line of the CSV cannot be read',
    '请按 RFC 4180 书写：每行的列数与首行相同，含逗号或引号的值加双引号，值内不换行。',
    'Write it by RFC 4180: as many cells as the first line names, quotes around commas and quotes, no line break in a value.',
  ],
  [
    'CSV-NUMBER',
    '号码被表格软件改写',
    'A spreadsheet has rewritten a number',
    '请将号码列设为“文本”后重新填入并导出；科学计数法已丢失末尾数字。',
    'Make the column “text”, fill it in and export again; in scientific notation the last digits are lost.',
  ],
  [
    'LINE-LENGTH',
    '一行过长',
    'A line is too long',
    '一行最多 4096 字节，请检查换行。',
    'A line has at most 4096 bytes; look at the line breaks.',
  ],
  [
    'LINE-REPEATED',
    '同一订单出现两次',
    'An order appears twice',
    '每个 (appid, order_id) 只能有一行，请删去重复的行。',
    'Each (appid, order_id) has one line; remove the other.',
  ],
];
