/** gfid handles in `.glusterfs`, and lookups through them. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import server from '../../gluster/protocol/server/index.ts';
import { type Gfid, ROOT_GFID } from '../../runtime/core/gfid.ts';
import type { Inode } from '../../runtime/core/inode.ts';
import { Loc } from '../../runtime/core/operands.ts';
import { RENAME_EXCHANGE } from '../../runtime/core/xdata.ts';
import posix from '../../runtime/xlators/storage/posix/index.ts';
import { file, iatt, mkdir, ok } from '../contract/check.ts';
import { type Reply, startVolume, type TestVolume } from '../contract/driver.ts';
import { makeFolder } from '../support/folder.ts';
import {
  getStore,
  listGfidHandles,
  readGfid,
  startBrick,
  startPosix,
  storeGfid,
} from '../support/posix.ts';

const ON = { 'gfid-handles': 'on' };
const UNKNOWN_GFID = '0badf00d-0000-4000-8000-000000000001';

const shortOf = (gfid: Gfid): string => join(gfid.slice(0, 2), gfid.slice(2, 4), gfid);
const handlePath = (directory: string, gfid: Gfid): string =>
  join(directory, '.glusterfs', shortOf(gfid));

const handles = (directory: string): Gfid[] => [...listGfidHandles(directory).keys()];

/** Looks up by gfid alone, as glfs_h_create_from_handle does. */
async function nameless(vol: TestVolume, gfid: Gfid): Promise<Reply> {
  const { inodes } = vol.graph;
  const inode = inodes.find(gfid) ?? inodes.newInode();
  const reply = await vol.fop('lookup', new Loc(inode, null, null, gfid), null);
  if (reply.opRet < 0) return reply;
  reply.inode = inodes.link(reply.inode!, null, null, reply.buf!);
  inodes.lookup(reply.inode!);
  return reply;
}

async function read(vol: TestVolume, inode: Inode): Promise<string> {
  const { fd } = ok(await vol.open(inode, 0));
  const { text } = ok(await vol.read(fd!, 100, 0));
  fd!.release();
  return text;
}

