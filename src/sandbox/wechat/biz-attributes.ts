import { Errcode } from '../../wechat/errcodes';
import { type Answer, empty, ok, refused } from './answers';
import { type AccountCall, isObject, text } from './call';

/** What setbizattr sets and gets, the code answered while it was never set. */
const ATTRIBUTES = [
  { name: 'contact', field: 'contact', neverSet: Errcode.BizContactEmpty },
  { name: 'auth_field', field: 'auth_field', neverSet: Errcode.AuthFieldNeverSet },
  { name: 'pay_mch', field: 'paymch_info', neverSet: Errcode.PayMchNeverSet },
] as const;

/** POST /card/invoice/setbizattr?action=…: three things to set and to get. Page: 关联商户号与开票平台, 设置商户联系方式, 设置授权页字段. */
export function setbizattr({ account, json, query }: AccountCall): Answer {
  const action = query['action'] ?? '';
  const attribute = ATTRIBUTES.find(({ name }) => action.slice(4) === name);
  if (!attribute || !/^[sg]et_/.test(action)) return refused(Errcode.InvoiceActionError);
  const { field, neverSet } = attribute;
  if (action.startsWith('get_'))
    return account[field] === undefined ? refused(neverSet) : ok({ [field]: account[field] });
  const value = json[field];
  if (!isObject(value)) return empty(field);
  if (field === 'contact' && text(value['phone']) === '') return empty('phone');
  if (field === 'paymch_info' && !/^\d+$/.test(text(value['mchid']))) return refused(Errcode.InvalidMchid);
  account[field] = value;
  return ok();
}
