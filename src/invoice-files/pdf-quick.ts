import { Fault, fault, warning } from '../domain/fault';
import { overgrown } from './file-faults';
import { damaged, isDamaged, looksChanged } from './pdf-damage';
import { infoFacts, scanInfo } from './pdf-info';
import { dangersIn } from './pdf-safety';
import { outsideStreams } from './pdf-scan';
import { Reading } from './read-pdf';

/** What can be told of a PDF while its sender waits, without parsing it: its Info keys, its dangers, its ends. */
export function quickReading(pdf: Buffer): Reading {
  const { words, cut, misplaced } = outsideStreams(pdf);
  // Whether an attachment is worth a word shows when it is read.
  const dangers = dangersIn(words).filter(({ severity }) => severity === 'error');
  const ends = brokenEnds(pdf);
  // Only where something shows that bytes were moved or changed is a file unpacked while its sender waits.
  const suspicious = misplaced || looksChanged(pdf) || ends.some(({ code }) => code === 'PDF-SHAPE-03');
  const damage = !cut && suspicious && isDamaged(pdf) ? [damaged()] : [];
  const faults = [...(cut ? [overgrown()] : []), ...dangers, ...damage, ...ends];
  return { facts: infoFacts(scanInfo(words)), faults };
}

/** `startxref` names a cross-reference, and behind the last `%%EOF` nothing follows. */
function brokenEnds(pdf: Buffer): Fault[] {
  const end = pdf.lastIndexOf('%%EOF');
  const after = pdf.subarray(end + 5);
  const faults: Fault[] = [];
  if (isArchive(pdf) || /<(html|script|\?php|!doctype)/i.test(after.toString('latin1'))) {
    faults.push(
      fault(
        'PDF-SHAPE-04',
        '/pdf',
        '文件既是 PDF 又是另一种文件（结尾之后还有内容）。请使用原始发票文件。',
        'The file is a PDF and another kind of file at once (something follows its end). Use the invoice as issued.',
      ),
    );
  }
  const place = /startxref\s+(\d{1,10})\s*$/.exec(pdf.toString('latin1', Math.max(0, end - 64), end))?.[1];
  const target = place === undefined ? '' : pdf.toString('latin1', Number(place), Number(place) + 24);
  if (place !== undefined && !/^\s*(xref|\d+\s+\d+\s+obj)/.test(target)) {
    faults.push(
      warning(
        'PDF-SHAPE-03',
        '/pdf',
        'PDF 的交叉引用表位置有误，微信可能拒收。请重新取得原始文件。',
        'The PDF’s cross-reference is not where it should be; WeChat may refuse it. Obtain the file again.',
      ),
    );
  }
  return faults;
}

const ARCHIVE_END = Buffer.from('PK\x05\x06', 'latin1');

/** An end-of-central-directory record at the end of the bytes makes them a ZIP. */
function isArchive(pdf: Buffer): boolean {
  const tail = pdf.subarray(-66_000);
  for (let at = tail.indexOf(ARCHIVE_END); at >= 0; at = tail.indexOf(ARCHIVE_END, at + 4)) {
    if (at + 22 <= tail.length && at + 22 + tail.readUInt16LE(at + 20) === tail.length) return true;
  }
  return false;
}
