/**
 * Handles a method's return: its decision, error, or pending request. Results are the codes of
 * codes.ts.
 */
import { errnoName } from '../../../runtime/core/errno.ts';
import type { FopRow } from '../../../runtime/core/fops.ts';
import { orderParts, type RawReply, Reply, type Settlers, settleReply } from './child.ts';
import { fresh, isPromise, keepFrame, methods, strays } from './context.ts';
import { Data } from './data.ts';
import { Cancelled, FopError, readErrno } from './errors.ts';
import {
  ANSWERED,
  FAILED,
  type FirstWind,
  type Frame,
  keptFrames,
  LATER,
  NOTHING,
  OPEN,
  SAME,
  SENT,
  WIND,
  waiting,
} from './frame.ts';
import { now, outcome } from './host.ts';
import { self } from './own-translator.ts';
import { locateReturn, report } from './report.ts';
import { checkAwaited } from './unawaited-replies.ts';
import { haveChanged, typeName } from './values.ts';

/** Logs an error of a method; the host fails the request. */
export function failRequest(frame: Frame, error: unknown): number {
  frame._open();
  frame._state = ANSWERED;
  waiting.delete(frame.id);
  keptFrames.delete(frame.id);
  report(error, `${frame.name} failed`, methods.get(frame.name));
  return FAILED;
}

/** Handles a return without a decision: the method has sent messages, or keeps the frame. */
export function settle(frame: Frame, result?: unknown): number {
  if (frame._state === ANSWERED) {
    if (frame._owed === 0) waiting.delete(frame.id);
    return NOTHING;
  }
  if (isPromise(result)) {
    const text = 'the method returned a promise without awaiting it: make the method async';
    return failRequest(frame, new TypeError(text));
  }
  frame._state = LATER;
  if (frame._owed > 0) addWaiting(frame);
  else keepFrame(frame, result);
  return NOTHING;
}

/** Records that a frame awaits a child's reply. */
function addWaiting(frame: Frame): void {
  if (waiting.get(frame.id) === undefined) waiting.add(frame);
}

/** Handles a child's reply in the general case. */
export function handleReply(frame: Frame, raw: RawReply): number {
  if (frame._state === SENT && frame._first !== null) {
    const [resolve, reject] = frame._first;
    frame._first = null;
    return continueMethod(frame, { resolve, reject }, frame.fop, raw);
  }
  frame._count();
  const number = raw[2] as number;
  const waiter = frame._waiters?.[number];
  if (frame._waiters !== null) frame._waiters[number] = undefined;
  const row = waiter?.row ?? frame.fop;
  frame._owed -= 1;
  if (frame._owed > 0) addWaiting(frame);
  else if (frame.id < 0) {
    // The module may wind again: counting starts over.
    frame._wound = 0;
    frame._waiters = null;
  }
  if (waiter?.promise !== undefined) return continueMethod(frame, waiter.promise, row, raw);
  const isAnswered = frame._state === ANSWERED;
  if (!isAnswered) {
    frame._state = NOTHING;
    frame._reply = row === frame.fop ? raw : null;
  }
  frame.cookie = waiter?.cookie ?? waiter?.child ?? (Object.getPrototypeOf(frame) as Frame).cookie;
  const cbk = waiter === undefined ? frame._cbk : waiter.cbk;
  const [opRet, opErrno, , ...values] = raw;
  try {
    cbk?.call(self.translator, frame, opRet as number, opErrno as number, ...(values as never[]));
  } catch (error) {
    if (!isAnswered) return failRequest(frame, error);
    report(error, `${frame.name} failed after its answer`, cbk);
    return NOTHING;
  }
  if (isAnswered || frame.id < 0) return NOTHING;
  const state = frame._state;
  if (state < 0 || state >= SAME || state === FAILED) {
    frame._state = ANSWERED;
    return state;
  }
  return settle(frame);
}

/** Continues an async method, in the jobs of this call. */
function continueMethod(frame: Frame, settle: Settlers, row: FopRow, raw: RawReply): number {
  if (frame._state !== ANSWERED && frame.id > 0) {
    frame._reply = row === frame.fop ? raw : null;
    frame._state = OPEN;
    now.running = frame;
  }
  now.current = frame;
  settleReply(settle, frame, row, raw);
  return NOTHING;
}

