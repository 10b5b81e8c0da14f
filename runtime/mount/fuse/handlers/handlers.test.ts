/** The kernel's operations: their fops, and their effects on inodes, names and fds. */
import { afterEach, describe, expect, test } from 'vitest';
import { makeIatt, Rig, u32, u64 } from '../../../../test/support/fuse.ts';
import { SET_ATTR } from '../../../core/fops.ts';
import { fail, unwind } from '../../../core/gen/fops.gen.ts';
import { IA_IFDIR, IA_IFREG, Iatt } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import { GFID_REQ, RENAME_FLAGS } from '../../../core/xdata.ts';
import type { Fops } from '../../../core/xlator.ts';
import { OP } from '../opcodes.ts';
import * as P from '../protocol.ts';

const [ENOENT, EEXIST, EINVAL, ESTALE] = [2, 17, 22, 116];

let rig: Rig;
afterEach(() => rig.close());

const nodeidOf = (body: Buffer): number => Number(body.readBigUInt64LE(0));
const opening: Fops<null> = {
  open: (frame, _xl, _loc, _flags, fd) => unwind.open(frame, 0, 0, fd, null),
  opendir: (frame, _xl, _loc, fd) => unwind.opendir(frame, 0, 0, fd, null),
};
const openFile = (inode: Inode, opcode = OP.OPEN): number =>
  Number(rig.ask(opcode, inode.id, u32(2), u32(0)).body.readBigUInt64LE(0));

const [EIO, ENAMETOOLONG] = [5, 36];
test.each<[string, string | null, number]>([
  ['a target', 'a/b', 0],
  ['the longest target', 'a'.repeat(4095), 0],
  ['a target that is too long', 'a'.repeat(4096), ENAMETOOLONG],
  ['a target with too many bytes', 'é'.repeat(2048), ENAMETOOLONG],
  ['an empty target', '', EIO],
  ['no target', null, EIO],
])('READLINK of a symlink with %s', async (_, target, errno) => {
  rig = await Rig.make({
    readlink: (frame) => unwind.readlink(frame, 0, 0, target, null, null),
  });
  const { error, body } = rig.ask(OP.READLINK, rig.find('file').id);
  expect([error, body.toString()]).toEqual(errno === 0 ? [0, target] : [-errno, '']);
});

