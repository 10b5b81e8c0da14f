/**
 * Tests of the playground's worker in Chromium, started as the page starts it: from a blob, under a
 * policy without network access, and without shared memory.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readPageParts } from '../../bridges/machine/node/page-parts.ts';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { bundle } from '../../tools/bundle.ts';
import { makeFolder } from '../support/folder.ts';
import { isSkipped } from '../support/obstacle.ts';
import { isInstalled } from '../support/tools.ts';
import { openPage } from './chromium.ts';

const POLICY = [
  "default-src 'none'",
  "script-src 'unsafe-inline' 'unsafe-eval' blob:",
  'worker-src blob:',
  "connect-src 'none'",
].join('; ');

const TEXTS = {
  '/graph.vol': `volume disk
    type storage/memory
end-volume
volume cache
    type features/glupy
    option module-name negative
    subvolumes disk
end-volume
`,
  '/negative.py': readFileSync(join(packageRoot, 'examples/negative/negative.py'), 'utf8'),
};

/** The page around the frame with the policy: passes the served files in, and posts the outcome. */
const PAGE = `<!doctype html>
<script type="module">
  const get = async (path) => new Uint8Array(await (await fetch(path)).arrayBuffer());
  const names = await (await fetch('/parts.json')).json();
  const parts = new Map(await Promise.all(names.map(async (name) => [name, await get('/parts/' + name)])));
  const script = await get('/worker.js');
  onmessage = ({ data }) => fetch('/outcome', { method: 'POST', body: JSON.stringify(data) });
  const frame = document.createElement('iframe');
  frame.onload = () => frame.contentWindow.postMessage({ script, parts }, '*');
  frame.src = '/inner.html';
  document.body.append(frame);
</script>
<body></body>`;

const INNER = `<!doctype html>
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<script>
  onmessage = async ({ data: { script, parts } }) => {
    const worker = new Worker(URL.createObjectURL(new Blob([script])));
    const waiting = new Map();
    worker.onerror = ({ message }) => parent.postMessage({ failed: message }, '*');
    worker.onmessage = ({ data }) => waiting.get(data.id)(data);
    let id = 0;
    const ask = (kind, body) => new Promise((resolve) => {
      id += 1;
      waiting.set(id, resolve);
      worker.postMessage({ id, kind, body });
    });
    const search = { line: 'search file009.php' };
    const reached = await fetch('/parts.json').then(() => 'reached', () => 'refused');
    const early = await ask('run', search);
    await ask('open', { parts });
    const started = await ask('start', { texts: ${JSON.stringify(TEXTS)}, distanceMs: 1.4, journal: [] });
    const first = await ask('run', search);
    await ask('distance', { distanceMs: 0 });
    const second = await ask('run', search);
    const words = await ask('complete', { line: 'cat dir3/' });
    parent.postMessage({
      reached, early, started, words,
      counters: [first, second].map(({ body }) => body.counters),
      recorded: first.body.recording instanceof Uint8Array && first.body.recording.length,
    }, '*');
  };
</script>`;

const why = isInstalled('chromium') ? '' : 'chromium is not installed';

it.skipIf(isSkipped('the playground in a browser', why))(
  "in a page without network access, the playground's worker starts from a blob URL and runs a graph",
  async () => {
    const folder = makeFolder();
    bundle(packageRoot, folder);
    const parts = readPageParts();
    const files = new Map<string, string | Uint8Array>([
      ['/page.html', PAGE],
      ['/inner.html', INNER],
      ['/worker.js', readFileSync(join(folder, 'apps/playground/play/worker.js'))],
      ['/parts.json', JSON.stringify([...parts.keys()])],
      ...[...parts].map(([name, content]) => [`/parts/${name}`, content] as const),
    ]);
    expect(await openPage(files, false)).toMatchObject({
      reached: 'refused',
      early: { failure: expect.stringContaining('parts') },
      started: { body: { isRunning: true, problems: [] } },
      words: { body: ['dir3/file003.php'] },
      counters: [
        { requestCount: 20, storageCount: 20, waitedMs: 28 },
        { requestCount: 30, storageCount: 21, waitedMs: 28 },
      ],
      recorded: expect.any(Number),
    });
  },
);
