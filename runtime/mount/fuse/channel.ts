/**
 * Mounts a descriptor of `/dev/fuse`, and unmounts it: root by mount(2), other users by the setuid program
 * `fusermount3`. That program passes the descriptor over a socket, whose number it reads in $_FUSE_COMMFD.
 *
 * No call touches the mount point while it is mounted, because this process would have to serve it. Unmounting runs on
 * a thread for the same reason: the kernel may write back data meanwhile.
 *
 * Sources: Linux Documentation/filesystems/fuse.rst, mount(2), umount2(2), fusermount3(1).
 */
import { spawn, spawnSync } from 'node:child_process';
import { constants } from 'node:fs';
import { opendir, realpath, stat } from 'node:fs/promises';
import { isMainThread } from 'node:worker_threads';
import {
  EACCES,
  EINVAL,
  ENODEV,
  ENOENT,
  ENXIO,
  EPERM,
  errnoName,
  strerror,
} from '../../core/errno.ts';
import {
  F_SETFL,
  MNT_DETACH,
  MNT_FORCE,
  MS_NODEV,
  MS_NOEXEC,
  MS_NOSUID,
  MS_RDONLY,
  O_CLOEXEC,
  O_NONBLOCK,
} from '../../sys/constants.ts';
import { bindAsync, close, fcntl, mount, open, umount2 } from '../../sys/libc.ts';
import { makeSocketpair, receiveFd } from '../../sys/socket.ts';
import { toCString } from '../../sys/struct.ts';
import { checkHealth, describeStuck, findStuckMount } from '../mount-health.ts';
import { FS_TYPE, findMount } from '../mountinfo.ts';
import { classifyFusermountError, MountError, makeMountError } from './mount-error.ts';

/** The options of a mount by the kernel. */
export interface ChannelOptions {
  readonly mountpoint: string;
  /** Device name in /proc/mounts: the volume's or volfile's name. */
  readonly source: string;
  /** Whether users other than the mounting one are admitted. */
  readonly allowOther: boolean;
  readonly readOnly: boolean;
  /** Whether set-user-id is honoured; only when root mounts. */
  readonly suid?: boolean | undefined;
  /** Whether device files can be opened; only when root mounts. */
  readonly dev?: boolean | undefined;
  /** Whether files cannot be executed. */
  readonly noexec?: boolean | undefined;
  /** Bytes of the largest READ. */
  readonly maxRead: number;
}

/** A mounted descriptor: nonblocking, closed on exec. */
export class Channel {
  readonly fd: number;
  /** The absolute path, without symbolic links. */
  readonly mountpoint: string;
  private readonly isRootMount: boolean;
  private isOpen = true;

  constructor(fd: number, mountpoint: string, isRootMount: boolean) {
    this.fd = fd;
    this.mountpoint = mountpoint;
    this.isRootMount = isRootMount;
  }

  /**
   * Unmounts; open files work until `close`.
   * @throws {MountError} when the mount is still there
   */
  async unmount(): Promise<void> {
    const problem = this.isRootMount
      ? (await umount2Async(toCString(this.mountpoint), MNT_DETACH)) < 0
        ? 'umount2 failed'
        : ''
      : await runFusermount(makeUnmountArgs(this.mountpoint), null);
    if (problem !== '' && findMount(this.mountpoint) !== null) {
      throw new MountError('MOUNT_FAILED', `cannot unmount ${this.mountpoint}: ${problem}`);
    }
  }

  /** Ends the connection: further calls to the mount get ENOTCONN. */
  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    close(this.fd);
  }

  /**
   * Ends the connection, then unmounts; for a process that exits now. In this order the kernel waits for no replies of
   * the server.
   */
  closeAndUnmount(): void {
    if (!this.isOpen) return;
    this.close();
    // MNT_FORCE, because the notifier's thread may hold the connection open while it waits in the kernel.
    if (this.isRootMount) umount2(toCString(this.mountpoint), MNT_FORCE | MNT_DETACH);
    else spawnSync('fusermount3', makeUnmountArgs(this.mountpoint), { stdio: 'ignore' });
  }
}

/** Mounts a new descriptor of `/dev/fuse`, and returns it as a channel. @throws {MountError} with the remedy */
export async function openChannel(options: ChannelOptions): Promise<Channel> {
  if (process.platform !== 'linux' || !isMainThread) {
    throw makeMountError('MOUNT_UNSUPPORTED_PLATFORM', options.mountpoint, process.platform);
  }
  const mountpoint = await checkMountpoint(options.mountpoint);
  const isRoot = process.getuid?.() === 0;
  const fd = isRoot ? mountByRoot(mountpoint, options) : await mountByUser(mountpoint, options);
  return new Channel(fd, mountpoint, isRoot);
}

/** Makes fusermount3's arguments for a lazy unmount, which succeeds while files are open. */
const makeUnmountArgs = (mountpoint: string): string[] => ['-u', '-z', '--', mountpoint];

const umount2Async = bindAsync('int umount2(const void *target, int flags)');

/**
 * Checks a mount point and returns its absolute path. Its system calls run on threads, so that a hanging mount does not
 * block the event loop.
 */
export async function checkMountpoint(path: string): Promise<string> {
  const stuckMount = await findStuckMount(path);
  if (stuckMount !== null)
    throw makeMountError('MOUNT_POINT_STUCK', path, describeStuck(stuckMount));
  try {
    const realPath = await realpath(path);
    const existing = findMount(realPath);
    if (existing?.type === FS_TYPE) {
      const isDead = (await checkHealth(realPath)) === 'dead';
      const code = isDead ? 'MOUNT_POINT_DEAD' : 'MOUNT_POINT_BUSY';
      throw makeMountError(code, path, existing.source);
    }
    const stats = await stat(realPath);
    if (!stats.isDirectory()) throw makeMountError('MOUNT_POINT_NOT_DIRECTORY', path);
    return realPath;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw makeMountError('MOUNT_POINT_MISSING', path);
    if (code === 'ENOTDIR') throw makeMountError('MOUNT_POINT_NOT_DIRECTORY', path);
    if (code === 'ENOTCONN') throw makeMountError('MOUNT_POINT_DEAD', path);
    if (code === 'EACCES')
      throw makeMountError('MOUNT_POINT_DENIED', path, 'you may not search it');
    throw error;
  }
}

