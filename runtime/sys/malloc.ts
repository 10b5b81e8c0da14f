/**
 * Makes glibc's malloc keep freed memory. By default it returns blocks of 128 KiB and more to the kernel at once, so
 * each large read uses new pages, which costs much of its time. On musl these calls do nothing.
 *
 * Source: mallopt(3), malloc_trim(3).
 */
import { bindCall } from './libc.ts';

const mallopt = bindCall('int mallopt(int param, int value)');

const mallocTrim = bindCall('int malloc_trim(uint64 pad)');

const M_TRIM_THRESHOLD = -1;
const M_MMAP_THRESHOLD = -3;

/** Bytes of the largest block that is kept, and of free memory that is kept at the end of the heap. */
const RECYCLED_BLOCK_MAX = 4 * 2 ** 20;
const KEPT_HEAP_BYTES = 64 * 2 ** 20;

/** Makes malloc keep freed memory, for a process that serves data: at most some tens of MB between requests. */
export function recycleMemory(): void {
  mallopt(M_MMAP_THRESHOLD, RECYCLED_BLOCK_MAX);
  mallopt(M_TRIM_THRESHOLD, KEPT_HEAP_BYTES);
}

/** Returns free memory to the kernel; for moments when much was freed that is not needed again soon. */
export const trimMemory = (): void => void mallocTrim(0);
