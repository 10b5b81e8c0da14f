/**
 * Answers the requests that a killed server leaves behind: a shell with a device of its own waits for the server's end
 * of a pipe to close, and then answers every request with ENOTCONN until the thread that writes notices is gone
 * (docs/how-it-works/mechanisms.md). It costs a sleeping shell in mounts that write notices.
 *
 * Sources: Linux fs/fuse/dev.c (fuse_dev_release ends what was read from a device), proc(5) (task).
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import type { Socket } from 'node:net';
import { O_CLOEXEC } from '../../sys/constants.ts';
import { close, ioctl, open } from '../../sys/libc.ts';
import { cstring } from '../../sys/struct.ts';
import { DEV_IOC_CLONE } from './protocol.ts';

/**
 * `$1` is the server's process: all that is left of it, until its parent takes note of its end, is
 * its first thread, and the one that waits. A request is read whole or not at all, so there is room
 * for the largest; its unique number stands at byte 8. The answer is struct fuse_out_header: its
 * length, -107 (ENOTCONN), the number. Nothing to read is an error of dd, as the device is
 * nonblocking; an answer that nobody waits for, to a FORGET, is one of printf.
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
 * @param fd the mounted descriptor of `/dev/fuse`
 * @returns what ends it when it is not needed any more
 */
export function startOrphanResponder(fd: number): () => void {
  const { O_NONBLOCK, O_RDWR } = constants;
  const device = open(cstring('/dev/fuse'), O_RDWR | O_NONBLOCK | O_CLOEXEC, 0);
  const number = new Uint8Array(Uint32Array.of(fd).buffer);
  const cloned = device >= 0 && ioctl(device, DEV_IOC_CLONE, number) === 0;
  // In a session of its own: a signal to the server's terminal or group is not for it.
  const heir = cloned
    ? spawn('/bin/sh', ['-c', SCRIPT, 'heir', String(process.pid)], {
        cwd: '/',
        detached: true,
        stdio: ['pipe', 'ignore', 'ignore', device],
      })
    : null;
  if (device >= 0) close(device);
  // Without a shell a kill under load may leave clients waiting, and that is all.
  heir?.on('error', () => {});
  heir?.unref();
  (heir?.stdin as Socket | null | undefined)?.unref();
  return () => void heir?.kill('SIGKILL');
}
