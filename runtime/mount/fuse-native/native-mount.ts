/**
 * Mounts a graph through libfuse's path interface (the package `fuse-native`): the portable front end, for systems
 * without Linux's `/dev/fuse`. It is slower than `mount/fuse`, because each request passes several threads, and
 * less complete: see `operations.ts`.
 */

import { spawn, spawnSync } from 'node:child_process';
import { accessSync, closeSync, constants, existsSync, openSync, readFileSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { Driver } from '../../api/driver.ts';
import { Files } from '../../api/files.ts';
import { EIO, strerror } from '../../core/errno.ts';
import { Initiator, makeInitiatorTranslator } from '../../core/initiator.ts';
import { Log } from '../../core/log.ts';
import { messages } from '../../core/messages.ts';
import { applyDefaultTimeouts, type MountOptions } from '../fuse/kernel-mount.ts';
import { MountError, makeMountError } from '../fuse/mount-error.ts';
import { checkMountpoint, escapeSource } from '../fuse/mounter.ts';
import { lookupRoot } from '../lookup-root.ts';
import type { Mount } from '../mount.ts';
import { FS_TYPE, findMount } from '../mountinfo.ts';
import { type Fuse, loadFuseNative } from './addon.ts';
import { makeOperations, type NativeFrontEnd } from './operations.ts';

/** Bit of CAP_SYS_ADMIN, which mount(2) needs (capabilities(7)). */
const CAP_SYS_ADMIN = 21n;
/** Directory in which libfuse 2 searches fusermount before PATH. */
const FUSERMOUNT_FOLDER = '/usr/local/bin';

/**
 * Checks the requirements of libfuse on Linux before a mount: libfuse reports only that it failed, and writes the
 * reason to standard error.
 * @param path the mount point as given, for messages @param realPath the same without symbolic links
 * @throws {MountError} with the remedy
 */
function checkLibfuse(path: string, realPath: string): void {
  const existing = findMount(realPath);
  if (existing !== null) {
    const cause = `${existing.type} is mounted there, on which fuse-native cannot mount; unmount it first, or mount elsewhere`;
    throw makeMountError('MOUNT_FAILED', path, cause);
  }
  checkDevice(path);
  if (process.getuid?.() === 0) {
    if (hasSysAdmin()) return;
    throw makeMountError('MOUNT_NOT_PERMITTED', path, 'mount: Operation not permitted');
  }
  if (!hasFusermount()) throw makeMountError('MOUNT_NO_FUSERMOUNT', path);
  if (!hasUserName()) throw makeMountError('MOUNT_NO_USER_NAME', path, String(process.getuid?.()));
  try {
    accessSync(realPath, constants.W_OK | constants.X_OK);
  } catch {
    // fusermount makes the same check.
    throw makeMountError('MOUNT_POINT_DENIED', path, 'you may not write to it');
  }
}

/** Checks that this process can open /dev/fuse. @throws {MountError} */
function checkDevice(path: string): void {
  try {
    closeSync(openSync('/dev/fuse', 'r+'));
  } catch (error) {
    const { errno = -EIO } = error as NodeJS.ErrnoException;
    throw makeMountError('MOUNT_NO_FUSE', path, `/dev/fuse: ${strerror(-errno)}`);
  }
}

/** Whether this process has CAP_SYS_ADMIN. */
function hasSysAdmin(): boolean {
  const [, mask = '0'] = /^CapEff:\s*(\S+)$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return ((BigInt(`0x${mask}`) >> CAP_SYS_ADMIN) & 1n) === 1n;
}

/** Whether the user has a name, in /etc/passwd or another source of users. */
function hasUserName(): boolean {
  try {
    return userInfo().username !== '';
  } catch {
    // userInfo throws for a uid without a name.
    return false;
  }
}

/** Whether libfuse will find fusermount. */
const hasFusermount = (): boolean =>
  [FUSERMOUNT_FOLDER, ...(process.env.PATH ?? '').split(':')].some((folder) =>
    existsSync(join(folder, 'fusermount')),
  );

/** The translator of that volume. */
const fuseNativeTranslator = makeInitiatorTranslator<NativeFrontEnd>(
  'mount/fuse-native',
  "Turns the requests of libfuse's path interface into fops on the top of the graph.",
  // The state for statedumps and `meta`.
  ({ priv }) => {
    const { fds, initiator } = priv.files.driver.client;
    return { 'in-flight': initiator.calls.size, 'open-fds': fds.size };
  },
);

/** The hint in error messages: libfuse writes the reason to standard error, which a daemon has closed. */
const REASON_HINT = "libfuse says why when 'glossa mount --no-daemon' runs it";
/** Milliseconds between two checks whether the mount still exists. */
const CHECK_INTERVAL_MS = 500;

/** Mounts a graph. @throws {MountError} with the remedy; nothing stays mounted then */
export async function mountNative(options: MountOptions): Promise<Mount> {
  const { graph, mountpoint, levels } = options;
  if (options.allowOther) {
    const reason =
      'fuse-native does not say who calls, so others cannot be let in; leave --allow-other out';
    throw makeMountError('MOUNT_FAILED', mountpoint, reason);
  }
  if (options.suid || options.dev) {
    const reason = 'fuse-native knows neither suid nor dev; leave --suid and --dev out';
    throw makeMountError('MOUNT_FAILED', mountpoint, reason);
  }
  const { context } = graph.top;
  const log = new Log(context.sink, levels, 'fuse-native', graph.top.log.graphId);
  const initiator = new Initiator(graph, 'fuse', fuseNativeTranslator, log);
  try {
    return await mountAndServe(initiator, options);
  } catch (error) {
    initiator.close();
    throw error;
  }
}

/** Looks the root up, checks the mount point, and mounts. @throws {MountError} */
async function mountAndServe(
  initiator: Initiator<NativeFrontEnd>,
  options: MountOptions,
): Promise<Mount> {
  const { mountpoint } = options;
  const { log } = initiator.xl;
  const client = initiator.connect();
  await lookupRoot(client, mountpoint);
  options.onRootReply?.();
  const realPath = await resolveMountpoint(mountpoint);
  const FuseClass = loadFuseNative(mountpoint);
  // The package's own unmount runs a shell.
  FuseClass.unmount = (path, callback) => void runUnmount(path).then(callback);
  const frontEnd: NativeFrontEnd = {
    files: new Files(new Driver(client, readOwnCaller()).steps),
    isReadOnly: options.readOnly ?? false,
    hasAcls: options.acl ?? true,
    logUnexpected: (error) =>
      log.error(`unexpected: ${error instanceof Error ? (error.stack ?? error.message) : error}`, {
        msgid: messages.frontEndFailed.id,
      }),
  };
  initiator.xl.priv = frontEnd;
  const fuse = new FuseClass(realPath, makeOperations(frontEnd), { timeout: false });
  fuse._fuseOptions = () => `-o${listLibfuseOptions(options).join(',')}`;
  await mountFuse(fuse, mountpoint);
  return new NativeMount(fuse, realPath, initiator);
}

/** Resolves the mount point's symbolic links. @throws {MountError} when it is unusable */
async function resolveMountpoint(mountpoint: string): Promise<string> {
  if (process.platform !== 'linux') return realpath(mountpoint);
  const realPath = await checkMountpoint(mountpoint);
  checkLibfuse(mountpoint, realPath);
  return realPath;
}

/** Lists the options for libfuse. Source: fuse(8) of libfuse 2. */
function listLibfuseOptions(options: MountOptions): string[] {
  const { attributeTimeout, entryTimeout } = applyDefaultTimeouts(options);
  const libfuseOptions = [
    `fsname=${escapeSource(options.source)}`,
    `subtype=${FS_TYPE.replace('fuse.', '')}`,
    'default_permissions',
    `entry_timeout=${entryTimeout}`,
    `attr_timeout=${attributeTimeout}`,
    // Use the graph's inode numbers, not libfuse's.
    'use_ino',
    // Allow writes of more than a page.
    'big_writes',
  ];
  if (options.noexec) libfuseOptions.push('noexec');
  if (options.readOnly) libfuseOptions.push('ro');
  // Allows a directory with entries, for which the server warns; the default on macOS.
  if (process.platform === 'linux') libfuseOptions.push('nonempty');
  return libfuseOptions;
}

/** Returns this process as the caller: libfuse's path interface does not name another. */
const readOwnCaller = () => ({
  uid: process.getuid?.() ?? 0,
  gid: process.getgid?.() ?? 0,
  pid: process.pid,
  groups: process.getgroups?.() ?? [],
});

/** Mounts by the package. @throws {MountError} */
const mountFuse = (fuse: Fuse, mountpoint: string): Promise<void> =>
  new Promise((resolve, reject) => {
    fuse.mount((error) => {
      if (error === null) resolve();
      else reject(makeMountError('MOUNT_FAILED', mountpoint, `${error.message}; ${REASON_HINT}`));
    });
  });

/** Makes the command that unmounts a mount point, even one in use. */
const makeUnmountCommand = (path: string): readonly [string, ...string[]] =>
  process.platform === 'darwin'
    ? ['diskutil', 'unmount', 'force', path]
    : ['fusermount3', '-u', '-z', '--', path];

/** Unmounts by a program. Resolves to an error if the program fails, else to null. */
function runUnmount(path: string): Promise<Error | null> {
  const [program, ...args] = makeUnmountCommand(path);
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: 'ignore' });
    child.once('error', resolve);
    child.once('close', (status) => {
      resolve(status === 0 ? null : new Error(`${program} ended with status ${status}`));
    });
  });
}

