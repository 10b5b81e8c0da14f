/**
 * The server's side of a mount: the mounted descriptor of `/dev/fuse`, and the unmount by the broker (`broker.ts`). Without
 * a broker, which was killed or could not start, the server itself unmounts.
 *
 * No call touches the mount point while it is mounted, because this process would have to serve it. Unmounting does not
 * block the event loop for the same reason: the kernel may write back data meanwhile.
 *
 * Sources: Linux Documentation/filesystems/fuse.rst, umount2(2), fusermount3(1).
 */
import { spawnSync } from 'node:child_process';
import { constants } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import { strerror } from '../../core/errno.ts';
import { F_SETFL, MNT_DETACH, MNT_FORCE, O_NONBLOCK } from '../../sys/constants.ts';
import { bindAsync, close, fcntl, umount2 } from '../../sys/libc.ts';
import { makeSocketpair, receiveFds } from '../../sys/socket.ts';
import { toCString } from '../../sys/struct.ts';
import { findMount, readMounts } from '../mountinfo.ts';
import { Broker } from './broker.ts';
import { MountError, makeMountError } from './mount-error.ts';
import {
  type MountedPlace,
  type MountPlace,
  type MountReply,
  type MountRequest,
  mountForServer,
  runFusermount,
} from './mounter.ts';

/** Asks another process to mount: `mountForServer` with the other end of `socket`. */
export interface OutsideMounter {
  readonly socket: number;
  mount(request: MountRequest): Promise<MountReply>;
}

/** A mounted descriptor: nonblocking, closed on exec. */
export class Channel {
  readonly fd: number;
  /** A clone of it, for the notifier. */
  readonly noticeFd: number;
  /** The absolute path, without symbolic links. */
  readonly mountpoint: string;
  /** Whether the directory under the mount has entries. */
  readonly hidesFiles: boolean;
  readonly broker: Broker;
  private readonly device: string | undefined;
  private isOpen = true;

  constructor([fd, noticeFd]: readonly number[], place: MountedPlace, broker: Broker) {
    const { mountpoint, hidesFiles } = place;
    this.fd = fd!;
    this.noticeFd = noticeFd!;
    this.mountpoint = mountpoint;
    this.hidesFiles = hidesFiles;
    this.broker = broker;
    this.device = findMount(mountpoint)?.device;
    fcntl(this.fd, F_SETFL, constants.O_RDWR | O_NONBLOCK);
  }

  /**
   * Unmounts; open files work until `close`.
   * @throws {MountError} when the mount is still there
   */
  async unmount(): Promise<void> {
    const reply = await this.broker.ask('unmount');
    if (reply === '' || (this.isTopmost() && (await detach(this.mountpoint)))) return;
    if (!this.isMounted()) return;
    const problem = reply ?? 'the shell that unmounts for this process has ended';
    throw new MountError('MOUNT_FAILED', `cannot unmount ${this.mountpoint}: ${problem}`);
  }

  /** Ends the connection: further calls to the mount get ENOTCONN. */
  close(): void {
    this.closeDescriptors();
    this.broker.end();
  }

  /**
   * Ends the connection, then unmounts; for a process that exits now. In this order the kernel waits for no replies of
   * the server.
   */
  closeAndUnmount(): void {
    if (!this.isOpen) return;
    this.closeDescriptors();
    if (this.broker.askSynchronously('abort') === '' || !this.isTopmost()) return;
    // MNT_FORCE, because the notifier's thread may hold the connection open while it waits in the kernel.
    if (isRoot()) umount2(toCString(this.mountpoint), MNT_FORCE | MNT_DETACH);
    else spawnSync('fusermount3', makeUnmountArgs(this.mountpoint), { stdio: 'ignore' });
  }

  private isMounted(): boolean {
    const { device, mountpoint } = this;
    return readMounts().some((mount) => mount.device === device && mount.mountpoint === mountpoint);
  }

  /** Whether an unmount by path would hit this mount. Another one may have been mounted over it. */
  private isTopmost(): boolean {
    return findMount(this.mountpoint)?.device === this.device;
  }

  private closeDescriptors(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    close(this.fd);
    close(this.noticeFd);
  }
}

const isRoot = (): boolean => process.getuid?.() === 0;

/** Mounts, and returns the mounted descriptor as a channel. @throws {MountError} with the remedy */
export async function openChannel(
  place: MountPlace,
  request: MountRequest,
  outside?: OutsideMounter,
): Promise<Channel> {
  if (process.platform !== 'linux' || !isMainThread)
    throw makeMountError('MOUNT_UNSUPPORTED_PLATFORM', place.mountpoint, process.platform);
  const pair = outside === undefined ? makeSocketpair() : ([outside.socket, -1] as const);
  if (typeof pair === 'number')
    throw makeMountError('MOUNT_FAILED', place.mountpoint, `socketpair: ${strerror(-pair)}`);
  const [socket, brokerSocket] = pair;
  try {
    const mounted =
      outside === undefined
        ? await mountForServer(place, request, brokerSocket, process.pid)
        : readReply(await outside.mount(request));
    const fds = receiveFds(socket);
    if (typeof fds !== 'number') return new Channel(fds, mounted, new Broker(socket));
    throw makeMountError('MOUNT_FAILED', place.mountpoint, `no descriptor: ${strerror(-fds)}`);
  } catch (error) {
    close(socket);
    throw error;
  } finally {
    close(brokerSocket);
  }
}

/** Returns the mount of a reply. @throws {MountError} that the reply has */
function readReply(reply: MountReply): MountedPlace {
  if ('code' in reply) throw new MountError(reply.code, reply.message);
  return reply;
}

/** Makes fusermount3's arguments for a lazy unmount, which succeeds while files are open. */
const makeUnmountArgs = (mountpoint: string): string[] => ['-u', '-z', '--', mountpoint];

const umount2Async = bindAsync('int umount2(const void *target, int flags)');

/** Detaches the mount without a broker; resolves to whether that succeeded, which it cannot in a confined process. */
async function detach(mountpoint: string): Promise<boolean> {
  if (isRoot()) return (await umount2Async(toCString(mountpoint), MNT_DETACH)) === 0;
  return (await runFusermount(makeUnmountArgs(mountpoint), null).catch(() => 'no')) === '';
}
