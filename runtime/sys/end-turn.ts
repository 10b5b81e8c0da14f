/**
 * Ends turns (core/turn.ts, which lists the code that is abandoned) from another thread. An interpreter's C code hears no signal of the
 * interpreter's; V8 ends it at its next jump back.
 *
 * Node has this for a person's Ctrl-C at its prompt (`breakOnSigint` of node:vm): code that is run so
 * is terminated, and the termination comes out as an exception. Here no signal is involved: the
 * thread that wants the end calls what node calls when the signal has come. What costs, a thread that
 * waits for SIGINT, is started once instead of for every run, and SIGINT stays with whom it had.
 *
 * Sources: node's src/node_watchdog.cc (SigintWatchdogHelper), src/node_contextify.cc (EvalMachine).
 */
import { Script } from 'node:vm';
import { isMainThread } from 'node:worker_threads';
import koffi from 'koffi';
import { setTurnRunner } from '../core/turn.ts';
import { optional, plain } from './call.ts';

const HELPER = '_ZN4node20SigintWatchdogHelper';
/** What ends the innermost turn: for koffi in the thread that calls it, where it is thread safe. */
export const END_TURN = `bool ${HELPER}26InformWatchdogsAboutSignalEv()`;
const START = `int ${HELPER}5StartEv(void *helper)`;

/** Names what this needs of Node and what is not there; `find` looks symbols up. */
export const missingForTurns = (find: typeof optional = optional): readonly string[] => [
  ...[END_TURN, START].filter((prototype) => find(prototype) === null),
  ...(typeof native === 'function' ? [] : ['ContextifyScript.runInContext']),
];

const SIGINT = 2;
/** More than a `struct sigaction` has anywhere. */
const SIGACTION_BYTES = 512;

/** `vm.Script.runInThisContext` without its looks at options and at listeners of SIGINT. */
type Run = (
  this: Script,
  context: null,
  timeout: number,
  displayErrors: boolean,
  breakOnSigint: boolean,
  breakOnFirstLine: boolean,
) => unknown;

const native = (Object.getPrototypeOf(Script.prototype) as { runInContext?: Run }).runInContext;

/** The script finds its work under a name that no other copy of this file has. */
const KEY = `glossa turn ${import.meta.url}`;
const script = new Script(`globalThis[${JSON.stringify(KEY)}]()`);

let work: () => void = () => {};
let ended = false;
let failure: Failure | null = null;

interface Failure {
  readonly error: unknown;
}

function step(): void {
  try {
    work();
  } catch (error) {
    failure = { error };
  }
  ended = true;
}

let ready: boolean | undefined;

/** Makes turns endable from now on; false where this Node cannot. For those who want to end them. */
export function enableTurnEnding(): boolean {
  ready ??= isMainThread && startHelper();
  return ready;
}

/** @param missing what is not there: nothing is begun then */
export function startHelper(missing: readonly string[] = missingForTurns()): boolean {
  if (missing.length > 0) return false;
  const before = new Uint8Array(SIGACTION_BYTES);
  try {
    const start = plain(START) as unknown as (helper: unknown) => number;
    const sigaction = plain('int sigaction(int number, void *act, void *old)');
    const helper = koffi.load(null).symbol(`${HELPER}8instanceE`, 'void *');
    Object.defineProperty(globalThis, KEY, { value: step, configurable: true });
    // It takes SIGINT for itself, which is given back.
    if (sigaction(SIGINT, null, before) !== 0 || start(helper) !== 0) return false;
    if (sigaction(SIGINT, before, null) !== 0) return false;
    setTurnRunner(runTurn);
    return true;
  } catch {
    // Another kind of Node: such a call can only be ended with the process.
    return false;
  }
}

/** See `RunTurn` in core/turn.ts. */
function runTurn(what: () => void): boolean {
  work = what;
  ended = false;
  failure = null;
  try {
    native!.call(script, null, -1, false, true, false);
  } catch (error) {
    // What the work throws is kept in `failure`: this is the termination.
    if (ended) throw error;
  }
  const [whole, mine] = [ended, failure as Failure | null];
  // For a turn around this one, which goes on.
  ended = false;
  failure = null;
  if (mine !== null) throw mine.error;
  return whole;
}
