import { controlServer } from './control/server';
import type { SandboxOptions } from './settings';
import { World } from './state/world';
import { wechatServer } from './wechat/server';

export interface Sandbox {
  /** Where WeChat's own paths answer: the WECHAT_BASE_URL of a caller. */
  url: string;
  controlUrl: string;
  /** What a SANDBOX_SEED repeats. */
  seed: string;
  close(): Promise<void>;
}

/** A simulated WeChat with its state in memory, on two listeners. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { host = '127.0.0.1', port = 0, controlPort = 0 } = options;
  const world = new World(options);
  const wechat = wechatServer(world);
  let url = '';
  const control = controlServer(world, () => url);
  const close = async () => void (await Promise.all([wechat.close(), control.close()]));
  try {
    url = await wechat.listen({ host, port });
    const controlUrl = await control.listen({ host, port: controlPort });
    return { url, controlUrl, seed: world.seed, close };
  } catch (error) {
    await close();
    throw error;
  }
}
