import { FILE_FACTS } from './file-fault-catalogue';
import { STATEMENT_FACTS } from './statement-fault-catalogue';

/** A fault that no rule about invoices names: what a request, a file or a query can get wrong. Codes are stable for ever. */
export interface FaultFact {
  code: string;
  title: string;
  titleEn: string;
  /** What to do. */
  advice: string;
  adviceEn: string;
}

const FACTS: readonly (readonly [code: string, zh: string, en: string, advice: string, adviceEn: string])[] = [
  [
    'PAGE-URL',
    '不能为此页面签名',
    'This page cannot be signed for',
    '请给出页面完整的 http(s) 地址，不含 # 之后的部分；运维可用 GATEWAY_URL_ALLOW 限定可签名的页面。',
    'Give the page’s whole http(s) address without what follows #; GATEWAY_URL_ALLOW says which pages may be signed.',
  ],
  ['JSON-EMPTY', '请求体为空', 'The body is empty', '请在请求体中发送 JSON。', 'Send JSON in the body of the request.'],
  [
    'JSON-ENCODING',
    '请求体不是 UTF-8',
    'The body is not UTF-8',
    '请用 UTF-8 编码后重发（GBK 须先转换）。',
    'Encode the body in UTF-8; convert GBK first.',
  ],
  [
    'JSON-SYNTAX',
    'JSON 语法错误',
    'The JSON has a syntax error',
    '请用 JSON 库生成请求体，不要拼接字符串；微信文档的示例本身缺少逗号。',
    'Let a JSON library write the body instead of joining strings; the sample in WeChat’s own documents lacks a comma.',
  ],
  [
    'JSON-DEPTH',
    'JSON 嵌套过深',
    'The JSON is nested too deep',
    '请按接口文档的结构发送，最多 32 层。',
    'Send the structure that the documentation shows; 32 levels at most.',
  ],
  [
    'JSON-SIZE',
    'JSON 中的值过多',
    'The JSON has too many values',
    '请按接口文档的结构发送，并把数据分到多个请求中。',
    'Send the structure that the documentation shows, and spread the data over several requests.',
  ],
  [
    'JSON-NAME',
    '字段名过长',
    'The name of a field is too long',
    '请删除此字段：接口没有这样长的字段名。',
    'Remove the field: there is none with so long a name.',
  ],
  [
    'FAULTS-MORE',
    '还有未列出的问题',
    'There are more faults than are listed',
    '一次最多列出 100 处问题。请先改正列出的各项，再重新提交。',
    'An answer lists 100 faults at most. Mend those that are listed and send it again.',
  ],
  [
    'JSON-DUPLICATE-KEY',
    '同一字段出现两次',
    'A field appears twice',
    '请只保留一个：多数解析器会悄悄取其中之一。',
    'Keep one: most parsers silently take either.',
  ],
  [
    'JSON-NUMBER',
    '数值无法精确表示',
    'A number cannot be held exactly',
    '20 位号码等请用字符串发送；金额以分为单位、用整数。',
    'Send numbers of 20 digits as strings, and amounts as whole 分.',
  ],
  [
    'JSON-TEXT',
    '文本含 U+0000 或不成对的代理字符',
    'A text holds U+0000 or a lone surrogate',
    '请删除这些字符；常见于按字节截断的文本。',
    'Remove these characters; texts cut by bytes often end in them.',
  ],
  [
    'FIELD-UNKNOWN',
    '没有这个字段',
    'There is no such field',
    '请删除该字段或更正拼写；不认识的字段不会被忽略，以免拼写错误悄悄丢失数据。',
    'Remove the field or mend its spelling; unknown fields are not ignored, so that no misspelt one is lost silently.',
  ],
  ['FIELD-MISSING', '缺少必填字段', 'A required field is missing', '请补上该字段。', 'Give the field.'],
  [
    'FIELD-TYPE',
    '字段类型不符',
    'A field has another type',
    '请按消息中的类型发送；号码与代码是字符串，金额是整数。',
    'Send the type that the message names; numbers and codes are strings, amounts whole numbers.',
  ],
  [
    'FIELD-VALUE',
    '字段的值不在可用范围',
    'The value of a field is none of those allowed',
    '请使用消息列出的值。',
    'Use one of the values that the message lists.',
  ],
  [
    'FIELD-LENGTH',
    '字段过长、过短或项数过多',
    'A field is too long, too short or has too many entries',
    '请按消息中的上限缩短，或补上内容。',
    'Keep to the limit in the message.',
  ],
  [
    'FIELD-PATTERN',
    '字段格式不符',
    'A field has another form',
    '请按消息中的格式书写。',
    'Write it in the form that the message shows.',
  ],
  [
    'FORM-SYNTAX',
    'multipart/form-data 无法读取',
    'The multipart/form-data cannot be read',
    '请让 HTTP 库生成 boundary 与 Content-Type，不要手写。',
    'Let the HTTP library write boundary and Content-Type.',
  ],
  ['PART-MISSING', '缺少一个部分', 'A part is missing', '请补上该部分。', 'Give the part.'],
  [
    'PART-UNKNOWN',
    '没有这个部分',
    'There is no such part',
    '请使用消息列出的部分名。',
    'Use a name that the message lists.',
  ],
  ['PART-REPEATED', '同一部分出现两次', 'A part appears twice', '请只发送一次。', 'Send it once.'],
  ['PART-SIZE', '一个部分过大', 'A part is too large', '请减小该文件。', 'Make the file smaller.'],
  [
    'PART-COUNT',
    '部分过多',
    'There are too many parts',
    '请只发送消息列出的部分。',
    'Send only the parts that the message lists.',
  ],
  [
    'QUERY-PARAMETER',
    '查询参数无效',
    'A query parameter is not valid',
    '请按接口文档修改。',
    'Mend it by the documentation.',
  ],
  [
    'URL-FORM',
    '网址不可用',
    'The address cannot be used',
    '请按消息填写完整的 http(s) 网址。',
    'Give a whole http(s) address as the message says.',
  ],
  [
    'URL-USER',
    '网址带有用户名或密码',
    'The address carries a user or password',
    '请去掉；通知自带签名，可据此验证来源。',
    'Leave them out; deliveries are signed.',
  ],
  ['URL-SCHEME', '网址不是 https', 'The address is not https', '请使用 https 地址。', 'Use an https address.'],
  [
    'URL-ADDRESS',
    '网址不在公网上',
    'The address is not of the public internet',
    '请使用公网域名。',
    'Use a public host name.',
  ],
  ['URL-PORT', '网址端口不可用', 'The port cannot be used', '请使用 443 端口。', 'Use port 443.'],
  [
    'ORDER-CARD-01',
    '没有卡券模板',
    'There is no card template',
    '请在订单中填写 card_id，或请平台为商户设置默认模板。',
    'Give card_id in the order, or let the platform set the merchant’s default.',
  ],
  [
    'REPLACES-UNKNOWN',
    '没有要替代的原订单',
    'There is no order to replace',
    '请填写本商户已提交过的 order_id。',
    'Name an order_id that you have posted before.',
  ],
  [
    'REPLACES-STATE',
    '原订单还不能被替代',
    'The order cannot be replaced yet',
    '请先冲红原订单（POST /v1/orders/{order_id}/cancellation），或等待其结束。',
    'Cancel it first (POST /v1/orders/{order_id}/cancellation), or wait for its end.',
  ],
  [
    'ORDER-CONFLICT',
    '与首次提交的内容不同',
    'The content differs from what was posted first',
    '要更正已提交的订单，请使用重插；另一张发票请用新的订单号。',
    'To mend a posted order let it be re-inserted; for another invoice take a new order_id.',
  ],
  [
    'INVOICE-TAKEN',
    '此发票已被使用',
    'The invoice is in use',
    '一张发票只能有一张卡券：请查看占用它的订单，不要换订单号重发。',
    'One invoice has one card: look at the order that has it, and do not post it under another order_id.',
  ],
  [
    'PDF-BASE64-01',
    'PDF 不是有效的 base64',
    'The PDF is not valid base64',
    '请用标准字母表、带填充、不换行；或改用 multipart/form-data。',
    'Use the standard alphabet with padding and no line breaks, or multipart/form-data.',
  ],
  [
    'PDF-SIZE-01',
    'PDF 超过上限',
    'The PDF exceeds the limit',
    '请向销售方取得原始版式文件，不要用扫描件。',
    'Take the seller’s original file, not a scan.',
  ],
  [
    'PDF-SIZE-02',
    'PDF 超过 2 MB',
    'The PDF exceeds 2 MB',
    '微信可能以“内容超出限制”拒收，宜减小文件。',
    'WeChat may refuse it as too large; better make it smaller.',
  ],
  [
    'PDF-SHAPE-01',
    '文件不是 PDF',
    'The file is not a PDF',
    '微信只收 PDF：OFD 与 XML 请先换成 PDF 版式文件。',
    'WeChat takes PDF only: exchange OFD or XML for the PDF of the invoice.',
  ],
  [
    'PDF-SHAPE-02',
    'PDF 不完整',
    'The PDF is not whole',
    '传输时可能被截断，请重新下载后发送。',
    'It may have been cut on its way; fetch it again.',
  ],
];

export const FAULTS: readonly FaultFact[] = [...FACTS, ...FILE_FACTS, ...STATEMENT_FACTS].map(
  ([code, title, titleEn, advice, adviceEn]) => ({
    code,
    title,
    titleEn,
    advice,
    adviceEn,
  }),
);
