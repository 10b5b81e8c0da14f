/** Marks on files that a rebalance copies while clients write; both storages keep the same rules. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ask, askArgs, makeGfid, startGraph } from '../../../../test/support/core.ts';
import { makeFolder } from '../../../../test/support/folder.ts';
import { Dict } from '../../../core/dict.ts';
import { EBUSY, ENODATA, ENOSPC, EOPNOTSUPP, EPERM } from '../../../core/errno.ts';
import { SET_ATTR } from '../../../core/fops.ts';
import type { FopName, FopTable } from '../../../core/gen/fops.gen.ts';
import type { Graph } from '../../../core/graph.ts';
import { Iatt } from '../../../core/iatt.ts';
import { Fd, Loc } from '../../../core/operands.ts';
import { GFID_REQ } from '../../../core/xdata.ts';
import memory from '../memory/index.ts';
import posix from '../posix/index.ts';
import { markOrCheckWrite } from './rebalance-requests.ts';

const MARK = 'trusted.glusterfs.protect.writes';
const LINKTO = 'trusted.glusterfs.dht.linkto';
/** xdata of a client's write to the copy; the number is as GlusterFS's clients send it. */
const asClient = (): Dict => new Dict().set(MARK, 1, 'uint');
/** xdata of a rebalance that writes the data it has read. */
const asMover = (): Dict => Dict.of({ 'glusterfs.avoid.overwrite': 1 });
const cleaning = (): Dict => Dict.of({ 'glusterfs.clean.writexattr': 1 });

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const REFUSED = { opRet: -1, opErrno: EBUSY };
const isRoot = process.getuid?.() === 0;
const storages = [
  ['memory', memory as never, false],
  // Only root may set attributes of these names on a disk.
  ...(isRoot ? [['posix', posix as never, true] as const] : []),
] as const;

