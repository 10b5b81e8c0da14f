/** Checks of the storage contract: finding, making and removing names. */
import { expect } from 'vitest';
import { nameLength } from '../../runtime/core/bytes.ts';
import { ROOT_GFID } from '../../runtime/core/gfid.ts';
import {
  IA_IFCHR,
  IA_IFDIR,
  IA_IFIFO,
  IA_IFLNK,
  IA_IFREG,
  IA_IFSOCK,
} from '../../runtime/core/iatt.ts';
import type { Inode } from '../../runtime/core/inode.ts';
import { O_EXCL, O_RDWR, O_TRUNC } from '../../runtime/core/open-flags.ts';
import { Loc } from '../../runtime/core/operands.ts';
import { GFID_REQ } from '../../runtime/core/xdata.ts';
import {
  type Checks,
  content,
  file,
  iatt,
  mkdir,
  nlink,
  ok,
  S_IFCHR,
  S_IFIFO,
  S_IFREG,
  S_IFSOCK,
} from './check.ts';

const NOREPLACE = 1;
const EXCHANGE = 2;
const BAD_NAMES = {
  '': 'EINVAL',
  '.': 'EINVAL',
  '..': 'EINVAL',
  'a/b': 'EINVAL',
  'a\0b': 'EINVAL',
};

