/** Logs the outcome of one lock request of any kind, and replies to it, at once or after a wait. */
import { EINTR } from '../../../core/errno.ts';
import type { Frame } from '../../../core/frame.ts';
import type { Xlator } from '../../../core/xlator.ts';
import type { Holder, InodeLocks } from './inode-locks.ts';
import type { Settle } from './record-locks.ts';
import type { OutcomeLogger } from './request-log.ts';
import type { VolumeLocks } from './volume-locks.ts';

/** One lock request until its reply. */
export class LockOutcome {
  readonly holder: Holder;
  /** Called once: 0 when the lock is granted, or an errno. */
  readonly settle: Settle;
  private readonly xl: Xlator<VolumeLocks>;
  private readonly frame: Frame;
  private readonly logOutcome: OutcomeLogger;
  /** Whether `waitUntilSettled` was called. */
  private isWaiting = false;

  /**
   * @param fd `Fd.id` of the request's open file; 0 for none
   * @param reply replies to the request with 0 or the errno
   */
  constructor(
    xl: Xlator<VolumeLocks>,
    frame: Frame,
    inodeLocks: InodeLocks,
    logOutcome: OutcomeLogger,
    { pid, fd, reply }: { pid: number; fd: number; reply: Settle },
  ) {
    this.xl = xl;
    this.frame = frame;
    this.logOutcome = logOutcome;
    const { client } = frame.root;
    // Only translators with a context on the client drop its locks when it disconnects (`releaseClient`).
    client?.ctxSet(xl, true);
    this.holder = { client, pid, fd, blockedAt: null, grantedAt: null };
    this.settle = (errno) => {
      if (this.isWaiting) frame.root.goOn();
      if (errno === 0) this.holder.grantedAt = this.now();
      logOutcome(errno);
      xl.priv.updateHold(inodeLocks);
      reply(errno);
    };
  }

  /** Lets the request wait until it is settled; an interrupt of the caller calls `cancel`. */
  waitUntilSettled(inodeLocks: InodeLocks, cancel: (errno: number) => void): void {
    this.holder.blockedAt = this.now();
    this.logOutcome('BLOCKED');
    this.xl.priv.updateHold(inodeLocks);
    this.isWaiting = true;
    this.frame.root.rest();
    this.frame.root.whenInterrupted(() => cancel(EINTR));
  }

  private now(): number {
    return this.xl.context.sink.now();
  }
}
