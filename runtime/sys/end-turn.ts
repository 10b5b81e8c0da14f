/**
 * Lets another thread end turns (core/turn.ts), when a module's call ignores the interrupts of its interpreter. V8
 * then terminates the code at its next backward jump.
 *
 * This uses node's `breakOnSigint` (node:vm), by which Ctrl-C terminates code at the prompt. No signal is sent: the
 * other thread calls the function that node calls after SIGINT. Node's helper thread is started once; then SIGINT gets
 * its previous handler again.
 *
 * Sources: node's src/node_watchdog.cc (SigintWatchdogHelper), src/node_contextify.cc (EvalMachine).
 */
import { Script } from 'node:vm';
import { isMainThread } from 'node:worker_threads';
import { setTurnRunner } from '../core/turn.ts';
import { koffi } from './koffi.ts';
import { bindIfPresent, bindPlain } from './libc.ts';

/** The beginning of the C++ symbols of node's class SigintWatchdogHelper. */
const HELPER_SYMBOL = '_ZN4node20SigintWatchdogHelper';
/** C prototype of the function that ends the innermost turn. Any thread may bind it by koffi, and call it. */
export const END_TURN_PROTOTYPE = `bool ${HELPER_SYMBOL}26InformWatchdogsAboutSignalEv()`;
/** C prototype of the function that starts the helper's thread. */
const START_PROTOTYPE = `int ${HELPER_SYMBOL}5StartEv(void *helper)`;

/** Lists the required functions that this Node lacks. @param find looks symbols up; tests replace it */
export const findMissingSymbols = (
  find: typeof bindIfPresent = bindIfPresent,
): readonly string[] => [
  ...[END_TURN_PROTOTYPE, START_PROTOTYPE].filter((prototype) => find(prototype) === null),
  ...(typeof runInContext === 'function' ? [] : ['ContextifyScript.runInContext']),
];

/** The signal's number. */
const SIGINT = 2;
/** Larger than `struct sigaction` on any machine. */
const SIGACTION_BYTES = 512;

/** `vm.Script.runInThisContext` without its checks of options and of SIGINT listeners. */
type RunInContext = (
  this: Script,
  context: null,
  timeout: number,
  displayErrors: boolean,
  breakOnSigint: boolean,
  breakOnFirstLine: boolean,
) => unknown;

const runInContext = (Object.getPrototypeOf(Script.prototype) as { runInContext?: RunInContext })
  .runInContext;

/** Name of the global that the script calls; unique to this copy of the file. */
const GLOBAL_KEY = `glossa turn ${import.meta.url}`;
const script = new Script(`globalThis[${JSON.stringify(GLOBAL_KEY)}]()`);

/** The call of the running turn, which the script's global function runs. */
let currentCall: () => void = () => {};
/** Whether that call has ended, by itself or by an exception. */
let isComplete = false;
/** The exception of that call; null without one. */
let failure: Failure | null = null;

/** An exception of a turn's call; an object, because `null` can be thrown, too. */
interface Failure {
  readonly error: unknown;
}

/** Runs the call of the turn; the script calls it. */
function runWork(): void {
  try {
    currentCall();
  } catch (error) {
    failure = { error };
  }
  isComplete = true;
}

/** Undefined before the first call of `enableTurnEnding`. */
let isEnabled: boolean | undefined;

/** Makes turns endable, once in a process. Returns false in a worker, and if this Node lacks the functions. */
export function enableTurnEnding(): boolean {
  isEnabled ??= isMainThread && startHelper();
  return isEnabled;
}

/** Starts node's helper thread. @param missing names of missing functions; if there are any, it starts nothing */
export function startHelper(missing: readonly string[] = findMissingSymbols()): boolean {
  if (missing.length > 0) return false;
  const previousAction = new Uint8Array(SIGACTION_BYTES);
  try {
    const start = bindPlain(START_PROTOTYPE) as unknown as (helper: unknown) => number;
    const sigaction = bindPlain('int sigaction(int number, void *act, void *old)');
    const helper = koffi.load(null).symbol(`${HELPER_SYMBOL}8instanceE`, 'void *');
    Object.defineProperty(globalThis, GLOBAL_KEY, { value: runWork, configurable: true });
    // The helper installs its own SIGINT handler; restore the previous one.
    if (sigaction(SIGINT, null, previousAction) !== 0 || start(helper) !== 0) return false;
    if (sigaction(SIGINT, previousAction, null) !== 0) return false;
    setTurnRunner(runTurn);
    return true;
  } catch {
    // A Node without these interfaces: such a call can only be ended with the process.
    return false;
  }
}

/** Runs a turn, as `RunTurn` in core/turn.ts says. */
function runTurn(action: () => void, limitMs: number): boolean {
  currentCall = action;
  isComplete = false;
  failure = null;
  try {
    runInContext!.call(script, null, limitMs, false, true, false);
  } catch (error) {
    // `runWork` catches the call's own exceptions. So an exception before its end means that the turn was ended.
    if (isComplete) throw error;
  }
  const [wasComplete, ownFailure] = [isComplete, failure as Failure | null];
  // If this was a nested turn, the outer one continues, and must not see the results of this one.
  isComplete = false;
  failure = null;
  if (ownFailure !== null) throw ownFailure.error;
  return wasComplete;
}
