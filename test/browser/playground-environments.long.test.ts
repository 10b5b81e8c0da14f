/**
 * Tests of the playground's page on any server, as a file, and in a browser that is full or lacks a
 * feature.
 */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeShare } from '../../apps/playground/play/share-fragment.ts';
import { writePlayground } from '../../apps/playground/playground-folder.ts';
import { buildPlaygroundFiles } from '../../apps/playground/static-files.ts';
import { makeFolder } from '../support/folder.ts';
import { isSkipped } from '../support/obstacle.ts';
import { isInstalled } from '../support/tools.ts';
import { withBrowser } from './browsers.ts';
import {
  enter,
  openPlayground,
  readCode,
  readText,
  reload,
  TIMEOUT_MS,
  typeCode,
  WAIT,
  waitForText,
  waitUntil,
} from './playground.ts';

const MB_MAX = 20;
/** Python checks for no signal where threads share no memory. */
const NEVER = `from glupy import Translator
class xlator(Translator):
    def lookup(self, frame, loc, xdata):
        while loc.name == "never": pass
        frame.wind()
`;
const STORAGE = 'volume storage\n    type storage/memory\nend-volume\n';
const VOLFILE = `${STORAGE}volume top
    type features/glupy
    option module-name never
    subvolumes storage
end-volume
`;
const PLAIN = `${STORAGE}volume cache
    type features/negative
    subvolumes storage
end-volume
`;
const NEVER_JS = `export class xlator extends Translator {
  lookup(frame, loc) {
    frame.wind();
  }
`;
const makeShareUrl = (texts: Readonly<Record<string, string>>): Promise<string> =>
  encodeShare({ texts, distanceMs: 0, journal: [] });

const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript' };

let folder: string;
let server: Server;
let url: string;
let bytes = 0;

