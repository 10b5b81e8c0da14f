/**
 * Handles what happens to a request after its method was called: the return, replies of children,
 * cancellation and interrupts. entry.ts and bridge.ts call these functions for the host; results
 * are codes of codes.gen.ts.
 */
import { errnoName } from '../../../runtime/core/errno.ts';
import type { FopRow } from '../../../runtime/core/fops.ts';
import { orderParts, type RawReply, Reply, type Settlers, settleReply } from './child.ts';
import { isPromise, lateImports, latestUntracked, methodsByFop, watchFrame } from './context.ts';
import { Data } from './data.ts';
import { Cancelled, FopError, readErrno } from './errors.ts';
import {
  ANSWERED,
  ASYNC_UNDECIDED,
  FAILED,
  type Frame,
  LATER,
  NOTHING,
  pendingFrames,
  SAME,
  UNDECIDED,
  type UnchangedWind,
  WIND,
  WOUND_UNCHANGED,
  watchedFrames,
} from './frame.ts';
import { asyncDecision, execution } from './host.ts';
import { moduleTranslator } from './module-translator.ts';
import {
  findDefinition,
  findErrorPosition,
  locateReturn,
  logError,
  noteFailure,
} from './report.ts';
import { checkAwaited } from './unawaited-replies.ts';
import { haveChanged, nameType } from './values.ts';

/**
 * Requests that a method may still send after the host has cancelled its request: enough to clean
 * up, and an end for loops that catch every error.
 */
const MAX_LATE_REQUESTS = 1000;

/** QuickJS's numbers of a promise's states. */
const PENDING = 0;
const FULFILLED = 1;

/** Logs an error of a method; the host fails the request. */
export function failRequest(frame: Frame, error: unknown): number {
  frame._moveValuesToFrame();
  frame._state = ANSWERED;
  pendingFrames.delete(frame.id);
  watchedFrames.delete(frame.id);
  logError(error, `${frame.name} failed`, methodsByFop.get(frame.name));
  return FAILED;
}

/** Handles a return without a decision code: the method has sent messages, or keeps the frame. */
export function handleUndecided(frame: Frame, result?: unknown): number {
  if (frame._state === ANSWERED) {
    if (frame._owedReplyCount === 0) pendingFrames.delete(frame.id);
    return NOTHING;
  }
  if (isPromise(result)) {
    const text = 'the method returned a promise without awaiting it: make the method async';
    return failRequest(frame, new TypeError(text));
  }
  frame._state = LATER;
  if (frame._owedReplyCount > 0) addPending(frame);
  else watchFrame(frame, result);
  return NOTHING;
}

/** Records that a frame awaits a child's reply. */
function addPending(frame: Frame): void {
  if (pendingFrames.get(frame.id) === undefined) pendingFrames.add(frame);
}

/**
 * Handles a child's reply, unless it is the frequent one that entry.ts handles itself: to the only
 * wind of a request, which was unchanged.
 */
export function handleReply(frame: Frame, raw: RawReply): number {
  if (frame._state === WOUND_UNCHANGED && frame._unchangedWind !== null) {
    const [resolve, reject] = frame._unchangedWind;
    frame._unchangedWind = null;
    return continueMethod(frame, { resolve, reject }, frame.fop, raw);
  }
  frame._materializeWinds();
  // A raw reply is opRet, opErrno, the wind's number, and the values.
  const windNumber = raw[2] as number;
  const waiter = frame._waiters?.[windNumber];
  if (frame._waiters !== null) frame._waiters[windNumber] = undefined;
  const row = waiter?.row ?? frame.fop;
  frame._owedReplyCount -= 1;
  if (frame._owedReplyCount > 0) addPending(frame);
  else if (frame.id < 0) {
    // A request of the module's own never ends: it may wind again, and counting starts over.
    frame._windCount = 0;
    frame._waiters = null;
  }
  if (waiter?.promise !== undefined) return continueMethod(frame, waiter.promise, row, raw);
  const isAnswered = frame._state === ANSWERED;
  if (!isAnswered) {
    frame._state = UNDECIDED;
    frame._reply = row === frame.fop ? raw : null;
  }
  frame.cookie = waiter?.cookie ?? waiter?.child ?? (Object.getPrototypeOf(frame) as Frame).cookie;
  const cbk = waiter === undefined ? frame._cbk : waiter.cbk;
  const [opRet, opErrno, , ...values] = raw;
  try {
    cbk?.call(
      moduleTranslator.current,
      frame,
      opRet as number,
      opErrno as number,
      ...(values as never[]),
    );
  } catch (error) {
    if (!isAnswered) return failRequest(frame, error);
    logError(error, `${frame.name} failed after its answer`, cbk);
    return NOTHING;
  }
  // The host awaits no decision after a reply, nor for a request of the module's own.
  if (isAnswered || frame.id < 0) return NOTHING;
  const state = frame._state;
  // The callback has decided without a message: an errno, the received reply, or a failure.
  if (state < 0 || state >= SAME || state === FAILED) {
    frame._state = ANSWERED;
    return state;
  }
  return handleUndecided(frame);
}