describe('LOOKUP', () => {
  test('links the found inode to its name, and adds one to its lookup count', async () => {
    rig = await Rig.make();
    const { error, body } = rig.ask(OP.LOOKUP, 1, 'file');
    expect([error, body.length]).toEqual([0, 128]);
    const inode = rig.session.graph.inodes.byId.get(nodeidOf(body))!;
    expect(inode.gfid).toBe(makeIatt(2).iaGfid);
    expect([inode.nlookup, inode.path]).toEqual([1, '/file']);
    // Inode number: the last eight bytes of the gfid.
    expect(body.readBigUInt64LE(40)).toBe(2n);
    // Entry and attribute timeouts.
    expect([body.readBigUInt64LE(16), body.readBigUInt64LE(24)]).toEqual([2n, 1n]);
    expect(rig.find('file')).toBe(inode);
    expect(inode.nlookup).toBe(2);
  });

  test('winds lookup with a new inode for a new name, and with the known inode for a known name', async () => {
    const seen: [linked: boolean, xdata: unknown][] = [];
    rig = await Rig.make({
      lookup: (frame, _xl, loc, xdata) => {
        seen.push([loc.inode!.linked, xdata]);
        unwind.lookup(frame, 0, 0, loc.inode, makeIatt(2), null, null);
      },
    });
    rig.find('file');
    rig.find('file');
    expect(seen).toEqual([
      [false, null],
      [true, null],
    ]);
  });

  test('LOOKUP of an absent name replies ENOENT, or a negative entry if the mount has a timeout for it', async () => {
    rig = await Rig.make();
    expect(rig.ask(OP.LOOKUP, 1, 'none').error).toBe(-ENOENT);
    await rig.close();
    rig = await Rig.make({}, { negativeTimeout: 1.5 });
    const { error, body } = rig.ask(OP.LOOKUP, 1, 'none');
    expect([error, nodeidOf(body), body.readBigUInt64LE(16), body.readUInt32LE(32)]).toEqual([
      0,
      0,
      1n,
      500_000_000,
    ]);
  });

  test('LOOKUP of "." and ".." finds a forgotten inode and its parent', async () => {
    let there = true;
    rig = await Rig.make({
      lookup: (frame, _xl, loc) => unwind.lookup(frame, 0, 0, loc.inode, makeIatt(2), null, null),
      stat: (frame, _xl, loc) => {
        const buf = makeIatt(2);
        buf.iaGfid = loc.inode!.gfid;
        if (there) unwind.stat(frame, 0, 0, buf, null);
        else fail.stat(frame, ENOENT);
      },
    });
    const { id } = rig.find('file');
    rig.send(OP.FORGET, id, u64(1));
    const self = rig.ask(OP.LOOKUP, id, '.');
    expect([self.error, nodeidOf(self.body)]).toEqual([0, id]);
    expect(rig.session.graph.inodes.byId.get(id)!.nlookup).toBe(1);
    expect(nodeidOf(rig.ask(OP.LOOKUP, id, '..').body)).toBe(1);
    there = false;
    expect(rig.ask(OP.LOOKUP, id, '.').error).toBe(-ESTALE);
  });

  test('LOOKUP whose reply has no gfid gets EIO', async () => {
    const buf = new Iatt();
    buf.iaType = IA_IFREG;
    rig = await Rig.make({
      lookup: (frame, _xl, loc) => unwind.lookup(frame, 0, 0, loc.inode, buf, null, null),
    });
    expect(rig.ask(OP.LOOKUP, 1, 'file').error).toBe(-5);
  });

  test('replies with an attribute timeout of 0 if the attributes are unknown', async () => {
    rig = await Rig.make({
      lookup: (frame, _xl, loc) => {
        const buf = Object.assign(makeIatt(2), { iaCtime: 0, iaNlink: 0 });
        unwind.lookup(frame, 0, 0, loc.inode, buf, null, null);
      },
    });
    const { body } = rig.ask(OP.LOOKUP, 1, 'file');
    expect([body.readBigUInt64LE(24), body.readUInt32LE(36)]).toEqual([0n, 0]);
  });

  test('LOOKUP that finds another inode under a known name replaces the inode', async () => {
    let number = 2;
    rig = await Rig.make({
      lookup: (frame, _xl, loc) =>
        unwind.lookup(frame, 0, 0, loc.inode, makeIatt(number), null, null),
    });
    const before = rig.find('file');
    number = 3;
    const after = rig.find('file');
    expect(after).not.toBe(before);
    expect([after.gfid, before.names.length]).toEqual([makeIatt(3).iaGfid, 0]);
  });

  test('LOOKUP of a known name that was removed forgets the name, and looks it up once more', async () => {
    let there = true;
    const asked: boolean[] = [];
    rig = await Rig.make({
      lookup: (frame, _xl, loc) => {
        asked.push(loc.inode!.linked);
        if (there) unwind.lookup(frame, 0, 0, loc.inode, makeIatt(2), null, null);
        else fail.lookup(frame, ENOENT);
      },
    });
    const inode = rig.find('file');
    there = false;
    expect(rig.ask(OP.LOOKUP, 1, 'file').error).toBe(-ENOENT);
    expect(asked).toEqual([false, true, false]);
    expect(inode.names).toEqual([]);
  });

  test('LOOKUP of a known name that goes or changes meanwhile links its inode again', async () => {
    let change = (): unknown => null;
    rig = await Rig.make({
      lookup: (frame, _xl, loc) => {
        change();
        unwind.lookup(frame, 0, 0, loc.inode, makeIatt(2), null, null);
      },
    });
    const file = rig.find('file');
    const { table } = file;
    const { root } = table;
    for (const each of [
      () => table.unlink(root, 'file'),
      () => table.link(table.newInode(), root, 'file', makeIatt(3)),
      () => [table.unlink(root, 'file'), rig.session.client.forget(file, file.nlookup)],
    ]) {
      change = each;
      const { body } = rig.ask(OP.LOOKUP, 1, 'file');
      expect([nodeidOf(body), file.path, file.names.length]).toEqual([file.id, '/file', 1]);
      expect([root.children!.get('file'), table.byId.get(file.id)]).toEqual([file, file]);
    }
  });

  test('LOOKUP of a second name of a known inode replies the same node id', async () => {
    rig = await Rig.make({
      lookup: (frame, _xl, loc) => unwind.lookup(frame, 0, 0, loc.inode, makeIatt(2), null, null),
    });
    expect(rig.find('b')).toBe(rig.find('a'));
  });

  test('passes a name that is not UTF-8 to the graph unchanged', async () => {
    let name: string | null = null;
    rig = await Rig.make({
      lookup: (frame, _xl, loc) => {
        name = loc.name;
        fail.lookup(frame, ENOENT);
      },
    });
    rig.ask(OP.LOOKUP, 1, Buffer.from([0x61, 0xff, 0xc3, 0xa9, 0]));
    expect(name).toBe('a\udcff\u00e9');
  });
});

