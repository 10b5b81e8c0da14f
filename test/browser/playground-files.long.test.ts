/**
 * Tests of files typed into the playground: checks while typing, saving, opening, and surviving a
 * reload.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Dialog, Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeShare } from '../../apps/playground/play/share-fragment.ts';
import { type PlaygroundServer, servePlayground } from '../../apps/playground/playground-server.ts';
import { buildPlaygroundFiles } from '../../apps/playground/static-files.ts';
import { makeFolder } from '../support/folder.ts';
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
  WAIT,
  waitForText,
  waitUntil,
} from './playground.ts';

const MODULE = "import { Translator } from 'glossa'; export class xlator extends Translator {}";
/** A module in JavaScript, which starts at once. */
const STATE = {
  texts: {
    '/m.js': MODULE,
    '/graph.vol': `volume storage
    type storage/memory
end-volume
volume top
    type features/glupy
    option module-name m
    subvolumes storage
end-volume
`,
  },
  distanceMs: 0,
  journal: ['mkdir /made'],
};

const problems = '#problems';
const noProblems = "document.querySelector('#problems').hidden";
const readTabs = (page: Page): Promise<string> => readText(page, '[role=tablist]');

let served: PlaygroundServer;
let folder: string;

beforeAll(async () => {
  served = await servePlayground(buildPlaygroundFiles, 0);
  folder = makeFolder();
});
afterAll(() => {
  served.close();
});

/** Problems appear while typing, also after a module that never ends. */
async function typeMistakes(page: Page): Promise<void> {
  await typeCode(page, 'for(;;);');
  const isSeen = "document.querySelector('#problems').getAttribute('aria-busy') === 'true'";
  await waitUntil(page, `${isSeen} || !${noProblems}`);
  await typeCode(page, 'let let');
  await waitForText(page, problems, 'm.js:1:');
  expect(await readText(page, problems)).toMatch(/^m\.js:1:\d+: error: /);
  expect(await readText(page, '[data-path="/m.js"] .count')).toBe(' 1 wrong');
  await typeCode(page, MODULE);
  await waitUntil(page, noProblems);
  await page.click('[data-path="/graph.vol"]');
  await typeCode(page, ' option', true);
  await waitForText(page, problems, 'graph.vol:');
  await page.keyboard.down('Control');
  await page.keyboard.press('z');
  await page.keyboard.up('Control');
  await waitUntil(page, noProblems);
}

/** A file has another name, and is removed; and can be had again. */
async function nameFiles(page: Page): Promise<void> {
  const questions: string[] = [];
  const name = async (button: string, ...answers: readonly string[]): Promise<void> => {
    const left = [...answers];
    const answer = (dialog: Dialog): void => {
      questions.push(dialog.message());
      const next = left.shift();
      void (next === undefined ? dialog.dismiss() : dialog.accept(next));
    };
    page.on('dialog', answer);
    await page.click(`[aria-label="${button}"]`);
    page.off('dialog', answer);
  };
  await page.click('[data-path="/m.js"]');
  await name('Rename this file', 'graph.vol');
  expect(questions).toEqual(['New name', 'There is a graph.vol already. New name']);
  await name('Rename this file', 'a b', 'other.js');
  expect(questions.at(-1)).toContain('A name has letters, digits');
  expect(await readTabs(page)).toBe('other.jsgraph.vol');
  await waitForText(page, problems, "'m'");
  await name('Rename this file', 'm.js');
  await waitUntil(page, noProblems);
  await name('Add a file', 'more.py');
  await typeCode(page, 'removed = 1');
  page.once('dialog', (dialog) => void dialog.accept());
  await page.click('[aria-label="Remove this file"]');
  await waitUntil(page, "document.querySelectorAll('[role=tab]').length === 2");
  await page.click('#undo');
  expect(await readText(page, '#notices')).toContain('m.js, graph.vol, more.py (');
}

/** Saved files can be opened; an invalid file is refused and changes nothing. */
async function saveAndOpen(page: Page): Promise<void> {
  await page.evaluate(`{
    globalThis.saved = [];
    const make = URL.createObjectURL;
    URL.createObjectURL = (blob) => {
      saved.push(blob.text());
      return make.call(URL, blob);
    };
  }`);
  await page.focus('#save');
  await page.keyboard.press('Enter');
  await waitUntil(page, 'saved.length === 2');
  const files = (await page.evaluate('Promise.all(saved)')) as string[];
  expect(files).toEqual(Object.values(STATE.texts));

  const choose = async (name: string, content: string | Buffer): Promise<void> => {
    const path = join(folder, name);
    writeFileSync(path, content);
    const input = await page.waitForSelector('input#files', WAIT);
    await input!.uploadFile(path);
  };
  const before = await readCode(page);
  for (const [content, why] of [
    [Buffer.from([0xff, 0xfe]), 'Nothing was opened: m.js is no text in UTF-8.'],
    ['x'.repeat(2 ** 20 + 1), 'Nothing was opened: m.js has more than 1 MB.'],
  ] as const) {
    await choose('m.js', content);
    await waitForText(page, '#notices', why);
  }
  expect(await readCode(page)).toBe(before);
  await choose('m.js', `${files[0]}// opened`);
  await waitForText(page, '#notices', 'Opened: m.js.');
  await waitForText(page, '#status', 'Ready.');
  expect(await readCode(page)).toContain('// opened');
  expect((await enter(page, 'ls /')).said).toContain('made');
}

/** Invalid links bring a notice. */
async function followBadLinks(page: Page): Promise<void> {
  const whole = await encodeShare(STATE);
  const before = await readCode(page);
  for (const [link, why] of [
    [whole.slice(0, -9), 'this link is damaged: a part of it is missing or was changed'],
    ['section-2', 'this link leads to no shared playground.'],
    ['g7.AAAA', 'this link is of version 7 of the playground'],
  ]) {
    await page.evaluate(`location.hash = ${JSON.stringify(link)}`);
    await waitForText(page, '#notices', `Nothing was taken from the link: ${why}`);
  }
  expect(await readCode(page)).toBe(before);
}

/** Each tab keeps its own text. */
async function typeInTwoTabs(page: Page, openTab: () => Promise<Page>): Promise<void> {
  await page.click('[data-path="/m.js"]');
  await typeCode(page, '// first', true);
  await reload(page);
  const other = await openTab();
  expect(await readCode(other)).toContain('// first');
  await typeCode(other, ' and second', true);
  await typeCode(page, ' and third', true);
  for (const each of [other, page]) {
    await each.bringToFront();
    await reload(each);
  }
  expect(await readCode(page)).toContain('// first and third');
  expect(await readCode(other)).toContain('// first and second');
  const last = await openTab();
  expect(await readCode(last)).toContain('// first and third');
  await last.click('#undo');
  expect(await readText(last, '#notices')).toContain('m.js, graph.vol (');
}

for (const name of Object.keys(browsers) as BrowserName[]) {
  const why = isInstalled(name) ? '' : `${name} is not installed`;

  describe.skipIf(isSkipped(`what is typed in ${name}`, why))(name, () => {
    it(
      'files typed into the playground are checked, survive a reload, and can be saved and opened',
      { timeout: TIMEOUT_MS },
      () =>
        withBrowser(name, async (browser) => {
          const openTab = (): Promise<Page> => openPlayground(browser, served.url);
          const page = await openPlayground(browser, `${served.url}#${await encodeShare(STATE)}`);
          await typeMistakes(page);
          await nameFiles(page);
          await saveAndOpen(page);
          await followBadLinks(page);
          await typeInTwoTabs(page, openTab);
        }),
    );
  });
}
