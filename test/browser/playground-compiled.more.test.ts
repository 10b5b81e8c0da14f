/** Tests of compiled modules in the playground: they are opened, run, stepped, and refused with a reason. */
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PlaygroundServer, servePlayground } from '../../apps/playground/playground-server.ts';
import { buildPlaygroundFiles } from '../../apps/playground/static-files.ts';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { makeFolder } from '../support/folder.ts';
import { isSkipped } from '../support/obstacle.ts';
import { selected } from '../support/test-selection.ts';
import { isInstalled } from '../support/tools.ts';
import { canCompileWasm, compileWasm } from '../support/wasm.ts';
import { translate } from '../support/wasm-text.ts';
import { selectBrowsers, withBrowser } from './browsers.ts';
import {
  enter,
  openPlayground,
  readCode,
  readText,
  reload,
  TIMEOUT_MS,
  WAIT,
  waitForText,
} from './playground.ts';

/** With `-O0`, clang runs no wasm-opt, which would drop the names and lines. */
const DEBUG_FLAGS = ['-g', '-O0'];
const SOURCE = join(packageRoot, 'examples/negative/c/negative.c');
/** It reads outside of its memory at the lookup of `wild`. */
const WILD = `#include "glossa.h"
#include <string.h>
static void lookup(glossa_frame_t *frame, xlator_t *this, const loc_t *loc, dict_t *xdata) {
    if (loc->name != NULL && strcmp(loc->name, "wild") == 0) *(volatile int *)0xfffffff0 = 1;
    tail_lookup(frame, this->child, loc, xdata);
}
struct glossa_translator glossa_translator = {.fops = {.lookup = lookup}};
`;

let served: PlaygroundServer;
let folder: string;

beforeAll(async () => {
  folder = makeFolder();
  served = await servePlayground(buildPlaygroundFiles, 0);
});
afterAll(async () => {
  await served.close();
});

/** Opens files of the folder as the button does. */
async function openFiles(page: Page, ...names: readonly string[]): Promise<void> {
  const input = await page.waitForSelector('input#files', WAIT);
  await input!.uploadFile(...names.map((name) => join(folder, name)));
}

const listTabs = (page: Page): Promise<unknown> =>
  page.evaluate("[...document.querySelectorAll('[role=tab]')].map((tab) => tab.dataset.path)");

/** A module in C is run, and stepped through with and without its source. */
async function runModule(page: Page): Promise<void> {
  compileWasm(SOURCE, join(folder, 'negative.wasm'), DEBUG_FLAGS);
  copyFileSync(SOURCE, join(folder, 'negative.c'));
  await openFiles(page, 'negative.wasm');
  await waitForText(page, '#notices', 'Opened: negative.wasm.');
  await waitForText(page, '#status', 'Ready.');
  expect(await listTabs(page)).toEqual(['/graph.vol', '/negative.wasm']);
  expect(await readCode(page)).toContain('option module-name negative.wasm');
  await page.click('[data-path="/negative.wasm"]');
  expect(await readCode(page)).toMatch(
    /is a compiled module \(WebAssembly\) of \d+ bytes\..*It was compiled from negative\.c, /,
  );
  const first = await enter(page, 'stat /absent');
  const again = await enter(page, 'stat /absent');
  expect(again.said).toBe('stat: /absent: No such file or directory');
  expect([first.asked, first.passed, again.asked, again.passed]).toEqual([1, 1, 2, 1]);
  // The request goes down to the storage and back, a step at a time.
  await enter(page, 'stat /other');
  await waitForText(page, '#where', '4 of 4');
  await page.click('h1');
  for (const step of ['3 of 4', '2 of 4', '1 of 4']) {
    await page.keyboard.press('ArrowLeft');
    expect(await readText(page, '#where')).toContain(step);
    expect(await readText(page, '#said')).toContain('negative');
  }

  await openFiles(page, 'negative.c');
  await waitForText(page, '#notices', 'Opened: negative.c.');
  await waitForText(page, '#status', 'Ready.');
  expect(await listTabs(page)).toEqual(['/negative.c', '/graph.vol', '/negative.wasm']);
  expect(await readCode(page)).toContain('Remembers failed lookups');
}

