import { Errcode } from '../../wechat/errcodes';
import { type Answer, empty, ok, refused } from './answers';
import { type AccountCall, text } from './call';

const PAGE = 'https://mp.weixin.qq.com/intp/invoice/usertitle';

/** POST /card/invoice/biz/getusertitleurl. Page: 获取添加发票链接. The user fills in what the caller did not. */
export function getusertitleurl({ world, json }: AccountCall): Answer {
  if (json['user_fill'] !== 1 && text(json['title']) === '') return empty('title');
  return ok({ url: `${PAGE}?action=list_auth&biz_title_key=${world.chance.text(6)}#wechat_redirect` });
}

/** POST /card/invoice/biz/getselecttitleurl. Page: 获取商户专属二维码链接. */
export function getselecttitleurl({ world, json }: AccountCall): Answer {
  for (const field of ['attach', 'biz_name']) if (text(json[field]) === '') return empty(field);
  return ok({ url: `${PAGE}?action=select_title&select_title_key=${world.chance.text(16)}#wechat_redirect` });
}

/** POST /card/invoice/scantitle. Page: 扫描二维码. Each user shows the same title; what is no code of WeChat's has run out. */
export function scantitle({ json }: AccountCall): Answer {
  const scanned = text(json['scan_text'] ?? json['scan_ text']);
  if (scanned === '') return empty('scan_text');
  if (!/[?&]invoice_key=[^&]+/.test(scanned)) return refused(Errcode.ScanTextOutOfTime);
  const bank = { bank_type: '招商银行', bank_no: '1234567890' };
  const title = { title_type: 0, title: '示例科技(上海)有限公司', tax_no: '91310000MADEM0011A' };
  return ok({ ...title, phone: '021-12345678', addr: '上海市示例路 1 号', ...bank });
}
