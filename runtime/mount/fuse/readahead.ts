/**
 * Raises the kernel's readahead for sequential reads from 128 KiB to the largest request: then readers wait less often
 * for the server. Over a network it is several requests, which are under way at once. The reply to INIT can only lower
 * the readahead; root can raise it in sysfs.
 *
 * Sources: Linux Documentation/ABI/testing/sysfs-class-bdi, process_init_reply in fs/fuse/inode.c.
 */
import { writeFileSync } from 'node:fs';
import { MAX_DATA } from '../../core/limits.ts';

/** The most bytes of readahead. A random access to mapped memory reads as much, so it is not more. */
export const READAHEAD_MAX = 4 * MAX_DATA;

/**
 * Raises a mount's readahead. Returns false if it stays unchanged.
 * @param device as in /proc/self/mountinfo
 * @param isRemote whether requests go to another process
 */
export function raiseReadahead(device: string, isRemote: boolean): boolean {
  const bytes = isRemote ? READAHEAD_MAX : MAX_DATA;
  try {
    writeFileSync(`/sys/class/bdi/${device}/read_ahead_kb`, String(bytes / 1024));
    return true;
  } catch {
    // Not root, or a read-only sysfs in a container: reads are slower.
    return false;
  }
}
