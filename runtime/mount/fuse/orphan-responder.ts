/**
 * Replies to requests that a killed server leaves behind. `Notifier`, whose thread writes notices to the kernel,
 * starts one shell (`orphan-shell.ts`), which has a `/dev/fuse` descriptor of its own. It replies ENOTCONN to every
 * request until the notifier's thread has ended. Otherwise the thread, and clients, could wait forever for a reply of
 * the killed server (docs/how-it-works/mechanisms.md).
 *
 * Sources: Linux fs/fuse/dev.c (fuse_dev_release ends what was read from a device), proc(5) (task).
 */
import { constants } from 'node:fs';
import { O_CLOEXEC } from '../../sys/constants.ts';
import { close, ioctl, open } from '../../sys/libc.ts';
import { toCString } from '../../sys/struct.ts';
import { startOrphanShell } from './orphan-shell.ts';
import { DEV_IOC_CLONE } from './protocol.ts';

/**
 * The shell's program; `$1` is the server's pid.
 * - Of a killed server, two threads remain: the main thread, until the parent reaps it, and the notifier's thread,
 *   which waits in the kernel. So the loop ends when one thread is left.
 * - `dd` reads a whole request, so its block has room for the largest. Without a request it fails, because the device
 *   is nonblocking. `od` prints the first 16 bytes: the unique number begins at byte 8.
 * - `printf` writes struct fuse_out_header: the length, -107 (ENOTCONN), the unique number. For a FORGET, which takes
 *   no reply, the kernel refuses it, and the loop continues.
 */
const SCRIPT = `
server=$1
while set -- /proc/$server/task/*; [ $# -gt 1 ]; do
  set -- $(dd bs=2097152 count=1 <&3 | od -An -to1 -N16)
  if [ $# -eq 16 ]; then
    shift 8
    printf '\\20\\0\\0\\0\\225\\377\\377\\377'"\\\\$1\\\\$2\\\\$3\\\\$4\\\\$5\\\\$6\\\\$7\\\\$8" >&3
  else
    sleep 0.1 || sleep 1
  fi
done`;

/**
 * Starts the responder.
 * @param fd the mounted descriptor of `/dev/fuse`
 * @returns a function that ends the responder
 */
export function startOrphanResponder(fd: number): () => void {
  const { O_NONBLOCK, O_RDWR } = constants;
  const deviceFd = open(toCString('/dev/fuse'), O_RDWR | O_NONBLOCK | O_CLOEXEC, 0);
  const fdArgument = new Uint8Array(Uint32Array.of(fd).buffer);
  const isCloned = deviceFd >= 0 && ioctl(deviceFd, DEV_IOC_CLONE, fdArgument) === 0;
  const stop = isCloned
    ? startOrphanShell('orphan-responder', SCRIPT, [String(process.pid)], deviceFd)
    : (): void => {};
  if (deviceFd >= 0) close(deviceFd);
  return stop;
}
