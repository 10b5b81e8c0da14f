/** Pins client and server processes of the bench to CPUs: sched_setaffinity(2) for each thread. */
import { readdirSync } from 'node:fs';
import { errnoName } from '../../../runtime/core/errno.ts';
import { hasSystemCalls } from '../../../runtime/sys/koffi.ts';
import { schedSetaffinity } from '../../../runtime/sys/libc.ts';
import { MeasurementError } from './measurement-error.ts';
import { parseCpuList } from './placement.ts';

/** The errno for a thread that does not exist. */
const ESRCH = 3;

/** Makes the kernel's cpu_set_t for these CPUs: bit n stands for CPU n. */
export function makeCpuMask(cpus: readonly number[]): Uint8Array {
  // The kernel expects whole words of 64 bits.
  const wordCount = Math.floor(Math.max(...cpus) / 64) + 1;
  const mask = new Uint8Array(wordCount * 8);
  for (const cpu of cpus) mask[cpu >> 3]! |= 1 << (cpu & 7);
  return mask;
}

/**
 * Pins all threads of a process to these CPUs; threads that they start later inherit them. Does
 * nothing without system calls.
 * @param cpus in the kernel's list format: `0-3,8`
 * @throws {MeasurementError} if the process has ended or a thread cannot be pinned
 */
export function pinProcess(pid: number, cpus: string): void {
  if (!hasSystemCalls) return;
  const mask = makeCpuMask(parseCpuList(cpus));
  for (const tid of listThreadIds(pid)) {
    const status = schedSetaffinity(tid, mask.length, mask);
    // The thread may have ended after it was listed.
    if (status < 0 && status !== -ESRCH) {
      throw new MeasurementError(`it cannot be put on CPU ${cpus}: ${errnoName(-status)}`);
    }
  }
}

/** Lists the threads of a process. @throws {MeasurementError} if the process has ended */
function listThreadIds(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map(Number);
  } catch {
    throw new MeasurementError('its process ended');
  }
}
