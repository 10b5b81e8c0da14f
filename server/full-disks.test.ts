import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { glossa, withScratch } from '../test/support/mount.ts';
import { isSkipped } from '../test/support/obstacle.ts';
import { fullDisks } from './full-disks.ts';

const room = { bsize: 4096, bavail: 1024, files: 100, ffree: 50 };

it.each([
  ['with room', room, false],
  ['without a block', { ...room, bavail: 0 }, true],
  ['with a few blocks', { ...room, bavail: 3 }, true],
  ['without an inode', { ...room, ffree: 0 }, true],
  ['that counts no inodes', { ...room, files: 0, ffree: 0 }, false],
])('a disk %s', (_, space, isFull) => {
  const said = fullDisks([['a log', '/somewhere']], () => space);
  expect(said).toEqual(
    isFull ? ['the disk is full: there is no room in /somewhere for a log'] : [],
  );
});

it('asks for the folder above where one is not there yet', () => {
  const asked: string[] = [];
  fullDisks([['a log', '/a/b/c']], (folder) => {
    asked.push(folder);
    if (folder !== '/a') throw new Error('ENOENT');
    return room;
  });
  expect(asked).toEqual(['/a/b/c', '/a/b', '/a']);
});

const why = process.getuid?.() === 0 ? '' : 'only root can mount a disk';

it.skipIf(isSkipped('glossa check on a full disk', why))('check warns of it', () =>
  withScratch(async (scratch) => {
    const cache = await scratch.folder('cache');
    await scratch.file('a.vol', 'volume a\n type storage/memory\nend-volume\n');
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', cache]);
    const said = `no room in ${cache}/glossa for snapshots that let Python start at once`;
    const env = { XDG_CACHE_HOME: cache };
    const { status, err } = await glossa(scratch, ['check', 'a.vol'], { env });
    expect({ status, err }).toEqual({
      status: 0,
      err: expect.stringContaining(`warning: the disk is full: there is ${said}\n`),
    });
    const json = await glossa(scratch, ['check', 'a.vol', '--json'], { env });
    expect(JSON.parse(json.out)).toMatchObject({
      ok: true,
      warnings: [expect.stringContaining(said)],
    });
  }),
);
