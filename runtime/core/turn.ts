/**
 * Runs turns: calls that another thread may end (`setTurnRunner`; without it they are plain calls). A thread has
 * one turn at a time, or nested ones.
 *
 * An ended turn is abandoned: no `catch` and no `finally` in it runs. It ends only while a guest is inside, which
 * `InterpreterGate` ensures. Code around such a call sets the mark in this table before it, and the last column
 * repairs the interrupted work.
 *
 * | code in a turn | marked before | repaired by |
 * |---|---|---|
 * | `runtime/pump/pump.ts` | `serving`: the mount of the message | `run`, which tells that mount |
 * | `runtime/pump/hot-sources.ts` | `taking`: the source that is read | `abandoned`, `resumeInterrupted` reads on |
 * | `runtime/mount/fuse/session.ts` | `request`: the kernel's | `abandoned`: EIO, unless replied soon |
 * | `bridges/host/limits/interpreter-gate.ts` | `depth`: open calls | `markLost`: the interpreter is lost |
 * | `bridges/host/lifecycle/interpreter.ts` | `current`: the request inside | `recover` fails it |
 * | `bridges/host/requests/decision-queue.ts` | `isRunning`: decisions are carried out | the gate, then `recover` |
 * | `bridges/isolation/main/worker-link.ts` | `isConversing`, `awaitedCall`: calls into the worker | `recover` |
 * | `apps/bench/run/call/request-batches.ts` | `pending`: a call | nothing: the measurement fails |
 *
 * `test/tidy/turns.test.ts` compares this table with the sources.
 */

export const turn = {
  /** Whether a turn that guests may share is running (`runSharedTurn`). */
  open: false,
  /**
   * Number of slow calls of guests. A loop whose steps may enter a guest compares it after each step, and
   * yields to other work when it has changed.
   */
  slow: 0,
};

/** Runs a call that another thread may end; returns false if it was ended. Exceptions pass through. */
export type RunTurn = (call: () => void) => boolean;

let runTurn: RunTurn | null = null;

/** Sets the function that runs turns. */
export function setTurnRunner(run: RunTurn): void {
  runTurn = run;
}

/**
 * Runs a call that another thread may end. Returns false when it was ended; its state is then as at that
 * moment.
 */
export function runEndable(call: () => void): boolean {
  if (runTurn !== null) return runTurn(call);
  call();
  return true;
}

const listeners: (() => void)[] = [];

/** Registers `fn` to repair state after a shared turn was abandoned. */
export function onTurnAbandoned(fn: () => void): void {
  listeners.push(fn);
}

/** As `runEndable`, for a turn that several guests share at no extra cost. */
export function runSharedTurn(call: () => void): boolean {
  if (runTurn === null) {
    call();
    return true;
  }
  turn.open = true;
  let isComplete = false;
  try {
    isComplete = runTurn(call);
  } finally {
    turn.open = false;
  }
  if (!isComplete) for (const listener of listeners) listener();
  return isComplete;
}
