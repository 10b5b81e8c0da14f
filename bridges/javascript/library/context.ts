/**
 * Tracks whose frame's async method runs, so that `this.child.lookup(…)` is wound for its request.
 *
 * A promise may be settled by another request than the one that awaits it. `await` and `then` read
 * a promise's `constructor` before they queue a job; a getter there queues one in front that sets
 * the frame, as jobs run in order. A child's own promise is settled for its frame anyway.
 */
import { ANSWERED, type Frame, kept } from './frame.ts';
import { host, now } from './host.ts';
import { errorAt } from './report.ts';

const Native = Promise;
const { then } = Promise.prototype;
const { apply } = Reflect;

/** The latest promise of a child's method: awaited at once, it needs no tracking. */
export const fresh: { promise: unknown } = { promise: null };

/** Follows an async method that awaits other promises; set by requests.ts. */
export const strays = { follow: (_frame: Frame, _promise: Promise<unknown>): void => {} };

/** Marks a frame whose method awaits more than children's replies. */
function stray(frame: Frame): void {
  frame._strays = true;
  const method = frame._first?.[2];
  if (!method) return;
  frame._first![2] = null;
  strays.follow(frame, method);
}

/**
 * Promises of children's replies that the module awaits or has read; failures of the others are
 * logged. A promise awaited at once is not listed.
 */
export const awaited = new WeakSet<object>();
/** The latest promise that is watched for an await. */
export const watched: { promise: object | null } = { promise: null };

let busy = false;

/**
 * Jobs to mark after a switch of frames: awaits of values that are not promises (`await null`) pass
 * no getter, and this many are likely to follow.
 */
const MARKS = 4;
const settled = Native.resolve();

function mark(current: typeof now.current, more: number): void {
  busy = true;
  apply(then, settled, [
    () => {
      now.current = current;
      if (more > 1) mark(current, more - 1);
    },
  ]);
  busy = false;
}

function lineUp(promise: unknown): void {
  busy = true;
  awaited.add(promise as object);
  const { current } = now;
  const restore = (): void => {
    const switches = now.current !== current;
    now.current = current;
    if (switches) mark(current, MARKS);
  };
  try {
    apply(then, promise, [restore, restore]);
    if (current !== null && !current.answered) {
      keep(current as Frame);
      stray(current as Frame);
    }
  } catch {
    // The module reads the constructor of another object: no job follows.
  } finally {
    busy = false;
  }
}

Object.defineProperty(Native.prototype, 'constructor', {
  configurable: true,
  get() {
    if (busy || this === fresh.promise) return Native;
    if (this === watched.promise) awaited.add(this as object);
    else lineUp(this);
    return Native;
  },
});

/** Calls `tell` for a rejection without a handler, without changing the promise. */
export function onUnhandled(promise: Promise<unknown>, tell: (error: unknown) => void): void {
  busy = true;
  apply(then, promise, [
    undefined,
    (error: unknown) => {
      if (!awaited.has(promise)) tell(error);
    },
  ]);
  busy = false;
}

export const isPromise = (value: unknown): value is Promise<unknown> => value instanceof Native;

const NO_REPLY =
  'the request was neither answered nor passed on, and nothing can reach it any more';
const MISSING = 'is a frame.wind, frame.unwind or frame.fail missing?';
const RETURNED =
  'what it returned answers only in an async method: write frame.unwind(opRet, opErrno, …) or ' +
  'frame.fail(ENOENT)';

interface FinalizerRecord {
  readonly id: number;
  readonly ref: WeakRef<Frame>;
  readonly name: string;
  readonly method: unknown;
  /** The likely mistake. */
  readonly why: string;
}

/** Frames that only the module holds. When they are collected, the host fails the request. */
const registry = new FinalizationRegistry<FinalizerRecord>(({ id, ref, name, method, why }) => {
  if (kept.get(id) !== ref) return;
  kept.delete(id);
  errorAt(method, `${name}: ${NO_REPLY} (${why})`);
  host.lost(id);
});

/** Methods by fop, for the source place of a frame. */
export const methods = new Map<string, unknown>();

/** @param result the method's result */
export function keep(frame: Frame, result?: unknown): void {
  const { id, name } = frame;
  if (kept.has(id) || id < 0 || frame._state === ANSWERED) return;
  const ref = new WeakRef(frame);
  kept.set(id, ref);
  const why = isAnswer(result) ? RETURNED : MISSING;
  registry.register(frame, { id, ref, name, method: methods.get(name), why });
}

/** True if a result looks like a reply. */
const isAnswer = (result: unknown): boolean =>
  Array.isArray(result) || (typeof result === 'number' && result !== 0);
