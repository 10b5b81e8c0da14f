/** Frames: one request, as one translator sees it. */
import { Args, Reply, Row, Values } from './arguments';
import { ANSWERED, FAILED, LATER, NOTHING, OPEN, SAME, TAIL, WIND } from './codes.gen';
import { error, warning } from './log';
import {
  KIND_CLOSE_FD,
  KIND_FAILED,
  KIND_TAIL,
  KIND_UNWIND,
  KIND_WIND,
  say,
  sayAsItCame,
  sayNumber,
  sayVerb,
} from './messages';
import { errnoName } from './numbers.gen';
import { Child, Root } from './root';
import { dispatch } from './translator';
import { Fd } from './values';
import { ARGUMENTS, countFirst, isAsItCame, isBare, sayValues } from './value-messages';
import { volume } from './volume';

/**
 * The result of a fop or callback: an errno answers the request with it. The methods of `Frame` return 0, which
 * stands for what they have decided.
 */
export type Answer = i32;

/** The caller's process in requests of the module's own. */
const OWN_PID = -100;

/** The frames with something left to do, by the numbers of their requests. */
export const frames = new Map<i32, Frame>();
/** Fds that the module has opened itself. */
const ownFds = new Set<i64>();
let serials: i32 = 0;
let ownId: i32 = 0;

/** Waits for the reply to a wind. */
class Waiter {
  constructor(
    readonly wind: i32,
    readonly child: Child | null,
    /** The function of `windThen`; 0 for the translator's own callback. */
    readonly callback: usize,
    /** The reply brings an fd that the host has made for the module. */
    readonly opens: bool,
  ) {}
}

/** A reply that `unwindKept` passes on later. */
export class KeptReply {
  constructor(
    readonly serial: i32,
    readonly wind: i32,
    readonly row: Row,
    readonly opRet: i64,
    readonly opErrno: i32,
  ) {}
}

/** One request. It is answered exactly once. */
export class Frame {
  /** The translator's note for this request, from the fop to its callbacks. */
  local: Object | null = null;
  /** The subvolume whose reply this callback sees. */
  child: Child | null = null;
  private owed: i32 = 0;
  private wound: i32 = 0;
  private state: i32 = OPEN;
  private isAnswered: bool = false;
  private isHeld: bool = false;
  private isListed: bool = false;
  /** The values of the call that runs. */
  private came: Values | null = null;
  /** The reply that a callback sees. */
  private reply: KeptReply | null = null;
  private first: Waiter | null = null;
  private more: Waiter[] | null = null;

  constructor(
    readonly id: i32,
    /** The row of the request's fop; null for a request of the module's own. */
    readonly row: Row | null,
    /** The caller. */
    readonly root: Root,
    readonly serial: i32 = ++serials,
  ) {}

  /** Begins a request of the module's own. */
  static own(): Frame {
    ownId = ownId == i32.MIN_VALUE ? -1 : ownId - 1;
    const root = new Root();
    root.pid = OWN_PID;
    const frame = new Frame(ownId, null, root);
    frame.state = LATER;
    return frame;
  }

  // -- decisions -----------------------------------------------------------------------------------

  /**
   * Passes the request down to the first subvolume, or to `child`. The callback of the fop, such as `lookupCbk`,
   * sees the reply; without one the reply goes up as it is. A frame can wind several times.
   */
  wind(args: Args, child: Child | null = null): Answer {
    if (dispatch().flags(args.row.number) & 2) this.windValues(args.row, args, this.choose(child), 0);
    else this.tail(args, child);
    return 0;
  }

  /**
   * Winds, and gives the reply to `callback`, a function without variables of its surroundings. The fop may be
   * another than the request's.
   */
  windThen<T, R>(
    args: Args,
    callback: (translator: T, frame: Frame, reply: R) => Answer,
    child: Child | null = null,
  ): Answer {
    this.windValues(args.row, args, this.choose(child), changetype<usize>(callback));
    return 0;
  }