const finding: Checks = {
  'lookup of the root returns gfid 1 and the type directory': async (vol) => {
    const { inode, buf } = ok(await vol.fop('lookup', new Loc(vol.root), null));
    expect(inode).toBe(vol.root);
    expect(buf).toMatchObject({ iaGfid: ROOT_GFID, iaType: IA_IFDIR, iaIno: 1n });
    expect(buf!.iaNlink).toBeGreaterThanOrEqual(1);
  },

  'lookup of an absent name fails with ENOENT': async (vol) => {
    expect((await vol.lookup(vol.root, 'absent')).err).toBe('ENOENT');
  },

  'lookup below a file fails with ENOTDIR': async (vol) => {
    const f = await file(vol, vol.root, 'f');
    expect((await vol.lookup(f, 'x')).err).toBe('ENOTDIR');
  },

  'lookup returns the same inode and gfid every time': async (vol) => {
    const f = await file(vol, vol.root, 'f', 'four');
    const again = ok(await vol.lookup(vol.root, 'f'));
    expect(again.inode).toBe(f);
    expect(again.buf).toMatchObject({ iaGfid: f.gfid, iaType: IA_IFREG, iaSize: 4, iaNlink: 1 });
    expect(again.postparent).toMatchObject({ iaGfid: ROOT_GFID, iaType: IA_IFDIR });
    const fresh = new Loc(vol.graph.inodes.newInode(), vol.root, 'f');
    expect(ok(await vol.fop('lookup', fresh, vol.gfidReq())).buf!.iaGfid).toBe(f.gfid);
  },

  'lookup by gfid finds a file, and fails for an unknown gfid': async (vol) => {
    const f = await file(vol, vol.root, 'f');
    const loc = new Loc(f, null, null, f.gfid);
    expect(ok(await vol.fop('lookup', loc, null)).buf!.iaGfid).toBe(f.gfid);
    const unknown = vol.gfidReq().string(GFID_REQ)!;
    const none = new Loc(vol.graph.inodes.newInode(), null, null, unknown);
    expect((await vol.fop('lookup', none, null)).err).toMatch(/ESTALE|ENOENT/);
    expect((await vol.fop('stat', none, null)).err).toMatch(/ESTALE|ENOENT/);
  },

  'lookup of . returns the directory, and of .. its parent': async (vol) => {
    const d = ok(await vol.mkdir(vol.root, 'd')).inode!;
    const e = ok(await vol.mkdir(d, 'e')).inode!;
    const f = await file(vol, d, 'f');
    const findEntry = async (parent: Inode, name: string) => {
      const { inode, buf, postparent } = ok(await vol.lookup(parent, name));
      expect(postparent!.iaGfid).toBe(parent.gfid);
      expect(inode!.gfid).toBe(buf!.iaGfid);
      return buf!;
    };
    for (const dir of [vol.root, d, e]) {
      expect(await findEntry(dir, '.')).toMatchObject({ iaGfid: dir.gfid, iaType: IA_IFDIR });
    }
    expect((await findEntry(e, '..')).iaGfid).toBe(d.gfid);
    expect((await findEntry(d, '..')).iaGfid).toBe(ROOT_GFID);
    expect((await vol.lookup(vol.root, '..')).err).toBe('ENOENT');
    expect((await vol.lookup(f, '.')).err).toBe('ENOTDIR');
    expect((await vol.lookup(f, '..')).err).toBe('ENOTDIR');
    ok(await vol.rename(d, 'e', vol.root, 'moved'));
    expect((await findEntry(e, '..')).iaGfid).toBe(ROOT_GFID);
    expect((await vol.fop('lookup', new Loc(e, d, '.'), null)).err).toBe('ESTALE');
    expect(await vol.names(vol.root)).toEqual(['d', 'moved']);
  },

  "lookup of an inode under another file's name fails with ESTALE": async (vol) => {
    const f = await file(vol, vol.root, 'f');
    await file(vol, vol.root, 'g');
    expect((await vol.fop('lookup', new Loc(f, vol.root, 'g'), null)).err).toBe('ESTALE');
  },

  'invalid names fail with EINVAL or EILSEQ': async (vol) => {
    for (const [name, err] of Object.entries({ ...BAD_NAMES, 'a\ud800': 'EILSEQ' })) {
      const isDots = name === '.' || name === '..';
      if (!isDots) expect((await vol.lookup(vol.root, name)).err).toBe(err);
      expect((await vol.mkdir(vol.root, name)).err).toBe(err);
      expect((await vol.create(vol.root, name)).err).toBe(err);
      expect((await vol.unlink(vol.root, name)).err).toBe(err);
    }
    const f = await file(vol, vol.root, 'f');
    expect((await vol.rename(vol.root, 'f', vol.root, '../f')).err).toBe('EINVAL');
    expect((await vol.link(f, vol.root, '..')).err).toBe('EINVAL');
  },

  'a name of 255 bytes is accepted, of 256 it fails with ENAMETOOLONG': async (vol) => {
    for (const unit of ['x', 'é', '\udcff']) {
      const name = unit.repeat(255 / nameLength(unit)).padEnd(255, '');
      const full = name + 'x'.repeat(255 - nameLength(name));
      await file(vol, vol.root, full, 'content');
      expect(ok(await vol.lookup(vol.root, full)).buf!.iaSize).toBe(7);
      expect((await vol.lookup(vol.root, `${full}x`)).err).toBe('ENAMETOOLONG');
      expect((await vol.mkdir(vol.root, `${full}x`)).err).toBe('ENAMETOOLONG');
      expect((await vol.rename(vol.root, full, vol.root, `${full}x`)).err).toBe('ENAMETOOLONG');
    }
    expect(await vol.names(vol.root)).toHaveLength(3);
  },

  'names and link targets that are not UTF-8 stay unchanged': async (vol) => {
    const names = ['caf\udce9', '\udcff\udcfe', '\udced\udca0\udc80', 'naïve', '日本'];
    for (const name of names) await file(vol, vol.root, name, name);
    expect(await vol.names(vol.root)).toEqual([...names].sort());
    const { path } = ok(await createAndReadlink('t\udc80'));
    expect(path).toBe('t\udc80');
    async function createAndReadlink(target: string) {
      const { inode } = ok(await vol.symlink(vol.root, 'l', target));
      return vol.fop('readlink', new Loc(inode), 4096, null);
    }
  },
};

