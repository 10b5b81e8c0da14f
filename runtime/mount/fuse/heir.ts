/**
 * Who lets go of the requests that a killed server has not read.
 *
 * While the thread that writes notices waits in the kernel (`notifier.ts`), its device keeps the
 * connection open even when the server is killed. The requests that the server had read are ended
 * then, but those that nobody has read stay, and they may hold the very lock that the thread waits
 * for. So a shell waits, with a device of its own, for the server's end of a pipe to close, takes
 * what is left, and ends: with its device those requests end, too.
 *
 * It costs a shell that sleeps, in mounts that write notices; and after a kill, ENOTCONN a second
 * later. Source: Linux fs/fuse/dev.c (fuse_dev_release ends what was read from a device).
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import type { Socket } from 'node:net';
import { O_CLOEXEC } from '../../sys/constants.ts';
import { close, ioctl, open } from '../../sys/libc.ts';
import { cstring } from '../../sys/struct.ts';
import { DEV_IOC_CLONE } from './protocol.ts';

/** A request is read whole or not at all: there is room for the largest. */
const SCRIPT = 'read -r _; exec timeout 1 dd bs=2097152 <&3';

/**
 * @param fd the mounted descriptor of `/dev/fuse`
 * @returns what ends it when it is not needed any more
 */
export function startHeir(fd: number): () => void {
  const device = open(cstring('/dev/fuse'), constants.O_RDWR | O_CLOEXEC, 0);
  const number = new Uint8Array(Uint32Array.of(fd).buffer);
  const cloned = device >= 0 && ioctl(device, DEV_IOC_CLONE, number) === 0;
  // In a session of its own: a signal to the server's terminal or group is not for it.
  const heir = cloned
    ? spawn('/bin/sh', ['-c', SCRIPT], {
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
