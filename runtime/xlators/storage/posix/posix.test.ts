/** Properties of storage/posix alone: gfids on disk, changes behind the volume, descriptors. */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { file, iatt, mkdir, ok } from '../../../../test/contract/check.ts';
import { startVolume, testContext } from '../../../../test/contract/driver.ts';
import { makeFolder } from '../../../../test/support/folder.ts';
import {
  getStore,
  isRoot,
  readGfid,
  startBrick,
  startPosix,
  storeGfid,
} from '../../../../test/support/posix.ts';
import { gfidToBytes, ROOT_GFID } from '../../../core/gfid.ts';
import { O_RDWR } from '../../../core/open-flags.ts';
import { Loc } from '../../../core/operands.ts';
import { GFID_REQ } from '../../../core/xdata.ts';
import * as libc from '../../../sys/libc.ts';
import { toCString } from '../../../sys/struct.ts';
import posix from './index.ts';

describe('the start of storage/posix', () => {
  const start = (directory?: string, baseDir?: string) => {
    const options: Record<string, string> = directory === undefined ? {} : { directory };
    return startVolume([{ name: 'disk', translator: posix, options }], testContext(baseDir));
  };

  test('fails with the reason if option directory is not set, or names an absent directory or a file', async () => {
    const base = makeFolder();
    fs.writeFileSync(join(base, 'f'), '');
    await expect(start()).rejects.toThrow("option 'directory' is missing");
    await expect(start(join(base, 'absent'))).rejects.toThrow('does not exist');
    await expect(start(join(base, 'f'))).rejects.toThrow('is not a directory');
  });

  test.runIf(isRoot)('fails if the directory lacks the id of option volume-id', async () => {
    const id = '11111111-2222-4333-8444-555555555555';
    const directory = makeFolder();
    const key = toCString('trusted.glusterfs.volume-id');
    const options = { 'volume-id': id.toUpperCase() };
    await expect(startBrick(directory, options)).rejects.toThrow('belongs to no volume');
    libc.lsetxattr(toCString(directory), key, gfidToBytes(ROOT_GFID), 16, 0);
    await expect(startBrick(directory, options)).rejects.toThrow(`the volume ${ROOT_GFID}`);
    libc.lsetxattr(toCString(directory), key, gfidToBytes(id), 16, 0);
    await startPosix(directory, options);
    await expect(startBrick(directory, { 'volume-id': 'x' })).rejects.toThrow('is no uuid');
  });

  test('resolves a relative option directory from the folder of the volfile', async () => {
    const base = makeFolder();
    fs.mkdirSync(join(base, 'brick'));
    const vol = await start('brick', base);
    await file(vol, vol.root, 'f', 'here');
    await vol.stop();
    expect(fs.readFileSync(join(base, 'brick/f'), 'utf8')).toBe('here');
  });
});

test("statfs with shared-brick-count 3 returns a third of the file system's size", async () => {
  const directory = makeFolder();
  const roomOf = async (options: Readonly<Record<string, string>>) => {
    const vol = await startPosix(directory, options);
    return ok(await vol.fop('statfs', new Loc(vol.root), null)).statvfs!;
  };
  const [all, part] = [await roomOf({}), await roomOf({ 'shared-brick-count': '3' })];
  for (const key of ['blocks', 'files'] as const) {
    expect(part[key]).toBe(Math.floor(all[key] / 3));
  }
  expect(part.bsize).toBe(all.bsize);
  expect(part.bavail).toBeLessThan(all.bavail);
});

