/** Commands that need no Linux, and Volume, run without what a Mac lacks. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { NEAR_SEARCH_FACTOR } from '../apps/demo/stacks.ts';
import { packageRoot } from '../runtime/sys/paths.ts';
import { expectLookups, seed } from '../test/support/demo.ts';
import { type Scratch, withScratch } from '../test/support/mount.ts';
import { runNodeWithoutLinux, runWithoutLinux } from '../test/support/without-linux.ts';

const MEMORY = 'volume memory\n    type storage/memory\nend-volume\n';

const prepare = (scratch: Scratch): Promise<string> => scratch.writeFile('memory.vol', MEMORY);

it.each<[words: readonly string[], output: RegExp]>([
  [['check', 'memory.vol'], /the top is memory \(storage\/memory\): no problems/],
  [['graph', 'memory.vol'], /memory/],
  [['new', 'python', 'mine'], /mine\.py/],
  [['test', join(packageRoot, 'examples/negative/negative.py')], /[1-9]\d* passed, 0 failed/],
  [['playground', '--out', 'page'], /The page is page\/index\.html/],
  [['learn', '--check', 'absent.py', '1'], /absent\.py/],
  [['help', 'demo'], /glossa demo/],
])('glossa %j works without Linux', (words, output) =>
  withScratch(async (scratch) => {
    await prepare(scratch);
    const { out, err } = await runWithoutLinux(scratch, words);
    expect(err).not.toMatch(/unexpected error/);
    expect(out + err).toMatch(output);
  }),
);

it('glossa learn without Linux finds the solution of every lesson right, in both languages', () =>
  withScratch(async (scratch) => {
    const lessons = join(packageRoot, 'apps/course/lessons');
    const solutions = (readdirSync(lessons, { recursive: true }) as string[]).filter((path) =>
      /\/solution\.(py|js)$/.test(path),
    );
    const flags = solutions.flatMap((path) => ['--check', join(lessons, path)]);
    const { status, out, err } = await runWithoutLinux(scratch, ['learn', ...flags, '--json']);
    expect({ status, err }).toEqual({ status: 0, err: '' });
    const { results } = JSON.parse(out) as { results: { passed: boolean }[] };
    // One in each language.
    const { length } = readdirSync(lessons).filter((name) => /^\d+-/.test(name));
    expect(results.map(({ passed }) => passed)).toEqual(Array(2 * length).fill(true));
  }));

it('Volume over storage/memory works without Linux', () =>
  withScratch(async (scratch) => {
    await prepare(scratch);
    const program = await scratch.writeFile(
      'program.mjs',
      `import { Volume } from ${JSON.stringify(join(packageRoot, 'dist/server/index.js'))};
      const volume = await Volume.open('memory.vol');
      await volume.mkdir('/folder');
      await volume.writeFile('/folder/file', 'text');
      console.log(await volume.readFile('/folder/file', 'utf8'), await volume.readdir('/folder'));
      await volume.close();`,
    );
    const { status, out, err } = await runNodeWithoutLinux(scratch, [program]);
    expect({ status, out, err }).toEqual({ status: 0, out: "text [ 'file' ]\n", err: '' });
  }));

it.each([
  ['check', 'folder.vol', /^folder\.vol:3:22: error: /m],
  ['fs', 'ls', 'folder.vol:/', /^folder\.vol:1:8: /m],
])('storage/posix without Linux names its volfile, Linux and storage/memory: %s', (...parts) =>
  withScratch(async (scratch) => {
    const position = parts.at(-1) as RegExp;
    const volfile = 'volume folder\n    type storage/posix\n    option directory .\nend-volume\n';
    await scratch.writeFile('folder.vol', volfile);
    const { status, out, err } = await runWithoutLinux(scratch, parts.slice(0, -1) as string[]);
    expect(status).toBe(1);
    expect(out + err).toMatch(position);
    expect(out + err).toContain(
      'storage/posix needs Linux (this is darwin); storage/memory stores files in memory instead',
    );
  }),
);

it('glossa demo without Linux searches memory, near and 0.02 ms away, with the same lookups as elsewhere', () =>
  withScratch(async (scratch) => {
    const searches = 60;
    const words = [
      'demo',
      '--json',
      '--seed',
      `${seed}`,
      '--searches',
      `${searches}`,
      '--delay',
      '0.02',
    ];
    const { status, out, err } = await runWithoutLinux(scratch, words);
    expect({ status, err }).toEqual({ status: 0, err: '' });
    const { inProcess, passes } = JSON.parse(out);
    expect(inProcess).toBe(true);
    const [near, away] = [NEAR_SEARCH_FACTOR * searches, searches].map((count) =>
      expectLookups(count, 300),
    );
    const uncached = { storage: 'memory', bricks: 0, busy: null };
    expect(passes).toMatchObject([
      {
        ...{ ...uncached, delayMs: 0 },
        stacks: [
          { name: 'baseline', lookups: near!.lookups, forwarded: near!.lookups },
          { name: 'python', lookups: near!.lookups, forwarded: near!.unavoidable },
        ],
      },
      {
        ...{ ...uncached, delayMs: 0.02 },
        stacks: [
          { name: 'baseline', lookups: away!.lookups, forwarded: away!.lookups },
          { name: 'typescript', lookups: away!.lookups, forwarded: away!.unavoidable },
          { name: 'python', lookups: away!.lookups, forwarded: away!.unavoidable },
        ],
      },
    ]);
  }));

it('glossa demo without Linux prints that both storages are memory', () =>
  withScratch(async (scratch) => {
    const { status, out, err } = await runWithoutLinux(scratch, ['demo', '--searches', '20']);
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out.replaceAll(/\s+/g, ' ')).toContain('in place of bricks, which need Linux');
    expect(out).toMatch(/a search +memory,\n.* 0\.5 ms away/);
  }));

it('glossa bench --in-process without Linux compares languages over memory, unpinned', () =>
  withScratch(async (scratch) => {
    const words = ['bench', '--in-process', '--translator', 'negative', '--in', 'none,python'];
    const few = ['--rounds', '6', '--duration', '0.01', '-w', 'miss,smallfile', '--json'];
    const { status, out, err } = await runWithoutLinux(scratch, [...words, ...few]);
    expect({ status, err }).toEqual({ status: 0, err: '' });
    const { stacks, workloads, partial } = JSON.parse(out);
    expect(partial).toBe(false);
    expect(stacks[0]).toMatchObject({ name: 'none', description: 'Memory, without negative.' });
    expect(workloads).toMatchObject([
      { name: 'miss', place: 'free' },
      { name: 'smallfile', place: 'free' },
    ]);
  }));

it('glossa bench --cpu same without Linux fails, and names the placement that works', () =>
  withScratch(async (scratch) => {
    const { status, err } = await runWithoutLinux(scratch, [
      'bench',
      'memory.vol',
      '--cpu',
      'same',
    ]);
    expect(status).toBe(2);
    expect(err).toMatch(/--cpu same needs Linux, .*; --cpu free does not/);
  }));
