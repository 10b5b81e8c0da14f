/**
 * Which frame's async method runs: what `this.child.lookup(…)` is asked in the name of.
 *
 * A promise may be settled by another request than the one that awaits it. `await` looks at the
 * `constructor` of what it is given before it lines up behind it, and `then` does too; so a getter
 * there lines up in front of both, and sets the frame that waits before its code goes on: jobs run in
 * the order in which they lined up. A child's own promise is settled in the name of its frame anyway.
 */
import { ANSWERED, type Frame, kept } from './frame.ts';
import { host, now } from './host.ts';
import { errorAt } from './report.ts';

const Native = Promise;
const { then } = Promise.prototype;
const { apply } = Reflect;

/** The promise that a child's method has made last: awaited at once, it needs no care. */
export const fresh: { promise: unknown } = { promise: null };

/** How an async method is followed that awaits anything else; requests.ts does it. */
export const strays = { follow: (_frame: Frame, _promise: Promise<unknown>): void => {} };

/** What a frame's method awaits can end it at any time, and not just when the child answers. */
function stray(frame: Frame): void {
  frame._strays = true;
  const method = frame._first?.[2];
  if (!method) return;
  frame._first![2] = null;
  strays.follow(frame, method);
}

/**
 * Promises of children's replies that somebody has looked at, or awaits: a failure of the others is
 * nobody's. What is awaited at once as it came does without.
 */
export const awaited = new WeakSet<object>();
/** The last of those that are watched so. */
export const watched: { promise: object | null } = { promise: null };

let busy = false;

/**
 * What is no promise (`await null`) shows nothing. After a switch from one frame to another, the next
 * jobs of this one are therefore marked too, as many as such awaits are likely to follow.
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
    // Somebody looks at the constructor of what is no promise: nothing will wait for it.
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

/** Hears of a rejection that nobody else waits for. To others the promise is as it was. */
export function whenForgotten(promise: Promise<unknown>, tell: (error: unknown) => void): void {
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

interface Held {
  readonly id: number;
  readonly ref: WeakRef<Frame>;
  readonly name: string;
  readonly method: unknown;
  /** What was forgotten. */
  readonly why: string;
}

/** Frames that only the module holds on to. When it lets go, nobody can answer any more. */
const registry = new FinalizationRegistry<Held>(({ id, ref, name, method, why }) => {
  if (kept.get(id) !== ref) return;
  kept.delete(id);
  errorAt(method, `${name}: ${NO_REPLY} (${why})`);
  host.lost(id);
});

/** Methods by name of fop, to say where a frame came from. */
export const methods = new Map<string, unknown>();

/** @param result what the method has returned */
export function keep(frame: Frame, result?: unknown): void {
  const { id, name } = frame;
  if (kept.has(id) || id < 0 || frame._state === ANSWERED) return;
  const ref = new WeakRef(frame);
  kept.set(id, ref);
  const why = isAnswer(result) ? RETURNED : MISSING;
  registry.register(frame, { id, ref, name, method: methods.get(name), why });
}

/** Whether it looks as if it was meant to answer a request. */
const isAnswer = (result: unknown): boolean =>
  Array.isArray(result) || (typeof result === 'number' && result !== 0);