describe('gfids', () => {
  test('are stored with the file and outlive the volume', async () => {
    const directory = makeFolder();
    const first = await startVolume([{ name: 'd', translator: posix, options: { directory } }]);
    const xdata = first.gfidReq();
    ok(await first.mkdir(first.root, 'd', 0o755, xdata));
    await first.stop();
    const gfid = xdata.string(GFID_REQ);
    expect(readGfid(join(directory, 'd'))).toBe(gfid);
    expect(readGfid(directory)).toBe(ROOT_GFID);
    const vol = await startPosix(directory);
    expect(ok(await vol.lookup(vol.root, 'd')).buf!.iaGfid).toBe(gfid);
  });

  test('are set at the first lookup or listing of files that were made on the disk', async () => {
    const directory = makeFolder();
    for (const name of ['a', 'b', 'c']) fs.writeFileSync(join(directory, name), name);
    const vol = await startPosix(directory);
    const xdata = vol.gfidReq();
    const { buf } = ok(await vol.lookup(vol.root, 'a', xdata));
    expect(buf!.iaGfid).toBe(xdata.string(GFID_REQ));
    const listed = (await vol.list(vol.root)).find(({ name }) => name === 'b')!;
    expect(readGfid(join(directory, 'b'))).toBe(listed.gfid);
    const plus = await vol.list(vol.root, 4096, 'readdirp');
    const entry = plus.find(({ name }) => name === 'c')!;
    expect(entry.stat!.iaGfid).toBe(readGfid(join(directory, 'c')));
    expect(ok(await vol.lookup(vol.root, 'c')).buf!.iaGfid).toBe(entry.gfid);
  });

  test("are stored before a reply takes the file's ctime, so that the ctime is current", async () => {
    const directory = makeFolder();
    for (const name of ['a', 'b']) fs.writeFileSync(join(directory, name), name);
    const vol = await startPosix(directory);
    const told = [ok(await vol.lookup(vol.root, 'a')).buf!];
    const entries = await vol.list(vol.root, 4096, 'readdirp');
    told.push(entries.find(({ name }) => name === 'b')!.stat!);
    for (const [at, name] of ['a', 'b'].entries()) {
      const { ctimeNs } = fs.statSync(join(directory, name), { bigint: true });
      const { iaCtime, iaCtimeNsec } = told[at]!;
      expect(BigInt(iaCtime) * 1_000_000_000n + BigInt(iaCtimeNsec)).toBe(ctimeNs);
    }
  });

  test('a copy with the attributes of its original gets a gfid of its own', async () => {
    const directory = makeFolder();
    const vol = await startPosix(directory);
    const f = await file(vol, vol.root, 'f', 'original');
    fs.writeFileSync(join(directory, 'copy'), 'copy');
    fs.writeFileSync(join(directory, 'copy-2'), 'copy 2');
    for (const name of ['copy', 'copy-2']) storeGfid(join(directory, name), f.gfid);
    const copy = ok(await vol.lookup(vol.root, 'copy'));
    expect(copy.inode).not.toBe(f);
    expect(readGfid(join(directory, 'copy'))).toBe(copy.inode!.gfid);
    const entries = await vol.list(vol.root);
    expect(new Set(entries.map(({ gfid }) => gfid)).size).toBe(entries.length - 1);
    expect(readGfid(join(directory, 'f'))).toBe(f.gfid);
    expect(ok(await vol.stat(f)).buf!.iaSize).toBe(8);
    // A hard link made behind the volume is the same file.
    fs.linkSync(join(directory, 'f'), join(directory, 'g'));
    expect(ok(await vol.lookup(vol.root, 'g')).inode).toBe(f);
  });

  test('are not set outside the volume: a lookup of .. in a directory that was moved out fails with ENOENT', async () => {
    const outside = makeFolder();
    const vol = await startPosix(makeFolder());
    const d = await mkdir(vol, vol.root, 'd');
    fs.renameSync(join(getStore(vol).directory, 'd'), join(outside, 'd'));
    expect((await vol.lookup(d, '..')).err).toBe('ENOENT');
    expect(readGfid(outside)).toBeNull();
  });

  test('stay the same for a file on a disk that cannot store them', async () => {
    const directory = makeFolder();
    const vol = await startPosix(directory);
    // The gfid then derives from device, inode number and birth.
    const { gfids } = getStore(vol);
    gfids.write = () => false;
    const f = await file(vol, vol.root, 'f');
    vol.graph.inodes.forget(f, 0);
    expect(ok(await vol.lookup(vol.root, 'f')).buf!.iaGfid).toBe(f.gfid);
    getStore(vol).handles.drop(getStore(vol).handles.find(f.gfid)!);
    expect(ok(await vol.lookup(vol.root, 'f')).buf!.iaGfid).toBe(f.gfid);
    expect(readGfid(join(directory, 'f'))).toBeNull();
    ok(await vol.unlink(vol.root, 'f'));
    expect((await file(vol, vol.root, 'f')).gfid).not.toBe(f.gfid);
  });
});

