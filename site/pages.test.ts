/** Some pages as they are seen: at three widths, dark and light, found by searching. */
import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isSkipped } from '../test/support/obstacle.ts';
import { isInstalled } from '../test/support/tools.ts';
import { complaints, HOST, openBrowser, openPage } from './browser.ts';
import { builtPages } from './support.ts';

const why = isInstalled('chromium') ? '' : 'chromium is not installed';
/** And how the page is at this width. */
const WIDTHS = [
  [390, 'dark'],
  [768, 'light'],
  [1280, 'dark'],
  [1280, 'light'],
] as const;

/** One of each kind. */
const PAGES = [
  '/',
  '/guide/typescript.html',
  '/examples/negative.html',
  '/reference/translators/debug-delay-gen.html',
  '/reference/cli/trace.html',
  '/course/concepts.html',
];

describe.skipIf(isSkipped('the site in Chromium', why))('in Chromium', () => {
  const there = new Set(builtPages().map(({ path }) => path.replace(/\/index\.html$/, '/')));
  const pages = PAGES.filter((path) => there.has(path));
  let browser: Browser;

  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());

  it('pages of each kind are there', () => {
    // The course has pages when there are lessons.
    expect(PAGES.filter((path) => !there.has(path) && !path.startsWith('/course/'))).toEqual([]);
  });

  it.each(pages.flatMap((path) => WIDTHS.map(([width, scheme]) => [path, width, scheme] as const)))(
    '%s, %d px wide, %s: all can use it, and nothing sticks out',
    async (path, width, scheme) => {
      const { page, foreign, missing } = await openPage(browser, width);
      try {
        await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
        await page.goto(`${HOST}${path}`, { waitUntil: 'networkidle0' });
        expect(await complaints(page)).toEqual([]);
        expect(await page.evaluate(widthInUse)).toBeLessThanOrEqual(width);
        expect({ foreign, missing }).toEqual({ foreign: [], missing: [] });
      } finally {
        await page.close();
      }
    },
  );

  it('a search finds a fop, without a server', async () => {
    const { page, foreign } = await openPage(browser, 1280);
    try {
      await page.goto(`${HOST}/`, { waitUntil: 'networkidle0' });
      await page.click('.DocSearch-Button');
      await page.waitForSelector('#localsearch-input');
      await page.type('#localsearch-input', 'copy_file_range');
      await page.waitForSelector('.results a[href*="/reference/fops.html#copy_file_range"]');
      expect(foreign).toEqual([]);
    } finally {
      await page.close();
    }
  });
});

/** Runs in the page. */
const widthInUse = (): number =>
  (globalThis as unknown as { document: { documentElement: { scrollWidth: number } } }).document
    .documentElement.scrollWidth;
