/** Describes the machine of a run: CPU, memory, kernel, storage and versions. */
import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { join } from 'node:path';
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
  idlePollUs: readIdlePollUs(),
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

/**
 * Reads how long idle CPUs poll before they halt, in microseconds; null without the kernel's driver for virtual
 * machines.
 * @param root the folder that has `sys`
 * Source: Linux Documentation/virt/guest-halt-polling.rst.
 */
export function readIdlePollUs(root = '/'): number | null {
  const read = (path: string): string => readFileSync(join(root, 'sys', path), 'utf8').trim();
  try {
    if (read('devices/system/cpu/cpuidle/current_driver') !== 'haltpoll') return null;
    return Number(read('module/haltpoll/parameters/guest_halt_poll_ns')) / 1000;
  } catch {
    // Other machines lack these files.
    return null;
  }
}