/** Settles the promise that an async method awaits: the method continues in this call's jobs. */
function continueMethod(frame: Frame, settlers: Settlers, row: FopRow, raw: RawReply): number {
  if (frame._state !== ANSWERED && frame.id > 0) {
    frame._reply = row === frame.fop ? raw : null;
    frame._state = ASYNC_UNDECIDED;
    execution.hostCallFrame = frame;
  }
  execution.asyncFrame = frame;
  settleReply(settlers, frame, row, raw);
  return NOTHING;
}

/** Finds a pending frame by its number. */
export const findFrame = (id: number): Frame | undefined =>
  pendingFrames.get(id) ?? watchedFrames.get(id)?.deref();

/**
 * Rejects all promises of children and sleeps that an async method awaits.
 * @returns false if it awaits none
 */
function rejectPending(frame: Frame): boolean {
  const rejects = (frame._waiters ?? []).flatMap((waiter) => waiter?.promise?.reject ?? []);
  if (frame._unchangedWind !== null) {
    const [, reject, promise] = frame._unchangedWind;
    // Null records that the method's promise is followed.
    frame._unchangedWind[2] = null;
    if (promise !== null) void followMethod(frame, promise);
    rejects.push(reject);
  }
  rejects.push(...(frame._sleeps ?? []));
  execution.asyncFrame = frame;
  for (const reject of rejects) reject(new Cancelled());
  return rejects.length > 0;
}

/** Cancels request `id`, to which the host has replied: further decisions have no effect. */
export function cancel(id: number): void {
  const frame = findFrame(id);
  if (frame === undefined) return;
  pendingFrames.delete(id);
  frame._moveValuesToFrame();
  frame._markAnswered();
  frame._budget ??= { remaining: MAX_LATE_REQUESTS };
  rejectPending(frame);
}

/** Handles the interrupt of request `id`; `findMethod` finds the module's cancel method for it. */
export function interrupt(
  id: number,
  findMethod: (frame: Frame) => ((...args: never[]) => unknown) | undefined,
): number {
  const frame = findFrame(id);
  if (frame === undefined || frame.answered) return NOTHING;
  execution.hostCallFrame = null;
  if (rejectPending(frame)) return NOTHING;
  execution.asyncFrame = null;
  const method = findMethod(frame);
  try {
    method?.call(moduleTranslator.current, frame as never);
    return NOTHING;
  } catch (error) {
    logError(error, `${frame.name} failed`, method);
    frame._pushMessage('failed');
    frame._markAnswered();
    return NOTHING;
  }
}

// -- async methods -------------------------------------------------------------------------------

/**
 * Returns to the engine what an async method did before its first pending `await`. If the request
 * is undecided, that is its promise. `handlePromise` checks it after the jobs of this call, at less
 * than half the cost of awaiting it here.
 */
export function startAsync(frame: Frame, promise: Promise<unknown>): unknown {
  const state = frame._state;
  if (state === UNDECIDED) {
    frame._state = ASYNC_UNDECIDED;
    return promise;
  }
  if (state === LATER || state === ANSWERED) {
    handleUndecided(frame);
    return promise;
  }
  followMethod(frame, promise);
  if (state === WIND) {
    frame._state = WOUND_UNCHANGED;
    pendingFrames.add(frame);
  } else frame._state = ANSWERED;
  return state;
}

/** Rejects the promise of a failed reply. */
export function rejectReply(wind: UnchangedWind, reply: Reply): void {
  wind[1](new FopError(reply.opErrno, undefined, reply));
}

/**
 * Handles a method's promise after the jobs of a call.
 * @param state QuickJS's number of the promise's state
 * @param value its outcome; the promise itself if pending
 * @returns the code of the method's decision
 */
export function handlePromise(state: number, value: unknown): number {
  const frame = execution.hostCallFrame as Frame;
  if (value === execution.latestReply && state === FULFILLED && frame._state === ASYNC_UNDECIDED) {
    // The method returned the child's reply. If it is unchanged, the host passes on its own copy.
    const parts = (value as Reply)._parts;
    if (parts === undefined || !haveChanged(parts)) {
      frame._state = ANSWERED;
      if (watchedFrames.size > 0) watchedFrames.delete(frame.id);
      frame._invalidateLocs();
      return SAME;
    }
  }
  frame._moveValuesToFrame();
  if (state === PENDING) {
    const wind = frame._unchangedWind;
    // A job may have followed the promise already: it is followed once.
    if (wind === null || wind[2] !== null) {
      if (wind !== null) wind[2] = null;
      followMethod(frame, value as Promise<unknown>);
    }
    if (frame._state === ASYNC_UNDECIDED) watchFrame(frame);
  } else if (state === FULFILLED) handleReturn(frame, value);
  else handleThrow(frame, value);
  const [code] = asyncDecision;
  asyncDecision[0] = NOTHING;
  return code!;
}

