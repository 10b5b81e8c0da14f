import { expect, test } from 'vitest';
import {
  ask,
  askArgs,
  FakeContext,
  HeldLeaf,
  makeAttributes,
  makeGfid,
  makeLoc,
  startGraph,
} from '../../../../test/support/core.ts';
import { timesByFop } from '../../../core/ctime.ts';
import { Dict } from '../../../core/dict.ts';
import { EIO, ENOENT, EOPNOTSUPP } from '../../../core/errno.ts';
import { findFop, SET_ATTR } from '../../../core/fops.ts';
import { type FopName, fopNames } from '../../../core/gen/fops.gen.ts';
import { IA_IFREG, Iatt } from '../../../core/iatt.ts';
import { Fd, Loc } from '../../../core/operands.ts';
import { copyTimes, decodeWireMdata, MDATA, SET_MDATA } from '../../storage/shared/mdata.ts';
import utime from './index.ts';

const CHMOD = SET_ATTR.MODE;

async function setUp(options: Readonly<Record<string, string>> = {}) {
  const leaf = new HeldLeaf();
  const context = new FakeContext();
  context.time = 1_500_250;
  const volumes = [{ translator: leaf.translator }, { translator: utime, options }];
  const graph = await startGraph(volumes, context);
  const { root } = graph.inodes;
  const fd = new Fd(root, 0, 1);
  /** Returns the time of a fop below, with arbitrary arguments. */
  const said = (name: FopName, ...given: unknown[]) => {
    let ctime: unknown;
    leaf.onRequest = ({ frame, answer }) => {
      ctime = frame.root.ctime;
      answer(-1, EIO);
    };
    const args = findFop(name)!.args.map(({ type }, at) => {
      if (given[at] !== undefined) return given[at];
      if (type === 'loc') return new Loc(root);
      return type === 'fd' ? fd : type === 'iatt' ? new Iatt() : 0;
    });
    expect(askArgs(graph, name, args)).toMatchObject({ count: 1, opRet: -1, opErrno: EIO });
    return ctime;
  };
  return { leaf, graph, context, root, fd, said };
}

test('each fop that sets times carries the time of its request, and flags that name these times', async () => {
  const { said } = await setUp();
  for (const name of fopNames) {
    if (name === 'setattr' || name === 'fsetattr' || name === 'lookup') continue;
    const sets = timesByFop[name];
    const isReader = ['open', 'opendir', 'readv', 'copy_file_range'].includes(name);
    const flags = isReader ? sets! & ~4 : sets;
    expect(said(name), name).toEqual(
      sets === undefined ? null : { sec: 1500, nsec: 250_000_000, flags },
    );
  }
  // Flags by GlusterFS's numbers.
  expect(said('writev')).toMatchObject({ flags: 3 });
  expect(said('create')).toMatchObject({ flags: 31 });
  expect(said('rename')).toMatchObject({ flags: 25 });
  // An open with O_TRUNC.
  expect(said('open', undefined, 0o1001)).toMatchObject({ flags: 3 });
  for (const name of ['setattr', 'fsetattr'] as const) {
    expect(said(name, undefined, undefined, CHMOD)).toMatchObject({ sec: 1500, flags: 1 });
    expect(said(name, undefined, undefined, SET_ATTR.MTIME)).toMatchObject({ sec: 1500, flags: 0 });
  }
});

test('a read sets the access time if option noatime is off', async () => {
  const { said, graph } = await setUp({ noatime: 'off' });
  expect(said('readv')).toMatchObject({ flags: 4 });
  await graph.stop();
});

test("a setattr that sets a time to 'now' carries the time of the request", async () => {
  const { leaf, graph, root } = await setUp();
  const { ATIME_NOW, MTIME_NOW, ATIME, MTIME } = SET_ATTR;
  const to = Object.assign(new Iatt(), { iaMtime: 7, iaAtime: 8 });
  leaf.onRequest = ({ args, answer }) => {
    const now = { iaMtime: 1500, iaMtimeNsec: 250_000_000 };
    expect(args[1]).toMatchObject({ ...now, iaAtime: 8 });
    expect(args[2]).toBe(MTIME_NOW | MTIME | ATIME);
    answer(0, 0, to, to, null);
  };
  expect(ask(graph, 'setattr', new Loc(root), to, MTIME_NOW | ATIME, null)).toMatchObject({
    opRet: 0,
  });
  expect(to.iaMtime).toBe(7);
  leaf.onRequest = ({ args, answer }) => {
    expect(args[2]).toBe(ATIME_NOW | ATIME);
    answer(0, 0, to, to, null);
  };
  expect(ask(graph, 'setattr', new Loc(root), to, ATIME_NOW, null)).toMatchObject({ opRet: 0 });
});

test('a lookup of a file without stored times stores, once, the times that the file has on the disk', async () => {
  const { leaf, graph, root, context } = await setUp();
  const buf = Object.assign(makeAttributes(makeGfid(5), IA_IFREG), { iaMtime: 3, iaMtimeNsec: 4 });
  const inode = graph.inodes.newInode();
  let stored: Dict | null = null;
  let asked = 0;
  let errno = 0;
  leaf.onRequest = ({ name, args, frame, answer }) => {
    if (name === 'lookup') {
      expect((args[1] as Dict).number(MDATA)).toBe(1);
      answer(0, 0, inode, buf, stored, null);
      return;
    }
    asked += 1;
    expect(name).toBe('setxattr');
    expect(frame.root).toMatchObject({ uid: 0, pid: -13 });
    expect((args[0] as Loc).gfid).toBe(makeGfid(5));
    expect((args[1] as Dict).type(SET_MDATA)).toBe('mdata');
    expect(decodeWireMdata((args[1] as Dict).bytes(SET_MDATA)!)).toEqual(copyTimes(buf));
    if (errno !== 0) return answer(-1, errno, null);
    stored = Dict.of({ [MDATA]: new Uint8Array(57) });
    answer(0, 0, null);
  };
  const look = () => ask(graph, 'lookup', makeLoc(root, 'f'), null);
  expect(look()).toMatchObject({ count: 1, opRet: 0 });
  expect(look()).toMatchObject({ count: 1, opRet: 0 });
  expect(asked).toBe(1);
  // A failed store does not fail the lookup, and the next lookup tries again.
  stored = null;
  errno = EIO;
  expect(look()).toMatchObject({ count: 1, opRet: 0 });
  expect(look()).toMatchObject({ count: 1, opRet: 0 });
  expect(asked).toBe(3);
  // A storage that cannot store times is logged once.
  errno = EOPNOTSUPP;
  expect(look()).toMatchObject({ count: 1, opRet: 0 });
  leaf.onRequest = ({ name, args, answer }) => {
    expect([name, args[1]]).toEqual(['lookup', null]);
    answer(0, 0, inode, buf, null, null);
  };
  expect(look()).toMatchObject({ count: 1, opRet: 0 });
  expect(context.lines.filter((line) => line.includes('keeps no times'))).toHaveLength(1);
  leaf.onRequest = ({ answer }) => answer(-1, ENOENT, null, null, null, null);
  expect(look()).toMatchObject({ count: 1, opErrno: ENOENT });
});
