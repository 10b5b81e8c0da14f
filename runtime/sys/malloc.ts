/**
 * The C library's keeping of freed memory. By itself glibc gives blocks of 128 KiB and more
 * back to the kernel at once, and the next read of that size touches fresh pages again: at a mount,
 * that is a good part of what such a read costs.
 *
 * Source: mallopt(3), malloc_trim(3). musl has no such calls, and keeps what it does.
 */
import { call } from './call.ts';

const mallopt = call('int mallopt(int param, int value)');

const trim = call('int malloc_trim(uint64 pad)');

const M_TRIM_THRESHOLD = -1;
const M_MMAP_THRESHOLD = -3;

/** Blocks up to the first are recycled by the process; of those free at the end, so many stay. */
const RECYCLED = 4 * 2 ** 20;
const KEPT = 64 * 2 ** 20;

/** For a process that serves data. Costs at most some tens of MB that are held between requests. */
export function recycleMemory(): void {
  mallopt(M_MMAP_THRESHOLD, RECYCLED);
  mallopt(M_TRIM_THRESHOLD, KEPT);
}

/** Gives back what is free now: for when much was freed that is not needed again soon. */
export const trimMemory = (): void => void trim(0);