describe('FORGET', () => {
  test('reduces the lookup count of an inode, alone or in a batch of inodes', async () => {
    rig = await Rig.make();
    const [file, dir] = [rig.find('file'), rig.find('dir')];
    rig.find('file');
    rig.send(OP.FORGET, file.id, u64(1));
    expect(file.nlookup).toBe(1);
    const pairs = [dir.id, 5, 999, 1, file.id, 1].map(u64);
    rig.send(OP.BATCH_FORGET, 0, u32(2), u32(0), ...pairs);
    expect([file.nlookup, dir.nlookup]).toEqual([1, 0]);
    rig.send(OP.BATCH_FORGET, 0, u32(3), u32(0), ...pairs);
    expect(file.nlookup).toBe(0);
    expect(rig.hasAnswer()).toBe(false);
  });
});

describe('creating and removing', () => {
  const making: Fops<null> = {
    mkdir: (frame, _xl, loc) =>
      unwind.mkdir(frame, 0, 0, loc.inode, makeIatt(9, IA_IFDIR), null, null, null),
    create: (frame, xl, loc, _flags, _mode, _umask, fd) => {
      fd.ctxSet(xl, 'open');
      unwind.create(frame, 0, 0, fd, loc.inode, makeIatt(9), null, null, null);
    },
    unlink: (frame) => unwind.unlink(frame, 0, 0, null, null, null),
    rename: (frame) => unwind.rename(frame, 0, 0, null, null, null, null, null, null),
    fstat: (frame) => unwind.fstat(frame, 0, 0, makeIatt(9), null),
    stat: (frame) => fail.stat(frame, ENOENT),
  };

  test('MKDIR winds mkdir with a new gfid, the mode and the name', async () => {
    const gfids: unknown[] = [];
    rig = await Rig.make({
      mkdir: (frame, _xl, loc, mode, umask, xdata) => {
        gfids.push(xdata?.get(GFID_REQ));
        expect([loc.name, loc.parent!.id, mode, umask]).toEqual(['new', 1, 0o755, 0o22]);
        unwind.mkdir(frame, 0, 0, loc.inode, makeIatt(9, IA_IFDIR), null, null, null);
      },
    });
    const { error, body } = rig.ask(OP.MKDIR, 1, u32(0o755), u32(0o22), 'new');
    expect(error).toBe(0);
    expect(rig.session.graph.inodes.byId.get(nodeidOf(body))!.path).toBe('/new');
    rig.ask(OP.MKDIR, 1, u32(0o755), u32(0o22), 'new');
    expect(new Set(gfids).size).toBe(2);
  });

  test('MKDIR replies ESTALE instead of ENOENT if the parent directory still has a name', async () => {
    rig = await Rig.make({ ...making, mkdir: (frame) => fail.mkdir(frame, ENOENT) });
    const dir = rig.find('dir');
    const mkdir = (nodeid: number): number => rig.ask(OP.MKDIR, nodeid, u32(0), u32(0), 'x').error;
    expect([mkdir(dir.id), mkdir(1)]).toEqual([-ESTALE, -ENOENT]);
    rig.ask(OP.UNLINK, 1, 'dir');
    expect(mkdir(dir.id)).toBe(-ENOENT);
  });

  test('CREATE replies with an entry and a file handle, for which RELEASE calls release in the volumes', async () => {
    const released: number[] = [];
    rig = await Rig.make({ ...making, release: (id) => void released.push(id) });
    const { body } = rig.ask(OP.CREATE, 1, u32(0o102), u32(0o644), u32(0), u32(0), 'new');
    expect(body.length).toBe(144);
    const handle = Number(body.readBigUInt64LE(128));
    const inode = rig.session.graph.inodes.byId.get(nodeidOf(body))!;
    expect([inode.nlookup, inode.fdCount, rig.session.fds.size]).toEqual([1, 1, 1]);
    expect(rig.ask(OP.RELEASE, inode.id, u64(handle), u32(0), u32(0), u64(0)).error).toBe(0);
    expect([released, inode.fdCount, rig.session.fds.size]).toEqual([[handle], 0, 0]);
  });

  test('a failed CREATE leaves no open file', async () => {
    const released: number[] = [];
    rig = await Rig.make({
      create: (frame, xl, loc, _flags, _mode, _umask, fd) => {
        fd.ctxSet(xl, 'half');
        loc.inode!.ctxSet(xl, 'half');
        fail.create(frame, EEXIST);
      },
      release: (id) => void released.push(id),
    });
    expect(rig.ask(OP.CREATE, 1, u32(2), u32(0), u32(0), u32(0), 'x').error).toBe(-EEXIST);
    expect([rig.session.fds.size, released.length]).toEqual([0, 1]);
  });

  test('GETATTR of an unlinked open file returns its attributes', async () => {
    rig = await Rig.make(making);
    const { body } = rig.ask(OP.CREATE, 1, u32(0o102), u32(0o644), u32(0), u32(0), 'new');
    const nodeid = nodeidOf(body);
    expect(rig.ask(OP.UNLINK, 1, 'new').error).toBe(0);
    expect(rig.session.graph.inodes.byId.get(nodeid)!.names).toEqual([]);
    expect(rig.ask(OP.GETATTR, nodeid, u32(0), u32(0), u64(0)).error).toBe(0);
    rig.ask(OP.RELEASE, nodeid, body.subarray(128, 136), u32(0), u32(0), u64(0));
    expect(rig.ask(OP.GETATTR, nodeid, u32(0), u32(0), u64(0)).error).toBe(-ESTALE);
  });

  test('GETATTR of a directory is ENOENT after RMDIR, but ESTALE if another client removed it', async () => {
    rig = await Rig.make({
      ...making,
      rmdir: (frame) => unwind.rmdir(frame, 0, 0, null, null, null),
      stat: (frame) => fail.stat(frame, ESTALE),
    });
    const dir = rig.find('dir');
    const getattr = (): number => rig.ask(OP.GETATTR, dir.id, u32(0), u32(0), u64(0)).error;
    expect(getattr()).toBe(-ESTALE);
    expect(rig.ask(OP.RMDIR, 1, 'dir').error).toBe(0);
    expect(getattr()).toBe(-ENOENT);
  });

  test('RENAME gives an inode its new name, and takes that name from the inode that had it', async () => {
    rig = await Rig.make(making);
    const [file, dir] = [rig.find('file'), rig.find('dir')];
    expect(rig.ask(OP.RENAME, 1, u64(1), 'file', 'dir').error).toBe(0);
    expect([file.path, dir.names.length]).toEqual(['/dir', 0]);
    expect(rig.graph.inodes.root.children?.get('file')).toBeUndefined();
  });

  test('RENAME2 passes its flags to the volumes, and exchanges both names for RENAME_EXCHANGE', async () => {
    const flags: unknown[] = [];
    rig = await Rig.make({
      rename: (frame, _xl, _from, _to, xdata) => {
        flags.push(xdata?.get(RENAME_FLAGS));
        unwind.rename(frame, 0, 0, null, null, null, null, null, null);
      },
    });
    const [file, dir] = [rig.find('file'), rig.find('dir')];
    rig.ask(OP.RENAME2, 1, u64(1), u32(1), u32(0), 'file', 'other');
    rig.ask(OP.RENAME2, 1, u64(1), u32(2), u32(0), 'other', 'dir');
    expect([file.path, dir.path]).toEqual(['/dir', '/other']);
    rig.ask(OP.RENAME2, 1, u64(1), u32(0), u32(0), 'dir', 'dir2');
    rig.ask(OP.RENAME2, 1, u64(1), u32(4), u32(0), 'dir2', 'dir');
    expect(flags).toEqual([1, 2, undefined, 4]);
    expect(rig.ask(OP.RENAME2, 1, u64(1), u32(8), u32(0), 'a', 'b').error).toBe(-EINVAL);
  });
});

