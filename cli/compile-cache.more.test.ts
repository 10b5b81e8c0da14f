import { chmod, mkdir, readdir, rmdir, stat, symlink, writeFile } from 'node:fs/promises';
import module from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runGlossa, type Scratch, withScratch } from '../test/support/mount.ts';
import { isSkipped } from '../test/support/obstacle.ts';

/** A Node with a compile cache: this one, or a newer one of GLOSSA_NODES. */
const node =
  'enableCompileCache' in module
    ? process.execPath
    : (process.env.GLOSSA_NODES ?? '').split(':').filter(Boolean).at(-1);
const why = node === undefined ? `Node ${process.version} keeps nothing compiled` : '';
const FOLDER = 'cache/glossa/program';

/** The output of a command with this cache. */
async function said(scratch: Scratch): Promise<string> {
  const env = { XDG_CACHE_HOME: scratch.at('cache') };
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

describe.skipIf(isSkipped('modules as they were compiled', why))('the compile cache', () => {
  it('is readable by its user alone, and is not written again by a second command', () =>
    withScratch(async (scratch) => {
      const out = await said(scratch);
      const kept = await filesIn(scratch.at(FOLDER));
      expect(kept).not.toEqual([]);
      expect((await stat(scratch.at(FOLDER))).mode & 0o777).toBe(0o700);
      expect(await said(scratch)).toBe(out);
      expect(await filesIn(scratch.at(FOLDER))).toEqual(kept);
    }));

  it('is written again when it is damaged', () =>
    withScratch(async (scratch) => {
      const out = await said(scratch);
      const kept = await filesIn(scratch.at(FOLDER));
      for (const [path] of kept) await writeFile(path, 'damaged');
      expect(await said(scratch)).toBe(out);
      for (const [path] of kept) expect((await stat(path)).size).toBeGreaterThan(7);
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
  it.each(foreign)('stays unused in a folder that %s', (_, spoil) =>
    withScratch(async (scratch) => {
      await mkdir(scratch.at(FOLDER), { recursive: true, mode: 0o700 });
      await spoil(scratch);
      await said(scratch);
      expect(await filesIn(scratch.path)).toEqual([]);
    }),
  );
});
