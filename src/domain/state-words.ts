import { InsertionState } from './insertion';

/** What people call the states of an order: 简体中文, English. */
export const STATE_WORDS: Readonly<Record<InsertionState | 'held', readonly [zh: string, en: string]>> = {
  accepted: ['已受理', 'accepted'],
  uploaded: ['已上传', 'uploaded'],
  sending: ['插卡中', 'sending'],
  inserted: ['已插卡', 'inserted'],
  awaiting_authorization: ['待用户授权', 'waits for its user'],
  in_doubt: ['存疑', 'in doubt'],
  likely_inserted: ['可能已插卡', 'likely inserted'],
  needs_human: ['待人工处理', 'needs a person'],
  refused: ['被拒', 'refused'],
  rejected: ['已终止', 'ended without a card'],
  cancelled: ['已冲红', 'cancelled'],
  held: ['已暂停', 'held'],
};
