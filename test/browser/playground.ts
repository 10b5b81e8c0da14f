/** Drives the page of `glossa playground` for tests: opens it, types, and reads its parts. */
import type { Browser, Page } from 'puppeteer-core';

export const TIMEOUT_MS = 540_000;
export const WAIT = { timeout: 300_000 };
/** The violations that axe finds, with their elements. Selectors are computed for these only. */
export const VIOLATIONS = "axe.run({ resultTypes: ['violations'] }).then((it) => it.violations)";

/** Opens the page, and waits until it has started or shows problems. */
export async function openPlayground(browser: Browser, url: string): Promise<Page> {
  const page = await browser.newPage();
  await page.setViewport({ width: 1280, height: 900 });
  return visit(page, url);
}

/** The same, in a page that is there. */
export async function visit(page: Page, url: string): Promise<Page> {
  await page.goto(url, WAIT);
  await page.waitForSelector('html[data-ready]', WAIT);
  return page;
}

/** Loads it again, as a user does. */
export async function reload(page: Page): Promise<void> {
  await page.reload(WAIT);
  await page.waitForSelector('html[data-ready]', WAIT);
}

export const readText = (page: Page, selector: string): Promise<string> =>
  page.$eval(selector, (element) => element.textContent ?? '');

/** Returns when an expression of the page is true. */
export const waitUntil = (page: Page, expression: string): Promise<unknown> =>
  page.waitForFunction(expression, WAIT);

/** Waits until an element contains a text. */
export const waitForText = (page: Page, selector: string, expected: string): Promise<unknown> =>
  waitUntil(
    page,
    `document.querySelector(${JSON.stringify(selector)})?.textContent.includes(${JSON.stringify(expected)})`,
  );

/** Types a line into the shell; the output, and the counters. */
export async function enter(page: Page, line: string) {
  const lineCount = "document.documentElement.dataset.lines ?? '0'";
  const before = await page.evaluate(lineCount);
  await page.type('#line', line);
  await page.keyboard.press('Enter');
  await waitUntil(page, `(${lineCount}) !== '${String(before)}'`);
  const number = async (name: string) =>
    Number.parseInt(await readText(page, `#count-${name}`), 10);
  return {
    said: await readText(page, '#output > :last-child'),
    asked: await number('asked'),
    passed: await number('passed'),
  };
}

/** Presses keys together: `Control`, `a`. */
async function press(page: Page, ...keys: readonly string[]): Promise<void> {
  for (const key of keys) await page.keyboard.down(key as 'A');
  for (const key of [...keys].reverse()) await page.keyboard.up(key as 'A');
}

/** Types into the editor, replacing its text or appending to it. */
export async function typeCode(page: Page, code: string, isBehind = false): Promise<void> {
  await page.bringToFront();
  await page.focus('.cm-content');
  if (isBehind) await press(page, 'Control', 'End');
  else await press(page, 'Control', 'a');
  await page.keyboard.type(code);
}

/** The visible text of the editor's file. */
export const readCode = (page: Page): Promise<string> => readText(page, '.cm-content');
