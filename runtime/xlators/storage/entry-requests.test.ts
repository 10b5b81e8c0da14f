/** Entry requests of cluster/distribute and self-heal: each storage gives the same replies. */
import { afterEach, expect, test } from 'vitest';
import { ask, makeGfid, startGraph } from '../../../test/support/core.ts';
import { makeFolder } from '../../../test/support/folder.ts';
import { Dict } from '../../core/dict.ts';
import { EBUSY, ERANGE } from '../../core/errno.ts';
import type { Graph } from '../../core/graph.ts';
import type { Iatt } from '../../core/iatt.ts';
import { Fd, Loc } from '../../core/operands.ts';
import { GFID_REQ } from '../../core/xdata.ts';
import memory from './memory/index.ts';
import posix from './posix/index.ts';

let graph: Graph;

afterEach(async () => {
  await graph.stop();
});

const LINKTO = 'trusted.glusterfs.dht.linkto';
const ONLY_LINKTO = 'unlink-only-if-dht-linkto-file';
const NOT_OPEN = 'dont-unlink-for-open-fd';
const VALUE = new TextEncoder().encode('other\0');
const linktoOf = (gfid: string): Dict =>
  new Dict().setGfid(GFID_REQ, gfid).set('glusterfs-internal-fop', 'yes').set(LINKTO, VALUE);

/** Attributes of a new directory; `list-xattr` omits those that are internal to a brick. */
const KEPT = {
  'user.k': 'v',
  'trusted.glusterfs.dht': '1',
  'trusted.glusterfs.volume-id': '2',
  'trusted.gfid2path.0': '3',
  'trusted.glusterfs.protect.writes': '4',
};

const isRoot = process.getuid?.() === 0;

const storages = [
  ['memory', memory as never, () => ({})],
  // Only root may set attributes of these names on a disk.
  ...(isRoot ? [['posix', posix as never, () => ({ directory: makeFolder() })] as const] : []),
] as const;

test.each(storages)(
  'storage/%s: mknod creates or links a linkto file, and an unlink refuses other files, or open ones, if its xdata says so',
  async (_, translator, makeOptions) => {
    graph = await startGraph([{ translator, options: makeOptions() }]);
    const { root } = graph.inodes;
    ask(graph, 'lookup', new Loc(root), null);
    const make = (name: string, mode: number, xdata: Dict) => {
      const loc = new Loc(graph.inodes.newInode(), root, name);
      const made = ask(graph, 'mknod', loc, mode, 0, 0, xdata);
      expect(made.opErrno || 0).toBe(0);
      const buf = made.values[1] as Iatt;
      return { loc: new Loc(graph.inodes.link(loc.inode!, root, name, buf), root, name), buf };
    };
    const linkto = make('a', 0o101000, linktoOf(makeGfid(1)));
    const keys = new Dict().set(LINKTO, 256);
    const found = ask(graph, 'lookup', linkto.loc, keys).values[2] as Dict;
    expect(found.bytes(LINKTO)).toEqual(VALUE);

    const twin = make('b', 0o101000, linktoOf(makeGfid(1)));
    expect([twin.buf.iaGfid, twin.buf.iaNlink]).toEqual([linkto.buf.iaGfid, 2]);

    const file = make('c', 0o100644, new Dict().setGfid(GFID_REQ, makeGfid(2)));
    const unlink = ({ loc }: typeof file, condition: string): number =>
      ask(graph, 'unlink', loc, 0, Dict.of({ [condition]: 1 })).opErrno || 0;
    const unlinked = [file, twin, linkto].map((made) => unlink(made, ONLY_LINKTO));
    expect(unlinked).toEqual([EBUSY, 0, 0]);
    const fd = new Fd(file.loc.inode!, 0, 1);
    ask(graph, 'open', file.loc, 0, fd, null);
    expect(unlink(file, NOT_OPEN)).toBe(EBUSY);
    fd.release();
    expect(unlink(file, NOT_OPEN)).toBe(0);
  },
);

test.each(storages)(
  'storage/%s: a lookup with list-xattr returns all attributes but those internal to the brick',
  async (_, translator, makeOptions) => {
    graph = await startGraph([{ translator, options: makeOptions() }]);
    const { root } = graph.inodes;
    const loc = new Loc(graph.inodes.newInode(), root, 'd');
    const xdata = new Dict().setGfid(GFID_REQ, makeGfid(1));
    for (const [name, text] of Object.entries(KEPT))
      xdata.set(name, new TextEncoder().encode(text));
    expect(ask(graph, 'mkdir', loc, 0o755, 0, xdata).opRet).toBe(0);
    const wants = Dict.of({ 'list-xattr': 1, 'trusted.glusterfs.dht': 0, 'user.absent': 0 });
    for (const found of [
      ask(graph, 'lookup', loc, wants),
      ask(graph, 'lookup', new Loc(null, null, null, makeGfid(1)), wants),
    ]) {
      const keys = found.values[2] as Dict;
      expect([...keys.keys()].sort()).toEqual(['trusted.glusterfs.dht', 'user.k']);
      expect(new TextDecoder().decode(keys.bytes('user.k'))).toBe('v');
    }
    const silent = ask(graph, 'lookup', loc, Dict.of({ 'trusted.glusterfs.dht': 0 }));
    expect([...(silent.values[2] as Dict).keys()]).toEqual(['trusted.glusterfs.dht']);
  },
);

test.each(storages)(
  'storage/%s: a removexattr removes all attributes that its xdata names, and ignores absent ones',
  async (_, translator, makeOptions) => {
    graph = await startGraph([{ translator, options: makeOptions() }]);
    const { root } = graph.inodes;
    const loc = new Loc(root);
    ask(graph, 'lookup', loc, null);
    const set = Dict.of({ 'user.a': '1', 'user.b': '2', 'user.c': '3' });
    expect(ask(graph, 'setxattr', loc, set, 0, null).opRet).toBe(0);
    const names = (): string[] => {
      const all = ask(graph, 'getxattr', loc, null, null).values[0] as Dict;
      return [...all.keys()].filter((name) => name.startsWith('user.')).sort();
    };
    expect(names()).toEqual(['user.a', 'user.b', 'user.c']);
    // Self-heal may name attributes that are gone, and xdata has keys that name none.
    const gone = Dict.of({ 'user.a': '1', 'user.none': '', 'user.c': '', 'some-key': 1 });
    expect(ask(graph, 'removexattr', loc, '', gone).opRet).toBe(0);
    expect(names()).toEqual(['user.b']);
    expect(ask(graph, 'removexattr', loc, '', null)).toMatchObject({ opRet: -1, opErrno: ERANGE });
    expect(names()).toEqual(['user.b']);
  },
);
