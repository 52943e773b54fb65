import { fault, Fault } from '../domain/fault';
import { unreadable } from './file-faults';
import { readOfd } from './ofd';
import { PdfTools, readPdf, Reading } from './read-pdf';
import { parseXml, RefusedXml } from './safe-xml';
import { readXmlInvoice } from './xml-invoice';
import { RefusedZip } from './zip-entries';

export type FileFormat = 'pdf' | 'ofd' | 'xml' | 'unknown';

/** By its first bytes; what a sender calls a file does not matter. */
export function formatOf(bytes: Buffer): FileFormat {
  if (bytes.subarray(0, 5).equals(Buffer.from('%PDF-'))) return 'pdf';
  if (bytes.subarray(0, 4).equals(Buffer.from('PK\x03\x04', 'latin1'))) return 'ofd';
  const start = bytes
    .subarray(0, 256)
    .toString('latin1')
    .replace(/^\xef\xbb\xbf|^\xff\xfe|^\xfe\xff/, '');
  return /^[\s\0]*</.test(start) ? 'xml' : 'unknown';
}

/** What an invoice's file says, whatever its format; runs in a reading thread. */
export async function readFile(bytes: Buffer, tools: PdfTools): Promise<Reading> {
  const format = formatOf(bytes);
  if (format === 'pdf') return readPdf(bytes, tools);
  if (format === 'unknown') return { facts: [], faults: [notAFile()] };
  try {
    const facts = format === 'ofd' ? await readOfd(bytes) : (readXmlInvoice(parseXml(bytes), 'xml') ?? []);
    return { facts, faults: facts.length > 0 ? [] : [unreadable('not_an_invoice')] };
  } catch (error) {
    if (error instanceof RefusedZip || error instanceof RefusedXml)
      return { facts: [], faults: [REASONS[error.reason]] };
    return { facts: [], faults: [unreadable('broken')] };
  }
}

type Reason = RefusedZip['reason'] | RefusedXml['reason'];

const REASONS: Record<Reason, Fault> = {
  broken: refusal('FILE-SHAPE-01', '文件结构已损坏', 'its structure is broken'),
  encrypted: refusal('FILE-SAFE-01', '文件已加密', 'it is encrypted'),
  unsafe_name: refusal('FILE-SAFE-02', '压缩包内有越出目录的文件名', 'an entry’s name climbs out of its folder'),
  bomb: refusal('FILE-SAFE-03', '解压后异常庞大', 'it unpacks to an extraordinary size'),
  doctype: refusal('FILE-SAFE-04', 'XML 带有 DOCTYPE 或实体声明', 'its XML declares a DOCTYPE or entities'),
  too_large: refusal('FILE-SAFE-05', 'XML 过大', 'its XML is too large'),
  too_deep: refusal('FILE-SAFE-06', 'XML 嵌套过深', 'its XML is nested too deep'),
};

function refusal(code: string, zh: string, en: string): Fault {
  return fault(
    code,
    '/file',
    `文件不能读取：${zh}。请使用原始发票文件。`,
    `The file is not read: ${en}. Use the invoice as issued.`,
  );
}

function notAFile(): Fault {
  return fault(
    'FILE-SHAPE-02',
    '/file',
    '不是 PDF、OFD 或 XML 文件。',
    'This is neither a PDF nor an OFD nor an XML file.',
  );
}
