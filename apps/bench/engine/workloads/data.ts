/**
 * Workloads that read and write large files. Before each read, the kernel's cache of the mounted
 * file is dropped (posix_fadvise), so that data comes from the server. The cache of the storage
 * below stays, so that the disk is not measured.
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
import { cstring } from '../../../../runtime/sys/struct.ts';
import { below, seeded } from '../random.ts';
import { inFolder, isPattern, must, NEW, pattern, statusText, writeAll } from './syscalls.ts';
import type { WorkloadKind, WorkloadSetting } from './workload.ts';

const MIB = 1 << 20;
/** Size of the large file. */
export const DATA_SIZE = 32 * MIB;
const SMALL = 128 << 10;
const PAGE = 4096;
const SALT = 0x61736c67;
const FILE = cstring('data');

function makeData(root: string): void {
  const block = new Uint8Array(SMALL);
  inFolder(root, (folder) => {
    const fd = must(openat(folder, FILE, NEW, 0o644), 'create data');
    for (let offset = 0; offset < DATA_SIZE; offset += SMALL) {
      pattern(block, offset, SALT);
      writeAll(fd, block, SMALL, offset);
    }
    close(fd);
  });
}

const openData = ({ root }: WorkloadSetting): number =>
  inFolder(root, (folder) =>
    must(openat(folder, FILE, constants.O_RDONLY | O_CLOEXEC, 0), 'open data'),
  );

/** The complaint about a block that was read; null when it is right. */
function checkRead(data: Uint8Array, status: number, length: number, at: number): string | null {
  if (status < 0) return `read at ${at} fails: ${statusText(status)}`;
  if (status !== length) return `read at ${at} gives ${status} of ${length} bytes`;
  return isPattern(data, length, at, SALT) ? null : `read at ${at} gives other data`;
}

/** `128 KiB`, for descriptions. */
const sizeText = (bytes: number): string =>
  bytes < MIB ? `${bytes >> 10} KiB` : `${bytes / MIB} MiB`;

const reading = (block: number): WorkloadKind => ({
  description: 'Reads a large file from its beginning to its end.',
  request: `read of ${sizeText(block)} of a file of ${sizeText(DATA_SIZE)}, the next each time`,
  once: 0,
  make: makeData,
  open(setting) {
    const fd = openData(setting);
    const data = new Uint8Array(block);
    const offsetOf = (i: number): number => (i * block) % DATA_SIZE;
    return {
      prepare(i) {
        if (offsetOf(i) === 0) posixFadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
      },
      ask: (i) => pread(fd, data, block, offsetOf(i)),
      check: (i, status) => checkRead(data, status, block, offsetOf(i)),
      close: () => void close(fd),
    };
  },
});

export const seqread = reading(SMALL);
export const seqread1m = reading(MIB);

const DRAWN = 100_000;

export const randread: WorkloadKind = {
  description: 'Reads pages of a large file in an order that looks like chance, as databases do.',
  request: `read of 4 KiB of a file of ${DATA_SIZE / MIB} MiB, anywhere`,
  once: 0,
  make: makeData,
  open(setting) {
    const random = seeded(setting.seed + setting.client);
    const pages = Uint32Array.from({ length: DRAWN }, () => below(random, DATA_SIZE / PAGE));
    const fd = openData(setting);
    posixFadvise(fd, 0, 0, POSIX_FADV_RANDOM);
    const data = new Uint8Array(PAGE);
    const offsetOf = (i: number): number => pages[i % DRAWN]! * PAGE;
    return {
      prepare: (i) => void posixFadvise(fd, offsetOf(i), PAGE, POSIX_FADV_DONTNEED),
      ask: (i) => pread(fd, data, PAGE, offsetOf(i)),
      check: (i, status) => checkRead(data, status, PAGE, offsetOf(i)),
      close: () => void close(fd),
    };
  },
};

/** Distance in bytes between blocks that are read back. */
const SELDOM = 2 * MIB;

const writing = (block: number): WorkloadKind => ({
  description: 'Writes a large file from its beginning to its end, again and again.',
  request: `write of ${sizeText(block)} of a file of ${sizeText(DATA_SIZE)}, the next each time`,
  once: 0,
  make() {},
  open({ root, client }) {
    const name = cstring(`client${client}`);
    const fd = inFolder(root, (folder) =>
      must(openat(folder, name, constants.O_CREAT | constants.O_RDWR | O_CLOEXEC, 0o644), 'create'),
    );
    const data = new Uint8Array(block);
    const back = new Uint8Array(block);
    const offsetOf = (i: number): number => (i * block) % DATA_SIZE;
    const seldom = Math.max(16, SELDOM / block);
    return {
      prepare(i) {
        const offset = offsetOf(i);
        if (offset === 0) must(ftruncate(fd, 0), 'ftruncate');
        pattern(data, offset, SALT);
      },
      ask: (i) => pwrite(fd, data, block, offsetOf(i)),
      check(i, status) {
        const offset = offsetOf(i);
        if (status < 0) return `write at ${offset} fails: ${statusText(status)}`;
        if (status !== block) return `write at ${offset} takes ${status} of ${block} bytes`;
        // Reading back every block would change the workload.
        if (i % seldom !== 0) return null;
        posixFadvise(fd, offset, block, POSIX_FADV_DONTNEED);
        return checkRead(back, pread(fd, back, block, offset), block, offset);
      },
      close: () => void close(fd),
    };
  },
});

export const seqwrite4k = writing(PAGE);
export const seqwrite = writing(SMALL);
export const seqwrite1m = writing(MIB);
