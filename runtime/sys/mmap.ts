/**
 * A part of a file as memory, which the file shares: what is stored there is in the file at once, and
 * stays there whatever becomes of the process. The part must have its blocks on the disk (fallocate),
 * since storing where none can be had ends the process (SIGBUS).
 *
 * Source: mmap(2).
 */
import koffi from 'koffi';
import { plain } from './call.ts';

const mmap = plain(
  'void *mmap(void *addr, uint64 length, int prot, int flags, int fd, int64 offset)',
) as unknown as (...args: [null, number, number, number, number, number]) => bigint;
const munmap = plain('int munmap(void *addr, uint64 length)') as unknown as (
  addr: bigint,
  length: number,
) => number;

const PROT_READ_WRITE = 3;
const MAP_SHARED = 1;
const MAP_FAILED = 0xffff_ffff_ffff_ffffn;

export interface SharedPart {
  readonly bytes: Uint8Array;
  /** Nobody may touch `bytes` any more. */
  unmap(): void;
}

/**
 * @param fd open for reading and writing; it may be closed afterwards
 * @param offset a multiple of the size of a page
 * @returns minus the errno when it cannot be
 */
export function sharePart(fd: number, offset: number, length: number): SharedPart | number {
  const address = mmap(null, length, PROT_READ_WRITE, MAP_SHARED, fd, offset);
  if (address === MAP_FAILED) return -koffi.errno();
  return {
    bytes: new Uint8Array(koffi.view(address, length)),
    unmap: () => void munmap(address, length),
  };
}
