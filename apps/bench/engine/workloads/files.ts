/** Workloads that make, write, read and remove small files. */
import { constants } from 'node:fs';
import { O_CLOEXEC, STATX_BASIC_STATS } from '../../../../runtime/sys/constants.ts';
import { close, openat, pread, pwrite, statx } from '../../../../runtime/sys/libc.ts';
import { cstring, Statx } from '../../../../runtime/sys/struct.ts';
import {
  isPattern,
  NEW,
  numbered,
  openFolder,
  pattern,
  statusText,
  unlinkFile,
} from './syscalls.ts';
import type { WorkloadKind } from './workload.ts';

const SIZE = 4096;
const ENOENT = 2;

/** Reads a file: the first error status, or 0. */
function readFile(folder: number, name: Uint8Array, into: Uint8Array): number {
  const fd = openat(folder, name, constants.O_RDONLY | O_CLOEXEC, 0);
  if (fd < 0) return fd;
  const got = pread(fd, into, SIZE, 0);
  const closed = close(fd);
  return got < 0 ? got : closed < 0 ? closed : got;
}

export const smallfile: WorkloadKind = {
  description: 'Makes a small file, writes it, reads it and removes it, as mail and builds do.',
  request: 'create, write 4 KiB, close, open, read, close and unlink',
  once: 0,
  make() {},
  open({ root, client }) {
    const folder = openFolder(root);
    const data = new Uint8Array(SIZE);
    const back = new Uint8Array(SIZE);
    const names = Array.from({ length: 100 }, (_, i) => cstring(numbered(`client${client}-`, i)));
    const nameOf = (i: number): Uint8Array => names[i % names.length]!;
    const out = new Statx();
    return {
      prepare(i) {
        pattern(data, 0, i);
        back.fill(0);
      },
      ask(i) {
        const name = nameOf(i);
        const fd = openat(folder, name, NEW, 0o644);
        if (fd < 0) return fd;
        const wrote = pwrite(fd, data, SIZE, 0);
        const closed = close(fd);
        if (wrote < 0 || closed < 0) return Math.min(wrote, closed);
        const got = readFile(folder, name, back);
        const removed = unlinkFile(folder, name);
        return removed < 0 ? removed : got;
      },
      check(i, status) {
        if (status < 0) return `a small file fails: ${statusText(status)}`;
        if (status !== SIZE) return `${status} of ${SIZE} bytes came back`;
        if (!isPattern(back, SIZE, 0, i)) return 'what came back is not what was written';
        // Checking every removal would change the workload.
        if (i % 64 !== 0) return null;
        const gone = statx(folder, nameOf(i), 0, STATX_BASIC_STATS, out.bytes);
        return gone === -ENOENT ? null : `a removed file: stat says ${statusText(gone)}`;
      },
      close: () => void close(folder),
    };
  },
};
