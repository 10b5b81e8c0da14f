/**
 * Defines the `frame` that a module's method receives. Its wind, unwind and fail record decisions,
 * which take effect when the method returns. An exception before that turns all of them into a
 * failure, so a request gets exactly one reply.
 */
import { type FopRow, findFop } from '../../../runtime/core/fops.ts';
import { addTimeouts, type Timeouts } from './cache-timeouts.ts';
import type { Child, Settlers } from './child.ts';
import { type Client, getClient } from './client.ts';
import { ANSWERED, FAILED, LATER, NOTHING, SAME, TAIL, WIND } from './codes.gen.ts';
import { AlreadyAnswered, HandleExpired, isErrno } from './errors.ts';
import { asyncDecision, execution, host, parse, stringify } from './host.ts';
import { packAll, packArguments, referToArguments } from './pack.ts';
import { findCallerPosition, logMistake, noteFailure } from './report.ts';
import { changes, haveChanged, nameType } from './values.ts';

// A frame's state is one number, which the common decisions test and set: a code of codes.gen.ts
// once decided, a negated errno, or one of these:

/** Errnos that say that something is absent, which is no mishap: ENOENT, ENODATA, EOPNOTSUPP. */
const isAbsence = (errno: number): boolean => errno === 2 || errno === 61 || errno === 95;

/** A method runs and has not decided yet. */
export const UNDECIDED = 0;
/** An async method has not decided yet; it may decide before the host's call ends. */
export const ASYNC_UNDECIDED = 6;
/**
 * The request was wound once, with unchanged arguments, for a callback. To save time in this
 * frequent case, `_windCount` and `_owedReplyCount` are still 0.
 */
export const WOUND_UNCHANGED = 7;
/**
 * The callback of that wind runs, and has not decided; the variables of entry.ts hold the reply.
 */
export const REPLIED = 8;

/**
 * Stores frames that await a child's reply, by number. Most replies come before the next request,
 * so the latest frame is kept outside of the map, for entry.ts.
 */
class PendingFrames {
  latest: Frame | null = null;
  readonly #byId = new Map<number, Frame>();

  get size(): number {
    return this.#byId.size + (this.latest === null ? 0 : 1);
  }

  get(id: number): Frame | undefined {
    return this.latest?.id === id ? this.latest : this.#byId.get(id);
  }

  add(frame: Frame): void {
    if (this.latest !== null) this.#byId.set(this.latest.id, this.latest);
    this.latest = frame;
  }

  delete(id: number): void {
    if (this.latest?.id === id) this.latest = null;
    this.#byId.delete(id);
  }

  /** Removes and returns a frame. */
  take(id: number): Frame | undefined {
    const frame = this.get(id);
    if (frame !== undefined) this.delete(id);
    return frame;
  }
}
export const pendingFrames = new PendingFrames();

/**
 * Frames that only the module references, weakly, by number: context.ts detects that it drops one.
 */
export const watchedFrames = new Map<number, WeakRef<Frame>>();

/** The callback of a wind, called with the translator as `this`. */
export type Cbk = (frame: Frame, opRet: number, opErrno: number, ...reply: never[]) => unknown;

/**
 * An async method's only wind, with unchanged arguments: functions that settle its promise; and the
 * promise that the method returned, null once `followMethod` (method-results.ts) watches it.
 */
export type UnchangedWind = [
  resolve: (value: unknown) => void,
  reject: (error: unknown) => void,
  method: Promise<unknown> | null,
];

/** Counts requests that a cancelled request may still make. */
export interface RequestBudget {
  remaining: number;
}

/** The receiver of the reply to one wind. */
export interface Waiter {
  readonly cbk: Cbk | undefined;
  readonly promise: Settlers | undefined;
  readonly cookie: unknown;
  readonly row: FopRow;
  readonly child: Child | null;
}

/** The first argument of `windTo`; each property has a default. */
export interface WindTarget {
  readonly child?: Child;
  readonly cookie?: unknown;
  readonly fop?: string;
  readonly cbk?: Cbk;
}

/** The originator of a request. */
export interface Root {
  readonly unique: number;
  readonly uid: number;
  readonly gid: number;
  readonly pid: number;
  readonly groups: readonly number[];
  readonly lkOwner: string;
  readonly op: string;
  readonly client: Client | null;
}

/** The default child of winds, set once the translator is made. */
export const defaults: { child: Child | null } = { child: null };

