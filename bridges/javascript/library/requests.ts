/**
 * Handles a method's return: its decision, error, or pending request. Results are the codes of
 * codes.ts.
 */
import { errnoName } from '../../../runtime/core/errno.ts';
import type { FopRow } from '../../../runtime/core/fops.ts';
import { byName, deliver, type RawReply, Reply, type Settle } from './child.ts';
import { fresh, isPromise, keep, methods, strays } from './context.ts';
import { Data } from './data.ts';
import { Cancelled, errnoOf, FopError } from './errors.ts';
import {
  ANSWERED,
  FAILED,
  type First,
  type Frame,
  kept,
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
import { report, returnedAt } from './report.ts';
import { checkAwaited } from './unawaited-replies.ts';
import { changed, typeOf } from './values.ts';

/** Logs an error of a method; the host fails the request. */
export function failed(frame: Frame, error: unknown): number {
  frame._open();
  frame._state = ANSWERED;
  waiting.delete(frame.id);
  kept.delete(frame.id);
  report(error, `${frame.name} failed`, methods.get(frame.name));
  return FAILED;
}

/** Handles a return without a plain decision: messages were sent, or the frame is kept. */
export function settle(frame: Frame, result?: unknown): number {
  if (frame._state === ANSWERED) {
    if (frame._owed === 0) waiting.delete(frame.id);
    return NOTHING;
  }
  if (isPromise(result)) {
    const text = 'the method returned a promise without awaiting it: make the method async';
    return failed(frame, new TypeError(text));
  }
  frame._state = LATER;
  if (frame._owed > 0) wait(frame);
  else keep(frame, result);
  return NOTHING;
}

/** Keeps a frame that awaits a child's reply. */
function wait(frame: Frame): void {
  if (waiting.get(frame.id) === undefined) waiting.add(frame);
}

/** Handles a child's reply in the general case. */
export function replied(frame: Frame, answer: RawReply): number {
  if (frame._state === SENT && frame._first !== null) {
    const [resolve, reject] = frame._first;
    frame._first = null;
    return awaited(frame, { resolve, reject }, frame.fop, answer);
  }
  frame._count();
  const number = answer[2] as number;
  const waiter = frame._waiters?.[number];
  if (frame._waiters !== null) frame._waiters[number] = undefined;
  const row = waiter?.row ?? frame.fop;
  frame._owed -= 1;
  if (frame._owed > 0) wait(frame);
  else if (frame.id < 0) {
    // The module may wind again: counting starts over.
    frame._wound = 0;
    frame._waiters = null;
  }
  if (waiter?.promise !== undefined) return awaited(frame, waiter.promise, row, answer);
  const done = frame._state === ANSWERED;
  if (!done) {
    frame._state = NOTHING;
    frame._reply = row === frame.fop ? answer : null;
  }
  frame.cookie = waiter?.cookie ?? waiter?.child ?? (Object.getPrototypeOf(frame) as Frame).cookie;
  const cbk = waiter === undefined ? frame._cbk : waiter.cbk;
  const [opRet, opErrno, , ...values] = answer;
  try {
    cbk?.call(self.translator, frame, opRet as number, opErrno as number, ...(values as never[]));
  } catch (error) {
    if (!done) return failed(frame, error);
    report(error, `${frame.name} failed after its answer`, cbk);
    return NOTHING;
  }
  if (done || frame.id < 0) return NOTHING;
  const state = frame._state;
  if (state < 0 || state >= SAME || state === FAILED) {
    frame._state = ANSWERED;
    return state;
  }
  return settle(frame);
}

/** Continues an async method, in the jobs of this call. */
function awaited(frame: Frame, settle: Settle, row: FopRow, answer: RawReply): number {
  if (frame._state !== ANSWERED && frame.id > 0) {
    frame._reply = row === frame.fop ? answer : null;
    frame._state = OPEN;
    now.running = frame;
  }
  now.current = frame;
  deliver(settle, frame, row, answer);
  return NOTHING;
}

/**
 * Requests that a method may still send after the host has cancelled its request: enough to clean
 * up, and an end for loops that catch every error.
 */
const MOST_AFTER = 1000;

/** Finds a pending frame by its number. */
export const find = (id: number): Frame | undefined => waiting.get(id) ?? kept.get(id)?.deref();

/** Rejects the promises of children and sleeps that an async method awaits. */
function release(frame: Frame): boolean {
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
  const frame = find(id);
  if (frame === undefined) return;
  waiting.delete(id);
  frame._open();
  frame._end();
  frame._after ??= { left: MOST_AFTER };
  release(frame);
}

/** Handles the interrupt of request `id`; `methodOf` finds its cancel method. */
export function interrupt(
  id: number,
  methodOf: (frame: Frame) => ((...args: never[]) => unknown) | undefined,
): number {
  const frame = find(id);
  if (frame === undefined || frame.answered) return NOTHING;
  now.running = null;
  if (release(frame)) return NOTHING;
  now.current = null;
  const method = methodOf(frame);
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
 * when jobs have run, by `ended`: less than half the cost of following it.
 */
export function start(frame: Frame, promise: Promise<unknown>): unknown {
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
export function refused(first: First, reply: Reply): void {
  first[1](new FopError(reply.opErrno, undefined, reply));
}

/** Handles a promise's outcome after the jobs of a call; pending: the promise itself. */
export function ended(state: number, value: unknown): number {
  const frame = now.running as Frame;
  if (value === now.reply && state === FULFILLED && frame._state === OPEN) {
    const made = (value as Reply)._made;
    if (made === undefined || !changed(made)) {
      frame._state = ANSWERED;
      if (kept.size > 0) kept.delete(frame.id);
      frame._over();
      return SAME;
    }
  }
  frame._open();
  if (state === PENDING) {
    const first = frame._first;
    // Unless a job has handled it.
    if (first === null || first[2] !== null) {
      if (first !== null) first[2] = null;
      follow(frame, value as Promise<unknown>);
    }
    if (frame._state === OPEN) keep(frame);
  } else if (state === FULFILLED) returned(frame, value);
  else thrown(frame, value);
  const [code] = outcome;
  outcome[0] = NOTHING;
  return code!;
}

/** True if a result is a child's unchanged reply to this very request. */
function isSame({ id, fop }: Frame, result: unknown): boolean {
  if (!(result instanceof Reply) || result._id !== id || result.fop !== fop) return false;
  return result._made === undefined || !changed(result._made);
}
/** QuickJS's number of a pending promise's state. */
const PENDING = 0;
const FULFILLED = 1;

/** Async, since `await` costs less than `then`. */
async function follow(frame: Frame, promise: Promise<unknown>): Promise<void> {
  fresh.promise = promise;
  let result: unknown;
  try {
    result = await promise;
  } catch (error) {
    thrown(frame, error);
    return;
  }
  returned(frame, result);
}

strays.follow = (frame, promise) => void follow(frame, promise);

function returned(frame: Frame, result: unknown): void {
  try {
    if (frame.answered) return;
    if (frame._owed > 0 || frame._first !== null) checkAwaited(frame, result);
    finish(frame, result);
  } catch (error) {
    thrown(frame, error);
  }
}

function thrown(frame: Frame, error: unknown): void {
  try {
    const errno = error instanceof Error ? errnoOf(error) : 0;
    const reply = error instanceof FopError ? error.reply : null;
    if (reply?.fop === frame.fop && !frame.answered) finish(frame, reply);
    else if (errno !== 0 && !frame.answered) frame.fail(errno);
    else if (!(error instanceof Cancelled)) giveUp(frame, error);
  } catch (failure) {
    giveUp(frame, failure);
  }
}

/** Fails the request with an error that has no errno. */
function giveUp(frame: Frame, error: unknown): void {
  if (frame._state === OPEN && frame === now.running) {
    outcome[0] = failed(frame, error);
    return;
  }
  if (frame.answered) {
    report(error, `${frame.name} failed after its answer`, methods.get(frame.name));
    return;
  }
  frame._push('failed');
  failed(frame, error);
}

/** Answers with an async method's result. */
function finish(frame: Frame, result: unknown): void {
  try {
    answer(frame, frame.fop, result);
  } catch (error) {
    throw returnedAt(error, methods.get(frame.name));
  }
}

function answer(frame: Frame, fop: FopRow, result: unknown): void {
  if (result instanceof Reply) {
    if (result.fop !== fop)
      throw new TypeError(`${fop.name} returned a reply of ${result.fop.name}`);
    const here = frame._state === OPEN && frame === now.running && isSame(frame, result);
    if (here) frame._decide(SAME + (result._raw[2] as number));
    else frame.unwind(result.opRet, result.opErrno, ...result.values);
  } else if (typeof result === 'number') {
    if (result > 0 && fop.counts === null && !UNCOUNTED.includes(fop.name)) {
      const done = `opRet ${result} says that the ${fop.name} was done`;
      const name = errnoName(result);
      throw new RangeError(`${done}: to fail with ${name}, throw new FopError(${name})`);
    }
    answerNumber(frame, result, []);
  } else if (fop.name === 'readv' && (result instanceof Uint8Array || result instanceof Data)) {
    frame._meant([result]);
  } else if (Array.isArray(result)) {
    const listed = fop.name === 'readdir' || fop.name === 'readdirp';
    frame._meant(listed ? [result] : result);
  } else if (result === undefined && fop.reply.every(({ name }) => name === 'xdata')) {
    frame.unwind(0);
  } else if (typeof result === 'object' && result !== null) {
    const { opRet, ...parts } = result as Record<string, unknown>;
    const reply = byName(fop, parts, []);
    if (opRet === undefined || opRet === null) frame._meant(reply);
    else answerNumber(frame, opRet as number, reply);
  } else {
    const parts = fop.reply.map(({ name }) => name).join(', ');
    const missing = result === undefined ? ': is a return missing?' : '';
    throw new TypeError(
      `${fop.name} must return a Reply, or an object or array of ${parts}, not ${typeOf(result)}${missing}`,
    );
  }
}

/** Fops whose success may be a number. */
const UNCOUNTED = ['getactivelk', 'ipc'];

function answerNumber(frame: Frame, opRet: number, reply: readonly unknown[]): void {
  if (opRet < 0) {
    throw new RangeError(`opRet ${opRet}: to fail, throw new FopError(${errnoName(-opRet)})`);
  }
  frame.unwind(opRet, 0, ...reply);
}
