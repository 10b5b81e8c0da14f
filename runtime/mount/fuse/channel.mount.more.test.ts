/** Mounts, and the message with the remedy for each failure. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { findObstacle, Mounts } from '../../../test/support/mounts.ts';
import { findMount } from '../mountinfo.ts';
import { classifyFusermountError } from './mount-error.ts';

const mounts = new Mounts();
afterAll(() => mounts.clean());

/** The message of a server that fails to mount. */
const refusal = async (mountpoint: string): Promise<unknown> =>
  mounts.start('answers', {}, [mountpoint]).nextMessage();

describe.skipIf(findObstacle() !== '')('a mount by root', () => {
  test.each([
    ['one request', 'answers', '1024\n'],
    ['four requests over a network', 'remote', '4096\n'],
  ] as const)('reads ahead as much as %s can hold', async (_title, kind, raised) => {
    const { mountpoint } = await mounts.mount(kind);
    const file = `/sys/class/bdi/${findMount(mountpoint)!.device}/read_ahead_kb`;
    // With a read-only sysfs, the kernel's default stays.
    const { status } = spawnSync('test', ['-w', file]);
    expect(readFileSync(file, 'utf8')).toBe(status === 0 ? raised : '128\n');
  });

  test('succeeds on a symbolic link to a path with a space', async () => {
    const folder = mounts.makeFolder();
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

  test('on a missing path fails with MOUNT_POINT_MISSING', async () => {
    const missing = join(mounts.makeFolder(), 'none');
    expect(await refusal(missing)).toBe(
      `error MOUNT_POINT_MISSING: cannot mount on ${missing}: it does not exist; make it with ` +
        `'mkdir -p ${missing}'`,
    );
  });

  test('on a file, or below a file, fails with MOUNT_POINT_NOT_DIRECTORY', async () => {
    const file = join(mounts.makeFolder(), 'file');
    writeFileSync(file, '');
    expect(await refusal(file)).toMatch(/^error MOUNT_POINT_NOT_DIRECTORY: .* not a directory/);
    expect(await refusal(join(file, 'x'))).toMatch(/^error MOUNT_POINT_NOT_DIRECTORY/);
    rmSync(file);
  });

  test('on a glossa mount fails with MOUNT_POINT_BUSY', async () => {
    const { mountpoint } = await mounts.mount('answers');
    expect(await refusal(mountpoint)).toBe(
      `error MOUNT_POINT_BUSY: cannot mount on ${mountpoint}: glossa is mounted there already ` +
        `(a,b); unmount it first with 'umount ${mountpoint}'`,
    );
  });
});

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/**
 * Runs a script as the user nobody, with /dev/fuse open to all users, in a mount namespace of its own, whose mounts
 * end with it.
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
  // The user must be allowed to enter the working directory.
  const away = { cwd: '/', env: { ...process.env, HOME: '/' } };
  const { stdout, stderr } = spawnSync('unshare', args, { ...away, encoding: 'utf8' });
  return stdout + stderr;
}

/** The path of a file of the checkout in that namespace, as home folders may be closed. */
const seen = (url: string): string => fileURLToPath(url).replace(ROOT, '/mnt/glossa/');
const SERVE = seen(new URL('../../../test/support/mount-once.ts', import.meta.url).href);
const TSX = seen(import.meta.resolve('tsx'));
const serve = (options: object, then = 'true'): string =>
  `${process.execPath} --import ${TSX} ${SERVE} /mnt/m "${JSON.stringify(options).replaceAll('"', '\\"')}" "${then}"`;

describe.skipIf(findObstacle() !== '')('a mount by another user', () => {
  test('succeeds through fusermount3', () => {
    const said = asNobody(serve({}, 'stat -c %F /mnt/m; grep /mnt/m /proc/mounts'));
    expect(said).toMatch(/^directory$/m);
    expect(said).toMatch(/^a,b \/mnt\/m fuse\.glossa .*nosuid,nodev.*user_id=65534/m);
    expect(said).toMatch(/^unmounted, and gone$/m);
  });

  test('with allow-other fails unless fuse.conf permits it', () => {
    expect(asNobody(serve({ allowOther: true }))).toMatch(
      /^MOUNT_ALLOW_OTHER_REFUSED: .*add the line 'user_allow_other' to \/etc\/fuse\.conf/m,
    );
  });

  test('on a directory of another user fails with MOUNT_POINT_DENIED', () => {
    expect(asNobody(serve({}), 'chown 0 /mnt/m')).toMatch(/^MOUNT_POINT_DENIED: .*write/m);
  });

  test('without fusermount3 fails with MOUNT_NO_FUSERMOUNT', () => {
    const said = asNobody(`PATH=/nowhere ${serve({})}`);
    expect(said).toMatch(/^MOUNT_NO_FUSERMOUNT: .*install the package fuse3$/m);
  });

  test('without access to /dev/fuse fails with MOUNT_NO_FUSE', () => {
    expect(asNobody(serve({}), 'chmod 600 /mnt/fuse')).toMatch(/^MOUNT_NO_FUSE: /m);
  });
});

describe('an error of fusermount3', () => {
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
  ])('with the text "%s" has the code %s', (text, code) => {
    expect(classifyFusermountError(text)).toBe(code);
  });
});
