import { Fault } from './fault';
import { Invoice } from './invoice';
import { checkAmounts } from './rules/amounts';
import { checkItems } from './rules/items';
import { checkNumbers } from './rules/numbers';
import { checkParties } from './rules/parties';
import { checkTimes } from './rules/times';

/** Every fault of an invoice at once, in the reading order of its face. `now` is Unix seconds. */
export function checkInvoice(invoice: Invoice, now: number): Fault[] {
  return [
    ...checkNumbers(invoice, now),
    ...checkTimes(invoice, now),
    ...checkParties(invoice),
    ...checkItems(invoice),
    ...checkAmounts(invoice),
  ];
}
