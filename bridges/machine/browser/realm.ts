/**
 * Makes realms in a browser. A worker cannot make a true realm, so evaluated code gets a scope: it
 * finds every free name there, `globalThis` included, and the worker's globals stay hidden. That
 * restricts trusted text only: from any JavaScript object, a module could climb to the worker's
 * `Function`. The fence (python/fence.ts) keeps such objects from Python. A module that broke the
 * fence would get what the browser allows a worker of this origin.
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

export function makeRealm(): BareRealm {
  const workerGlobals = globalThis as unknown as Readonly<Record<string, unknown>>;
  const scope: Record<string, unknown> = Object.create(null);
  for (const name of ECMASCRIPT_GLOBALS) scope[name] = workerGlobals[name];
  scope.globalThis = scope;
  const scopeProxy = new Proxy(scope, {
    // No lookup leaves the scope.
    has: () => true,
    get: (target, name) => (typeof name === 'symbol' ? undefined : target[name]),
  });
  const evaluate = (source: string, name: string): unknown => {
    const text = `with (names) { return (${source}\n) }\n//# sourceURL=${name}`;
    return new Function('names', text).call(undefined, scopeProxy);
  };
  return {
    evaluate,
    runReactions: () => new Promise((resolve) => setTimeout(resolve, 0)),
  };
}
