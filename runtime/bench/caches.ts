/** The kernel's caches of files and names. */
import { writeFileSync } from 'node:fs';
import { NotMeasured } from './missing.ts';

/** Pages, and names and inodes; see sysctl.vm(5). */
const ALL = '3\n';

/** Whether this user may. */
export const mayDropCaches = (): boolean => process.getuid?.() === 0;

/** Drops all that the kernel can read again. @throws {NotMeasured} */
export function dropCaches(): void {
  try {
    writeFileSync('/proc/sys/vm/drop_caches', ALL);
  } catch (error) {
    throw new NotMeasured(`the caches cannot be dropped: ${(error as Error).message}`);
  }
}
