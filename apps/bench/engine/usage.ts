/** What a process has used: clock_getcpuclockid(3), proc_pid_status(5). */
import { readdirSync, readFileSync } from 'node:fs';
import { clockGettime } from '../../../runtime/sys/libc.ts';

const KIB = 1024;
/** Of the kernel's MAKE_PROCESS_CPUCLOCK: the number of a process's clock, from its pid. */
const CPUCLOCK_SCHED = 2;

/** Seconds on CPUs of all threads, of those that have ended, too; null when it has ended itself. */
export function cpuSeconds(pid: number): number | null {
  const time = new BigInt64Array(2);
  const clock = (~pid << 3) | CPUCLOCK_SCHED;
  if (clockGettime(clock, new Uint8Array(time.buffer)) < 0) return null;
  return Number(time[0]) + Number(time[1]) / 1e9;
}

/** Of the kernel's USER_HZ, which is the same on all architectures that Node runs on. */
const TICKS_PER_SECOND = 100;

/** Seconds on CPUs of children that it has waited for, and theirs; 0 when it has ended itself. */
export function childrenCpuSeconds(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name before it may hold blanks and brackets. Then: state is field 3, cutime and cstime 16 and 17.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[13]) + Number(fields[14])) / TICKS_PER_SECOND;
  } catch {
    // It has ended.
    return 0;
  }
}

/** The most memory that it had (VmHWM), bytes; null when it has ended. */
export function peakMemory(pid: number): number | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const found = /^VmHWM:\s+(\d+) kB$/m.exec(status);
    return found === null ? null : Number(found[1]) * KIB;
  } catch {
    // It has ended.
    return null;
  }
}

/** The processes that its threads have started; none when it has ended. */
export function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((tid) =>
      readFileSync(`/proc/${pid}/task/${tid}/children`, 'utf8')
        .split(' ')
        .filter(Boolean)
        .map(Number),
    );
  } catch {
    // It has ended, or one of its threads has meanwhile.
    return [];
  }
}
