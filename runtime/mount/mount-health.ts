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
 * `answers`: replies; `stuck`: no reply within the patience; `dead`: its server has ended; `unknown`: the check failed.
 */
export type MountHealth = 'answers' | 'stuck' | 'dead' | 'unknown';

/** Milliseconds of patience for the state of a mount, as commands show it. */
const PATIENCE_MS = 3000;
/** Milliseconds before a mount counts as stuck: more than the default time limit of a module's call, 5 s. */
const LAST_PATIENCE_MS = 6000;

/** English messages of stat(1) for ENOTCONN, ECONNABORTED and EACCES. */
const DEAD = /Transport endpoint is not connected|Software caused connection abort/;
const DENIED = /Permission denied/;

/**
 * Checks whether a mount replies to statfs(2), which the kernel never caches. (The attributes of a dead mount may stay
 * cached for a while.)
 */
export function checkHealth(mountpoint: string, patienceMs = PATIENCE_MS): Promise<MountHealth> {
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
    }, patienceMs);
    child.once('error', () => {
      clearTimeout(timer);
      resolve('unknown');
    });
    child.once('close', () => {
      clearTimeout(timer);
      // Any other error comes from a mount that replies.
      resolve(DEAD.test(stderr) ? 'dead' : DENIED.test(stderr) ? 'unknown' : 'answers');
    });
  });
}

/** File systems whose server, a process or another machine, may hang. */
const SERVED = /^(fuse(blk)?(\..*)?|nfs4?|cifs|smb3|ceph|9p)$/;
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
  let at = '/';
  for (let links = 0; names.length > 0; ) {
    const name = names.shift()!;
    const next = name === '..' ? dirname(at) : join(at, name);
    const mount = next === at ? undefined : mounts.get(next);
    if (mount !== undefined && SERVED.test(mount.type)) {
      if ((await checkHealth(next, LAST_PATIENCE_MS)) === 'stuck') return mount;
    }
    const target = readLink(next);
    if (target !== null && ++links > LINKS_MAX) return null;
    if (target === null) at = next;
    else names.unshift(...target.split('/'));
    if (target?.startsWith('/')) at = '/';
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
  const end = server === null ? 'end its server' : `end its server ('kill -9 ${server.pid}')`;
  const removal = type === FS_TYPE ? `'glossa umount --lazy ${mountpoint}'` : 'umount(8)';
  return (
    `${mountpoint}, where ${type} is mounted, has not answered for ${LAST_PATIENCE_MS / 1000} ` +
    `seconds; ${end}, or take it away by ${removal}`
  );
}
