import { existsSync } from 'node:fs';
import { Browser, chromium } from 'playwright-core';

const PROGRAM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const QUIET = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];

/** Where no browser is installed its tests are left out, unless it was said that there must be one. */
export const withBrowser = existsSync(PROGRAM) || process.env.REQUIRE_BROWSER ? it : it.skip;

/** A browser of its own, which knows nothing and keeps nothing. */
export async function inBrowser<T>(work: (browser: Browser) => Promise<T>): Promise<T> {
  const args = [...QUIET, '--disable-component-update', '--disable-sync'];
  const browser = await chromium.launch({ executablePath: PROGRAM, args });
  try {
    return await work(browser);
  } finally {
    await browser.close();
  }
}