const making: Checks = {
  'mkdir makes a directory with two links, and fails with EEXIST for a known name': async (vol) => {
    const before = await nlink(vol, vol.root);
    const { inode, buf, preparent, postparent } = ok(await vol.mkdir(vol.root, 'd', 0o2750));
    expect(buf).toMatchObject({ iaType: IA_IFDIR, iaProt: 0o750, iaNlink: 2 });
    expect([preparent!.iaNlink, postparent!.iaNlink]).toEqual([before, before + 1]);
    expect((await vol.mkdir(vol.root, 'd')).err).toBe('EEXIST');
    expect(await iatt(vol, inode!)).toMatchObject({ iaGfid: buf!.iaGfid, iaProt: 0o750 });
  },

  'mkdir and create give the requested gfid': async (vol, { privileged }) => {
    const xdata = vol.gfidReq();
    const gfid = xdata.string(GFID_REQ);
    expect(ok(await vol.mkdir(vol.root, 'd', 0o755, xdata)).buf!.iaGfid).toBe(gfid);
    const other = vol.gfidReq();
    const created = ok(await vol.create(vol.root, 'f', O_RDWR, 0o644, other));
    expect(created.buf!.iaGfid).toBe(other.string(GFID_REQ));
    created.fd!.release();
    if (!privileged) return;
    const bare = ok(await vol.fop('mkdir', vol.newLoc(vol.root, 'e'), 0o755, 0, null));
    expect(bare.buf!.iaGfid).not.toBe(gfid);
  },

  "new entries have the caller's ids, and below a setgid directory its group": async (
    vol,
    { privileged },
  ) => {
    if (!privileged) return;
    const user = vol.as({ uid: 1234, gid: 2345 });
    const open = ok(await vol.mkdir(vol.root, 'open', 0o700)).inode!;
    const { buf } = ok(await user.mkdir(open, 'd'));
    expect(buf).toMatchObject({ iaUid: 1234, iaGid: 2345 });
    const created = ok(await user.create(open, 'f', O_RDWR, 0o400));
    expect(created.buf).toMatchObject({ iaUid: 1234, iaGid: 2345, iaProt: 0o400 });
    ok(await user.write(created.fd!, 'x', 0));
    created.fd!.release();
    expect(ok(await user.symlink(open, 'l', 't')).buf).toMatchObject({ iaUid: 1234, iaGid: 2345 });
    expect(ok(await vol.mkdir(open, 'mine')).buf).toMatchObject({ iaUid: 0, iaGid: 0 });

    const shared = buf!.copy();
    Object.assign(shared, { iaProt: 0o2770, iaGid: 77 });
    const d = (await vol.lookup(open, 'd')).inode!;
    ok(await vol.fop('setattr', new Loc(d), shared, 0x1 | 0x4, null));
    expect(ok(await user.mkdir(d, 'sub')).buf).toMatchObject({ iaGid: 77, iaProt: 0o2755 });
    const inner = ok(await user.create(d, 'f'));
    expect(inner.buf).toMatchObject({ iaUid: 1234, iaGid: 77 });
    inner.fd!.release();
  },

  'create, mkdir and mknod apply the given mode unmasked': async (vol) => {
    const created = ok(await vol.create(vol.root, 'f', O_RDWR, 0o666));
    expect(created.buf!.iaProt).toBe(0o666);
    created.fd!.release();
    expect(ok(await vol.mkdir(vol.root, 'd', 0o1777)).buf!.iaProt).toBe(0o1777);
    expect(ok(await vol.mknod(vol.root, 'n', S_IFREG | 0o622)).buf!.iaProt).toBe(0o622);
  },

  'mknod makes files, fifos, sockets and devices': async (vol, { privileged }) => {
    const type = async (name: string, mode: number, rdev = 0) =>
      ok(await vol.mknod(vol.root, name, mode, rdev)).buf!;
    expect(await type('reg', S_IFREG | 0o644)).toMatchObject({ iaType: IA_IFREG, iaSize: 0 });
    expect((await type('fifo', S_IFIFO | 0o600)).iaType).toBe(IA_IFIFO);
    expect((await type('sock', S_IFSOCK | 0o600)).iaType).toBe(IA_IFSOCK);
    if (privileged) {
      // major 3, minor 300 in the kernel's encoding.
      const chr = await type(
        'chr',
        S_IFCHR | 0o600,
        (300 & 0xff) | (3 << 8) | ((300 & ~0xff) << 12),
      );
      expect(chr).toMatchObject({ iaType: IA_IFCHR, iaRdev: 3 * 2 ** 32 + 300 });
    }
    expect((await vol.mknod(vol.root, 'reg', S_IFREG | 0o644)).err).toBe('EEXIST');
    const { inode } = ok(await vol.lookup(vol.root, 'fifo'));
    expect((await vol.open(inode!)).err).toBe('ENXIO');
  },

  'readlink returns the target of symlink, cut at the given size': async (vol) => {
    const { inode, buf } = ok(await vol.symlink(vol.root, 'l', '../some/where'));
    expect(buf).toMatchObject({ iaType: IA_IFLNK, iaSize: 13 });
    const read = ok(await vol.fop('readlink', new Loc(inode), 4096, null));
    expect([read.path, read.opRet]).toEqual(['../some/where', 13]);
    const cut = ok(await vol.fop('readlink', new Loc(inode), 4, null));
    expect([cut.path, cut.opRet]).toEqual(['../s', 4]);
    const f = await file(vol, vol.root, 'f');
    expect((await vol.fop('readlink', new Loc(f), 4096, null)).err).toBe('EINVAL');
    expect((await vol.symlink(vol.root, 'l', 'x')).err).toBe('EEXIST');
    expect((await vol.symlink(vol.root, 'm', '')).err).toBe('ENOENT');
    expect((await vol.open(inode!)).err).toBe('ELOOP');
    ok(await vol.symlink(vol.root, 'dir-link', '.'));
    const link = ok(await vol.lookup(vol.root, 'dir-link'));
    expect((await vol.lookup(link.inode!, 'f')).err).toBe('ENOTDIR');
  },

  'create opens a new or existing file, and refuses directories and links': async (vol) => {
    const created = ok(await vol.create(vol.root, 'f', O_RDWR | O_EXCL, 0o640));
    expect(created.buf).toMatchObject({ iaType: IA_IFREG, iaProt: 0o640, iaSize: 0, iaNlink: 1 });
    ok(await vol.write(created.fd!, 'data', 0));
    expect((await vol.create(vol.root, 'f', O_RDWR | O_EXCL)).err).toBe('EEXIST');
    const again = ok(await vol.create(vol.root, 'f', O_RDWR));
    expect(again.buf).toMatchObject({ iaGfid: created.buf!.iaGfid, iaSize: 4 });
    expect(again.inode).toBe(created.inode);
    const empty = ok(await vol.create(vol.root, 'f', O_RDWR | O_TRUNC));
    expect(empty.buf!.iaSize).toBe(0);
    for (const { fd } of [created, again, empty]) fd!.release();
    await mkdir(vol, vol.root, 'd');
    expect((await vol.create(vol.root, 'd', O_RDWR)).err).toBe('EISDIR');
    ok(await vol.symlink(vol.root, 'l', 'nowhere'));
    expect((await vol.create(vol.root, 'l', O_RDWR)).err).toBe('ELOOP');
    expect((await vol.lookup(vol.root, 'nowhere')).err).toBe('ENOENT');
  },

  'put writes a whole file, and fails with EEXIST under O_EXCL': async (vol) => {
    const data = new TextEncoder().encode('whole');
    const putFile = (name: string, flags = 0) =>
      vol.fop('put', vol.newLoc(vol.root, name), 0o644, 0, flags, data, 0, null, vol.gfidReq());
    expect(ok(await putFile('f')).buf).toMatchObject({ iaSize: 5, iaProt: 0o644 });
    expect(await content(vol, ok(await vol.lookup(vol.root, 'f')).inode!)).toBe('whole');
    expect((await putFile('f', O_EXCL)).err).toBe('EEXIST');
  },

  'link adds a name to a file, and refuses directories and existing names': async (vol) => {
    const d = await mkdir(vol, vol.root, 'd');
    const f = await file(vol, vol.root, 'f', 'one file');
    const { buf, inode } = ok(await vol.link(f, d, 'g'));
    expect(buf).toMatchObject({ iaGfid: f.gfid, iaNlink: 2 });
    expect(inode).toBe(f);
    expect(ok(await vol.lookup(d, 'g')).inode).toBe(f);
    expect((await vol.link(f, d, 'g')).err).toBe('EEXIST');
    expect((await vol.link(d, vol.root, 'dd')).err).toBe('EPERM');
    expect((await vol.link(f, f, 'x')).err).toBe('ENOTDIR');
    ok(await vol.unlink(vol.root, 'f'));
    expect(await nlink(vol, f)).toBe(1);
    expect(await content(vol, f)).toBe('one file');
  },

  'a removed directory accepts no new name': async (vol) => {
    const d = await mkdir(vol, vol.root, 'd');
    const f = await file(vol, vol.root, 'f');
    const held = ok(await vol.opendir(d)).fd!;
    ok(await vol.rmdir(vol.root, 'd'));
    expect((await vol.mkdir(d, 'x')).err).toBe('ENOENT');
    expect((await vol.create(d, 'x')).err).toBe('ENOENT');
    expect((await vol.link(f, d, 'x')).err).toBe('ENOENT');
    expect((await vol.rename(vol.root, 'f', d, 'x')).err).toBe('ENOENT');
    expect((await vol.lookup(d, 'x')).err).toBe('ENOENT');
    expect(ok(await vol.fop('readdir', held, 4096, 0, null)).entries).toEqual([]);
    held.release();
  },
};