  /** Winds with the arguments that came, also after the fop has returned. */
  windSame(child: Child | null = null): Answer {
    const row = this.row;
    if (row === null) this.refuse('it has no arguments that came');
    else if (dispatch().flags(row.number) & 2) this.windValues(row, null, this.choose(child), 0);
    else this.tailValues(row, null, this.choose(child));
    return 0;
  }

  /** Hands the request on for good: no callback sees the reply. */
  tail(args: Args, child: Child | null = null): Answer {
    this.tailValues(args.row, args, this.choose(child));
    return 0;
  }

  /** Hands the request on as it came, also after the fop has returned. */
  tailSame(child: Child | null = null): Answer {
    const row = this.row;
    if (row === null) this.refuse('it has no arguments that came');
    else this.tailValues(row, null, this.choose(child));
    return 0;
  }

  /** Answers the request. */
  unwind(values: Reply): Answer {
    const row = values.row;
    const opRet = values.opRet;
    const opErrno = values.opErrno;
    if (!this.isUsable('answered')) return 0;
    if (this.row !== row) {
      this.refuse(`answered with the reply of ${row.name}`);
      return 0;
    }
    if (opRet < 0 && !this.isErrno(opErrno)) return 0;
    if (this.state == OPEN) {
      const reply = this.reply;
      if (
        reply !== null &&
        reply.row === row &&
        reply.opRet == opRet &&
        reply.opErrno == opErrno &&
        isAsItCame(values, this.came, row.reply)
      ) {
        this.answer(SAME + reply.wind);
        return 0;
      }
      if (opRet == -1 && isBare(values, row.reply)) {
        this.answer(-opErrno);
        return 0;
      }
    }
    this.sayUnwind(row, row.counts && opRet >= 0 ? countFirst(values, opRet) : opRet, opErrno);
    sayValues(values, row.reply, this.came, this.cameWith(), this.serial);
    this.answer(ANSWERED);
    return 0;
  }

  /** Answers the request with an errno; a fop or callback may return the errno in place of this. */
  fail(errno: i32): Answer {
    if (!this.isUsable('answered') || !this.isErrno(errno)) return 0;
    const row = this.row;
    if (this.state == OPEN) {
      const reply = this.reply;
      // A failed reply that is passed on keeps its xdata.
      const isSame = reply !== null && reply.row === row && reply.opRet == -1 && reply.opErrno == errno;
      this.answer(isSame ? SAME + reply!.wind : -errno);
    } else if (row === null) this.refuse('it has no caller to answer');
    else {
      this.sayUnwind(row, -1, errno);
      for (let i = 0; i < row.reply.length; i++) say(0);
      this.answer(ANSWERED);
    }
    return 0;
  }

  /** Decides nothing now: winds of this frame are under way. */
  later(): Answer {
    return 0;
  }

  /** Decides nothing now: the module keeps the frame, and winds or answers it in another call. */
  hold(): Answer {
    this.isHeld = true;
    return 0;
  }

  /** Keeps the reply that this callback sees, for `unwindKept`. */
  keepReply(): KeptReply {
    return this.reply!;
  }

  /** Answers the request with a child's reply that `keepReply` has kept. */
  unwindKept(kept: KeptReply): Answer {
    if (!this.isUsable('answered')) return 0;
    if (kept.serial != this.serial) this.refuse('answered with a reply that another request has kept');
    else if (this.row !== kept.row) this.refuse(`answered with the reply of ${kept.row.name}`);
    else if (this.state == OPEN) this.answer(SAME + kept.wind);
    else {
      this.sayUnwind(kept.row, kept.opRet, kept.opErrno);
      for (let i = 0; i < kept.row.reply.length; i++) sayAsItCame(kept.wind, i);
      this.answer(ANSWERED);
    }
    return 0;
  }

