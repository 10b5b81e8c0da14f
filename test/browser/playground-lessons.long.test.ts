/** Tests of the course in the playground's page, as a learner goes through it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checks } from '../../apps/course/lessons/index.ts';
import { type PlaygroundServer, servePlayground } from '../../apps/playground/playground-server.ts';
import { buildPlaygroundFiles } from '../../apps/playground/static-files.ts';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { isSkipped } from '../support/obstacle.ts';
import { isInstalled } from '../support/tools.ts';
import { type BrowserName, browsers, withBrowser } from './browsers.ts';
import {
  enter,
  openPlayground,
  readCode,
  readText,
  reload,
  TIMEOUT_MS,
  typeCode,
  VIOLATIONS,
  waitForText,
  waitUntil,
} from './playground.ts';

const STARTER = 'a program asks for a file';
/** One line, as the editor adds indentation. */
const RIGHT =
  'import { Translator } from "glossa"; export class xlator extends Translator { ' +
  'lookup(frame, loc) { this.log.info(loc.path); frame.wind(); } }';
const ENDLESS =
  'import { Translator } from "glossa"; export class xlator extends Translator { ' +
  'lookup(frame) { for (;;); } }';
const answer = '#lesson-answer';
const title = '#lesson-title';
const language = 'language=javascript';

let served: PlaygroundServer;

beforeAll(async () => {
  served = await servePlayground(buildPlaygroundFiles, 0);
});
afterAll(() => served.close());

/** Checks the editor's text; returns the answer. */
async function check(page: Page): Promise<string> {
  await page.click('#lesson-check');
  await waitUntil(page, `document.querySelector('${answer}').ariaBusy !== 'true'`);
  return readText(page, answer);
}

/** Follows a link in an open page. */
const follow = (page: Page, fragment: string): Promise<unknown> =>
  page.evaluate(`location.hash = ${JSON.stringify(fragment)}`);

const readAddress = async (page: Page): Promise<string> =>
  String(await page.evaluate('location.hash'));

/** A new visitor has an example and a link to the first lesson. */
async function begin(page: Page): Promise<void> {
  expect(await readCode(page)).toContain('Remembers failed lookups');
  await typeCode(page, '# mine');
  await page.click('#notices button');
  await waitForText(page, title, '1. What a stack is');
  expect(await readAddress(page)).toBe('#lesson=1-stack');
  expect(await readText(page, '#lessons-panel')).toContain('A question is called a request.');
  expect(await readCode(page)).toContain(STARTER);
  await waitForText(page, '#status', 'Ready.');
  expect(await readText(page, '.watch')).toContain('stack');
}

/** From the starter to the right module, with hints and solution. */
async function passLesson(page: Page): Promise<void> {
  expect(await check(page)).toMatch(/^✗ not yet.* It should say the path/s);
  expect(await page.$$eval(`${answer} code`, ([element]) => element?.textContent)).toBe('loc.path');
  await page.click('#lesson-hint');
  expect(await readText(page, '#lesson-hints')).toContain('Put it into the logged line.');
  for (let more = 0; more < 5; more++) await page.click('#lesson-hint');
  expect(await page.$$eval('#lesson-hints li', (all) => all.length)).toBe(2);
  expect(await readText(page, answer)).toContain('There are no more hints.');
  await page.click('#lesson-solution');
  expect(await readText(page, '#lesson-diff .gone')).toContain(STARTER);
  await page.click('#lesson-take');
  expect(await readCode(page)).toContain('loc.path)');
  await page.click('#lesson-solution');
  expect(await readText(page, answer)).toBe('Your file is the solution.');
  await page.click('#lesson-reset');
  expect(await readCode(page)).toContain(STARTER);

  await page.select('#lesson-language', 'javascript');
  await waitForText(page, '#lessons-panel', 'this.log.info');
  expect(await readAddress(page)).toBe(`#lesson=1-stack&${language}`);
  await typeCode(page, RIGHT);
  await page.keyboard.down('Control');
  await page.keyboard.press('s');
  await page.keyboard.up('Control');
  await waitForText(page, answer, '✓ right');
  expect(await readText(page, '#lesson-list')).toBe('Lesson 1 of 10, 1 passed');
}

