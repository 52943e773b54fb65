import { Fault, fault, warning } from '../domain/fault';

/** WeChat Pay documents 2 MB; for setpdf only "内容超出限制" has been reported for a large file. */
const COMFORTABLE_BYTES = 2 * 1024 * 1024;

/** Whether the bytes are a whole PDF of a size that can be sent. `pointer` names the part. */
export function checkPdf(pdf: Buffer, pointer: string, maxBytes: number): Fault[] {
  if (pdf.length > maxBytes) {
    return [
      fault(
        'PDF-SIZE-01',
        pointer,
        `PDF 有 ${pdf.length} 字节，超过上限 ${maxBytes} 字节。请压缩或减小版式文件。`,
        `The PDF has ${pdf.length} bytes; the limit is ${maxBytes}. Make it smaller.`,
      ),
    ];
  }
  if (!pdf.subarray(0, 5).equals(Buffer.from('%PDF-'))) {
    return [
      fault(
        'PDF-SHAPE-01',
        pointer,
        '文件不是 PDF（缺少 %PDF- 文件头）。OFD 与 XML 请先转换成 PDF。',
        'The file is not a PDF (no %PDF- header). Convert OFD or XML first.',
      ),
    ];
  }
  if (!pdf.subarray(-1024).includes('%%EOF')) {
    return [
      fault(
        'PDF-SHAPE-02',
        pointer,
        'PDF 不完整（缺少 %%EOF 结尾），可能传输时被截断。请重新生成。',
        'The PDF is not whole (no %%EOF at its end); it may have been cut. Make it again.',
      ),
    ];
  }
  if (pdf.length <= COMFORTABLE_BYTES) return [];
  return [
    warning(
      'PDF-SIZE-02',
      pointer,
      'PDF 超过 2 MB，微信可能以“内容超出限制”拒收。',
      'The PDF exceeds 2 MB; WeChat may refuse it as too large.',
    ),
  ];
}
