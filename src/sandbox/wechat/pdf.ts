import type { FastifyReply } from 'fastify';
import { Errcode } from '../../wechat/errcodes';
import type { World } from '../state/world';
import { type Answer, empty, ok, refused } from './answers';
import { type AccountCall, text } from './call';

const URL_LIFE_SECONDS = 7200;

/** POST /card/invoice/platform/setpdf. Page: 上传 PDF. Nothing is read of the content: a bad PDF fails at insert. */
export function setpdf({ world, account, part }: AccountCall): Answer {
  if (!part) return refused(Errcode.DataFormatError);
  if (part.bytes.length === 0) return refused(Errcode.EmptyPostData);
  if (part.bytes.length > world.profile.max_pdf_bytes) return refused(Errcode.MessageSizeOutOfLimit);
  return ok({ s_media_id: world.media.put(account.appid, part).s_media_id });
}

/** POST /card/invoice/platform/getpdf. Page: 查询已上传的 PDF 文件. `action` comes in the query, the body or both. */
export function getpdf({ world, account, json, query, base }: AccountCall): Answer {
  const action = text(json['action']) || query['action'];
  if (!action) return empty('action');
  if (action !== 'get_url') return refused(Errcode.InvoiceActionError);
  const id = text(json['s_media_id']);
  if (id === '') return empty('s_media_id');
  const media = world.media.alive(id, world.profile);
  if (media?.owner !== account.appid) return refused(world.profile.missing_media_errcode);
  const pdf_url = `${base}/intp/invoice/getpdf?action=media_pdf&media_key=${media.sha256.slice(0, 32)}${id}`;
  return ok({ pdf_url, pdf_url_expire_time: URL_LIFE_SECONDS });
}

/** The link a reimburser gets: it lets anybody in who has it, until its wx_invoice_token has run out. */
export function reimburserPdfUrl(
  { world, base }: AccountCall,
  s_media_id: string,
  card_id: string,
): string | undefined {
  const media = world.media.alive(s_media_id, world.profile);
  if (!media) return undefined;
  const until = world.clock.seconds() + world.profile.reimburse_pdf_seconds;
  const query = { action: 'media_pdf', media_key: media.sha256.slice(0, 32) + s_media_id, card_id };
  return `${base}/intp/invoice/getpdf?${new URLSearchParams({ ...query, wx_invoice_token: `until-${until}` }).toString()}`;
}

/** What stands behind `pdf_url`. */
export function sendPdf(world: World, key: string, token: string, reply: FastifyReply): FastifyReply {
  const until = /^until-(\d+)$/.exec(token)?.[1];
  if (until && world.clock.seconds() >= Number(until)) return reply.type('text/html').send('链接已失效');
  const id = key.slice(32);
  const media = world.media.alive(id, world.profile);
  const bytes = world.media.pdf(id);
  if (!media?.sha256.startsWith(key.slice(0, 32)) || key.length < 33) return reply.code(404).send('no such pdf');
  if (!bytes) return reply.code(410).send('the sandbox keeps the bytes of the latest uploads only');
  return reply.type('application/pdf').send(bytes);
}
