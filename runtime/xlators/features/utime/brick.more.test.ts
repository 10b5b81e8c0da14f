/** features/utime over real GlusterFS bricks. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type Ask,
  type BrickClient,
  BrickClients,
  bytes,
} from '../../../../test/support/brick-clients.ts';
import { makeFolder } from '../../../../test/support/folder.ts';
import { isWithoutBricks, RealBrick } from '../../../../test/support/gluster.ts';
import { SET_ATTR } from '../../../core/fops.ts';
import { Iatt } from '../../../core/iatt.ts';
import { Loc } from '../../../core/operands.ts';
import * as libc from '../../../sys/libc.ts';
import { toCString } from '../../../sys/struct.ts';
import { copyTimes, decodeMdata, MDATA, MDATA_SIZE } from '../../storage/shared/mdata.ts';

const UTIME = { above: ['features/utime'] };

let folder: string;
let clients: BrickClients;
let brick: RealBrick;

beforeEach(async () => {
  folder = makeFolder();
  clients = new BrickClients();
  brick = await RealBrick.start(folder, { posix: { ctime: 'on' } });
});
afterEach(async () => {
  await clients.end();
  await brick.end();
});

const stat = async ({ driver }: BrickClient, path: string): Promise<Iatt> =>
  (await driver.find(path)).buf;

const kept = (path: string) => {
  const value = new Uint8Array(MDATA_SIZE + 1);
  const length = libc.lgetxattr(toCString(path), toCString(MDATA), value, value.length);
  return length < 0 ? null : decodeMdata(value.subarray(0, length));
};

/** Nanoseconds since 1970. */
const of = (sec: number, nsec: number): bigint => BigInt(sec) * 1_000_000_000n + BigInt(nsec);
const mtime = (buf: Iatt): bigint => of(buf.iaMtime, buf.iaMtimeNsec);
const ctime = (buf: Iatt): bigint => of(buf.iaCtime, buf.iaCtimeNsec);

async function touch({ driver }: BrickClient, path: string, iaMtime: number): Promise<void> {
  const { inode } = await driver.find(path);
  const to = Object.assign(new Iatt(), { iaMtime, iaMtimeNsec: 5, iaAtime: 7 });
  await driver.expect('setattr', new Loc(inode), to, SET_ATTR.MTIME | SET_ATTR.ATIME, null);
}

/** Whether make(1) would rebuild `target` from `source`. */
const isNewer = async (client: BrickClient, source: string, target: string): Promise<boolean> =>
  mtime(await stat(client, source)) > mtime(await stat(client, target));

describe.skipIf(isWithoutBricks())('features/utime over a GlusterFS brick', () => {
  it('sets mtime and ctime at each write, which a client without features/utime leaves unchanged', async () => {
    const client = await clients.open(brick.port, UTIME);
    const { ask } = client;
    await ask('write', '/source', bytes('1'), null);
    await ask('write', '/target', bytes('1'), null);
    expect(await isNewer(client, '/source', '/target')).toBe(false);
    await ask('write', '/source', bytes('22'), 1);
    expect(await isNewer(client, '/source', '/target')).toBe(true);

    // A client without features/utime: rsync and make would see no change.
    const plain = await clients.open(brick.port);
    const before = await stat(plain, '/source');
    await plain.ask('write', '/source', bytes('333'), 3);
    const after = await stat(plain, '/source');
    expect(after.iaSize).toBe(6);
    expect([mtime(after), ctime(after)]).toEqual([mtime(before), ctime(before)]);

    await ask('write', '/source', bytes('4'), 6);
    const now = await stat(client, '/source');
    expect(mtime(now)).toBeGreaterThan(mtime(before));
    expect(ctime(now)).toBe(mtime(now));
    expect(copyTimes(now)).toEqual(kept(join(brick.files, 'source')));
    // utimensat(2), as of tar and rsync: mtime is the given time, ctime advances.
    await touch(client, '/source', 1000);
    const set = await stat(client, '/source');
    expect([set.iaMtime, set.iaMtimeNsec, set.iaAtime]).toEqual([1000, 5, 7]);
    expect(ctime(set)).toBeGreaterThan(ctime(now));
    expect(await isNewer(client, '/target', '/source')).toBe(true);
  });

  it('advances the times of directories and files at each change of names, modes and sizes', async () => {
    const client = await clients.open(brick.port, UTIME);
    const { ask } = client;
    await ask('mkdir', '/d', 0o755);
    await ask('write', '/d/f', bytes('x'), null);
    const changes: readonly [path: string, what: 'mtime' | 'ctime', ...Parameters<Ask>][] = [
      ['/d', 'mtime', 'write', '/d/g', bytes('y'), null],
      ['/d', 'mtime', 'rename', '/d/g', '/d/h'],
      ['/d', 'mtime', 'link', '/d/f', '/d/i'],
      ['/d/f', 'ctime', 'link', '/d/f', '/d/j'],
      ['/d/f', 'ctime', 'chmod', '/d/f', 0o600],
      ['/d/f', 'ctime', 'chown', '/d/f', 1, 1],
      ['/d/f', 'mtime', 'truncate', '/d/f', 0],
      ['/d', 'mtime', 'symlink', 'f', '/d/l'],
      ['/d', 'mtime', 'mkdir', '/d/e', 0o755],
      ['/d', 'mtime', 'rmdir', '/d/e'],
      ['/d', 'mtime', 'unlink', '/d/l'],
      ['/d/f', 'ctime', 'unlink', '/d/i'],
    ];
    for (const [path, what, ...change] of changes) {
      const time = what === 'mtime' ? mtime : ctime;
      const before = time(await stat(client, path));
      await ask(...change);
      expect(time(await stat(client, path)), `${what} of ${path} by ${change[0]}`).toBeGreaterThan(
        before,
      );
    }
  });

  it('reads back the times stored through a brick or through storage/posix on the same files', async () => {
    const far = await clients.open(brick.port, UTIME);
    await far.ask('write', '/theirs', bytes('1'), null);
    await far.ask('write', '/theirs', bytes('2'), 1);
    await touch(far, '/theirs', 1_234_567_890);
    const theirs = copyTimes(await stat(far, '/theirs'));
    await far.end();
    await brick.end('SIGTERM');

    const near = await clients.openFolder(brick.files, UTIME);
    expect(copyTimes(await stat(near, '/theirs'))).toEqual(theirs);
    await near.ask('write', '/ours', bytes('1'), null);
    await near.ask('write', '/ours', bytes('2'), 1);
    await touch(near, '/ours', 987_654_321);
    await near.ask('write', '/theirs', bytes('3'), 2);
    const ours = copyTimes(await stat(near, '/ours'));
    const changed = copyTimes(await stat(near, '/theirs'));
    expect(changed.iaMtime).toBeGreaterThan(theirs.iaMtime);
    expect(ours).toEqual(kept(join(brick.files, 'ours')));
    await near.end();

    await brick.run();
    const again = await clients.open(brick.port, UTIME);
    expect(copyTimes(await stat(again, '/ours'))).toEqual(ours);
    expect(copyTimes(await stat(again, '/theirs'))).toEqual(changed);
    // The disk's own times differ.
    expect(statSync(join(brick.files, 'ours')).ctimeMs).not.toBe(ours.iaCtime * 1000);
  });
});
