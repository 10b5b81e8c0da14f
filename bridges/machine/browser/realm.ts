/**
 * Makes realms for the browser's machine, in which the bridges evaluate Pyodide and its glue code.
 * A worker cannot make a true realm, so the code gets a scope: every free name, `globalThis`
 * included, is looked up there, and the worker's globals stay hidden.
 *
 * The scope is no security boundary: code with any JavaScript object can reach the worker's
 * `Function` through it. So only trusted text is evaluated here, and python/fence.ts keeps
 * JavaScript objects from the module.
 */
import type { BareRealm } from '../../host/machine.ts';

/** ECMAScript's own globals: harmless, as only trusted text uses them. */
const ECMASCRIPT_GLOBALS = [
  'Object Function Array Number Boolean String Symbol Date Promise RegExp Error AggregateError',
  'TypeError RangeError SyntaxError ReferenceError EvalError URIError Math JSON Map Set WeakMap',
  'WeakSet WeakRef FinalizationRegistry Reflect Proxy ArrayBuffer SharedArrayBuffer Atomics DataView',
  'Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array Float32Array',
  'Float64Array BigInt64Array BigUint64Array BigInt WebAssembly parseInt parseFloat isNaN isFinite',
  'NaN Infinity undefined encodeURIComponent decodeURIComponent encodeURI decodeURI',
].flatMap((line) => line.split(' '));

/** Makes a realm whose evaluated code finds only ECMASCRIPT_GLOBALS, and its own global variables. */
export function makeRealm(): BareRealm {
  const workerGlobals = globalThis as unknown as Readonly<Record<string, unknown>>;
  const scope: Record<string, unknown> = Object.create(null);
  for (const name of ECMASCRIPT_GLOBALS) scope[name] = workerGlobals[name];
  scope.globalThis = scope;
  const scopeProxy = new Proxy(scope, {
    // Every name counts as present, so that no lookup leaves the scope.
    has: () => true,
    // `with` asks for Symbol.unscopables, which the scope lacks.
    get: (target, name) => (typeof name === 'symbol' ? undefined : target[name]),
  });
  const evaluate = (source: string, name: string): unknown => {
    const body = `with (scope) { return (${source}\n) }\n//# sourceURL=${name}`;
    return new Function('scope', body).call(undefined, scopeProxy);
  };
  return {
    evaluate,
    compile: (source, name) => ({ run: () => evaluate(source, name), makeCode: () => undefined }),
    // Promise reactions run before the next timer.
    runReactions: () => new Promise((resolve) => setTimeout(resolve, 0)),
  };
}
