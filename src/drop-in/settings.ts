import { randomBytes } from 'node:crypto';
import { DataSource } from 'typeorm';
import { Attribute, ATTRIBUTES, SetUp } from '../accounts/set-up';
import { Templates } from '../accounts/templates';
import { TemplateRequest } from '../accounts/templates.api';
import { audit } from '../audit/audit';
import { asEngine } from '../data/statement';
import { SchemaChecks } from '../http/schema-check';
import { Holder } from '../token-gateway/gateway-tokens';
import { DoorCall, DoorHandler, refusal, WechatAnswer } from '../token-gateway/wechat-door';
import { AccountCalls } from '../wechat/account-calls';
import { notAsked } from '../wechat/call-verdict';
import { Errcode } from '../wechat/errcodes';
import { TicketManager } from '../wechat/tickets';
import { WIRE_PATHS } from '../wechat/wire';
import { Admission, Admitted } from './admission';
import { Fields, isFields, missing, textOf } from './fields';
import { OwnAccount } from './own-account';
import { wordOf } from './wechat-word';

/** Seconds that a caller may keep a ticket: ours are renewed ten minutes before they end. */
const TICKET_LIFE = 300;
const WORDS = [
  'title',
  'logo_url',
  'custom_url_name',
  'custom_url',
  'custom_url_sub_title',
  'promotion_url_name',
  'promotion_url',
  'promotion_url_sub_title',
] as const;

/**
 * What prepares an account: seturl, getticket, setbizattr, createcard. A merchant sets what is its own; what other merchants
 * use too is for the administrators of the installation.
 */
export class Settings {
  constructor(
    private readonly admission: Admission,
    private readonly accounts: OwnAccount,
    private readonly setUp: SetUp,
    private readonly templates: Templates,
    private readonly tickets: TicketManager,
    private readonly calls: AccountCalls,
    private readonly checks: SchemaChecks,
    private readonly dataSource: DataSource,
  ) {}

  doors(): Record<string, DoorHandler> {
    return {
      [WIRE_PATHS.getticket]: this.admission.asked('orders:write', (holder, call) => this.getticket(holder, call)),
      [WIRE_PATHS.seturl]: this.admission.json('orders:read', (admitted) => this.seturl(admitted)),
      [WIRE_PATHS.setbizattr]: this.admission.json('orders:write', (admitted) => this.setbizattr(admitted)),
      [WIRE_PATHS.createcard]: this.admission.json('orders:write', (admitted) => this.createcard(admitted)),
    };
  }

  /**
   * A page can sign for itself with WeChat's own ticket: it goes to keys with that scope only. Any other key gets a word
   * that getauthurl takes for one, so that a program that fetches its ticket first goes on.
   */
  private async getticket(holder: Holder, { query }: DoorCall): Promise<WechatAnswer> {
    const { type } = query;
    if (type !== 'jsapi' && type !== 'wx_card') return refusal(Errcode.InvalidArgs);
    const mayHave = holder.caller.scopes.includes('jsapi_ticket');
    if (!mayHave && type === 'jsapi') return refusal(Errcode.ApiUnauthorized, 'the key needs the scope jsapi_ticket');
    const own = await this.accounts.authorising(holder);
    if ('refused' in own) return own.refused;
    if (!mayHave) return ticketAnswer(`getauthurl-only_${randomBytes(24).toString('base64url')}`);
    const held = await this.tickets.get(own.account, type);
    return held.ticket ? ticketAnswer(held.ticket.value) : wordOf(notAsked(held.outcome));
  }

  private async seturl(holder: Admitted): Promise<WechatAnswer> {
    return wordOf(await this.calls.ask('seturl', await this.accounts.issuer(holder), {}));
  }

  private async setbizattr({ json, query, ...holder }: Admitted): Promise<WechatAnswer> {
    const [, verb, attribute = ''] = /^([gs]et)_(\w+)$/.exec(query.action ?? textOf(json.action)) ?? [];
    if (!isAttribute(attribute)) return refusal(Errcode.InvoiceActionError);
    const own = await this.accounts.authorising(holder);
    if ('refused' in own) return own.refused;
    const { account } = own;
    if (verb === 'get') return wordOf(await this.setUp.read(account, attribute));
    if (account.appid !== holder.caller.appid) return NOT_ITS_OWN;
    const value = json[ATTRIBUTES[attribute]];
    if (!isFields(value)) return refusal(Errcode.InvalidParams, `${ATTRIBUTES[attribute]} is empty`);
    // Written down before WeChat is asked: an act whose answer is lost has happened all the same.
    await asEngine(this.dataSource, (client) =>
      audit(client, act(holder, 'account.attribute_asked', account.appid, { attribute })),
    );
    return wordOf(await this.setUp.write(account, attribute, value));
  }

  /** WeChat would make another template each time, for good; here the one of a payee and type is answered again. */
  private async createcard({ json, ...holder }: Admitted): Promise<WechatAnswer> {
    const { caller, appid } = holder;
    if (appid !== caller.appid || appid !== caller.issuerAppid) return NOT_ITS_OWN;
    const info = isFields(json.invoice_info) ? json.invoice_info : {};
    const base = isFields(info.base_info) ? info.base_info : {};
    const absent = missing(info, 'payee', 'type') ?? missing(base, 'title', 'logo_url');
    if (absent) return absent;
    const draft = { payee: textOf(info.payee), type: textOf(info.type), words: wordsOf(base) };
    const { payee, type, words } = draft;
    const [wrong] = this.checks.faults(TemplateRequest.name, { payee, type, ...words });
    if (wrong) return refusal(Errcode.InvalidParams, `${wrong.pointer.slice(1)}: ${wrong.messageEn}`);
    const { template, verdict } = await this.templates.create(
      await this.accounts.issuer(holder),
      draft,
      (id) => (client) => audit(client, act(holder, 'template.asked', id, { payee, type })),
    );
    if (verdict && verdict.kind !== 'done') return wordOf(verdict);
    if (template.state !== 'ready' || !template.cardId)
      return refusal(Errcode.SystemBusy, 'whether this template was made is not known: its operators must look');
    if (!sameWords(template.words, words))
      return refusal(Errcode.InvalidParams, `payee and type have the template ${template.cardId}, with other words`);
    return { errcode: 0, errmsg: 'ok', card_id: template.cardId };
  }
}

const NOT_ITS_OWN = refusal(Errcode.ApiUnauthorized, 'this account is not the merchant’s own: its operators set it');

function ticketAnswer(ticket: string): WechatAnswer {
  return { errcode: 0, errmsg: 'ok', ticket, expires_in: TICKET_LIFE };
}

function isAttribute(name: string): name is Attribute {
  return Object.hasOwn(ATTRIBUTES, name);
}

function wordsOf(base: Fields): Record<string, string> {
  const given = WORDS.filter((name) => textOf(base[name]) !== '');
  return Object.fromEntries(given.map((name) => [name, textOf(base[name])]));
}

function sameWords(ours: Record<string, string>, given: Record<string, string>): boolean {
  return WORDS.every((name) => ours[name] === given[name]);
}

function act({ caller }: Holder, action: string, object: string, data: Record<string, unknown>) {
  return { merchantId: caller.merchantId, actor: `key ${caller.keyId}`, action, object, reason: null, data };
}
