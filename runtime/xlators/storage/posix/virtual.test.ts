/** Virtual attributes (`glusterfs.*`) that the brick computes, and internal ones that it hides. */
import * as fs from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { file, mkdir, ok } from '../../../../test/contract/check.ts';
import type { TestVolume } from '../../../../test/contract/driver.ts';
import { makeFolder } from '../../../../test/support/folder.ts';
import { isRoot, startBrick, startPosix } from '../../../../test/support/posix.ts';
import { Dict, type DictValue } from '../../../core/dict.ts';
import { gfidToBytes, ROOT_GFID } from '../../../core/gfid.ts';
import type { Inode } from '../../../core/inode.ts';
import { Loc } from '../../../core/operands.ts';

const NODE = '5a1ad5a1-0000-4000-8000-000000000001';

/** The value of one attribute, or the errno's name. */
async function get(vol: TestVolume, inode: Inode, name: string): Promise<DictValue | undefined> {
  const reply = await vol.fop('getxattr', new Loc(inode), name, null);
  return reply.opRet < 0 ? reply.err : reply.dict!.get(name);
}

async function tree(options: Record<string, string> = {}) {
  const directory = makeFolder();
  const vol = await startPosix(directory, options);
  const d = await mkdir(vol, vol.root, 'd');
  return { directory, vol, d, f: await file(vol, d, 'f', 'text') };
}

describe('virtual attributes', () => {
  test('pathinfo shows server and path, and node-uuid the server', async () => {
    const { directory, vol, d, f } = await tree({ hostname: 'server' });
    for (const name of ['glusterfs.pathinfo', 'trusted.glusterfs.pathinfo']) {
      expect(await get(vol, f, name)).toBe(`<POSIX(${directory}):server:${directory}/d/f>`);
      expect(await get(vol, vol.root, name)).toBe(`<POSIX(${directory}):server:${directory}/>`);
    }
    const own = await startPosix(directory);
    const inode = ok(await own.lookup(own.root, 'd')).inode!;
    expect(await get(own, inode, 'glusterfs.pathinfo')).toContain(`:${hostname()}:`);
    expect(await get(vol, d, 'trusted.glusterfs.node-uuid')).toBe('ENODATA');
    const options = { 'glusterd-uuid': NODE, 'node-uuid-pathinfo': 'on' };
    const node = await startPosix(directory, options);
    expect(await get(node, node.root, 'trusted.glusterfs.node-uuid')).toBe(NODE);
    expect(await get(node, node.root, 'glusterfs.pathinfo')).toContain(`:${NODE}:`);
  });

  test('gfid, gfidtopath and ancestry.path show the gfid and its paths', async () => {
    const { vol, d, f } = await tree({ 'gfid2path-separator': '|' });
    expect(await get(vol, f, 'glusterfs.gfid')).toEqual(gfidToBytes(f.gfid));
    expect(await get(vol, f, 'glusterfs.gfid.string')).toBe(f.gfid);
    expect(await get(vol, vol.root, 'glusterfs.gfid.string')).toBe(ROOT_GFID);
    ok(await vol.link(f, vol.root, 'g'));
    expect(await get(vol, f, 'glusterfs.gfidtopath')).toBe('/d/f|/g');
    expect(await get(vol, f, 'glusterfs.gfid2path')).toBe('/d/f');
    expect(await get(vol, d, 'glusterfs.ancestry.path')).toBe('/d');
    expect(await get(vol, vol.root, 'glusterfs.ancestry.path')).toBe('/');
  });

  test('show the paths of a file that is requested by gfid alone, through gfid handles and gfid2path', async () => {
    const directory = makeFolder();
    const first = await startBrick(directory, { 'gfid-handles': 'on' });
    const deep = await mkdir(first, await mkdir(first, first.root, 'a'), 'deep');
    const f = await file(first, deep, 'f');
    await first.stop();
    const second = await startBrick(directory, { gfid2path: 'on' });
    const noted = await file(second, second.root, 'noted');
    const a = ok(await second.lookup(second.root, 'a')).inode!;
    ok(await second.link(noted, a, 'hard'));
    ok(await second.link(noted, a, 'gone'));
    ok(await second.unlink(a, 'gone'));
    ok(await second.rename(second.root, 'noted', second.root, 'moved'));
    await second.stop();
    const vol = await startPosix(directory, { gfid2path: 'on' });
    const ask = async (inode: Inode, gfid: string, name: string) => {
      const reply = await vol.fop('getxattr', new Loc(inode, null, null, gfid), name, null);
      return reply.opRet < 0 ? reply.err : reply.dict!.get(name);
    };
    const inode = vol.graph.inodes.newInode();
    expect(await ask(inode, deep.gfid, 'glusterfs.ancestry.path')).toBe('/a/deep');
    const paths = await ask(inode, noted.gfid, 'glusterfs.gfidtopath');
    if (isRoot) expect(String(paths).split(':').sort()).toEqual(['/a/hard', '/moved']);
    // This file has a handle and no gfid2path attribute.
    expect(await ask(inode, f.gfid, 'glusterfs.gfid2path')).toBe('ENODATA');
    const { gfid } = f;
    const handle = join(directory, '.glusterfs', gfid.slice(0, 2), gfid.slice(2, 4), gfid);
    expect(await ask(inode, gfid, 'glusterfs.pathinfo')).toContain(`:${handle}>`);
  });

  test('get_real_filename finds a name in any case', async () => {
    const { vol, d, f } = await tree({ 'gfid-handles': 'on' });
    await file(vol, d, 'ReadMe');
    const real = (name: string, of = d) => get(vol, of, `glusterfs.get_real_filename:${name}`);
    expect(await real('README')).toBe('ReadMe');
    expect(await real('F')).toBe('f');
    await file(vol, d, 'readme');
    expect(await real('readme')).toBe('readme');
    expect(await real('ReadMe')).toBe('ReadMe');
    expect(await real('absent')).toBe('ENODATA');
    expect(await real('x', f)).toBe('ENOTDIR');
    expect(await real('.GlusterFS', vol.root)).toBe('ENODATA');
  });

  test('open-fd-count counts open files, and fgetxattr returns the same values', async () => {
    const { vol, f } = await tree();
    expect(await get(vol, f, 'glusterfs.open-fd-count')).toBe(0);
    const { fd } = ok(await vol.open(f));
    expect(await get(vol, f, 'glusterfs.open-fd-count')).toBe(1);
    const reply = ok(await vol.fop('fgetxattr', fd!, 'glusterfs.gfid.string', null));
    expect(reply.dict!.get('glusterfs.gfid.string')).toBe(f.gfid);
    const keys = new Dict().set('glusterfs.open-fd-count', 0);
    const { xdata } = ok(await vol.lookup(vol.root, 'd', keys));
    expect(xdata!.get('glusterfs.open-fd-count')).toBe(0);
    fd!.release();
  });

  test('glusterfs.content in a lookup returns the data of a file up to the requested size', async () => {
    const { vol, d, f } = await tree();
    const content = async (most: number) => {
      const keys = new Dict().set('glusterfs.content', most);
      const { xdata } = ok(await vol.lookup(d, 'f', keys));
      return xdata?.bytes('glusterfs.content');
    };
    expect(await content(4)).toEqual(new TextEncoder().encode('text'));
    expect(await content(3)).toBeUndefined();
    const { fd } = ok(await vol.open(f));
    ok(await vol.fop('ftruncate', fd!, 0, null));
    fd!.release();
    expect(await content(0)).toEqual(new Uint8Array());
  });

  test('are omitted from lists, and setxattr and removexattr of one fail with EOPNOTSUPP', async () => {
    const { vol, f } = await tree();
    const { dict } = ok(await vol.fop('getxattr', new Loc(f), null, null));
    expect([...dict!.keys()].filter((name) => name.includes('gluster'))).toEqual([]);
    for (const name of ['glusterfs.pathinfo', 'glusterfs.gfid']) {
      const given = new Dict().set(name, 'x');
      expect((await vol.fop('setxattr', new Loc(f), given, 0, null)).err).toBe('EOPNOTSUPP');
      expect((await vol.fop('removexattr', new Loc(f), name, null)).err).toBe('EOPNOTSUPP');
    }
  });
});

