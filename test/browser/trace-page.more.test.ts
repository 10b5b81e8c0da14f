/**
 * Tests of the page of `glossa trace --html` in Chromium, by its keys. Frames show it, and the page
 * around them presses keys and reads.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { generatePage } from '../../apps/trace/recording-page.ts';
import { MemoryRecording } from '../../runtime/observe/memory-recording.ts';
import { RecordingFile } from '../../runtime/observe/node/recording-file.ts';
import { makeFolder } from '../support/folder.ts';
import { isSkipped } from '../support/obstacle.ts';
import { observe } from '../support/test-recordings.ts';
import { isInstalled } from '../support/tools.ts';
import { openPage } from './chromium.ts';
import {
  lookUp,
  makeDirectory,
  makeModuleHead,
  SOURCE,
  startModuleGraph,
} from './module-recording.ts';

const MARKUP = [
  '<img src=x onerror="parent.hurt = 1">',
  '</script><script>parent.hurt = 2</script>',
];
const MANY = 100_000;
const MB = 1e6;

/** Functions of the page around the frames. */
const HELPERS = `
const open = async (path, width, dark) => {
  const frame = document.createElement('iframe');
  frame.style.cssText = 'height: 900px; border: 0; width: ' + width + 'px';
  frame.style.colorScheme = dark ? 'dark' : 'light';
  frame.src = path;
  document.body.append(frame);
  await new Promise((resolve) => { frame.onload = resolve; });
  const page = frame.contentDocument;
  const isReady = () => page.documentElement.dataset.ready ?? page.querySelector('[role=alert]');
  while (!isReady()) await new Promise((resolve) => setTimeout(resolve, 20));
  const one = (selector) => page.querySelector(selector);
  const all = (selector) => [...page.querySelectorAll(selector)];
  const text = (selector) => one(selector)?.textContent ?? null;
  const press = (key, selector = 'body') => {
    const target = one(selector);
    target.focus();
    target.dispatchEvent(new frame.contentWindow.KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
  };
  const type = (selector, value) => {
    const input = one(selector);
    if (input.type === 'checkbox') input.checked = value;
    else input.value = value;
    input.dispatchEvent(new frame.contentWindow.Event('input', { bubbles: true }));
  };
  const drawn = () => new Promise((resolve) => {
    frame.contentWindow.requestAnimationFrame(() => setTimeout(resolve, 0));
  });
  return { frame, page, one, all, text, press, type, drawn };
};
const rows = (view) => view.all('#change tbody tr').map((row) => [...row.children].map((cell) => cell.textContent));
const titles = (view) => view.all('[role=option] .path').map((path) => path.textContent);
`;

/** Runs a program in the page, and returns its result. */
const runInPage = (files: ReadonlyMap<string, string>, program: string): Promise<unknown> =>
  openPage(
    new Map([
      ...files,
      [
        '/page.html',
        `<!DOCTYPE html><body><script type="module">${HELPERS}
const run = async () => { ${program} };
const body = JSON.stringify(await run().catch((error) => String(error.stack)));
fetch('/', { method: 'POST', body });
</script></body>`,
      ],
    ]),
    false,
  );

const why = isInstalled('chromium') ? '' : 'chromium is not installed';

