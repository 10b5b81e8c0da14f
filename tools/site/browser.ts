/** The built site in Chromium, which has it from the folder: no server, and no other host. */
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { extname, join } from 'node:path';
import puppeteer, { type Browser, type Page, type Protocol, ProtocolError } from 'puppeteer-core';
import { dist } from './support.ts';

export const HOST = 'http://site.test';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

const BYTES = 'application/octet-stream';

/** Under load a browser needs minutes for what it otherwise does at once. */
const PATIENCE_MS = 300_000;

/** Root and containers have no sandbox for it: the pages are our own. */
export function openBrowser(): Promise<Browser> {
  const executablePath = execFileSync('sh', ['-c', 'command -v chromium'], { encoding: 'utf8' });
  const args = ['--no-sandbox', '--disable-dev-shm-usage'];
  const settings = { args, protocolTimeout: PATIENCE_MS };
  return puppeteer.launch({ executablePath: executablePath.trim(), ...settings });
}

export interface OpenPage {
  readonly page: Page;
  /** What it asked others for. */
  readonly foreign: readonly string[];
  /** What is not there. */
  readonly missing: readonly string[];
}

/** A page of a width. */
export async function openPage(browser: Browser, width: number): Promise<OpenPage> {
  const page = await browser.newPage();
  await page.setViewport({ width, height: 900 });
  const foreign: string[] = [];
  const missing: string[] = [];
  // Not by the page's own interception, with which nothing is kept from one page to the next.
  const session = await page.createCDPSession();
  const answer = ({ requestId, request }: Protocol.Fetch.RequestPausedEvent): Promise<void> => {
    const url = new URL(request.url);
    if (!/^https?:/.test(url.protocol)) return session.send('Fetch.continueRequest', { requestId });
    if (url.origin !== HOST) {
      foreign.push(url.href);
      return session.send('Fetch.failRequest', { requestId, errorReason: 'Aborted' });
    }
    const body = fileOf(url.pathname);
    if (body === null) missing.push(url.pathname);
    return session.send('Fetch.fulfillRequest', {
      requestId,
      responseCode: body === null ? 404 : 200,
      responseHeaders: [
        { name: 'Content-Type', value: TYPES[extname(url.pathname) || '.html'] ?? BYTES },
        { name: 'Cache-Control', value: 'max-age=3600' },
      ],
      body: (body ?? Buffer.alloc(0)).toString('base64'),
    });
  };
  // Only the page in front is drawn: in others a change of colour would stay half done.
  await page.evaluateOnNewDocument(AT_ONCE);
  session.on('Fetch.requestPaused', (event) => void answer(event).catch(whenLeft));
  await session.send('Fetch.enable', { patterns: [{ urlPattern: '*' }] });
  return { page, foreign, missing };
}

const LEFT = /Invalid InterceptionId|Session closed|Target closed/;

/** A page may have gone elsewhere, or been closed, since it asked. */
function whenLeft(error: unknown): void {
  const isGone = error instanceof ProtocolError && LEFT.test(error.message);
  if (!isGone) throw error;
}

function fileOf(path: string): Buffer | null {
  const name = join(dist, path.endsWith('/') ? `${path}index.html` : path);
  return statSync(name, { throwIfNoEntry: false })?.isFile() ? readFileSync(name) : null;
}

/** Looks change at once. Run before the page's own programs, when there is no head yet. */
const AT_ONCE = `addEventListener('DOMContentLoaded', () => {
  const style = document.createElement('style');
  style.textContent = '*, ::before, ::after { transition: none !important; animation: none !important }';
  document.head.append(style);
})`;

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds wrong, a line each. */
export async function complaints(page: Page): Promise<string[]> {
  if (!(await page.evaluate("'axe' in globalThis"))) await page.evaluate(axe);
  return await page.evaluate(async () => {
    interface Violation {
      readonly id: string;
      readonly help: string;
      readonly nodes: readonly { readonly target: readonly unknown[] }[];
    }
    const { axe } = globalThis as unknown as {
      axe: {
        configure(settings: object): void;
        run(settings: object): Promise<{ violations: readonly Violation[] }>;
      };
    };
    // What is right needs neither a selector nor its text: making them took most of the time.
    axe.configure({ noHtml: true });
    const { violations } = await axe.run({
      resultTypes: ['violations'],
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'],
      // VitePress's button is called Search, and shows the keys beside it.
      rules: { 'label-content-name-mismatch': { enabled: false } },
    });
    return violations.flatMap(({ id, help, nodes }) =>
      nodes.map(({ target }) => `${id}: ${help}: ${target.join(' ')}`),
    );
  });
}
