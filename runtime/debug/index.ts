/**
 * The debugger: `engine.ts` holds requests of a graph in this process; `server.ts` and `client.ts`
 * let another process do so, by the messages of `protocol.ts`.
 */
export type { Breakpoint } from './breakpoints.ts';
export { DebugClient } from './client.ts';
export { DebugError } from './debug-error.ts';
export { Debugger, type Listener, type Stop } from './engine.ts';
export type { Way } from './hops.ts';
export { findValue, parsePath } from './path.ts';
export type {
  Answer,
  BreakpointView,
  CommandName,
  Commands,
  DebugEvent,
  FromServer,
  Request,
  StopView,
  VolumeView,
} from './protocol.ts';
export { type FrameView, framesOf, type Scope, scopesOf } from './scopes.ts';
export type { LineStopView, ScriptView } from './scripts.ts';
export { DebugServer } from './server.ts';
export type { Value } from './values.ts';