describe.skipIf(isSkipped('a page of a recording', why))('a page of a recording', () => {
  const files = new Map<string, string>();

  beforeAll(async () => {
    const folder = makeFolder();
    writeFileSync(join(folder, 'm.py'), SOURCE);
    const graph = await startModuleGraph();
    const head = makeModuleHead(graph);
    const recording = new MemoryRecording(head);
    observe(graph, recording);
    lookUp(graph, 'there');
    lookUp(graph, 'gone-away');
    makeDirectory(graph, 'folder');
    for (const name of MARKUP) lookUp(graph, name.replaceAll('/', '∕'));
    graph.xlators[0]!.log.error(`said: ${MARKUP[0]}`);
    graph.observe(null);
    const bytes = recording.toBytes();
    const renderPage = (of: Uint8Array) => [...generatePage(head, of, folder)].join('');
    files.set('/whole.html', renderPage(bytes));
    files.set('/cut.html', renderPage(bytes.subarray(0, -100)));
    files.set('/none.html', renderPage(bytes.subarray(0, 70)));
  });

  it('steps forwards and backwards through a request by keys alone', async () => {
    const result = await runInPage(
      files,
      `const view = await open('/whole.html', 1200);
      const said = [view.text('#said')];
      for (const key of ['ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowLeft']) {
        view.press(key);
        said.push(view.text('#said'));
      }
      view.press('ArrowDown', '#requests');
      said.push(view.text('#title'), view.text('#said'));
      view.press('End', '#requests');
      view.press('p');
      const active = view.one('#requests').getAttribute('aria-activedescendant');
      return { said, active, chosen: view.text('#' + active + ' .path'), where: view.text('#where') };`,
    );
    expect(result).toEqual({
      said: [
        'lookup /there arrives at script',
        'script is in lookup_fop at m.py:1',
        'script is in lookup_fop at m.py:3',
        'script winds lookup /there to storage',
        'storage answers script: 0',
        'script answers: 0',
        // There is no further step.
        'script answers: 0',
        'storage answers script: 0',
        'lookup /gone-awayENOENT',
        'lookup /gone-away arrives at script',
      ],
      active: 'r3',
      chosen: `/${MARKUP[0]}`,
      where: '1 of 6 · +0.0 µs',
    });
  });

  it('shows the arguments and reply values that a translator changed, and the line of its code', async () => {
    const result = await runInPage(
      files,
      `const view = await open('/whole.html', 1200);
      view.one('[aria-label="Last step"]').click();
      const reply = rows(view);
      view.one('[aria-label="Step backwards"]').click();
      view.one('[aria-label="Step backwards"]').click();
      view.one('[aria-label="Step backwards"]').click();
      const noted = rows(view);
      const lit = [view.text('#source h3'), view.text('.lit')];
      const source = view.all('.line').map((line) => line.textContent);
      view.press('n');
      view.press('n');
      for (const key of ['ArrowRight']) view.press(key);
      const wound = rows(view);
      view.type('#all-values', true);
      return { reply, noted, lit, source, wound, all: rows(view).length, own: view.all('.hop .small').map((each) => each.textContent) };`,
    );
    expect(result).toEqual({
      reply: [['buf.ia_size', '42', '420']],
      noted: [['local', 'None', "{'seen': 1}"]],
      lit: ['m.py:3', '    return wind(size * 2)'],
      source: SOURCE.trimEnd().split('\n'),
      wound: [['mode', '0755', '0700']],
      all: 7,
      own: ['0.0 µs itself of 250.0 µs', '250.0 µs itself of 250.0 µs'],
    });
  });

  it('lists the requests that match filters by path, fop, volume and failure', async () => {
    const result = await runInPage(
      files,
      `const view = await open('/whole.html', 1200);
      const found = {};
      const look = async (name) => {
        await view.drawn();
        found[name] = [titles(view), view.text('#count')];
      };
      await look('all');
      view.type('#path', 'GONE');
      await look('path');
      view.type('#path', '');
      view.type('#fop', 'mkdir');
      await look('fop');
      view.type('#fop', '');
      view.type('#failed', true);
      await look('failed');
      view.type('#volume', 'storage');
      view.type('#path', 'no such');
      await look('none');
      found.shown = !view.one('article').hidden;
      return found;`,
    );
    const markup = MARKUP.map((name) => `/${name.replaceAll('/', '∕')}`);
    expect(result).toEqual({
      all: [['/there', '/gone-away', '/folder', ...markup], '5 requests'],
      path: [['/gone-away'], '1 of 5 requests'],
      fop: [['/folder'], '1 of 5 requests'],
      failed: [['/gone-away', '/folder'], '2 of 5 requests'],
      none: [[], '0 of 5 requests'],
      shown: false,
    });
  });

  it('shows markup in names, logs and sources as text', async () => {
    const result = await runInPage(
      files,
      `window.hurt = 0;
      const view = await open('/whole.html', 1200);
      view.press('End', '#requests');
      view.press('p');
      for (let i = 0; i < 6; i++) view.press('ArrowRight');
      await view.drawn();
      return {
        hurt: window.hurt,
        images: view.all('img').length,
        scripts: view.all('script').length,
        bold: view.all('code b').length,
        title: view.text('h2 .path'),
        log: view.text('.others li'),
      };`,
    );
    expect(result).toEqual({
      hurt: 0,
      images: 0,
      scripts: 3,
      bold: 0,
      title: `/${MARKUP[0]}`,
      log: expect.stringContaining(MARKUP[0]!),
    });
  });

  it('shows the requests of a truncated recording with a warning', async () => {
    const result = await runInPage(
      files,
      `const cut = await open('/cut.html', 1200);
      const none = await open('/none.html', 1200);
      return {
        paths: titles(cut).length,
        said: cut.all('.warnings li').map((each) => each.textContent),
        none: none.text('[role=alert]'),
      };`,
    );
    expect(result).toEqual({
      paths: 5,
      said: [
        'The recording was not ended: it was cut off, or went on when this page was made.',
        expect.stringMatching(/^slot 1 is damaged: it ends within an event; \d+ of its \d+ events/),
      ],
      none: 'The recording cannot be read: the file ends within its head',
    });
  });

  it.each([
    [390, false],
    [390, true],
    [1200, true],
  ])(
    'fits a screen of %i pixels, and gives every control a name for screen readers (dark: %s)',
    async (width, dark) => {
      const result = (await runInPage(
        files,
        `const view = await open('/whole.html', ${width}, ${dark});
      view.one('[aria-label="Last step"]').click();
      const unnamed = view.all('button, input, select, [role=listbox], canvas, svg').filter((each) =>
        !each.getAttribute('aria-label') && !each.labels?.length && !each.textContent);
      return {
        width: view.page.documentElement.scrollWidth,
        paper: view.frame.contentWindow.getComputedStyle(view.page.body).backgroundColor,
        unnamed: unnamed.map((each) => each.outerHTML),
      };`,
      )) as { width: number };
      expect(result).toEqual({
        width: expect.any(Number),
        paper: dark ? 'rgb(22, 22, 22)' : 'rgb(255, 255, 255)',
        unnamed: [],
      });
      expect(result.width).toBeLessThanOrEqual(width);
    },
  );

  it(`takes less than 30 MB for ${MANY} requests, of which it draws only the visible rows`, async () => {
    const folder = makeFolder();
    const graph = await startModuleGraph();
    const head = makeModuleHead(graph);
    const path = join(folder, 'many.rec');
    const recording = new RecordingFile(path, head, (reason) => expect.fail(reason));
    observe(graph, recording);
    for (let i = 0; i < MANY; i++) {
      lookUp(graph, `${i % 7 === 0 ? 'gone' : 'file'}-${(i * 7919) % MANY}.txt`);
      // Full pages are deflated in the background.
      if (i % 1000 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    graph.observe(null);
    await recording.close();
    const page = [...generatePage(head, readFileSync(path), folder)].join('');
    expect(page.length).toBeLessThan(30 * MB);
    const result = (await runInPage(
      new Map([['/many.html', page]]),
      `const view = await open('/many.html', 1200);
        view.press('End', '#requests');
        await view.drawn();
        return {
          ready: Number(view.page.documentElement.dataset.ready),
          count: view.text('#count'),
          last: view.one('[role=option]:last-child').getAttribute('aria-posinset'),
          rows: view.all('[role=option]').length,
        };`,
    )) as { ready: number; rows: number };
    process.stderr.write(
      `a page of ${MANY} requests: ${(page.length / MB).toFixed(1)} MB, there after ${result.ready} ms\n`,
    );
    expect(result).toMatchObject({ count: '100,000 requests', last: '100000' });
    expect(result.rows).toBeLessThan(100);
  });
});
