/**
 * Runs glossa as an ordinary user, from tests that root runs, and lists the user's limits with the
 * tests that must fail.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { access, chown, cp, mkdir, readdir, readFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { findDefaultCacheFolder } from '../../bridges/machine/node/cache-folder.ts';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { asUser, type Caller } from './client.ts';
import type { Limits } from './limits.ts';
import { GLOSSA, type GlossaSettings, type Scratch } from './mount.ts';

/** Rights of root alone, with the tests that need them: each must fail for other users. */
export const notPermitted: Limits = {
  'to act as another user': {
    shows: /Operation not permitted/,
    tests: [
      'refuses other users access to a directory without permission',
      'mounted --no-allow-other refuses other users, who have access without it',
    ],
  },
};

/**
 * Reasons why an ordinary user runs no test of a suite, with a command that the kernel refuses in a
 * bare folder, too.
 *
 * An ordinary user does not run these tests either:
 *
 * - passthrough, which needs root (CAP_SYS_ADMIN), and --no-passthrough, the default of a user;
 * - descriptors of this process, as root has no access to a user's mount: open files, and the
 *   writeback cache, which a shell tests;
 * - the conformance and POSIX suites, which need several users;
 * - failing disks: the storage returns the errors, and is the same for every user;
 * - packages of the distribution: minutes, for the same calls as an archive of sources;
 * - the examples of the documents, which are about translators.
 */
export const forRoot: Readonly<Record<string, string>> = {
  'act as another user (permissions, privileges)': 'setpriv --reuid=1234 --clear-groups true',
  "set root's attributes (gluster-brick)": 'touch f; setfattr -n trusted.a -v b f',
  'set capabilities of a file (privileges)': 'touch f; setcap cap_net_raw+ep f',
  'make devices (special files)': 'mknod c c 1 3',
};

/**
 * The program that runs glossa as this user. The scratch folder becomes the user's; program and node are copied
 * into it where the user cannot reach them (below a home folder, for example).
 */
export async function prepareProgram(scratch: Scratch, user: Caller): Promise<GlossaSettings> {
  const home = await scratch.makeFolder('home');
  await scratch.makeFolder('mnt');
  for (const name of ['', 'home', 'mnt', 'brick', 'bare']) {
    if (await exists(scratch.at(name))) await chown(scratch.at(name), user.uid, user.gid);
  }
  const cache = await copyCache(scratch, user);
  const device = await withDevice(scratch, user);
  const program = await copyUnreachable(scratch, user);
  return {
    ...program,
    wrapper: [...device, ...program.wrapper],
    env: { HOME: home, XDG_CACHE_HOME: cache },
  };
}

/** Settings that run glossa as this user without a mount; copies what the user cannot reach. */
export async function copyUnreachable(scratch: Scratch, user: Caller) {
  const canRead = (path: string): boolean =>
    spawnSync('setpriv', [...asUser(user).slice(1), 'test', '-r', path]).status === 0;
  return {
    wrapper: asUser(user),
    node: canRead(process.execPath) ? process.execPath : await copyNode(scratch),
    main: canRead(GLOSSA) ? GLOSSA : await copyProgram(scratch),
  };
}

const DEVICE = '/dev/fuse';
/** The fixed device number of `/dev/fuse` (Documentation/admin-guide/devices.txt). */
const NUMBER = ['10', '229'];

/**
 * A command that runs the rest of its arguments where `user` may open `/dev/fuse`. Where udev does
 * not allow that, it uses a mount namespace with its own device and a shared scratch folder, whose
 * mounts all processes see.
 */
async function withDevice(scratch: Scratch, user: Caller): Promise<string[]> {
  const test = [...asUser(user).slice(1), 'test', '-r', DEVICE, '-a', '-w', DEVICE];
  if (spawnSync('setpriv', test).status === 0) return [];
  const device = scratch.at('fuse');
  if (!(await exists(device))) {
    execFileSync('mount', ['--bind', scratch.path, scratch.path]);
    execFileSync('mount', ['--make-shared', scratch.path]);
    execFileSync('mount', ['-o', 'remount,bind,dev', scratch.path]);
    execFileSync('mknod', ['-m', '666', device, 'c', ...NUMBER]);
  }
  const exchange = `mount --make-private "$(findmnt -nvo TARGET -T ${DEVICE})"
    mount --bind "$0" ${DEVICE}; exec "$@"`;
  return ['unshare', '-m', '--propagation', 'unchanged', 'bash', '-ec', exchange, device];
}

/** A cache of the user's, in which Python need not be started from nothing. */
async function copyCache(scratch: Scratch, user: Caller): Promise<string> {
  const cache = scratch.at('home/cache');
  const ours = findDefaultCacheFolder();
  const theirs = join(cache, basename(ours));
  await mkdir(theirs, { recursive: true });
  for (const name of (await exists(ours)) ? await readdir(ours) : []) {
    await cp(join(ours, name), join(theirs, name), { recursive: true }).catch((error) => {
      // A test beside this one has replaced the file: the mount makes its own.
      if (error.code !== 'ENOENT') throw error;
    });
  }
  for (const path of [cache, theirs]) await chown(path, user.uid, user.gid);
  for (const name of await readdir(theirs)) await chown(join(theirs, name), user.uid, user.gid);
  return cache;
}

async function copyNode(scratch: Scratch): Promise<string> {
  const copy = scratch.at('node');
  await cp(process.execPath, copy, { mode: 0o755 });
  return copy;
}

/** Copies the package as npm installs it, without development files. */
async function copyProgram(scratch: Scratch): Promise<string> {
  const to = scratch.at('glossa');
  const list = ['ls', '--omit=dev', '--all', '--parseable'];
  const [, ...packages] = execFileSync('npm', list, { cwd: packageRoot, encoding: 'utf8' })
    .trimEnd()
    .split('\n');
  const { files } = JSON.parse(await readFile(join(packageRoot, 'package.json'), 'utf8'));
  const folders = (files as string[]).filter((name) => !/[!*]/.test(name));
  const own = ['package.json', 'bridges/native', ...folders].map((name) => join(packageRoot, name));
  for (const path of [...own, ...packages]) {
    await cp(path, join(to, relative(packageRoot, path)), { recursive: true });
  }
  return join(to, relative(packageRoot, GLOSSA));
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    // The file is missing.
    return false;
  }
}