/** One request, as one translator sees it; `makeFramePrototype` makes each fop's prototype. */
export class Frame {
  /**
   * The request's number at the host; negative for a request that the module itself originates, of
   * which the host stores no values.
   */
  declare readonly id: number;
  /** A code of codes.gen.ts once decided, a negated errno, or one of the numbers above. */
  declare _state: number;
  // Other properties stay on the prototype until needed, as setting one costs time.
  /** The received arguments; null as long as the variables of entry.ts hold them. */
  declare _args: readonly unknown[] | null;
  /** Set in the fop's prototype, as `_cbk`, the module's callback for the fop. */
  declare readonly fop: FopRow;
  declare readonly _cbk: Cbk | undefined;
  /** The module's own notes on the request. */
  declare local: unknown;
  /** In a callback: the cookie that the wind was given, otherwise the child that replied. */
  declare cookie: unknown;
  /** The number of its winds, and the number of replies that have not arrived yet. */
  declare _windCount: number;
  declare _owedReplyCount: number;
  /** The receiver of the first wind's reply, if that wind was unchanged. */
  declare _unchangedWind: UnchangedWind | null;
  /**
   * True if its async method awaits other promises than children's; `followMethod` then handles it.
   */
  declare _awaitsOthers: boolean;
  /** Receivers of the replies, by the numbers of the winds. */
  declare _waiters: (Waiter | undefined)[] | null;
  /** Functions that reject the sleeps for which its async method waits. */
  declare _sleeps: Set<(error: unknown) => void> | null;
  /** In a callback: opRet, opErrno, the number of the wind, and the received parts. */
  declare _reply: readonly unknown[] | null;
  declare _root: Root | undefined;
  /** Set when the host cancels the request; the requests made for it have the same object. */
  declare _budget: RequestBudget | null;

  /** The fop's name, such as `lookup`. */
  get name(): string {
    return this.fop.name;
  }

  /** The request's originator; readable until the request has ended. */
  get root(): Root {
    if (this._root === undefined) {
      const text = host.root(this.id);
      if (text === undefined) {
        throw new HandleExpired('the request has ended; read frame.root before');
      }
      const [unique, uid, gid, pid, groups, lkOwner, op, id] = parse(text);
      const root = { unique, uid, gid, pid, groups, lkOwner, op, client: getClient(id) };
      this._root = Object.freeze(root);
    }
    return this._root;
  }

  /** True once the request is answered, or passed on without a callback. */
  get answered(): boolean {
    const state = this._state;
    return state < 0 || state === TAIL || state === ANSWERED || state >= SAME;
  }

  // The compiled `wind` and `unwind` of each fop (entry.ts) call these methods for the general
  // case.

  /**
   * Moves the request's or reply's values from the variables of entry.ts to the frame; set there.
   */
  _moveValuesToFrame(): void {}

  /** Invalidates the request's locs after its reply; set by entry.ts. */
  _invalidateLocs(): void {}

  /** Winds the request to the first child; without arguments, with those that it came with. */
  wind(...args: unknown[]): void {
    this._moveValuesToFrame();
    if (this._state === UNDECIDED && this._isFresh()) {
      const received = this._args;
      const isSame =
        received?.length === args.length && args.every((arg, i) => arg === received[i]);
      if (received !== null && (args.length === 0 || isSame) && !haveChanged(received)) {
        if (defaults.child === null) throw makeNoSubvolumeError(this);
        this._state = this._cbk === undefined ? TAIL : WIND;
        return;
      }
    }
    this.windTo(DEFAULT_TARGET, ...args);
  }

  /** Winds the request to another child, as another fop, or with another callback. */
  windTo(target: WindTarget | Child, ...values: unknown[]): void {
    this._moveValuesToFrame();
    const { child, cookie, fop, cbk } = isChild(target)
      ? ({ child: target } as WindTarget)
      : target;
    if (this.answered) {
      throw new AlreadyAnswered(`${this.name}: wound after the request was answered or handed on`);
    }
    if (defaults.child === null) throw makeNoSubvolumeError(this);
    const row = fop === undefined ? this.fop : findFopRow(fop);
    // Null stands for the request's own arguments.
    const args = values.length === 0 && fop === undefined ? null : values;
    const callback = cbk ?? (row === this.fop ? this._cbk : undefined);
    if (callback !== undefined) this._pushWind(row, child ?? null, args, { cbk: callback, cookie });
    else if (row === this.fop) this._pushTail(child ?? null, args);
    else throw new TypeError(`${fop}: the reply of another fop needs a callback (cbk)`);
  }

  /** Answers the request. Omitted parts are null. */
  unwind(opRet: number, opErrno = 0, ...reply: unknown[]): void {
    this._moveValuesToFrame();
    if (
      this._state === UNDECIDED ||
      (this._state === ASYNC_UNDECIDED && this === execution.hostCallFrame)
    ) {
      const code = this._findReplyCode(opRet, opErrno, reply);
      if (code !== NOTHING) {
        this._decide(code);
        return;
      }
    }
    this._pushReply(opRet, opErrno, reply);
  }

