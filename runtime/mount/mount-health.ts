/**
 * Checks whether a mount replies, by a child process: a call into a hanging mount does not return, and a process with
 * such a call cannot exit.
 */
import { spawn } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { FS_TYPE, type MountEntry, readMounts } from './mountinfo.ts';
import { findServer } from './server-process.ts';

/**
 * `answers`: the mount replies; `stuck`: it does not within the timeout; `dead`: its server has ended; `unknown`: the
 * check failed.
 */
export type MountHealth = 'answers' | 'stuck' | 'dead' | 'unknown';

/** Milliseconds to wait for a mount whose state a command shows. */
const REPLY_TIMEOUT_MS = 3000;
/** Milliseconds to wait for a mount on which work depends: more than the default time limit of a module's call, 5 s. */
const STUCK_TIMEOUT_MS = 6000;

/** English messages of stat(1): for ENOTCONN and ECONNABORTED, and for EACCES. */
const DEAD_MESSAGE = /Transport endpoint is not connected|Software caused connection abort/;
const DENIED_MESSAGE = /Permission denied/;

/**
 * Checks whether a mount replies to statfs(2), which the kernel never caches. (The attributes of a dead mount may stay
 * cached for a while.)
 */
export function checkHealth(
  mountpoint: string,
  timeoutMs = REPLY_TIMEOUT_MS,
): Promise<MountHealth> {
  return new Promise((resolve) => {
    const child = spawn('stat', ['-f', '--', mountpoint], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { PATH: process.env.PATH, LC_ALL: 'C' },
    });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const timer = setTimeout(() => {
      // The child may hang as long as the mount, so do not wait for it.
      child.kill('SIGKILL');
      child.unref();
      child.stderr.destroy();
      resolve('stuck');
    }, timeoutMs);
    child.once('error', () => {
      clearTimeout(timer);
      resolve('unknown');
    });
    child.once('close', () => {
      clearTimeout(timer);
      // Any other error is a reply of the mount.
      resolve(
        DEAD_MESSAGE.test(stderr) ? 'dead' : DENIED_MESSAGE.test(stderr) ? 'unknown' : 'answers',
      );
    });
  });
}

/** File systems whose server, a process or another machine, may hang. */
const SERVED_TYPE = /^(fuse(blk)?(\..*)?|nfs4?|cifs|smb3|ceph|9p)$/;
/** The most symbolic links in a path, as in Linux (MAXSYMLINKS). */
const LINKS_MAX = 40;

/**
 * Finds the first mount on the way to a path that does not reply; null if all reply. Callers use it before they access
 * a path that a user named.
 */
export async function findStuckMount(path: string): Promise<MountEntry | null> {
  // The last mount on a point hides earlier ones.
  const mounts = new Map(readMounts().map((mount) => [mount.mountpoint, mount]));
  const names = resolve(path).split('/');
  let folder = '/';
  for (let linkCount = 0; names.length > 0; ) {
    const name = names.shift()!;
    const nextPath = name === '..' ? dirname(folder) : join(folder, name);
    const mount = nextPath === folder ? undefined : mounts.get(nextPath);
    if (mount !== undefined && SERVED_TYPE.test(mount.type)) {
      if ((await checkHealth(nextPath, STUCK_TIMEOUT_MS)) === 'stuck') return mount;
    }
    const target = readLink(nextPath);
    if (target !== null && ++linkCount > LINKS_MAX) return null;
    if (target === null) folder = nextPath;
    else names.unshift(...target.split('/'));
    if (target?.startsWith('/')) folder = '/';
  }
  return null;
}

/** Reads the target of a symbolic link; null for other files, and on errors. */
function readLink(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    // The later use of the path reports the error.
    return null;
  }
}

/** Makes the message about a stuck mount, with the remedy. */
export function describeStuck(mount: MountEntry): string {
  const { mountpoint, type } = mount;
  const server = findServer(mount);
  const ending = server === null ? 'end its server' : `end its server ('kill -9 ${server.pid}')`;
  const removal = type === FS_TYPE ? `'glossa umount --lazy ${mountpoint}'` : 'umount(8)';
  return (
    `${mountpoint}, where ${type} is mounted, has not answered for ${STUCK_TIMEOUT_MS / 1000} ` +
    `seconds; ${ending}, or take it away by ${removal}`
  );
}
