/**
 * All pages in a browser: at three widths, dark and light, found by the search, and printed. One
 * browser opens several pages at a time.
 */
import { availableParallelism } from 'node:os';
import type { Browser, Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isSkipped } from '../../test/support/obstacle.ts';
import { isInstalled } from '../../test/support/tools.ts';
import { listViolations, type OpenPage, openBrowser, openPage, SITE_ORIGIN } from './browser.ts';
import { readBuiltPages } from './built-site.ts';
import { hasPlayground, PLAYGROUND_PATH } from './playground.ts';
import { findHeading, groups, readRepositoryFile } from './texts.ts';

const obstacle = isInstalled('chromium') ? '' : 'chromium is not installed';
/** Widths and colour schemes of a page. */
const VARIANTS = [
  [360, 'dark'],
  [768, 'light'],
  [1280, 'dark'],
  [1280, 'light'],
] as const;
/** A page of each kind: axe checks these in every variant, with the contrast of all colours. */
const PAGE_KINDS = [
  '/',
  '/write/typescript.html',
  '/examples/negative.html',
  '/reference/translators/debug-delay-gen.html',
  '/reference/cli/trace.html',
  '/course/concepts.html',
  '/files/examples/negative/negative.vol.html',
  PLAYGROUND_PATH,
];
/** Pages that only show a source; axe checks one of them. */
const isSource = (path: string): boolean =>
  path.startsWith('/files/') && !PAGE_KINDS.includes(path);
/** Pages generated from tables of translators and commands; axe checks a quarter of them. */
const isGenerated = (path: string): boolean =>
  /^\/reference\/(translators|cli)\//.test(path) && !PAGE_KINDS.includes(path);
/** Whether axe checks a page. Of generated pages, it checks runs of four in different variants. */
const hasAxeCheck = (path: string, i: number): boolean =>
  !isSource(path) && !(isGenerated(path) && Math.floor(i / VARIANTS.length) % 4 !== 0);
const WIDE = 1280;
const PHONE = 390;
/** Number and interval of samples that detect motion in the picture on the first page. */
const [SAMPLES, STEP_MS] = [6, 700];
const TIMEOUT = { timeout: 200_000 };
/** Time limit for all pages on a busy machine. */
const WALK_TIMEOUT = { timeout: 900_000 };
/** Width of an A4 sheet within the margins of print.css, in CSS pixels. */
const PAPER = 673;

const paths = [
  ...readBuiltPages().map(({ path }) => path.replace(/\/index\.html$/, '/')),
  ...(hasPlayground ? [PLAYGROUND_PATH] : []),
];

