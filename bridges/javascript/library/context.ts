/**
 * Tracks the frame whose async method runs, so that `this.child.lookup(…)` is wound for its
 * request.
 *
 * A promise may be settled by another request than the one that awaits it. `await` and `then` read
 * a promise's `constructor` before they queue a job; a getter there queues one in front that sets
 * the frame, as jobs run in order. The promise of a child's method needs none: the reply sets the
 * frame.
 */
import { ANSWERED, type Frame, watchedFrames } from './frame.ts';
import { execution, host } from './host.ts';
import { logErrorAt } from './report.ts';

const NativePromise = Promise;
const { then } = Promise.prototype;
const { apply } = Reflect;

/**
 * The latest promise of a child's compiled method (entry.ts), or of `followMethod`: an await at
 * once needs no tracking.
 */
export const latestUntracked: { promise: unknown } = { promise: null };

/** Holds `followMethod` of method-results.ts, which sets it: an import would be circular. */
export const lateImports = {
  followMethod: (_frame: Frame, _promise: Promise<unknown>): void => {},
};

/**
 * Records that a method awaits another promise than a child's reply: `followMethod` handles its
 * result from now on.
 */
function handleOtherAwait(frame: Frame): void {
  frame._awaitsOthers = true;
  const method = frame._unchangedWind?.[2];
  if (!method) return;
  frame._unchangedWind![2] = null;
  lateImports.followMethod(frame, method);
}

/**
 * Promises of children's replies that the module awaits or has read; failures of the others are
 * logged. A promise awaited at once is not listed.
 */
export const awaitedPromises = new WeakSet<object>();
/**
 * The latest promise of `startRequest` (child.ts). A read of its `constructor` means that it is
 * awaited.
 */
export const latestWatched: { promise: object | null } = { promise: null };

/** True while this library itself calls `then`, which reads a promise's `constructor`. */
let isInternal = false;

/**
 * The number of jobs that set the frame again after a switch of frames. They serve awaits of values
 * that are not promises (`await null`), which read no `constructor`; a method rarely has more of
 * these in sequence.
 */
const FRAME_SETTER_COUNT = 4;
const resolvedPromise = NativePromise.resolve();

/** Queues jobs that set the current frame, each after the one before has run. */
function queueFrameSetters(currentFrame: typeof execution.asyncFrame, count: number): void {
  isInternal = true;
  apply(then, resolvedPromise, [
    () => {
      execution.asyncFrame = currentFrame;
      if (count > 1) queueFrameSetters(currentFrame, count - 1);
    },
  ]);
  isInternal = false;
}

/**
 * Queues a job that sets the current frame just before the module continues after its await of
 * `promise`.
 */
function queueRestore(promise: unknown): void {
  isInternal = true;
  awaitedPromises.add(promise as object);
  const { asyncFrame: currentFrame } = execution;
  const restore = (): void => {
    const isSwitch = execution.asyncFrame !== currentFrame;
    execution.asyncFrame = currentFrame;
    if (isSwitch) queueFrameSetters(currentFrame, FRAME_SETTER_COUNT);
  };
  try {
    apply(then, promise, [restore, restore]);
    if (currentFrame !== null && !currentFrame.answered) {
      watchFrame(currentFrame as Frame);
      handleOtherAwait(currentFrame as Frame);
    }
  } catch {
    // The module reads the constructor of another object: no job follows.
  } finally {
    isInternal = false;
  }
}

Object.defineProperty(NativePromise.prototype, 'constructor', {
  configurable: true,
  get() {
    if (isInternal || this === latestUntracked.promise) return NativePromise;
    if (this === latestWatched.promise) awaitedPromises.add(this as object);
    else queueRestore(this);
    return NativePromise;
  },
});

/** Calls `onError` if the promise is rejected without a handler; does not change the promise. */
export function reportUnhandled(
  promise: Promise<unknown>,
  onError: (error: unknown) => void,
): void {
  isInternal = true;
  apply(then, promise, [
    undefined,
    (error: unknown) => {
      if (!awaitedPromises.has(promise)) onError(error);
    },
  ]);
  isInternal = false;
}

export const isPromise = (value: unknown): value is Promise<unknown> =>
  value instanceof NativePromise;

const NO_REPLY_TEXT =
  'the request was neither answered nor passed on, and nothing can reach it any more';
const MISSING_CALL_HINT = 'is a frame.wind, frame.unwind or frame.fail missing?';
const RETURNED_VALUE_HINT =
  'what it returned answers only in an async method: write frame.unwind(opRet, opErrno, …) or ' +
  'frame.fail(ENOENT)';

/** The data for the log when a frame was collected. */
interface FinalizerRecord {
  readonly id: number;
  readonly frameRef: WeakRef<Frame>;
  readonly name: string;
  readonly method: unknown;
  /** The likely mistake. */
  readonly mistake: string;
}

/** Frames that only the module references. When one is collected, the host fails its request. */
const frameRegistry = new FinalizationRegistry<FinalizerRecord>(
  ({ id, frameRef, name, method, mistake }) => {
    if (watchedFrames.get(id) !== frameRef) return;
    watchedFrames.delete(id);
    logErrorAt(method, `${name}: ${NO_REPLY_TEXT} (${mistake})`);
    host.lost(id);
  },
);

/** The module's methods by fop name, for log lines about a frame. */
export const methodsByFop = new Map<string, unknown>();

/** Watches a frame that only the module references. @param result the method's result */
export function watchFrame(frame: Frame, result?: unknown): void {
  const { id, name } = frame;
  if (watchedFrames.has(id) || id < 0 || frame._state === ANSWERED) return;
  const frameRef = new WeakRef(frame);
  watchedFrames.set(id, frameRef);
  const mistake = looksLikeReply(result) ? RETURNED_VALUE_HINT : MISSING_CALL_HINT;
  frameRegistry.register(frame, { id, frameRef, name, method: methodsByFop.get(name), mistake });
}

/** Returns whether the author may have meant a method's result as a reply. */
const looksLikeReply = (result: unknown): boolean =>
  Array.isArray(result) || (typeof result === 'number' && result !== 0);
