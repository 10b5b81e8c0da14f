/** Checks of the storage contract: directory listings. */
import { expect } from 'vitest';
import { ENOENT } from '../../runtime/core/errno.ts';
import { NULL_GFID, ROOT_GFID } from '../../runtime/core/gfid.ts';
import { IA_IFDIR, IA_IFREG } from '../../runtime/core/iatt.ts';
import type { Inode } from '../../runtime/core/inode.ts';
import { type Checks, file, mkdir, ok } from './check.ts';
import type { TestVolume } from './driver.ts';

const DT_DIR = 4;
const DT_REG = 8;
const DT_LNK = 10;
/** Room for one entry of a short name, as FUSE counts, with and without attributes. */
const ONE_ENTRY = 32;
const ONE_ENTRY_PLUS = 160;

async function fill(vol: TestVolume, dir: Inode, count: number): Promise<string[]> {
  const names = Array.from({ length: count }, (_, i) => `f${i}`);
  for (const name of names) ok(await vol.mknod(dir, name, 0o100644));
  return names.sort();
}

export const dirChecks: Checks = {
  'readdir returns every name with type and gfid': async (vol) => {
    const d = await mkdir(vol, vol.root, 'd');
    const [f, sub] = [await file(vol, d, 'f'), await mkdir(vol, d, 'sub')];
    const link = ok(await vol.symlink(d, 'l', 'f')).inode!;
    const listed = new Map((await vol.list(d)).map((entry) => [entry.name, entry]));
    expect([...listed.keys()].sort()).toEqual(['.', '..', 'f', 'l', 'sub']);
    expect(listed.get('f')).toMatchObject({ type: DT_REG, gfid: f.gfid, stat: null });
    expect(listed.get('sub')).toMatchObject({ type: DT_DIR, gfid: sub.gfid });
    expect(listed.get('l')).toMatchObject({ type: DT_LNK, gfid: link.gfid });
    expect(listed.get('.')).toMatchObject({ type: DT_DIR, gfid: d.gfid });
    expect(listed.get('..')).toMatchObject({ type: DT_DIR, gfid: ROOT_GFID });
    const above = (await vol.list(vol.root)).filter((entry) => entry.name.startsWith('.'));
    expect(above.map((entry) => entry.gfid)).toEqual([ROOT_GFID, ROOT_GFID]);
  },

  'readdirp returns attributes and unlinked inodes': async (vol) => {
    const f = await file(vol, vol.root, 'f', 'four');
    await mkdir(vol, vol.root, 'd');
    const entries = await vol.list(vol.root, 4096, 'readdirp');
    const byName = new Map(entries.map((entry) => [entry.name, entry]));
    expect(byName.get('f')!.stat).toMatchObject({ iaType: IA_IFREG, iaSize: 4, iaGfid: f.gfid });
    expect(byName.get('d')!.stat).toMatchObject({ iaType: IA_IFDIR });
    expect(byName.get('f')!.inode).toMatchObject({ linked: false, gfid: NULL_GFID });
    expect(byName.get('f')!.inode).not.toBe(f);
    expect(byName.get('.')!.inode).toBeNull();
  },

  'an inode from readdirp can be linked and used': async (vol) => {
    const d = await mkdir(vol, vol.root, 'd');
    await fill(vol, d, 3);
    const { inodes } = vol.graph;
    const entries = await vol.list(d, 4096, 'readdirp');
    const entry = entries.find(({ name }) => name === 'f1')!;
    inodes.unlink(d, 'f1');
    inodes.forget(inodes.find(entry.gfid) ?? inodes.root, 0);
    const inode = inodes.link(entry.inode!, d, 'f1', entry.stat!)!;
    expect(ok(await vol.stat(inode)).buf!.iaGfid).toBe(entry.gfid);
  },

  'readdir with room for one entry pages through all names': async (vol) => {
    const names = await fill(vol, vol.root, 50);
    expect(await vol.names(vol.root, ONE_ENTRY)).toEqual(names);
    const plus = await vol.list(vol.root, ONE_ENTRY_PLUS, 'readdirp');
    expect(plus).toHaveLength(52);
    const { fd } = ok(await vol.opendir(vol.root));
    for (const [fop, size, count] of [
      ['readdir', 5 * ONE_ENTRY, 5],
      ['readdirp', 3 * ONE_ENTRY_PLUS, 3],
    ] as const) {
      const reply = ok(await vol.fop(fop, fd!, size, 0, null));
      expect([reply.opRet, reply.entries!.length]).toEqual([count, count]);
    }
    expect((await vol.fop('readdir', fd!, ONE_ENTRY - 1, 0, null)).err).toBe('EINVAL');
    fd!.release();
  },

  'readdir continues from any offset, and offset 0 reads anew': async (vol) => {
    await fill(vol, vol.root, 20);
    const { fd } = ok(await vol.opendir(vol.root));
    const read = async (offset: number) =>
      ok(await vol.fop('readdir', fd!, 4096, offset, null)).entries!;
    const all = await read(0);
    expect(all).toHaveLength(22);
    for (const at of [4, 17, 0, 20, 9]) {
      const names = (await read(all[at]!.off)).map((entry) => entry.name);
      expect(names).toEqual(all.slice(at + 1).map((entry) => entry.name));
    }
    expect(await read(all.at(-1)!.off)).toEqual([]);
    await file(vol, vol.root, 'late');
    expect(await read(0)).toHaveLength(23);
    fd!.release();
  },

  'a listing that starts over with room for one entry pages through all names': async (vol) => {
    const names = await fill(vol, vol.root, 9);
    const { fd } = ok(await vol.opendir(vol.root));
    ok(await vol.fop('readdir', fd!, 5 * ONE_ENTRY, 0, null));
    const listed: string[] = [];
    for (let offset = 0; ; ) {
      const [entry] = ok(await vol.fop('readdir', fd!, ONE_ENTRY, offset, null)).entries!;
      if (entry === undefined) break;
      listed.push(entry.name);
      offset = entry.off;
    }
    expect(listed.sort()).toEqual(['.', '..', ...names]);
    fd!.release();
  },

  'the last page of a listing has op_errno ENOENT, as in GlusterFS': async (vol) => {
    await fill(vol, vol.root, 20);
    const { fd } = ok(await vol.opendir(vol.root));
    for (const [fop, size] of [
      ['readdir', 10 * ONE_ENTRY],
      ['readdirp', 10 * ONE_ENTRY_PLUS],
    ] as const) {
      const some = ok(await vol.fop(fop, fd!, size, 0, null));
      expect([some.opErrno, some.opRet]).toEqual([0, 10]);
      const rest = await vol.fop(fop, fd!, 65536, some.entries!.at(-1)!.off, null);
      expect([rest.opErrno, rest.opRet, rest.entries!.length]).toEqual([ENOENT, 12, 12]);
      const none = await vol.fop(fop, fd!, 65536, rest.entries!.at(-1)!.off, null);
      expect([none.opErrno, none.opRet]).toEqual([ENOENT, 0]);
    }
    fd!.release();
  },

  'a listing during changes returns every lasting name once': async (vol) => {
    const names = await fill(vol, vol.root, 200);
    const { fd } = ok(await vol.opendir(vol.root));
    const entryNames: string[] = [];
    let offset = 0;
    for (let round = 0; ; round++) {
      const { entries } = ok(await vol.fop('readdir', fd!, 10 * ONE_ENTRY, offset, null));
      if (entries!.length === 0) break;
      for (const entry of entries!) entryNames.push(entry.name);
      offset = entries!.at(-1)!.off;
      // Removes a listed name, and adds another one.
      const victim = entries!.find(({ name }) => name.startsWith('f'));
      if (victim !== undefined) ok(await vol.unlink(vol.root, victim.name));
      if (round < 10) await file(vol, vol.root, `new${round}`);
    }
    fd!.release();
    const listed = entryNames.filter((name) => name.startsWith('f'));
    expect(new Set(entryNames).size).toBe(entryNames.length);
    expect(listed.sort()).toEqual(names);
  },

  'a directory of 1000 files is listed completely': async (vol) => {
    const d = await mkdir(vol, vol.root, 'd');
    const names = await fill(vol, d, 1000);
    expect(await vol.names(d)).toEqual(names);
    const plus = await vol.list(d, 65536, 'readdirp');
    expect(plus.filter((entry) => entry.stat?.iaType === IA_IFREG)).toHaveLength(1000);
  },
};
