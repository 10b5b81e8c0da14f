/** The timer of a guest (`GuestTimer`), by which the host runs due work of the module. */
import type { Context } from '../../../runtime/core/context.ts';
import { turn } from '../../../runtime/core/turn.ts';
import type { OwnWork } from '../limits/own-work.ts';
import { PAUSE_AFTER_SLOW_MS, wasCallSlow } from './decision-queue.ts';

export class GuestTimer {
  private readonly context: Context;
  private readonly ownWork: OwnWork;
  private readonly tick: (mustRest: boolean, lastLongMs: number) => void;
  private cancelNext: (() => void) | null = null;
  /** The shortest delay of the next tick. After a slow one it leaves time for other work. */
  private minMs = 0;
  /** Milliseconds of the last tick if it might run all work, and they were many; else 0. */
  private lastLongMs = 0;

  /**
   * @param tick runs due work: with `mustRest`, only for requests; `lastLongMs` are the milliseconds of the tick before
   *   that might run all work, or 0 if they were few
   */
  constructor(
    context: Context,
    ownWork: OwnWork,
    tick: (mustRest: boolean, lastLongMs: number) => void,
  ) {
    this.context = context;
    this.ownWork = ownWork;
    this.tick = tick;
  }

  /** Schedules a tick in `ms` milliseconds, in place of an earlier one. */
  set(ms: number): void {
    this.cancel();
    this.cancelNext = this.context.after(Math.max(this.minMs, ms), () => {
      this.cancelNext = null;
      this.run();
    });
  }

  /** Notes how long the last tick took in a thread of its own, where it ran after `tick`. */
  noteTook(tookMs: number): void {
    this.lastLongMs = this.ownWork.noteCall(this.context.now() - tookMs);
  }

  cancel(): void {
    this.cancelNext?.();
    this.cancelNext = null;
  }

  private run(): void {
    const { ownWork } = this;
    const { slowCallCount } = turn;
    const mustRest = ownWork.mustRest();
    const lastLongMs = Math.round(this.lastLongMs);
    const startMs = this.context.now();
    this.tick(mustRest, lastLongMs);
    this.lastLongMs = mustRest ? 0 : ownWork.noteCall(startMs);
    this.minMs = wasCallSlow(this.context, slowCallCount) ? PAUSE_AFTER_SLOW_MS : 0;
  }
}
