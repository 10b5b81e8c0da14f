/** Describes the machine of a run: CPU, memory, kernel, storage and versions. */
import { cpus, loadavg, release, totalmem } from 'node:os';
import { type MountEntry, readMounts } from '../../../runtime/mount/mountinfo.ts';
import { allowedCpus, parseCpuList } from './placement.ts';
import type { Machine } from './schema.ts';

const HUNDREDTHS = 100;

/**
 * @param folder on the storage of the stacks' files
 * @param versions of programs other than Node
 */
export const describeMachine = (folder: string, versions: Machine['versions']): Machine => ({
  cpu: cpus()[0]?.model.trim() || 'unknown CPU',
  cpus: parseCpuList(allowedCpus()).length,
  memoryBytes: totalmem(),
  kernel: release(),
  load: loadavg().map((value) => Math.round(value * HUNDREDTHS) / HUNDREDTHS),
  storage: fileSystemOf(folder),
  versions: { ...versions, Node: process.version },
});

/** The type of the file system that an absolute path is on. */
export function fileSystemOf(path: string, mounts = readMounts()): string {
  const isOver = ({ mountpoint: at }: MountEntry): boolean =>
    at === '/' || path === at || path.startsWith(`${at}/`);
  const over = mounts.filter(isOver);
  const longest = Math.max(...over.map(({ mountpoint }) => mountpoint.length));
  // Of several mounts at one mount point, the last one covers the others.
  return over.findLast(({ mountpoint }) => mountpoint.length === longest)?.type ?? 'unknown';
}
