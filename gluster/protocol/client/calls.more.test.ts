/** Single calls to one brick of GlusterFS, by hand or through a graph. */
import { constants, lstatSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Dict } from '../../../runtime/core/dict.ts';
import { EAGAIN, EINVAL, ENODATA, ENOENT, ENXIO, EOPNOTSUPP } from '../../../runtime/core/errno.ts';
import { SET_ATTR } from '../../../runtime/core/fops.ts';
import { type Dirent, IA_IFCHR, IA_IFIFO, IA_IFLNK, Iatt } from '../../../runtime/core/iatt.ts';
import type { Flock } from '../../../runtime/core/lock.ts';
import { F_GETLK, F_SETLK, F_SETLKW, F_UNLCK, F_WRLCK } from '../../../runtime/core/lock.ts';
import { O_RDWR } from '../../../runtime/core/open-flags.ts';
import { type Fd, Loc } from '../../../runtime/core/operands.ts';
import { FLOCK } from '../../../runtime/core/xdata.ts';
import { XdrReader } from '../../../runtime/wire/xdr.ts';
import { XATTROP } from '../../../runtime/xlators/storage/shared/xattrs.ts';
import type { Ask, BrickClient } from '../../../test/support/brick-clients.ts';
import { BrickClients, bytes } from '../../../test/support/brick-clients.ts';
import { FaultyConnection, passUnchanged } from '../../../test/support/faulty-connection.ts';
import { makeFolder } from '../../../test/support/folder.ts';
import { isWithoutBricks, RealBrick } from '../../../test/support/gluster.ts';
import { RawPeer, ROOT } from '../../../test/support/raw-rpc.ts';
import { readFields } from '../../rpc/fields.ts';
import { findWireFop } from '../../rpc/fops4.ts';
import { ACCEPT_STATUS, CALL, readCall, SELF_CALLER } from '../../rpc/message.ts';
import {
  CALLBACK_PROCEDURES,
  DUMP_ID,
  DUMP_PROCEDURES,
  DUMP_PROGRAM,
  FOPS4,
  HANDSHAKE,
  HANDSHAKE_PROCEDURES,
  inodelkContention,
  readPrograms,
} from '../../rpc/programs.ts';

const PATIENCE = { timeout: 120_000 };
const ANONYMOUS = -2;

let folder: string;
let brick: RealBrick;
let clients: BrickClients;
let client: BrickClient;

const at = (name: string): string => join(brick.files, name);

/** Connects and completes the handshake. */
async function peer(texts?: Readonly<Record<string, string>>): Promise<RawPeer> {
  const peer = await RawPeer.connect(brick.port);
  expect(await peer.setVolume(texts)).toMatchObject({ opRet: 0 });
  return peer;
}

/** Opens a file through the client; creates it if it is missing. */
async function opened(path: string, flags = O_RDWR, by = client): Promise<Fd> {
  const [, id] = (await by.ask('open', path, flags | 0o100, 0o644)) as [string, number];
  return by.driver.client.fds.get(id)!;
}

const text = (data: unknown): string => Buffer.from(data as Uint8Array).toString('latin1');
const lock = (type: number, start: number, len: number): Flock => ({
  ...{ type, whence: 0, start, len, pid: 77, owner: '' },
});

