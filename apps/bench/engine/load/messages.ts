/** Messages between the bench and a client's process: each request gets one reply. */

import type { WorkloadName } from '../workloads/index.ts';
import type { RequestRange, TriedCommand, WorkloadSetting } from '../workloads/workload.ts';
import type { LoopResult } from './loop.ts';

export interface ClientRequests {
  /** Makes a folder and runs a command in it. */
  try: { readonly words: readonly string[]; readonly folder: string };
  /** Makes a folder and the workload's tree in it. */
  make: { readonly workload: WorkloadName; readonly root: string };
  open: { readonly workload: WorkloadName; readonly setting: WorkloadSetting };
  run: RequestRange;
  close: Readonly<Record<string, never>>;
}

export interface ClientReplies {
  try: TriedCommand;
  make: true;
  open: true;
  run: LoopResult & {
    readonly cpuSeconds: number;
    readonly counts: Readonly<Record<string, number>>;
  };
  close: true;
}

export type ClientRequestName = keyof ClientRequests;
export type ClientRequest = {
  [N in ClientRequestName]: { readonly ask: N; readonly of: ClientRequests[N] };
}[ClientRequestName];

export type ClientReply =
  | { readonly answer: unknown }
  /** `gone`: the mount's server ended. */
  | { readonly error: string; readonly gone: boolean };
