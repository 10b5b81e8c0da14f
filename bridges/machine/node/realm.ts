/**
 * Realms of Node: vm contexts without string code generation.
 *
 * A realm has a queue of microtasks of its own, which runs only when something is evaluated in it:
 * what a script makes wait for a promise would otherwise run when nobody has called it, out of every
 * limit. A promise that is rejected there, and that nobody can wait for, is nobody's failure.
 */
import * as vm from 'node:vm';
import type { AnyFunction, BareRealm, CodePlace } from '../../host/machine.ts';
import type { FrameName } from '../../host/profile-names.ts';

/**
 * `Error` and `Error.prepareStackTrace` are sealed because Node asks them how to format a stack,
 * and call sites of a stack could name functions of the host.
 */
const SEAL = `'use strict';
Object.defineProperty(Error, 'prepareStackTrace',
  { value: undefined, writable: false, configurable: false });
Object.defineProperty(globalThis, 'Error',
  { value: Error, writable: false, enumerable: false, configurable: false });`;

/** Compiled code of one Node runs in no other. */
const codeName = (name: string): string => `${name}-${process.version}-${process.arch}.code`;

export function newRealm(name: string): BareRealm {
  const context = vm.createContext(Object.create(null), {
    name,
    codeGeneration: { strings: false, wasm: true },
    microtaskMode: 'afterEvaluate',
  });
  ignoreRejections();
  const run = (source: string, filename: string, cachedData?: Buffer) => {
    const script = new vm.Script(source, { filename, cachedData });
    return { value: script.runInContext(context) as unknown, script };
  };
  run(SEAL, 'glossa:seal');
  const nothing = new vm.Script('0', { filename: 'glossa:turn' });
  return {
    evaluate: (source, filename) => run(source, filename).value,
    evaluateKept: (source, filename, place) => evaluateKept(run, source, filename, place),
    async goOn() {
      // Evaluating anything runs the realm's microtasks; compiling happens between two turns.
      nothing.runInContext(context);
      await new Promise((done) => setImmediate(done));
    },
    frameAround: (next, frame) => frameIn(context, next, frame),
  };
}

type Run = (
  source: string,
  filename: string,
  cachedData?: Buffer,
) => { value: unknown; script: vm.Script };

function evaluateKept(run: Run, source: string, filename: string, place: CodePlace | undefined) {
  if (place === undefined) return { value: run(source, filename).value, keep() {} };
  const { cache } = place;
  const name = codeName(place.name);
  const known = cache.readCode(name, source) as Buffer | undefined;
  const { value, script } = run(source, filename, known);
  const isFresh = known === undefined || script.cachedDataRejected === true;
  return {
    value,
    /** Functions that were used meanwhile are compiled, and kept as well. */
    keep(): void {
      if (isFresh) cache.writeCode(name, source, script.createCachedData());
    },
  };
}

/** See `frameAround` in machine.ts; one that is called out of another realm has to be made in it. */
function frameIn<F extends AnyFunction>(
  realm: vm.Context | undefined,
  next: F,
  { file, line, func }: FrameName,
): F {
  const key = JSON.stringify(func);
  const text = `'use strict';return ({${key}(a,b,c){return next(a,b,c)}})[${key}]`;
  const make = vm.compileFunction(text, ['next'], {
    filename: file,
    lineOffset: Math.max(0, line - 1),
    parsingContext: realm,
  });
  return make(next) as F;
}

export const frameAround = <F extends AnyFunction>(next: F, name: FrameName): F =>
  frameIn(undefined, next, name);

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
