import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { packageRoot } from '../../../runtime/sys/paths.ts';
import { describeMounts, glossa, withScratch } from '../../../test/support/mount.ts';

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

describeMounts('glossa bench --profile', () => {
  it(
    "writes profiles in which scripts' functions have names and places",
    () =>
      withScratch(async (scratch) => {
        const stacks = ['--translator', 'negative', '--in', Object.keys(modules).join(',')];
        const load = ['-w', 'miss', '--rounds', '6', '--duration', '0.1', '--profile', 'profiles'];
        const ended = await glossa(scratch, ['bench', ...stacks, ...load, '--json'], {
          env: { TMPDIR: scratch.path },
          patience: 120_000,
        });
        expect(ended.status, ended.err).toBe(0);
        const profiles = join(scratch.path, 'profiles');
        const files = readdirSync(profiles);
        expect(files.length).toBe(2);
        for (const [language, path] of Object.entries(modules)) {
          const file = files.find((name) => name.startsWith(`${language}-`))!;
          const profile = JSON.parse(readFileSync(join(profiles, file), 'utf8')) as Profile;
          expectValid(profile);
          const frames = profile.nodes.map(({ callFrame }) => callFrame);
          const own = frames
            .filter(({ url }) => url === pathToFileURL(path).href)
            .map(({ functionName, lineNumber }) => [functionName, lineNumber + 1]);
          const source = readFileSync(path, 'utf8');
          const beginning = language === 'python' ? 'def lookup(' : 'lookup(';
          expect(own).toContainEqual(['lookup', lineOf(source, beginning)]);
          const runtime = language === 'python' ? 'Pyodide' : 'QuickJS';
          expect(frames.some(({ url }) => url.startsWith(`wasm://wasm/${runtime}-`))).toBe(true);
        }
      }),
    180_000,
  );
});
