/**
 * Checks of the storage contract: effects of a caller's umask and rights, and files without a name.
 */
import { expect } from 'vitest';
import { Dict } from '../../runtime/core/dict.ts';
import type { Inode } from '../../runtime/core/inode.ts';
import { O_RDWR } from '../../runtime/core/open-flags.ts';
import { Fd, Loc } from '../../runtime/core/operands.ts';
import { KILL_PRIV, MODE_REQ, SYNC_VOLUME, UMASK_REQ } from '../../runtime/core/xdata.ts';
import { bareFd, type Checks, content, file, iatt, mkdir, ok } from './check.ts';
import type { Caller, Reply, TestVolume } from './driver.ts';

/** A file without a name, as a mount makes it: its inode is known to the kernel. */
async function createUnnamed(vol: TestVolume, parent: Inode, mode = 0o644): Promise<Inode> {
  const { inodes } = vol.graph;
  const loc = new Loc(inodes.newInode(), parent);
  const { buf } = ok(await vol.fop('icreate', loc, mode, vol.gfidReq()));
  const linked = inodes.link(loc.inode!, null, null, buf!)!;
  inodes.lookup(linked);
  return linked;
}

const names = async (vol: TestVolume, dir: Inode): Promise<string[]> =>
  (await vol.list(dir)).map(({ name }) => name).sort();

const withoutName: Checks = {
  'an unnamed file can be read, written and linked': async (vol) => {
    const dir = await mkdir(vol, vol.root, 'dir');
    const inode = await createUnnamed(vol, dir, 0o640);
    const { fd } = ok(await vol.open(inode, O_RDWR));
    ok(await vol.write(fd!, 'contents', 0));
    const { buf } = ok(await vol.fop('fstat', fd!, null));
    expect([buf!.iaNlink, buf!.iaProt, buf!.iaSize, buf!.iaGfid]).toEqual([
      0,
      0o640,
      8,
      inode.gfid,
    ]);
    expect(await names(vol, dir)).toEqual(['.', '..']);
    const linked = ok(await vol.link(inode, dir, 'name'));
    expect([linked.inode, linked.buf!.iaNlink]).toEqual([inode, 1]);
    fd!.release();
    expect(await content(vol, inode)).toBe('contents');
    expect(ok(await vol.lookup(dir, 'name')).buf!.iaGfid).toBe(inode.gfid);
    // Now it is like any other file: it disappears with its last name.
    ok(await vol.link(inode, dir, 'other'));
    ok(await vol.unlink(dir, 'name'));
    ok(await vol.unlink(dir, 'other'));
    expect((await vol.link(inode, dir, 'again')).err).not.toBe('');
  },

  'an unnamed file disappears when its inode is forgotten': async (vol) => {
    const inode = await createUnnamed(vol, vol.root);
    const { fd } = ok(await vol.open(inode, O_RDWR));
    ok(await vol.write(fd!, 'x', 0));
    fd!.release();
    vol.graph.inodes.forget(inode, 0);
    expect(vol.graph.inodes.find(inode.gfid)).toBeUndefined();
    const loc = new Loc(vol.graph.inodes.newInode(), null, null, inode.gfid);
    expect((await vol.fop('lookup', loc, null)).opRet).toBe(-1);
  },

  'an unnamed file needs a directory as parent': async (vol) => {
    const other = await file(vol, vol.root, 'f');
    const icreate = (parent: Inode | null): Promise<Reply> =>
      vol.fop('icreate', new Loc(vol.graph.inodes.newInode(), parent), 0o600, vol.gfidReq());
    expect((await icreate(other)).err).toBe('ENOTDIR');
    expect((await icreate(null)).err).toBe('ENOENT');
  },
};

const SUID_SGID_X = 0o6777;
const SGID_NO_X = 0o2767;

/** The mode that is left of `before` when the caller does something with a file of group 777. */
async function modeAfter(
  vol: TestVolume,
  before: number,
  caller: Caller,
  act: (as: TestVolume, inode: Inode, fd: Fd, xdata: Dict) => Promise<Reply>,
): Promise<number> {
  const { inode, fd } = ok(await vol.create(vol.root, 'f'));
  const { buf } = ok(await vol.fop('stat', new Loc(inode), null));
  Object.assign(buf!, { iaGid: 777, iaProt: before });
  ok(await vol.fop('setattr', new Loc(inode), buf!, 0x4, null));
  ok(await vol.fop('setattr', new Loc(inode), buf!, 0x1, null));
  ok(await act(vol.as(caller), inode!, fd!, new Dict().set(KILL_PRIV, 1)));
  const { iaProt } = await iatt(vol, inode!);
  fd!.release();
  ok(await vol.unlink(vol.root, 'f'));
  return iaProt;
}