  /** As `unwind`, with timeouts of the kernel's caches. */
  unwindFor(timeouts: Timeouts, opRet: number, opErrno = 0, ...reply: unknown[]): void {
    this._moveValuesToFrame();
    this._pushReply(opRet, opErrno, addTimeouts(this.fop, reply, timeouts));
  }

  /**
   * Answers with an errno.
   * @param options.timeout seconds for which the kernel may cache an absence
   */
  fail(opErrno: number, options?: { readonly timeout?: number }): void {
    if (options?.timeout !== undefined) {
      this._failLookup(opErrno, options.timeout);
      return;
    }
    const state = this._state;
    const isUndecided = state === UNDECIDED || state === REPLIED;
    // The frequent case, with `isErrno` written out for speed.
    if (!isAbsence(opErrno) && isErrno(opErrno)) noteFailure(this.id, findCallerPosition());
    if (isUndecided && opErrno > 0 && opErrno < 512 && (opErrno | 0) === opErrno) {
      this._state = -opErrno;
    } else if (!isErrno(opErrno)) {
      const text = typeof opErrno === 'string' ? `'${opErrno}'` : String(opErrno);
      throw new RangeError(`fail takes an errno such as ENOENT, not ${text}`);
    } else if (this._state === ASYNC_UNDECIDED && this === execution.hostCallFrame)
      this._decide(-opErrno);
    else this._pushReply(-1, opErrno, []);
  }

  _failLookup(opErrno: number, timeout: number): void {
    if (this.name !== 'lookup') {
      throw new TypeError(`${this.name}: only the failure of a lookup is ever cached`);
    }
    this.unwindFor({ negativeTimeout: timeout }, -1, opErrno);
  }

  /** Records a decision without a message, as the result of the method or of its jobs. */
  _decide(code: number): void {
    if (this._state === ASYNC_UNDECIDED) {
      this._markAnswered();
      asyncDecision[0] = code;
    } else this._state = code;
  }

  /** Returns the code for a reply without a message; NOTHING if the reply needs a message. */
  _findReplyCode(opRet: number, opErrno: number, reply: readonly unknown[]): number {
    if (this._isReceivedReply(opRet, opErrno, reply)) return SAME + (this._reply![2] as number);
    return opRet === -1 && isErrno(opErrno) && !reply.some(isPresent) ? -opErrno : NOTHING;
  }

  /** Returns whether these are the opRet, opErrno and parts that the callback has received. */
  _isReceivedReply(opRet: number, opErrno: number, reply: readonly unknown[]): boolean {
    const received = this._reply;
    if (received === null || received[0] !== opRet || received[1] !== opErrno) return false;
    // Three numbers precede the parts of a received reply.
    if (received.length !== reply.length + 3) return false;
    for (let i = 0; i < reply.length; i++) if (received[i + 3] !== reply[i]) return false;
    return !changes.haveOccurred || !haveChanged(reply);
  }

  // -- messages ----------------------------------------------------------------------------------

  /** Sends the host a message about this request. */
  _pushMessage(...message: unknown[]): void {
    try {
      host.push(this.id, stringify(message));
    } catch (error) {
      throw new TypeError(`${this.name}: ${logMistake((error as Error).message)}`);
    }
  }

  /** True before the first wind. */
  _isFresh(): boolean {
    return this._windCount === 0 && this._reply === null;
  }

  /** Switches to messages; a wind recorded for the method's end becomes the first message. */
  _switchToMessages(): void {
    if (this._state === WIND) {
      this._pushMessage('wind', 0, 0, this.name, referToArguments(this.fop));
      pendingFrames.add(this);
    }
    this._materializeWinds();
    this._state = LATER;
  }

  /**
   * Sets what a single unchanged wind does not maintain: the counts, and `_waiters` instead of
   * `_unchangedWind`.
   */
  _materializeWinds(): void {
    if (this._windCount > 0) return;
    if (this._state === WOUND_UNCHANGED || this._state === WIND)
      this._windCount = this._owedReplyCount = 1;
    else if (this._reply !== null) this._windCount = 1;
    else if (this._state === ASYNC_UNDECIDED && this._unchangedWind !== null) {
      // The reply of its only wind has come.
      this._windCount = 1;
      return;
    }
    if (this._unchangedWind === null) return;
    const [resolve, reject] = this._unchangedWind;
    const [row, promise, child] = [this.fop, { resolve, reject }, defaults.child];
    this._waiters = [{ cbk: undefined, promise, cookie: undefined, row, child }];
    this._unchangedWind = null;
  }

