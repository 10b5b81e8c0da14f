/**
 * Makes realms on Node: vm contexts in which `eval` and `new Function` are disabled. A realm has
 * its own microtask queue, which runs only when code is evaluated in it; otherwise a module's
 * promise reactions would run outside of its calls and limits. Rejected promises of a realm do not
 * end the process.
 */
import * as vm from 'node:vm';
import type { BareRealm, RealmScript } from '../../host/machine.ts';

/**
 * Makes `Error` and `Error.prepareStackTrace` constant. Node calls the latter to format a stack;
 * its call sites could expose host functions to a module. Runs in the realm, from its source text.
 */
function sealErrors(): void {
  const constant = { value: undefined, writable: false, configurable: false };
  Object.defineProperty(Error, 'prepareStackTrace', constant);
  Object.defineProperty(globalThis, 'Error', { ...constant, value: Error, enumerable: false });
}

/** Makes a realm. @param name shown by debuggers */
export function makeRealm(name: string): BareRealm {
  const context = vm.createContext(Object.create(null), {
    name,
    codeGeneration: { strings: false, wasm: true },
    microtaskMode: 'afterEvaluate',
  });
  ignoreRejections();
  const compile = (source: string, filename: string, code?: Uint8Array): RealmScript => {
    const script = new vm.Script(source, { filename, cachedData: code });
    return {
      run: () => script.runInContext(context),
      // V8 refuses the code of another version, or with other flags.
      makeCode: () =>
        code === undefined || script.cachedDataRejected ? script.createCachedData() : undefined,
    };
  };
  const evaluate = (source: string, filename: string): unknown => compile(source, filename).run();
  evaluate(`(${sealErrors})()`, 'glossa:seal');
  const emptyScript = new vm.Script('0', { filename: 'glossa:turn' });
  return {
    evaluate,
    compile,
    async runReactions() {
      // Any evaluation runs the realm's microtasks.
      emptyScript.runInContext(context);
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

let isIgnoringRejections = false;

/**
 * Keeps a realm's unhandled rejections, which a module can cause, from ending the process. The
 * host's own promises are treated as before.
 */
function ignoreRejections(): void {
  if (isIgnoringRejections) return;
  isIgnoringRejections = true;
  process.on('unhandledRejection', (reason, promise) => {
    const hasOtherListeners = process.listenerCount('unhandledRejection') > 1;
    if (isHostPromise(promise) && !hasOtherListeners) throw reason;
  });
}

/** True for a promise of this process's own realm. */
function isHostPromise(promise: unknown): boolean {
  try {
    return promise instanceof Promise;
  } catch {
    // Only a module's object can throw here, so the promise is of its realm.
    return false;
  }
}