const removing: Checks = {
  'unlink and rmdir remove names, and refuse wrong types and full directories': async (vol) => {
    const d = await mkdir(vol, vol.root, 'd');
    await file(vol, d, 'f');
    expect((await vol.unlink(vol.root, 'absent')).err).toBe('ENOENT');
    expect((await vol.rmdir(vol.root, 'absent')).err).toBe('ENOENT');
    expect((await vol.unlink(vol.root, 'd')).err).toBe('EISDIR');
    expect((await vol.rmdir(d, 'f')).err).toBe('ENOTDIR');
    expect((await vol.rmdir(vol.root, 'd')).err).toBe('ENOTEMPTY');
    const reply = ok(await vol.unlink(d, 'f'));
    expect(reply.postparent!.iaGfid).toBe(d.gfid);
    expect((await vol.lookup(d, 'f')).err).toBe('ENOENT');
    const left = ok(await vol.rmdir(vol.root, 'd'));
    expect(left.preparent!.iaNlink - left.postparent!.iaNlink).toBe(1);
    expect((await vol.lookup(vol.root, 'd')).err).toBe('ENOENT');
  },

  'a recreated name has a new gfid': async (vol) => {
    const f = await file(vol, vol.root, 'f', 'old');
    const { gfid } = f;
    ok(await vol.unlink(vol.root, 'f'));
    const again = await file(vol, vol.root, 'f', 'new');
    expect(again.gfid).not.toBe(gfid);
    expect(await content(vol, again)).toBe('new');
  },

  'an unlinked file stays usable through its open fd': async (vol) => {
    const { fd, inode } = ok(await vol.create(vol.root, 'f'));
    ok(await vol.write(fd!, 'before', 0));
    ok(await vol.unlink(vol.root, 'f'));
    ok(await vol.write(fd!, ' and after', 6));
    expect((await vol.read(fd!, 100, 0)).text).toBe('before and after');
    expect(ok(await vol.fop('fstat', fd!, null)).buf).toMatchObject({ iaSize: 16, iaNlink: 0 });
    expect(ok(await vol.stat(inode!)).buf!.iaNlink).toBe(0);
    ok(await vol.fop('ftruncate', fd!, 3, null));
    expect((await vol.read(fd!, 100, 0)).text).toBe('bef');
    fd!.release();
  },
};

