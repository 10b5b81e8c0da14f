/** What a process has used, from /proc: proc_pid_schedstat, proc_pid_stat(5), proc_pid_status(5). */
import { readdirSync, readFileSync } from 'node:fs';

/** Of the clock in /proc/PID/stat: USER_HZ, which is 100 on every Linux that node runs on. */
const TICKS = 100;
const KIB = 1024;

/** Seconds on CPUs of all threads there are; null when it has ended. */
export function cpuSeconds(pid: number): number | null {
  try {
    const folder = `/proc/${pid}/task`;
    let nanoseconds = 0;
    for (const tid of readdirSync(folder)) {
      nanoseconds += Number(readFileSync(`${folder}/${tid}/schedstat`, 'utf8').split(' ')[0]);
    }
    return nanoseconds / 1e9;
  } catch {
    // A kernel without schedstat, a thread that has just ended, or the process.
    return tickSeconds(pid);
  }
}

function tickSeconds(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in brackets, may have blanks and brackets in it. utime and stime are fields 14, 15.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS;
  } catch {
    // It has ended.
    return null;
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