const stranger: Caller = { uid: 1000, gid: 1000 };
const member: Caller = { uid: 1000, gid: 1000, groups: [5, 777] };

const rights: Checks = {
  'a change with KILL_PRIV clears set-user-id and set-group-id': async (vol, { privileged }) => {
    if (!privileged) return;
    const acts: Parameters<typeof modeAfter>[3][] = [
      (as, _inode, fd, xdata) => as.fop('writev', fd, new Uint8Array(1), 0, 0, xdata),
      (as, inode, _fd, xdata) => as.fop('truncate', new Loc(inode), 5, xdata),
      (as, _inode, fd, xdata) => as.fop('ftruncate', fd, 5, xdata),
      async (as, inode, _fd, xdata) =>
        as.fop('setattr', new Loc(inode), (await as.stat(inode)).buf!, 0, xdata),
      async (as, inode, fd, xdata) => as.fop('fsetattr', fd, (await as.stat(inode)).buf!, 0, xdata),
    ];
    for (const act of acts) {
      expect(await modeAfter(vol, SUID_SGID_X, stranger, act)).toBe(0o777);
      expect(await modeAfter(vol, SUID_SGID_X, member, act)).toBe(0o777);
      expect(await modeAfter(vol, SGID_NO_X, stranger, act)).toBe(0o767);
      expect(await modeAfter(vol, SGID_NO_X, member, act)).toBe(SGID_NO_X);
      expect(await modeAfter(vol, SGID_NO_X, {}, act)).toBe(SGID_NO_X);
    }
  },

  'a write without KILL_PRIV leaves set-user-id and set-group-id': async (vol, { privileged }) => {
    if (!privileged) return;
    const write = (as: TestVolume, _inode: Inode, fd: Fd): Promise<Reply> =>
      as.fop('writev', fd, new Uint8Array(1), 0, 0, null);
    expect(await modeAfter(vol, SUID_SGID_X, stranger, write)).toBe(SUID_SGID_X);
  },

  "setattr with KILL_PRIV leaves a directory's set-group-id": async (vol) => {
    const dir = await mkdir(vol, vol.root, 'dir');
    const { buf } = ok(await vol.stat(dir));
    Object.assign(buf!, { iaProt: 0o2777 });
    ok(await vol.fop('setattr', new Loc(dir), buf!, 0x1, null));
    const before = (await iatt(vol, dir)).iaProt;
    const xdata = new Dict().set(KILL_PRIV, 1);
    ok(await vol.as(stranger).fop('setattr', new Loc(dir), buf!, 0, xdata));
    expect((await iatt(vol, dir)).iaProt).toBe(before);
  },
};

const masks: Checks = {
  'MODE_REQ and UMASK_REQ change no mode without default ACLs': async (vol) => {
    const { inodes } = vol.graph;
    const xdata = (): Dict => vol.gfidReq().set(MODE_REQ, 0o666).set(UMASK_REQ, 0o27);
    const fd = (loc: Loc): Fd => new Fd(loc.inode!, O_RDWR, 1);
    const makeLoc = (name: string): Loc => new Loc(inodes.newInode(), vol.root, name);
    const f = makeLoc('f');
    const created = await vol.fop('create', f, O_RDWR, 0o640, 0o27, fd(f), xdata());
    expect(ok(created).buf!.iaProt).toBe(0o640);
    const reply = await vol.fop('mkdir', makeLoc('d'), 0o640, 0o27, xdata());
    expect(ok(reply).buf!.iaProt).toBe(0o640);
    const loc = new Loc(inodes.newInode(), vol.root);
    expect(ok(await vol.fop('icreate', loc, 0o640, xdata())).buf!.iaProt).toBe(0o640);
    inodes.forget(inodes.link(loc.inode!, null, null, ok(created).buf!)!, 0);
    fd(f).release();
  },
};

const syncing: Checks = {
  'fsyncdir with SYNC_VOLUME succeeds on the root': async (vol) => {
    await file(vol, vol.root, 'f', 'contents');
    const fd = bareFd(vol.root, 0);
    ok(await vol.fop('fsyncdir', fd, 0, new Dict().set(SYNC_VOLUME, 1)));
    fd.release();
  },
};

export const callerChecks: Checks = { ...withoutName, ...rights, ...masks, ...syncing };
