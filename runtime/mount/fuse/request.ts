/** Represents a request of the kernel, from the message to the reply. */
import { Stack } from '../../core/frame.ts';
import { type SampleListener, sampledClock } from '../../pump/sampled-clock.ts';
import type { InHeader } from './codec/header.ts';
import { findGroups } from './groups.ts';
import type { Message } from './message-pool.ts';

/** Receives the requests that took at least `slowMs` milliseconds. */
export interface SlowObserver {
  readonly slowMs: number;
  /** Reports a slow success; parameters as of `onSample` (sampled-clock.ts). */
  recordSlow(request: Request, repliedAtMs: number, durationMs: number, endedCount: number): void;
}

export class Request extends Stack implements SampleListener {
  /** The number that the kernel gave the request; `unique` is this process's own. */
  readonly kernelUnique: number;
  readonly opcode: number;
  /** The inode of the request. */
  readonly nodeid: number;
  /** The time of the message in milliseconds by `performance.now`, slightly early (sampled-clock.ts). */
  readonly beganMs = sampledClock.ms;
  /** The buffer with the data of a WRITE, until the reply. */
  message: Message | null = null;
  /** Gets the duration of a request that had its reply before its handler returned. */
  slowObserver: SlowObserver | null = null;

  /** @param op the log name of the fop */
  constructor(header: InHeader, op: string) {
    super(header.uid, header.gid, header.pid, op, findGroups);
    this.kernelUnique = header.unique;
    this.opcode = header.opcode;
    this.nodeid = header.nodeid;
  }

  /** Reports the request if it was slow. */
  onSample(repliedAtMs: number, durationMs: number, endedCount: number): void {
    const { slowObserver: observer } = this;
    this.slowObserver = null;
    if (observer !== null && durationMs >= observer.slowMs)
      observer.recordSlow(this, repliedAtMs, durationMs, endedCount);
  }
}
