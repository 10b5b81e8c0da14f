/**
 * Maps a part of a file as memory. The file must keep its length meanwhile: an access to a missing part ends the
 * process (SIGBUS).
 *
 * Source: mmap(2).
 */

import { koffi } from './koffi.ts';
import { bindPlain } from './libc.ts';

const mmap = bindPlain(
  'void *mmap(void *addr, uint64 length, int prot, int flags, int fd, int64 offset)',
) as unknown as (...args: [Uint8Array | null, number, number, number, number, number]) => bigint;
const munmap = bindPlain('int munmap(void *addr, uint64 length)') as unknown as (
  addr: bigint,
  length: number,
) => number;

const PROT_READ_WRITE = 3;
const MAP_SHARED = 1;
const MAP_PRIVATE = 2;
const MAP_FIXED = 16;
const MAP_FAILED = 0xffff_ffff_ffff_ffffn;

/** A part of a file that is mapped as memory. */
export interface MappedPart {
  readonly bytes: Uint8Array;
  /** Unmaps the memory; `bytes` must not be used afterwards. */
  unmap(): void;
}

/**
 * Maps a part of a file as shared memory, for recordings. Writes to it reach the file at once, and survive a crash of
 * the process. The caller must have allocated the file's blocks (fallocate), as a disk can become full.
 * @param fd open for reading and writing; may be closed afterwards
 * @param offset a multiple of the page size
 * @returns minus the errno on failure
 */
export function mapPart(fd: number, offset: number, length: number): MappedPart | number {
  const address = mmap(null, length, PROT_READ_WRITE, MAP_SHARED, fd, offset);
  if (address === MAP_FAILED) return -koffi.errno();
  return {
    bytes: new Uint8Array(koffi.view(address, length)),
    unmap: () => void munmap(address, length),
  };
}

/**
 * Replaces the content of `memory`, which must be whole pages, by a part of a file. Writes go to copies of its pages.
 * @param fd open for reading; may be closed afterwards
 * @param offset a multiple of the page size
 * @returns 0, or minus the errno
 */
export function mapCopyOnWrite(memory: Uint8Array, fd: number, offset: number): number {
  const flags = MAP_PRIVATE | MAP_FIXED;
  const address = mmap(memory, memory.length, PROT_READ_WRITE, flags, fd, offset);
  return address === MAP_FAILED ? -koffi.errno() : 0;
}
