/** Checks periodically that a guest's thread still runs. */
import type { Context } from '../../runtime/core/context.ts';
import { LATEST_MS } from '../host/limits/watchdog.ts';
import type { Channel } from './channel.ts';

/** Milliseconds between two checks. */
const CHECK_INTERVAL_MS = 250;
/**
 * Milliseconds beyond twice the time limit after which a stuck thread is ended. The watchdog should
 * act first, as it ends only a call; it waits up to LATEST_MS for a call without CPU.
 */
const STUCK_SLACK_MS = LATEST_MS + 1000;
/** As `STUCK_SLACK_MS`, during the start: loading an interpreter may be slow. */
const START_SLACK_MS = 15_000;

export class Liveness {
  /** False while the interpreter loads. */
  hasStarted = false;
  private readonly context: Context;
  private readonly channel: Channel;
  private readonly timeLimitS: number;
  private readonly onStuck: (why: string) => void;
  private cancelCheck: (() => void) | null = null;
  private lastHeartbeat = 0;
  private lastCheckMs = performance.now();
  /** Milliseconds for which the heartbeat has not changed. */
  private stuckMs = 0;

  /** @param beforeCheck wakes the thread for what it has not read, and takes what it has sent */
  constructor(
    context: Context,
    channel: Channel,
    timeLimitS: number,
    beforeCheck: () => void,
    onStuck: (why: string) => void,
  ) {
    this.context = context;
    this.channel = channel;
    this.timeLimitS = timeLimitS;
    this.onStuck = onStuck;
    // Under a test's clock no time passes; who waits for the thread checks instead.
    if (context.soon === undefined) return;
    const check = (): void => {
      this.cancelCheck = this.context.after(CHECK_INTERVAL_MS, check);
      beforeCheck();
      this.check();
    };
    this.cancelCheck = context.after(CHECK_INTERVAL_MS, check);
  }

  close(): void {
    this.cancelCheck?.();
    this.cancelCheck = null;
  }

  /** Reports a thread whose heartbeat has stopped for too long. */
  check(): void {
    const { channel, hasStarted, timeLimitS } = this;
    const nowMs = performance.now();
    // Limited, because this thread may not have run either (a busy or suspended machine).
    this.stuckMs += Math.min(nowMs - this.lastCheckMs, CHECK_INTERVAL_MS);
    this.lastCheckMs = nowMs;
    const { heartbeat } = channel;
    if (heartbeat !== this.lastHeartbeat || (channel.isOtherSideIdle && hasStarted)) {
      this.lastHeartbeat = heartbeat;
      this.stuckMs = 0;
      return;
    }
    const slackMs = hasStarted ? STUCK_SLACK_MS : START_SLACK_MS;
    if (timeLimitS === 0 || this.stuckMs < 2000 * timeLimitS + slackMs) return;
    const seconds = (this.stuckMs / 1000).toFixed(1);
    this.onStuck(`a call ran too long (${seconds} s) and did not end (option time-limit)`);
  }
}
