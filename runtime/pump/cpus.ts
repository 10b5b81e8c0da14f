/**
 * Samples whether this process may use several CPUs. On a single CPU, the programs and bricks that it serves or waits
 * for run only while it sleeps, so the pump does not poll busily then.
 */
import { schedGetaffinity } from '../sys/libc.ts';

/** The memory for the affinity: bits for 1024 CPUs, as in glibc's cpu_set_t. */
const affinityMask = new Uint8Array(128);
/** Calls of `hasSeveralCpus` for each system call, which is repeated because the affinity may change. */
const CALLS_PER_SAMPLE = 1024;

let callsUntilSample = 0;
/** The last result; true until the first system call that succeeds. */
let lastResult = true;

/** Whether this process may use more than one CPU, so that another process can run while it is awake. */
export function hasSeveralCpus(): boolean {
  callsUntilSample -= 1;
  if (callsUntilSample > 0) return lastResult;
  callsUntilSample = CALLS_PER_SAMPLE;
  if (schedGetaffinity(0, affinityMask.length, affinityMask) < 0) return lastResult;
  let cpuCount = 0;
  // `bits & (bits - 1)` clears the lowest bit.
  for (const byte of affinityMask) for (let bits = byte; bits > 0; bits &= bits - 1) cpuCount += 1;
  lastResult = cpuCount !== 1;
  return lastResult;
}