describe.each(storages)('storage/%s', (_, translator, onDisk) => {
  let graph: Graph;
  let folder: string;
  let loc: Loc;
  let fd: Fd;

  const make = (name: string, number: number, xdata = new Dict()): Loc => {
    const { root } = graph.inodes;
    const named = new Loc(graph.inodes.newInode(), root, name);
    xdata.setGfid(GFID_REQ, makeGfid(number));
    const { values } = ask(graph, 'mknod', named, 0o100644, 0, 0, xdata);
    return new Loc(graph.inodes.link(named.inode!, root, name, values[1] as Iatt), root, name);
  };
  const open = (file: Loc, flags = 2): Fd => {
    const opened = new Fd(file.inode!, flags, 1);
    expect(ask(graph, 'open', file, flags, opened, null).opRet).toBe(0);
    return opened;
  };
  const write = (text: string, xdata: Dict | null, at = 0, by = fd) =>
    ask(graph, 'writev', by, bytes(text), at, 0, xdata);
  const data = (): string =>
    new TextDecoder().decode(ask(graph, 'readv', fd, 99, 0, 0, null).values[0] as Uint8Array);
  /** A fop of an internal client. */
  const internally = <N extends FopName>(fop: N, ...args: FopTable[N]['args']) =>
    askArgs(graph, fop, args, -3);
  const isMarked = (): boolean => {
    const keys = ask(graph, 'lookup', loc, Dict.of({ [MARK]: 1 })).values[2] as Dict | null;
    return keys?.has(MARK) === true;
  };

  beforeEach(async () => {
    folder = makeFolder();
    const options: Record<string, string> = onDisk ? { directory: folder } : {};
    graph = await startGraph([{ translator, options }]);
    ask(graph, 'lookup', new Loc(graph.inodes.root), null);
    loc = make('f', 1);
    fd = open(loc);
  });
  afterEach(async () => {
    fd.release();
    await graph.stop();
  });

  test("after a client's write, the rebalance's writes fail with EBUSY until the rebalance's next lookup clears the mark", () => {
    for (let round = 0; round < 3; round++) {
      expect(write('mover..', asMover()).opRet).toBe(7);
      expect(isMarked()).toBe(false);
      expect(write('CL', asClient()).opRet).toBe(2);
      expect(write('mover..', asMover())).toMatchObject(REFUSED);
      // EBUSY holds at each offset and for each descriptor.
      const other = open(loc);
      expect(write('x', asMover(), 50, other)).toMatchObject(REFUSED);
      other.release();
      expect(data()).toBe('CLver..');
      // A write that is neither client's nor mover's succeeds.
      expect(write('!', null, 2).opRet).toBe(1);
      expect(ask(graph, 'lookup', loc, cleaning()).opRet).toBe(0);
      expect(isMarked()).toBe(false);
    }
    expect(write('mover..', asMover()).opRet).toBe(7);
  });

  test("the mark of a client's write survives a second client, a rename and a linkto attribute", () => {
    const copy = make('c', 2, new Dict().set(LINKTO, bytes('other\0')));
    fd.release();
    [loc, fd] = [copy, open(copy)];
    const mode = Object.assign(new Iatt(), { iaProt: 0o1000 });
    ask(graph, 'setattr', loc, mode, SET_ATTR.MODE, null);
    write('1', asClient());
    write('2', asClient());
    const { root } = graph.inodes;
    const to = new Loc(loc.inode, root, 'renamed');
    expect(ask(graph, 'rename', loc, to, null).opRet).toBe(0);
    graph.inodes.rename(root, 'c', root, 'renamed');
    loc = to;
    expect(write('m', asMover())).toMatchObject(REFUSED);
    const found = ask(graph, 'lookup', loc, cleaning().set(LINKTO, 256));
    expect((found.values[2] as Dict).bytes(LINKTO)).toEqual(bytes('other\0'));
    expect(write('m', asMover()).opRet).toBe(1);
    expect(data()).toBe('m');
  });

  test("the rebalance's lookup by gfid clears the mark of a client's write, and a failed lookup does not", () => {
    write('1', asClient());
    const absent = new Loc(graph.inodes.newInode(), graph.inodes.root, 'absent');
    expect(ask(graph, 'lookup', absent, cleaning()).opRet).toBe(-1);
    expect(write('m', asMover())).toMatchObject(REFUSED);
    const nameless = new Loc(loc.inode, null, null, loc.inode!.gfid);
    expect(ask(graph, 'lookup', nameless, cleaning()).opRet).toBe(0);
    expect(write('m', asMover()).opRet).toBe(1);
  });

  test("the mark of a client's write to one file does not affect writes to another", () => {
    const other = make('g', 3);
    write('1', asClient());
    ask(graph, 'lookup', other, cleaning());
    const opened = open(other);
    expect(write('m', asMover(), 0, opened).opRet).toBe(1);
    expect(write('m', asMover())).toMatchObject(REFUSED);
    opened.release();
  });

  test("a write with the xdata keys of both a client and the rebalance process is treated as the client's", () => {
    const both = asClient().setAll(asMover());
    expect(write('1', both).opRet).toBe(1);
    expect(write('2', both).opRet).toBe(1);
    expect(write('m', asMover())).toMatchObject(REFUSED);
  });

  test("the rebalance's copy_file_range into a file that a client has written fails with EBUSY", () => {
    const source = make('s', 4);
    const from = open(source);
    write('copied', null, 0, from);
    const copy = (xdata: Dict) => {
      const { opRet, opErrno } = ask(graph, 'copy_file_range', from, 0, fd, 0, 6, 0, xdata);
      return { opRet, opErrno };
    };
    write('CLIENT', asClient());
    expect(copy(asMover())).toMatchObject(REFUSED);
    expect(data()).toBe('CLIENT');
    from.release();
  });

  test("the mark of a client's write is in no list of attributes, and only internal clients may remove it", () => {
    write('1', asClient());
    ask(graph, 'setxattr', loc, Dict.of({ 'user.a': bytes('1') }), 0, null);
    const all = internally('getxattr', loc, null, null).values[0] as Dict;
    expect([...all.keys()]).toContain('user.a');
    expect([...all.keys()]).not.toContain(MARK);
    // The mover removes the mark at its end; an application gets EPERM.
    expect(ask(graph, 'removexattr', loc, MARK, null).opErrno).toBe(EPERM);
    expect(internally('removexattr', loc, MARK, null).opRet).toBe(0);
    expect(internally('removexattr', loc, MARK, null).opErrno).toBe(ENODATA);
    expect(write('m', asMover()).opRet).toBe(1);
  });

  test("no client's data is lost after any writes and lookups by clients and the rebalance", () => {
    const step = fc.record({
      who: fc.constantFrom('client', 'mover', 'lookup'),
      at: fc.nat(15),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        ask(graph, 'lookup', loc, cleaning());
        ask(graph, 'truncate', loc, 0, null);
        const expected = Buffer.alloc(16);
        write('\0'.repeat(16), null);
        let marked = false;
        for (const { who, at } of steps) {
          if (who === 'lookup') ask(graph, 'lookup', loc, cleaning());
          else {
            const isClient = who === 'client';
            const told = write(isClient ? 'C' : 'm', isClient ? asClient() : asMover(), at);
            const isDone = isClient || !marked;
            expect(told.opRet).toBe(isDone ? 1 : -1);
            if (isDone) expected.write(isClient ? 'C' : 'm', at);
          }
          marked = who === 'client' || (marked && who !== 'lookup');
        }
        expect(data()).toBe(expected.toString());
      }),
      { numRuns: 50 },
    );
  });

  test('one lookup clears the mark that ten thousand client writes have set', () => {
    for (let n = 0; n < 10_000; n++) write(String(n % 10), asClient(), n % 16);
    expect(write('m', asMover())).toMatchObject(REFUSED);
    ask(graph, 'lookup', loc, cleaning());
    expect(isMarked()).toBe(false);
  });

  test('setattr on a symbolic link sets owner and times, and fails with EOPNOTSUPP for its mode alone', () => {
    const { root } = graph.inodes;
    const named = new Loc(graph.inodes.newInode(), root, 'link');
    const made = ask(graph, 'symlink', 'f', named, 0, new Dict().setGfid(GFID_REQ, makeGfid(5)));
    const inode = graph.inodes.link(named.inode!, root, 'link', made.values[1] as Iatt);
    const link = new Loc(inode, root, 'link');
    const mine = { iaUid: 5, iaGid: 6, iaMtime: 7 };
    const to = Object.assign(new Iatt(), { iaProt: 0o644, ...mine });
    const { MODE, UID, GID, MTIME } = SET_ATTR;
    expect(ask(graph, 'setattr', link, to, MODE | UID | GID | MTIME, null).opRet).toBe(0);
    const buf = ask(graph, 'stat', link, null).values[0] as Iatt;
    const { iaProt, iaUid, iaGid, iaMtime } = buf;
    expect({ iaProt, iaUid, iaGid, iaMtime }).toEqual({ ...mine, iaProt: 0o777 });
    expect(ask(graph, 'setattr', link, to, MODE, null).opErrno).toBe(EOPNOTSUPP);
  });

  test("setxattr and removexattr return the file's attributes if xdata requests them", () => {
    const mode = Object.assign(new Iatt(), { iaProt: 0o3644 });
    ask(graph, 'setattr', loc, mode, SET_ATTR.MODE, null);
    const wants = Dict.of({ 'dht-get-iatt-in-xattr': 1 });
    const dict = Dict.of({ 'user.a': bytes('1') });
    const told = [
      ask(graph, 'setxattr', loc, dict, 0, wants),
      ask(graph, 'fsetxattr', fd, dict, 0, wants),
      ask(graph, 'removexattr', loc, 'user.a', wants),
      ask(graph, 'setxattr', loc, dict, 0, null),
      ask(graph, 'fremovexattr', fd, 'user.a', wants),
    ].map(({ values }) => values[0] as Dict | null);
    const prots = told.map((xdata) => (xdata?.get('dht-get-iatt-in-xattr') as Iatt)?.iaProt);
    expect(prots).toEqual([0o3644, 0o3644, 0o3644, undefined, 0o3644]);
    const modeOnly = Dict.of({ 'dht-get-mode-in-xattr': 1 });
    const number = Dict.of({ 'trusted.n': new Uint8Array(4) });
    const added = ask(graph, 'fxattrop', fd, 0, number, modeOnly).values[1] as Dict;
    expect(added.number('dht-get-mode-in-xattr')).toBe(0o103644);
  });
});

describe('markOrCheckWrite without attributes', () => {
  test("returns EBUSY to the rebalance, and the disk's errno to a client that cannot mark the file", () => {
    const mark = (found: number, set: number) => ({ check: () => found, set: () => set });
    expect(markOrCheckWrite(asMover(), mark(EOPNOTSUPP, 0))).toBe(EBUSY);
    expect(markOrCheckWrite(asClient(), mark(EOPNOTSUPP, EOPNOTSUPP))).toBe(EOPNOTSUPP);
    expect(markOrCheckWrite(asClient(), mark(ENODATA, ENOSPC))).toBe(ENOSPC);
    expect(markOrCheckWrite(asClient(), mark(0, ENOSPC))).toBe(0);
  });
});
