/**
 * Raises the kernel's readahead for sequential reads from 128 KiB to the largest request: then readers wait less often
 * for the server. The reply to INIT can only lower the readahead; root can raise it in sysfs.
 *
 * Sources: Linux Documentation/ABI/testing/sysfs-class-bdi, process_init_reply in fs/fuse/inode.c.
 */
import { writeFileSync } from 'node:fs';
import { MAX_DATA } from '../../core/limits.ts';

/** Raises a mount's readahead. Returns false if it stays unchanged. @param device as in /proc/self/mountinfo */
export function raiseReadahead(device: string): boolean {
  try {
    writeFileSync(`/sys/class/bdi/${device}/read_ahead_kb`, String(MAX_DATA / 1024));
    return true;
  } catch {
    // Not root, or a read-only sysfs in a container: reads are slower.
    return false;
  }
}
