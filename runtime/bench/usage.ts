/** What a process has used: clock_getcpuclockid(3), proc_pid_status(5). */
import { readFileSync } from 'node:fs';
import { clockGettime } from '../sys/libc.ts';

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
