/** Tests of compiled modules in the playground: they are opened, run, stepped, and refused with a reason. */
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PlaygroundServer, servePlayground } from '../../apps/playground/playground-server.ts';
import { buildPlaygroundFiles } from '../../apps/playground/static-files.ts';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { canCompileAssemblyScript, compileAssemblyScript } from '../support/assemblyscript.ts';
import { isSkipped } from '../support/obstacle.ts';
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
  typeCode,
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
  folder = mkdtempSync(join(tmpdir(), 'glossa-compiled-'));
  served = await servePlayground(buildPlaygroundFiles, 0);
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
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

/** A source map brings its source, and finds the line of a trap. */
async function openSourceMap(page: Page): Promise<void> {
  writeFileSync(
    join(folder, 'fail.ts'),
    `import { Answer, fop, Frame, Translator, translator } from 'glossa';
export * from 'glossa/module';
class Fail extends Translator {
  lookup(frame: Frame, it: fop.Lookup): Answer {
    assert(it.loc.name != 'bad');
    return frame.tail(it);
  }
}
translator<Fail>([]);
`,
  );
  await compileAssemblyScript(join(folder, 'fail.ts'), join(folder, 'fail.wasm'));
  await openFiles(page, 'fail.wasm', 'fail.wasm.map');
  await waitForText(page, '#notices', 'Opened: fail.wasm, fail.wasm.map.');
  await waitForText(page, '#status', 'Ready.');
  expect(await listTabs(page)).toEqual(['/fail.ts', '/graph.vol', '/fail.wasm', '/fail.wasm.map']);
  expect(await readCode(page)).toContain('class Fail extends Translator');
  expect((await enter(page, 'stat /bad')).said).toContain('Input/output error');
  expect(await readText(page, '#log')).toMatch(/fail\.ts:5/);
  // The module is kept with the typed files.
  await reload(page);
  expect((await enter(page, 'ls /dir0')).said).toBe('file000.php');
}

/** The page compiles a module in AssemblyScript, and shows the compiler's errors at their lines. */
async function compileModule(page: Page): Promise<void> {
  await page.click('#example');
  await page.waitForFunction(
    "document.querySelector('#notices').textContent.includes('in AssemblyScript')",
    WAIT,
  );
  await page.evaluate(
    "[...document.querySelectorAll('#notices button')].find((button) => button.textContent === 'in AssemblyScript').click()",
  );
  await waitForText(page, '.cm-content', "from 'glossa';");
  await waitForText(page, '#status', 'Ready.');
  const first = await enter(page, 'stat /absent');
  expect(await readText(page, '#problems')).toBe('');
  const again = await enter(page, 'stat /absent');
  expect([first.passed, again.asked, again.passed]).toEqual([1, 2, 1]);
  expect(await listTabs(page)).toEqual(['/negative.ts', '/graph.vol']);
  await typeCode(page, "\nlet wrong: i32 = 'text';\n", true);
  await waitForText(page, '#problems', "is not assignable to type 'i32'");
  expect(await readText(page, '#problems')).toMatch(/negative\.ts:\d+:\d+: error/);
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
    it.skipIf(!canCompileAssemblyScript)(
      'the playground shows the source in a source map, and keeps the module across a reload',
      { timeout: TIMEOUT_MS },
      inBrowser(openSourceMap),
    );
    it(
      'the playground compiles the example in AssemblyScript, and shows errors at their lines',
      { timeout: TIMEOUT_MS },
      inBrowser(compileModule),
    );
    it(
      'the playground refuses unsuitable modules with a reason, and goes on after a trap',
      { timeout: TIMEOUT_MS },
      inBrowser(refuseModules),
    );
  });
}
