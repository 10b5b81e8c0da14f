/** features/read-only: each fop of the table with arbitrary arguments. */
import { expect, it } from 'vitest';
import { askArgs, FakeContext, HeldLeaf, startGraph } from '../../../../test/support/core.ts';
import { Dict } from '../../../core/dict.ts';
import { EIO, EROFS } from '../../../core/errno.ts';
import { findFop } from '../../../core/fops.ts';
import { type FopName, fopNames } from '../../../core/gen/fops.gen.ts';
import { O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY } from '../../../core/open-flags.ts';
import { Fd, Loc } from '../../../core/operands.ts';
import readOnly from './index.ts';

async function setUp(options: Readonly<Record<string, string>> = { 'read-only': 'on' }) {
  const leaf = new HeldLeaf();
  leaf.onRequest = ({ answer }) => answer(-1, EIO);
  const volumes = [{ translator: leaf.translator }, { translator: readOnly, options }] as never;
  const graph = await startGraph(volumes, new FakeContext());
  const { root } = graph.inodes;
  /** Returns the errno; EIO is the storage's own. */
  const errnoOf = (
    name: FopName,
    given: Readonly<Record<string, unknown>> = {},
    pid = 1,
  ): number => {
    const args = findFop(name)!.args.map(({ name: arg, type }) => {
      if (arg in given) return given[arg];
      if (type === 'loc') return new Loc(root);
      return type === 'fd' ? new Fd(root, 0, 1) : type === 'dict' ? null : 0;
    });
    return askArgs(graph, name, args, pid).opErrno;
  };
  return { graph, errnoOf };
}

/** Fops that read, with arguments that change nothing. */
const READS: readonly FopName[] = [
  ...(['stat', 'fstat', 'readlink', 'open', 'readv', 'statfs', 'flush', 'fsync'] as const),
  ...(['getxattr', 'fgetxattr', 'opendir', 'access', 'lookup', 'readdir', 'readdirp'] as const),
  ...(['lk', 'inodelk', 'finodelk', 'entrylk', 'fentrylk', 'lease', 'getactivelk'] as const),
  ...(['setactivelk', 'rchecksum', 'seek', 'ipc', 'getspec', 'xattrop', 'fxattrop'] as const),
];

it('a read-only volume refuses exactly the fops that change something, with EROFS', async () => {
  const { errnoOf } = await setUp();
  const passed = fopNames.filter((name) => errnoOf(name) === EIO);
  expect([...passed].sort()).toEqual([...READS].sort());
  const refused = fopNames.filter((name) => !READS.includes(name));
  expect(refused.map((name) => errnoOf(name))).toEqual(refused.map(() => EROFS));
});

it('a read-only volume refuses an open to write or truncate, and an xattrop that adds', async () => {
  const { errnoOf } = await setUp();
  for (const flags of [O_WRONLY, O_RDWR, O_RDONLY | O_TRUNC]) {
    expect(errnoOf('open', { flags })).toBe(EROFS);
  }
  const dictOf = (...bytes: number[]) => ({
    dict: new Dict()
      .set('trusted.afr.a', new Uint8Array(8))
      .set('trusted.afr.b', Uint8Array.from(bytes)),
  });
  expect(errnoOf('xattrop', dictOf(0, 0, 0, 0))).toBe(EIO);
  expect(errnoOf('xattrop', dictOf(0, 0, 0, 1))).toBe(EROFS);
  expect(errnoOf('fxattrop', dictOf(0, 0, 0, 1))).toBe(EROFS);
});

it('a read-only volume refuses no fop of an internal client', async () => {
  const { errnoOf } = await setUp();
  expect(fopNames.filter((name) => errnoOf(name, {}, -6) !== EIO)).toEqual([]);
});

it('option read-only is off by default, so that fops bypass the volume, and can be turned on and off', async () => {
  const { graph, errnoOf } = await setUp({});
  expect(graph.links.mkdir.xl.type).toBe('test/held');
  readOnly.reconfigure!(graph.top as never, { 'read-only': true });
  expect(errnoOf('mkdir')).toBe(EROFS);
  readOnly.reconfigure!(graph.top as never, { 'read-only': false });
  expect(errnoOf('mkdir')).toBe(EIO);
});