describe('changes behind the volume', () => {
  test('a rename of a directory on the disk keeps its inodes usable', async () => {
    const directory = makeFolder();
    const vol = await startPosix(directory);
    const d = await mkdir(vol, vol.root, 'd');
    const f = await file(vol, d, 'f', 'text');
    fs.renameSync(join(directory, 'd'), join(directory, 'e'));
    fs.mkdirSync(join(directory, 'd'));
    await file(vol, d, 'g');
    expect(fs.readdirSync(join(directory, 'e')).sort()).toEqual(['f', 'g']);
    expect(fs.readdirSync(join(directory, 'd'))).toEqual([]);
    expect((await iatt(vol, f)).iaSize).toBe(4);
    expect((await vol.lookup(vol.root, 'd')).err).toBe('ESTALE');
    expect(ok(await vol.lookup(vol.root, 'd')).inode).not.toBe(d);
    expect(ok(await vol.lookup(vol.root, 'e')).inode).toBe(d);
  });

  test('a file that was made on the disk, and that no client has looked up, is removed or replaced', async () => {
    const directory = makeFolder();
    const vol = await startPosix(directory);
    for (const name of ['f', 'g', 'h']) fs.writeFileSync(join(directory, name), name);
    ok(await vol.unlink(vol.root, 'f'));
    ok(await vol.rename(vol.root, 'g', vol.root, 'h'));
    expect(fs.readFileSync(join(directory, 'h'), 'utf8')).toBe('g');
  });

  test('a recursive rmdir succeeds after the landfill, which it makes at need, was removed', async () => {
    const directory = makeFolder();
    const vol = await startPosix(directory, { 'gfid-handles': 'on' });
    const landfill = join(directory, '.glusterfs/landfill');
    for (const name of ['d', 'e']) {
      expect(fs.existsSync(landfill)).toBe(false);
      const d = await mkdir(vol, vol.root, name);
      await file(vol, d, 'f');
      ok(await vol.fop('rmdir', new Loc(d, vol.root, name), 1, null));
      fs.rmSync(landfill, { recursive: true });
    }
    expect(fs.readdirSync(directory)).toEqual(['.glusterfs']);
  });

  test('a directory that became a symbolic link is not followed', async () => {
    const directory = makeFolder();
    const vol = await startPosix(directory, { 'handle-limit': '16' });
    const d = await mkdir(vol, vol.root, 'd');
    const f = await file(vol, d, 'f', 'inside');
    const outside = makeFolder();
    fs.writeFileSync(join(outside, 'f'), 'outside!');
    fs.renameSync(join(directory, 'd'), join(directory, 'gone'));
    fs.symlinkSync(outside, join(directory, 'd'));
    const { handles } = getStore(vol);
    for (const { gfid } of [d, f]) handles.close(handles.find(gfid)!);
    expect((await vol.stat(f)).err).toBe('ESTALE');
    expect((await vol.lookup(d, 'f')).err).toBe('ESTALE');
    fs.rmSync(join(directory, 'd'));
    fs.renameSync(join(directory, 'gone'), join(directory, 'd'));
    expect(ok(await vol.lookup(d, 'f')).inode).toBe(f);
  });

  test('a request for a replaced file fails with ESTALE, and the next lookup finds the new one', async () => {
    const directory = makeFolder();
    const vol = await startPosix(directory);
    const f = await file(vol, vol.root, 'f', 'old');
    fs.writeFileSync(join(directory, 'new'), 'newer');
    fs.renameSync(join(directory, 'new'), join(directory, 'f'));
    const { handles } = getStore(vol);
    handles.close(handles.find(f.gfid)!);
    expect((await vol.stat(f)).err).toBe('ESTALE');
    expect((await vol.lookup(vol.root, 'f')).err).toBe('ESTALE');
    const again = ok(await vol.lookup(vol.root, 'f'));
    expect([again.inode === f, again.buf!.iaSize]).toEqual([false, 5]);
  });

  test('the .glusterfs folder in the root is neither listed nor found, and changes of it fail with EPERM', async () => {
    const directory = makeFolder();
    fs.mkdirSync(join(directory, '.glusterfs/00'), { recursive: true });
    const vol = await startPosix(directory);
    const d = await mkdir(vol, vol.root, 'd');
    expect(await vol.names(vol.root)).toEqual(['d']);
    expect(await vol.names(vol.root, 32)).toEqual(['d']);
    expect((await vol.lookup(vol.root, '.glusterfs')).err).toBe('ENOENT');
    for (const reply of [
      await vol.mkdir(vol.root, '.glusterfs'),
      await vol.create(vol.root, '.glusterfs'),
      await vol.rmdir(vol.root, '.glusterfs'),
      await vol.rename(vol.root, '.glusterfs', vol.root, 'x'),
      await vol.rename(vol.root, 'd', vol.root, '.glusterfs'),
    ]) {
      expect(reply.err).toBe('EPERM');
    }
    ok(await vol.mkdir(d, '.glusterfs'));
    expect(await vol.names(d)).toEqual(['.glusterfs']);
  });
});

