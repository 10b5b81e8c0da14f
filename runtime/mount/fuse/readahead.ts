/**
 * The kernel's readahead, for a program that reads a file from its beginning: by itself 128 KiB,
 * in requests of that size. An answer to INIT can make it less, not more; but root may say so in
 * sysfs, and then a request is as large as the protocol allows, which saves most of the waiting for
 * a server that runs on another CPU.
 *
 * Sources: Linux Documentation/ABI/testing/sysfs-class-bdi, process_init_reply in fs/fuse/inode.c.
 */
import { writeFileSync } from 'node:fs';
import { MAX_DATA } from '../../core/limits.ts';

/** @param device of the mount, as in /proc/self/mountinfo. False: it stays as it is. */
export function raiseReadahead(device: string): boolean {
  try {
    writeFileSync(`/sys/class/bdi/${device}/read_ahead_kb`, String(MAX_DATA / 1024));
    return true;
  } catch {
    // Not root's mount, or a container with a sysfs to look at only: slower, and right all the same.
    return false;
  }
}
