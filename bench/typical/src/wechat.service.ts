import { Injectable } from '@nestjs/common';
import axios from 'axios';
import FormData from 'form-data';
import { InvoiceOrder } from './order.entity';

@Injectable()
export class WechatService {
  private readonly http = axios.create({ baseURL: process.env.WECHAT_BASE_URL, timeout: 15_000 });
  private token: Promise<string> | null = null;
  private expiresAt = 0;

  async setpdf(pdf: Buffer): Promise<string> {
    const form = new FormData();
    form.append('pdf', pdf, { filename: 'invoice.pdf', contentType: 'application/pdf' });
    const { data } = await this.http.post(
      `/card/invoice/platform/setpdf?access_token=${await this.accessToken()}`,
      form,
      {
        headers: form.getHeaders(),
      },
    );
    return succeeded(data).s_media_id as string;
  }

  async insert({ orderId, cardId, appid, invoice }: InvoiceOrder, mediaId: string): Promise<string> {
    const { data } = await this.http.post(`/card/invoice/insert?access_token=${await this.accessToken()}`, {
      order_id: orderId,
      card_id: cardId,
      appid,
      card_ext: {
        nonce_str: Math.random().toString(36).slice(2),
        user_card: {
          invoice_user_data: {
            fee: invoice.fee,
            title: invoice.title,
            billing_time: Math.floor(Date.parse(invoice.issued_at) / 1000),
            billing_no: invoice.number,
            billing_code: invoice.code,
            info: invoice.items,
            fee_without_tax: invoice.fee_without_tax,
            tax: invoice.tax,
            s_pdf_media_id: mediaId,
            check_code: invoice.check_code,
            buyer_number: invoice.buyer_number,
            seller_number: invoice.seller_number,
            seller_address_and_phone: invoice.seller_address_and_phone,
            seller_bank_account: invoice.seller_bank_account,
            remarks: invoice.remarks,
            maker: invoice.maker,
          },
        },
      },
    });
    return succeeded(data).code as string;
  }

  private accessToken(): Promise<string> {
    if (!this.token || Date.now() > this.expiresAt) {
      this.expiresAt = Date.now() + 3_600_000;
      this.token = this.http
        .get('/cgi-bin/token', { params: { grant_type: 'client_credential', appid: 'bench', secret: 'bench' } })
        .then(({ data }) => succeeded(data).access_token as string);
    }
    return this.token;
  }
}

function succeeded(data: Record<string, unknown>): Record<string, unknown> {
  if (data.errcode) throw new Error(`WeChat answered ${String(data.errcode)} ${String(data.errmsg)}`);
  return data;
}
