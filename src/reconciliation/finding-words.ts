import { FindingClass, FindingSource, FindingState } from '../data/entities/reconciliation';

/** What people call the kinds of differences, and what has become of them. */
export const CLASS_WORDS: Record<FindingClass, string> = {
  missing: '缺失',
  extra: '多出',
  amount: '金额不符',
  number: '号码不符',
  state: '状态不符',
  code_unknown: '卡券号未知',
  aged: '滞留',
  taken: '被占用',
};
export const FINDING_STATE_WORDS: Record<FindingState, string> = {
  open: '未处理',
  accepted: '已接受',
  resolved: '已处理',
  gone: '已消失',
};
export const SOURCE_WORDS: Record<FindingSource, string> = {
  ledger: '本系统账龄',
  wechat: '微信',
  statement: '商户清单',
  orders: '订单受理',
};
