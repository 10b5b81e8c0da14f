/**
 * The process that serves a mount, seen from outside and without asking the mount, which could hang.
 *
 * A server says it by its name: `glossa 42` serves the mount whose device is 0:42. Everybody who
 * sees the process sees the name, from an outer pid namespace too, and it goes with the process,
 * however that ends. Anybody can give his process such a name, so only one that belongs to the user
 * who mounted is believed.
 *
 * Source: proc_pid_comm(5), proc_pid_stat(5).
 */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { findMount, type MountEntry, mounterOf } from './mountinfo.ts';

export interface ServerProcess {
  /** In the pid namespace of whoever looks. */
  readonly pid: number;
  /** Clock ticks after the start of the machine; no two processes have number and start in common. */
  readonly start: number;
}

/** The ticks of a second, in what the kernel tells: USER_HZ. */
const TICKS = 100;

/** A name has 15 bytes; devices of FUSE have major 0, and a minor of 20 bits. */
const nameFor = (device: string): string => `glossa ${device.split(':')[1]}`;

/** Names this process as the server of what is mounted there; null: of nothing any more. */
export function nameServer(mountpoint: string | null): void {
  try {
    const mount = mountpoint === null ? null : findMount(mountpoint);
    writeFileSync('/proc/self/comm', mount === null ? 'glossa' : nameFor(mount.device));
  } catch {
    // Without /proc nobody finds a server, and nothing else needs the name.
  }
}

/** The process that serves a mount; null where none is to be seen. */
export function findServer(mount: MountEntry): ServerProcess | null {
  const name = `${nameFor(mount.device)}\n`;
  const uid = mounterOf(mount);
  let found: ServerProcess | null = null;
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry);
    if (!Number.isInteger(pid) || read(`/proc/${pid}/comm`) !== name) continue;
    const start = startOf(pid);
    if (start === null || ownerOf(pid) !== uid) continue;
    // A number may be in use again while the server that had it before is still ending.
    if (found === null || start > found.start) found = { pid, start };
  }
  return found;
}

/** A process that runs; null of none. */
export function findProcess(pid: number): ServerProcess | null {
  const start = startOf(pid);
  return start === null ? null : { pid, start };
}

/** Whether it has not ended yet. */
export const isRunning = ({ pid, start }: ServerProcess): boolean => startOf(pid) === start;

/** When it was started, to the second. */
export function startTime({ start }: ServerProcess): Date {
  const boot = /^btime (\d+)$/m.exec(read('/proc/stat') ?? '')?.[1] ?? 0;
  return new Date((Number(boot) + Math.floor(start / TICKS)) * 1000);
}

/** When a process was started; null for one that has ended, and only waits to be told of. */
function startOf(pid: number): number | null {
  const stat = read(`/proc/${pid}/stat`);
  // The name before may have blanks and brackets.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields === undefined || fields[0] === 'Z' || fields[0] === 'X' ? null : Number(fields[19]);
}

export function ownerOf(pid: number): number | undefined {
  return statSync(`/proc/${pid}`, { throwIfNoEntry: false })?.uid;
}

/** Null of a process that is gone meanwhile, or hidden. */
function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // As said above.
    return null;
  }
}