/** Encodes a custom section of a text, both shorter than 64 bytes. */
function makeCustomSection(name: string, text: string): Buffer {
  const parts = [name, text].map((part) =>
    Buffer.from(`${String.fromCharCode(part.length)}${part}`),
  );
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([0, content.length]), content]);
}

/** A source map brings its source, and finds the line of a trap. */
async function openSourceMap(page: Page): Promise<void> {
  const [, text] = /```wat\n([\s\S]*?)```/.exec(readFileSync('docs/wasm-abi.md', 'utf8'))!;
  const module = translate(text!.replace('(return (i32.const -2))', '(unreachable)'));
  const link = makeCustomSection('sourceMappingURL', 'fail.wasm.map');
  writeFileSync(join(folder, 'fail.wasm'), Buffer.concat([module, link]));
  // All code is from the fifth line.
  const map = { version: 3, sources: ['fail.txt'], sourcesContent: [text], mappings: 'AAIA' };
  writeFileSync(join(folder, 'fail.wasm.map'), JSON.stringify(map));
  await openFiles(page, 'fail.wasm', 'fail.wasm.map');
  await waitForText(page, '#notices', 'Opened: fail.wasm, fail.wasm.map.');
  await waitForText(page, '#status', 'Ready.');
  expect(await listTabs(page)).toEqual(['/fail.txt', '/graph.vol', '/fail.wasm', '/fail.wasm.map']);
  expect(await readCode(page)).toContain('(module');
  expect((await enter(page, 'stat /nothing')).said).toContain('Input/output error');
  expect(await readText(page, '#log')).toMatch(/fail\.txt:5/);
  // The module is kept with the typed files.
  await reload(page);
  expect((await enter(page, 'ls /dir0')).said).toBe('file000.php');
}

/** Unsuitable files are refused with a reason, and a trap is logged; the page goes on. */
async function refuseModules(page: Page): Promise<void> {
  for (const [name, content, reason] of [
    ['text.wasm', 'a text', 'is not a WebAssembly module'],
    ['other.wasm', translate('(module)'), 'exports nothing of the interface of translators'],
  ] as const) {
    writeFileSync(join(folder, name), content);
    await openFiles(page, name);
    await waitForText(page, '#problems', `/${name} ${reason}`);
    await waitForText(page, '#status', 'It does not run');
  }
  writeFileSync(join(folder, 'big.wasm'), Buffer.alloc(100 * 2 ** 20));
  await openFiles(page, 'big.wasm');
  await waitForText(page, '#notices', 'Nothing was opened: big.wasm has more than 4 MB.');

  writeFileSync(join(folder, 'wild.c'), WILD);
  compileWasm(join(folder, 'wild.c'), join(folder, 'wild.wasm'), DEBUG_FLAGS);
  await openFiles(page, 'wild.wasm');
  await waitForText(page, '#notices', 'Opened: wild.wasm.');
  await waitForText(page, '#status', 'Ready.');
  expect((await enter(page, 'stat /wild')).said).toContain('Input/output error');
  expect(await readText(page, '#log')).toMatch(
    /\[wild\.c:4:lookup\].*lookup failed: an access outside of its memory/,
  );
  expect((await enter(page, 'ls /dir0')).said).toBe('file000.php');
}

for (const name of selectBrowsers()) {
  const why = isInstalled(name)
    ? canCompileWasm
      ? ''
      : 'clang cannot compile for WebAssembly'
    : `${name} is not installed`;

  describe.skipIf(isSkipped(`compiled modules in ${name}`, why))(name, () => {
    const inBrowser = (check: (page: Page) => Promise<void>) => () =>
      withBrowser(name, async (browser: Browser) =>
        check(await openPlayground(browser, served.url)),
      );

    it(
      'the playground runs an opened module in C, and shows its steps beside its source',
      { timeout: TIMEOUT_MS },
      inBrowser(runModule),
    );
    if (selected.others)
      it(
        'the playground shows the source in a source map, and keeps the module across a reload',
        { timeout: TIMEOUT_MS },
        inBrowser(openSourceMap),
      );
    it(
      'the playground refuses unsuitable modules with a reason, and goes on after a trap',
      { timeout: TIMEOUT_MS },
      inBrowser(refuseModules),
    );
  });
}