  /**
   * Closes an fd of the module's own: one that came with the reply to an open, opendir or create which was wound
   * without an fd.
   */
  close(fd: Fd): void {
    if (ownFds.delete(fd.id)) sayNumber(KIND_CLOSE_FD, fd.id);
    else this.refuse('the fd was not opened by this module, or is closed already');
  }

  /** Whether the request was answered or handed on. Later replies still reach their callbacks. */
  get answered(): bool {
    return this.isAnswered;
  }

  // -- for the runtime -----------------------------------------------------------------------------

  /** Runs the method of a fop. The code for the host. */
  enterFop(row: Row, args: Args): i32 {
    this.came = args;
    return this.leave(dispatch().fop(row.number, this, args));
  }

  /** Prepares for a reply to a fop that the module has not seen on its way down. */
  awaitReply(): void {
    this.wound = 1;
    this.owed = 1;
    this.first = new Waiter(0, volume.child, 0, false);
  }

  /** Returns true if a wind waits for its reply. */
  waits(wind: i32): bool {
    const first = this.first;
    if (first !== null && first.wind == wind) return true;
    const more = this.more;
    if (more === null) return false;
    for (let i = 0; i < more.length; i++) if (more[i].wind == wind) return true;
    return false;
  }

  private takeWaiter(wind: i32): Waiter {
    const first = this.first;
    if (first !== null && first.wind == wind) {
      this.first = null;
      return first;
    }
    const more = this.more!;
    let at = 0;
    while (more[at].wind != wind) at++;
    return more.splice(at, 1)[0];
  }

  /** Runs the callback of a reply. The code for the host. */
  enterReply(row: Row, wind: i32, values: Reply): i32 {
    const waiter = this.takeWaiter(wind);
    this.owed--;
    this.child = waiter.child;
    if (this.row !== null) this.state = this.isAnswered ? ANSWERED : OPEN;
    if (waiter.opens && values.opRet >= 0) this.noteOwnFd(row, values);
    this.reply = new KeptReply(this.serial, wind, row, values.opRet, values.opErrno);
    this.came = values;
    return this.leave(dispatch().cbk(row.number, waiter.callback, this, values));
  }

  /** Runs the method for a caller that has given up. */
  interrupt(): void {
    const row = this.row;
    if (row === null || this.isAnswered || (dispatch().flags(row.number) & 4) == 0) return;
    this.leave(dispatch().cancel(row.number, this));
  }

  /** Takes the frame out of the list once nothing is left to do for it. */
  settle(): void {
    const isOver = this.owed == 0 && (this.isAnswered || (this.row === null && !this.isHeld));
    if (isOver == !this.isListed) return;
    if (isOver) frames.delete(this.id);
    else frames.set(this.id, this);
    this.isListed = !isOver;
  }

  private leave(answer: Answer): i32 {
    const row = this.row;
    if (answer != 0) {
      if (row === null) warning(`a request of its own failed: ${errnoName(answer)}`);
      // Late replies may fail, too.
      else if (!this.isAnswered) this.fail(answer);
    }
    const isLost = row !== null && !this.isAnswered && this.owed == 0 && !this.isHeld;
    if (isLost && (dispatch().flags(row!.number) & 4) == 0)
      this.refuse('it was neither answered nor passed on, and nothing holds it (frame.hold())');
    this.came = null;
    this.reply = null;
    this.child = null;
    const result = this.state;
    if (result != FAILED) this.state = this.isAnswered ? ANSWERED : LATER;
    this.settle();
    return result == LATER || result == ANSWERED ? NOTHING : result;
  }

  private choose(child: Child | null): Child | null {
    return child === null ? volume.child : child;
  }

  private answer(state: i32): void {
    this.state = state;
    this.isAnswered = true;
    if (this.came === null) this.settle();
  }

  // -- mistakes ------------------------------------------------------------------------------------

  private refuse(text: string): void {
    const row = this.row;
    error(`${row === null ? 'a request of its own' : row.name}: ${text}`);
    if (this.state == FAILED) return;
    this.state = FAILED;
    this.isAnswered = true;
    this.owed = 0;
    if (this.came === null) {
      sayNumber(KIND_FAILED, this.id);
      this.settle();
    }
  }

