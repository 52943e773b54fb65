import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { read, ROOT } from '../house/repository';

type Said = Record<string, unknown>;

/** The parts of co-wechat-api and wechat-api that speak of tokens, tickets and cards. */
export interface CoWechatApi {
  request(url: string, options?: object): Promise<Said>;
  ensureAccessToken(): Promise<{ accessToken: string }>;
  ensureTicket(type: string): Promise<{ ticket: string }>;
  getJsConfig(page: { url: string; jsApiList: string[] }): Promise<Record<string, string>>;
  decryptCode(encryptCode: string): Promise<Said>;
  getCode(code: string, cardId: string): Promise<Said>;
  createCard(card: object): Promise<Said>;
}

type Callback = (error: Error | null, answer: Said) => void;
export interface WechatApi {
  request(url: string, options: object, callback: Callback): void;
  endpoint: string;
  getLatestToken(callback: Callback): void;
  getTicket(type: string, callback: Callback): void;
  getJsConfig(page: object, callback: Callback): void;
  decryptCode(encryptCode: string, callback: Callback): void;
  getCode(code: string, cardId: string, callback: Callback): void;
  createCard(card: object, callback: Callback): void;
}

export interface JsSdk {
  getSignature(url: string): Promise<Record<string, string>>;
  verifySignature(query: Record<string, string>): boolean;
  store: { getGlobalToken(): Promise<Record<string, string>> };
}

export interface WechatCrypto {
  getSignature(timestamp: string, nonce: string, encrypt: string): string;
  encrypt(text: string): string;
  decrypt(text: string): { message: string; id: string };
}

/** What both packages build their uploads with. */
export interface FormStream {
  buffer(name: string, bytes: Buffer, filename: string, type: string): void;
  headers(): Record<string, string>;
}

export interface Peers {
  versions: Record<string, string>;
  formstream: () => FormStream;
  CoWechatApi: new (appid: string, secret: string) => CoWechatApi;
  WechatApi: new (appid: string, secret: string) => WechatApi;
  wechatJssdk: { JSSDK: new (options: object) => JsSdk };
  WechatCrypto: new (token: string, key: string, appid: string) => WechatCrypto;
  wecomCrypto: {
    encrypt: (key: string, text: string, id: string) => string;
    decrypt: (key: string, text: string) => { message: string; id: string };
    getSignature: (token: string, timestamp: string, nonce: string, encrypt: string) => string;
  };
}

/** Installs the exact versions of package.json into a directory of their own, without running any of their scripts. */
export function installPeers(): { peers: Peers; folder: string } {
  const folder = mkdtempSync(join(tmpdir(), 'piaoka-interop-'));
  copyFileSync(join(ROOT, 'test/interop/package.json'), join(folder, 'package.json'));
  const npm = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock', '--silent'];
  execFileSync('npm', npm, { cwd: folder, stdio: 'inherit', timeout: 300_000 });
  const load = createRequire(join(folder, 'package.json'));
  const { dependencies } = JSON.parse(read('test/interop/package.json')) as { dependencies: Record<string, string> };
  const peers = {
    versions: dependencies,
    formstream: createRequire(load.resolve('co-wechat-api'))('formstream'),
    CoWechatApi: load('co-wechat-api'),
    WechatApi: load('wechat-api'),
    wechatJssdk: load('wechat-jssdk'),
    WechatCrypto: load('wechat-crypto'),
    wecomCrypto: load('@wecom/crypto'),
  };
  return { peers, folder };
}
