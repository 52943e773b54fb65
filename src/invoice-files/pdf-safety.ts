import { Fault, fault, warning } from '../domain/fault';

interface Danger {
  code: string;
  severity: Fault['severity'];
  pattern: RegExp;
  what: [zh: string, en: string];
}

/**
 * What an invoice never needs. What can act or change when the file is opened is refused; an attached file (an accounting
 * voucher's data may ride along) is only reported, since nothing opens it.
 */
const DANGERS: readonly Danger[] = [
  danger('PDF-SAFE-01', 'error', /\/Encrypt\s*(<<|\d+\s+\d+\s+R)/, ['已加密', 'is encrypted']),
  danger('PDF-SAFE-02', 'error', /\/S\s*\/JavaScript\b|\/JavaScript\s*(<<|\d+\s+\d+\s+R)|\/JS\s*[(<\d]/, [
    '含有 JavaScript',
    'holds JavaScript',
  ]),
  danger(
    'PDF-SAFE-03',
    'error',
    /\/S\s*\/(Launch|SubmitForm|ImportData|GoToR|GoToE|Rendition|RichMediaExecute)\b|\/(OpenAction|AA)\s*<<[^>]{0,200}\/S\s*\/URI\b/,
    ['打开时会启动程序或访问外部', 'starts programs or calls elsewhere'],
  ),
  danger('PDF-SAFE-04', 'warning', /\/EmbeddedFiles?\b|\/EF\s*<</, ['带有附件', 'carries attached files']),
  danger('PDF-SAFE-05', 'error', /\/XFA\s*[[<\d]/, ['含有动态表单 (XFA)', 'holds a dynamic form (XFA)']),
];

/** None of them without one of these names: what almost every file is spared by. */
const SUSPICIOUS =
  /\/(?:Encrypt|J(?:avaScript|S)|Launch|SubmitForm|ImportData|GoTo[RE]|R(?:endition|ichMediaExecute)|OpenAction|AA|E(?:mbeddedFile|F)|XFA)/;

/** Dangers named in a PDF's own words, or in an unpacked object stream. */
export function dangersIn(words: string): Fault[] {
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

function danger(code: string, severity: Danger['severity'], pattern: RegExp, what: Danger['what']): Danger {
  return { code, severity, pattern, what };
}