  private isUsable(action: string): bool {
    if (this.state == FAILED) return false;
    if (!this.isAnswered) return true;
    this.refuse(
      `${action} after the request was answered or handed on (is a return missing, or a look at frame.answered?)`,
    );
    return false;
  }

  private isErrno(errno: i32): bool {
    if (errno > 0 && errno < 512) return true;
    this.refuse(`${errno} is no errno such as ENOENT`);
    return false;
  }

  // -- messages ------------------------------------------------------------------------------------

  /** From here on decisions are messages: a wind that waited for the end becomes the first. */
  private speak(): void {
    if (this.state == WIND) {
      const row = this.row!;
      this.sayWind(0, 0, row);
      for (let i = 0; i < row.args.length; i++) sayAsItCame(ARGUMENTS, i);
    }
    this.state = LATER;
  }

  /** The wind whose values came with the call that runs. */
  private cameWith(): i32 {
    const reply = this.reply;
    return reply === null ? ARGUMENTS : reply.wind;
  }

  private sayWind(wind: i32, child: i32, row: Row): void {
    sayVerb(KIND_WIND, this.id);
    say(wind);
    say(child);
    say(row.number);
  }

  private sayArguments(row: Row, values: Values | null): void {
    if (values !== null) sayValues(values, row.args, this.came, this.cameWith(), this.serial);
    else for (let i = 0; i < row.args.length; i++) sayAsItCame(ARGUMENTS, i);
  }

  private sayUnwind(row: Row, opRet: i64, opErrno: i32): void {
    this.speak();
    sayVerb(KIND_UNWIND, this.id);
    say(row.number);
    say(opRet);
    say(opErrno);
  }

  /** Whether a wind of these values, or of those that came for null, needs no message. */
  private isPlain(row: Row, child: Child, values: Values | null): bool {
    return (
      this.state == OPEN &&
      this.wound == 0 &&
      child.index == 0 &&
      this.row === row &&
      (values === null || isAsItCame(values, this.came, row.args))
    );
  }

  private windValues(row: Row, values: Values | null, child: Child | null, callback: usize): void {
    if (!this.isUsable('wound')) return;
    if (child === null) {
      this.refuse('there is no subvolume to wind to');
      return;
    }
    let opens = false;
    if (this.isPlain(row, child, values)) this.state = WIND;
    else {
      this.speak();
      this.sayWind(this.wound, child.index, row);
      this.sayArguments(row, values);
      // A fop that opens without its fd: the host makes one.
      const slot = row.args.indexOf('f');
      opens = values !== null && row.reply.includes('f') && slot >= 0 && values.getObject(slot) === null;
    }
    const waiter = new Waiter(this.wound, child, callback, opens);
    if (this.first === null) this.first = waiter;
    else {
      const more = this.more;
      if (more === null) this.more = [waiter];
      else more.push(waiter);
    }
    this.wound++;
    this.owed++;
    if (this.came === null) this.settle();
  }

  private tailValues(row: Row, values: Values | null, child: Child | null): void {
    if (!this.isUsable('handed on')) return;
    if (child === null) this.refuse('there is no subvolume to wind to');
    else if (this.row !== row) this.refuse(`the reply of another fop (${row.name}) needs a callback`);
    else if (this.isPlain(row, child, values)) this.answer(TAIL);
    else {
      this.speak();
      sayVerb(KIND_TAIL, this.id);
      say(child.index);
      say(row.number);
      this.sayArguments(row, values);
      this.answer(ANSWERED);
    }
  }

  private noteOwnFd(row: Row, values: Reply): void {
    const slot = row.reply.indexOf('f');
    if (slot < 0) return;
    const fd = values.getObject(slot);
    if (fd !== null) ownFds.add(changetype<Fd>(fd).id);
  }
}
