/**
 * Defines the messages between a debugger's front end (`debug-client.ts`) and the process that serves
 * the graph (`debug-server.ts`): JSON over Node's channel between a process and its child. Each command
 * gets one reply, `result` or `error`. Events come at any time, those of a command after its reply. When
 * the channel closes, the server resumes all requests. The front end never enters the mount.
 */
import type { LineCommand, LineReply } from '../core/line-stops.ts';
import type { LineEvent, ModuleView } from './debugged-modules.ts';
import type { ResumeWay } from './hops.ts';
import type { FrameView, Scope, ShownValue } from './shown-values.ts';

/*
 * An example:
 *
 *   → {"seq":1,"command":"break","args":{"text":"lookup@cache"}}
 *   ← {"seq":1,"result":{"id":1,"text":"lookup@cache","hits":0}}
 *   → {"seq":2,"command":"run","args":{}}
 *   ← {"seq":2,"result":null}
 *   ← {"event":"stopped","stop":{"id":1,"kind":"wind","fop":"lookup","volume":"cache",…}}
 *   → {"seq":3,"command":"resume","args":{"stop":1,"way":"over"}}
 *   ← {"seq":3,"result":null}
 *   → {"seq":4,"command":"frames","args":{"stop":1}}
 *   ← {"seq":4,"error":"no request is held at stop 1: it was resumed, or never existed"}
 */

/** A volume of the graph. */
export interface VolumeView {
  readonly name: string;
  readonly type: string;
  /** Names of the volumes below. */
  readonly children: readonly string[];
}

/** A breakpoint; see `breakpoints.ts`. */
export interface BreakpointView {
  readonly id: number;
  readonly text: string;
  /** The number of stops at this breakpoint. */
  readonly hits: number;
}

/** A stopped request. */
export interface StopView {
  readonly id: number;
  /** Whether the request is stopped before a fop arrives at a volume, or before a reply arrives above. */
  readonly kind: 'wind' | 'unwind';
  /** The fop's name, such as `lookup`. */
  readonly fop: string;
  /** The volume that the fop, or the reply, arrives at. */
  readonly volume: string;
  /** The volume that the fop or reply comes from. */
  readonly from: string;
  /** The serial number of the request, the same for all its stops. */
  readonly request: number;
  readonly pid: number;
  readonly uid: number;
  /** The paths in the request's arguments. */
  readonly paths: readonly string[];
  /** The breakpoint's id; null at the end of a step. */
  readonly breakpoint: number | null;
  /** For an unwind: op_ret, op_errno, and the parts of the reply; for a wind: the arguments. */
  readonly values: readonly ShownValue[];
}

/** The commands of a front end, with arguments and results. */
export interface Commands {
  /** All volumes of the graph, in its order. */
  volumes: { args: Record<string, never>; result: readonly VolumeView[] };
  /** Adds a breakpoint; `breakpoints.ts` explains `text`. */
  break: { args: { text: string }; result: BreakpointView };
  delete: { args: { id: number }; result: null };
  breakpoints: { args: Record<string, never>; result: readonly BreakpointView[] };
  /** Mounts the graph, which is up but unused until then. */
  run: { args: Record<string, never>; result: null };
  /** All stops, the oldest first. */
  stops: { args: Record<string, never>; result: readonly StopView[] };
  /** The call stack of a stopped request, the current frame first. */
  frames: { args: { stop: number }; result: readonly FrameView[] };
  /** The values of a frame; without `level`, of the current one. */
  scopes: { args: { stop: number; level?: number }; result: readonly Scope[] };
  /** Sets a part of a stopped reply. `path` is a value's path (`value-path.ts`); the result is the whole reply. */
  set: {
    args: { stop: number; path: readonly string[]; value: string };
    result: readonly ShownValue[];
  };
  /** Resumes a stop (`Debugger.resume`). */
  resume: { args: { stop: number; way: ResumeWay }; result: null };
  /** The volumes that run a module. */
  scripts: { args: Record<string, never>; result: readonly ModuleView[] };
  /** Passes a command to a module that can stop at its lines (`core/line-stops.ts`). */
  line: { args: { volume: string; command: LineCommand }; result: LineReply };
  /** Removes all breakpoints and resumes all requests. */
  detach: { args: Record<string, never>; result: null };
}

export type CommandName = keyof Commands;

export interface Request<N extends CommandName = CommandName> {
  /** The command's number, which its reply repeats. */
  readonly seq: number;
  readonly command: N;
  readonly args: Commands[N]['args'];
}

export type CommandReply =
  | { readonly seq: number; readonly result: unknown }
  | { readonly seq: number; readonly error: string };

export type DebugEvent =
  /** The graph is up, and commands are accepted. */
  | { readonly event: 'started' }
  | { readonly event: 'stopped'; readonly stop: StopView }
  | LineEvent
  /** A request that had stopped is complete. */
  | { readonly event: 'ended'; readonly request: number };

export type DebugMessage = CommandReply | DebugEvent;
