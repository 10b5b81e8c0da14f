/**
 * Tests of the page of `glossa bench report` in Chromium: on a phone, in the dark and on paper.
 * Frames as wide as the screens show it, and the page around them measures.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { makeReportFiles } from '../../apps/bench/engine/report/html.ts';
import { PAPER } from '../../apps/bench/engine/report/style.ts';
import { isSkipped } from '../support/obstacle.ts';
import { simulateRun } from '../support/simulated-run.ts';
import { isInstalled } from '../support/tools.ts';
import { openPage } from './chromium.ts';

/** The content of a frame; lengths in pixels of its screen. */
interface Shown {
  /** The width of the page, including the scrolled part. */
  readonly width: number;
  readonly paper: string;
  readonly ink: string;
  /** Charts that are to be seen: where they are, and how much larger than they were drawn. */
  readonly charts: readonly { left: number; right: number; scale: number; paper: string }[];
  /** Boxes of tables and of volfiles, with the width of their content. */
  readonly boxes: readonly { left: number; right: number; within: number; inner: number }[];
}

interface Screen {
  readonly path: string;
  readonly width: number;
  readonly dark?: boolean;
}

/** A function of the page around the frames: measures each frame. */
const MEASURE = `async (screens) => {
  const shown = [];
  for (const { path, width, dark } of screens) {
    const frame = document.createElement('iframe');
    frame.style.cssText = 'height: 2000px; border: 0; width: ' + width + 'px';
    // The colour scheme that a page in a frame takes for the reader's.
    frame.style.colorScheme = dark ? 'dark' : 'light';
    frame.src = path;
    const loaded = new Promise((resolve) => { frame.onload = resolve; });
    document.body.append(frame);
    await loaded;
    const page = frame.contentDocument;
    const all = (selector) =>
      [...page.querySelectorAll(selector)].filter((it) => it.getClientRects().length > 0);
    const { backgroundColor, color } = getComputedStyle(page.body);
    shown.push({
      width: page.documentElement.scrollWidth,
      paper: backgroundColor,
      ink: color,
      charts: all('figure svg').map((svg) => {
        const { left, right } = svg.getBoundingClientRect();
        const scale = (right - left) / svg.viewBox.baseVal.width;
        return { left, right, scale, paper: getComputedStyle(svg.querySelector('rect')).fill };
      }),
      boxes: all('.table, pre').map((box) => {
        const { left, right } = box.getBoundingClientRect();
        return { left, right, within: box.clientWidth, inner: box.scrollWidth };
      }),
    });
    frame.remove();
  }
  return shown;
}`;

const why = isInstalled('chromium') ? '' : 'chromium is not installed';

describe.skipIf(isSkipped('the page of a report', why))('the page of a benchmark report', () => {
  const PHONE = 390;
  const A4 = 680;
  const long = `/srv/${'a-folder-with-a-long-name/'.repeat(9)}`;
  let phone: Shown;
  let dark: Shown;
  let paper: Shown;
  let desk: Shown;

  beforeAll(async () => {
    const run = simulateRun({ warnings: [`${long} is on a disk`], command: ['glossa', long] });
    const [first, ...others] = run.stacks;
    const stacks = [{ ...first!, volfile: `${first!.volfile}# ${long}\n` }, ...others];
    const report = (await makeReportFiles({ ...run, stacks }))['report.html']!;
    const screens: Screen[] = [
      { path: '/report.html', width: PHONE },
      { path: '/report.html', width: PHONE, dark: true },
      { path: '/print.html', width: A4, dark: true },
      { path: '/report.html', width: 1200 },
    ];
    const files = new Map([
      ['/report.html', report],
      // A page cannot request print rules: here they apply always, and screen rules never.
      [
        '/print.html',
        report.replaceAll('@media print', '@media all').replaceAll('@media screen', '@media none'),
      ],
      [
        '/page.html',
        `<!DOCTYPE html><body><script type="module">
const measure = ${MEASURE};
const body = JSON.stringify(await measure(${JSON.stringify(screens)}).catch(String));
fetch('/', { method: 'POST', body });
</script></body>`,
      ],
    ]);
    const shown = await openPage(files, false);
    expect(shown).toHaveLength(screens.length);
    [phone, dark, paper, desk] = shown as [Shown, Shown, Shown, Shown];
  });

  /** Checks that the page fits a screen this wide. */
  const expectWithin = (shown: Shown, width: number): void => {
    expect(shown.width).toBeLessThanOrEqual(width);
    // Ratios, and one of each workload.
    expect(shown.charts).toHaveLength(1 + 3);
    expect(shown.boxes).toHaveLength(3 * 3 + 3);
    for (const { left, right } of [...shown.charts, ...shown.boxes]) {
      expect(left).toBeGreaterThanOrEqual(0);
      expect(right).toBeLessThanOrEqual(width);
      expect(right - left).toBeGreaterThan(0);
    }
  };

  it('fits a phone, where charts keep their scale and wide tables scroll in their boxes', () => {
    expectWithin(phone, PHONE);
    // The text of a chart is as large as it is drawn, or nearly so.
    for (const { scale } of phone.charts) expect(scale).toBeGreaterThan(0.9);
    expect(phone.boxes.some(({ within, inner }) => inner > within)).toBe(true);
  });

  it('fits a desktop window with its charts at full scale', () => {
    expectWithin(desk, 1200);
    for (const { scale } of desk.charts) expect(scale).toBeGreaterThan(0.9);
  });

  it('has a dark background, also in its charts, in the dark colour scheme', () => {
    expectWithin(dark, PHONE);
    expect(phone.paper).toBe('rgb(255, 255, 255)');
    expect(dark.paper).not.toBe(phone.paper);
    expect(dark.ink).not.toBe(phone.ink);
    for (const { paper: behind } of dark.charts) expect(behind).toBe(dark.paper);
  });

  it('prints black on white with nothing cut off', () => {
    expectWithin(paper, A4);
    expect(PAPER).toBe('#ffffff');
    expect([paper.paper, paper.ink]).toEqual([phone.paper, phone.ink]);
    for (const { within, inner } of paper.boxes) expect(inner).toBeLessThanOrEqual(within);
  });
});
