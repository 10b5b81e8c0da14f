/** Tests of the page of `glossa playground`, as a learner uses it, in the browsers of Debian. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeShare } from '../../apps/playground/play/share-fragment.ts';
import { type PlaygroundServer, servePlayground } from '../../apps/playground/playground-server.ts';
import { buildPlaygroundFiles } from '../../apps/playground/static-files.ts';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { isSkipped } from '../support/obstacle.ts';
import { selected } from '../support/test-selection.ts';
import { isInstalled } from '../support/tools.ts';
import { selectBrowsers, withBrowser } from './browsers.ts';
import { enter, openPlayground, readText, TIMEOUT_MS, VIOLATIONS, WAIT } from './playground.ts';

/** One call of C, which checks for no signal: only the end of the worker ends it. */
const NEVER = `import decimal
from glupy import Translator
class xlator(Translator):
    def lookup(self, frame, loc, xdata):
        if loc.name == "never": decimal.Context(10**7).exp(2)
        frame.wind()
`;
const VOLFILE = `volume storage
    type storage/memory
end-volume
volume top
    type features/glupy
    option module-name never
    option time-limit 1
    subvolumes storage
end-volume
`;

describe('the playground', () => {
  let served: PlaygroundServer;

  beforeAll(async () => {
    served = await servePlayground(buildPlaygroundFiles, 0);
  });
  afterAll(() => served.close());

  const open = (browser: Browser, url = served.url): Promise<Page> => openPlayground(browser, url);

  for (const name of selectBrowsers()) {
    const why = isInstalled(name) ? '' : `${name} is not installed`;

    describe.skipIf(isSkipped(`the playground in ${name}`, why))(name, () => {
      it(
        'shows step by step how the cache replies, and opens the same state from a shared link',
        { timeout: TIMEOUT_MS },
        () =>
          withBrowser(name, async (browser) => {
            const page = await open(browser);
            expect(await readText(page, '#status')).toBe('Ready.');
            expect(await readText(page, '#problems')).toBe('');
            const first = await enter(page, 'stat /nope');
            const second = await enter(page, 'stat /nope');
            expect(second.said).toContain('No such file or directory');
            expect(second.asked).toBeGreaterThan(first.asked);
            expect(second.passed).toBe(first.passed);

            await page.select('#pace', 'step by step');
            await page.click('[aria-label="Last step"]');
            expect(await readText(page, '#said')).toBe('negative answers: -1 ENOENT');
            await page.click('[aria-label="Step backwards"]');
            expect(await readText(page, '#said')).toMatch(
              /^negative is in lookup at negative\.py:\d+$/,
            );
            expect(await readText(page, '.cm-line.lit')).toContain('frame.fail(ENOENT');
            await page.click('[aria-label="First step"]');
            expect(await readText(page, '#said')).toBe('lookup /nope arrives at negative');

            await enter(page, 'mkdir /made');
            await page.click('#share');
            const link = await page
              .waitForSelector('#link', WAIT)
              .then((field) =>
                field!.evaluate((element) => (element as unknown as { value: string }).value),
              );
            await page.close();
            const other = await open(browser, link);
            expect(await readText(other, '#notices')).toContain('These files are from a link.');
            expect((await enter(other, 'ls /')).said).toContain('made');
          }),
      );

      it(
        "stops a module that never ends and restores the storage's files",
        { timeout: TIMEOUT_MS },
        () =>
          withBrowser(name, async (browser) => {
            const texts = { '/graph.vol': VOLFILE, '/never.py': NEVER };
            const link = await encodeShare({ texts, distanceMs: 0, journal: [] });
            const page = await open(browser, `${served.url}#${link}`);
            await enter(page, 'mkdir /made');
            expect((await enter(page, 'stat /never')).said).toMatch(/^stopped: /);
            expect(await readText(page, '#notices')).toContain('filled again (1 lines)');
            expect((await enter(page, 'ls /')).said).toContain('made');
          }),
      );
    });
  }

  const why = isInstalled('chromium') ? '' : 'chromium is not installed';
  if (!selected.first) return;

  it.skipIf(isSkipped('accessibility of the playground', why))(
    'fits phone and desktop screens in both colour schemes, and obeys accessibility rules',
    { timeout: TIMEOUT_MS },
    () =>
      withBrowser('chromium', async (browser) => {
        const axe = readFileSync(join(packageRoot, 'node_modules/axe-core/axe.min.js'), 'utf8');
        const broken = { '/graph.vol': 'volume a\n  type no/such\nend-volume\n' };
        const link = await encodeShare({ texts: broken, distanceMs: 0, journal: [] });
        const wrong = await open(browser, `${served.url}#${link}`);
        expect(await readText(wrong, '#problems')).toMatch(/^graph\.vol:2:\d+: error: /);
        const page = await open(browser);
        await page.evaluate('localStorage.clear()');
        await enter(page, 'ls /');
        for (const each of [page, wrong]) {
          await each.evaluate(axe);
          for (const width of [390, 1280]) {
            for (const value of ['light', 'dark']) {
              await each.setViewport({ width, height: 900 });
              await each.emulateMediaFeatures([{ name: 'prefers-color-scheme', value }]);
              expect(await each.evaluate('document.documentElement.scrollWidth')).toBe(width);
              expect(await each.evaluate(VIOLATIONS)).toEqual([]);
            }
          }
        }
      }),
  );
});
