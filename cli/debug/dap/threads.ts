/** Presents stopped requests to the editor as threads, and keeps the stops of each. */

import type { LineStopView } from '../../../runtime/debug/debugged-modules.ts';
import type { StopView } from '../../../runtime/debug/protocol.ts';

/** A stop of a request: between volumes, or at a line of a module. */
export type ThreadStop =
  | { readonly kind: 'hop'; readonly stop: StopView }
  | { readonly kind: 'line'; readonly volume: string; readonly stop: LineStopView };

/** A request as the editor sees it. */
export interface Thread {
  readonly id: number;
  name: string;
  /** Whether the debugger reports its end; any other thread ends when it continues. */
  isEndReported: boolean;
  /** The stops of the request. The editor sees the first; the others wait until it resumes. */
  readonly stops: ThreadStop[];
}

/**
 * The first id of threads without a request, such as a module's timer. Other ids are the numbers of
 * requests, which count from 1.
 */
const FIRST_ID_WITHOUT_REQUEST = 0x40000000;

/** The threads that the editor knows, by id. */
export class Threads {
  private readonly threads = new Map<number, Thread>();
  /** Ids of threads without a request, by the volume that began them. */
  private readonly idsWithoutRequest = new Map<string, number>();

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
    const thread = existing ?? { id, name: '', isEndReported: false, stops: [] };
    thread.name = formatThreadName(stop);
    thread.isEndReported ||= stop.kind === 'hop';
    thread.stops.push(stop);
    this.threads.set(id, thread);
    return { thread, isNew: existing === undefined };
  }

  /** Removes the stop of a volume's module, which continues; returns its thread. */
  removeLineStop(volume: string): Thread | null {
    for (const thread of this.threads.values()) {
      const index = thread.stops.findIndex(
        (stop) => stop.kind === 'line' && stop.volume === volume,
      );
      if (index < 0) continue;
      thread.stops.splice(index, 1);
      return thread;
    }
    return null;
  }

  /**
   * Removes a thread without stops, unless the debugger will report its end. Returns whether it
   * removed the thread.
   */
  removeIfOver({ id, isEndReported, stops }: Thread): boolean {
    return !isEndReported && stops.length === 0 && this.threads.delete(id);
  }

  /** Removes a thread; returns whether there was one. */
  remove(id: number): boolean {
    return this.threads.delete(id);
  }

  /** Finds the id of a stop's thread, or makes one for a stop without a request. */
  private findThreadId(threadStop: ThreadStop): number {
    const { request } = threadStop.stop;
    if (request !== null && request > 0) return request;
    const key = threadStop.kind === 'line' ? threadStop.volume : threadStop.stop.from;
    const id =
      this.idsWithoutRequest.get(key) ?? FIRST_ID_WITHOUT_REQUEST + this.idsWithoutRequest.size;
    this.idsWithoutRequest.set(key, id);
    return id;
  }
}

/** Formats the name of a thread: the fop, its paths and its caller. */
function formatThreadName(threadStop: ThreadStop): string {
  const { stop } = threadStop;
  if (threadStop.kind === 'line' && stop.request === null) return `${threadStop.volume} by itself`;
  const fop = threadStop.kind === 'hop' ? threadStop.stop.fop : threadStop.stop.op.toLowerCase();
  const paths =
    threadStop.kind === 'hop' ? threadStop.stop.paths : (threadStop.stop.volumes[0]?.paths ?? []);
  return `${[fop, ...paths].join(' ')} (request ${stop.request}, pid ${stop.pid})`;
}
