/** Directories older than the volume, for which no brick has a gfid. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { NULL_GFID } from '../../../runtime/core/gfid.ts';
import type { Dirent, Iatt } from '../../../runtime/core/iatt.ts';
import { Fd } from '../../../runtime/core/operands.ts';
import posix from '../../../runtime/xlators/storage/posix/index.ts';
import { DistributedVolume } from '../../../test/support/distributed-volume.ts';
import { makeFolder } from '../../../test/support/folder.ts';
import { isSkipped } from '../../../test/support/obstacle.ts';
import { isRoot, readGfid } from '../../../test/support/posix.ts';

const NAMES = ['one', 'two'];
const DIRECTORIES = ['/a', '/b', '/c', '/a/sub', '/a/sub/below'];

let disks: Readonly<Record<string, string>>;

async function start(): Promise<DistributedVolume> {
  disks = Object.fromEntries(NAMES.map((name) => [name, makeFolder()]));
  for (const disk of Object.values(disks)) {
    for (const path of DIRECTORIES) mkdirSync(join(disk, path), { recursive: true });
  }
  writeFileSync(join(disks.one!, 'file'), 'here');
  const volume = await DistributedVolume.start(NAMES, {}, undefined, {
    makeStorage: (name) => ({ translator: posix as never, options: { directory: disks[name]! } }),
  });
  onTestFinished(() => volume.stop());
  return volume;
}

const stored = (path: string) => NAMES.map((name) => readGfid(join(disks[name]!, path)));

function entries(volume: DistributedVolume, path: string, fop: 'readdir' | 'readdirp'): Dirent[] {
  const fd = new Fd(volume.findInode(path), 0, 1, true);
  volume.ask('opendir', volume.findLoc(path), fd, null);
  const all: Dirent[] = [];
  for (let offset = 0; ; offset = all.at(-1)!.off) {
    const reply = volume.ask(fop, fd, 4096, offset, null);
    if (reply.opRet <= 0) break;
    all.push(...(reply.values[0] as Dirent[]));
  }
  fd.release();
  return all.filter(({ name }) => !/^\.\.?$/.test(name));
}

test.each(['readdir', 'readdirp'] as const)(
  '%s returns directories older than the volume without a gfid, and does not assign one',
  async (fop) => {
    const volume = await start();
    const listed = entries(volume, '/', fop);
    expect(listed.map(({ name }) => name).sort()).toEqual(['a', 'b', 'c', 'file']);
    for (const { name, gfid, stat } of listed) {
      expect([name, gfid, stat]).toEqual([name, NULL_GFID, null]);
      expect(stored(`/${name}`)).toEqual([null, null]);
    }
  },
);

test('lookups after a listing assign one gfid to a directory on all bricks', async () => {
  const volume = await start();
  for (const path of DIRECTORIES) {
    entries(volume, path.slice(0, path.lastIndexOf('/')) || '/', 'readdirp');
    const reply = volume.lookup(path);
    expect([path, reply.opErrno]).toEqual([path, 0]);
    const { iaGfid } = reply.values[1] as Iatt;
    expect([path, ...stored(path)]).toEqual([path, iaGfid, iaGfid]);
  }
  expect(volume.read('/file')).toBe('here');
  expect(volume.log).not.toContain('several gfids');
});

const obstacle = isRoot ? '' : 'only root can store a layout (trusted.glusterfs.dht)';

test.skipIf(isSkipped('a directory that exists on one brick', obstacle))(
  'a directory that exists on one brick is made on the other with the same gfid',
  async () => {
    const volume = await start();
    mkdirSync(join(disks.two!, 'new'));
    entries(volume, '/', 'readdirp');
    expect(volume.lookup('/new').opRet).toBe(0);
    const [one, two] = stored('/new');
    expect(one).not.toBeNull();
    expect(one).toBe(two);
  },
);