const renaming: Checks = {
  'rename moves a file or directory, and onto itself changes nothing': async (vol) => {
    const a = await mkdir(vol, vol.root, 'a');
    const b = await mkdir(vol, vol.root, 'b');
    const f = await file(vol, a, 'f', 'moved');
    expect((await vol.rename(a, 'absent', b, 'g')).err).toBe('ENOENT');
    const { buf, postoldparent, postnewparent } = ok(await vol.rename(a, 'f', b, 'g'));
    expect(buf!.iaGfid).toBe(f.gfid);
    expect([postoldparent!.iaGfid, postnewparent!.iaGfid]).toEqual([a.gfid, b.gfid]);
    expect((await vol.lookup(a, 'f')).err).toBe('ENOENT');
    expect(ok(await vol.lookup(b, 'g')).inode).toBe(f);
    const inner = await mkdir(vol, a, 'inner');
    ok(await vol.rename(a, 'inner', b, 'inner'));
    expect([await nlink(vol, a), await nlink(vol, b)]).toEqual([2, 3]);
    expect((await vol.list(inner))[1]!.gfid).toBe(b.gfid);
    ok(await vol.rename(b, 'g', b, 'g'));
    expect(await content(vol, f)).toBe('moved');
  },

  'rename replaces a file or an empty directory, and refuses other targets': async (vol) => {
    const root = vol.root;
    const f = await file(vol, root, 'f', 'new');
    const g = ok(await vol.create(root, 'g'));
    ok(await vol.write(g.fd!, 'old', 0));
    ok(await vol.rename(root, 'f', root, 'g'));
    expect(await vol.names(root)).toEqual(['g']);
    expect(await content(vol, ok(await vol.lookup(root, 'g')).inode!)).toBe('new');
    expect(ok(await vol.lookup(root, 'g')).inode).toBe(f);
    expect((await vol.read(g.fd!, 10, 0)).text).toBe('old');
    g.fd!.release();

    const d = await mkdir(vol, root, 'd');
    const e = await mkdir(vol, root, 'e');
    expect((await vol.rename(root, 'g', root, 'd')).err).toBe('EISDIR');
    expect((await vol.rename(root, 'd', root, 'g')).err).toBe('ENOTDIR');
    await file(vol, e, 'full');
    expect((await vol.rename(root, 'd', root, 'e')).err).toBe('ENOTEMPTY');
    ok(await vol.unlink(e, 'full'));
    const links = await nlink(vol, root);
    ok(await vol.rename(root, 'd', root, 'e'));
    expect(ok(await vol.lookup(root, 'e')).inode).toBe(d);
    expect(await nlink(vol, root)).toBe(links - 1);
  },

  'rename of a hard link onto another link of the file leaves both': async (vol) => {
    const f = await file(vol, vol.root, 'f');
    ok(await vol.link(f, vol.root, 'g'));
    ok(await vol.rename(vol.root, 'f', vol.root, 'g'));
    expect(await vol.names(vol.root)).toEqual(['f', 'g']);
    expect(await nlink(vol, f)).toBe(2);
  },

  'rename of a directory below itself fails with EINVAL': async (vol) => {
    const a = await mkdir(vol, vol.root, 'a');
    const b = await mkdir(vol, a, 'b');
    expect((await vol.rename(vol.root, 'a', b, 'c')).err).toBe('EINVAL');
    expect((await vol.rename(vol.root, 'a', a, 'c')).err).toBe('EINVAL');
    expect((await vol.rename(a, 'b', vol.root, 'a')).err).toBe('ENOTEMPTY');
    expect((await vol.rename(a, 'b', vol.root, 'a', EXCHANGE)).err).toBe('EINVAL');
  },

  'rename honours NOREPLACE and EXCHANGE, and refuses both together': async (vol) => {
    const root = vol.root;
    const f = await file(vol, root, 'f', 'f');
    const d = await mkdir(vol, root, 'd');
    const sub = await mkdir(vol, d, 'sub');
    expect((await vol.rename(root, 'f', root, 'd', NOREPLACE)).err).toBe('EEXIST');
    ok(await vol.rename(root, 'f', root, 'g', NOREPLACE));
    expect((await vol.rename(root, 'g', root, 'absent', EXCHANGE)).err).toBe('ENOENT');
    ok(await vol.rename(root, 'g', d, 'sub', EXCHANGE));
    expect(ok(await vol.lookup(root, 'g')).inode).toBe(sub);
    expect(ok(await vol.lookup(d, 'sub')).inode).toBe(f);
    expect([await nlink(vol, d), await nlink(vol, sub)]).toEqual([2, 2]);
    expect((await vol.rename(root, 'g', root, 'x', NOREPLACE | EXCHANGE)).err).toBe('EINVAL');
  },
};

export const nameChecks: Checks = { ...finding, ...making, ...removing, ...renaming };
