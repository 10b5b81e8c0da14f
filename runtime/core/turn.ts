/**
 * Runs *turns*: calls that another thread may end, because a module in them runs too long. Turns may be nested.
 * Without `setTurnRunner` they are plain calls.
 *
 * A turn that was ended is abandoned: no `catch` and no `finally` in it runs. It is ended only while a guest (a
 * module) is inside, which `InterpreterGate` ensures. Code that is on the stack then marks its work before the call,
 * and repairs it afterwards, as this table says.
 *
 * | code in a turn | marked before | repaired by |
 * |---|---|---|
 * | `runtime/pump/pump.ts` | `servingMount`: the mount of the message | `run`, which tells that mount |
 * | `runtime/pump/hot-sources.ts` | `receivingSource`: the source that is read | `noteAbandonedTurn`, `resumeInterrupted` |
 * | `runtime/mount/fuse/session.ts` | `request`: the kernel's | `handleAbandonedTurn`: EIO, unless replied soon |
 * | `bridges/host/limits/interpreter-gate.ts` | `depth`: open calls | `markLost`: the interpreter is lost |
 * | `bridges/host/lifecycle/interpreter.ts` | `currentRequest`: the request inside | `recover` fails it |
 * | `bridges/host/requests/decision-queue.ts` | `isRunning`: decisions are carried out | the gate, then `recover` |
 * | `bridges/thread/guest-link.ts` | `isTakingMessages`: calls into the guest's thread | `recover` |
 * | `apps/bench/run/call/request-batches.ts` | `isPending`: a call | nothing: the measurement fails |
 *
 * `test/tidy/turns.test.ts` compares this table with the sources.
 */

/** The state of the running turn, which loops and guests read. */
export const turn = {
  /** Whether a turn that guests may share is running (`runSharedTurn`). */
  isShared: false,
  /**
   * The number of slow calls of guests so far. A loop whose steps may enter a guest compares it after each step, and
   * yields to other work when it has changed.
   */
  slowCallCount: 0,
  /** The number of turns that were ended so far. */
  abandonedCount: 0,
};

/**
 * Runs a call that another thread may end; returns false if it was ended. Exceptions pass through.
 * @param limitMs milliseconds after which V8 itself ends the call, by a thread for this call; -1 without a limit
 */
export type RunTurn = (call: () => void, limitMs: number) => boolean;

let runTurn: RunTurn | null = null;

/** Sets the function that runs turns. */
export function setTurnRunner(run: RunTurn): void {
  runTurn = run;
}

/**
 * Runs a call that another thread may end. Returns false if it was ended; all state is then as it was at that moment.
 */
export function runEndable(call: () => void, limitMs = -1): boolean {
  if (runTurn === null) {
    call();
    return true;
  }
  const isComplete = runTurn(call, limitMs);
  if (!isComplete) turn.abandonedCount += 1;
  return isComplete;
}

const listeners: (() => void)[] = [];

/** Registers a function that repairs state after a shared turn was abandoned. */
export function onTurnAbandoned(fn: () => void): void {
  listeners.push(fn);
}

/** Runs a call like `runEndable`. Guests inside share this turn, so that they need not begin turns of their own. */
export function runSharedTurn(call: () => void): boolean {
  if (runTurn === null) {
    call();
    return true;
  }
  turn.isShared = true;
  let isComplete = false;
  try {
    isComplete = runTurn(call, -1);
  } finally {
    turn.isShared = false;
  }
  if (!isComplete) {
    turn.abandonedCount += 1;
    for (const listener of listeners) listener();
  }
  return isComplete;
}

/**
 * Makes a function that runs a step, and runs it again afterwards if the step itself has called the function: a chain of
 * 10^5 steps that end at once needs no deeper stack. A step may enter a guest: after the end of its turn the function
 * begins anew.
 */
export function makeLoop(step: () => void): () => void {
  /** `abandonedCount` of the turn in which the loop runs; -1: it does not run. */
  let running = -1;
  let isDue = false;
  return () => {
    isDue = true;
    if (running === turn.abandonedCount) return;
    running = turn.abandonedCount;
    try {
      while (isDue) {
        isDue = false;
        step();
      }
    } finally {
      running = -1;
    }
  };
}
