import { execFile } from 'node:child_process';
import {
  chmod,
  cp,
  mkdir,
  readdir,
  readFile,
  rmdir,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../runtime/sys/paths.ts';
import { runGlossa, type Scratch, withScratch } from '../test/support/mount.ts';
import { isSkipped } from '../test/support/obstacle.ts';

/** This Node, and a newer one of GLOSSA_NODES, which has a compile cache of its own. */
const nodes = [process.execPath, (process.env.GLOSSA_NODES ?? '').split(':').at(-1)!];
const execute = promisify(execFile);
const FOLDER = 'cache/glossa-program';

/** The output of a command with this cache. */
async function said(
  scratch: Scratch,
  node: string,
  variables: NodeJS.ProcessEnv = {},
): Promise<string> {
  const env = { XDG_CACHE_HOME: scratch.at('cache'), ...variables };
  const { status, out, err } = await runGlossa(scratch, ['help', 'umount'], { node, env });
  expect({ status, err }).toEqual({ status: 0, err: '' });
  expect(out).toContain('glossa umount MNT|BRICK');
  return out;
}

/** Files below a folder, with the times of their last changes. */
async function filesIn(folder: string): Promise<[path: string, time: number][]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((e) => join(e.parentPath, e.name));
  return Promise.all(
    paths.sort().map(async (path) => [path, (await stat(path)).mtimeMs] satisfies [string, number]),
  );
}

/** Damages of a file by what is left of its bytes. */
const damages: [string, (bytes: Buffer) => Buffer][] = [
  ['replaced', () => Buffer.from('damaged')],
  ['cut off', (bytes) => bytes.subarray(0, bytes.length / 2)],
  ['empty', () => Buffer.alloc(0)],
  [
    'changed in one byte',
    (bytes) => Buffer.from(bytes.with(bytes.length >> 2, ~bytes[bytes.length >> 2]!)),
  ],
];

describe.each(nodes)('the compile cache of %s', (node) => {
  const why = node === '' ? 'GLOSSA_NODES names no newer Node' : '';
  const test = it.skipIf(isSkipped('modules as they were compiled', why));
  test('is readable by its user alone, and is not written again by a second command', () =>
    withScratch(async (scratch) => {
      const out = await said(scratch, node);
      const kept = await filesIn(scratch.at(FOLDER));
      expect(kept).not.toEqual([]);
      expect((await stat(scratch.at(FOLDER))).mode & 0o777).toBe(0o700);
      expect(await said(scratch, node)).toBe(out);
      expect(await filesIn(scratch.at(FOLDER))).toEqual(kept);
    }));

  test.each(damages)('is written again when its files are %s', (_, damage) =>
    withScratch(async (scratch) => {
      const out = await said(scratch, node);
      const kept = await filesIn(scratch.at(FOLDER));
      const damaged = new Map<string, Buffer>();
      for (const [path] of kept) damaged.set(path, damage(await readFile(path)));
      for (const [path, bytes] of damaged) await writeFile(path, bytes);
      expect(await said(scratch, node)).toBe(out);
      for (const [path, bytes] of damaged)
        expect(bytes.equals(await readFile(path)), path).toBe(false);
    }),
  );

  test('follows a file that another version of the same length and time replaces', () =>
    withScratch(async (scratch) => {
      const copied = ['package.json', 'dist/cli', 'dist/joined'];
      for (const path of copied)
        await cp(join(packageRoot, path), scratch.at(join('new', path)), { recursive: true });
      await symlink(join(packageRoot, 'node_modules'), scratch.at('new/node_modules'));
      const env = { XDG_CACHE_HOME: scratch.at('cache') };
      const main = scratch.at('new/dist/cli/main.cjs');
      const run = async () => (await execute(node, [main, 'help', 'version'], { env })).stdout;
      expect(await run()).toContain('Prints the version.');
      const file = scratch.at('new/dist/joined/command.cjs');
      const { atime, mtime } = await stat(file);
      const text = await readFile(file, 'utf8');
      expect(text).toContain('Prints the version.');
      await writeFile(file, text.replace('Prints the version.', 'Writes the version.'));
      await utimes(file, atime, mtime);
      expect(await run()).toContain('Writes the version.');
    }));

  test('stays empty if NODE_DISABLE_COMPILE_CACHE is set', () =>
    withScratch(async (scratch) => {
      await said(scratch, node, { NODE_DISABLE_COMPILE_CACHE: '1' });
      expect(await filesIn(scratch.path)).toEqual([]);
    }));

  const foreign: [string, (scratch: Scratch) => Promise<unknown>][] = [
    ['others may enter', (scratch) => chmod(scratch.at(FOLDER), 0o711)],
    ['others may write above it', (scratch) => chmod(scratch.at('cache'), 0o777)],
    [
      'is a link',
      async (scratch) => {
        await scratch.makeFolder('elsewhere');
        await rmdir(scratch.at(FOLDER));
        await symlink(scratch.at('elsewhere'), scratch.at(FOLDER));
      },
    ],
  ];
  test.each(foreign)('stays unused in a folder that %s', (_, spoil) =>
    withScratch(async (scratch) => {
      await mkdir(scratch.at(FOLDER), { recursive: true, mode: 0o700 });
      await spoil(scratch);
      await said(scratch, node);
      expect(await filesIn(scratch.path)).toEqual([]);
    }),
  );
});