  /** Sends a wind as a message, and records who receives its reply. */
  _pushWind(
    row: FopRow,
    child: Child | null,
    args: readonly unknown[] | null,
    waiter: Pick<Waiter, 'cbk' | 'cookie'> & Partial<Pick<Waiter, 'promise'>>,
  ): void {
    const packed = packArguments(this.id, row, this._args, args);
    const index = child === null ? 0 : checkChildIndex(child);
    this._switchToMessages();
    const number = this._windCount;
    this._pushMessage('wind', number, index, row.name, packed);
    this._windCount += 1;
    this._owedReplyCount += 1;
    this._waiters ??= [];
    this._waiters[number] = {
      cbk: waiter.cbk,
      promise: waiter.promise,
      cookie: waiter.cookie,
      row,
      child: child ?? defaults.child,
    };
    if (pendingFrames.get(this.id) === undefined) pendingFrames.add(this);
    watchedFrames.delete(this.id);
  }

  /** Sends a wind without a callback: the host passes the child's reply on. */
  _pushTail(child: Child | null, args: readonly unknown[] | null): void {
    const packed = packArguments(this.id, this.fop, this._args, args);
    this._switchToMessages();
    this._pushMessage('tail', child === null ? 0 : checkChildIndex(child), packed);
    this._markAnswered();
  }

  /** Checks a reply, and sends it as a message. */
  _pushReply(opRet: number, opErrno: number, reply: readonly unknown[]): void {
    if (this.answered) {
      throw new AlreadyAnswered(
        `${this.name}: answered twice (is a return missing, or a look at frame.answered?)`,
      );
    }
    if (!Number.isInteger(opRet)) {
      throw new TypeError(`${this.name}: opRet must be an integer, not ${nameType(opRet)}`);
    }
    if (opRet < 0 && !isErrno(opErrno)) {
      throw new RangeError(
        `${this.name}: opErrno must be one such as ENOENT, not ${String(opErrno)}`,
      );
    }
    this._sendReply(opRet, opErrno, reply);
  }

  /** Sends a reply as a message. If opRet is null, the host computes it (crossing/reply-check.ts). */
  _sendReply(opRet: number | null, opErrno: number, reply: readonly unknown[]): void {
    const packed = packAll(this.id, this.fop.name, this.fop.reply, reply);
    this._switchToMessages();
    this._pushMessage('unwind', opRet, opErrno, packed);
    this._markAnswered();
  }

  /** Sends the result of a method of a file system by path. */
  _sendReturned(value: unknown): void {
    this._moveValuesToFrame();
    this._switchToMessages();
    this._pushMessage('return', value);
    this._markAnswered();
  }

  /** Unwinds with success; the host computes opRet. */
  _unwindSuccess(reply: readonly unknown[]): void {
    this._moveValuesToFrame();
    this._sendReply(null, 0, reply);
  }

  /** Marks the request as answered, so that it is not watched any more. */
  _markAnswered(): void {
    this._state = ANSWERED;
    watchedFrames.delete(this.id);
  }

  toString(): string {
    return `<Frame ${this.name} ${this.id}>`;
  }
}
Object.assign(Frame.prototype, {
  fop: undefined,
  _args: null,
  _cbk: undefined,
  local: null,
  cookie: null,
  _windCount: 0,
  _owedReplyCount: 0,
  _unchangedWind: null,
  _awaitsOthers: false,
  _waiters: null,
  _sleeps: null,
  _reply: null,
  _root: undefined,
  _budget: null,
});

/** The target of a plain `wind`: the first child. */
const DEFAULT_TARGET: WindTarget = {};

/** All frame prototypes, for notes.ts. */
export const framePrototypes: Frame[] = [];

/** Makes the prototype of a fop's frames. */
export function makeFramePrototype(row: FopRow, cbk: Cbk | undefined): Frame {
  const properties = { fop: { value: row }, _cbk: { value: cbk } };
  const prototype = Object.create(Frame.prototype, properties) as Frame;
  framePrototypes.push(prototype);
  return prototype;
}

const isPresent = (value: unknown): boolean => value !== null && value !== undefined;

/** Finds a fop by name. @throws {TypeError} for another name */
function findFopRow(fop: string): FopRow {
  const row = findFop(fop);
  if (row !== undefined) return row;
  throw new TypeError(logMistake(`${String(fop)} is no fop`));
}

const isChild = (target: WindTarget | Child): target is Child =>
  'index' in target && !('child' in target);

/** Returns the index of a child. @throws {TypeError} for another value */
function checkChildIndex(child: Child): number {
  const { index } = child;
  if (Number.isInteger(index)) return index;
  throw new TypeError(logMistake(`child must be one of this.children, not ${nameType(child)}`));
}

const makeNoSubvolumeError = (frame: Frame): TypeError =>
  new TypeError(`${frame.name}: there is no subvolume to wind to`);

export { ANSWERED, FAILED, LATER, NOTHING, SAME, TAIL, WIND };
