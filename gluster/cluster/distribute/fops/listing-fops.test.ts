/** Listings while a child has lost the directory, or was away when it was opened. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { EBADFD, EIO, ENOENT, ENOTCONN, ESTALE } from '../../../../runtime/core/errno.ts';
import { makeFirstFrame, Stack } from '../../../../runtime/core/frame.ts';
import { fail, tail, unwind, wind } from '../../../../runtime/core/gen/fops.gen.ts';
import type { Dirent } from '../../../../runtime/core/iatt.ts';
import { Fd, Loc } from '../../../../runtime/core/operands.ts';
import type { Cbk } from '../../../../runtime/core/xlator.ts';
import { makeTranslator } from '../../../../test/support/core.ts';
import { DistributedVolume } from '../../../../test/support/distributed-volume.ts';

const THREE = ['wz', 'wa', 'wm'];
const NAMES = [...Array(30).keys()].map((n) => `n${n}`);

let volume: DistributedVolume;
/** By child: the errno of opendir and readdirp. */
let errnos: Map<string, number>;
/** Children on which the directory is open; others list nothing, as bricks do. */
let opened: Set<string>;

/** Whether each child returns ENOENT with its entries, all at once. */
let saysEnd: boolean;

const endCbk: Cbk<'readdirp', unknown> = (frame, _cookie, _xl, opRet, _errno, entries, xdata) =>
  unwind.readdirp(frame, opRet, ENOENT, entries, xdata);

const layer = (name: string) => ({
  translator: makeTranslator('losing', {
    opendir(frame, xl, ...args) {
      const errno = errnos.get(name);
      if (errno !== undefined) return fail.opendir(frame, errno);
      opened.add(name);
      tail.opendir(frame, xl.children[0]!, ...args);
    },
    readdirp(frame, xl, ...args) {
      const errno = errnos.get(name) ?? (opened.has(name) ? 0 : EBADFD);
      if (errno !== 0) return fail.readdirp(frame, errno);
      if (saysEnd) return wind.readdirp(frame, 0, endCbk, xl.children[0]!, ...args);
      tail.readdirp(frame, xl.children[0]!, ...args);
    },
  }),
});

beforeEach(async () => {
  errnos = new Map();
  opened = new Set();
  saysEnd = false;
  volume = await DistributedVolume.start(THREE, {}, layer);
  volume.mkdir('/d');
  for (const name of NAMES) volume.create(`/d/${name}`);
});
afterEach(() => volume.stop());

const placeOf = (name: string): string =>
  THREE.find((child) => volume.readChild(child, `/d/${name}`) !== null)!;

/** Opens and lists without a lookup, as the kernel does for a known directory: names or errno. */
function list(between: () => void = () => {}): string[] | number {
  const inode = volume.findInode('/d');
  const fd = new Fd(inode, 0, 1, true);
  try {
    const reply = volume.ask('opendir', new Loc(inode), fd, null);
    if (reply.opRet < 0) return reply.opErrno;
    between();
    const names: string[] = [];
    for (let offset = 0; ; ) {
      const { opRet, opErrno, values } = volume.ask('readdirp', fd, 512, offset, null);
      if (opRet < 0) return opErrno;
      const entries = values[0] as readonly Dirent[];
      if (opRet === 0) return names.sort();
      names.push(...entries.map(({ name }) => name).filter((name) => !name.startsWith('.')));
      offset = entries.at(-1)!.off;
    }
  } finally {
    fd.release();
  }
}

test.each(
  THREE.flatMap((child) => [ENOENT, ESTALE, ENOTCONN].map((errno) => [child, errno] as const)),
)(
  'a listing of a directory that fails on child %s with errno %i returns the names of the others',
  (child, errno) => {
    const left = NAMES.filter((name) => placeOf(name) !== child);
    expect(left.length).toBeLessThan(NAMES.length);
    errnos.set(child, errno);
    expect(list()).toEqual(left.sort());
  },
);

test.each(THREE)(
  'a listing returns all names when child %s comes up again after the directory was opened',
  (child) => {
    errnos.set(child, ENOTCONN);
    opened.clear();
    expect(list(() => errnos.clear())).toEqual([...NAMES].sort());
  },
);

test.each(THREE)('a listing fails with EIO if child %s fails with EIO', (child) => {
  expect(list(() => errnos.set(child, EIO))).toBe(EIO);
});

test('a listing fails with ESTALE if no child has the directory any more', () => {
  const all = (): void => {
    for (const child of THREE) errnos.set(child, ESTALE);
  };
  expect(list(all)).toBe(ESTALE);
});

test('readdirp marks the end of a listing by ENOENT, with the last entries of all children', () => {
  saysEnd = true;
  const inode = volume.findInode('/d');
  const fd = new Fd(inode, 0, 1, true);
  volume.ask('opendir', new Loc(inode), fd, null);
  const names: string[] = [];
  const errnos: number[] = [];
  let last: Dirent | undefined;
  const told: Cbk<'readdirp', unknown> = (_frame, _cookie, _xl, _opRet, opErrno, entries) => {
    last = entries?.at(-1);
    if (last !== undefined) errnos.push(opErrno);
    names.push(...(entries ?? []).map(({ name }) => name).filter((name) => !name.startsWith('.')));
  };
  do {
    const frame = makeFirstFrame(new Stack(0, 0, 1, 'READDIRP'), volume.graph.top);
    wind.readdirp(frame, 0, told, volume.graph.links, fd, 131_072, last?.off ?? 0, null);
  } while (last !== undefined);
  fd.release();
  expect(errnos).toEqual([ENOENT]);
  expect(names.sort()).toEqual([...NAMES].sort());
});
