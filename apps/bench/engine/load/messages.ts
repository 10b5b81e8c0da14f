/** Declares the messages between the bench and a client's process: each request gets one reply. */
import type { Dump } from '../../../../runtime/core/xlator.ts';
import type { SearchPlan } from '../searches.ts';
import type { WorkloadName } from '../workloads/index.ts';
import type { RequestRange, TriedCommand, WorkloadSetting } from '../workloads/workload.ts';
import type { LoopResult } from './request-loop.ts';

/** The arguments of each request, by its name. */
export interface RequestTypes {
  /** Opens a volume in the client's process, through which it sends its requests. */
  openVolume: {
    readonly volfile: string;
    /** Options of its volumes, in the form of --xlator-option. */
    readonly overrides: readonly string[];
    readonly logFile: string;
  };
  /** Reads the counters of the opened volume's graph. */
  dump: Readonly<Record<string, never>>;
  /** Makes a folder and runs a command in it. */
  try: { readonly words: readonly string[]; readonly folder: string };
  /** Makes a folder and the workload's tree in it. */
  make: {
    readonly workload: WorkloadName;
    readonly root: string;
    /** The searches whose files to make, for a volume; absent: those of the workload. */
    readonly searches?: SearchPlan;
  };
  /** Prepares the workload's requests in the tree below its root. */
  open: {
    /** A name that the client's program knows. */
    readonly workload: string;
    readonly setting: WorkloadSetting;
  };
  /** Sends a range of requests, and measures them. */
  run: RequestRange;
  /** Ends the workload's requests, and closes their files. */
  close: Readonly<Record<string, never>>;
}

/** The counters of one volume. */
interface VolumeDump {
  readonly name: string;
  readonly type: string;
  readonly dump: Dump;
}

/** The result of each request, by its name. */
export interface ReplyTypes {
  openVolume: true;
  /** The dump of each volume. */
  dump: { readonly volumes: readonly VolumeDump[] };
  try: TriedCommand;
  make: true;
  open: true;
  run: LoopResult & {
    /** CPU time that the client used. */
    readonly cpuSeconds: number;
    /** The workload's own counters, by name. */
    readonly counts: Readonly<Record<string, number>>;
  };
  close: true;
}

/** The name of a request. */
export type RequestName = keyof RequestTypes;
/** A message to a client: a request with its arguments. */
export type Request = {
  [N in RequestName]: { readonly name: N; readonly args: RequestTypes[N] };
}[RequestName];

/** A message from a client: the result of its request, or the message of an error. */
export type Reply =
  | { readonly result: unknown }
  /** `isServerGone`: the request failed because the mount's server has ended. */
  | { readonly error: string; readonly isServerGone: boolean };
