/**
 * Finds the process that serves a mount, without calls to the mount, which could hang. A server sets its process
 * name: `glossa 42` serves the mount with device 0:42. The name is visible from outer pid namespaces, and ends with
 * the process. Any user can choose such a name, so the process must belong to the user who mounted.
 *
 * Source: proc_pid_comm(5), proc_pid_stat(5).
 */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { findMount, findMountingUid, type MountEntry } from './mountinfo.ts';

/** A running process, identified for as long as the machine runs. */
export interface ServerProcess {
  /** The pid in this process's pid namespace. */
  readonly pid: number;
  /** Start in clock ticks since boot; pid and start together are unique. */
  readonly start: number;
}

/** Ticks per second in /proc: USER_HZ. */
const TICKS_PER_SECOND = 100;

/**
 * Makes the process name of a device's server. FUSE devices have major 0, and a minor of 20 bits: so the name fits
 * Linux's limit of 15 bytes.
 */
const makeProcessName = (device: string): string => `glossa ${device.split(':')[1]}`;

/**
 * Names this process as the server of a mount; null resets the name.
 * @param setName sets the main thread's name, where a confined server may not write in /proc
 */
export function nameServer(
  mountpoint: string | null,
  setName: (name: string) => number = () => -1,
): void {
  try {
    const mount = mountpoint === null ? null : findMount(mountpoint);
    const name = mount === null ? 'glossa' : makeProcessName(mount.device);
    if (setName(name) < 0) writeFileSync('/proc/self/comm', name);
  } catch {
    // Without /proc the name is not needed.
  }
}

/** Finds the process that serves a mount; null if it is not visible. */
export function findServer(mount: MountEntry): ServerProcess | null {
  const name = `${makeProcessName(mount.device)}\n`;
  const uid = findMountingUid(mount);
  let newest: ServerProcess | null = null;
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry);
    if (!Number.isInteger(pid) || readProcFile(`/proc/${pid}/comm`) !== name) continue;
    const start = readStart(pid);
    if (start === null || readOwner(pid) !== uid) continue;
    // A device number may be reused while its previous server still exits.
    if (newest === null || start > newest.start) newest = { pid, start };
  }
  return newest;
}

/** Finds a running process; null if it has ended. */
export function findProcess(pid: number): ServerProcess | null {
  const start = readStart(pid);
  return start === null ? null : { pid, start };
}

/** Whether the process still runs. */
export const isRunning = ({ pid, start }: ServerProcess): boolean => readStart(pid) === start;

/** Returns the start time of a process, to the second. */
export function readStartTime({ start }: ServerProcess): Date {
  const bootSeconds = /^btime (\d+)$/m.exec(readProcFile('/proc/stat') ?? '')?.[1] ?? 0;
  return new Date((Number(bootSeconds) + Math.floor(start / TICKS_PER_SECOND)) * 1000);
}

/** Reads the start of a process in ticks; null if it has ended, or is a zombie. */
function readStart(pid: number): number | null {
  const stat = readProcFile(`/proc/${pid}/stat`);
  // The process name may contain blanks and brackets.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields === undefined || fields[0] === 'Z' || fields[0] === 'X' ? null : Number(fields[19]);
}

/** Reads the uid of a process; undefined if the process has ended. */
export function readOwner(pid: number): number | undefined {
  return statSync(`/proc/${pid}`, { throwIfNoEntry: false })?.uid;
}

/** Reads a file in /proc; null for an ended or hidden process. */
function readProcFile(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
