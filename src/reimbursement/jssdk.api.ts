import { ApiProperty } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';

export class ChooseInvoiceRequest {
  /** The page that calls wx.config, exactly as the browser has it (location.href without its fragment) */
  @IsString()
  @MaxLength(2048)
  url!: string;
}

/** To be handed to wx.config as it is. */
export class PageConfigView {
  beta!: boolean;
  debug!: boolean;
  appId!: string;
  @ApiProperty({ type: 'integer' })
  timestamp!: number;
  nonceStr!: string;
  signature!: string;
  jsApiList!: string[];
}

/** To be handed to wx.invoke('chooseInvoice', …) as it is. */
export class ChooseInvoiceView {
  @ApiProperty({ type: 'integer' })
  timestamp!: number;
  nonceStr!: string;
  signType!: string;
  cardSign!: string;
}

export class ChooseInvoiceConfigView {
  config!: PageConfigView;
  choose_invoice!: ChooseInvoiceView;
}
