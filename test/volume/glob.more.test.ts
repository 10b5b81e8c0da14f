/** Compares `volume.glob` with `fs.globSync` of a Node that has it, 22 or later, on random patterns. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Volume } from '../../server/index.ts';
import { makeFolder } from '../support/folder.ts';
import { nodes } from '../support/nodes.ts';
import { isSkipped } from '../support/obstacle.ts';

const node = nodes.findLast(
  (path) => spawnSync(path, ['-e', 'process.exit(require("fs").globSync ? 0 : 1)']).status === 0,
);
const obstacle = node === undefined ? 'no Node with fs.glob, 22 or later (GLOSSA_NODES)' : '';

const segment = fc.constantFrom(
  ...['a', 'b', './a', 'c.ts', '*', '**', '*.ts', '?', '[ab]', '[!a]*', '.*', '.h', '..', 'link'],
  ...[
    '{a,b}',
    '*.{ts,js}',
    '!(a)',
    '@(a|b)',
    '+(a|b)*',
    '{a/b,c.ts}',
    '(1)',
    'x (1).ts',
    '**b',
    '',
  ],
);
const pattern = fc.oneof(
  fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => segments.join('/')),
  fc.array(segment, { minLength: 1, maxLength: 3 }).map((segments) => `${segments.join('/')}/`),
);
/**
 * Node treats otherwise: absolute patterns, `..` itself, and a file with `/**`. A volume refuses
 * `..` after a segment that is not a name.
 */
const isUsable = (text: string): boolean =>
  text !== '' &&
  !/^\/|\.\.$|\.ts\}?(\/+\*\*)+$/.test(text) &&
  !/[*?[({!+@][^/]*\/+(\.\/+)*\.\.(\/|$)/.test(text);
const query = fc.record({
  patterns: pattern.filter(isUsable),
  exclude: fc.option(
    fc.array(
      pattern.filter((text) => isUsable(text) && !/\.\.?(\/|$)|\(|\*\*\/*$/.test(text)),
      { maxLength: 1 },
    ),
  ),
});

/** Below it `..` four times stays in the test's own folder. */
const TOP = 'top/2/3/4/5';
const FOLDERS = ['a/b/a', 'b', '.h/a', '(1)'];
const FILES = ['c.ts', 'a/b/c.ts', 'a/c.js', 'a/.c.ts', '.h/a/c.ts', 'b/x (1).ts', '(1)/f', 'ab'];

/** Node leaves a slash at the end of `../`. */
const withoutSlashes = (paths: readonly string[]): string[] =>
  [...new Set(paths.map((path) => path.replace(/(?<=.)\/+$/, '')))].sort();

const PROGRAM = `
const { globSync } = require('node:fs');
const queries = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
console.log(JSON.stringify(queries.map(({ patterns, exclude }) =>
  globSync(patterns, { cwd: process.argv[1], exclude: exclude ?? undefined }))));
`;

it.skipIf(isSkipped('glob', obstacle))(
  'glob on a volume finds the same files as Node does on a disk, for any patterns',
  async () => {
    const folder = makeFolder();
    await using volume = await Volume.open({
      volfile: 'volume m\ntype storage/memory\nend-volume\n',
    });
    for (const path of FOLDERS) {
      mkdirSync(join(folder, TOP, path), { recursive: true });
      await volume.mkdir(join(TOP, path), { recursive: true });
    }
    for (const path of FILES) {
      writeFileSync(join(folder, TOP, path), '');
      await volume.writeFile(join(TOP, path), '');
    }
    symlinkSync('a', join(folder, TOP, 'link'));
    await volume.symlink('a', join(TOP, 'link'));
    const queries = fc
      .sample(query, 2000)
      // Node excludes by absolute paths.
      .filter(({ patterns, exclude }) => exclude === null || !patterns.includes('..'));
    const { stdout, stderr } = spawnSync(node!, ['-e', PROGRAM, join(folder, TOP)], {
      input: JSON.stringify(queries),
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    });
    expect(stderr.replace(/.*ExperimentalWarning.*|.*--trace-warnings.*/g, '').trim()).toBe('');
    const expected = JSON.parse(stdout) as string[][];
    const { globSync: findNow } = volume.fs as unknown as {
      globSync(patterns: string, options: object): string[];
    };
    for (const [at, { patterns, exclude }] of queries.entries()) {
      const found: string[] = [];
      const options = { cwd: `/${TOP}`, exclude: exclude ?? undefined };
      for await (const path of volume.glob(patterns, options)) found.push(path);
      const text = JSON.stringify([patterns, exclude]);
      expect(found.sort(), text).toEqual(withoutSlashes(expected[at]!));
      expect(findNow(patterns, options).sort(), text).toEqual(found);
    }
  },
);