describe('gfid handles in .glusterfs', () => {
  test("have GlusterFS's layout: hard links for files, symlinks for directories", async () => {
    const directory = makeFolder();
    const vol = await startPosix(directory, ON);
    const d = await mkdir(vol, vol.root, 'd');
    const e = await mkdir(vol, d, 'e');
    const f = await file(vol, e, 'f', 'text');
    const link = ok(await vol.symlink(e, 'l', 'nowhere')).inode!;
    const pipe = ok(await vol.mknod(e, 'p', fs.constants.S_IFIFO | 0o644)).inode!;
    expect(fs.readlinkSync(handlePath(directory, ROOT_GFID))).toBe('../../..');
    expect(fs.readlinkSync(handlePath(directory, d.gfid))).toBe(`../../00/00/${ROOT_GFID}/d`);
    expect(fs.readlinkSync(handlePath(directory, e.gfid))).toBe(`../../${shortOf(d.gfid)}/e`);
    // Programs can follow them.
    const names = ['f', 'l', 'p'];
    expect(fs.readdirSync(handlePath(directory, e.gfid)).sort()).toEqual(names);
    for (const [at, inode] of [f, link, pipe].entries()) {
      const own = fs.lstatSync(join(directory, 'd/e', names[at]!));
      expect([own.nlink, own.ino]).toEqual([
        2,
        fs.lstatSync(handlePath(directory, inode.gfid)).ino,
      ]);
      expect((await iatt(vol, inode)).iaNlink).toBe(1);
    }
    expect(handles(directory).sort()).toEqual([d, e, f, link, pipe].map((i) => i.gfid).sort());
  });

  test('are removed when the last name of their file is removed', async () => {
    const directory = makeFolder();
    const vol = await startPosix(directory, ON);
    const d = await mkdir(vol, vol.root, 'd');
    const f = await file(vol, d, 'f', 'text');
    ok(await vol.link(f, d, 'g'));
    expect((await iatt(vol, f)).iaNlink).toBe(2);
    ok(await vol.unlink(d, 'f'));
    expect((await iatt(vol, f)).iaNlink).toBe(1);
    expect(handles(directory)).toContain(f.gfid);
    const { fd } = ok(await vol.open(f));
    ok(await vol.unlink(d, 'g'));
    expect(handles(directory)).toEqual([d.gfid]);
    expect(ok(await vol.fop('fstat', fd!, null)).buf!.iaNlink).toBe(0);
    fd!.release();
    ok(await vol.rmdir(vol.root, 'd'));
    expect(handles(directory)).toEqual([]);
  });

  test('are removed when a rename replaces their file or directory, even if it was never looked up', async () => {
    const directory = makeFolder();
    const first = await startBrick(directory, ON);
    await file(first, first.root, 'old', 'old');
    await mkdir(first, first.root, 'empty');
    await first.stop();
    const vol = await startPosix(directory, ON);
    const f = await file(vol, vol.root, 'f', 'new');
    const d = await mkdir(vol, vol.root, 'd');
    ok(await vol.rename(vol.root, 'f', vol.root, 'old'));
    ok(await vol.rename(vol.root, 'd', vol.root, 'empty'));
    expect(handles(directory).sort()).toEqual([f.gfid, d.gfid].sort());
    expect(fs.readlinkSync(handlePath(directory, d.gfid))).toBe(`../../00/00/${ROOT_GFID}/empty`);
  });

  test('are kept when an unlink, rmdir or rename fails or changes nothing', async () => {
    const directory = makeFolder();
    const vol = await startPosix(directory, ON);
    const f = await file(vol, vol.root, 'f', 'text');
    const d = await mkdir(vol, vol.root, 'd');
    ok(await vol.rename(vol.root, 'f', vol.root, 'f'));
    expect((await vol.rename(vol.root, 'd', vol.root, 'f')).err).toBe('ENOTDIR');
    expect((await vol.rmdir(vol.root, 'f')).err).toBe('ENOTDIR');
    expect((await vol.unlink(vol.root, 'd')).err).toBe('EISDIR');
    await mkdir(vol, d, 'inner');
    expect((await vol.rmdir(vol.root, 'd')).err).toBe('ENOTEMPTY');
    expect(handles(directory)).toHaveLength(3);
    expect((await iatt(vol, f)).iaNlink).toBe(1);
    expect(fs.lstatSync(handlePath(directory, f.gfid)).nlink).toBe(2);
    ok(await vol.link(f, vol.root, 'g'));
    ok(await vol.rename(vol.root, 'f', vol.root, 'g'));
    expect(await vol.names(vol.root)).toEqual(['d', 'f', 'g']);
    expect((await iatt(vol, f)).iaNlink).toBe(2);
  });

  test('lead to the new paths of directories after a rename or RENAME_EXCHANGE', async () => {
    const directory = makeFolder();
    const vol = await startPosix(directory, ON);
    const [a, b] = [await mkdir(vol, vol.root, 'a'), await mkdir(vol, vol.root, 'b')];
    const c = await mkdir(vol, a, 'c');
    ok(await vol.rename(a, 'c', b, 'n'));
    expect(fs.readlinkSync(handlePath(directory, c.gfid))).toBe(`../../${shortOf(b.gfid)}/n`);
    ok(await vol.rename(vol.root, 'a', vol.root, 'b', RENAME_EXCHANGE));
    expect(fs.readlinkSync(handlePath(directory, a.gfid))).toBe(`../../00/00/${ROOT_GFID}/b`);
    expect(fs.readlinkSync(handlePath(directory, b.gfid))).toBe(`../../00/00/${ROOT_GFID}/a`);
  });

  test('are made at the first lookup for files that were on the disk before the volume started', async () => {
    const directory = makeFolder();
    fs.mkdirSync(join(directory, 'd'));
    fs.writeFileSync(join(directory, 'd/f'), 'text');
    fs.linkSync(join(directory, 'd/f'), join(directory, 'd/g'));
    const vol = await startPosix(directory, ON);
    expect(handles(directory)).toEqual([]);
    const d = ok(await vol.lookup(vol.root, 'd')).inode!;
    const { inode, buf } = ok(await vol.lookup(d, 'f'));
    expect(buf!.iaNlink).toBe(2);
    expect(handles(directory).sort()).toEqual([d.gfid, inode!.gfid].sort());
  });

  test('are made only if the option gfid-handles is on, or is auto and .glusterfs exists', async () => {
    const directory = makeFolder();
    const none = await startBrick(directory);
    await file(none, none.root, 'f');
    await none.stop();
    expect(fs.readdirSync(directory)).toEqual(['f']);
    expect(fs.statSync(join(directory, 'f')).nlink).toBe(1);
    // A brick of GlusterFS has this directory.
    fs.mkdirSync(join(directory, '.glusterfs'));
    const off = await startBrick(directory, { 'gfid-handles': 'off' });
    const g = await file(off, off.root, 'g');
    await off.stop();
    expect(fs.readdirSync(join(directory, '.glusterfs'))).toEqual([]);
    const auto = await startPosix(directory);
    expect(ok(await auto.lookup(auto.root, 'g')).inode!.gfid).toBe(g.gfid);
    expect(handles(directory)).toEqual([g.gfid]);
  });
});