describe('the descriptors of storage/posix', () => {
  test('stay below handle-limit, and all inodes remain usable', async () => {
    const vol = await startPosix(makeFolder(), { 'handle-limit': '16' });
    const { handles } = getStore(vol);
    let dir = vol.root;
    for (let depth = 0; depth < 30; depth++) dir = await mkdir(vol, dir, `d${depth}`);
    const files = [];
    for (let i = 0; i < 200; i++) files.push(await file(vol, dir, `f${i}`, 'x'.repeat(i)));
    for (const [i, f] of files.entries()) expect((await iatt(vol, f)).iaSize).toBe(i);
    expect(handles.openCount).toBeLessThanOrEqual(16 + 32);
    const other = await mkdir(vol, vol.root, 'other');
    for (const [i, f] of files.entries()) {
      ok(await vol.rename(dir, `f${i}`, other, `g${i}`));
      ok(await vol.link(f, dir, `h${i}`));
    }
    expect(await vol.names(other)).toHaveLength(200);
    const names = await vol.list(dir, 4096, 'readdirp');
    const linked = names.filter(({ name, stat }) => name.startsWith('h') && stat?.iaNlink === 2);
    expect(linked).toHaveLength(200);
    expect(handles.openCount).toBeLessThanOrEqual(16 + 32);
  });

  test('are reopened by file handle after renames on the disk if they were closed', async () => {
    const directory = makeFolder();
    const vol = await startPosix(directory, { 'handle-limit': '16' });
    const { handles, fileHandles } = getStore(vol);
    const files = [];
    for (let i = 0; i < 100; i++) files.push(await file(vol, vol.root, `f${i}`, 'x'.repeat(i)));
    fs.mkdirSync(join(directory, 'moved'));
    for (let i = 0; i < 100; i++) {
      fs.renameSync(join(directory, `f${i}`), join(directory, `moved/g${i}`));
    }
    const closed = files.filter(({ gfid }) => handles.find(gfid)!.fd < 0);
    expect(closed.length).toBeGreaterThan(50);
    for (const f of closed) {
      const reply = await vol.stat(f);
      // Without the right to use file handles there are only the old names.
      if (fileHandles === null) expect(reply.err).toBe('ESTALE');
      else expect(reply.buf!.iaSize).toBe(files.indexOf(f));
    }
  });

  test('are not opened for files that a listing finds', async () => {
    const directory = makeFolder();
    for (let i = 0; i < 1000; i++) fs.writeFileSync(join(directory, `f${i}`), '');
    const vol = await startPosix(directory, { 'handle-limit': '16' });
    const entries = await vol.list(vol.root, 65_536);
    expect(new Set(entries.map(({ gfid }) => gfid)).size).toBe(1001);
    expect(getStore(vol).handles.openCount).toBe(1);
    const plus = await vol.list(vol.root, 65_536, 'readdirp');
    expect(plus.map(({ gfid }) => gfid)).toEqual(entries.map(({ gfid }) => gfid));
    expect(getStore(vol).handles.openCount).toBe(1);
  });

  test('are closed when inodes are forgotten and fds released', async () => {
    const before = fs.readdirSync('/proc/self/fd').length;
    const directory = makeFolder();
    const rows = [{ name: 'disk', translator: posix, options: { directory } }];
    const vol = await startVolume(rows);
    for (let i = 0; i < 50; i++) {
      const made = ok(await vol.create(vol.root, `f${i}`));
      const dir = ok(await vol.opendir(vol.root));
      ok(await vol.fop('readdir', dir.fd!, 4096, 0, null));
      dir.fd!.release();
      if (i % 2 === 0) ok(await vol.unlink(vol.root, `f${i}`));
      made.fd!.release();
      vol.graph.inodes.forget(made.inode!, 0);
    }
    expect(getStore(vol).openFdCount).toBe(0);
    await vol.stop();
    expect(fs.readdirSync('/proc/self/fd').length).toBe(before);
  });

  test('are closed for an unlinked file after its release and forget', async () => {
    const directory = makeFolder();
    const vol = await startPosix(directory);
    const { fd, inode } = ok(await vol.create(vol.root, 'f'));
    ok(await vol.unlink(vol.root, 'f'));
    fd!.release();
    vol.graph.inodes.forget(inode!, 0);
    const targets = fs.readdirSync('/proc/self/fd').map(linkOf);
    expect(targets.filter((target) => target.startsWith(`${directory}/f`))).toEqual([]);
  });
});

function linkOf(n: string): string {
  try {
    return fs.readlinkSync(`/proc/self/fd/${n}`);
  } catch {
    // readdirSync's own descriptor is closed by now.
    return '';
  }
}

