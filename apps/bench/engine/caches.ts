/** The kernel's caches of files and names. */
import { accessSync, constants, statfsSync, writeFileSync } from 'node:fs';
import { sync } from '../../../runtime/sys/libc.ts';
import { NotMeasured } from './missing.ts';

const DROP = '/proc/sys/vm/drop_caches';
/** Pages, and names and inodes; see sysctl.vm(5). */
const ALL = '3\n';

/** File systems that have no other place for their files: TMPFS_MAGIC, RAMFS_MAGIC of linux/magic.h. */
const MEMORY: Readonly<Record<number, string>> = { 16914836: 'tmpfs', 2240043254: 'ramfs' };

/** Whether this user may. */
export function mayDropCaches(): boolean {
  try {
    accessSync(DROP, constants.W_OK);
    return true;
  } catch {
    // Not root, or a container in which the kernel's settings cannot be written.
    return false;
  }
}

/**
 * Drops all that the kernel can read again. It keeps what is not written yet, so that is written
 * first.
 * @throws {NotMeasured}
 */
export function dropCaches(): void {
  sync();
  try {
    writeFileSync(DROP, ALL);
  } catch (error) {
    throw new NotMeasured(`the caches cannot be dropped: ${(error as Error).message}`);
  }
}

/** What makes a folder's files never cold, in words; null when nothing does. */
export function neverCold(folder: string): string | null {
  const memory = MEMORY[statfsSync(folder).type];
  if (memory === undefined) return null;
  return `--cold: ${folder} is ${memory}, which the kernel cannot drop: the files are not cold (--data names a folder on a disk)`;
}
