/**
 * The messages between a debugger's front end and the process that serves the graph: JSON,
 * one after the other, over Node's channel between a process and its child (a line for each, below).
 * The front end never touches the mount.
 *
 *   → {"seq":1,"command":"break","args":{"text":"lookup@cache"}}
 *   ← {"seq":1,"result":{"id":1,"text":"lookup@cache","hits":0}}
 *   → {"seq":2,"command":"run","args":{}}
 *   ← {"seq":2,"result":null}
 *   ← {"event":"stopped","stop":{"id":1,"kind":"wind","fop":"lookup","volume":"cache",…}}
 *   → {"seq":3,"command":"resume","args":{"stop":1,"way":"over"}}
 *   ← {"seq":3,"result":null}
 *   → {"seq":4,"command":"frames","args":{"stop":1}}
 *   ← {"seq":4,"error":"nothing is held at stop 1 any more"}
 *
 * Each command has one answer, `result` or `error` (a sentence); events come at any time, those of a
 * command after its answer. The server's side is `server.ts`, a front end's `client.ts`. When the
 * channel closes, whatever is held goes on.
 */
import type { LineCommand, LineReply } from '../core/line-stops.ts';
import type { Way } from './hops.ts';
import type { FrameView, Scope } from './scopes.ts';
import type { LineEvent, ScriptView } from './scripts.ts';
import type { Value } from './values.ts';

export interface VolumeView {
  readonly name: string;
  readonly type: string;
  /** Names of the volumes below. */
  readonly children: readonly string[];
}

export interface BreakpointView {
  readonly id: number;
  readonly text: string;
  /** How often it has stopped a request. */
  readonly hits: number;
}

export interface StopView {
  readonly id: number;
  /** Before a fop arrives at a volume, or a reply at the one above. */
  readonly kind: 'wind' | 'unwind';
  /** `lookup` */
  readonly fop: string;
  /** Where the request is: the volume that the fop, or the reply, arrives at. */
  readonly volume: string;
  /** Where it comes from. */
  readonly from: string;
  /** Serial number of the request, which all its stops share. */
  readonly request: number;
  readonly pid: number;
  readonly uid: number;
  readonly paths: readonly string[];
  /** Of the breakpoint; null at the end of a step. */
  readonly breakpoint: number | null;
  /** Of an unwind: op_ret, op_errno, and the parts of the reply; otherwise the arguments. */
  readonly values: readonly Value[];
}

/** What a front end may ask for: the arguments, and what it gets. */
export interface Commands {
  volumes: { args: Record<string, never>; result: readonly VolumeView[] };
  /** `text` as in `breakpoints.ts`. */
  break: { args: { text: string }; result: BreakpointView };
  delete: { args: { id: number }; result: null };
  breakpoints: { args: Record<string, never>; result: readonly BreakpointView[] };
  /** Mounts the graph. Until then it is up, and nobody asks it for anything. */
  run: { args: Record<string, never>; result: null };
  /** What is held, the oldest first. */
  stops: { args: Record<string, never>; result: readonly StopView[] };
  frames: { args: { stop: number }; result: readonly FrameView[] };
  /** What a frame has; without `level`, the one where the request is. */
  scopes: { args: { stop: number; level?: number }; result: readonly Scope[] };
  /** `path` has the names on the way (`path.ts`); the result is the whole reply. */
  set: {
    args: { stop: number; path: readonly string[]; value: string };
    result: readonly Value[];
  };
  /** `Debugger.resume` says what the ways mean. */
  resume: { args: { stop: number; way: Way }; result: null };
  /** Volumes whose translator somebody has written as a script. */
  scripts: { args: Record<string, never>; result: readonly ScriptView[] };
  /** A command for a script that stops at its lines (`core/line-stops.ts`). */
  line: { args: { volume: string; command: LineCommand }; result: LineReply };
  /** Lets everything go on, without breakpoints. */
  detach: { args: Record<string, never>; result: null };
}

export type CommandName = keyof Commands;

export interface Request<N extends CommandName = CommandName> {
  readonly seq: number;
  readonly command: N;
  readonly args: Commands[N]['args'];
}

export type Answer =
  | { readonly seq: number; readonly result: unknown }
  | { readonly seq: number; readonly error: string };

export type DebugEvent =
  /** The graph is up, and commands are heard. */
  | { readonly event: 'started' }
  | { readonly event: 'stopped'; readonly stop: StopView }
  | LineEvent
  /** Of a request that was stopped, nothing is on its way any more. */
  | { readonly event: 'ended'; readonly request: number };

export type FromServer = Answer | DebugEvent;