describe('SETATTR', () => {
  const calls: string[] = [];
  const attrFops: Fops<null> = {
    ...opening,
    truncate: (frame, _xl, _loc, size) => {
      calls.push(`truncate ${size}`);
      unwind.truncate(frame, 0, 0, null, makeIatt(2), null);
    },
    ftruncate: (frame, _xl, fd, size) => {
      calls.push(`ftruncate ${fd.id} ${size}`);
      unwind.ftruncate(frame, 0, 0, null, makeIatt(2), null);
    },
    setattr: (frame, _xl, _loc, stbuf, valid) => {
      calls.push(`setattr ${valid} ${stbuf.iaProt.toString(8)} ${stbuf.iaUid} ${stbuf.iaMtime}`);
      unwind.setattr(frame, 0, 0, null, makeIatt(2), null);
    },
    fsetattr: (frame, _xl, _fd, _stbuf, valid) => {
      calls.push(`fsetattr ${valid}`);
      unwind.fsetattr(frame, 0, 0, null, makeIatt(2), null);
    },
  };
  const setattr = (nodeid: number, valid: number, fh = 0): number => {
    calls.length = 0;
    const times = [u64(0), u64(77), u64(0), u32(0), u32(0), u32(0)];
    const head = [u32(valid), u32(0), u64(fh), u64(5), u64(0)];
    const tail = [u32(0o100600), u32(0), u32(1000), u32(100), u32(0)];
    return rig.ask(OP.SETATTR, nodeid, ...head, ...times, ...tail).error;
  };

  test('winds truncate for the size first, then setattr for the other attributes', async () => {
    rig = await Rig.make(attrFops);
    const file = rig.find('file');
    expect(setattr(file.id, SET_ATTR.SIZE)).toBe(0);
    expect(calls).toEqual(['truncate 5']);
    setattr(file.id, SET_ATTR.SIZE | SET_ATTR.MODE | SET_ATTR.UID | SET_ATTR.MTIME);
    expect(calls).toEqual(['truncate 5', 'setattr 35 600 1000 77']);
    // Every bit but those of the size and of the file handle.
    setattr(file.id, ~(SET_ATTR.SIZE | P.FATTR_FH));
    expect(calls).toEqual(['setattr 439 600 1000 77']);
  });

  test('with a file handle winds ftruncate and fsetattr', async () => {
    rig = await Rig.make(attrFops);
    const file = rig.find('file');
    const handle = openFile(file);
    setattr(file.id, SET_ATTR.SIZE | P.FATTR_FH | SET_ATTR.MODE, handle);
    expect(calls).toEqual([`ftruncate ${handle} 5`, 'fsetattr 1']);
    setattr(file.id, SET_ATTR.SIZE);
    expect(calls).toEqual(['truncate 5']);
  });
});