describe('data on disk', () => {
  test('reads of pages outside the page cache return the whole data', async () => {
    const directory = makeFolder();
    const noise = randomBytes(4 << 20);
    fs.writeFileSync(join(directory, 'f'), noise, { flush: true });
    const vol = await startPosix(directory);
    const { fd } = ok(await vol.open(ok(await vol.lookup(vol.root, 'f')).inode!, 0));
    for (const size of [1000, 40_000, 1 << 20]) {
      // dd drops the file from the page cache; the first read caches only its beginning.
      execFileSync('dd', [`if=${join(directory, 'f')}`, 'iflag=nocache', 'count=0', 'status=none']);
      ok(await vol.read(fd!, 100, 0));
      const offsets = [0, 1, 2_000_000, noise.length - 500];
      const replies = await Promise.all(offsets.map((offset) => vol.read(fd!, size, offset)));
      replies.forEach((reply, i) => {
        const offset = offsets[i]!;
        expect(Buffer.compare(reply.vector!, noise.subarray(offset, offset + size))).toBe(0);
      });
    }
    fd!.release();
  });

  test('a write to an O_SYNC file returns its length and the new size', async () => {
    const directory = makeFolder();
    const vol = await startPosix(directory);
    const flags = O_RDWR | fs.constants.O_SYNC;
    const made = ok(await vol.create(vol.root, 'f', flags));
    const written = ok(await vol.write(made.fd!, 'synced', 3));
    expect([written.opRet, written.postbuf!.iaSize]).toEqual([6, 9]);
    made.fd!.release();
    expect(fs.readFileSync(join(directory, 'f'), 'latin1')).toBe('\0\0\0synced');
  });

  test('a created file belongs to the caller, has the mode of the request, and holds the written text', async () => {
    const directory = makeFolder();
    const vol = await startPosix(directory);
    const user = isRoot ? vol.as({ uid: 1234, gid: 2345 }) : vol;
    const mask = process.umask(0o077);
    onTestFinished(() => {
      process.umask(mask);
    });
    const made = ok(await user.create(vol.root, 'f', O_RDWR, 0o666));
    ok(await user.write(made.fd!, 'text', 0));
    made.fd!.release();
    const st = fs.statSync(join(directory, 'f'));
    expect(st.mode & 0o777).toBe(0o666);
    if (isRoot) expect([st.uid, st.gid]).toEqual([1234, 2345]);
    // The process itself has its own uid and umask again.
    fs.writeFileSync(join(directory, 'own'), '');
    const own = fs.statSync(join(directory, 'own'));
    expect([own.uid, own.mode & 0o777]).toEqual([process.geteuid?.(), 0o600]);
    fs.chmodSync(join(directory, 'f'), 0);
    if (isRoot) expect(fs.readFileSync(join(directory, 'f'), 'utf8')).toBe('text');
  });

  test.runIf(isRoot)(
    'an ACL that a setxattr sets is stored, shown in the mode, and checked by access',
    async () => {
      const directory = makeFolder();
      const vol = await startPosix(directory);
      const f = await file(vol, vol.root, 'f');
      const entry = (tag: number, perm: number, id: number) => {
        const bytes = new Uint8Array(8);
        const view = new DataView(bytes.buffer);
        view.setUint16(0, tag, true);
        view.setUint16(2, perm, true);
        view.setUint32(4, id, true);
        return [...bytes];
      };
      const none = 0xffffffff;
      const acl = [2, 0, 0, 0, ...entry(1, 6, none), ...entry(2, 7, 1234), ...entry(4, 4, none)];
      acl.push(...entry(16, 7, none), ...entry(32, 0, none));
      const name = 'system.posix_acl_access';
      const dict = vol.gfidReq();
      dict.delete(GFID_REQ);
      dict.set(name, Uint8Array.from(acl));
      ok(await vol.fop('setxattr', new Loc(f), dict, 0, null));
      const reply = ok(await vol.fop('getxattr', new Loc(f), name, null));
      expect([...reply.dict!.bytes(name)!]).toEqual(acl);
      expect((await iatt(vol, f)).iaProt).toBe(0o670);
      // access checks the caller, and not the user of the process.
      const may = async (uid: number, mask: number): Promise<boolean> =>
        (await vol.as({ uid, gid: uid }).fop('access', new Loc(f), mask, null)).opRet === 0;
      expect(await may(1234, 7)).toBe(true);
      expect(await may(1235, 4)).toBe(false);
    },
  );
});
