/**
 * Defines the workloads that read and write large files. They drop the kernel's cache of the
 * mounted file before reads (posix_fadvise), so that data comes from the server. The cache of the
 * storage below stays, so that the disk is not measured.
 */
import { constants } from 'node:fs';
import {
  O_CLOEXEC,
  POSIX_FADV_DONTNEED,
  POSIX_FADV_RANDOM,
} from '../../../../runtime/sys/constants.ts';
import {
  close,
  ftruncate,
  openat,
  posixFadvise,
  pread,
  pwrite,
} from '../../../../runtime/sys/libc.ts';
import { toCString } from '../../../../runtime/sys/struct.ts';
import {
  BLOCK_SIZE,
  callOrThrow,
  checkRead,
  describeStatus,
  drawPageOffsets,
  fillPattern,
  LARGE_FILE_NAME,
  LARGE_FILE_SIZE,
  MIB,
  NEW_FILE_FLAGS,
  PAGE_SIZE,
  SALT,
  type WorkloadKind,
  type WorkloadSetting,
  withFolder,
  writeAll,
} from './workload.ts';

const FILE_NAME = toCString(LARGE_FILE_NAME);

/** Makes the large file in a folder. */
function makeLargeFile(root: string): void {
  const block = new Uint8Array(BLOCK_SIZE);
  withFolder(root, (folder) => {
    const fd = callOrThrow(openat(folder, FILE_NAME, NEW_FILE_FLAGS, 0o644), 'create data');
    for (let offset = 0; offset < LARGE_FILE_SIZE; offset += BLOCK_SIZE) {
      fillPattern(block, offset, SALT);
      writeAll(fd, block, BLOCK_SIZE, offset);
    }
    close(fd);
  });
}

/** Opens the large file for reading; returns the descriptor. */
const openLargeFile = ({ root }: WorkloadSetting): number =>
  withFolder(root, (folder) =>
    callOrThrow(openat(folder, FILE_NAME, constants.O_RDONLY | O_CLOEXEC, 0), 'open data'),
  );

/** Formats a size for descriptions: `128 KiB`. */
const formatSize = (bytes: number): string =>
  bytes < MIB ? `${bytes >> 10} KiB` : `${bytes / MIB} MiB`;

/** Makes a workload that reads the large file in blocks of this size. */
const makeReadWorkload = (blockBytes: number): WorkloadKind => ({
  description: 'Reads a large file from its beginning to its end.',
  request: `read of ${formatSize(blockBytes)} of a file of ${formatSize(LARGE_FILE_SIZE)}, the next each time`,
  warmUpRequests: 0,
  make: makeLargeFile,
  open(setting) {
    const fd = openLargeFile(setting);
    const data = new Uint8Array(blockBytes);
    const computeOffset = (i: number): number => (i * blockBytes) % LARGE_FILE_SIZE;
    return {
      prepare(i) {
        if (computeOffset(i) === 0) posixFadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
      },
      send: (i) => pread(fd, data, blockBytes, computeOffset(i)),
      check: (i, status) => checkRead(data, status, blockBytes, computeOffset(i)),
      close: () => void close(fd),
    };
  },
});

export const seqread = makeReadWorkload(BLOCK_SIZE);
export const seqread1m = makeReadWorkload(MIB);

export const randread: WorkloadKind = {
  description: 'Reads pages of a large file in an order that looks like chance, as databases do.',
  request: `read of 4 KiB of a file of ${LARGE_FILE_SIZE / MIB} MiB, anywhere`,
  warmUpRequests: 0,
  make: makeLargeFile,
  open(setting) {
    const computeOffset = drawPageOffsets(setting);
    const fd = openLargeFile(setting);
    posixFadvise(fd, 0, 0, POSIX_FADV_RANDOM);
    const data = new Uint8Array(PAGE_SIZE);
    return {
      prepare: (i) => void posixFadvise(fd, computeOffset(i), PAGE_SIZE, POSIX_FADV_DONTNEED),
      send: (i) => pread(fd, data, PAGE_SIZE, computeOffset(i)),
      check: (i, status) => checkRead(data, status, PAGE_SIZE, computeOffset(i)),
      close: () => void close(fd),
    };
  },
};

/** Minimum distance in bytes between blocks that are read back. */
const READ_BACK_DISTANCE_BYTES = 2 * MIB;

/** Makes a workload that writes a large file in blocks of this size. */
const makeWriteWorkload = (blockBytes: number): WorkloadKind => ({
  description: 'Writes a large file from its beginning to its end, again and again.',
  request: `write of ${formatSize(blockBytes)} of a file of ${formatSize(LARGE_FILE_SIZE)}, the next each time`,
  warmUpRequests: 0,
  make() {},
  open({ root, client }) {
    const name = toCString(`client${client}`);
    const fd = withFolder(root, (folder) =>
      callOrThrow(
        openat(folder, name, constants.O_CREAT | constants.O_RDWR | O_CLOEXEC, 0o644),
        'create',
      ),
    );
    const data = new Uint8Array(blockBytes);
    const readBack = new Uint8Array(blockBytes);
    const computeOffset = (i: number): number => (i * blockBytes) % LARGE_FILE_SIZE;
    // The number of blocks from one that is read back to the next.
    const readBackInterval = Math.max(16, READ_BACK_DISTANCE_BYTES / blockBytes);
    return {
      prepare(i) {
        const offset = computeOffset(i);
        if (offset === 0) callOrThrow(ftruncate(fd, 0), 'ftruncate');
        fillPattern(data, offset, SALT);
      },
      send: (i) => pwrite(fd, data, blockBytes, computeOffset(i)),
      check(i, status) {
        const offset = computeOffset(i);
        if (status < 0) return `write at ${offset} fails: ${describeStatus(status)}`;
        if (status !== blockBytes)
          return `write at ${offset} takes ${status} of ${blockBytes} bytes`;
        // Reading back every block would change the workload.
        if (i % readBackInterval !== 0) return null;
        posixFadvise(fd, offset, blockBytes, POSIX_FADV_DONTNEED);
        return checkRead(readBack, pread(fd, readBack, blockBytes, offset), blockBytes, offset);
      },
      close: () => void close(fd),
    };
  },
});

export const seqwrite4k = makeWriteWorkload(PAGE_SIZE);
export const seqwrite = makeWriteWorkload(BLOCK_SIZE);
export const seqwrite1m = makeWriteWorkload(MIB);
