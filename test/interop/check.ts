import { WechatCaller } from '../sandbox/wechat-caller';
import { Peers } from './peers';

export interface InteropWorld {
  peers: Peers;
  wechat: WechatCaller;
  /** A service of ours, with this WeChat behind it. */
  serviceUrl: string;
}

/** What one package did, as a sentence; `work` rejects where it did not. */
export interface Check {
  peer: string;
  what: string;
  work: (world: InteropWorld) => Promise<void>;
}

export const APPID = 'wxc0b84a53ed8e8d29';
export const TOKEN = 'tokenoftheaccount';
export const AES_KEY = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG';
