/**
 * Opens pages of the built site in Chromium, for the site's tests. It answers their requests from
 * the site's folder, without a server, and refuses requests to other hosts.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { extname, join } from 'node:path';
import puppeteer, { type Browser, type Page, type Protocol, ProtocolError } from 'puppeteer-core';
import { distFolder } from './built-site.ts';

/** The origin of the pages' URLs. */
export const SITE_ORIGIN = 'http://site.test';

/** Content types by the ending of a file's name. */
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

/** The content type of all other files. */
const BINARY_CONTENT_TYPE = 'application/octet-stream';

/** Time limit of one operation of the browser, which may need minutes under load. */
const TIMEOUT_MS = 300_000;

/** Starts Chromium without its sandbox, which root and containers lack; the pages are our own. */
export function openBrowser(): Promise<Browser> {
  const executablePath = execFileSync('sh', ['-c', 'command -v chromium'], { encoding: 'utf8' });
  const args = ['--no-sandbox', '--disable-dev-shm-usage'];
  const settings = { args, protocolTimeout: TIMEOUT_MS };
  return puppeteer.launch({ executablePath: executablePath.trim(), ...settings });
}

/** A page of the browser, and its failed requests. */
export interface OpenPage {
  readonly page: Page;
  /** URLs of requests to other hosts. */
  readonly foreignUrls: readonly string[];
  /** Paths of requests for absent files. */
  readonly missingPaths: readonly string[];
}

/** Opens an empty page. @param width in pixels */
export async function openPage(browser: Browser, width: number): Promise<OpenPage> {
  const page = await browser.newPage();
  await page.setViewport({ width, height: 900 });
  const foreignUrls: string[] = [];
  const missingPaths: string[] = [];
  // The page's own interception would disable the cache between pages.
  const session = await page.createCDPSession();
  const fulfillRequest = ({
    requestId,
    request,
  }: Protocol.Fetch.RequestPausedEvent): Promise<void> => {
    const url = new URL(request.url);
    if (!/^https?:/.test(url.protocol)) return session.send('Fetch.continueRequest', { requestId });
    if (url.origin !== SITE_ORIGIN) {
      foreignUrls.push(url.href);
      return session.send('Fetch.failRequest', { requestId, errorReason: 'Aborted' });
    }
    const body = readPageFile(url.pathname);
    if (body === null) missingPaths.push(url.pathname);
    return session.send('Fetch.fulfillRequest', {
      requestId,
      responseCode: body === null ? 404 : 200,
      responseHeaders: [
        {
          name: 'Content-Type',
          value: CONTENT_TYPES[extname(url.pathname) || '.html'] ?? BINARY_CONTENT_TYPE,
        },
        { name: 'Cache-Control', value: 'max-age=3600' },
      ],
      body: (body ?? Buffer.alloc(0)).toString('base64'),
    });
  };
  // The browser draws only the page in front: in others, a transition of colours would never end.
  await page.evaluateOnNewDocument(NO_TRANSITIONS);
  session.on('Fetch.requestPaused', (event) => void fulfillRequest(event).catch(ignoreIfPageGone));
  await session.send('Fetch.enable', { patterns: [{ urlPattern: '*' }] });
  return { page, foreignUrls, missingPaths };
}

/** Matches the messages of errors about a page that is no longer there. */
const PAGE_GONE_MESSAGES = /Invalid InterceptionId|Session closed|Target closed/;

/** Ignores errors of pages that were closed or have navigated meanwhile. */
function ignoreIfPageGone(error: unknown): void {
  const isPageGone = error instanceof ProtocolError && PAGE_GONE_MESSAGES.test(error.message);
  if (!isPageGone) throw error;
}

/** Reads the file of a URL's path; null if the site has no such file. */
function readPageFile(path: string): Buffer | null {
  const file = join(distFolder, path.endsWith('/') ? `${path}index.html` : path);
  return statSync(file, { throwIfNoEntry: false })?.isFile() ? readFileSync(file) : null;
}

/**
 * A program that disables transitions. It runs before the page's own programs, when the page has no
 * head yet.
 */
const NO_TRANSITIONS = `addEventListener('DOMContentLoaded', () => {
  const style = document.createElement('style');
  style.textContent = '*, ::before, ::after { transition: none !important; animation: none !important }';
  document.head.append(style);
})`;

/** The program of axe, which runs in the page. */
const axeSource = readFileSync(
  createRequire(import.meta.url).resolve('axe-core/axe.min.js'),
  'utf8',
);

/**
 * Lists the violations of accessibility rules that axe finds in a page.
 * @param hasContrast whether it measures the contrast of each text
 */
export async function listViolations(page: Page, hasContrast: boolean): Promise<string[]> {
  if (!(await page.evaluate("'axe' in globalThis"))) await page.evaluate(axeSource);
  return await page.evaluate(async (enabled: boolean) => {
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
    // Otherwise axe would spend most of its time on selectors and HTML of passed elements.
    axe.configure({ noHtml: true });
    const { violations } = await axe.run({
      resultTypes: ['violations'],
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'],
      // VitePress's search button is named Search, but its visible label also has its keys.
      rules: {
        'label-content-name-mismatch': { enabled: false },
        'color-contrast': { enabled },
      },
    });
    return violations.flatMap(({ id, help, nodes }) =>
      nodes.map(({ target }) => `${id}: ${help}: ${target.join(' ')}`),
    );
  }, hasContrast);
}
