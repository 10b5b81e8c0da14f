/** Modules of the contract with generic methods, of one kind each; their names are in main.ts. */
import { Answer, Args, EDQUOT, EINTR, fop, Frame, KeptReply, Loc, log, Reply, reply, Translator } from 'glossa';
import { changeAll, holdUntil, logName, makeOwnReply, ownRet } from './shapes';

/** Sees every fop, and every reply. */
export class Any extends Translator {
  anyFop(frame: Frame, it: Args): Answer {
    log.info(`down ${it.row.name}`);
    return frame.wind(it);
  }
  anyCbk(frame: Frame, it: Reply): Answer {
    log.info(`up ${it.opRet}`);
    return frame.unwind(it);
  }
}

/** Winds every fop to its child, with the callback named in the wind. */
export class AnyAwaited extends Translator {
  anyFop(frame: Frame, it: Args): Answer {
    log.info(`down ${it.row.name}`);
    return frame.windThen(it, (_: AnyAwaited, frame: Frame, it: Reply): Answer => {
      log.info(`up ${it.opRet}`);
      return frame.unwind(it);
    });
  }
}

/** Sees every reply. */
export class AnyCbk extends Translator {
  anyCbk(frame: Frame, it: Reply): Answer {
    log.info(`up ${it.opRet}`);
    return frame.unwind(it);
  }
}

/** Has methods of single fops beside the generic ones. */
export class AnyOwn extends Translator {
  anyFop(frame: Frame, it: Args): Answer {
    log.info(`any ${it.row.name}`);
    return frame.wind(it);
  }
  anyCbk(frame: Frame, it: Reply): Answer {
    log.info(`any ${it.row.name}_cbk`);
    return frame.unwind(it);
  }
  stat(frame: Frame, it: fop.Stat): Answer {
    log.info('own stat');
    return frame.wind(it);
  }
  statCbk(frame: Frame, it: reply.Stat): Answer {
    log.info('own stat_cbk');
    return frame.unwind(it);
  }
  readlink(frame: Frame, it: fop.Readlink): Answer {
    log.info('own readlink');
    return frame.wind(it);
  }
  statfsCbk(frame: Frame, it: reply.Statfs): Answer {
    log.info('own statfs_cbk');
    return frame.unwind(it);
  }
}

/** Winds every fop to the child and answers with its reply. */
export class Awaited extends Translator {
  anyFop(frame: Frame, it: Args): Answer {
    return frame.windThen(it, (_: Awaited, frame: Frame, it: Reply): Answer => frame.unwind(it));
  }
}

/** Passes every fop on without naming an argument. */
export class Bare extends Translator {
  anyFop(frame: Frame, _: Args): Answer {
    return frame.tailSame();
  }
}

/** Handles every interrupted caller in one generic cancel method. */
export class CancelAny extends Translator {
  anyFop(frame: Frame, it: Args): Answer {
    return frame.wind(it);
  }
  anyCbk(frame: Frame, it: Reply): Answer {
    return frame.answered ? frame.later() : frame.unwind(it);
  }
  anyCancel(frame: Frame): Answer {
    log.info(`any ${frame.row!.name}`);
    return EINTR;
  }
  statCancel(frame: Frame): Answer {
    log.info(`own ${frame.row!.name}`);
    return EINTR;
  }
}

/** Replaces every argument, and defines no callback. */
export class ChangeArgs extends Translator {
  anyFop(frame: Frame, it: Args): Answer {
    changeAll(it, it.row.args);
    return frame.tail(it);
  }
}

/** Replaces arguments and parts of replies. */
export class ChangeAwaited extends Translator {
  anyFop(frame: Frame, it: Args): Answer {
    changeAll(it, it.row.args);
    return frame.wind(it);
  }
  anyCbk(frame: Frame, it: Reply): Answer {
    changeAll(it, it.row.reply);
    return frame.unwind(it);
  }
}

/** Logs created and removed names in hooks; defines no fop. */
export class Hooks extends Translator {
  entryCreated(loc: Loc): void {
    logName('+', loc);
  }
  entryRemoved(loc: Loc): void {
    logName('-', loc);
  }
}

/** Logs created and removed names, with every wind and reply deferred. */
export class HooksAsync extends Hooks {
  anyFop(frame: Frame, _: Args): Answer {
    return holdUntil(frame, 0, (frame: Frame): void => {
      frame.windSame();
    });
  }
  anyCbk(frame: Frame, _: Reply): Answer {
    frame.local = frame.keepReply();
    return holdUntil(frame, 0.001, (frame: Frame): void => {
      frame.unwindKept(frame.local as KeptReply);
    });
  }
}

/** Logs created and removed names, with every fop and callback defined. */
export class HooksCbk extends Hooks {
  anyFop(frame: Frame, it: Args): Answer {
    return frame.wind(it);
  }
  anyCbk(frame: Frame, it: Reply): Answer {
    return frame.unwind(it);
  }
}

/** Logs created and removed names, and answers every fop without its child. */
export class HooksOwn extends Hooks {
  anyFop(frame: Frame, it: Args): Answer {
    return frame.unwind(makeOwnReply(it, 0));
  }
}

/** Logs created and removed names, with every fop defined and passed on. */
export class HooksPlain extends Hooks {
  anyFop(frame: Frame, it: Args): Answer {
    return frame.tail(it);
  }
}

/** Winds every fop after its own call has returned, and answers after the callback. */
export class Late extends Translator {
  anyFop(frame: Frame, _: Args): Answer {
    return holdUntil(frame, 0, (frame: Frame): void => {
      frame.windSame();
    });
  }
  anyCbk(frame: Frame, _: Reply): Answer {
    frame.local = frame.keepReply();
    return holdUntil(frame, 0.001, (frame: Frame): void => {
      frame.unwindKept(frame.local as KeptReply);
    });
  }
}

/** Passes every fop on after its own call has returned. */
export class LateWind extends Translator {
  anyFop(frame: Frame, _: Args): Answer {
    return holdUntil(frame, 0.001, (frame: Frame): void => {
      frame.tailSame();
    });
  }
}

/** Answers every fop with its own reply. */
export class OwnAwaited extends Translator {
  anyFop(frame: Frame, it: Args): Answer {
    const name = it.row.name;
    let opRet = ownRet(it, 0);
    if (name == 'copy_file_range') opRet = it.getInteger(4);
    else if (name == 'getxattr' || name == 'fgetxattr') opRet = 4;
    return frame.unwind(makeOwnReply(it, opRet));
  }
}

/** Fails every fop after its own call has returned. */
export class Raising extends Translator {
  anyFop(frame: Frame, _: Args): Answer {
    return holdUntil(frame, 0, (frame: Frame): void => {
      frame.fail(EDQUOT);
    });
  }
}

/** Fails every fop. */
export class Refuse extends Translator {
  anyFop(_frame: Frame, _: Args): Answer {
    return EDQUOT;
  }
}

/** Fails every fop with a reply that carries all it can. */
export class RefuseWith extends Translator {
  anyFop(frame: Frame, it: Args): Answer {
    return frame.unwind(makeOwnReply(it, -1, EDQUOT));
  }
}
