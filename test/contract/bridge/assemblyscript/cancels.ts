/** Modules of the contract for interrupted callers, timers and requests that wait. */
import {
  Answer,
  Args,
  EINTR,
  EIO,
  ENOTSUP,
  ETIMEDOUT,
  Fd,
  fop,
  Frame,
  Loc,
  log,
  Reply,
  reply,
  ROOT_GFID,
  Translator,
  volume,
} from 'glossa';
import { holdUntil } from './shapes';

/** Handles interrupted callers in cancel methods of single fops. */
export class Cancel extends Translator {
  stat(frame: Frame, it: fop.Stat): Answer {
    return frame.wind(it);
  }
  statCbk(frame: Frame, it: reply.Stat): Answer {
    if (!frame.answered) return frame.unwind(it);
    log.info('stat is answered already');
    return frame.later();
  }
  statCancel(_: Frame): Answer {
    log.info('stat is not wanted');
    return EINTR;
  }
  readlink(frame: Frame, it: fop.Readlink): Answer {
    return frame.wind(it);
  }
  readlinkCbk(frame: Frame, it: reply.Readlink): Answer {
    return frame.unwind(it);
  }
  readlinkCancel(frame: Frame): Answer {
    log.info('readlink is not wanted');
    return frame.later();
  }
  // Not answered here: accessCancel answers it.
  access(frame: Frame, _: fop.Access): Answer {
    return frame.later();
  }
  accessCancel(_: Frame): Answer {
    return EINTR;
  }
  statfs(frame: Frame, it: fop.Statfs): Answer {
    return frame.wind(it);
  }
  statfsCbk(frame: Frame, it: reply.Statfs): Answer {
    return frame.answered ? frame.later() : frame.unwind(it);
  }
  statfsCancel(_: Frame): Answer {
    log.error('it cannot be stopped');
    return EIO;
  }
  fsync(frame: Frame, it: fop.Fsync): Answer {
    return frame.wind(it);
  }
  fsyncCbk(frame: Frame, it: reply.Fsync): Answer {
    return frame.unwind(it);
  }
}

/** A note of CancelAwaited. */
class Tidying {
  begun: bool = false;
  constructor(readonly fd: Fd) {}
}

class Count {
  value: i32 = 0;
}

/** Discards what comes after the answer. */
function pass(frame: Frame, it: Reply): Answer {
  return frame.answered ? frame.later() : frame.unwind(it);
}

/** Handles an interrupted caller between wind and callback: answers itself, or tidies up first. */
export class CancelAwaited extends Translator {
  stat(frame: Frame, it: fop.Stat): Answer {
    return frame.windThen(it, (_: CancelAwaited, frame: Frame, it: Reply): Answer => pass(frame, it));
  }
  statCancel(_: Frame): Answer {
    log.info('stat is cancelled');
    return EINTR;
  }
  readlink(frame: Frame, it: fop.Readlink): Answer {
    return frame.windThen(it, (_: CancelAwaited, frame: Frame, it: Reply): Answer => pass(frame, it));
  }
  readlinkCancel(frame: Frame): Answer {
    const own = new reply.Readlink();
    own.path = 'own';
    return frame.unwind(own);
  }
  fsync(frame: Frame, it: fop.Fsync): Answer {
    frame.local = new Tidying(it.fd.keep());
    return frame.wind(it);
  }
  fsyncCbk(frame: Frame, it: reply.Fsync): Answer {
    return (frame.local as Tidying).begun ? frame.later() : frame.unwind(it);
  }
  fsyncCancel(frame: Frame): Answer {
    const tidying = frame.local as Tidying;
    tidying.begun = true;
    return frame.windThen(
      new fop.Flush(tidying.fd),
      (_: CancelAwaited, _frame: Frame, _it: reply.Flush): Answer => EINTR,
    );
  }
  // The reply of both, or the first failure.
  access(frame: Frame, it: fop.Access): Answer {
    frame.local = new Count();
    frame.wind(it);
    return frame.wind(it);
  }
  accessCbk(frame: Frame, it: reply.Access): Answer {
    const count = frame.local as Count;
    count.value++;
    return it.opRet < 0 || count.value == 2 ? pass(frame, it) : frame.later();
  }
  accessCancel(_: Frame): Answer {
    return EINTR;
  }
}