test.runIf(isRoot)(
  'internal attributes are hidden from clients, and an internal client may set some',
  async () => {
    const { directory, vol, f } = await tree();
    const internal = vol.as({ pid: -1 });
    const own = ['trusted.glusterfs.dht', 'trusted.gfid2path.0123456789abcdef'];
    for (const name of own) {
      const given = new Dict().set(name, 'kept');
      expect((await vol.fop('setxattr', new Loc(f), given, 0, null)).err).toBe('EPERM');
      ok(await internal.fop('setxattr', new Loc(f), given, 0, null));
      expect(await get(vol, f, name)).toBe('ENODATA');
      expect((await vol.fop('removexattr', new Loc(f), name, null)).err).toBe('EPERM');
    }
    for (const name of ['trusted.gfid', 'user.glossa.gfid']) {
      const given = new Dict().set(name, gfidToBytes(NODE));
      for (const who of [vol, internal]) {
        expect((await who.fop('setxattr', new Loc(f), given, 0, null)).err).toBe('EPERM');
        expect((await who.fop('removexattr', new Loc(f), name, null)).err).toBe('EPERM');
        expect(await get(who, f, name)).toBe('ENODATA');
      }
    }
    ok(await vol.fop('setxattr', new Loc(f), new Dict().set('user.own', 'mine'), 0, null));
    const { dict } = ok(await vol.fop('getxattr', new Loc(f), null, null));
    expect([...dict!.keys()].filter((name) => !name.startsWith('security.'))).toEqual(['user.own']);
    expect(fs.existsSync(join(directory, 'd/f'))).toBe(true);
  },
);