describe('gfid handles of a volume below protocol/server', () => {
  const listening = { 'transport-type': 'unix' };
  const served = (directory: string, socket: string) =>
    startVolume([
      { name: 'disk', translator: posix, options: { directory } },
      {
        name: 'server',
        translator: server,
        options: {
          ...listening,
          'transport.socket.listen-path': socket,
          'auth.addr.disk.allow': '*',
        },
      },
    ]);

  test('are enabled by default', async () => {
    const [directory, own] = [makeFolder(), makeFolder()];
    const vol = await served(directory, join(own, 'socket'));
    await vol.stop();
    expect(fs.readlinkSync(handlePath(directory, ROOT_GFID))).toBe('../../..');
  });

  test('are reported in one log line if they cannot be made', async () => {
    const [directory, own] = [makeFolder(), makeFolder()];
    fs.writeFileSync(join(directory, '.glusterfs'), 'is no folder');
    const vol = await served(directory, join(own, 'socket'));
    await vol.stop();
    // A user other than root is told of attributes, too.
    const lines = vol.context.log.filter((line) => /gfid handles/.test(line));
    expect(lines).toEqual([expect.stringMatching(/no gfid handles.*Not a directory/)]);
  });
});

describe('lookup by gfid', () => {
  test('finds files and directories by their handles after a restart', async () => {
    const directory = makeFolder();
    const first = await startBrick(directory, ON);
    const d = await mkdir(first, await mkdir(first, first.root, 'a'), 'd');
    const f = await file(first, d, 'f', 'text');
    await first.stop();
    const vol = await startPosix(directory, ON);
    const reply = ok(await nameless(vol, f.gfid));
    expect([reply.buf!.iaGfid, reply.buf!.iaSize, reply.buf!.iaNlink]).toEqual([f.gfid, 4, 1]);
    expect(await read(vol, reply.inode!)).toBe('text');
    const dir = ok(await nameless(vol, d.gfid)).inode!;
    expect(await vol.names(dir)).toEqual(['f']);
    await file(vol, dir, 'g', 'made in it');
    expect(fs.readFileSync(join(directory, 'a/d/g'), 'utf8')).toBe('made in it');
    expect(ok(await vol.lookup(dir, 'f')).inode).toBe(reply.inode);
    expect((await nameless(vol, UNKNOWN_GFID)).err).toBe('ESTALE');
  });

  test('finds a file that was moved directly on the disk, and later requests use its new path', async () => {
    const directory = makeFolder();
    const vol = await startPosix(directory, { ...ON, 'handle-limit': '16' });
    const d = await mkdir(vol, vol.root, 'd');
    const f = await file(vol, d, 'f', 'text');
    fs.renameSync(join(directory, 'd/f'), join(directory, 'elsewhere'));
    const { handles: open } = getStore(vol);
    open.close(open.find(f.gfid)!);
    expect((await iatt(vol, f)).iaSize).toBe(4);
    expect(await read(vol, f)).toBe('text');
  });

  test('succeeds without handles only for files that the server has looked up since its start', async () => {
    const directory = makeFolder();
    const first = await startBrick(directory);
    const f = await file(first, first.root, 'f', 'text');
    expect(ok(await nameless(first, f.gfid)).buf!.iaSize).toBe(4);
    const open = getStore(first).handles;
    open.close(open.find(f.gfid)!);
    expect(ok(await nameless(first, f.gfid)).buf!.iaSize).toBe(4);
    await first.stop();
    const vol = await startPosix(directory);
    expect((await nameless(vol, f.gfid)).err).toBe('ESTALE');
  });
});

