/**
 * Tests of the playground's first page: the view of a new visitor before the first key or click.
 */
import type { Browser, Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PlaygroundServer, servePlayground } from '../../apps/playground/playground-server.ts';
import { buildPlaygroundFiles } from '../../apps/playground/static-files.ts';
import { isSkipped } from '../support/obstacle.ts';
import { isInstalled } from '../support/tools.ts';
import { selectBrowsers, withBrowser } from './browsers.ts';
import { enter, readText, TIMEOUT_MS, visit, waitForText, waitUntil } from './playground.ts';

const LAPTOP = { width: 1280, height: 720 };
const PHONE = { width: 390, height: 844 };

let served: PlaygroundServer;

beforeAll(async () => {
  served = await servePlayground(buildPlaygroundFiles, 0);
});
afterAll(() => served.close());

/** The elements that are not wholly in the window. */
const findOutside = (page: Page, ...selectors: readonly string[]): Promise<unknown> =>
  page.evaluate(`${JSON.stringify(selectors)}.filter((selector) => {
    const box = document.querySelector(selector)?.getBoundingClientRect();
    return box === undefined || box.height === 0 || box.top < 0 || box.bottom > innerHeight;
  })`);

const readColour = (page: Page, selector: string): Promise<unknown> =>
  page.evaluate(`getComputedStyle(document.querySelector('${selector}')).color`);

const step = (page: Page): Promise<string> => readText(page, '#where');
const moving = 'document.getAnimations().length';

const setMotion = (page: Page, value: 'reduce' | 'no-preference'): Promise<void> =>
  page.emulateMediaFeatures([{ name: 'prefers-reduced-motion', value }]);

/** Opened with these settings of the reader's machine, which has nothing of earlier visits. */
async function openFresh(
  browser: Browser,
  { size = LAPTOP, still = false, fragment = '' } = {},
): Promise<Page> {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  await page.setViewport(size);
  // Firefox cannot emulate the setting; its default is motion.
  if (still) await setMotion(page, 'reduce');
  return visit(page, served.url + fragment);
}

/** The example was carried out, and its request is on its way. */
async function checkExample(browser: Browser): Promise<void> {
  const page = await openFresh(browser);
  expect(await readText(page, '#output')).toMatch(
    /^\$ search file001\.php\/dir1\/file001\.phpPress Enter/,
  );
  expect(
    await page.$eval('#line', (element) => (element as unknown as { value: string }).value),
  ).toBe('search file001.php');
  expect(await readText(page, '.tiles')).toBe(
    '4requests0 (0 %)answered by your translator4reached the storage5.6 mstime waited',
  );
  expect(await findOutside(page, '.tiles', '#graph svg', '#said', '#output', '#line')).toEqual([]);
  expect(await readText(page, '#graph')).toContain('a program');
  const began = await step(page);
  await waitUntil(
    page,
    `document.querySelector('#where').textContent !== ${JSON.stringify(began)}`,
  );
  await waitUntil(page, `${moving} > 0`);
  // The lit line is seen, and the page stays where it was.
  expect(await page.evaluate('scrollY')).toBe(0);
  await page.focus('#line');
  await page.keyboard.press('Enter');
  await waitForText(page, '#count-asked', '6');
  expect(await readText(page, '#count-answered')).toBe('1 (17 %)');
  // The line typed next replaces the offered one.
  expect((await enter(page, 'echo hi; stat /nope; ls /dir0')).said).toBe(
    'hi\nstat: /nope: No such file or directory\nfile000.php',
  );
  const [outputSelector, failed] = ['#output > pre:last-child', '#output > pre:last-child .failed'];
  expect(await readText(page, failed)).toBe('stat: /nope: No such file or directory');
  expect(await readColour(page, failed)).not.toBe(await readColour(page, outputSelector));
  expect(await readColour(page, outputSelector)).toBe(await readColour(page, 'body'));
  expect(await readText(page, '[role=toolbar]')).toContain('Undo…');
  await page.close();
}

/** A lesson's task and the result of its check are visible at once. */
async function checkLesson(browser: Browser): Promise<void> {
  const page = await openFresh(browser, { fragment: '#lesson=3-fop&language=javascript' });
  expect(await readText(page, '#lesson-task')).toContain('Hide every file that is called ghost');
  const selectors = ['#lesson-task', '#lesson-check', '.cm-content', '.tiles', '#graph svg'];
  expect(await findOutside(page, ...selectors)).toEqual([]);
  expect(await readText(page, '#count-asked')).toBe('0');
  await page.click('#lesson-check');
  await waitUntil(page, "document.querySelector('#lesson-answer').ariaBusy !== 'true'");
  expect(await readText(page, '#lesson-answer')).toMatch(/^✗ not yet/);
  await waitUntil(page, "document.querySelector('#count-asked').textContent !== '0'");
  expect(await readText(page, '#counters-of')).toContain('In the check of the lesson');
  await waitForText(page, '#said', 'fop');
  const began = await step(page);
  await waitUntil(
    page,
    `document.querySelector('#where').textContent !== ${JSON.stringify(began)}`,
  );
  expect(await findOutside(page, ...selectors)).toEqual([]);
  // The shell still has its own graph.
  await enter(page, 'ls /dir0');
  expect(await readText(page, '#counters-of')).toBe('Since the graph was started');
  await page.close();
}

/** The end of the last request at once, and nothing that moves. */
async function checkReducedMotion(browser: Browser): Promise<void> {
  const page = await openFresh(browser, { still: true });
  expect(await readText(page, '#said')).toMatch(/^negative answers: 0/);
  expect(await page.evaluate(moving)).toBe(0);
  expect(await readText(page, '#play')).toBe('Play');
  expect(await step(page)).toMatch(/^(\d+) of \1 /);
  await page.close();
}

/** On a phone the command line, its output and the picture come first. */
async function checkPhone(browser: Browser): Promise<void> {
  const page = await openFresh(browser, { size: PHONE });
  expect(await findOutside(page, '#output', '#line', '#graph svg')).toEqual([]);
  // The line of the module that runs is lit, and the page stays where it is.
  await waitForText(page, '#said', 'negative.py:');
  expect(await page.evaluate('scrollY')).toBe(0);
  await page.close();
}

for (const name of selectBrowsers()) {
  const why = isInstalled(name) ? '' : `${name} is not installed`;

  describe.skipIf(isSkipped(`the first visit in ${name}`, why))(
    `a first visit to the playground in ${name}`,
    () => {
      const inBrowser = (look: (browser: Browser) => Promise<void>) => () =>
        withBrowser(name, look);

      it(
        "shows the output of the example's command and animates its request",
        { timeout: TIMEOUT_MS },
        inBrowser(checkExample),
      );
      it(
        "shows a lesson's task without scrolling, and updates counters and picture after its check",
        { timeout: TIMEOUT_MS },
        inBrowser(checkLesson),
      );
      it(
        'shows the command line and the picture first on a phone',
        { timeout: TIMEOUT_MS },
        inBrowser(checkPhone),
      );
      it.skipIf(name !== 'chromium')(
        'shows the last step of the animation at once if the browser prefers reduced motion',
        { timeout: TIMEOUT_MS },
        inBrowser(checkReducedMotion),
      );
    },
  );
}
