/** Linktos that name the wrong child, and lookups of misplaced names. */
import { afterEach, describe, expect, test } from 'vitest';
import type { Dict } from '../../../../runtime/core/dict.ts';
import { ENOENT, ESTALE } from '../../../../runtime/core/errno.ts';
import { tail, unwind } from '../../../../runtime/core/gen/fops.gen.ts';
import type { Gfid } from '../../../../runtime/core/gfid.ts';
import type { Iatt } from '../../../../runtime/core/iatt.ts';
import { Loc } from '../../../../runtime/core/operands.ts';
import { GFID_REQ } from '../../../../runtime/core/xdata.ts';
import { makeTranslator } from '../../../../test/support/core.ts';
import { DistributedVolume, placeInRoot } from '../../../../test/support/distributed-volume.ts';

const THREE = ['wz', 'wa', 'wm'];
const LAYOUT = 'trusted.glusterfs.dht';
const LINKTO = `${LAYOUT}.linkto`;

let volume: DistributedVolume;
afterEach(() => volume.stop());

const NAME = [...Array(99).keys()].map((n) => `n${n}`).find((n) => placeInRoot(n) === 'wm')!;

/** Makes a file on wz whose name belongs to wm. */
async function misplace(options: Readonly<Record<string, string>> = {}): Promise<Gfid> {
  volume = await DistributedVolume.start(THREE, options);
  const reply = makeOn('wz', 0o100640);
  return (reply.values[1] as Iatt).iaGfid;
}
function makeOn(child: string, mode: number, xdata = volume.gfidRequest()) {
  const loc = new Loc(volume.graph.inodes.newInode(), volume.root, NAME);
  return volume.askChild(child, 'mknod', loc, mode, 0, 0, xdata);
}
function makeLinkto(target: string, gfid?: Gfid): void {
  const xdata = volume.gfidRequest().set(LINKTO, new TextEncoder().encode(`${target}\0`));
  if (gfid !== undefined) xdata.setGfid(GFID_REQ, gfid);
  expect(makeOn('wm', 0o101000, xdata).opRet).toBe(0);
}
const target = (): string =>
  new TextDecoder().decode(volume.readChild('wm', `/${NAME}`)?.xattrs.bytes(LINKTO));
/** Looks up without prior knowledge of the name. */
function freshly(): { opRet: number; opErrno: number } {
  volume.graph.inodes.unlink(volume.root, NAME);
  return volume.lookup(`/${NAME}`);
}

describe('a wrong linkto file', () => {
  test.each(['wa', 'wm', 'old'])('is replaced if it names the wrong child %s', async (wrong) => {
    const gfid = await misplace();
    makeLinkto(wrong, gfid);
    expect(freshly().opRet).toBe(0);
    expect(target()).toBe('wz\0');
    const own = volume.readChild('wm', `/${NAME}`)!.buf;
    expect([own.iaProt, own.iaGfid]).toEqual([0o1000, gfid]);
    expect(freshly().opRet).toBe(0);
    expect(volume.list('/')).toEqual([NAME]);
  });

  test('is replaced even if it has the gfid of another file', async () => {
    const gfid = await misplace();
    makeLinkto('wa');
    expect(freshly().opRet).toBe(0);
    expect(volume.readChild('wm', `/${NAME}`)!.buf.iaGfid).toBe(gfid);
    expect(target()).toBe('wz\0');
  });

  test('is kept if only its gfid is wrong, and the lookup fails with ESTALE', async () => {
    await misplace();
    makeLinkto('wz');
    expect(freshly().opErrno).toBe(ESTALE);
    expect(target()).toBe('wz\0');
  });
});

test('a lookup logs that child names were exchanged if a linkto file names the child that it is on', async () => {
  const gfid = await misplace();
  makeLinkto('wm', gfid);
  expect(freshly().opRet).toBe(0);
  expect(volume.log).toMatch(/on 'wm' names 'wm' itself.*exchanged/);
});

test('a lookup of a known file fails with ESTALE if its child succeeds without attributes', async () => {
  let hasAttributes = true;
  volume = await DistributedVolume.start(THREE, {}, () => ({
    translator: makeTranslator('brick', {
      lookup(frame, xl, loc, xdata) {
        if (hasAttributes) tail.lookup(frame, xl.children[0]!, loc, xdata);
        else unwind.lookup(frame, 0, 0, null, null, null, null);
      },
    }),
  }));
  volume.create('/f', 'data');
  const { inode } = volume.findLoc('/f');
  hasAttributes = false;
  const { opRet, opErrno } = volume.ask('lookup', new Loc(inode, volume.root, 'f'), null);
  expect([opRet, opErrno]).toEqual([-1, ESTALE]);
});

describe('lookup of a misplaced file with lookup-optimize off', () => {
  const off = { 'lookup-optimize': 'off' };

  test.each([
    ['on', 0],
    ['yes', 0],
    ['auto', 0],
    ['off', ENOENT],
    ['0', ENOENT],
  ])('and lookup-unhashed %s returns errno %i', async (value, errno) => {
    await misplace({ ...off, 'lookup-unhashed': value });
    expect(freshly().opErrno).toBe(errno);
  });
});

test("lookup-optimize hides a misplaced file only in directories that have the volume's commit hash", async () => {
  volume = await DistributedVolume.start(THREE, { 'commit-hash': '1700000000' });
  volume.mkdir('/d');
  const parent = volume.findInode('/d');
  const hashOf = (path: string): string => volume.readXattr(path, LAYOUT).wz!.slice(0, 8);
  expect([hashOf('/'), hashOf('/d')]).toEqual(['00000001', '6553f100']);
  for (const [at, errno] of [
    [parent, ENOENT],
    [volume.root, 0],
  ] as const) {
    const key = `dht.file.hashed-subvol.${NAME}`;
    const reply = volume.ask('getxattr', new Loc(at), key, null);
    const ownChild = String((reply.values[0] as Dict).get(key));
    const other = THREE.find((child) => child !== ownChild)!;
    const loc = new Loc(volume.graph.inodes.newInode(), at, NAME);
    volume.askChild(other, 'mknod', loc, 0o100640, 0, 0, volume.gfidRequest());
    const path = at === parent ? `/d/${NAME}` : `/${NAME}`;
    expect([path, volume.lookup(path).opErrno]).toEqual([path, errno]);
  }
});
