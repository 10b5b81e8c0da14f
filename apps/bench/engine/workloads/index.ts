/** Lists the workloads of the bench by name. */
import { command } from './command.ts';
import {
  randread,
  seqread,
  seqread1m,
  seqwrite,
  seqwrite1m,
  seqwrite4k,
} from './large-file-workloads.ts';
import { hit, miss, phpsim, readdir } from './name-workloads.ts';
import { smallfile } from './small-file-workload.ts';
import type { WorkloadKind } from './workload.ts';

/** All workloads, by the names that users type. */
export const workloads = {
  miss,
  hit,
  phpsim,
  smallfile,
  seqread,
  seqwrite,
  'seqread-1m': seqread1m,
  'seqwrite-1m': seqwrite1m,
  'seqwrite-4k': seqwrite4k,
  randread,
  readdir,
  command,
} as const satisfies Record<string, WorkloadKind>;

export type WorkloadName = keyof typeof workloads;
export const workloadNames = Object.keys(workloads) as WorkloadName[];
