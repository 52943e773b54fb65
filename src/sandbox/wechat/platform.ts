import { type Answer, empty, ok } from './answers';
import { type AccountCall, isObject, text } from './call';

/** POST /card/invoice/seturl. Page: 获取开票平台识别码. There is no field for s_pappid: it stands in the URL. */
export function seturl({ account }: AccountCall): Answer {
  const query = new URLSearchParams({ action: 'list', s_pappid: account.s_pappid });
  return ok({ invoice_url: `https://mp.weixin.qq.com/bizmall/authinvoice?${query.toString()}` });
}

/** POST /card/invoice/platform/createcard. Page: 创建发票卡券模板. Every call makes another template. */
export function createcard({ world, account, json }: AccountCall): Answer {
  const info = isObject(json['invoice_info']) ? json['invoice_info'] : {};
  const base = isObject(info['base_info']) ? info['base_info'] : {};
  for (const field of ['payee', 'type']) if (text(info[field]) === '') return empty(field);
  for (const field of ['title', 'logo_url']) if (text(base[field]) === '') return empty(field);
  const words = { payee: text(info['payee']), type: text(info['type']), title: text(base['title']) };
  return ok({ card_id: world.templates.create(account, words, world.profile).card_id });
}
