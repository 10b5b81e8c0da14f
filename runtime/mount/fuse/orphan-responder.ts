/**
 * Replies to requests that a killed server leaves behind: a shell with a `/dev/fuse` of its own waits for the server's
 * end of a pipe to close. Then it replies ENOTCONN to every request until the notifier's thread has ended
 * (docs/how-it-works/mechanisms.md). Mounts that write notices have one sleeping shell.
 *
 * Sources: Linux fs/fuse/dev.c (fuse_dev_release ends what was read from a device), proc(5) (task).
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import type { Socket } from 'node:net';
import { O_CLOEXEC } from '../../sys/constants.ts';
import { close, ioctl, open } from '../../sys/libc.ts';
import { toCString } from '../../sys/struct.ts';
import { DEV_IOC_CLONE } from './protocol.ts';

/**
 * `$1` is the server's pid. Of a killed server, only the main thread and the notifier's thread, which waits in the
 * kernel, remain until its parent reaps it: so the loop ends when one thread is left. A request is read whole, so dd's
 * block has room for the largest; its unique number is at byte 8. The reply is struct fuse_out_header: length, -107
 * (ENOTCONN), unique. Without a request dd fails, as the device is nonblocking; for a FORGET, which has no reply,
 * printf fails.
 */
const SCRIPT = `
server=$1
read -r _
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
 * @param fd the mounted descriptor of `/dev/fuse` @returns a function that ends it
 */
export function startOrphanResponder(fd: number): () => void {
  const { O_NONBLOCK, O_RDWR } = constants;
  const device = open(toCString('/dev/fuse'), O_RDWR | O_NONBLOCK | O_CLOEXEC, 0);
  const number = new Uint8Array(Uint32Array.of(fd).buffer);
  const isCloned = device >= 0 && ioctl(device, DEV_IOC_CLONE, number) === 0;
  // Detached, so that signals to the server's terminal or group do not reach it.
  const responder = isCloned
    ? spawn('/bin/sh', ['-c', SCRIPT, 'heir', String(process.pid)], {
        cwd: '/',
        detached: true,
        stdio: ['pipe', 'ignore', 'ignore', device],
      })
    : null;
  if (device >= 0) close(device);
  // Without a shell, a kill under load may leave clients waiting.
  responder?.on('error', () => {});
  responder?.unref();
  (responder?.stdin as Socket | null | undefined)?.unref();
  return () => void responder?.kill('SIGKILL');
}
