/** Commands that need no Linux, and Volume, run without what a Mac lacks. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../runtime/sys/paths.ts';
import { type Scratch, withScratch } from '../test/support/mount.ts';
import { runNodeWithoutLinux, runWithoutLinux } from '../test/support/without-linux.ts';

const MEMORY = 'volume memory\n    type storage/memory\nend-volume\n';

const prepare = (scratch: Scratch): Promise<string> => scratch.writeFile('memory.vol', MEMORY);

it.each<[words: readonly string[], output: RegExp]>([
  [['check', 'memory.vol'], /the top is memory \(storage\/memory\): no problems/],
  [['graph', 'memory.vol'], /memory/],
  [['new', 'python', 'mine'], /mine\.py/],
  [['test', join(packageRoot, 'examples/negative/negative.py')], /5 passed, 0 failed/],
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

it('Volume over storage/memory works without Linux', () =>
  withScratch(async (scratch) => {
    await prepare(scratch);
    const program = await scratch.writeFile(
      'program.mjs',
      `import { Volume } from ${JSON.stringify(join(packageRoot, 'dist/index.js'))};
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