/**
 * Requests that a method may still send after the host has cancelled its request: enough to clean
 * up, and an end for loops that catch every error.
 */
const MAX_LATE_REQUESTS = 1000;

/** Finds a pending frame by its number. */
export const findFrame = (id: number): Frame | undefined =>
  waiting.get(id) ?? keptFrames.get(id)?.deref();

/** Rejects the promises of children and sleeps that an async method awaits. */
function rejectPending(frame: Frame): boolean {
  const rejects = (frame._waiters ?? []).flatMap((waiter) => waiter?.promise?.reject ?? []);
  if (frame._first !== null) {
    const [, reject, promise] = frame._first;
    frame._first[2] = null;
    if (promise !== null) void follow(frame, promise);
    rejects.push(reject);
  }
  rejects.push(...(frame._sleeps ?? []));
  now.current = frame;
  for (const reject of rejects) reject(new Cancelled());
  return rejects.length > 0;
}

/** Cancels request `id`, which the host has answered: further decisions are void. */
export function cancel(id: number): void {
  const frame = findFrame(id);
  if (frame === undefined) return;
  waiting.delete(id);
  frame._open();
  frame._end();
  frame._budget ??= { left: MAX_LATE_REQUESTS };
  rejectPending(frame);
}

/** Handles the interrupt of request `id`; `findMethod` finds its cancel method. */
export function interrupt(
  id: number,
  findMethod: (frame: Frame) => ((...args: never[]) => unknown) | undefined,
): number {
  const frame = findFrame(id);
  if (frame === undefined || frame.answered) return NOTHING;
  now.running = null;
  if (rejectPending(frame)) return NOTHING;
  now.current = null;
  const method = findMethod(frame);
  try {
    method?.call(self.translator, frame as never);
    return NOTHING;
  } catch (error) {
    report(error, `${frame.name} failed`, method);
    frame._push('failed');
    frame._end();
    return NOTHING;
  }
}

// -- async methods -------------------------------------------------------------------------------

/**
 * Returns the result of an async method's first part to the engine. A pending promise is checked
 * when jobs have run, by `handlePromise`: less than half the cost of following it.
 */
export function startAsync(frame: Frame, promise: Promise<unknown>): unknown {
  const state = frame._state;
  if (state === NOTHING) {
    frame._state = OPEN;
    return promise;
  }
  if (state === LATER || state === ANSWERED) {
    settle(frame);
    return promise;
  }
  follow(frame, promise);
  if (state === WIND) {
    frame._state = SENT;
    waiting.add(frame);
  } else frame._state = ANSWERED;
  return state;
}

/** Rejects the promise of a failed reply. */
export function rejectReply(first: FirstWind, reply: Reply): void {
  first[1](new FopError(reply.opErrno, undefined, reply));
}

/** Handles a promise after the jobs of a call. @param value its outcome; the promise itself if pending */
export function handlePromise(state: number, value: unknown): number {
  const frame = now.running as Frame;
  if (value === now.reply && state === FULFILLED && frame._state === OPEN) {
    // The method returned the child's reply. If it is unchanged, the host passes on its own copy.
    const parts = (value as Reply)._parts;
    if (parts === undefined || !haveChanged(parts)) {
      frame._state = ANSWERED;
      if (keptFrames.size > 0) keptFrames.delete(frame.id);
      frame._endValues();
      return SAME;
    }
  }
  frame._open();
  if (state === PENDING) {
    const first = frame._first;
    // A job may have handled the promise already.
    if (first === null || first[2] !== null) {
      if (first !== null) first[2] = null;
      follow(frame, value as Promise<unknown>);
    }
    if (frame._state === OPEN) keepFrame(frame);
  } else if (state === FULFILLED) handleReturn(frame, value);
  else handleThrow(frame, value);
  const [code] = outcome;
  outcome[0] = NOTHING;
  return code!;
}

/** True if a result is a child's unchanged reply to this request. */
function isReceivedReply({ id, fop }: Frame, result: unknown): boolean {
  if (!(result instanceof Reply) || result._id !== id || result.fop !== fop) return false;
  return result._parts === undefined || !haveChanged(result._parts);
}
/** QuickJS's numbers of a promise's states. */
const PENDING = 0;
const FULFILLED = 1;

