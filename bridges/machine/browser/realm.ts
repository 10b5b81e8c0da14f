/**
 * Realms in a browser. A worker cannot make another realm, so what is evaluated gets a scope instead:
 * every name that it does not define itself is looked up there, `globalThis` included, and the worker's
 * own globals are left as they are. What is missing there is undefined.
 *
 * That keeps trusted text to what it is given. It is no wall against a script: whoever has an object of
 * JavaScript can climb from it to the worker's `Function`. What keeps Python from having one is the
 * fence (python/fence.ts), and behind it is what the browser lets a worker of this origin do.
 */
import type { BareRealm } from '../../host/machine.ts';

/** ECMAScript's own, by which texts may be run that come from no script. */
const NAMES = [
  'Object Function Array Number Boolean String Symbol Date Promise RegExp Error AggregateError',
  'TypeError RangeError SyntaxError ReferenceError EvalError URIError Math JSON Map Set WeakMap',
  'WeakSet WeakRef FinalizationRegistry Reflect Proxy ArrayBuffer SharedArrayBuffer Atomics DataView',
  'Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array Float32Array',
  'Float64Array BigInt64Array BigUint64Array BigInt WebAssembly parseInt parseFloat isNaN isFinite',
  'NaN Infinity undefined encodeURIComponent decodeURIComponent encodeURI decodeURI',
].flatMap((line) => line.split(' '));

export function newRealm(): BareRealm {
  const own = globalThis as unknown as Readonly<Record<string, unknown>>;
  const scope: Record<string, unknown> = Object.create(null);
  for (const name of NAMES) scope[name] = own[name];
  scope.globalThis = scope;
  const names = new Proxy(scope, {
    // Nothing is looked up further out.
    has: () => true,
    get: (target, name) => (typeof name === 'symbol' ? undefined : target[name]),
  });
  const evaluate = (source: string, name: string): unknown => {
    const text = `with (names) { return (${source}\n) }\n//# sourceURL=${name}`;
    return new Function('names', text).call(undefined, names);
  };
  return {
    evaluate,
    goOn: () => new Promise((done) => setTimeout(done, 0)),
  };
}
