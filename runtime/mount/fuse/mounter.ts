/**
 * Mounts a new descriptor of `/dev/fuse` for a server: root by mount(2), other users by the setuid program `fusermount3`.
 * That program passes the descriptor over a socket, whose number it reads in $_FUSE_COMMFD. The server gets it over a
 * socket, too, because another process may mount for it: the command that starts it, when the server is confined.
 *
 * Sources: Linux Documentation/filesystems/fuse.rst, mount(2), fusermount3(1).
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { opendir, realpath, stat } from 'node:fs/promises';
import type { Socket } from 'node:net';
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
import { MAX_DATA } from '../../core/limits.ts';
import {
  F_DUPFD_CLOEXEC,
  F_SETFL,
  MS_NODEV,
  MS_NOEXEC,
  MS_NOSUID,
  MS_RDONLY,
  O_CLOEXEC,
  O_NONBLOCK,
} from '../../sys/constants.ts';
import { close, fcntl, ioctl, mount, open } from '../../sys/libc.ts';
import { makeSocketpair, readDescriptor, receiveFds, sendFds } from '../../sys/socket.ts';
import { toCString } from '../../sys/struct.ts';
import { checkHealth, describeStuck, findStuckMount } from '../mount-health.ts';
import { FS_TYPE, findMount } from '../mountinfo.ts';
import { startBroker } from './broker.ts';
import { classifyFusermountError, type MountErrorCode, makeMountError } from './mount-error.ts';
import { DEV_IOC_CLONE } from './protocol.ts';
import { raiseReadahead } from './readahead.ts';

/** The mount point and its options, which the command that starts a server decides, not the server. */
export interface MountPlace {
  readonly mountpoint: string;
  /** Whether users other than the mounting one are admitted; the default when root mounts. */
  readonly allowOther?: boolean | undefined;
  readonly readOnly?: boolean | undefined;
  /** Whether set-user-id is honoured; only when root mounts. */
  readonly suid?: boolean | undefined;
  /** Whether device files can be opened; only when root mounts. */
  readonly dev?: boolean | undefined;
  /** Whether files cannot be executed. */
  readonly noexec?: boolean | undefined;
}

/** The facts about the graph that a server asks a mount for. */
export interface MountRequest {
  /** Device name in /proc/mounts: the volume's or volfile's name. */
  readonly source: string;
  /** Whether requests go to another process. */
  readonly isRemote: boolean;
}

/** A mount that was made. */
export interface MountedPlace {
  /** The absolute path, without symbolic links. */
  readonly mountpoint: string;
  /** Whether the directory under it has entries. */
  readonly hidesFiles: boolean;
}

/** The reply to a server: the mount, or the error. */
export type MountReply = MountedPlace | { readonly code: MountErrorCode; readonly message: string };

/**
 * Mounts, starts the broker, and sends two descriptors over the socket: the mounted one, and a clone of it for the
 * notifier's thread.
 * @param socket whose other end is the server's; the caller closes it
 * @param pid the server's
 * @throws {MountError} with the remedy
 */
export async function mountForServer(
  place: MountPlace,
  request: MountRequest,
  socket: number | Socket,
  pid: number,
): Promise<MountedPlace> {
  // Of its own, because Node closes a socket whose other end was closed.
  const end = fcntl(
    typeof socket === 'number' ? socket : readDescriptor(socket),
    F_DUPFD_CLOEXEC,
    0,
  );
  const descriptors = [end];
  try {
    const mountpoint = await checkMountpoint(place.mountpoint);
    const hidesFiles = await hasEntries(mountpoint);
    if (end < 0) throw makeMountError('MOUNT_FAILED', mountpoint, 'the server has ended');
    const isRoot = process.getuid?.() === 0;
    // Of the request, which may come from a confined server, these fields alone.
    const { source, isRemote } = request;
    const options = { ...place, source: String(source), allowOther: place.allowOther ?? isRoot };
    const fd = isRoot ? mountByRoot(mountpoint, options) : await mountByUser(mountpoint, options);
    const [brokerFd, noticeFd] = [cloneDevice(fd), cloneDevice(fd)] as const;
    descriptors.push(fd, brokerFd, noticeFd);
    // Node's sockets are nonblocking, and the shell waits for a line.
    fcntl(end, F_SETFL, constants.O_RDWR);
    const entry = findMount(mountpoint);
    if (entry !== null) {
      raiseReadahead(entry.device, isRemote);
      startBroker(entry.device, mountpoint, pid, { socket: end, clone: brokerFd });
    }
    const status = sendFds(end, [fd, noticeFd]);
    if (status >= 0) return { mountpoint, hidesFiles };
    throw makeMountError('MOUNT_FAILED', mountpoint, `sendmsg: ${strerror(-status)}`);
  } finally {
    for (const descriptor of new Set(descriptors)) close(descriptor);
  }
}

/** Opens a further `/dev/fuse` of a connection; returns the given one if that fails. */
function cloneDevice(fd: number): number {
  const clone = openDevice();
  const fdArgument = new Uint8Array(Uint32Array.of(fd).buffer);
  if (clone >= 0 && ioctl(clone, DEV_IOC_CLONE, fdArgument) === 0) return clone;
  if (clone >= 0) close(clone);
  return fd;
}

/** Opens `/dev/fuse`; returns the descriptor, or minus the errno. */
const openDevice = (): number =>
  open(toCString('/dev/fuse'), constants.O_RDWR | O_NONBLOCK | O_CLOEXEC, 0);

/** The options of both ways to mount. */
type ChannelOptions = MountPlace & { readonly source: string };

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
  const fd = openDevice();
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
  const kernelOptions = ['default_permissions', `max_read=${MAX_DATA}`];
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
    const fds = receiveFds(ownSocket);
    if (typeof fds === 'number')
      throw makeMountError('MOUNT_FAILED', mountpoint, 'fusermount3 passed no descriptor');
    return fds[0]!;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw makeMountError('MOUNT_NO_FUSERMOUNT', mountpoint);
  } finally {
    close(ownSocket);
    close(passedSocket);
  }
}

/** Runs fusermount3. Returns its error output, '' on success. @param socket for the mounted descriptor */
export function runFusermount(args: readonly string[], socket: number | null): Promise<string> {
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