describe.skipIf(isSkipped('the site in Chromium', obstacle))('in Chromium', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());

  /**
   * Opens a page completely, runs `act`, and expects no foreign or failed request.
   * @param idle pages to reuse; they stay in the background, which is not drawn
   * @param runs whether the page's programs start; only axe needs them
   */
  async function withPage<R>(
    path: string,
    inspect: (page: Page) => Promise<R>,
    idle?: OpenPage[],
    runs = true,
  ): Promise<R> {
    const open = idle?.pop() ?? (await openPage(browser, WIDE));
    const { page, foreignUrls, missingPaths } = open;
    let isGood = false;
    try {
      await page.setJavaScriptEnabled(runs);
      await page.goto(`${SITE_ORIGIN}${path}`, { waitUntil: 'load', ...TIMEOUT });
      const isThere =
        path === PLAYGROUND_PATH
          ? 'document.documentElement.dataset.ready'
          : "document.querySelector('#app').__vue_app__";
      if (runs) await page.waitForFunction(isThere, { polling: 50, ...TIMEOUT });
      const result = await inspect(page);
      expect({ path, foreignUrls, missingPaths }).toEqual({
        path,
        foreignUrls: [],
        missingPaths: [],
      });
      isGood = true;
      return result;
    } finally {
      if (isGood && idle !== undefined) idle.push(open);
      else await page.close();
    }
  }

  /** The position of the picture beside the headline, and whether it moves. */
  const lookAtPicture = (width: number, motion: 'reduce' | 'no-preference') =>
    withPage('/', async (page) => {
      await page.emulateMediaFeatures([{ name: 'prefers-reduced-motion', value: motion }]);
      await page.setViewport({ width, height: 844 });
      const shown = `.VPHero .${motion === 'reduce' ? 'still' : 'moving'}`;
      const picture = await page.waitForSelector(shown, { visible: true, ...TIMEOUT });
      await page.waitForFunction(`${PICTURE}.naturalWidth > 0`, TIMEOUT);
      const first = await picture!.screenshot({ encoding: 'base64' });
      let isMoving = false;
      for (let at = 0; at < SAMPLES && !isMoving; at++) {
        await page.evaluate(`new Promise((done) => setTimeout(done, ${STEP_MS}))`);
        const next = await picture!.screenshot({ encoding: 'base64' });
        isMoving = Boolean(await page.evaluate(makeDifferScript(first, next)));
      }
      const [head, box] = (await page.evaluate(BOXES)) as [DOMRectLike, DOMRectLike];
      return { head, image: box, isMoving };
    });

  it('the first page shows a moving request beside its headline', async () => {
    const { head, image, isMoving } = await lookAtPicture(WIDE, 'no-preference');
    expect(isMoving).toBe(true);
    expect(image.width).toBeGreaterThan(WIDE / 3);
    expect(image.left).toBeGreaterThanOrEqual(head.right - 1);
    expect(image.top).toBeLessThan(head.bottom);
    expect(image.right).toBeLessThanOrEqual(WIDE);
  });

  it('the first page shows a still picture below its headline on a phone with reduced motion', async () => {
    const { head, image, isMoving } = await lookAtPicture(PHONE, 'reduce');
    expect(isMoving).toBe(false);
    expect(image.top).toBeGreaterThanOrEqual(head.bottom);
    expect(image.width).toBeGreaterThan(0.8 * PHONE);
    expect(image.bottom).toBeLessThanOrEqual(844);
  });

  it('every table header contains text, or is left out', () => {
    const blank = readBuiltPages().filter(({ html }) =>
      [...html.matchAll(/<thead[^>]*>(.*?)<\/thead>/gs)].some(
        ([, head]) => head!.replace(/<[^>]*>|\s/g, '') === '',
      ),
    );
    expect(blank.map(({ path }) => path)).toEqual([]);
  });

  /** Pages to reuse during the walk, as their process has compiled the site's programs. */
  const idlePages: OpenPage[] = [];

  it('every kind of page paints its first content', async () => {
    const problems: string[] = [];
    for (const path of ['/', '/write/python.html', PLAYGROUND_PATH]) {
      if (!paths.includes(path)) continue;
      const ms = await withPage(path, (page) => page.evaluate(FIRST_PAINT));
      problems.push(`${path} ${(Number(ms) / 1000).toFixed(2)} s`);
    }
    // The time depends on the machine; the test expects only that there is one.
    process.stdout.write(`first paint: ${problems.join(', ')}\n`);
    expect(problems.join()).not.toContain('NaN');
  });

  it(
    'every page fits phone and desktop screens, and axe finds no violation',
    WALK_TIMEOUT,
    async () => {
      expect(PAGE_KINDS.filter((path) => !paths.includes(path))).toEqual(
        hasPlayground ? [] : [PLAYGROUND_PATH],
      );
      const wrong: string[] = [];
      const others = paths.filter((path) => path !== PLAYGROUND_PATH);
      await runForEach(
        others,
        async (path, i) => void wrong.push(...(await listProblems(path, i, idlePages))),
      );
      for (const { page } of idlePages.splice(0)) await page.close();
      expect(wrong).toEqual([]);
    },
  );

  // In a test of its own, as it loads and starts interpreters.
  it.skipIf(!hasPlayground)(
    'the playground fits phone and desktop screens, and axe finds no violation',
    WALK_TIMEOUT,
    async () => {
      expect(await listProblems(PLAYGROUND_PATH, 0)).toEqual([]);
    },
  );

  /** Lists the problems of a page. Pages of a known kind get axe in one variant only. */
  const listProblems = (path: string, i: number, idle?: OpenPage[]): Promise<string[]> =>
    withPage(
      path,
      async (page) => {
        const wrong: string[] = [];
        const isKind = PAGE_KINDS.includes(path);
        const tried = new Set<number>();
        if (!isKind) await page.evaluate(PLAIN_CODE);
        for (const [at, [width, scheme]] of VARIANTS.entries()) {
          const hasAxe = isKind || (hasAxeCheck(path, i) && i % VARIANTS.length === at);
          // Without axe, each width is checked once, as colours do not change it.
          if (!hasAxe && tried.has(width)) continue;
          tried.add(width);
          await page.setViewport({ width, height: 900 });
          await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
          const used = Number(await page.evaluate('document.documentElement.scrollWidth'));
          const broken = (await page.evaluate(BROKEN_WORDS)) as string[];
          wrong.push(...broken.map((word) => `${path}, ${width} px: '${word}' is broken`));
          if (used > width) wrong.push(`${path}: ${used} px wide in ${width}`);
          if (!hasAxe) continue;
          const problems = await listViolations(page, isKind);
          wrong.push(...problems.map((problem) => `${path}, ${width} px, ${scheme}: ${problem}`));
        }
        return wrong;
      },
      idle,
      hasAxeCheck(path, i),
    );

  it.each([
    ['copy_file_range', '/reference/fops.html#copy_file_range'],
    ['STACK_WIND', '/course/map.html'],
    ['negative-timeout', '/reference/cli/'],
    ['frame.local', '/course/concepts.html'],
  ])('a search for %s finds %s without a server', async (word, target) => {
    await withPage('/', async (page) => {
      await page.click('.DocSearch-Button');
      await page.waitForSelector('#localsearch-input', TIMEOUT);
      await page.type('#localsearch-input', word);
      await page.waitForSelector(`.results a[href*="${target}"]`, TIMEOUT);
    });
  });

  const lessons = groups.course.texts.filter(({ source }) => source.endsWith('/lesson.md'));
  it.each([
    ['the whole course', '/course/whole.html', lessons, 60],
    ['a lesson', `${lessons[0]!.url}.html`, lessons.slice(0, 1), 4],
  ])('%s can be printed on paper without cut-off parts', async (_, path, texts, sheets) => {
    await withPage(path, async (page) => {
      await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'dark' }]);
      await page.emulateMediaType('print');
      await page.setViewport({ width: PAPER, height: 900 });
      expect(await page.evaluate(CUT_OFF)).toEqual([]);
      expect(await page.evaluate(PAPER_COLOUR)).toBe('rgb(255, 255, 255)');
      const settings = { format: 'a4', outline: true, ...TIMEOUT } as const;
      const pdf = Buffer.from(await page.pdf(settings)).toString('latin1');
      const count = [...pdf.matchAll(/\/Type ?\/Page\b/g)].length;
      // Each lesson begins on a new sheet.
      expect(count).toBeGreaterThanOrEqual(texts.length);
      expect(count).toBeLessThanOrEqual(sheets);
      for (const { source } of texts)
        expect(pdf).toContain(`/Title (${findHeading(readRepositoryFile(source))})`);
      expect(pdf).not.toContain('/Title (On this page)');
    });
  });
});

