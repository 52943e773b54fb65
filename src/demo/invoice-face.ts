import type { DigitalKind } from './qr-payload';

/** What is printed on the face of a 数电 invoice. Money is integer 分. */
export interface InvoiceFace {
  kind: DigitalKind;
  /** The 20-digit 发票号码. */
  number: string;
  /** 开票日期, the day in China: `yyyy-MM-dd`. */
  issuedOn: string;
  buyer: FaceParty;
  seller: FaceParty;
  lines: FaceLine[];
  /** 合计金额, without tax. */
  net: number;
  /** 合计税额. */
  tax: number;
  /** 价税合计. */
  gross: number;
  /** 备注. */
  remarks?: string;
  /** 开票人. */
  drawer?: string;
}

export interface FaceParty {
  /** 名称. */
  name: string;
  /** 统一社会信用代码 or 纳税人识别号; a natural person has none on the face. */
  taxId?: string;
}

export interface FaceLine {
  /** 项目名称 with its category: `*信息技术服务*技术服务费`. */
  name: string;
  /** 规格型号. */
  spec?: string;
  unit?: string;
  quantity?: number;
  /** Unit price without tax, 分. */
  unitPrice?: number;
  /** 金额 without tax, 分; negative on a discount line (折扣行). */
  amount: number;
  /** 税率/征收率 as printed: `6%`, or `免税` and `不征税`, beside which the tax is printed `***`. */
  rate: string;
  /** 税额, 分. */
  tax: number;
}

/** What is printed on a trip sheet (行程单), the optional companion of a passenger transport invoice. */
export interface TripFace {
  orderId: string;
  trips: Trip[];
}

export interface Trip {
  /** The day of the trip, `yyyy-MM-dd`. */
  on: string;
  from: string;
  to: string;
  /** Fare with tax, 分. */
  fare: number;
}
