/**
 * From a method's return to the host: what it decided, failed at, or left open. Results are the codes
 * of codes.ts.
 */
import { errnoName } from '../../../runtime/core/errno.ts';
import type { FopRow } from '../../../runtime/core/fops.ts';
import { type Answer, byName, deliver, Reply, type Settle } from './child.ts';
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
import { report, returnedAt } from './report.ts';
import { self } from './self.ts';
import { checkAwaited } from './unawaited.ts';
import { changed, typeOf } from './values.ts';

/** An error left a method: it goes to the log, and the host answers the request. */
export function failed(frame: Frame, error: unknown): number {
  frame._open();
  frame._state = ANSWERED;
  waiting.delete(frame.id);
  kept.delete(frame.id);
  report(error, `${frame.name} failed`, methods.get(frame.name));
  return FAILED;
}

/** A method returned without a plain decision: it has sent messages, or kept the frame. */
export function settle(frame: Frame, result?: unknown): number {
  if (frame._state === ANSWERED) {
    if (frame._owed === 0) waiting.delete(frame.id);
    return NOTHING;
  }
  if (isPromise(result)) {
    const text = 'the method returned a promise that nobody awaits; make it async';
    return failed(frame, new TypeError(text));
  }
  frame._state = LATER;
  if (frame._owed > 0) wait(frame);
  else keep(frame, result);
  return NOTHING;
}

/** Keeps a frame that a child owes a reply. */
function wait(frame: Frame): void {
  if (waiting.get(frame.id) === undefined) waiting.add(frame);
}

/** A child answered a wind of a request that has several, or awaits it, or is over. */
export function replied(frame: Frame, answer: Answer): number {
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
    // One request of its own after the other may be made in its name: it begins anew.
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

/** An async method goes on, in the jobs of this call. */
function awaited(frame: Frame, settle: Settle, row: FopRow, answer: Answer): number {
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
 * What a method may still ask the children when the host has given its request up: to tidy up is
 * enough, and a loop that catches everything ends.
 */
const MOST_AFTER = 1000;

/** A frame that waits for something, by its number. */
export const find = (id: number): Frame | undefined => waiting.get(id) ?? kept.get(id)?.deref();

/** Rejects what an async method awaits of its children and sleeps. */
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

/** The host has answered request `id` itself: what the script does with it is void. */
export function cancel(id: number): void {
  const frame = find(id);
  if (frame === undefined) return;
  waiting.delete(id);
  frame._open();
  frame._end();
  frame._after ??= { left: MOST_AFTER };
  release(frame);
}

/** The caller of request `id` has given up. `methodOf` finds the method that wants to know. */
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
 * An async method has run as far as it gets by itself: the result for the engine. A promise is looked
 * at when jobs have run, for `ended`: that is less than half of what following it costs.
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

/** Rejects what awaits a reply that is a failure. */
export function refused(first: First, reply: Reply): void {
  first[1](new FopError(reply.opErrno, undefined, reply));
}

/** What a promise has come to when the jobs of a call had run: itself while it is pending. */
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
    // Unless a job has seen to it already.
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

/** Whether a result is what a child answered to this very request, untouched. */
function isSame({ id, fop }: Frame, result: unknown): boolean {
  if (!(result instanceof Reply) || result._id !== id || result.fop !== fop) return false;
  return result._made === undefined || !changed(result._made);
}
/** As QuickJS numbers them. */
const PENDING = 0;
const FULFILLED = 1;

/** An async function, since its await costs less than `then`. */
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

/** The request fails by an error that no errno goes with. */
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

/** What an async method returned becomes the answer. */
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

/** Whose success may be a number all the same. */
const UNCOUNTED = ['getactivelk', 'ipc'];

function answerNumber(frame: Frame, opRet: number, reply: readonly unknown[]): void {
  if (opRet < 0) {
    throw new RangeError(`opRet ${opRet}: to fail, throw new FopError(${errnoName(-opRet)})`);
  }
  frame.unwind(opRet, 0, ...reply);
}
