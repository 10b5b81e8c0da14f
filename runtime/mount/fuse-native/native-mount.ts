/**
 * Mounts a graph through libfuse's path interface (the package `fuse-native`): the portable front end, for systems
 * without Linux's `/dev/fuse`. It is slower than `mount/fuse`, because each request passes several threads, and
 * less complete: see `operations.ts`.
 */

import { spawn, spawnSync } from 'node:child_process';
import { realpath } from 'node:fs/promises';
import { Driver } from '../../api/driver.ts';
import { Files } from '../../api/files.ts';
import { Initiator } from '../../core/initiator.ts';
import { Log } from '../../core/log.ts';
import { messages } from '../../core/messages.ts';
import { checkMountpoint, escapeSource } from '../fuse/channel.ts';
import { applyDefaultTimeouts, type MountOptions } from '../fuse/kernel-mount.ts';
import { MountError, makeMountError } from '../fuse/mount-error.ts';
import { lookupRoot } from '../lookup-root.ts';
import type { Mount } from '../mount.ts';
import { FS_TYPE, findMount } from '../mountinfo.ts';
import { type Fuse, loadFuseNative } from './addon.ts';
import { makeOperations, type NativeFrontEnd } from './operations.ts';
import { checkLibfuse } from './preflight.ts';
import { fuseNativeTranslator } from './translator.ts';

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
