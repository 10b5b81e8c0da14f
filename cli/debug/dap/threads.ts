/** Presents requests to a client as threads, each with its stops. */

import type { LineStopView } from '../../../runtime/debug/debugged-modules.ts';
import type { StopView } from '../../../runtime/debug/protocol.ts';

/** A stop of a request: between volumes, or at a line of a module. */
export type ThreadStop =
  | { readonly at: 'hop'; readonly stop: StopView }
  | { readonly at: 'line'; readonly volume: string; readonly stop: LineStopView };

export interface Thread {
  readonly id: number;
  name: string;
  /** Whether the debugger reports its end; any other thread ends when it continues. */
  isFollowed: boolean;
  /** The client sees the first. */
  readonly stops: ThreadStop[];
}

/** The first number of threads without a request; requests count from 1. */
const FIRST_OTHER = 0x40000000;

export class Threads {
  private readonly threads = new Map<number, Thread>();
  private readonly otherIds = new Map<string, number>();

  get all(): readonly Thread[] {
    return [...this.threads.values()];
  }

  find(id: number): Thread | undefined {
    return this.threads.get(id);
  }

  /** Adds a stop of a request. */
  add(stop: ThreadStop): { readonly thread: Thread; readonly isNew: boolean } {
    const id = this.findThreadId(stop);
    const existing = this.threads.get(id);
    const thread = existing ?? { id, name: '', isFollowed: false, stops: [] };
    thread.name = formatThreadName(stop);
    thread.isFollowed ||= stop.at === 'hop';
    thread.stops.push(stop);
    this.threads.set(id, thread);
    return { thread, isNew: existing === undefined };
  }

  /** Removes the stop of a volume's module, which continues. */
  removeLineStop(volume: string): Thread | null {
    for (const thread of this.threads.values()) {
      const at = thread.stops.findIndex((held) => held.at === 'line' && held.volume === volume);
      if (at < 0) continue;
      thread.stops.splice(at, 1);
      return thread;
    }
    return null;
  }

  /** Whether a thread that the debugger does not follow has ended; removes it then. */
  removeIfOver({ id, isFollowed: followed, stops: held }: Thread): boolean {
    return !followed && held.length === 0 && this.threads.delete(id);
  }

  remove(id: number): boolean {
    return this.threads.delete(id);
  }

  private findThreadId(held: ThreadStop): number {
    const request = held.stop.request;
    if (request !== null && request > 0) return request;
    const key = held.at === 'line' ? held.volume : held.stop.from;
    const id = this.otherIds.get(key) ?? FIRST_OTHER + this.otherIds.size;
    this.otherIds.set(key, id);
    return id;
  }
}

function formatThreadName(held: ThreadStop): string {
  const { stop } = held;
  if (held.at === 'line' && held.stop.request === null) return `${held.volume} by itself`;
  const fop = held.at === 'hop' ? held.stop.fop : held.stop.op.toLowerCase();
  const paths = held.at === 'hop' ? held.stop.paths : (held.stop.volumes[0]?.paths ?? []);
  return `${[fop, ...paths].join(' ')} (request ${stop.request}, pid ${stop.pid})`;
}
