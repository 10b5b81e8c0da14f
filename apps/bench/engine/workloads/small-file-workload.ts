/** Defines the workload `smallfile`: makes, writes, reads and removes small files. */
import { constants } from 'node:fs';
import { O_CLOEXEC, STATX_BASIC_STATS } from '../../../../runtime/sys/constants.ts';
import { close, openat, pread, pwrite, statx } from '../../../../runtime/sys/libc.ts';
import { Statx, toCString } from '../../../../runtime/sys/struct.ts';
import {
  describeStatus,
  fillPattern,
  isPattern,
  makeNumberedName,
  NEW_FILE_FLAGS,
  openFolder,
  PAGE_SIZE,
  SMALL_FILE_COUNT,
  unlinkFile,
  type WorkloadKind,
} from './workload.ts';

/** Number of requests from one whose removal is checked to the next. */
const REMOVAL_CHECK_INTERVAL = 64;
const ENOENT = 2;

/** Reads a file; returns the number of bytes, or minus the errno of the first failed call. */
export function readFile(folder: number, name: Uint8Array, data: Uint8Array): number {
  const fd = openat(folder, name, constants.O_RDONLY | O_CLOEXEC, 0);
  if (fd < 0) return fd;
  const count = pread(fd, data, PAGE_SIZE, 0);
  const closeStatus = close(fd);
  return count < 0 ? count : closeStatus < 0 ? closeStatus : count;
}

export const smallfile: WorkloadKind = {
  description: 'Makes a small file, writes it, reads it and removes it, as mail and builds do.',
  request: 'create, write 4 KiB, close, open, read, close and unlink',
  warmUpRequests: 0,
  make() {},
  open({ root, client }) {
    const folder = openFolder(root);
    const data = new Uint8Array(PAGE_SIZE);
    const readBack = new Uint8Array(PAGE_SIZE);
    const names = Array.from({ length: SMALL_FILE_COUNT }, (_, i) =>
      toCString(makeNumberedName(`client${client}-`, i)),
    );
    const pickName = (i: number): Uint8Array => names[i % names.length]!;
    const out = new Statx();
    return {
      prepare(i) {
        fillPattern(data, 0, i);
        readBack.fill(0);
      },
      send(i) {
        const name = pickName(i);
        const fd = openat(folder, name, NEW_FILE_FLAGS, 0o644);
        if (fd < 0) return fd;
        const writeStatus = pwrite(fd, data, PAGE_SIZE, 0);
        const closeStatus = close(fd);
        if (writeStatus < 0 || closeStatus < 0) return Math.min(writeStatus, closeStatus);
        const count = readFile(folder, name, readBack);
        const unlinkStatus = unlinkFile(folder, name);
        return unlinkStatus < 0 ? unlinkStatus : count;
      },
      check(i, status) {
        if (status < 0) return `a small file fails: ${describeStatus(status)}`;
        if (status !== PAGE_SIZE) return `${status} of ${PAGE_SIZE} bytes came back`;
        if (!isPattern(readBack, PAGE_SIZE, 0, i)) return 'what came back is not what was written';
        // Checking every removal would change the workload.
        if (i % REMOVAL_CHECK_INTERVAL !== 0) return null;
        const statStatus = statx(folder, pickName(i), 0, STATX_BASIC_STATS, out.bytes);
        return statStatus === -ENOENT
          ? null
          : `a removed file: stat says ${describeStatus(statStatus)}`;
      },
      close: () => void close(folder),
    };
  },
};