/** A served mount. On Linux it checks by a timer whether it was unmounted by umount(8). */
class NativeMount implements Mount {
  readonly mountpoint: string;
  readonly unmounted: Promise<MountError | null>;
  private readonly fuse: Fuse;
  private readonly initiator: Initiator<NativeFrontEnd>;
  private resolveUnmounted: (error: MountError | null) => void = () => {};
  private readonly checkTimer: NodeJS.Timeout | undefined;
  private unmountPromise: Promise<void> | null = null;
  private isClosed = false;
  /** Unmounts at the exit of the process, when only synchronous calls run. */
  private readonly onExit = (): void => {
    const [program, ...args] = makeUnmountCommand(this.mountpoint);
    spawnSync(program, args, { stdio: 'ignore' });
  };

  constructor(fuse: Fuse, mountpoint: string, initiator: Initiator<NativeFrontEnd>) {
    this.fuse = fuse;
    this.mountpoint = mountpoint;
    this.initiator = initiator;
    this.unmounted = new Promise((resolve) => {
      this.resolveUnmounted = resolve;
    });
    process.on('exit', this.onExit);
    if (process.platform !== 'linux') return;
    this.checkTimer = setInterval(() => {
      if (findMount(mountpoint) === null) this.close();
    }, CHECK_INTERVAL_MS);
  }

  unmount(): Promise<void> {
    this.unmountPromise ??= this.unmountAndClose().finally(() => {
      this.unmountPromise = null;
    });
    return this.unmountPromise;
  }

  /** Does nothing: libfuse's path interface has no notices, so caches expire by their timeouts. */
  invalidate(): Promise<void> {
    return Promise.resolve();
  }

  private unmountAndClose(): Promise<void> {
    if (this.isClosed) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.fuse.unmount((error) => {
        if (error !== null && !this.isClosed) {
          const text = `cannot unmount ${this.mountpoint}: ${error.message}`;
          reject(new MountError('MOUNT_FAILED', text));
          return;
        }
        this.close();
        resolve();
      });
    });
  }

  private close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    clearInterval(this.checkTimer);
    process.off('exit', this.onExit);
    this.initiator.close();
    this.resolveUnmounted(null);
  }
}
