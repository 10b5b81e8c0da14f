/** A request of the kernel, from the message to the answer. */
import { Stack } from '../../core/frame.ts';
import { type SampleListener, sampledClock } from '../../pump/sampled-clock.ts';
import type { InHeader } from './codec/header.ts';
import { cachedGroupsOf } from './groups.ts';
import type { Message } from './message-pool.ts';

/** Who answers requests, and wants to know of those that were slow. */
export interface SlowObserver {
  readonly slowMs: number;
  /** It succeeded, and took so long at most: as `timed` in lately.ts. */
  slow(request: Request, at: number, ms: number, among: number): void;
}

export class Request extends Stack implements SampleListener {
  /** The kernel's number. */
  readonly tag: number;
  readonly opcode: number;
  /** The inode that it is asked of. */
  readonly nodeid: number;
  /** By the clock of `performance.now`; earlier by a little (lately.ts). */
  readonly began = sampledClock.ms;
  /** The message, when its bytes are still needed (the data of a WRITE). */
  message: Message | null = null;
  /** Who has answered it at once. */
  slowObserver: SlowObserver | null = null;

  /** `op` is the log name of the fop that answers it. */
  constructor(header: InHeader, op: string) {
    super(header.uid, header.gid, header.pid, op, cachedGroupsOf);
    this.tag = header.unique;
    this.opcode = header.opcode;
    this.nodeid = header.nodeid;
  }

  onSample(at: number, ms: number, among: number): void {
    const { slowObserver: by } = this;
    this.slowObserver = null;
    if (by !== null && ms >= by.slowMs) by.slow(this, at, ms, among);
  }
}