/** Runs `act` on several items at once, as a page mostly waits for workers and timers. */
async function runForEach<T>(items: readonly T[], action: (item: T, i: number) => Promise<void>) {
  const rest = items.entries();
  const work = async (): Promise<void> => {
    for (const [i, item] of rest) await action(item, i);
  };
  await Promise.all(Array.from({ length: availableParallelism() + 1 }, work));
}

// Types of the page, which Node lacks.

type DOMRectLike = Readonly<Record<'left' | 'right' | 'top' | 'bottom' | 'width', number>>;

/** Renderings of a picture differ by a step or two of 256. A larger difference is motion. */
const MOTION_MIN = 16;
const makeDifferScript = (one: string, other: string): string => `(async () => {
  const [a, b] = await Promise.all(['${one}', '${other}'].map(async (data) => {
    const image = new Image();
    image.src = 'data:image/png;base64,' + data;
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height).getContext('2d');
    canvas.drawImage(image, 0, 0);
    return canvas.getImageData(0, 0, image.width, image.height).data;
  }));
  return a.length !== b.length || a.some((value, at) => Math.abs(value - b[at]) > ${MOTION_MIN});
})()`;

const PICTURE = "[...document.querySelectorAll('.VPHero img')].find((it) => it.offsetHeight > 0)";
const BOXES = `[document.querySelector('.VPHero .main'), ${PICTURE}].map((it) => it.getBoundingClientRect().toJSON())`;

/** Words of names in tables that break over two lines. */
const BROKEN_WORDS = `[...document.querySelectorAll('.vp-doc td code')].flatMap((code) => {
  if (code.getClientRects().length < 2) return [];
  return [...code.childNodes].flatMap((node) => [...node.textContent.matchAll(/\\w+/g)].filter((word) => {
    if (node.nodeType !== Node.TEXT_NODE) return false;
    const range = document.createRange();
    range.setStart(node, word.index);
    range.setEnd(node, word.index + word[0].length);
    return new Set([...range.getClientRects()].map(({ top }) => top)).size > 1;
  }).map(([word]) => word));
})`;

const FIRST_PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime";

/** Removes highlighting: code has thousands of words, in the same few colours on all pages. */
const PLAIN_CODE =
  "for (const it of document.querySelectorAll('.vp-code code')) it.textContent = it.textContent";

const PAPER_COLOUR = 'getComputedStyle(document.body).backgroundColor';

/** Elements that are wider than the sheet or than their box. */
const CUT_OFF = `[...document.querySelectorAll('#app *')]
  .filter((it) => it.getClientRects().length > 0)
  .filter((it) => it.getBoundingClientRect().right > innerWidth + 1
    || (it.clientWidth > 0 && it.scrollWidth > it.clientWidth + 1))
  .map((it) => it.tagName + ': ' + it.textContent.slice(0, 60))`;
