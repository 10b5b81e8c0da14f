/** What a run was measured on. */
import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { allowedCpus, parseCpuList } from './placement.ts';
import type { Machine } from './schema.ts';

const HUNDREDTHS = 100;

/**
 * @param folder where the files of the stacks are
 * @param versions of programs besides Node
 */
export const describeMachine = (folder: string, versions: Machine['versions']): Machine => ({
  cpu: cpus()[0]?.model.trim() || 'unknown CPU',
  cpus: parseCpuList(allowedCpus()).length,
  memoryBytes: totalmem(),
  kernel: release(),
  load: loadavg().map((value) => Math.round(value * HUNDREDTHS) / HUNDREDTHS),
  storage: fileSystemOf(folder, readFileSync('/proc/self/mountinfo', 'utf8')),
  versions: { ...versions, Node: process.version },
});

/** The type of the file system that an absolute path is on; `mountinfo` as in proc(5). */
export function fileSystemOf(path: string, mountinfo: string): string {
  let longest = '';
  let type = 'unknown';
  for (const line of mountinfo.split('\n')) {
    const fields = line.split(' ');
    const point = fields[4];
    const dash = fields.indexOf('-', 6);
    if (point === undefined || dash < 0) continue;
    const within = point === '/' || path === point || path.startsWith(`${point}/`);
    // Of several at one place, the last one is what is seen.
    if (!within || point.length < longest.length) continue;
    longest = point;
    type = fields[dash + 1]!;
  }
  return type;
}
