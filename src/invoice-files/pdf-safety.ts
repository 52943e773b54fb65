import { Fault, fault, warning } from '../domain/fault';
import { unescapeNames } from './pdf-scan';

interface Danger {
  code: string;
  severity: Fault['severity'];
  pattern: RegExp;
  what: [zh: string, en: string];
}

/** White space between tokens (ISO 32000-1 §7.2.2), comments among it. */
const WS = String.raw`(?:[\s\0]|%[^\r\n]*[\r\n])*`;
/** A name ends here: `/JS1` is another. */
const END = String.raw`(?![^\s\0()<>[\]{}/%])`;
const REFERENCE = String.raw`\d+${WS}\d+${WS}R`;
/** The action of a file that is opened, or of its pages and fields. */
const AT_ONCE = String.raw`/(?:OpenAction|AA)${END}${WS}<<[^>]{0,400}/S${WS}`;

/**
 * What an invoice never needs. What can act or change when the file is opened is refused; an attached file (an accounting
 * voucher's data may ride along) is only reported, since nothing opens it.
 */
const DANGERS: readonly Danger[] = [
  danger('PDF-SAFE-01', 'error', `/Encrypt${END}${WS}(?:<<|${REFERENCE})`, ['已加密', 'is encrypted']),
  danger(
    'PDF-SAFE-02',
    'error',
    // Actions; names of them that stand apart as objects; the scripts themselves. An empty tree of scripts holds none.
    `/S${END}${WS}/JavaScript${END}|obj${WS}/JavaScript${END}|/JavaScript${END}${WS}${REFERENCE}|/JS${END}${WS}(?:[(<]|${REFERENCE})`,
    ['含有 JavaScript', 'holds JavaScript'],
  ),
  danger(
    'PDF-SAFE-03',
    'error',
    `/S${END}${WS}/(?:Launch|SubmitForm|ImportData|RichMediaExecute)${END}|obj${WS}/(?:Launch|SubmitForm|ImportData)${END}` +
      `|${AT_ONCE}/(?:URI|GoToR|GoToE|Rendition)${END}`,
    ['打开时会启动程序或访问外部', 'starts programs or calls elsewhere'],
  ),
  danger('PDF-SAFE-04', 'warning', `/EmbeddedFiles?${END}|/EF${END}${WS}(?:<<|${REFERENCE})`, [
    '带有附件',
    'carries attached files',
  ]),
  danger('PDF-SAFE-05', 'error', `/XFA${END}${WS}(?:\\[${WS}[^\\s\\]]|<|${REFERENCE})`, [
    '含有动态表单 (XFA)',
    'holds a dynamic form (XFA)',
  ]),
];

/** None of them without one of these names: what almost every file is spared by. */
const SUSPICIOUS =
  /\/(?:Encrypt|J(?:avaScript|S)|Launch|SubmitForm|ImportData|GoTo[RE]|R(?:endition|ichMediaExecute)|OpenAction|AA|E(?:mbeddedFile|F)|XFA)/;

/** Dangers named in a PDF's own words, or in an unpacked object stream; names may be written with `#xx`. */
export function dangersIn(escaped: string): Fault[] {
  const words = unescapeNames(escaped);
  if (!SUSPICIOUS.test(words)) return [];
  return DANGERS.filter(({ pattern }) => pattern.test(words)).map(({ code, severity, what: [zh, en] }) =>
    severity === 'error'
      ? fault(
          code,
          '/pdf',
          `PDF ${zh}，不能作为发票插卡。请使用原始发票文件。`,
          `The PDF ${en}; it cannot be sent. Use the invoice as issued.`,
        )
      : warning(
          code,
          '/pdf',
          `PDF ${zh}。发票版式文件通常没有，请核对。`,
          `The PDF ${en}. An invoice usually does not; please check.`,
        ),
  );
}

function danger(code: string, severity: Danger['severity'], pattern: string, what: Danger['what']): Danger {
  return { code, severity, pattern: new RegExp(pattern), what };
}
