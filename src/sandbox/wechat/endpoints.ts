import { WIRE_PATHS } from '../../wechat/wire';
import { getauthdata, getauthurl, rejectinsert } from './authorization';
import { setbizattr } from './biz-attributes';
import type { Endpoint } from './call';
import { insert } from './insert';
import { getpdf, setpdf } from './pdf';
import { createcard, seturl } from './platform';
import { quota } from './quota';
import {
  cardcode,
  decrypt,
  getinvoicebatch,
  getinvoiceinfo,
  updateinvoicestatus,
  updatestatusbatch,
} from './reimburse';
import { updatestatus } from './status';
import { getticket } from './ticket';
import { getselecttitleurl, getusertitleurl, scantitle } from './titles';
import { stableToken, token } from './token';

const post =
  (door: Endpoint['door']) =>
  (handle: Endpoint['handle'], body: Endpoint['body'] = 'json'): Endpoint => ({ method: 'POST', body, door, handle });
const [invoice, reimburse] = [post('invoice'), post('reimburse')];

/** Every WeChat path this sandbox answers; the other /card and /cgi-bin paths are 40066. */
export const ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  [WIRE_PATHS.token]: { method: 'any', body: 'none', door: 'login', handle: token },
  [WIRE_PATHS.stableToken]: { method: 'POST', body: 'json', door: 'login', handle: stableToken },
  [WIRE_PATHS.quota]: { method: 'POST', body: 'json', door: 'token', handle: quota },
  [WIRE_PATHS.getticket]: { method: 'any', body: 'none', door: 'token', handle: getticket },
  [WIRE_PATHS.seturl]: invoice(seturl),
  [WIRE_PATHS.createcard]: invoice(createcard),
  [WIRE_PATHS.setpdf]: invoice(setpdf, 'pdf'),
  [WIRE_PATHS.getpdf]: invoice(getpdf),
  [WIRE_PATHS.insert]: invoice(insert),
  [WIRE_PATHS.updatestatus]: invoice(updatestatus),
  [WIRE_PATHS.getauthurl]: invoice(getauthurl),
  [WIRE_PATHS.getauthdata]: invoice(getauthdata),
  [WIRE_PATHS.rejectinsert]: invoice(rejectinsert),
  [WIRE_PATHS.setbizattr]: invoice(setbizattr),
  [WIRE_PATHS.getinvoiceinfo]: reimburse(getinvoiceinfo),
  [WIRE_PATHS.getinvoicebatch]: reimburse(getinvoicebatch),
  [WIRE_PATHS.updateinvoicestatus]: reimburse(updateinvoicestatus),
  [WIRE_PATHS.updatestatusbatch]: reimburse(updatestatusbatch),
  [WIRE_PATHS.getusertitleurl]: invoice(getusertitleurl),
  [WIRE_PATHS.getselecttitleurl]: invoice(getselecttitleurl),
  [WIRE_PATHS.scantitle]: invoice(scantitle),
  [WIRE_PATHS.decryptcode]: invoice(decrypt),
  [WIRE_PATHS.cardcode]: invoice(cardcode),
};
