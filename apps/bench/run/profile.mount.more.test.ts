import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { packageRoot } from '../../../runtime/sys/paths.ts';
import { benchVolfile } from '../../../test/support/benches.ts';
import { describeMounts, GLOSSA, run, withScratch } from '../../../test/support/mount.ts';

const folder = join(packageRoot, 'examples/negative');
const modules: Readonly<Record<string, string>> = {
  python: join(folder, 'negative.py'),
  javascript: join(folder, 'javascript/negative.js'),
};

/** What viewers of V8's profiles (`Profiler.Profile`) read of one. */
interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: {
      readonly functionName: string;
      readonly scriptId: string;
      readonly url: string;
      readonly lineNumber: number;
      readonly columnNumber: number;
    };
    readonly hitCount: number;
    readonly children?: readonly number[];
  }[];
  readonly startTime: number;
  readonly endTime: number;
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** One tree of all nodes, and samples of them in the order of time. */
function expectValid({ nodes, samples, timeDeltas, startTime, endTime }: Profile): void {
  const ids = nodes.map(({ id }) => id);
  const children = nodes.flatMap((node) => node.children ?? []);
  expect(new Set(ids).size).toBe(ids.length);
  expect([nodes[0]!.id, ...children].toSorted((a, b) => a - b)).toEqual(
    ids.toSorted((a, b) => a - b),
  );
  const known = new Set(ids);
  expect(samples.every((id) => known.has(id))).toBe(true);
  expect(timeDeltas.length).toBe(samples.length);
  expect(timeDeltas.every(Number.isSafeInteger)).toBe(true);
  expect(endTime).toBeGreaterThan(startTime);
  for (const { callFrame } of nodes) {
    expect(callFrame).toMatchObject({
      functionName: expect.any(String),
      scriptId: expect.any(String),
      url: expect.any(String),
      lineNumber: expect.any(Number),
      columnNumber: expect.any(Number),
    });
  }
}

/** Where a source has a line that begins with this; counted from 1. */
const lineOf = (source: string, beginning: string): number =>
  source.split('\n').findIndex((line) => line.trim().startsWith(beginning)) + 1;

const volfileOf = (path: string): string =>
  benchVolfile(
    `volume negative
    type features/glupy
    option module-name ${basename(path)}
    option module-path ${dirname(path)}
    subvolumes brick
end-volume
`,
    'negative',
  );

/** Asks for names that are absent, long enough for samples of the module. */
const LOAD = 'i=0; while [ $i -lt 3000 ]; do [ -e "absent$i" ]; i=$((i+1)); done';

describeMounts("a CPU profile of a mount's server, with GLOSSA_NAMED_FRAMES", () => {
  it.each(Object.entries(modules))('has functions of %s with names and places', (language, path) =>
    withScratch(async (scratch) => {
      const volfile = await scratch.file('negative.vol', volfileOf(path));
      await scratch.folder('files');
      const profiles = await scratch.folder('profiles');
      const profiled = ['--cpu-prof', '--cpu-prof-interval=200', `--cpu-prof-dir=${profiles}`];
      const command = ['run', volfile, '--', 'sh', '-c', LOAD];
      const ended = await run(scratch, process.execPath, [...profiled, GLOSSA, ...command], {
        env: { GLOSSA_NAMED_FRAMES: '1' },
        patience: 120_000,
      });
      expect(ended.status, ended.err).toBe(0);
      const found = readdirSync(profiles).map(
        (name) => JSON.parse(readFileSync(join(profiles, name), 'utf8')) as Profile,
      );
      for (const profile of found) expectValid(profile);
      const frames = found.flatMap(({ nodes }) => nodes.map(({ callFrame }) => callFrame));
      const own = frames
        .filter(({ url }) => url === pathToFileURL(path).href)
        .map(({ functionName, lineNumber }) => [functionName, lineNumber + 1]);
      const source = readFileSync(path, 'utf8');
      const beginning = language === 'python' ? 'def lookup(' : 'lookup(';
      expect(own).toContainEqual(['lookup', lineOf(source, beginning)]);
      const runtime = language === 'python' ? 'Pyodide' : 'QuickJS';
      expect(frames.some(({ url }) => url.startsWith(`wasm://wasm/${runtime}-`))).toBe(true);
    }),
  );
});