/** Winds the request, and calls `giveUp` if the reply takes longer than 2 s. */
function askForAWhile(frame: Frame, args: Args, giveUp: (frame: Frame) => void): Answer {
  const timer = new Count();
  timer.value = volume.after(2, giveUp, frame);
  frame.local = timer;
  return frame.windThen(args, (_: Clock, frame: Frame, it: Reply): Answer => {
    if (frame.answered) return frame.later();
    volume.cancel((frame.local as Count).value);
    return frame.unwind(it);
  });
}

/** Sleeps, times out and waits for events without blocking other requests. */
export class Clock extends Translator {
  private flushes: Frame[] = [];

  stat(frame: Frame, _: fop.Stat): Answer {
    return holdUntil(frame, 5, (frame: Frame): void => {
      frame.tailSame();
    });
  }
  access(frame: Frame, it: fop.Access): Answer {
    return askForAWhile(frame, it, (frame: Frame): void => {
      frame.fail(ETIMEDOUT);
    });
  }
  readlink(frame: Frame, it: fop.Readlink): Answer {
    return askForAWhile(frame, it, (frame: Frame): void => {
      const late = new reply.Readlink();
      late.path = 'late';
      frame.unwind(late);
    });
  }
  flush(frame: Frame, _: fop.Flush): Answer {
    this.flushes.push(frame);
    return frame.hold();
  }
  fsync(frame: Frame, _: fop.Fsync): Answer {
    while (this.flushes.length > 0) this.flushes.shift().unwind(new reply.Flush());
    return frame.unwind(new reply.Fsync());
  }
  fstat(frame: Frame, it: fop.Fstat): Answer {
    frame.windThen(it, (_: Clock, frame: Frame, _it: Reply): Answer => frame.later());
    log.info('given up');
    return ENOTSUP;
  }
  statfs(frame: Frame, it: fop.Statfs): Answer {
    frame.windThen(it, (_: Clock, frame: Frame, _it: Reply): Answer => frame.later());
    return EINTR;
  }
}

/** Stores requests until another request releases them. */
export class Hold extends Translator {
  private kept: Frame[] = [];

  stat(frame: Frame, it: fop.Stat): Answer {
    frame.local = it.loc.name!;
    this.kept.push(frame);
    return frame.hold();
  }
  statCbk(frame: Frame, it: reply.Stat): Answer {
    log.info(`${frame.local as string} is back`);
    return frame.unwind(it);
  }
  readlink(frame: Frame, _: fop.Readlink): Answer {
    this.kept.push(frame);
    return frame.hold();
  }
  flush(frame: Frame, it: fop.Flush): Answer {
    while (this.kept.length > 0) {
      const kept = this.kept.shift();
      if (!kept.answered) kept.windSame();
    }
    return frame.tail(it);
  }
}

/** Sets timers. */
export class Timers extends Translator {
  private again: i32 = 0;
  private count: i32 = 0;

  init(): string | null {
    volume.after(1, (_: Timers): void => log.info('once a, b'), this);
    this.again = volume.every(
      2,
      (it: Timers): void => {
        it.count++;
        log.info(`again ${it.count}`);
        if (it.count == 3) volume.cancel(it.again);
      },
      this,
    );
    volume.after(3, (_: Timers): void => log.error('fail: out of order'), this);
    volume.after(5, (it: Timers): void => it.ask(), this);
    volume.cancel(volume.after(1, (_: Timers): void => log.info('once never'), this));
    return null;
  }
  ask(): void {
    const loc = new Loc(null, null, null, ROOT_GFID);
    volume.request().windThen(new fop.Statfs(loc), (_: Timers, frame: Frame, it: reply.Statfs): Answer => {
      log.info(`asked, ${it.opRet}`);
      return frame.later();
    });
  }
  fsync(frame: Frame, _: fop.Fsync): Answer {
    return holdUntil(frame, 0.05, (frame: Frame): void => {
      const seven = new reply.Fsync();
      seven.opRet = 7;
      frame.unwind(seven);
    });
  }
}
