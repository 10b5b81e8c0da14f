/** Requests as a client sees them: threads, each with the places where it is held. */
import type { StopView } from '../../../runtime/debug/protocol.ts';
import type { LineStopView } from '../../../runtime/debug/scripts.ts';

/** Where a request is held: on its way between volumes, or at a line of a script. */
export type Held =
  | { readonly at: 'hop'; readonly stop: StopView }
  | { readonly at: 'line'; readonly volume: string; readonly stop: LineStopView };

export interface Thread {
  readonly id: number;
  name: string;
  /** The engine says when it is over; of others that is known when they go on. */
  followed: boolean;
  /** The first is what the client is shown. */
  readonly held: Held[];
}

/** Threads of scripts that do something for no request; requests count from 1. */
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

  /** Another place where a request is held. */
  add(held: Held): { readonly thread: Thread; readonly isNew: boolean } {
    const id = this.idOf(held);
    const known = this.threads.get(id);
    const thread = known ?? { id, name: '', followed: false, held: [] };
    thread.name = nameOf(held);
    thread.followed ||= held.at === 'hop';
    thread.held.push(held);
    this.threads.set(id, thread);
    return { thread, isNew: known === undefined };
  }

  /** The script of a volume goes on. */
  leaveLine(volume: string): Thread | null {
    for (const thread of this.threads.values()) {
      const at = thread.held.findIndex((held) => held.at === 'line' && held.volume === volume);
      if (at < 0) continue;
      thread.held.splice(at, 1);
      return thread;
    }
    return null;
  }

  /** Of one that nobody follows nothing more is known. */
  isOver({ id, followed, held }: Thread): boolean {
    return !followed && held.length === 0 && this.threads.delete(id);
  }

  remove(id: number): boolean {
    return this.threads.delete(id);
  }

  private idOf(held: Held): number {
    const request = held.stop.request;
    if (request !== null && request > 0) return request;
    const key = held.at === 'line' ? held.volume : held.stop.from;
    const id = this.others.get(key) ?? FIRST_OTHER + this.others.size;
    this.others.set(key, id);
    return id;
  }
}

function nameOf(held: Held): string {
  const { stop } = held;
  if (held.at === 'line' && held.stop.request === null) return `${held.volume} by itself`;
  const what = held.at === 'hop' ? held.stop.fop : held.stop.op.toLowerCase();
  const paths = held.at === 'hop' ? held.stop.paths : (held.stop.volumes[0]?.paths ?? []);
  return `${[what, ...paths].join(' ')} (request ${stop.request}, pid ${stop.pid})`;
}
