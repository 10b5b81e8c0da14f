/**
 * Turns: pieces of work that another thread may end, whatever runs in them, and what is known of the
 * one that is under way. Who can end them says so (`endTurnsBy`); where nobody can, they are work like
 * any other. A thread has one turn at a time, or one within another.
 *
 * A turn that is ended is abandoned: no `catch` and no `finally` in it is run. It may only end while a
 * guest is inside, which `InterpreterGate` ensures. Code around such a call that has to go on afterwards
 * is in this table: it sets its mark before the call, and the last column repairs what was under way.
 *
 * | code in a turn | marked before | repaired by |
 * |---|---|---|
 * | `runtime/pump/pump.ts` | `serving`: the mount of the message | `run`, which tells that mount |
 * | `runtime/pump/hot-sources.ts` | `taking`: the source that is read | `abandoned`, `goOn` reads on |
 * | `runtime/mount/fuse/session.ts` | `request`: the kernel's | `abandoned`: EIO, unless replied soon |
 * | `bridges/host/limits/interpreter-gate.ts` | `depth`: open calls | `abandon`: the interpreter is lost |
 * | `bridges/host/lifecycle/interpreter.ts` | `current`: the request inside | `resume` fails it |
 * | `bridges/host/requests/decision-queue.ts` | `running`: decisions are carried out | the gate, then `resume` |
 * | `bridges/isolation/main/link.ts` | `conversing`, `focus`: calls into the worker | `abandoned` |
 * | `apps/bench/run/call/callers.ts` | `pending`: a call | nothing: the measurement fails |
 *
 * All other code only reads the marks of `turn`. `test/tidy/turns.test.ts` compares this table with the sources.
 */

export const turn = {
  /** Whether one is open that guests may share. */
  open: false,
  /**
   * How many calls of guests have taken long. Who has several things to do, each of which may enter
   * a guest, looks at it after each: when it has changed, everybody else has waited long enough.
   */
  slow: 0,
};

/** Does something that can be ended from outside; false when it was. What it throws passes through. */
export type RunTurn = (what: () => void) => boolean;

let runTurn: RunTurn | null = null;

/** From now on turns are run so. */
export function setTurnRunner(run: RunTurn): void {
  runTurn = run;
}

/**
 * Does something that can be ended from outside. False when it was: then nothing of it is left, and
 * whatever it had begun is as it was at that moment.
 */
export function runEndable(what: () => void): boolean {
  if (runTurn !== null) return runTurn(what);
  what();
  return true;
}

const listeners: (() => void)[] = [];

/** Calls `fn` after a turn that several share has ended in the middle: to put things right. */
export function onTurnAbandoned(fn: () => void): void {
  listeners.push(fn);
}

/** A turn that guests share, so that entering them costs nothing more. As `endable`. */
export function runSharedTurn(what: () => void): boolean {
  if (runTurn === null) {
    what();
    return true;
  }
  turn.open = true;
  let whole = false;
  try {
    whole = runTurn(what);
  } finally {
    turn.open = false;
  }
  if (!whole) for (const listener of listeners) listener();
  return whole;
}
