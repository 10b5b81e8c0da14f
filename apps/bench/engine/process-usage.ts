/** Reads CPU time, memory and children of processes: clock_getcpuclockid(3), proc_pid_status(5). */
import { readdirSync, readFileSync } from 'node:fs';
import { clockGettime } from '../../../runtime/sys/libc.ts';

const KIB = 1024;
/** The kernel's MAKE_PROCESS_CPUCLOCK combines this constant and a pid to the number of a clock. */
const CPUCLOCK_SCHED = 2;

/** Reads the CPU seconds of all threads of a process, ended ones too; null for an ended process. */
export function readCpuSeconds(pid: number): number | null {
  // A struct timespec: seconds and nanoseconds.
  const time = new BigInt64Array(2);
  const clockId = (~pid << 3) | CPUCLOCK_SCHED;
  if (clockGettime(clockId, new Uint8Array(time.buffer)) < 0) return null;
  return Number(time[0]) + Number(time[1]) / 1e9;
}

/** USER_HZ of the kernel, the same on all architectures that Node runs on. */
const TICKS_PER_SECOND = 100;

/**
 * Reads the CPU seconds of descendants that the process has waited for; 0 if it has itself ended.
 */
export function readChildrenCpuSeconds(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, field 2, may hold blanks and brackets. Field 3 follows it: cutime is 16, cstime 17.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[13]) + Number(fields[14])) / TICKS_PER_SECOND;
  } catch {
    // The process has ended.
    return 0;
  }
}

/** Reads the peak memory of a process (VmHWM) in bytes; null when it has ended. */
export function readPeakMemory(pid: number): number | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const match = /^VmHWM:\s+(\d+) kB$/m.exec(status);
    return match === null ? null : Number(match[1]) * KIB;
  } catch {
    // The process has ended.
    return null;
  }
}

/** Lists the children of a process; empty when it has ended. */
export function listChildren(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((tid) =>
      readFileSync(`/proc/${pid}/task/${tid}/children`, 'utf8')
        .split(' ')
        .filter(Boolean)
        .map(Number),
    );
  } catch {
    // The process or one of its threads has ended.
    return [];
  }
}