/** Passed lessons and typed text return, in this tab and in another. */
async function reopenLesson(page: Page, browser: Browser): Promise<void> {
  await reload(page);
  expect(await readText(page, title)).toBe('1. What a stack is');
  expect(await readText(page, '#lesson-list')).toBe('Lesson 1 of 10, 1 passed');
  expect(await readCode(page)).toContain('this.log.info(loc.path)');
  await page.click('#lesson-next');
  await waitForText(page, title, '2. A translator that does nothing');
  await typeCode(page, '// in the second');

  const other = await openPlayground(browser, `${served.url}#lesson=1-stack&${language}`);
  expect(await readCode(other)).toContain('this.log.info(loc.path)');
  await follow(other, `lesson=2-nothing&${language}`);
  await waitForText(other, title, '2.');
  expect(await readCode(other)).toContain('// in the second');
  await typeCode(other, ' and more', true);
  await other.close();

  await page.bringToFront();
  await page.goBack();
  await waitForText(page, title, '1.');
  expect(await readCode(page)).toContain('this.log.info(loc.path)');
  await page.goForward();
  await waitForText(page, title, '2.');
  expect(await readCode(page)).toContain('// in the second and more');
  await page.click('#lesson-reset');
  expect(await readCode(page)).not.toContain('// in the second');
  await page.click('#undo');
  expect(await readText(page, '#notices')).toContain('nothing.js, graph.vol (');
}

/** A removed file, invalid links and an endless module lose no text. */
async function tryFaults(page: Page): Promise<void> {
  await follow(page, `lesson=3-fop&${language}`);
  await waitForText(page, title, '3.');
  await typeCode(page, ENDLESS);
  expect(await check(page)).toContain('no end. Is there a loop that never ends?');
  expect(await readCode(page)).toContain('for (;;)');
  for (const [link, why] of [
    ['lesson=12-more', "no lesson is called '12-more'; there is 1-stack, 2-nothing, "],
    ['lesson=3-fop&language=c', "no lesson is in 'c'; there is python and javascript."],
  ] as const) {
    await follow(page, link);
    await waitForText(page, '#notices', `Nothing was taken from the link: ${why}`);
    expect(await readText(page, title)).toBe('3. One fop');
  }
  page.once('dialog', (dialog) => void dialog.accept());
  await page.click('[aria-label="Remove this file"]');
  expect(await check(page)).toBe('fop.js is gone. “Begin anew” gives it again.');
  await page.click('#lesson-reset');
  await page.click('#lesson-solution');
  await page.click('#lesson-take');
  expect(await check(page)).toMatch(/^✓ right/);
  await waitForText(page, '#status', 'Ready.');
  expect((await enter(page, 'touch /ghost; stat /ghost')).said).toContain('No such file');
}

/** Checks accessibility at several widths, in both colour schemes. */
async function look(page: Page): Promise<void> {
  await page.evaluate(readFileSync(join(packageRoot, 'node_modules/axe-core/axe.min.js'), 'utf8'));
  await follow(page, 'lesson=5-local');
  await waitForText(page, title, '5.');
  await waitForText(page, '#status', 'Ready.');
  await check(page);
  await page.click('#lesson-hint');
  await page.click('#lesson-solution');
  for (const width of [390, 1280, 1800]) {
    for (const value of ['light', 'dark']) {
      await page.setViewport({ width, height: 900 });
      await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value }]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
      expect(await page.evaluate(VIOLATIONS)).toEqual([]);
    }
  }
}

/** Passes all lessons by their solutions. */
async function passAll(page: Page): Promise<void> {
  for (const lesson of Object.keys(checks)) {
    await follow(page, `lesson=${lesson}`);
    await waitForText(page, title, `${Number.parseInt(lesson, 10)}.`);
    await page.click('#lesson-reset');
    await page.click('#lesson-solution');
    await page.click('#lesson-take');
    expect(`${lesson}: ${await check(page)}`).toMatch(/^\d+-\w+: ✓ right/);
  }
  expect(await readText(page, answer)).toContain('That was the last lesson.');
  expect(await readText(page, '#lesson-list')).toBe('Lesson 10 of 10, 10 passed');
}

for (const name of Object.keys(browsers) as BrowserName[]) {
  const why = isInstalled(name) ? '' : `${name} is not installed`;

  describe.skipIf(isSkipped(`the course in ${name}`, why))(name, () => {
    it("a learner's answers and passed lessons survive a reload", { timeout: TIMEOUT_MS }, () =>
      withBrowser(name, async (browser) => {
        const page = await openPlayground(browser, served.url);
        await begin(page);
        await passLesson(page);
        await reopenLesson(page, browser);
        await tryFaults(page);
        // Back to the text before the first lesson.
        await follow(page, '');
        await waitUntil(page, `document.querySelector('${title}').hidden`);
        expect(await readCode(page)).toBe('# mine');
        // Solutions in every language are judged without a page (apps/playground/play, test/lessons).
        if (name === 'chromium') {
          await passAll(page);
          await look(page);
        }
      }),
    );
  });
}
