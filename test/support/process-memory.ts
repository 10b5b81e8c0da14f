/** Reads the memory size of a process. */
import { readFileSync } from 'node:fs';

/** Resident anonymous memory of a process, in MiB. */
export function readMemory(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^RssAnon:\s+(\d+) kB$/m.exec(status)![1]) / 1024;
}
