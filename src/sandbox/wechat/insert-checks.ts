import { Errcode } from '../../wechat/errcodes';
import type { Account } from '../state/accounts';
import type { CheckGroup } from '../state/profile';
import type { World } from '../state/world';
import { type Answer, refused } from './answers';
import { type InsertDraft, isDigital } from './insert-draft';

type Check = (world: World, account: Account, draft: InsertDraft) => Answer | undefined;

/** Why this insert is refused, looked for in WeChat's order; the last four groups stand in the profile's order. */
export const insertRefusal: Check = (world, account, draft) => {
  const groups = world.profile.check_order.map((name) => GROUPS[name]);
  for (const check of [foreignAppid, cardId, checkCode, ...groups]) {
    const refusal = check(world, account, draft);
    if (refusal) return refusal;
  }
  return undefined;
};

/** `appid` is the account that fetched the authorisation page, never an s_pappid. */
const foreignAppid: Check = (_world, _account, { appid }) =>
  appid.length > 60 ? refused(Errcode.InvalidParams) : undefined;

const cardId: Check = ({ templates, profile }, account, { card_id }) => templates.refusal(card_id, account, profile);

const checkCode: Check = ({ profile }, _account, draft) => {
  if (draft.check_code === undefined) return refused(Errcode.CheckCodeEmpty);
  if (!isDigital(draft)) return draft.check_code === '' ? refused(Errcode.CheckCodeEmpty) : undefined;
  return profile.digital === '72045' ? refused(Errcode.CheckCodeEmpty) : undefined;
};

const authorization: Check = ({ orders, profile }, account, { order_id, appid }) => {
  const order = orders.find(order_id, appid);
  if (!order) return profile.authorizations === 'implied' ? undefined : refused(Errcode.OrderNeverAuth);
  if (order.state === 'REJECTED') return refused(Errcode.BizRejectInsert);
  if (order.s_pappid !== null && order.s_pappid !== account.s_pappid) return refused(Errcode.OrderNeverAuth);
  return order.state === 'URL_ISSUED' ? refused(Errcode.OrderNeverAuth) : undefined;
};

const billing: Check = ({ profile }, _account, draft) => {
  const { billing_no, billing_code, billing_time } = draft;
  // Seconds, as a number or its ten digits: what is a date or milliseconds has been seen to fail.
  if (!/^\d{10}$/.test(String(billing_time))) return refused(Errcode.InvalidParams);
  if (profile.billing_fields === 'lenient' || isDigital(draft)) return undefined;
  if (!/^\d+$/.test(billing_no + billing_code)) return refused(Errcode.BillingNumbersInvalid);
  const [code, number] =
    profile.billing_fields === 'legacy-strict' ? [billing_no, billing_code] : [billing_code, billing_no];
  const fits = (code.length === 10 || code.length === 12) && number.length === 8;
  return fits ? undefined : refused(Errcode.BillingNumbersSizeError);
};

const DIGITAL_ANSWERS = { minus1: -1, '72040': 72040, '72082': 72082 } as const;

const pdf: Check = ({ media, cards, profile }, account, draft) => {
  const { digital } = profile;
  if (isDigital(draft) && digital !== 'accept' && digital !== '72045') return refused(DIGITAL_ANSWERS[digital]);
  for (const id of [draft.s_pdf_media_id, draft.s_trip_pdf_media_id]) {
    if (id !== '' && media.alive(id, profile)?.owner !== account.appid) return refused(profile.missing_media_errcode);
  }
  const file = media.alive(draft.s_pdf_media_id, profile);
  if (!file?.is_pdf) return refused(Errcode.InvoicePdfError);
  if (profile.pdf_in_wallet === '72040' && cards.hasPdf(file.sha256)) return refused(Errcode.InvoicePdfError);
  const number = profile.pdf_numbers === 'check' ? file.invoice_number : undefined;
  const differs = number !== undefined && number !== draft.billing_no && number !== draft.billing_code;
  return differs ? refused(Errcode.PdfBillingNumbersError) : undefined;
};

const duplicates: Check = ({ orders, cards, profile }, _account, { order_id, appid, billing_no, billing_code }) => {
  if (!profile.dedupe) return undefined;
  const order = orders.find(order_id, appid);
  if (order?.inserting) return refused(Errcode.InvoiceIsInserting);
  if (order?.state === 'INSERTED') return refused(Errcode.OrderIdRepeated);
  return cards.ofBilling(billing_no, billing_code) ? refused(Errcode.BillingNumbersRepeated) : undefined;
};

const GROUPS: Record<CheckGroup, Check> = { authorization, billing, pdf, duplicates };
