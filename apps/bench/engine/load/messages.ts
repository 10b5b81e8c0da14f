/** What the bench says to a client's process, and what it answers: one answer to each. */

import type { WorkloadName } from '../workloads/index.ts';
import type { Requested, Setting, TriedCommand } from '../workloads/workload.ts';
import type { Loop } from './loop.ts';

export interface Asks {
  /** Runs a command in a folder, which is made. */
  try: { readonly words: readonly string[]; readonly folder: string };
  /** Makes the workload's tree in a folder, which is made too. */
  make: { readonly workload: WorkloadName; readonly root: string };
  open: { readonly workload: WorkloadName; readonly setting: Setting };
  run: Requested;
  close: Readonly<Record<string, never>>;
}

export interface Answers {
  try: TriedCommand;
  make: true;
  open: true;
  run: Loop & {
    readonly cpuSeconds: number;
    readonly counts: Readonly<Record<string, number>>;
  };
  close: true;
}

export type AskName = keyof Asks;
export type Ask = { [N in AskName]: { readonly ask: N; readonly of: Asks[N] } }[AskName];

export type Answer =
  | { readonly answer: unknown }
  /** `gone`: because the mount's server ended. */
  | { readonly error: string; readonly gone: boolean };
