/** Checks of the storage contract: attributes and extended attributes. */
import { expect } from 'vitest';
import { Dict } from '../../runtime/core/dict.ts';
import { SET_ATTR } from '../../runtime/core/fops.ts';
import { Iatt } from '../../runtime/core/iatt.ts';
import type { Inode } from '../../runtime/core/inode.ts';
import { Loc } from '../../runtime/core/operands.ts';
import { type Checks, file, iatt, mkdir, ok, time } from './check.ts';
import type { TestVolume } from './driver.ts';

const { MODE, UID, GID, ATIME, MTIME, ATIME_NOW, MTIME_NOW } = SET_ATTR;

function setattr(vol: TestVolume, inode: Inode, to: Partial<Iatt>, valid: number) {
  return vol.fop('setattr', new Loc(inode), Object.assign(new Iatt(), to), valid, null);
}

const attributes: Checks = {
  'setattr and fsetattr change the mode': async (vol) => {
    const f = await file(vol, vol.root, 'f');
    const set = ok(await setattr(vol, f, { iaProt: 0o4751 }, MODE));
    expect([set.statpre!.iaProt, set.statpost!.iaProt]).toEqual([0o644, 0o4751]);
    expect((await iatt(vol, f)).iaProt).toBe(0o4751);
    const { fd } = ok(await vol.open(f));
    const to = Object.assign(new Iatt(), { iaProt: 0o600 });
    expect(ok(await vol.fop('fsetattr', fd!, to, MODE, null)).statpost!.iaProt).toBe(0o600);
    fd!.release();
  },

  'setattr of the owner clears set-user-id and set-group-id': async (vol, { privileged }) => {
    if (!privileged) return;
    const f = await file(vol, vol.root, 'f');
    ok(await setattr(vol, f, { iaProt: 0o6755 }, MODE));
    ok(await setattr(vol, f, { iaUid: 12 }, UID));
    expect(await iatt(vol, f)).toMatchObject({ iaUid: 12, iaGid: 0, iaProt: 0o755 });
    ok(await setattr(vol, f, { iaUid: 1, iaGid: 34, iaProt: 0o4700 }, GID | MODE));
    expect(await iatt(vol, f)).toMatchObject({ iaUid: 12, iaGid: 34, iaProt: 0o4700 });
    const { inode } = ok(await vol.symlink(vol.root, 'l', 'f'));
    ok(await setattr(vol, inode!, { iaUid: 5, iaGid: 6 }, UID | GID));
    expect(await iatt(vol, inode!)).toMatchObject({ iaUid: 5, iaGid: 6 });
    expect((await iatt(vol, f)).iaUid).toBe(12);
  },

  'setattr sets times to the nanosecond, or to now': async (vol) => {
    const f = await file(vol, vol.root, 'f');
    const times = { iaAtime: 1e9, iaAtimeNsec: 123456789, iaMtime: -5, iaMtimeNsec: 999999999 };
    ok(await setattr(vol, f, times, ATIME | MTIME));
    expect(await iatt(vol, f)).toMatchObject(times);
    ok(await setattr(vol, f, { iaMtime: 7, iaMtimeNsec: 8 }, MTIME));
    expect(await iatt(vol, f)).toMatchObject({ iaAtime: 1e9, iaMtime: 7, iaMtimeNsec: 8 });
    const far = 2 ** 33;
    ok(await setattr(vol, f, { iaAtime: far }, ATIME));
    expect(await iatt(vol, f)).toMatchObject({ iaAtime: far, iaAtimeNsec: 0, iaMtime: 7 });
    ok(await setattr(vol, f, {}, ATIME | ATIME_NOW | MTIME | MTIME_NOW));
    const now = await iatt(vol, f);
    expect(Math.abs(now.iaMtime - Date.now() / 1000)).toBeLessThan(60);
    expect(Math.abs(now.iaAtime - now.iaCtime)).toBeLessThan(60);
    const { inode } = ok(await vol.symlink(vol.root, 'l', 'f'));
    ok(await setattr(vol, inode!, times, ATIME | MTIME));
    expect(await iatt(vol, inode!)).toMatchObject({ iaMtime: -5 });
    expect((await iatt(vol, f)).iaMtime).toBe(now.iaMtime);
  },

  'writes and removals set the modification time, and chmod does not': async (vol) => {
    const d = await mkdir(vol, vol.root, 'd');
    const f = await file(vol, d, 'f', 'text');
    const old = { iaAtime: 1, iaMtime: 1 };
    const readMtime = async (inode: Inode) => (await iatt(vol, inode)).iaMtime;
    for (const inode of [d, f]) ok(await setattr(vol, inode, old, ATIME | MTIME));
    const before = await iatt(vol, f);
    ok(await setattr(vol, f, { iaProt: 0o600 }, MODE));
    const after = await iatt(vol, f);
    expect(after.iaMtime).toBe(1);
    const ctime = ({ iaCtime, iaCtimeNsec }: Iatt) => time(iaCtime, iaCtimeNsec);
    expect(ctime(after)).toBeGreaterThanOrEqual(ctime(before));
    const { fd } = ok(await vol.open(f));
    ok(await vol.write(fd!, 'x', 0));
    fd!.release();
    expect(await readMtime(f)).toBeGreaterThan(1);
    expect(await readMtime(d)).toBe(1);
    ok(await vol.unlink(d, 'f'));
    expect(await readMtime(d)).toBeGreaterThan(1);
  },

  'access follows the mode bits for owner, groups and others': async (vol, { privileged }) => {
    if (!privileged) return;
    const f = await file(vol, vol.root, 'f');
    ok(await setattr(vol, f, { iaProt: 0o640, iaUid: 10, iaGid: 20 }, MODE | UID | GID));
    const may = async (view: TestVolume, mask: number) =>
      (await view.fop('access', new Loc(f), mask, null)).err;
    expect(await may(vol.as({ uid: 10 }), 6)).toBe('');
    expect(await may(vol.as({ uid: 10 }), 1)).toBe('EACCES');
    expect(await may(vol.as({ uid: 11, gid: 20 }), 4)).toBe('');
    expect(await may(vol.as({ uid: 11, gid: 1, groups: [20] }), 4)).toBe('');
    expect(await may(vol.as({ uid: 11, gid: 20 }), 2)).toBe('EACCES');
    expect(await may(vol.as({ uid: 11, gid: 1 }), 4)).toBe('EACCES');
    expect(await may(vol, 6)).toBe('');
    expect(await may(vol, 1)).toBe('EACCES');
    expect(await may(vol.as({ uid: 11, gid: 1 }), 0)).toBe('');
  },

  'statfs returns the free blocks and a name limit of 255': async (vol) => {
    const { statvfs } = ok(await vol.fop('statfs', new Loc(vol.root), null));
    expect(statvfs!.namemax).toBe(255);
    expect(statvfs!.blocks).toBeGreaterThanOrEqual(statvfs!.bfree);
    expect(statvfs!.bavail).toBeGreaterThan(0);
  },
};

