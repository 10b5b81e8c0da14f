/**
 * Tests of the bridges in a browser: a page in Chromium with a graph in a worker, whose modules are
 * the examples in Python and in JavaScript.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { readPageParts } from '../../bridges/machine/node/page-parts.ts';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { isSkipped } from '../support/obstacle.ts';
import { isInstalled } from '../support/tools.ts';
import { openPage } from './chromium.ts';
import type { ModuleRun, Outcome } from './worker.ts';

const read = (path: string): string => readFileSync(join(packageRoot, path), 'utf8');

const LOOP = {
  py: `from glupy import Translator
class xlator(Translator):
    def lookup(self, frame, loc, xdata):
        while loc.name == "loop": pass
        frame.wind()
`,
  js: `import { Translator } from 'glossa';
export class xlator extends Translator {
  lookup(frame, loc) {
    while (loc.name === 'loop');
    frame.wind();
  }
}
`,
  /** One call of C for minutes, without a check for signals. */
  never: `import decimal
from glupy import Translator
class xlator(Translator):
    def lookup(self, frame, loc, xdata):
        decimal.Context(10**7).exp(2)
`,
  spy: `from glupy import Translator
tried = []
for what in ("import js", "import pyodide_js", "open('/etc/passwd')", "import _pyodide_core"):
    try:
        exec(what)
        tried.append("done")
    except Exception as error:
        tried.append(type(error).__name__)
import gc
tried.append(str(sum(type(each).__name__.startswith("Js") for each in gc.get_objects())))
class xlator(Translator):
    def init(self):
        self.log.warning("tried: " + " ".join(tried))
`,
};

const MODULES = {
  '/examples/negative.py': read('examples/negative/negative.py'),
  '/examples/negative.js': read('examples/negative/javascript/negative.js'),
  '/examples/loop.py': LOOP.py,
  '/examples/loop.js': LOOP.js,
  '/examples/never.py': LOOP.never,
  '/examples/spy.py': LOOP.spy,
};

/** Bundles for a browser, and checks that no import is left. */
async function bundle(options: BuildOptions): Promise<string> {
  const { outputFiles, metafile } = await build({
    ...options,
    bundle: true,
    minify: true,
    platform: 'browser',
    format: 'esm',
    target: 'es2023',
    alias: { 'glossa/browser': join(packageRoot, 'bridges/browser.ts') },
    metafile: true,
    write: false,
    logLevel: 'silent',
  });
  expect(Object.values(metafile.outputs).flatMap(({ imports }) => imports)).toEqual([]);
  return outputFiles[0]!.text;
}

const renderPage = (script: string, runs: readonly ModuleRun[]): string => `<!doctype html>
<script>
  const tell = (result) => fetch('/outcome', { method: 'POST', body: JSON.stringify(result) });
  const { port1, port2 } = new MessageChannel();
  const worker = new Worker('${script}', { type: 'module' });
  worker.onmessage = ({ data }) => tell(data);
  worker.onerror = ({ message }) => tell({ failed: message });
  port1.onmessage = ({ data }) => {
    worker.terminate();
    tell({ lost: data });
  };
  worker.postMessage({ wanted: ${JSON.stringify(runs)}, lost: port2 }, [port2]);
</script>
`;

const why = isInstalled('chromium') ? '' : 'chromium is not installed';
const skipped = isSkipped('the bridges in a browser', why);

describe.skipIf(skipped)('modules in a browser', () => {
  const files = new Map<string, string | Uint8Array>();
  const shown = /```js\n(.*?)```/s.exec(read('docs/write/browser.md'))![1]!;

  beforeAll(async () => {
    files.set(
      '/worker.js',
      await bundle({ entryPoints: [join(import.meta.dirname, 'worker.ts')] }),
    );
    const document = { contents: shown.replaceAll('\n   ', '\n'), resolveDir: packageRoot };
    files.set('/shown.js', await bundle({ stdin: document }));
    files.set('/modules.json', JSON.stringify(MODULES));
    const parts = readPageParts();
    for (const [name, content] of parts) files.set(`/parts/${name}`, content);
    files.set('/parts/index.json', JSON.stringify([...parts.keys()]));
  });

  const open = (...runs: ModuleRun[]): Promise<unknown> =>
    openPage(new Map([...files, ['/page.html', renderPage('/worker.js', runs)]]), true);

  const runModules = async (...runs: ModuleRun[]): Promise<Outcome[]> => {
    const outcome = (await open(...runs)) as { outcomes: Outcome[] };
    expect(outcome).toHaveProperty('outcomes');
    return outcome.outcomes;
  };

  it('answer requests, are ended at their time limit, and cannot reach files or scripts of the page', async () => {
    const steps = ['lookup absent', 'lookup absent', 'mkdir absent', 'lookup absent'];
    const looping = ['lookup loop', 'lookup other'];
    const limited = { 'time-limit': '1' };
    const [python, javascript, loopPy, loopJs, spy, granted] = await runModules(
      { module: 'negative.py', steps },
      { module: 'negative.js', steps },
      { module: 'loop.py', options: limited, steps: looping },
      { module: 'loop.js', options: limited, steps: looping },
      { module: 'spy.py', steps: [] },
      { module: 'negative.py', options: { 'allow-read': '/etc' }, steps: [] },
    );
    for (const negative of [python!, javascript!]) {
      expect(negative).toMatchObject({ steps: ['ENOENT', 'ENOENT', 'made', 'found'] });
      // The second look-up was answered above the storage, and the third not.
      expect(negative.lookups).toBe(2);
      expect(negative.log.join('\n')).not.toMatch(/\] [WEC] \[/);
    }
    for (const loop of [loopPy!, loopJs!]) {
      expect(loop.steps).toEqual([expect.stringContaining('EIO'), 'ENOENT']);
      expect(loop.log.join('\n')).toMatch(/time.limit/);
    }
    const tried =
      'tried: ModuleNotFoundError ModuleNotFoundError PermissionError ModuleNotFoundError 0';
    expect(spy!.log.join('\n')).toContain(tried);
    expect(granted).toContain(
      'option allow-read: a browser has no files that this option could name',
    );
  });

  it('serve a volume, whose files a program in the browser writes and reads without Node', async () => {
    const [outcome] = await runModules({ module: 'negative.py', steps: ['volume a', 'lookup a'] });
    expect(outcome!.steps).toEqual([`text of a${'t'.charCodeAt(0)}`, 'found']);
  });

  it('are reported to the page when the time limit cannot end them', async () => {
    const never = { module: 'never.py', options: { 'time-limit': '0.5' }, steps: ['lookup a'] };
    const { lost } = (await open(never)) as { lost: { volume: string; seconds: number } };
    expect(lost.volume).toBe('top');
    expect(lost.seconds).toBeGreaterThan(1);
  });

  it('run in the example of docs/write/browser.md, which warns that time limits need shared memory', async () => {
    const outcome = await openPage(
      new Map([...files, ['/page.html', renderPage('/shown.js', [])]]),
      false,
    );
    expect(outcome).toMatchObject({ told: expect.stringContaining('EACCES'), isAbsent: true });
    const { log } = outcome as { log: string[] };
    expect(log.join('\n')).toMatch(/ W .*calls that run too long are not ended.*COOP and COEP/);
  });
});
