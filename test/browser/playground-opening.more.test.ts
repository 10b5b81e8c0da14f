/**
 * Tests of the playground's first page: the view of a new visitor before the first key or click.
 */
import type { Browser, Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PlaygroundServer, servePlayground } from '../../apps/playground/server.ts';
import { playgroundFiles } from '../../apps/playground/static-files.ts';
import { isSkipped } from '../support/obstacle.ts';
import { isInstalled } from '../support/tools.ts';
import { wantedBrowsers, withBrowser } from './browsers.ts';
import { enter, says, TIMEOUT_MS, text, until, visit } from './playground.ts';

const LAPTOP = { width: 1280, height: 720 };
const PHONE = { width: 390, height: 844 };

let served: PlaygroundServer;

beforeAll(async () => {
  served = await servePlayground(playgroundFiles, 0);
});
afterAll(() => served.close());

/** The elements that are not wholly in the window. */
const outside = (page: Page, ...selectors: readonly string[]): Promise<unknown> =>
  page.evaluate(`${JSON.stringify(selectors)}.filter((selector) => {
    const box = document.querySelector(selector)?.getBoundingClientRect();
    return box === undefined || box.height === 0 || box.top < 0 || box.bottom > innerHeight;
  })`);

const colourOf = (page: Page, selector: string): Promise<unknown> =>
  page.evaluate(`getComputedStyle(document.querySelector('${selector}')).color`);

const step = (page: Page): Promise<string> => text(page, '#where');
const moving = 'document.getAnimations().length';

const motion = (page: Page, value: 'reduce' | 'no-preference'): Promise<void> =>
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
  if (still) await motion(page, 'reduce');
  return visit(page, served.url + fragment);
}

/** The example was carried out, and its request is on its way. */
async function meetExample(browser: Browser): Promise<void> {
  const page = await openFresh(browser);
  expect(await text(page, '#output')).toMatch(
    /^\$ search file001\.php\/dir1\/file001\.phpPress Enter/,
  );
  expect(await page.$eval('#line', (it) => (it as unknown as { value: string }).value)).toBe(
    'search file001.php',
  );
  expect(await text(page, '.tiles')).toBe(
    '4requests0 (0 %)answered by your translator4reached the storage5.6 mstime waited',
  );
  expect(await outside(page, '.tiles', '#graph svg', '#said', '#output', '#line')).toEqual([]);
  expect(await text(page, '#graph')).toContain('a program');
  const began = await step(page);
  await until(page, `document.querySelector('#where').textContent !== ${JSON.stringify(began)}`);
  await until(page, `${moving} > 0`);
  // The lit line is seen, and the page stays where it was.
  expect(await page.evaluate('scrollY')).toBe(0);
  await page.focus('#line');
  await page.keyboard.press('Enter');
  await says(page, '#count-asked', '6');
  expect(await text(page, '#count-answered')).toBe('1 (17 %)');
  // The line typed next replaces the offered one.
  expect((await enter(page, 'echo hi; stat /nope; ls /dir0')).said).toBe(
    'hi\nstat: /nope: No such file or directory\nfile000.php',
  );
  const [said, failed] = ['#output > pre:last-child', '#output > pre:last-child .failed'];
  expect(await text(page, failed)).toBe('stat: /nope: No such file or directory');
  expect(await colourOf(page, failed)).not.toBe(await colourOf(page, said));
  expect(await colourOf(page, said)).toBe(await colourOf(page, 'body'));
  expect(await text(page, '[role=toolbar]')).toContain('Undo…');
  await page.close();
}

/** A lesson's task and the result of its check are visible at once. */
async function meetLesson(browser: Browser): Promise<void> {
  const page = await openFresh(browser, { fragment: '#lesson=3-fop&language=javascript' });
  expect(await text(page, '#lesson-task')).toContain('Hide every file that is called ghost');
  const seen = ['#lesson-task', '#lesson-check', '.cm-content', '.tiles', '#graph svg'];
  expect(await outside(page, ...seen)).toEqual([]);
  expect(await text(page, '#count-asked')).toBe('0');
  await page.click('#lesson-check');
  await until(page, "document.querySelector('#lesson-answer').ariaBusy !== 'true'");
  expect(await text(page, '#lesson-answer')).toMatch(/^✗ not yet/);
  await until(page, "document.querySelector('#count-asked').textContent !== '0'");
  expect(await text(page, '#counters-of')).toContain('In the check of the lesson');
  await says(page, '#said', 'fop');
  const began = await step(page);
  await until(page, `document.querySelector('#where').textContent !== ${JSON.stringify(began)}`);
  expect(await outside(page, ...seen)).toEqual([]);
  // The shell still has its own graph.
  await enter(page, 'ls /dir0');
  expect(await text(page, '#counters-of')).toBe('Since the graph was started');
  await page.close();
}

/** The end of the last request at once, and nothing that moves. */
async function meetStill(browser: Browser): Promise<void> {
  const page = await openFresh(browser, { still: true });
  expect(await text(page, '#said')).toMatch(/^negative answers: 0/);
  expect(await page.evaluate(moving)).toBe(0);
  expect(await text(page, '#play')).toBe('Play');
  expect(await step(page)).toMatch(/^(\d+) of \1 /);
  await page.close();
}

/** On a phone the command line, its output and the picture come first. */
async function meetOnPhone(browser: Browser): Promise<void> {
  const page = await openFresh(browser, { size: PHONE });
  expect(await outside(page, '#output', '#line', '#graph svg')).toEqual([]);
  // The line of the module that runs is lit, and the page stays where it is.
  await says(page, '#said', 'negative.py:');
  expect(await page.evaluate('scrollY')).toBe(0);
  await page.close();
}

for (const name of wantedBrowsers()) {
  const why = isInstalled(name) ? '' : `${name} is not installed`;

  describe.skipIf(isSkipped(`the first visit in ${name}`, why))(`a first visit in ${name}`, () => {
    const seen = (look: (browser: Browser) => Promise<void>) => () => withBrowser(name, look);

    it(
      "shows the output of the example's command and animates its request",
      { timeout: TIMEOUT_MS },
      seen(meetExample),
    );
    it(
      "shows a lesson's task without scrolling, and updates counters and picture after its check",
      { timeout: TIMEOUT_MS },
      seen(meetLesson),
    );
    it(
      'shows the command line and the picture first on a phone',
      { timeout: TIMEOUT_MS },
      seen(meetOnPhone),
    );
    it.skipIf(name !== 'chromium')(
      'shows the last step at once with reduced motion',
      { timeout: TIMEOUT_MS },
      seen(meetStill),
    );
  });
}