const text = (bytes: Uint8Array | undefined) =>
  bytes === undefined ? undefined : new TextDecoder().decode(bytes);

function set(vol: TestVolume, inode: Inode, pairs: Record<string, string>, flags = 0) {
  return vol.fop('setxattr', new Loc(inode), Dict.of(pairs), flags, null);
}

async function get(vol: TestVolume, inode: Inode, name: string) {
  const reply = await vol.fop('getxattr', new Loc(inode), name, null);
  return reply.opRet < 0 ? reply.err : text(reply.dict!.bytes(name));
}

const CREATE = 1;
const REPLACE = 2;

const extended: Checks = {
  'xattrs can be set, read, listed and removed': async (vol) => {
    for (const inode of [await file(vol, vol.root, 'f'), await mkdir(vol, vol.root, 'd')]) {
      expect(await get(vol, inode, 'user.a')).toBe('ENODATA');
      ok(await set(vol, inode, { 'user.a': 'one', 'user.b': '' }));
      expect([await get(vol, inode, 'user.a'), await get(vol, inode, 'user.b')]).toEqual([
        'one',
        '',
      ]);
      const { dict } = ok(await vol.fop('getxattr', new Loc(inode), null, null));
      expect([...dict!.keys()].sort()).toEqual(['user.a', 'user.b']);
      expect(text(dict!.bytes('user.a'))).toBe('one');
      ok(await vol.fop('removexattr', new Loc(inode), 'user.a', null));
      expect(await get(vol, inode, 'user.a')).toBe('ENODATA');
      expect((await vol.fop('removexattr', new Loc(inode), 'user.a', null)).err).toBe('ENODATA');
    }
  },

  'xattrs can be set, read, listed and removed through an fd': async (vol) => {
    const f = await file(vol, vol.root, 'f');
    const { fd } = ok(await vol.open(f));
    ok(await vol.fop('fsetxattr', fd!, Dict.of({ 'user.a': 'one' }), 0, null));
    const { dict } = ok(await vol.fop('fgetxattr', fd!, 'user.a', null));
    expect(text(dict!.bytes('user.a'))).toBe('one');
    expect(ok(await vol.fop('fgetxattr', fd!, null, null)).dict!.size).toBe(1);
    ok(await vol.fop('fremovexattr', fd!, 'user.a', null));
    expect(await get(vol, f, 'user.a')).toBe('ENODATA');
    fd!.release();
  },

  'stat and fstat return the xattrs requested in their xdata': async (vol) => {
    const keys = Dict.of({ 'user.a': '', 'user.none': '' });
    const d = await mkdir(vol, vol.root, 'd');
    for (const inode of [await file(vol, vol.root, 'f'), d, vol.root]) {
      const { fd } = ok(await (inode.isDir ? vol.opendir(inode) : vol.open(inode)));
      expect(ok(await vol.fop('fstat', fd!, keys)).xdata).toBeNull();
      ok(await set(vol, inode, { 'user.a': 'one', 'user.b': 'two' }));
      for (const { xdata } of [
        ok(await vol.fop('stat', new Loc(inode), keys)),
        ok(await vol.fop('fstat', fd!, keys)),
      ]) {
        expect([...xdata!.keys()]).toEqual(['user.a']);
        expect(text(xdata!.bytes('user.a'))).toBe('one');
      }
      expect(ok(await vol.fop('fstat', fd!, null)).xdata).toBeNull();
      fd!.release();
    }
  },

  'setxattr honours CREATE and REPLACE': async (vol) => {
    const f = await file(vol, vol.root, 'f');
    expect((await set(vol, f, { 'user.a': '1' }, REPLACE)).err).toBe('ENODATA');
    ok(await set(vol, f, { 'user.a': '1' }, CREATE));
    expect((await set(vol, f, { 'user.a': '2' }, CREATE)).err).toBe('EEXIST');
    ok(await set(vol, f, { 'user.a': '3' }, REPLACE));
    expect(await get(vol, f, 'user.a')).toBe('3');
  },

  'xattr values and names may be any bytes': async (vol) => {
    const f = await file(vol, vol.root, 'f');
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
    const dict = new Dict().set('user.bytes', bytes).set('user.\udcff\u65e5', 'odd name');
    ok(await vol.fop('setxattr', new Loc(f), dict, 0, null));
    bytes.fill(0);
    const reply = ok(await vol.fop('getxattr', new Loc(f), null, null));
    expect(reply.dict!.bytes('user.bytes')![255]).toBe(255);
    expect(text(reply.dict!.bytes('user.\udcff\u65e5'))).toBe('odd name');
  },

  'invalid xattrs fail with EPERM, EOPNOTSUPP, ERANGE or E2BIG': async (vol) => {
    const f = await file(vol, vol.root, 'f');
    const { inode: link } = ok(await vol.symlink(vol.root, 'l', 'f'));
    expect((await set(vol, link!, { 'user.a': '1' })).err).toBe('EPERM');
    expect((await set(vol, f, { 'nonsense.a': '1' })).err).toBe('EOPNOTSUPP');
    expect((await set(vol, f, { [`user.${'n'.repeat(251)}`]: '1' })).err).toBe('ERANGE');
    expect((await set(vol, f, { 'user.a': 'x'.repeat(65537) })).err).toBe('E2BIG');
    expect(await get(vol, f, 'nonsense.a')).toBe('EOPNOTSUPP');
  },

  "the storage's own xattrs are hidden and cannot be set": async (vol) => {
    const f = await file(vol, vol.root, 'f');
    for (const name of ['trusted.gfid', 'user.glossa.gfid', 'trusted.glusterfs.dht']) {
      expect((await set(vol, f, { [name]: '0123456789abcdef' })).err).toBe('EPERM');
      expect((await vol.fop('removexattr', new Loc(f), name, null)).err).toBe('EPERM');
      expect(await get(vol, f, name)).toBe('ENODATA');
    }
    expect(ok(await vol.fop('getxattr', new Loc(f), null, null)).dict!.size).toBe(0);
  },

  "internal clients may set and read translators' xattrs": async (vol, { privileged }) => {
    if (!privileged) return;
    const f = await file(vol, vol.root, 'f');
    const internal = vol.as({ pid: -1 });
    ok(await set(internal, f, { 'trusted.glusterfs.dht': 'layout' }));
    expect(await get(internal, f, 'trusted.glusterfs.dht')).toBe('layout');
    expect(await get(vol, f, 'trusted.glusterfs.dht')).toBe('ENODATA');
    const keys = vol.gfidReq().set('trusted.glusterfs.dht', 0).set('trusted.gfid', 0);
    const { xdata } = ok(await vol.lookup(vol.root, 'f', keys));
    expect([...xdata!.keys()]).toEqual(['trusted.glusterfs.dht']);
    expect((await set(internal, f, { 'trusted.gfid': 'x' })).err).toBe('EPERM');
  },

  'xattrop adds, combines and swaps counters, and refuses wrong sizes': async (
    vol,
    { privileged },
  ) => {
    const f = await file(vol, vol.root, 'f');
    const key = privileged ? 'trusted.afr.x' : 'user.afr.x';
    const runXattrop = async (optype: number, ...numbers: number[]) => {
      const dict = new Dict().set(key, Uint8Array.from(numbers));
      const reply = await vol.fop('xattrop', new Loc(f), optype, dict, null);
      if (reply.opRet < 0) return reply.err;
      return [...(reply.dict!.bytes(key) ?? [])];
    };
    const [ADD, ADD64, OR, AND, SWAP, ADD_DEFAULT] = [0, 1, 2, 3, 4, 5];
    expect(await runXattrop(ADD, 0, 0, 0, 0)).toEqual([0, 0, 0, 0]);
    expect(await get(vol, f, key)).toBe('ENODATA');
    expect(await runXattrop(ADD, 0, 0, 0, 255, 0, 0, 0, 2)).toEqual([0, 0, 0, 255, 0, 0, 0, 2]);
    expect(await runXattrop(ADD, 0, 0, 0, 1, 255, 255, 255, 255)).toEqual([0, 0, 1, 0, 0, 0, 0, 1]);
    expect(await runXattrop(ADD64, 0, 0, 0, 0, 0, 0, 0, 1)).toEqual([0, 0, 1, 0, 0, 0, 0, 2]);
    expect(await runXattrop(OR, 0, 0, 0, 1)).toBe('ERANGE');
    expect(await runXattrop(OR, 0, 0, 0, 8, 0, 0, 0, 1)).toEqual([0, 0, 1, 8, 0, 0, 0, 3]);
    expect(await runXattrop(AND, 0, 0, 1, 1, 0, 0, 0, 2)).toEqual([0, 0, 1, 0, 0, 0, 0, 2]);
    expect(await runXattrop(7, 0, 0, 0, 1, 0, 0, 0, 1)).toBe('EINVAL');
    expect(await runXattrop(SWAP, 0, 0, 0, 0)).toEqual([0, 0, 1, 0, 0, 0, 0, 2]);
    expect(await runXattrop(ADD_DEFAULT, 0, 0, 0, 3, 0, 0, 0, 40)).toEqual([0, 0, 0, 43]);
    expect(await runXattrop(ADD_DEFAULT, 0, 0, 0, 3, 0, 0, 0, 40)).toEqual([0, 0, 0, 46]);
    expect(await runXattrop(ADD, 0, 0, 0)).toBe('EINVAL');
  },
};

export const attrChecks: Checks = { ...attributes, ...extended };
