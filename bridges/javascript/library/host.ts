/**
 * Imports the host functions into this interpreter. The engine passes them under a global name,
 * which this file deletes before any module runs. It also holds state that the library's files
 * share, and built-ins as they were before a module could replace them.
 */
import type { HostCalls } from '../guest.ts';

const globals = globalThis as { __host?: HostCalls };

export const host = globals.__host as HostCalls;
delete globals.__host;

/** The original functions, taken before a module can replace them. */
export const { parse, stringify } = JSON;
/**
 * The Function constructor: entry.ts compiles with it; globals.ts removes it from the globals.
 */
export const OriginalFunction = Function;

/** The state of the code that runs now. */
export const execution: {
  /** The frame whose async method runs; null outside of one. */
  asyncFrame: RunningFrame | null;
  /**
   * The frame for which the host's current call was made: its decision can be the call's result.
   */
  hostCallFrame: RunningFrame | null;
  /** The latest reply, to recognise it when a method returns it. */
  latestReply: unknown;
} = { asyncFrame: null, hostCallFrame: null, latestReply: null };

/** The part of a frame that `execution` needs. */
export interface RunningFrame {
  readonly id: number;
  readonly answered: boolean;
}

/** An async method's decision, which the host reads when all jobs have run. */
export const asyncDecision = new Int32Array(1);
