/**
 * Tracks whose frame's async method runs, so that `this.child.lookup(…)` is wound for its request.
 *
 * A promise may be settled by another request than the one that awaits it. `await` and `then` read
 * a promise's `constructor` before they queue a job; a getter there queues one in front that sets
 * the frame, as jobs run in order. A child's own promise is settled for its frame anyway.
 */
import { ANSWERED, type Frame, keptFrames } from './frame.ts';
import { host, now } from './host.ts';
import { logErrorAt } from './report.ts';

const Native = Promise;
const { then } = Promise.prototype;
const { apply } = Reflect;

/** The latest promise of a child's method: awaited at once, it needs no tracking. */
export const fresh: { promise: unknown } = { promise: null };

/** Follows an async method that awaits other promises; set by requests.ts. */
export const strays = { follow: (_frame: Frame, _promise: Promise<unknown>): void => {} };

/** Follows the method of a frame that awaits more than children's replies. */
function followStray(frame: Frame): void {
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
export const awaitedPromises = new WeakSet<object>();
/** The latest promise of a child's method, which may await it later. */
export const latestWatched: { promise: object | null } = { promise: null };

let isInternal = false;

/**
 * The number of jobs that set the frame again after a switch of frames: awaits of values that are not
 * promises (`await null`) read no `constructor`, and a method rarely has more of them in sequence.
 */
const MARK_COUNT = 4;
const resolvedPromise = Native.resolve();

/** Queues jobs, one after the other, that set the current frame. */
function queueMarks(current: typeof now.current, count: number): void {
  isInternal = true;
  apply(then, resolvedPromise, [
    () => {
      now.current = current;
      if (count > 1) queueMarks(current, count - 1);
    },
  ]);
  isInternal = false;
}

/** Queues a job that sets the current frame just before the module continues after its await of `promise`. */
function queueRestore(promise: unknown): void {
  isInternal = true;
  awaitedPromises.add(promise as object);
  const { current } = now;
  const restore = (): void => {
    const isSwitch = now.current !== current;
    now.current = current;
    if (isSwitch) queueMarks(current, MARK_COUNT);
  };
  try {
    apply(then, promise, [restore, restore]);
    if (current !== null && !current.answered) {
      keepFrame(current as Frame);
      followStray(current as Frame);
    }
  } catch {
    // The module reads the constructor of another object: no job follows.
  } finally {
    isInternal = false;
  }
}

Object.defineProperty(Native.prototype, 'constructor', {
  configurable: true,
  get() {
    if (isInternal || this === fresh.promise) return Native;
    if (this === latestWatched.promise) awaitedPromises.add(this as object);
    else queueRestore(this);
    return Native;
  },
});

/** Calls `onError` for a rejection without a handler, without changing the promise. */
export function onUnhandled(promise: Promise<unknown>, onError: (error: unknown) => void): void {
  isInternal = true;
  apply(then, promise, [
    undefined,
    (error: unknown) => {
      if (!awaitedPromises.has(promise)) onError(error);
    },
  ]);
  isInternal = false;
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
  readonly mistake: string;
}

/** Frames that only the module references. When one is collected, the host fails its request. */
const registry = new FinalizationRegistry<FinalizerRecord>(({ id, ref, name, method, mistake }) => {
  if (keptFrames.get(id) !== ref) return;
  keptFrames.delete(id);
  logErrorAt(method, `${name}: ${NO_REPLY} (${mistake})`);
  host.lost(id);
});

/** Methods by fop, for the source position of a frame. */
export const methods = new Map<string, unknown>();

/** Watches a frame that only the module references. @param result the method's result */
export function keepFrame(frame: Frame, result?: unknown): void {
  const { id, name } = frame;
  if (keptFrames.has(id) || id < 0 || frame._state === ANSWERED) return;
  const ref = new WeakRef(frame);
  keptFrames.set(id, ref);
  const mistake = looksLikeReply(result) ? RETURNED : MISSING;
  registry.register(frame, { id, ref, name, method: methods.get(name), mistake });
}

/** True if a result looks like a reply. */
const looksLikeReply = (result: unknown): boolean =>
  Array.isArray(result) || (typeof result === 'number' && result !== 0);
