/**
 * Hands the events of a watched chunk to a client, one for each request. Each has a number, by which a client whose
 * request was cancelled gets the same event by its next one.
 */

import type { ChunkStore, WatchEvent } from '../../chunks/index.ts';
import { EINVAL } from '../../core/errno.ts';
import { FopError } from '../fop-error.ts';
import type { HandleObject } from './handles.ts';

export class ChunkWatch implements HandleObject {
  private readonly events: AsyncGenerator<WatchEvent, void>;
  private readonly controller: AbortController;
  /** The newest event, and its number; null before the first one, and at the end. */
  private newest: WatchEvent | null = null;
  private newestNumber = 0;
  private isAdvancing = false;
  private hasEnded = false;
  /** The error that has ended the watch; an object, because any value may be thrown. */
  private failure: { readonly value: unknown } | null = null;
  /** Resume the requests that wait for the next event. */
  private readonly waiting = new Set<() => void>();

  private constructor(events: AsyncGenerator<WatchEvent, void>, controller: AbortController) {
    this.events = events;
    this.controller = controller;
  }

  /** Begins to watch a chunk. @param signal ends the begin alone */
  static async open(
    store: ChunkStore,
    name: string,
    signal: AbortSignal | undefined,
  ): Promise<ChunkWatch> {
    const controller = new AbortController();
    const abort = (): void => controller.abort(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });
    try {
      return new ChunkWatch(await store.watch(name, controller), controller);
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  /**
   * Waits for the event with the number after `last`, unless the client has missed it. @returns null at the end
   * @param last the number of the last event that the client has
   */
  async read(last: number, signal: AbortSignal): Promise<WatchEvent | null> {
    const { newestNumber } = this;
    if (last !== newestNumber && last !== newestNumber - 1) {
      throw new FopError(EINVAL, `event ${last + 1} after ${newestNumber}`);
    }
    if (last < newestNumber) return this.newest;
    while (this.newestNumber === last && !this.hasEnded && !signal.aborted) {
      void this.advance();
      await this.waitForChange(signal);
    }
    if (this.newestNumber > last) return this.newest;
    signal.throwIfAborted();
    if (this.failure !== null) throw this.failure.value;
    return null;
  }

  /** Ends the watch: its requests get null. */
  close(): void {
    this.hasEnded = true;
    this.controller.abort();
    this.resumeRequests();
  }

  /** Takes one event, or the end. */
  private async advance(): Promise<void> {
    if (this.isAdvancing) return;
    this.isAdvancing = true;
    try {
      const { value, done } = await this.events.next();
      if (done === true) this.hasEnded = true;
      else {
        this.newest = value;
        this.newestNumber += 1;
      }
    } catch (value) {
      // After `close` it is the abort.
      if (!this.hasEnded) this.failure = { value };
      this.hasEnded = true;
    }
    this.isAdvancing = false;
    this.resumeRequests();
  }

  private resumeRequests(): void {
    for (const resume of [...this.waiting]) resume();
  }

  private waitForChange(signal: AbortSignal): Promise<void> {
    const { waiting } = this;
    return new Promise((resolve) => {
      const resume = (): void => {
        waiting.delete(resume);
        signal.removeEventListener('abort', resume);
        resolve();
      };
      waiting.add(resume);
      signal.addEventListener('abort', resume);
    });
  }
}