/** Whether the directory has entries, which a mount would hide. */
export async function hasEntries(path: string): Promise<boolean> {
  try {
    const folder = await opendir(await checkMountpoint(path));
    const firstEntry = await folder.read();
    await folder.close();
    return firstEntry !== null;
  } catch {
    // The mount itself reports an unusable mount point.
    return false;
  }
}

/** Mounts by mount(2). Returns the descriptor. @throws {MountError} */
function mountByRoot(mountpoint: string, options: ChannelOptions): number {
  const fd = open(toCString('/dev/fuse'), constants.O_RDWR | O_NONBLOCK | O_CLOEXEC, 0);
  if (fd < 0) {
    const detail = `/dev/fuse: ${strerror(-fd)}`;
    const isMissing = fd === -ENOENT || fd === -ENODEV || fd === -ENXIO;
    throw makeMountError(isMissing ? 'MOUNT_NO_FUSE' : 'MOUNT_NOT_PERMITTED', mountpoint, detail);
  }
  const mountOptions = [
    `fd=${fd}`,
    // The octal mode of a directory.
    'rootmode=40000',
    'user_id=0',
    'group_id=0',
    ...listKernelOptions(options),
  ];
  // Content may come from an untrusted translator: no setuid programs and no devices, unless root allows them.
  const flags =
    (options.suid ? 0 : MS_NOSUID) |
    (options.dev ? 0 : MS_NODEV) |
    (options.noexec ? MS_NOEXEC : 0) |
    (options.readOnly ? MS_RDONLY : 0);
  const status = mount(
    toCString(options.source),
    toCString(mountpoint),
    toCString(FS_TYPE),
    flags,
    toCString(mountOptions.join(',')),
  );
  if (status === 0) return fd;
  close(fd);
  const detail = `mount: ${strerror(-status)}`;
  if (status === -EPERM || status === -EACCES) {
    throw makeMountError('MOUNT_NOT_PERMITTED', mountpoint, detail);
  }
  if (status === -ENODEV) throw makeMountError('MOUNT_NO_FUSE', mountpoint, detail);
  const hint = status === -EINVAL ? ` with options '${mountOptions.join(',')}'` : '';
  throw makeMountError('MOUNT_FAILED', mountpoint, `${detail} (${errnoName(-status)})${hint}`);
}

/** Lists the mount options that both ways to mount pass to the kernel. */
function listKernelOptions(options: ChannelOptions): string[] {
  // The kernel checks permissions, by the attributes in the graph's replies.
  const kernelOptions = ['default_permissions', `max_read=${options.maxRead}`];
  if (options.allowOther) kernelOptions.push('allow_other');
  return kernelOptions;
}

/** Escapes a source for option lists of fusermount3 and libfuse, where a comma ends an option. */
export const escapeSource = (source: string): string => source.replace(/[\\,]/g, '\\$&');

/** Mounts by fusermount3, which passes the descriptor over a socket. @throws {MountError} */
async function mountByUser(mountpoint: string, options: ChannelOptions): Promise<number> {
  if (options.suid || options.dev) {
    const cause = 'only root may mount without nosuid and nodev; leave --suid and --dev out';
    throw makeMountError('MOUNT_FAILED', mountpoint, cause);
  }
  const pair = makeSocketpair();
  if (typeof pair === 'number') {
    throw makeMountError('MOUNT_FAILED', mountpoint, `socketpair: ${strerror(-pair)}`);
  }
  const [ownSocket, passedSocket] = pair;
  try {
    const mountOptions = [
      `fsname=${escapeSource(options.source)}`,
      'subtype=glossa',
      'nosuid',
      'nodev',
      ...listKernelOptions(options),
    ];
    if (options.noexec) mountOptions.push('noexec');
    if (options.readOnly) mountOptions.push('ro');
    const problem = await runFusermount(
      ['-o', mountOptions.join(','), '--', mountpoint],
      passedSocket,
    );
    if (problem !== '') {
      const code = classifyFusermountError(problem);
      const detail = code === 'MOUNT_NO_USER_NAME' ? String(process.getuid?.()) : problem;
      throw makeMountError(code, mountpoint, detail);
    }
    const fd = receiveFd(ownSocket);
    if (fd < 0)
      throw makeMountError('MOUNT_FAILED', mountpoint, 'fusermount3 passed no descriptor');
    fcntl(fd, F_SETFL, constants.O_RDWR | O_NONBLOCK);
    return fd;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw makeMountError('MOUNT_NO_FUSERMOUNT', mountpoint);
  } finally {
    close(ownSocket);
    close(passedSocket);
  }
}

/** Runs fusermount3. Returns its error output, '' on success. @param socket for the mounted descriptor */
function runFusermount(args: readonly string[], socket: number | null): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('fusermount3', args, {
      stdio: ['ignore', 'ignore', 'pipe', socket ?? 'ignore'],
      env: { PATH: process.env.PATH, LC_ALL: 'C', _FUSE_COMMFD: '3' },
    });
    let stderr = '';
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.once('error', reject);
    child.once('close', (status) => {
      resolve(status === 0 ? '' : stderr.trim() || `fusermount3 ended with status ${status}`);
    });
  });
}
