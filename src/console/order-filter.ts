import { InsertionState } from '../domain/insertion';
import { heldOf } from '../orders/orders.read';

/** Which orders of all merchants. */
export interface OrderCriteria {
  merchant?: string;
  appid?: string;
  orderId?: string;
  state?: InsertionState | 'held';
  /** Why it was refused, rejected or handed to a person. */
  reason?: string;
  invoiceNumber?: string;
  cardCode?: string;
  /** Answered to one of its attempts. */
  errcode?: number;
  /** WeChat's reference, given with one of its attempts. */
  hint?: string;
  createdFrom?: Date;
  /** Exclusive. */
  createdTo?: Date;
}

/** Conditions on orders `o`, their insertions `i` and merchants `m`, with their values from `$1` on. */
export function whereOf(criteria: OrderCriteria): { conditions: string[]; values: unknown[] } {
  const values: unknown[] = [];
  const conditions: string[] = [];
  const where = (sql: (value: string) => string, given: unknown) => {
    if (given !== undefined) conditions.push(sql(`$${values.push(given)}`));
  };
  if (criteria.state === 'held') conditions.push(...heldOf('m.id'));
  else where((value) => `i.state = ${value}`, criteria.state);
  where((value) => `m.id = ${value}`, criteria.merchant);
  where((value) => `o.appid = ${value}`, criteria.appid);
  where((value) => `o.order_id = ${value}`, criteria.orderId);
  where((value) => `i.reason = ${value}`, criteria.reason);
  where((value) => `o.invoice_number = ${value}`, criteria.invoiceNumber);
  where((value) => `i.card_code = ${value}`, criteria.cardCode);
  where((value) => `o.created_at >= ${value}`, criteria.createdFrom);
  where((value) => `o.created_at < ${value}`, criteria.createdTo);
  where((value) => attempted(`a.errcode = ${value}`), criteria.errcode);
  where((value) => attempted(`a.hint = ${value}`), criteria.hint);
  return { conditions, values };
}

function attempted(condition: string): string {
  return `EXISTS (SELECT FROM attempts a WHERE a.merchant_id = o.merchant_id AND a.id = o.id AND ${condition})`;
}
