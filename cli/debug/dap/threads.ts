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
  followed: boolean;
  /** The client sees the first. */
  readonly held: ThreadStop[];
}

/** The first number of threads without a request; requests count from 1. */
const FIRST_OTHER = 0x40000000;

export class Threads {
  private readonly threads = new Map<number, Thread>();
  private readonly others = new Map<string, number>();

  get all(): readonly Thread[] {
    return [...this.threads.values()];
  }

  find(id: number): Thread | undefined {
    return this.threads.get(id);
  }

  /** Adds a stop of a request. */
  add(held: ThreadStop): { readonly thread: Thread; readonly isNew: boolean } {
    const id = this.idOf(held);
    const known = this.threads.get(id);
    const thread = known ?? { id, name: '', followed: false, held: [] };
    thread.name = nameOf(held);
    thread.followed ||= held.at === 'hop';
    thread.held.push(held);
    this.threads.set(id, thread);
    return { thread, isNew: known === undefined };
  }

  /** Removes the stop of a volume's module, which continues. */
  leaveLine(volume: string): Thread | null {
    for (const thread of this.threads.values()) {
      const at = thread.held.findIndex((held) => held.at === 'line' && held.volume === volume);
      if (at < 0) continue;
      thread.held.splice(at, 1);
      return thread;
    }
    return null;
  }

  /** Whether a thread that the debugger does not follow has ended; removes it then. */
  isOver({ id, followed, held }: Thread): boolean {
    return !followed && held.length === 0 && this.threads.delete(id);
  }

  remove(id: number): boolean {
    return this.threads.delete(id);
  }

  private idOf(held: ThreadStop): number {
    const request = held.stop.request;
    if (request !== null && request > 0) return request;
    const key = held.at === 'line' ? held.volume : held.stop.from;
    const id = this.others.get(key) ?? FIRST_OTHER + this.others.size;
    this.others.set(key, id);
    return id;
  }
}

function nameOf(held: ThreadStop): string {
  const { stop } = held;
  if (held.at === 'line' && held.stop.request === null) return `${held.volume} by itself`;
  const what = held.at === 'hop' ? held.stop.fop : held.stop.op.toLowerCase();
  const paths = held.at === 'hop' ? held.stop.paths : (held.stop.volumes[0]?.paths ?? []);
  return `${[what, ...paths].join(' ')} (request ${stop.request}, pid ${stop.pid})`;
}
