/**
 * Realms of Node: vm contexts without string code generation.
 *
 * A realm has a queue of microtasks of its own, which runs only when something is evaluated in it:
 * what a script makes wait for a promise would otherwise run when nobody has called it, out of every
 * limit. A promise that is rejected there, and that nobody can wait for, is nobody's failure.
 */
import * as vm from 'node:vm';
import type { BareRealm } from '../../host/machine.ts';

/**
 * `Error` and `Error.prepareStackTrace` are sealed because Node asks them how to format a stack,
 * and call sites of a stack could name functions of the host.
 */
function seal(): void {
  const none = { value: undefined, writable: false, configurable: false };
  Object.defineProperty(Error, 'prepareStackTrace', none);
  Object.defineProperty(globalThis, 'Error', { ...none, value: Error, enumerable: false });
}

export function newRealm(name: string): BareRealm {
  const context = vm.createContext(Object.create(null), {
    name,
    codeGeneration: { strings: false, wasm: true },
    microtaskMode: 'afterEvaluate',
  });
  ignoreRejections();
  const evaluate = (source: string, filename: string): unknown =>
    new vm.Script(source, { filename }).runInContext(context);
  evaluate(`(${seal})()`, 'glossa:seal');
  const nothing = new vm.Script('0', { filename: 'glossa:turn' });
  return {
    evaluate,
    async goOn() {
      // Evaluating anything runs the realm's microtasks; compiling happens between two turns.
      nothing.runInContext(context);
      await new Promise((done) => setImmediate(done));
    },
  };
}

let ignoring = false;

/**
 * Node ends a process in which a promise was rejected that nobody waits for. A script can make such
 * promises in its realm; they are told by not being the host's. For the host's own, everything stays
 * as it is without this.
 */
function ignoreRejections(): void {
  if (ignoring) return;
  ignoring = true;
  process.on('unhandledRejection', (reason, promise) => {
    const others = process.listenerCount('unhandledRejection') > 1;
    if (isHostPromise(promise) && !others) throw reason;
  });
}

function isHostPromise(promise: unknown): boolean {
  try {
    return promise instanceof Promise;
  } catch {
    // A script has put something in the way of looking: that is in its realm.
    return false;
  }
}
