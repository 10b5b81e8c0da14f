import {
  chmodSync,
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadModule, testEngines } from '../../test/support/python-engines.ts';
import { selected, selectVariants } from '../../test/support/test-selection.ts';
import type { Engine } from './engine.ts';
import { patchLoader, patchRuntime } from './patches.ts';

const engines = testEngines();
afterAll(() => engines.close());

const preload = [
  { path: '/lib/python3.14/site-packages/pack/__init__.py', source: 'import random\nA = []\n' },
];
const imports = ['pack'];

function listSnapshots(): string[] {
  return readdirSync(engines.folder)
    .filter((name) => name.endsWith('.snapshot'))
    .map((name) => join(engines.folder, name));
}

function expectWorking(engine: Engine): void {
  const module = loadModule(engine, 'import pack\ndef f(a, b): return a + b + len(pack.A)\n');
  expect(engine.makeCall(engine.findAttribute(module, 'f'), 'ii')(40, 2)).toBe(42);
}

describe('the start of a Python interpreter', () => {
  it('makes a snapshot the first time, and uses it afterwards with the same result', async () => {
    const log: string[] = [];
    const options = { preload, imports, log: (line: string) => log.push(line) };
    const cold = await engines.make(options);
    expect(cold.startReport.isWarm).toBe(false);
    expectWorking(cold);
    const warm = await engines.make(options);
    expect(warm.startReport.isWarm).toBe(true);
    expectWorking(warm);
    expect(log).toEqual([]);
  });

  if (selected.others)
    it('uses another snapshot for other packages', async () => {
      const before = listSnapshots().length;
      const other = [{ path: preload[0]!.path, source: 'A = [1]\n' }];
      const engine = await engines.make({ preload: other, imports });
      expect(engine.startReport.isWarm).toBe(false);
      expect(listSnapshots().length).toBe(before + 1);
    });

  it('gives each interpreter other random numbers', async () => {
    const source = 'import random, os\ndef f(): return f"{random.random()} {os.urandom(8)}"\n';
    const numbers = new Set<string | undefined>();
    for (let i = 0; i < 2; i += 1) {
      const engine = await engines.make({ preload, imports });
      expect(engine.startReport.isWarm).toBe(true);
      numbers.add(
        engine.makeCall(engine.findAttribute(loadModule(engine, source), 'f'), '', 's')(),
      );
    }
    expect(numbers.size).toBe(2);
  });

  // The first damage is noticed before the start, the second in the middle of it. snapshot.test.ts of
  // machine/node covers the others.
  const damages: [string, (file: string, fd: number) => void][] = [
    ['of other files', (_file, fd) => writeSync(fd, 'XXXX', 40)],
    ['changed in its pages', (file, fd) => writeSync(fd, 'XXXX', statSync(file).size - 500_000)],
  ];
  it.each(selectVariants(damages, ([what]) => what === 'changed in its pages'))(
    'ignores a snapshot that is %s, and makes a new one',
    async (_what, damage) => {
      const log: string[] = [];
      await engines.make({ preload, imports });
      for (const file of listSnapshots()) {
        const fd = openSync(file, 'r+');
        damage(file, fd);
        closeSync(fd);
      }
      const engine = await engines.make({ preload, imports, log: (line) => log.push(line) });
      expect(engine.startReport.isWarm).toBe(false);
      expect(log.length).toBe(1);
      expectWorking(engine);
      expect((await engines.make({ preload, imports })).startReport.isWarm).toBe(true);
    },
  );

  it('ignores a cache that other users can write, with a warning', async () => {
    const warnings: string[] = [];
    const cacheFolder = mkdtempSync(join(engines.folder, 'shared-'));
    chmodSync(cacheFolder, 0o777);
    const warn = (line: string) => warnings.push(line);
    const engine = await engines.make({ preload, imports, cacheFolder, warn });
    expectWorking(engine);
    expect(engine.startReport.isWarm).toBe(false);
    expect(warnings).toEqual([expect.stringContaining('can be written by everybody (mode 777)')]);
    expect(readdirSync(cacheFolder)).toEqual([]);
  });

  if (selected.others)
    it('succeeds if the cache cannot be written, and logs this', async () => {
      const log: string[] = [];
      const file = join(engines.folder, 'a-file');
      writeFileSync(file, '');
      const cacheFolder = join(file, 'below');
      const engine = await engines.make({ preload, imports, cacheFolder, log: (l) => log.push(l) });
      expectWorking(engine);
      expect(log.some((line) => line.includes('cannot write'))).toBe(true);
    });

  it('refuses an unknown version of Pyodide', () => {
    expect(() => patchLoader('export default 1')).toThrow(/not the Pyodide this was written for/);
    expect(() => patchRuntime('export default 1', '')).toThrow(/pyodide\.asm\.mjs/);
  });
});
