/** Mounting and refusing to: each bad situation has its line, which says what to do. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { Mounts, whyNoMounts } from '../../../test/support/mounts.ts';
import { findMount } from '../mountinfo.ts';
import { fusermountCode } from './mount-error.ts';

const mounts = new Mounts();
afterAll(() => mounts.clean());

/** What a server says that is to mount there. */
const refusal = async (mountpoint: string): Promise<unknown> =>
  mounts.start('answers', {}, [mountpoint]).next();

describe.skipIf(whyNoMounts() !== '')('as root', () => {
  test('type, source and options are those of the mount', async () => {
    const { mountpoint } = await mounts.mount('answers');
    expect(findMount(mountpoint)).toMatchObject({ type: 'fuse.glossa', source: 'a,b' });
    const line = spawnSync('grep', [` ${mountpoint} `, '/proc/mounts'], {
      encoding: 'utf8',
    }).stdout;
    expect(line).toMatch(/nosuid,nodev.*default_permissions,allow_other,max_read=1048576/);
  });

  test('reads ahead of a program by as much as one request brings', async () => {
    const { mountpoint } = await mounts.mount('answers');
    const file = `/sys/class/bdi/${findMount(mountpoint)!.device}/read_ahead_kb`;
    // Where sysfs can only be looked at, it is what the kernel takes by itself.
    const { status } = spawnSync('test', ['-w', file]);
    expect(readFileSync(file, 'utf8')).toBe(status === 0 ? '1024\n' : '128\n');
  });

  test('a mount point with a space, reached by a symbolic link', async () => {
    const folder = mounts.folder();
    const [real, link] = [join(folder, 'a b'), join(folder, 'link')];
    mkdirSync(real);
    symlinkSync(real, link);
    const server = await mounts.mount('answers', {}, [link]);
    expect(findMount(real)?.type).toBe('fuse.glossa');
    expect((await stat(real)).isDirectory()).toBe(true);
    expect(await server.ask('unmount')).toBe('unmounted');
    expect(findMount(real)).toBe(null);
    rmSync(link);
    rmdirSync(real);
  });

  test('a mount point that is not there', async () => {
    const missing = join(mounts.folder(), 'none');
    expect(await refusal(missing)).toBe(
      `error MOUNT_POINT_MISSING: cannot mount on ${missing}: it does not exist; make it with ` +
        `'mkdir -p ${missing}'`,
    );
  });

  test('one that is a file, or below a file', async () => {
    const file = join(mounts.folder(), 'file');
    writeFileSync(file, '');
    expect(await refusal(file)).toMatch(/^error MOUNT_POINT_NOT_DIRECTORY: .* not a directory/);
    expect(await refusal(join(file, 'x'))).toMatch(/^error MOUNT_POINT_NOT_DIRECTORY/);
    rmSync(file);
  });

  test('one where glossa is mounted', async () => {
    const { mountpoint } = await mounts.mount('answers');
    expect(await refusal(mountpoint)).toBe(
      `error MOUNT_POINT_BUSY: cannot mount on ${mountpoint}: glossa is mounted there already ` +
        `(a,b); unmount it first with 'umount ${mountpoint}'`,
    );
  });
});

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/**
 * Runs the given script as nobody, where /dev/fuse is open to everybody: in a mount namespace of its
 * own, because here it need not be. Everything mounted in it goes with it.
 */
function asNobody(script: string, before = ''): string {
  const setUp = [
    'mount -t tmpfs none /mnt',
    'mknod -m 666 /mnt/fuse c 10 229',
    'mount --bind /mnt/fuse /dev/fuse',
    'mkdir /mnt/m /mnt/glossa',
    `mount --bind "${ROOT}" /mnt/glossa`,
    'chown 65534:65534 /mnt/m',
    before,
    `exec setpriv --reuid 65534 --regid 65534 --clear-groups bash -c '${script}'`,
  ];
  const args = ['-m', '--propagation', 'private', 'bash', '--norc', '-e', '-c', setUp.join('\n')];
  // In a folder that nobody may be in, no program could be started.
  const away = { cwd: '/', env: { ...process.env, HOME: '/' } };
  const { stdout, stderr } = spawnSync('unshare', args, { ...away, encoding: 'utf8' });
  return stdout + stderr;
}

/** Where nobody else can reach the checkout (below a home folder), it is found here there. */
const seen = (url: string): string => fileURLToPath(url).replace(ROOT, '/mnt/glossa/');
const SERVE = seen(new URL('../../../test/support/mount-once.ts', import.meta.url).href);
const TSX = seen(import.meta.resolve('tsx'));
const serve = (options: object, then = 'true'): string =>
  `${process.execPath} --import ${TSX} ${SERVE} /mnt/m "${JSON.stringify(options).replaceAll('"', '\\"')}" "${then}"`;

describe.skipIf(whyNoMounts() !== '')('as another user', () => {
  test('through fusermount3', () => {
    const said = asNobody(serve({}, 'stat -c %F /mnt/m; grep /mnt/m /proc/mounts'));
    expect(said).toMatch(/^directory$/m);
    expect(said).toMatch(/^a,b \/mnt\/m fuse\.glossa .*nosuid,nodev.*user_id=65534/m);
    expect(said).toMatch(/^unmounted, and gone$/m);
  });

  test('allow-other is refused, unless fuse.conf permits it', () => {
    expect(asNobody(serve({ allowOther: true }))).toMatch(
      /^MOUNT_ALLOW_OTHER_REFUSED: .*add the line 'user_allow_other' to \/etc\/fuse\.conf/m,
    );
  });

  test('a directory of somebody else', () => {
    expect(asNobody(serve({}), 'chown 0 /mnt/m')).toMatch(/^MOUNT_POINT_DENIED: .*write/m);
  });

  test('no fusermount3', () => {
    const said = asNobody(`PATH=/nowhere ${serve({})}`);
    expect(said).toMatch(/^MOUNT_NO_FUSERMOUNT: .*install the package fuse3$/m);
  });

  test('no /dev/fuse', () => {
    expect(asNobody(serve({}), 'chmod 600 /mnt/fuse')).toMatch(/^MOUNT_NO_FUSE: /m);
  });
});

describe('what fusermount3 says', () => {
  test.each([
    [
      "fusermount3: option allow_other only allowed if 'user_allow_other' is set in /etc/fuse.conf",
      'MOUNT_ALLOW_OTHER_REFUSED',
    ],
    ["fusermount3: fuse device not found, try 'modprobe fuse' first", 'MOUNT_NO_FUSE'],
    ['fusermount3: failed to open /dev/fuse: Permission denied', 'MOUNT_NO_FUSE'],
    ['fusermount3: user has no write access to mountpoint /x', 'MOUNT_POINT_DENIED'],
    ['fusermount3: could not determine username', 'MOUNT_NO_USER_NAME'],
    ['fusermount3: mount failed: Device or resource busy', 'MOUNT_FAILED'],
  ])('%s', (text, code) => {
    expect(fusermountCode(text)).toBe(code);
  });
});
