/**
 * Samples whether this process may use several CPUs. On a single CPU, the programs and bricks that it serves or waits
 * for run only while it sleeps, so the pump does not poll busily then.
 */
import { schedGetaffinity } from '../sys/libc.ts';

/** Bits for 1024 CPUs, as in glibc's cpu_set_t. */
const mask = new Uint8Array(128);
/** Calls of `hasSeveralCpus` between two system calls: the affinity of a running process may change. */
const SAMPLE_EVERY = 1024;

let callsUntilSample = 0;
let hasSeveral = true;

/** Whether another process can run while this one is awake. */
export function hasSeveralCpus(): boolean {
  callsUntilSample -= 1;
  if (callsUntilSample > 0) return hasSeveral;
  callsUntilSample = SAMPLE_EVERY;
  if (schedGetaffinity(0, mask.length, mask) < 0) return hasSeveral;
  let count = 0;
  for (const byte of mask) for (let bits = byte; bits > 0; bits &= bits - 1) count += 1;
  hasSeveral = count !== 1;
  return hasSeveral;
}
