import { Fault, fault, hasErrors } from '../domain/fault';

/** A fault as every answer tells it. */
export interface ToldFault {
  pointer: string;
  code: string;
  message: string;
  message_en: string;
  severity: Fault['severity'];
}

const MOST = 100;
/** Of all views together, in characters. */
const MOST_TEXT = 64 * 1024;
const POINTER = 256;
/** The longest text of its kind that an answer carries. */
export const TEXT = 1000;

/**
 * The first faults, and how many more there are: an answer is never much larger because a request was. What a caller has
 * written is cut where it comes back in a pointer or a message.
 */
export function faultViews(faults: readonly Fault[]): ToldFault[] {
  const views: ToldFault[] = [];
  let room = MOST_TEXT;
  for (const one of faults.slice(0, MOST)) {
    const view = viewOf(one);
    room -= view.pointer.length + view.message.length + view.message_en.length;
    if (room < 0) break;
    views.push(view);
  }
  const left = faults.slice(views.length);
  return left.length > 0 ? [...views, viewOf(more(left))] : views;
}

export function cut(text: string, most: number): string {
  // A pair of surrogates is not parted.
  return text.length <= most ? text : `${text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

function viewOf({ pointer, code, message, messageEn, severity }: Fault): ToldFault {
  return {
    pointer: cut(pointer, POINTER),
    code,
    message: cut(message, TEXT),
    message_en: cut(messageEn, TEXT),
    severity,
  };
}

function more(left: readonly Fault[]): Fault {
  const one = fault(
    'FAULTS-MORE',
    '',
    `另有 ${left.length} 处问题未列出，请先改正以上各项。`,
    `${left.length} more faults are not listed; mend those above first.`,
  );
  return { ...one, severity: hasErrors(left) ? 'error' : 'warning' };
}
