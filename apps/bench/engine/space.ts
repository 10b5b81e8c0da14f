/** Whether a workload's files have room: asked before anything is made. */
import { statfsSync } from 'node:fs';
import type { WorkloadKind } from './workloads/workload.ts';

export interface Need {
  /** Of each stack, and of the plain directory. */
  readonly each: number;
  /** Stacks, and the plain directory. */
  readonly targets: number;
}

/** What file systems and stores keep besides the data. */
const OVERHEAD = 1.1;

export function needOf({ bytes }: WorkloadKind, clients: number, stacks: number): Need {
  const each = Math.ceil((bytes.shared + clients * bytes.perClient) * OVERHEAD);
  return { each, targets: stacks + 1 };
}

/** Bytes that this user may still write in a folder. */
export function freeIn(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

/** Why it does not fit; null when it does. */
export function refusal(name: string, need: Need, folder: string, free: number): string | null {
  const bytes = need.each * need.targets;
  if (bytes <= free) return null;
  return (
    `${name} needs ${mib(bytes)} (${need.targets} times ${mib(need.each)}: each stack and the plain ` +
    `directory), and ${folder} has ${mib(free)} left; --data names another folder`
  );
}

const mib = (bytes: number): string => `${(bytes / (1 << 20)).toFixed(1)} MiB`;
