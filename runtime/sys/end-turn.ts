/**
 * Ends turns (core/turn.ts) from another thread, for a module's calls that ignore the interpreter's own interrupts: V8
 * terminates the code at its next backward jump.
 *
 * Uses node's `breakOnSigint` (node:vm), by which Ctrl-C terminates code at the prompt. No signal is sent: the other
 * thread calls the function that node calls after SIGINT. Node's helper thread is started once, after which SIGINT
 * gets its previous handler again.
 *
 * Sources: node's src/node_watchdog.cc (SigintWatchdogHelper), src/node_contextify.cc (EvalMachine).
 */
import { Script } from 'node:vm';
import { isMainThread } from 'node:worker_threads';
import koffi from 'koffi';
import { setTurnRunner } from '../core/turn.ts';
import { bindIfPresent, bindPlain } from './call.ts';

const HELPER = '_ZN4node20SigintWatchdogHelper';
/** C prototype of the function that ends the innermost turn. Thread safe; the calling thread binds it by koffi. */
export const END_TURN = `bool ${HELPER}26InformWatchdogsAboutSignalEv()`;
const START = `int ${HELPER}5StartEv(void *helper)`;

/** Returns the names of required functions that this Node lacks; `find` looks symbols up. */
export const findMissingSymbols = (
  find: typeof bindIfPresent = bindIfPresent,
): readonly string[] => [
  ...[END_TURN, START].filter((prototype) => find(prototype) === null),
  ...(typeof runInContext === 'function' ? [] : ['ContextifyScript.runInContext']),
];

const SIGINT = 2;
/** Larger than `struct sigaction` on any machine. */
const SIGACTION_BYTES = 512;

/** `vm.Script.runInThisContext` without its checks of options and of SIGINT listeners. */
type Run = (
  this: Script,
  context: null,
  timeout: number,
  displayErrors: boolean,
  breakOnSigint: boolean,
  breakOnFirstLine: boolean,
) => unknown;

const runInContext = (Object.getPrototypeOf(Script.prototype) as { runInContext?: Run })
  .runInContext;

/** Name of the global that the script calls; unique to this copy of the file. */
const KEY = `glossa turn ${import.meta.url}`;
const script = new Script(`globalThis[${JSON.stringify(KEY)}]()`);

let work: () => void = () => {};
let isComplete = false;
let failure: Failure | null = null;

interface Failure {
  readonly error: unknown;
}

function runWork(): void {
  try {
    work();
  } catch (error) {
    failure = { error };
  }
  isComplete = true;
}

let isEnabled: boolean | undefined;

/** Makes turns endable, once for the process. Returns false if this Node lacks the functions. */
export function enableTurnEnding(): boolean {
  isEnabled ??= isMainThread && startHelper();
  return isEnabled;
}

/** Starts node's helper thread. @param missing names of missing functions: does nothing then */
export function startHelper(missing: readonly string[] = findMissingSymbols()): boolean {
  if (missing.length > 0) return false;
  const before = new Uint8Array(SIGACTION_BYTES);
  try {
    const start = bindPlain(START) as unknown as (helper: unknown) => number;
    const sigaction = bindPlain('int sigaction(int number, void *act, void *old)');
    const helper = koffi.load(null).symbol(`${HELPER}8instanceE`, 'void *');
    Object.defineProperty(globalThis, KEY, { value: runWork, configurable: true });
    // The helper installs its own SIGINT handler; restore the previous one.
    if (sigaction(SIGINT, null, before) !== 0 || start(helper) !== 0) return false;
    if (sigaction(SIGINT, before, null) !== 0) return false;
    setTurnRunner(runTurn);
    return true;
  } catch {
    // A Node without these interfaces: such a call can only be ended with the process.
    return false;
  }
}

/** See `RunTurn` in core/turn.ts. */
function runTurn(action: () => void): boolean {
  work = action;
  isComplete = false;
  failure = null;
  try {
    runInContext!.call(script, null, -1, false, true, false);
  } catch (error) {
    // `runWork` catches exceptions of the work, so one before its end is the termination.
    if (isComplete) throw error;
  }
  const [wasComplete, ownFailure] = [isComplete, failure as Failure | null];
  // An outer turn that goes on must not see the results of this one.
  isComplete = false;
  failure = null;
  if (ownFailure !== null) throw ownFailure.error;
  return wasComplete;
}