describe('incorrect gfid handles', () => {
  /** A stopped brick with /d and /f, and their handles. */
  async function atRest() {
    const directory = makeFolder();
    const vol = await startBrick(directory, ON);
    const d = await mkdir(vol, vol.root, 'd');
    const f = await file(vol, vol.root, 'f', 'text');
    await vol.stop();
    return { directory, d: d.gfid, f: f.gfid };
  }

  test('cause ESTALE until a lookup of the file by name repairs them', async () => {
    const { directory, d, f } = await atRest();
    const outside = makeFolder();
    fs.writeFileSync(join(outside, 'secret'), 'secret');
    fs.rmSync(handlePath(directory, f));
    fs.symlinkSync(join(outside, 'secret'), handlePath(directory, f));
    fs.rmSync(handlePath(directory, d));
    fs.symlinkSync(outside, handlePath(directory, d));
    const vol = await startPosix(directory, ON);
    expect((await nameless(vol, f)).err).toBe('ESTALE');
    expect((await nameless(vol, d)).err).toBe('ESTALE');
    expect((await vol.fop('stat', new Loc(null, null, null, f), null)).err).toBe('ESTALE');
    // A file with another gfid, and a directory link in a cycle.
    fs.rmSync(handlePath(directory, f));
    fs.writeFileSync(handlePath(directory, f), 'foreign');
    fs.rmSync(handlePath(directory, d));
    fs.symlinkSync(`../../${shortOf(d)}/d`, handlePath(directory, d));
    expect((await nameless(vol, f)).err).toBe('ESTALE');
    expect((await nameless(vol, d)).err).toBe('ESTALE');
    // Lookups by name repair them.
    expect(ok(await vol.lookup(vol.root, 'f')).inode!.gfid).toBe(f);
    expect(ok(await vol.lookup(vol.root, 'd')).inode!.gfid).toBe(d);
    expect(fs.readFileSync(handlePath(directory, f), 'utf8')).toBe('text');
    expect(fs.readlinkSync(handlePath(directory, d))).toBe(`../../00/00/${ROOT_GFID}/d`);
    expect(fs.readFileSync(join(outside, 'secret'), 'utf8')).toBe('secret');
  });

  test('are corrected when a copy with the same gfid has replaced the original file', async () => {
    const { directory, f } = await atRest();
    fs.writeFileSync(join(directory, 'copy'), 'restored');
    storeGfid(join(directory, 'copy'), f);
    fs.renameSync(join(directory, 'copy'), join(directory, 'f'));
    const vol = await startPosix(directory, ON);
    const again = ok(await vol.lookup(vol.root, 'f')).inode!;
    expect(again.gfid).toBe(f);
    expect(ok(await nameless(vol, f)).buf!.iaSize).toBe(8);
  });

  test('do not arise when a file is copied with its gfid, as the copy gets another gfid', async () => {
    const { directory, d, f } = await atRest();
    fs.writeFileSync(join(directory, 'copy'), 'copy');
    fs.mkdirSync(join(directory, 'copied'));
    storeGfid(join(directory, 'copy'), f);
    storeGfid(join(directory, 'copied'), d);
    const vol = await startPosix(directory, ON);
    const copies = [
      ok(await vol.lookup(vol.root, 'copy')).inode!.gfid,
      ok(await vol.lookup(vol.root, 'copied')).inode!.gfid,
    ];
    expect(new Set([...copies, d, f]).size).toBe(4);
    expect(copies).toEqual(['copy', 'copied'].map((name) => readGfid(join(directory, name))));
    expect(handles(directory).sort()).toEqual([...copies, d, f].sort());
    expect(ok(await vol.lookup(vol.root, 'f')).inode!.gfid).toBe(f);
  });

  test('are made again after the subdirectories of .glusterfs were deleted', async () => {
    const { directory, f } = await atRest();
    const vol = await startPosix(directory, ON);
    // The brick keeps the subdirectory of `f` open, as another gfid has led to it.
    const other = `${f.slice(0, 2)}000000-0000-4000-8000-000000000000`;
    expect((await nameless(vol, other)).err).toBe('ESTALE');
    for (const name of fs.readdirSync(join(directory, '.glusterfs'))) {
      fs.rmSync(join(directory, '.glusterfs', name), { recursive: true });
    }
    ok(await vol.lookup(vol.root, 'f'));
    const g = await file(vol, vol.root, 'g');
    expect(handles(directory).sort()).toEqual([f, g.gfid].sort());
  });
});

test('gfid handles that cannot be made are logged once, and the files stay usable', async () => {
  const directory = makeFolder();
  const vol = await startPosix(directory, ON);
  // Files in place of directories block new handles. The directory of the root's handle, 00, is
  // open.
  const blocked = join(directory, '.glusterfs');
  for (let byte = 1; byte < 256; byte++) {
    const path = join(blocked, byte.toString(16).padStart(2, '0'));
    fs.rmSync(path, { recursive: true, force: true });
    fs.writeFileSync(path, '');
  }
  const inodes = [];
  for (let i = 0; i < 8; i++) inodes.push(await file(vol, vol.root, `f${i}`, 'text'));
  for (const inode of inodes) expect(await read(vol, inode)).toBe('text');
  expect(getStore(vol).recordFailureCount).toBeGreaterThan(1);
  expect(vol.context.log.filter((line) => line.includes('gfid handle'))).toHaveLength(1);
  for (let i = 0; i < 8; i++) ok(await vol.unlink(vol.root, `f${i}`));
});