/** Gives the files of the folder below a path, and no header but their type. */
beforeAll(async () => {
  folder = makeFolder();
  const files = await buildPlaygroundFiles();
  for (const content of files.values()) bytes += Buffer.byteLength(content);
  await writePlayground(folder, async () => files);
  server = createServer((request, response) => {
    const path = /^\/a\/path\/([\w./-]*)$/.exec(request.url ?? '')?.[1];
    const name = path === '' ? 'index.html' : path;
    if (name === undefined || !files.has(name)) response.writeHead(404).end();
    else {
      response.writeHead(200, { 'content-type': TYPES[extname(name)] ?? 'text/plain' });
      response.end(readFileSync(join(folder, name)));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/a/path/`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** Without shared memory nothing ends a call but the end of its worker. */
async function runWithoutIsolation(browser: Browser): Promise<void> {
  const link = await makeShareUrl({ '/graph.vol': VOLFILE, '/never.py': NEVER });
  const page = await openPlayground(browser, `${url}#${link}`);
  expect(await page.evaluate('crossOriginIsolated')).toBe(false);
  const reached = await page.evaluate("fetch('index.html').then(() => 'reached', () => 'refused')");
  expect(reached).toBe('refused');
  expect(await readText(page, '#status')).toBe('Ready.');
  expect(await readText(page, '#log')).toContain('calls that run too long are not ended');
  const [paint, ready] = (await page.evaluate(
    "[performance.getEntriesByType('paint')[0].startTime, +document.documentElement.dataset.ready]",
  )) as [number, number];
  process.stdout.write(
    `playground: ${(bytes / 1e6).toFixed(1)} MB, first paint after ${(paint / 1e3).toFixed(1)} s, ` +
      `Python ready after ${(ready / 1e3).toFixed(1)} s\n`,
  );
  await enter(page, 'mkdir /made');
  expect((await enter(page, 'stat /never')).said).toMatch(/^stopped: it has not answered for /);
  expect((await enter(page, 'ls /')).said).toContain('made');
  await page.close();
}

const waitForOffer = (page: Page, word: string) =>
  waitForText(page, '.cm-tooltip-autocomplete', word);

/** Puts the pointer on a word of the editor, and returns its card. */
async function readHoverCard(page: Page, word: string): Promise<string> {
  const span = `[...document.querySelectorAll('.cm-line span')].find((it) => it.textContent === '${word}')`;
  // A word has its own element once the editor has parsed it.
  await waitUntil(page, `${span} !== undefined`);
  const position = (await page.evaluate(`{
    const { x, y, width, height } = ${span}.getBoundingClientRect();
    [x + width / 2, y + height / 2];
  }`)) as [number, number];
  await page.mouse.move(...position);
  await page.waitForSelector('.cm-tooltip-hover .card', WAIT);
  const card = await readText(page, '.cm-tooltip-hover .card');
  await page.mouse.move(0, 0);
  await waitUntil(page, "document.querySelector('.cm-tooltip-hover') === null");
  return card;
}

/** The editor completes and explains words of volfiles. */
async function completeAndHover(page: Page): Promise<void> {
  await typeCode(page, 'volume more', true);
  await page.keyboard.press('Enter');
  await page.keyboard.type('type feat');
  await waitForOffer(page, 'features/negative');
  await page.keyboard.type('ures/negative');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Enter');
  await page.keyboard.type('option time');
  await waitForOffer(page, 'timeout');
  await page.keyboard.press('Escape');
  await readHoverCard(page, 'storage/memory');
}

/** The same in modules: fops, callbacks, and attributes of objects such as `frame`. */
async function completeInModules(page: Page): Promise<void> {
  const kinds = [
    { path: '/never.py', def: '\n    def ', cbk: 'lookup_cbk', size: 'ia_size' },
    { path: '/never.js', def: '', cbk: 'lookupCbk', size: 'iaSize' },
  ];
  for (const { path, def, cbk, size } of kinds) {
    await page.click(`[data-path="${path}"]`);
    expect(await readHoverCard(page, 'lookup')).toContain('lookup(frame, loc, xdata)');
    expect(await readHoverCard(page, 'wind')).toMatch(
      /^wind\(.*Passes the request (down|to the first child)/,
    );
    await typeCode(page, `${def}look`, true);
    await waitForOffer(page, 'lookup(loc, xdata)');
    await waitForOffer(page, `${cbk}its reply`);
    await page.keyboard.press('Escape');
    await typeCode(page, '\nbuf.', true);
    await waitForOffer(page, size);
    await page.keyboard.type('x\nframe.root.client.u');
    await waitForOffer(page, 'uid');
    await page.keyboard.press('Escape');
  }
}

/** Nothing moves by itself with reduced motion. */
async function watchMotion(page: Page): Promise<void> {
  const preferMotion = (value: string) =>
    page.emulateMediaFeatures([{ name: 'prefers-reduced-motion', value }]);
  const moving = 'document.getAnimations().length';
  await preferMotion('no-preference');
  await reload(page);
  expect(
    await page.$eval('#pace', (element) => (element as unknown as { value: string }).value),
  ).toBe('slow');
  await enter(page, 'mkdir /b');
  await waitUntil(page, `${moving} > 0`);
  await preferMotion('reduce');
  await reload(page);
  expect(
    await page.$eval('#pace', (element) => (element as unknown as { value: string }).value),
  ).toBe('step by step');
  await enter(page, 'mkdir /c');
  // The end is there at once.
  expect(await readText(page, '#where')).toMatch(/^(\d+) of \1 /);
  await page.click('[aria-label="Step backwards"]');
  expect(await page.evaluate(moving)).toBe(0);
}

/** Typed text stays in the page when the browser's storage is full. */
async function fillStorage(page: Page): Promise<void> {
  await page.evaluate(`for (let size = 2 ** 22; size > 0; size >>= 1) {
    try {
      for (let i = 0; ; i++) localStorage.setItem('full ' + size + ' ' + i, 'x'.repeat(size));
    } catch {}
  }`);
  await typeCode(page, '# typed in vain', true);
  await waitForText(page, '#notices', 'What you type is not kept when this page is closed: ');
  expect(await readCode(page)).toContain('# typed in vain');
  await page.evaluate(
    "Object.keys(localStorage).filter((key) => key.startsWith('full ')).forEach((key) => localStorage.removeItem(key))",
  );
  await typeCode(page, ' but now', true);
  await waitUntil(page, "!document.querySelector('#notices').textContent.includes('not kept')");
  await reload(page);
  expect(await readCode(page)).toContain('# typed in vain but now');
}

const LACKS = ['WebAssembly', 'MessageChannel', 'DecompressionStream', 'BigInt64Array', 'WeakRef'];

/** The page names the features that a browser lacks, and its files stay editable. */
async function openPoor(browser: Browser, address: string): Promise<void> {
  const page = await browser.newPage();
  const lost = [...LACKS.map((name) => `globalThis.${name}`), 'Crypto.prototype.getRandomValues'];
  await page.evaluateOnNewDocument(`${lost.map((path) => `delete ${path}`).join('; ')};
    delete URL.createObjectURL;
    Object.defineProperty(globalThis, 'localStorage', { get() { throw new Error('no cookies'); } });`);
  await page.goto(address, WAIT);
  const lacks =
    'WebAssembly, MessageChannel, URL.createObjectURL, DecompressionStream, ' +
    'crypto.getRandomValues, BigInt64Array, WeakRef';
  await waitForText(page, '#status', `This browser lacks ${lacks}: nothing can run in it.`);
  await waitForText(
    page,
    '#notices',
    'What you type is not kept when this page is closed: no cookies',
  );
  await typeCode(page, '# typed all the same', true);
  expect(await readCode(page)).toContain('# typed all the same');
  expect((await enter(page, 'ls /')).said).toBe('nothing runs in this page');
  // Another browser may be able to open it.
  expect(await page.evaluate('location.href')).toBe(address);
  await page.close();
}

const why = isInstalled('chromium') ? '' : 'chromium is not installed';

describe.skipIf(isSkipped('the playground in other places', why))('the playground', () => {
  it(`has a size of at most ${MB_MAX} MB`, () => {
    expect(bytes).toBeLessThan(MB_MAX * 1e6);
  });

  it(
    'runs without cross-origin isolation or from a local file, and names the features that a browser lacks',
    { timeout: TIMEOUT_MS },
    () =>
      withBrowser('chromium', async (browser) => {
        await runWithoutIsolation(browser);
        // Without Python, a page is there at once.
        const modules = { '/never.py': NEVER, '/never.js': NEVER_JS };
        const link = await makeShareUrl({ '/graph.vol': PLAIN, ...modules });
        const page = await openPlayground(browser, `${url}#${link}`);
        await watchMotion(page);
        await fillStorage(page);
        await completeAndHover(page);
        await completeInModules(page);

        const file = `${pathToFileURL(join(folder, 'index.html'))}#${link}`;
        const own = await openPlayground(browser, file);
        expect((await enter(own, 'echo hi > /f; cat /f')).said).toBe('hi');
        await own.click('#share');
        await waitForText(own, '#notices', 'It is for this machine, as the page is a file.');

        await openPoor(browser, `${url}#${link}`);
      }),
  );
});
