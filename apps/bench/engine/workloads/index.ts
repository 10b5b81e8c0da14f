/** All workloads by their names. */
import { command } from './command.ts';
import { randread, seqread, seqread1m, seqwrite, seqwrite1m, seqwrite4k } from './data.ts';
import { mixed, smallfile } from './files.ts';
import { hit, lookupStorm, miss, phpsim, readdir } from './names.ts';
import type { WorkloadKind } from './workload.ts';

export const workloads = {
  miss,
  hit,
  phpsim,
  'lookup-storm': lookupStorm,
  smallfile,
  seqread,
  seqwrite,
  'seqread-1m': seqread1m,
  'seqwrite-1m': seqwrite1m,
  'seqwrite-4k': seqwrite4k,
  randread,
  readdir,
  mixed,
  command,
} as const satisfies Record<string, WorkloadKind>;

export type WorkloadName = keyof typeof workloads;
export const workloadNames = Object.keys(workloads) as WorkloadName[];