describe.skipIf(isWithoutBricks())('a GlusterFS brick', () => {
  beforeAll(async () => {
    folder = makeFolder();
    clients = new BrickClients();
    brick = await RealBrick.start(folder, {
      locks: { 'notify-contention': 'yes', 'notify-contention-delay': '0' },
      upcall: { 'cache-invalidation': 'on', 'cache-invalidation-timeout': '60' },
    });
    client = await clients.open(brick.port);
  });
  afterAll(async () => {
    await clients.end();
    await brick.end();
  });

  it('receives all groups of a caller unless send-gids is off, and O_DIRECT unless filter-O_DIRECT is on', async () => {
    const line = await FaultyConnection.start(brick.port);
    const opens: { groups: readonly number[]; flags: number }[] = [];
    line.makeMangler = () => (record, way) => {
      const r = new XdrReader(record);
      const [xid, type] = [r.u32(), r.u32()];
      if (way === 'call' && type === CALL) {
        const { program, procedure, caller } = readCall(r, xid);
        const { procedure: open, call } = findWireFop('open');
        if (program === FOPS4.number && procedure === open) {
          const [, flags] = readFields(r, call);
          opens.push({ groups: caller!.groups, flags: flags as number });
        }
      }
      return passUnchanged(record, way);
    };
    const caller = { uid: 0, gid: 5, groups: [5, 6, 7] };
    await client.ask('write', '/direct', bytes('x'), null);
    const filtered = { 'send-gids': 'off', 'filter-O_DIRECT': 'on' };
    for (const options of [{}, filtered] as Readonly<Record<string, string>>[]) {
      const asking = await clients.open(line.port, { caller, options });
      await asking.ask('open', '/direct', constants.O_DIRECT, 0);
    }
    expect(opens).toEqual([
      { groups: [5, 6, 7], flags: constants.O_DIRECT },
      { groups: [5], flags: 0 },
    ]);
    await line.end();
  });

  it('keeps the flocks of two open files apart even if both have the same lock owner', async () => {
    const same = await clients.open(brick.port, {
      caller: { pid: 77, lkOwner: '0102030405060708' },
    });
    const [one, other] = [
      await opened('/flocked', O_RDWR, same),
      await opened('/flocked', O_RDWR, same),
    ];
    const flock = async (fd: Fd, type: number): Promise<number> => {
      const { opRet, opErrno } = await same.driver.wind(
        'lk',
        fd,
        F_SETLK,
        lock(type, 0, 0),
        Dict.of({ [FLOCK]: 1 }),
      );
      return opRet < 0 ? opErrno : 0;
    };
    expect(await flock(one, F_WRLCK)).toBe(0);
    expect(await flock(other, F_WRLCK)).toBe(EAGAIN);
    expect(await flock(other, F_UNLCK)).toBe(0);
    expect(await flock(other, F_WRLCK)).toBe(EAGAIN);
    expect(await flock(one, F_UNLCK)).toBe(0);
    expect(await flock(other, F_WRLCK)).toBe(0);
  });

  it('lists its RPC programs before the handshake, and refuses fops until after it', async () => {
    const raw = await RawPeer.connect(brick.port);
    const { r } = await raw.call(DUMP_PROGRAM, DUMP_PROCEDURES.DUMP, (w) => w.u64(DUMP_ID));
    expect(readPrograms(r)!.map(({ number, version }) => [number, version])).toEqual([
      [FOPS4.number, 400],
      [FOPS4.number, 330],
      [DUMP_PROGRAM.number, 1],
      [HANDSHAKE.number, 2],
    ]);
    const early = await raw.callFop('statfs', [ROOT, null]);
    expect(early.accept).toBe(ACCEPT_STATUS.GARBAGE_ARGS);
    expect(await raw.setVolume()).toMatchObject({ opRet: 0 });
    expect((await raw.callFop('statfs', [ROOT, null])).opRet).toBe(0);
    raw.close();
  });

  it('accepts the minimal handshake, and states the reason when it refuses an incomplete one', async () => {
    const raw = await RawPeer.connect(brick.port);
    for (const [texts, errno, why] of [
      [{ 'remote-subvolume': '' }, 22, 'No remote-subvolume option specified'],
      [{ 'remote-subvolume': 'nowhere' }, 2, 'Brick not found'],
      [{ 'process-uuid': '' }, 22, 'UUID not specified'],
      [{ 'fops-version': '' }, 22, /^version mismatch/],
      [{ 'fops-version': '400' }, 22, /^version mismatch/],
      [{ 'remote-subvolume': 'posix' }, 13, 'Authentication failed'],
      [{ 'subdir-mount': '/none' }, 2, /subdirectory/],
    ] as const) {
      const reply = await raw.setVolume(texts);
      expect([reply.opRet, reply.opErrno], JSON.stringify(texts)).toEqual([-1, errno]);
      expect(reply.texts!.get('ERROR')).toMatch(why);
    }
    const garbage = new Uint8Array(20).fill(0xff);
    const reply = await raw.setVolumeRaw((w) => w.opaque(garbage));
    expect(reply).toMatchObject({ opRet: -1, opErrno: 22 });
    const welcome = await raw.setVolume();
    expect(welcome.opRet).toBe(0);
    expect(welcome.texts!.get('ERROR')).toBe('Success');
    expect(welcome.texts!.get('child_up')).toBe('1');
    raw.close();
  });

  it('gives a new file the gfid that the client requests, and refuses to create one without it', async () => {
    expect((await client.driver.find('/')).buf.iaGfid).toBe(ROOT);
    await expect(client.ask('lookup', '/none')).rejects.toThrow('ENOENT');
    const raw = await peer();
    const { gfid, fd } = await raw.create('asked');
    expect(fd).toBeGreaterThanOrEqual(0);
    expect((await client.driver.find('/asked')).buf.iaGfid).toBe(gfid);
    const none = await raw.callFop('create', [ROOT, O_RDWR, 0o100644, 0, 'without', null]);
    expect([none.opRet, none.opErrno]).toEqual([-1, EINVAL]);
    raw.close();
  });

  it('stores written data exactly, with and without xdata', async () => {
    const fd = await opened('/written');
    const sizes = [1, 5, 14, 4096, 131_072];
    const beside = [null, new Dict(), Dict.of({ one: 1, two: 'text' })];
    let offset = 0;
    let all = '';
    for (const [index, xdata] of beside.entries()) {
      for (const size of sizes) {
        const part = String.fromCharCode(0x61 + index).repeat(size);
        const vector = new Uint8Array(Buffer.from(part));
        const reply = await client.driver.expect('writev', fd, vector, offset, 0, xdata);
        expect(reply.opRet).toBe(size);
        offset += size;
        all += part;
      }
    }
    expect(readFileSync(at('written'), 'latin1')).toBe(all);
  });

  it('replies to a read that reaches the end of the file with the data and ENOENT', async () => {
    await client.ask('write', '/ten', bytes('0123456789'), null);
    const raw = await peer();
    const { buf } = await client.driver.find('/ten');
    const opens = await raw.callFop('open', [buf.iaGfid, O_RDWR, null]);
    const fd = opens.values.fd as number;
    for (const [offset, size, data, errno] of [
      [0, 10, '0123456789', ENOENT],
      [0, 4, '0123', 0],
      [8, 4, '89', ENOENT],
      [10, 4, '', ENOENT],
      [99, 4, '', ENOENT],
    ] as const) {
      const read = await raw.callFop('readv', [buf.iaGfid, fd, offset, size, 0, null]);
      expect([read.opRet, text(read.values.data)]).toEqual([data.length, data]);
      if (errno !== 0) expect(read.opErrno, `at ${offset}`).toBe(errno);
      expect(await client.ask('read', '/ten', size, offset)).toEqual(bytes(data));
    }
    // By gfid alone.
    const data = new Uint8Array(Buffer.from('xy'));
    const write = await raw.callFop('writev', [buf.iaGfid, ANONYMOUS, 2, 2, 0, null], { data });
    expect(write.opRet).toBe(2);
    const read = await raw.callFop('readv', [buf.iaGfid, ANONYMOUS, 0, 5, 0, null]);
    expect(text(read.values.data)).toBe('01xy4');
    raw.close();
  });

  it('lists each of 700 long names in a directory exactly once', async () => {
    await client.ask('mkdir', '/many', 0o755);
    const names = Array.from({ length: 700 }, (_, n) => `${n}`.padEnd(64, 'n')).sort();
    for (const name of names) writeFileSync(at(`many/${name}`), '');
    const { inode } = await client.driver.find('/many');
    const fd = client.driver.makeFd(inode, 0, true);
    await client.driver.expect('opendir', new Loc(inode), fd, null);
    const found: string[] = [];
    const counts: number[] = [];
    for (let offset = 0; ; ) {
      const { values } = await client.driver.expect('readdirp', fd, 131_072, offset, null);
      const entries = values[0] as readonly Dirent[];
      if (entries.length === 0) break;
      counts.push(entries.length);
      found.push(...entries.map(({ name }) => name));
      offset = entries.at(-1)!.off;
    }
    expect(counts.length).toBeGreaterThan(1);
    expect(found.filter((name) => !name.startsWith('.')).sort()).toEqual(names);
    // Not even one entry fits: the client must not retry forever.
    const small = await client.driver.wind('readdirp', fd, 200, 0, null);
    expect([small.opRet, small.values[0]]).toEqual([0, []]);
    fd.release();
    const raw = await peer();
    const opens = await raw.callFop('opendir', [inode.gfid, null]);
    const list = ['readdirp', [inode.gfid, opens.values.fd, { hi: 0, lo: 0 }, 200, null]] as const;
    expect(await raw.callFop(...list)).toMatchObject({ opRet: 0, opErrno: 0 });
    raw.close();
  });

  it('stores xattr values of any bytes', async () => {
    await client.ask('write', '/attributes', bytes('x'), null);
    const values = ['', '\0', 'a\0b\0', '\xff'.repeat(3000)];
    for (const [n, value] of values.entries()) {
      await client.ask('setxattr', '/attributes', `user.v${n}`, bytes(value), 0);
    }
    for (const [n, value] of values.entries()) {
      expect(await client.ask('getxattr', '/attributes', `user.v${n}`)).toEqual(bytes(value));
    }
    expect(await client.ask('listxattr', '/attributes')).toEqual(
      values.map((_, n) => `user.v${n}`),
    );
    await client.ask('removexattr', '/attributes', 'user.v0');
    await expect(client.ask('getxattr', '/attributes', 'user.v0')).rejects.toThrow('ENODATA');
    const { inode } = await client.driver.find('/attributes');
    const missing = await client.driver.wind('removexattr', new Loc(inode), 'user.v0', null);
    expect(missing.opErrno).toBe(ENODATA);
  });

  it('sets modes, owners, and times to the nanosecond', async () => {
    await client.ask('write', '/set', bytes('x'), null);
    const { inode } = await client.driver.find('/set');
    const to = Object.assign(new Iatt(), {
      ...{ iaProt: 0o4751, iaUid: 12, iaGid: 34, iaAtime: 1, iaAtimeNsec: 2 },
      ...{ iaMtime: 4_000_000_000, iaMtimeNsec: 999_999_999 },
    });
    const { MODE, UID, GID, ATIME, MTIME } = SET_ATTR;
    const set = async (valid: number): Promise<Iatt> =>
      (await client.driver.expect('setattr', new Loc(inode), to, valid, null)).values[1] as Iatt;
    expect(await set(UID | GID)).toMatchObject({ iaUid: 12, iaGid: 34 });
    expect(await set(MODE)).toMatchObject({ iaProt: 0o4751 });
    const { iaAtime, iaAtimeNsec, iaMtime, iaMtimeNsec } = to;
    expect(await set(ATIME | MTIME)).toMatchObject({ iaAtime, iaAtimeNsec, iaMtime, iaMtimeNsec });
  });

  it('creates fifos, devices, symlinks and hard links, and renames over a file', async () => {
    const { ask } = client;
    const look = async (path: string): Promise<Iatt> => (await client.driver.find(path)).buf;
    await ask('mknod', '/fifo', 0o010644, 0);
    await ask('mknod', '/null', 0o020644, 0x103);
    expect((await look('/fifo')).iaType).toBe(IA_IFIFO);
    expect((await look('/null')).iaType).toBe(IA_IFCHR);
    expect(lstatSync(at('null'))).toMatchObject({ rdev: 0x103 });
    await ask('symlink', 'a\xe9/../b', '/link');
    expect((await look('/link')).iaType).toBe(IA_IFLNK);
    expect(await ask('readlink', '/link')).toBe('a\xe9/../b');
    await ask('write', '/one', bytes('one'), null);
    await ask('write', '/two', bytes('two'), null);
    await ask('link', '/one', '/hard');
    expect((await look('/one')).iaNlink).toBe(2);
    await ask('rename', '/one', '/two');
    expect(await ask('read', '/two')).toEqual(bytes('one'));
    expect((await look('/hard')).iaNlink).toBe(2);
  });

  it('refuses a record lock to another client until the holder releases it', async () => {
    const other = await clients.open(brick.port, { caller: { pid: 99, lkOwner: 'aa55' } });
    const [mine, theirs] = [await opened('/locked'), await opened('/locked', O_RDWR, other)];
    const ask = (who: BrickClient, fd: Fd, cmd: number, flock: Flock) =>
      who.driver.wind('lk', fd, cmd, flock, null);
    expect(await ask(client, mine, F_SETLK, lock(F_WRLCK, 10, 5))).toMatchObject({ opRet: 0 });
    const held = await ask(other, theirs, F_GETLK, lock(F_WRLCK, 0, 0));
    expect(held.values[0]).toMatchObject({ type: F_WRLCK, start: 10, len: 5 });
    const refused = await ask(other, theirs, F_SETLK, lock(F_WRLCK, 14, 1));
    expect(refused).toMatchObject({ opRet: -1, opErrno: EAGAIN });
    expect(await ask(other, theirs, F_SETLK, lock(F_WRLCK, 15, 1))).toMatchObject({ opRet: 0 });

    const order: string[] = [];
    const waits = ask(other, theirs, F_SETLKW, lock(F_WRLCK, 10, 5)).then((reply) => {
      order.push('granted');
      return reply;
    });
    // The brick receives it after the waiting request, and replies before granting that.
    await other.ask('stat', '/locked');
    order.push('unlocked');
    expect(await ask(client, mine, F_SETLK, lock(F_UNLCK, 10, 5))).toMatchObject({ opRet: 0 });
    expect(await waits).toMatchObject({ opRet: 0 });
    expect(order).toEqual(['unlocked', 'granted']);
    // A client that disconnects leaves no lock.
    await other.end();
    const again = () => ask(client, mine, F_SETLK, lock(F_WRLCK, 0, 0)).then(({ opRet }) => opRet);
    await expect.poll(again, PATIENCE).toBe(0);
    await client.ask('file.close', mine.id);
  });

  it('notifies the holder of an inodelk when another client wants it', async () => {
    const [holder, wants] = [await peer(), await peer()];
    const gfid = (await client.driver.find('/locked')).buf.iaGfid;
    const owner = (lkOwner: string) => ({ caller: { ...SELF_CALLER, pid: 5, lkOwner } });
    const inodelk = [gfid, 1, F_WRLCK, { ...lock(F_WRLCK, 3, 4), pid: 0 }, 'domain', null];
    expect(await holder.callFop('inodelk', inodelk, owner('01'))).toMatchObject({ opRet: 0 });
    const refused = await wants.callFop('inodelk', inodelk, owner('02'));
    expect(refused).toMatchObject({ opRet: -1, opErrno: EAGAIN });
    const found = () =>
      holder.notices.find(({ procedure }) => procedure === CALLBACK_PROCEDURES.INODELK_CONTENTION);
    await expect.poll(found, PATIENCE).toBeDefined();
    const [lost, flock, pid, domain] = readFields(found()!.r, inodelkContention);
    expect([lost, pid, domain]).toEqual([gfid, 5, 'domain']);
    expect(flock).toMatchObject({ start: 3, len: 4 });
    holder.close();
    wants.close();
  });

  it("sends CACHE_INVALIDATION for another client's write, chmod and rename of a looked-up inode", async () => {
    const other = await clients.open(brick.port);
    await client.ask('write', '/watched', bytes('x'), null);
    const raw = await peer();
    const gfid = (await client.driver.find('/watched')).buf.iaGfid;
    const flags = (): number[] =>
      raw.notices
        .filter(({ procedure }) => procedure === CALLBACK_PROCEDURES.CACHE_INVALIDATION)
        .map(flagsOf);
    const look = () => raw.callFop('stat', [gfid, null]);
    const changes: readonly [bits: number, ...Parameters<Ask>][] = [
      [0x18, 'write', '/watched', bytes('more'), 0],
      [0x40, 'chmod', '/watched', 0o600],
      [0x80, 'rename', '/watched', '/seen'],
    ];
    for (const [bits, ...change] of changes) {
      await look();
      raw.notices.length = 0;
      await other.ask(...change);
      await expect.poll(() => flags().some((all) => (all & bits) === bits), PATIENCE).toBe(true);
    }
    raw.close();
  });

  it('implements xattrop, seek, fallocate, discard, zerofill, copy_file_range and rchecksum', async () => {
    const { driver } = client;
    const { inode } = await driver.find('/locked');
    const add = Dict.of({ 'trusted.count': new Uint8Array([0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff]) });
    const adds = () => driver.expect('xattrop', new Loc(inode), XATTROP.ADD_ARRAY, add, null);
    await adds();
    const sum = (await adds()).values[0] as Dict;
    expect(sum.get('trusted.count')).toEqual(new Uint8Array([0, 0, 0, 2, 0xff, 0xff, 0xff, 0xfe]));

    const fd = await opened('/space');
    const size = async (): Promise<number> =>
      ((await driver.expect('fstat', fd, null)).values[0] as Iatt).iaSize;
    const data = new Uint8Array(4096).fill(0x61);
    await driver.expect('writev', fd, data, 1 << 20, 0, null);
    const seek = async (offset: number, what: number): Promise<unknown> => {
      const { opRet, opErrno, values } = await driver.wind('seek', fd, offset, what, null);
      return opRet < 0 ? -opErrno : values[0];
    };
    expect(await seek(0, 0)).toBe(1 << 20);
    expect(await seek(1 << 20, 1)).toBe((1 << 20) + 4096);
    expect(await seek(1 << 21, 0)).toBe(-ENXIO);
    expect(await seek(0, 7)).toBe(-EOPNOTSUPP);
    const [KEEP_SIZE, ZERO_RANGE] = [1, 16];
    await driver.expect('fallocate', fd, KEEP_SIZE, 0, 1 << 22, null);
    expect(await size()).toBe((1 << 20) + 4096);
    // The brick would treat the mode as KEEP_SIZE, and zero nothing.
    const result = await driver.wind('fallocate', fd, ZERO_RANGE | KEEP_SIZE, 1 << 20, 4096, null);
    expect(result.opErrno).toBe(EOPNOTSUPP);
    await driver.expect('discard', fd, 1 << 20, 1024, null);
    await driver.expect('zerofill', fd, (1 << 20) + 2048, 1024, null);
    const back = Buffer.from(
      ((await client.ask('read', '/space', 4096, 1 << 20)) as string[])[1]!,
      'latin1',
    );
    for (const [start, byte] of [
      [0, 0],
      [1024, 0x61],
      [2048, 0],
      [3072, 0x61],
    ] as const) {
      expect(back.subarray(start, start + 1024).every((each) => each === byte)).toBe(true);
    }
    const copy = await opened('/copy');
    const copied = await driver.expect('copy_file_range', fd, 1 << 20, copy, 0, 4096, 0, null);
    expect(copied.opRet).toBe(4096);
    expect(readFileSync(at('copy'))).toEqual(back);
    const sums = await driver.expect('rchecksum', fd, 1 << 20, 4096, null);
    expect(sums.values).toEqual((await driver.expect('rchecksum', copy, 0, 4096, null)).values);
    for (const { id } of [fd, copy]) await client.ask('file.close', id);
  });

  it('accepts a caller with 200 groups', async () => {
    const groups = Array.from({ length: 200 }, (_, n) => 1000 + n);
    for (const lkOwner of ['', '0102030405060708']) {
      const many = await clients.open(brick.port, { caller: { uid: 7, gid: 7, groups, lkOwner } });
      expect((await many.driver.find('/')).buf.iaGfid).toBe(ROOT);
      await many.end();
    }
  });

  it('accepts a call in parts, and replies to invalid calls without closing the connection', async () => {
    const raw = await peer();
    const { bytes: call, xid } = raw.encodeCall(FOPS4, 14, (w) => {
      w.gfid(ROOT);
      w.zeros(4);
      w.i32(-1);
      w.u32(0);
    });
    const body = call.subarray(4);
    const part = (length: number, isLast: boolean): Buffer => {
      const mark = Buffer.alloc(4);
      mark.writeUInt32BE(((isLast ? 0x8000_0000 : 0) | length) >>> 0);
      return mark;
    };
    const [head, tail] = [body.subarray(0, 20), body.subarray(20)];
    raw.socket.write(Buffer.concat([part(20, false), head, part(tail.length, true), tail]));
    expect((await raw.awaitReply(xid)).accept).toBe(ACCEPT_STATUS.SUCCESS);
    const accepted = async (number: number, version: number, procedure: number): Promise<number> =>
      (await raw.call({ name: '', number, version }, procedure, () => {})).accept;
    const { SUCCESS, PROG_UNAVAIL, PROG_MISMATCH, PROC_UNAVAIL, GARBAGE_ARGS } = ACCEPT_STATUS;
    expect(await accepted(99_999, 1, 1)).toBe(PROG_UNAVAIL);
    expect(await accepted(FOPS4.number, 401, 1)).toBe(PROG_MISMATCH);
    expect(await accepted(HANDSHAKE.number, 3, HANDSHAKE_PROCEDURES.NULL)).toBe(PROG_MISMATCH);
    expect(await accepted(DUMP_PROGRAM.number, 2, DUMP_PROCEDURES.DUMP)).toBe(PROG_MISMATCH);
    expect(await accepted(FOPS4.number, 400, 57)).toBe(PROC_UNAVAIL);
    expect(await accepted(FOPS4.number, 400, 14)).toBe(GARBAGE_ARGS);
    expect(await accepted(HANDSHAKE.number, 2, HANDSHAKE_PROCEDURES.NULL)).toBe(SUCCESS);
    expect(raw.isClosed).toBe(false);
    raw.close();
    // The client passes on an errno for a fop that the brick lacks.
    const ipc = await client.driver.wind('ipc', 7, null);
    expect([ipc.opRet, ipc.opErrno]).toEqual([-1, EOPNOTSUPP]);
  });
});

function flagsOf({ r }: { readonly r: XdrReader }): number {
  const start = r.position;
  r.string();
  r.u32();
  const flags = r.u32();
  r.position = start;
  return flags;
}
