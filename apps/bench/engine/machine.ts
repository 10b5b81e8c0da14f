/** Describes the machine of a run: CPU, memory, kernel, storage and versions. */
import { cpus, loadavg, release, totalmem } from 'node:os';
import { type MountEntry, readMounts } from '../../../runtime/mount/mountinfo.ts';
import { parseCpuList, readAllowedCpus } from './placement.ts';
import type { Machine } from './schema.ts';

/**
 * Describes the machine for the result.
 * @param folder a folder on the storage of the stacks' files
 * @param versions of programs other than Node
 */
export const describeMachine = (folder: string, versions: Machine['versions']): Machine => ({
  cpu: cpus()[0]?.model.trim() || 'unknown CPU',
  cpus: parseCpuList(readAllowedCpus()).length,
  memoryBytes: totalmem(),
  kernel: release(),
  // Rounded to hundredths, as the kernel shows them.
  load: loadavg().map((value) => Math.round(value * 100) / 100),
  storage: findFileSystemType(folder),
  versions: { ...versions, Node: process.version },
});

/** Finds the type of the file system that contains an absolute path, such as `ext4`. */
export function findFileSystemType(path: string, mounts = readMounts()): string {
  const containsPath = ({ mountpoint }: MountEntry): boolean =>
    mountpoint === '/' || path === mountpoint || path.startsWith(`${mountpoint}/`);
  const containing = mounts.filter(containsPath);
  const longest = Math.max(...containing.map(({ mountpoint }) => mountpoint.length));
  // Of several mounts at one mount point, the last one covers the others.
  return containing.findLast(({ mountpoint }) => mountpoint.length === longest)?.type ?? 'unknown';
}