/** Handles an async method's result when it comes. (Async, because `await` costs less than `then`.) */
async function follow(frame: Frame, promise: Promise<unknown>): Promise<void> {
  fresh.promise = promise;
  let result: unknown;
  try {
    result = await promise;
  } catch (error) {
    handleThrow(frame, error);
    return;
  }
  handleReturn(frame, result);
}

strays.follow = (frame, promise) => void follow(frame, promise);

/** Replies with the result of an async method, unless the request has its reply. */
function handleReturn(frame: Frame, result: unknown): void {
  try {
    if (frame.answered) return;
    if (frame._owed > 0 || frame._first !== null) checkAwaited(frame, result);
    replyWith(frame, result);
  } catch (error) {
    handleThrow(frame, error);
  }
}

/** Fails the request with the errno of an async method's exception; logs an exception without errno. */
function handleThrow(frame: Frame, error: unknown): void {
  try {
    const errno = error instanceof Error ? readErrno(error) : 0;
    const reply = error instanceof FopError ? error.reply : null;
    if (reply?.fop === frame.fop && !frame.answered) replyWith(frame, reply);
    else if (errno !== 0 && !frame.answered) frame.fail(errno);
    else if (!(error instanceof Cancelled)) giveUp(frame, error);
  } catch (failure) {
    giveUp(frame, failure);
  }
}

/** Fails the request with an error that has no errno. */
function giveUp(frame: Frame, error: unknown): void {
  if (frame._state === OPEN && frame === now.running) {
    outcome[0] = failRequest(frame, error);
    return;
  }
  if (frame.answered) {
    report(error, `${frame.name} failed after its answer`, methods.get(frame.name));
    return;
  }
  frame._push('failed');
  failRequest(frame, error);
}

/** Unwinds with an async method's result. */
function replyWith(frame: Frame, result: unknown): void {
  try {
    sendResult(frame, frame.fop, result);
  } catch (error) {
    throw locateReturn(error, methods.get(frame.name));
  }
}

function sendResult(frame: Frame, fop: FopRow, result: unknown): void {
  if (result instanceof Reply) {
    if (result.fop !== fop)
      throw new TypeError(`${fop.name} returned a reply of ${result.fop.name}`);
    const isReceived =
      frame._state === OPEN && frame === now.running && isReceivedReply(frame, result);
    if (isReceived) frame._decide(SAME + (result._raw[2] as number));
    else frame.unwind(result.opRet, result.opErrno, ...result.values);
  } else if (typeof result === 'number') {
    if (result > 0 && fop.counts === null && !UNCOUNTED.includes(fop.name)) {
      const meaning = `opRet ${result} says that the ${fop.name} was done`;
      const name = errnoName(result);
      throw new RangeError(`${meaning}: to fail with ${name}, throw new FopError(${name})`);
    }
    unwindNumber(frame, result, []);
  } else if (fop.name === 'readv' && (result instanceof Uint8Array || result instanceof Data)) {
    frame._unwindSuccess([result]);
  } else if (Array.isArray(result)) {
    const isListing = fop.name === 'readdir' || fop.name === 'readdirp';
    frame._unwindSuccess(isListing ? [result] : result);
  } else if (result === undefined && fop.reply.every(({ name }) => name === 'xdata')) {
    frame.unwind(0);
  } else if (typeof result === 'object' && result !== null) {
    const { opRet, ...parts } = result as Record<string, unknown>;
    const reply = orderParts(fop, parts, []);
    if (opRet === undefined || opRet === null) frame._unwindSuccess(reply);
    else unwindNumber(frame, opRet as number, reply);
  } else {
    const parts = fop.reply.map(({ name }) => name).join(', ');
    const missing = result === undefined ? ': is a return missing?' : '';
    throw new TypeError(
      `${fop.name} must return a Reply, or an object or array of ${parts}, not ${typeName(result)}${missing}`,
    );
  }
}

/** Fops whose success may be a number. */
const UNCOUNTED = ['getactivelk', 'ipc'];

function unwindNumber(frame: Frame, opRet: number, reply: readonly unknown[]): void {
  if (opRet < 0) {
    throw new RangeError(`opRet ${opRet}: to fail, throw new FopError(${errnoName(-opRet)})`);
  }
  frame.unwind(opRet, 0, ...reply);
}
