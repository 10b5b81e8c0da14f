/** After random fops on names each inode has its gfid handle, and no handle is left over. */

import * as fs from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TestVolume } from '../../../../test/contract/driver.ts';
import { makeFolder } from '../../../../test/support/folder.ts';
import { isRoot, listGfidHandles, readGfid, startBrick } from '../../../../test/support/posix.ts';
import { ROOT_GFID } from '../../../core/gfid.ts';
import type { Inode } from '../../../core/inode.ts';
import { RENAME_EXCHANGE, RENAME_NOREPLACE } from '../../../core/xdata.ts';

/** A name in the root, or in one of its directories that has an inode. */
type At = readonly [dir: string, name: string];
const at = fc.tuple(fc.constantFrom('', 'a', 'b'), fc.constantFrom('a', 'b', 'c'));
const flags = fc.constantFrom(0, 0, RENAME_NOREPLACE, RENAME_EXCHANGE);

interface Step {
  readonly title: string;
  run(vol: TestVolume): Promise<unknown>;
}

const dirOf = (vol: TestVolume, [dir]: At): Inode =>
  (dir === '' ? undefined : vol.root.children?.get(dir)) ?? vol.root;

/** A step that runs one operation on a name; the operation may fail. */
const one = (title: string, run: (vol: TestVolume, dir: Inode, name: string) => Promise<unknown>) =>
  at.map(
    (place): Step => ({
      title: `${title} ${place.join('/')}`,
      run: (vol) => run(vol, dirOf(vol, place), place[1]),
    }),
  );

/** A step that runs one operation on two names. */
const two = (
  title: string,
  run: (
    vol: TestVolume,
    from: Inode,
    name: string,
    to: Inode,
    toName: string,
    how: number,
  ) => unknown,
) =>
  fc.tuple(at, at, flags).map(
    ([from, to, how]): Step => ({
      title: `${title} ${from.join('/')} ${to.join('/')} ${how}`,
      run: async (vol) => run(vol, dirOf(vol, from), from[1], dirOf(vol, to), to[1], how),
    }),
  );

async function link(vol: TestVolume, from: Inode, name: string, to: Inode, toName: string) {
  const inode = from.children?.get(name);
  if (inode !== undefined && !inode.isDir) await vol.link(inode, to, toName);
}

const step: fc.Arbitrary<Step> = fc.oneof(
  one('create', async (vol, dir, name) => (await vol.create(dir, name)).fd?.release()),
  one('mkdir', (vol, dir, name) => vol.mkdir(dir, name)),
  one('symlink', (vol, dir, name) => vol.symlink(dir, name, 'target')),
  one('unlink', (vol, dir, name) => vol.unlink(dir, name)),
  one('rmdir', (vol, dir, name) => vol.rmdir(dir, name)),
  two('rename', (vol, from, name, to, toName, how) => vol.rename(from, name, to, toName, how)),
  two('link', link),
);

/** The handle that each inode with a name in the brick must have. */
function wanted(directory: string): Map<string, string> {
  const found = new Map<string, string>();
  const visit = (folder: string, parent: string) => {
    for (const name of fs.readdirSync(folder)) {
      if (folder === directory && name === '.glusterfs') continue;
      const path = join(folder, name);
      const gfid = readGfid(path)!;
      const st = fs.lstatSync(path);
      const above = join(parent.slice(0, 2), parent.slice(2, 4), parent);
      found.set(gfid, st.isDirectory() ? `../../${above}/${name}` : `${st.ino}`);
      if (st.isDirectory()) visit(path, gfid);
    }
  };
  visit(directory, ROOT_GFID);
  return found;
}

/** The handles in the brick; a symbolic link to no directory is a hard link of a symlink. */
function present(directory: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const [gfid, path] of listGfidHandles(directory)) {
    const st = fs.lstatSync(path);
    const text = st.isSymbolicLink() ? fs.readlinkSync(path) : '';
    found.set(gfid, text.startsWith('../../') ? text : `${st.ino}`);
  }
  return found;
}

const sorted = (map: Map<string, string>) => [...map].map((pair) => pair.join(' ')).sort();

// A user's symbolic links can store no gfid to compare with.
test.runIf(isRoot)(
  'a brick has a gfid handle for each inode, and no others, after any changes',
  async () => {
    const steps = fc.array(step, { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(steps, async (script) => {
        const directory = makeFolder();
        const vol = await startBrick(directory, { 'gfid-handles': 'on' });
        try {
          for (const { run } of script) {
            await run(vol);
            // As the kernel does after a change it has not made.
            for (const name of ['a', 'b', 'c']) await vol.lookup(vol.root, name);
          }
          const titles = script.map(({ title }) => title).join('; ');
          expect(sorted(present(directory)), titles).toEqual(sorted(wanted(directory)));
        } finally {
          await vol.stop();
        }
      }),
      { numRuns: 60 },
    );
  },
);
