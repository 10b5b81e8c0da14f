/**
 * The context of a running graph: `NodeContext` with the pump and with exact timers. Both need libc, which takes longer
 * to load than `glossa check` runs without it.
 */
import { isMainThread } from 'node:worker_threads';
import type { SourceRegistry } from '../runtime/core/pump-source.ts';
import { pump } from '../runtime/pump/pump.ts';
import { setExactTimer } from '../runtime/sys/timers.ts';
import { NodeContext } from './node-context.ts';

/** The context of a running graph in a process or thread of Node. */
export class PumpContext extends NodeContext {
  /** The pump, which polls descriptors, works with the main thread's event loop alone. */
  get sourcePump(): SourceRegistry | undefined {
    return isMainThread ? pump : undefined;
  }

  /** Calls `fn` as `after` does, by a more exact timer; returns undefined if the system has no such timer. */
  exactly(ms: number, fn: () => void): (() => void) | undefined {
    return setExactTimer(ms, fn);
  }
}
