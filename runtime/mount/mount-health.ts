/**
 * Finds out whether a mount answers. It is asked by a process of its own: a call into a mount that hangs does
 * not come back, and a process with such a call among its threads cannot even exit.
 */
import { spawn } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { FS_TYPE, type MountEntry, readMounts } from './mountinfo.ts';
import { findServer } from './server-process.ts';

/**
 * `answers`; `stuck`: no answer within the patience; `dead`: its server is no more; `unknown`: it
 * could not be asked.
 */
export type MountHealth = 'answers' | 'stuck' | 'dead' | 'unknown';

const PATIENCE_MS = 3000;
/** For who gives up on a mount: longer than a call into a module may run by default, 5 seconds. */
const LAST_PATIENCE_MS = 6000;

/** What stat(1) says in English, of ENOTCONN and ECONNABORTED, and of EACCES. */
const DEAD = /Transport endpoint is not connected|Software caused connection abort/;
const DENIED = /Permission denied/;

/**
 * Asks for what the kernel never remembers, statfs(2): attributes of a dead mount may live on for a
 * while.
 */
export function healthOf(mountpoint: string, patienceMs = PATIENCE_MS): Promise<MountHealth> {
  return new Promise((resolve) => {
    const child = spawn('stat', ['-f', '--', mountpoint], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { PATH: process.env.PATH, LC_ALL: 'C' },
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    const late = setTimeout(() => {
      // It may not end until the mount does: nobody waits for it.
      child.kill('SIGKILL');
      child.unref();
      child.stderr.destroy();
      resolve('stuck');
    }, patienceMs);
    child.once('error', () => {
      clearTimeout(late);
      resolve('unknown');
    });
    child.once('close', () => {
      clearTimeout(late);
      // Any other error is an answer, too.
      resolve(DEAD.test(said) ? 'dead' : DENIED.test(said) ? 'unknown' : 'answers');
    });
  });
}

/** Types whose files a process or another machine answers for, which may hang. */
const SERVED = /^(fuse(blk)?(\..*)?|nfs4?|cifs|smb3|ceph|9p)$/;
const LINKS_MAX = 40;

/**
 * The first mount that a path leads into, or to, which does not answer; null where all do. Whoever
 * looks at a path that may be anywhere asks here first.
 */
export async function findStuckMount(path: string): Promise<MountEntry | null> {
  // What was mounted last on a point hides what was there before.
  const mounts = new Map(readMounts().map((mount) => [mount.mountpoint, mount]));
  const names = resolve(path).split('/');
  let at = '/';
  for (let links = 0; names.length > 0; ) {
    const name = names.shift()!;
    const next = name === '..' ? dirname(at) : join(at, name);
    const mount = next === at ? undefined : mounts.get(next);
    if (mount !== undefined && SERVED.test(mount.type)) {
      if ((await healthOf(next, LAST_PATIENCE_MS)) === 'stuck') return mount;
    }
    const target = linkAt(next);
    if (target !== null && ++links > LINKS_MAX) return null;
    if (target === null) at = next;
    else names.unshift(...target.split('/'));
    if (target?.startsWith('/')) at = '/';
  }
  return null;
}

/** Where a symbolic link leads; null of anything else, and of what cannot be looked at. */
function linkAt(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    // Whoever uses the path finds out what is wrong with it.
    return null;
  }
}

/** What is to be done about a mount that does not answer, for a message. */
export function describeStuck(mount: MountEntry): string {
  const { mountpoint, type } = mount;
  const server = findServer(mount);
  const end = server === null ? 'end its server' : `end its server ('kill -9 ${server.pid}')`;
  const away = type === FS_TYPE ? `'glossa umount --lazy ${mountpoint}'` : 'umount(8)';
  return (
    `${mountpoint}, where ${type} is mounted, has not answered for ${LAST_PATIENCE_MS / 1000} ` +
    `seconds; ${end}, or take it away by ${away}`
  );
}
