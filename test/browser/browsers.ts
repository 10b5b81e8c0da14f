/** Headless browsers for tests, each with its own home folder, which is removed afterwards. */
import { accessSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type Browser, launch } from 'puppeteer-core';
import { selected } from '../support/test-selection.ts';
import { toolPath } from '../support/tools.ts';

/** Browsers by the name of their program. */
export const browsers = {
  chromium: {
    browser: 'chrome',
    // Without a sandbox of its own, which root and containers lack: the page is the test's.
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
  },
  'firefox-esr': { browser: 'firefox', args: [] },
} as const;

export type BrowserName = keyof typeof browsers;

/** Browsers of long tests: the first, and in `test:long` the others (../repeated-files.ts). */
export const selectBrowsers = (): BrowserName[] =>
  (Object.keys(browsers) as BrowserName[]).filter((_, at) =>
    at === 0 ? selected.first : selected.others,
  );

/** Under load a browser needs minutes for its start. */
const PATIENCE_MS = 300_000;

/** Starts it, lets `use` drive it, and ends it. */
export async function withBrowser(
  name: BrowserName,
  use: (browser: Browser) => Promise<void>,
): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'glossa-browser-'));
  const { browser: kind, args } = browsers[name];
  const browser = await launch({
    browser: kind,
    executablePath: findProgram(name),
    args: [...args],
    headless: true,
    timeout: PATIENCE_MS,
    protocolTimeout: PATIENCE_MS,
    env: {
      ...process.env,
      ...{ HOME: home, TMPDIR: home, XDG_CACHE_HOME: home, XDG_CONFIG_HOME: home },
    },
  });
  try {
    await use(browser);
  } finally {
    await browser.close();
    rmSync(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

function findProgram(name: string): string {
  const path = toolPath
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find(isThere);
  if (path === undefined) throw new Error(`${name} is not installed`);
  return path;
}

function isThere(path: string): boolean {
  try {
    accessSync(path);
    return true;
  } catch {
    // It is in another folder.
    return false;
  }
}