/** True if a result is a child's unchanged reply to this request. */
function isReceivedReply({ id, fop }: Frame, result: unknown): boolean {
  if (!(result instanceof Reply) || result._id !== id || result.fop !== fop) return false;
  return result._parts === undefined || !haveChanged(result._parts);
}

/**
 * Awaits and handles an async method's result. (An async function, as `await` costs less than
 * `then`.)
 */
async function followMethod(frame: Frame, promise: Promise<unknown>): Promise<void> {
  latestUntracked.promise = promise;
  let result: unknown;
  try {
    result = await promise;
  } catch (error) {
    handleThrow(frame, error);
    return;
  }
  handleReturn(frame, result);
}

lateImports.followMethod = (frame, promise) => void followMethod(frame, promise);

/** Replies with the result of an async method, unless the request has its reply. */
function handleReturn(frame: Frame, result: unknown): void {
  try {
    if (frame.answered) return;
    if (frame._owedReplyCount > 0 || frame._unchangedWind !== null) checkAwaited(frame, result);
    replyWith(frame, result);
  } catch (error) {
    handleThrow(frame, error);
  }
}

/**
 * Fails the request with the errno of an async method's exception; logs an exception without errno.
 */
function handleThrow(frame: Frame, error: unknown): void {
  try {
    const errno = error instanceof Error ? readErrno(error) : 0;
    const reply = error instanceof FopError ? error.reply : null;
    if (reply?.fop === frame.fop && !frame.answered) replyWith(frame, reply);
    else if (errno !== 0 && !frame.answered) {
      const method = methodsByFop.get(frame.name);
      noteFailure(frame.id, findErrorPosition(error) ?? findDefinition(method));
      frame.fail(errno);
    } else if (!(error instanceof Cancelled)) failWithoutErrno(frame, error);
  } catch (failure) {
    failWithoutErrno(frame, failure);
  }
}

/** Logs an error that has no errno, and fails the request if it is unanswered. */
function failWithoutErrno(frame: Frame, error: unknown): void {
  if (frame._state === ASYNC_UNDECIDED && frame === execution.hostCallFrame) {
    asyncDecision[0] = failRequest(frame, error);
    return;
  }
  if (frame.answered) {
    logError(error, `${frame.name} failed after its answer`, methodsByFop.get(frame.name));
    return;
  }
  frame._pushMessage('failed');
  failRequest(frame, error);
}

/** Unwinds with an async method's result. @throws {unknown} with the result's position recorded */
function replyWith(frame: Frame, result: unknown): void {
  try {
    sendResult(frame, frame.fop, result);
  } catch (error) {
    throw locateReturn(error, methodsByFop.get(frame.name));
  }
}

/** Unwinds with a result, whose type decides what it means. @throws {Error} for an invalid one */
function sendResult(frame: Frame, fop: FopRow, result: unknown): void {
  if (result instanceof Reply) {
    if (result.fop !== fop)
      throw new TypeError(`${fop.name} returned a reply of ${result.fop.name}`);
    const isReceived =
      frame._state === ASYNC_UNDECIDED &&
      frame === execution.hostCallFrame &&
      isReceivedReply(frame, result);
    // The host passes on the reply to the wind of this number.
    if (isReceived) frame._decide(SAME + (result._raw[2] as number));
    else frame.unwind(result.opRet, result.opErrno, ...result.values);
  } else if (typeof result === 'number') {
    if (result > 0 && fop.counts === null && !NUMERIC_RESULT_FOPS.includes(fop.name)) {
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
    const values = orderParts(fop, parts, []);
    if (opRet === undefined || opRet === null) frame._unwindSuccess(values);
    else unwindNumber(frame, opRet as number, values);
  } else {
    const parts = fop.reply.map(({ name }) => name).join(', ');
    const missing = result === undefined ? ': is a return missing?' : '';
    throw new TypeError(
      `${fop.name} must return a Reply, or an object or array of ${parts}, not ${nameType(result)}${missing}`,
    );
  }
}

/** Fops whose success may be a number. */
const NUMERIC_RESULT_FOPS = ['getactivelk', 'ipc'];

/** Unwinds a success of this opRet. @throws {RangeError} if it is negative */
function unwindNumber(frame: Frame, opRet: number, values: readonly unknown[]): void {
  if (opRet < 0) {
    throw new RangeError(`opRet ${opRet}: to fail, throw new FopError(${errnoName(-opRet)})`);
  }
  frame.unwind(opRet, 0, ...values);
}
