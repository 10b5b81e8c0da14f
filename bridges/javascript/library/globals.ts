/**
 * Defines the few globals beyond the language that JavaScript authors expect, and limits built-ins
 * that QuickJS cannot interrupt. The globals reach the host only through its functions.
 */

import { TextDecoder, TextEncoder } from '@exodus/bytes/encoding-lite.js';
import { DOMException, structuredClone } from './clone.ts';
import { host, OriginalFunction } from './host.ts';
import { LEVELS, makeLogger } from './log.ts';
import { findDefinition, logError, logRefusal } from './report.ts';
import { addTimer, cancelTimer } from './timers.ts';

const globals = globalThis as unknown as Record<string, unknown>;

function defineGlobal(name: string, value: unknown): void {
  Object.defineProperty(globals, name, { value, writable: true, configurable: true });
}

const logInfo = makeLogger(LEVELS.info);
defineGlobal('console', {
  log: logInfo,
  info: logInfo,
  debug: makeLogger(LEVELS.debug),
  trace: makeLogger(LEVELS.trace),
  warn: makeLogger(LEVELS.warning),
  error: makeLogger(LEVELS.error),
  assert: (holds: unknown, ...args: unknown[]) => {
    if (!holds) console.error('assertion failed:', ...args);
  },
});

/** Makes setTimeout, or setInterval if `repeats`. */
const makeTimerFunction =
  (repeats: boolean) =>
  (fn: (...args: unknown[]) => unknown, ms = 0, ...args: unknown[]): number => {
    if (typeof fn !== 'function') throw new TypeError('a timer needs a function');
    return addTimer(ms, () => fn(...args), repeats, findDefinition(fn));
  };
defineGlobal('setTimeout', makeTimerFunction(false));
defineGlobal('setInterval', makeTimerFunction(true));
defineGlobal('clearTimeout', (id: number) => void cancelTimer(id));
defineGlobal('clearInterval', (id: number) => void cancelTimer(id));

const resolvedPromise = Promise.resolve();
defineGlobal('queueMicrotask', (fn: () => unknown) => {
  resolvedPromise.then(fn).catch((error) => logError(error, 'a microtask failed', fn));
});

const startMicros = host.now();
defineGlobal('performance', Object.freeze({ now: () => (host.now() - startMicros) / 1000 }));

const standardGlobals = { TextEncoder, TextDecoder, DOMException, structuredClone };
for (const [name, value] of Object.entries(standardGlobals)) defineGlobal(name, value);

// -- restrictions --------------------------------------------------------------------------------

/**
 * Refuses code from strings: its parser runs on V8's stack, which QuickJS does not check, so that
 * nested brackets could end the interpreter.
 */
function refuseCode(): never {
  logRefusal('refused: code from a string (eval, Function)');
  throw new EvalError('code cannot be made from strings here; import a module instead');
}
defineGlobal('eval', refuseCode);
// The constructor of each of these functions makes a function from a string.
const functionKinds = [OriginalFunction, async () => {}, function* () {}, async function* () {}];
for (const kind of functionKinds) {
  const prototype = kind === OriginalFunction ? Function.prototype : Object.getPrototypeOf(kind);
  function refusingConstructor(): never {
    return refuseCode();
  }
  Object.defineProperty(refusingConstructor, 'name', { value: 'Function' });
  // Keeps `instanceof Function` working.
  Object.defineProperty(refusingConstructor, 'prototype', { value: prototype });
  Object.defineProperty(prototype, 'constructor', {
    value: refusingConstructor,
    configurable: true,
  });
  if (kind === OriginalFunction) defineGlobal('Function', refusingConstructor);
}

/** The deepest value for JSON.stringify, which recurses on V8's stack, too. */
const MAX_JSON_DEPTH = 500;

/** Checks the nesting of a value. @throws {RangeError} if it exceeds MAX_JSON_DEPTH */
function checkDepth(value: unknown, depth: number): void {
  if (value === null || typeof value !== 'object') return;
  if (depth > MAX_JSON_DEPTH) throw new RangeError('nested too deep for JSON');
  for (const item of Object.values(value)) {
    if (typeof item === 'object') checkDepth(item, depth + 1);
  }
}

const { stringify } = JSON;
JSON.stringify = ((value: unknown, ...otherArguments: never[]) => {
  checkDepth(value, 0);
  return stringify(value, ...otherArguments);
}) as typeof JSON.stringify;

/** The longest array that the native comparison sorts; longer ones use interruptible JavaScript. */
const MAX_NATIVE_SORT_LENGTH = 100_000;

/** Compares two values as texts, like the native comparison. */
const compareTexts = (a: unknown, b: unknown): number => {
  const [first, second] = [String(a), String(b)];
  return first === second ? 0 : first < second ? -1 : 1;
};

for (const name of ['sort', 'toSorted']) {
  const methods = Array.prototype as unknown as Record<string, (compare?: unknown) => unknown>;
  const nativeMethod = methods[name]!;
  const { apply } = Reflect;
  const sortLimited = function (this: ArrayLike<unknown>, compare?: unknown): unknown {
    return apply(nativeMethod, this, [
      compare ?? (this?.length > MAX_NATIVE_SORT_LENGTH ? compareTexts : undefined),
    ]);
  };
  Object.defineProperty(sortLimited, 'name', { value: name });
  Object.defineProperty(methods, name, { value: sortLimited, writable: true, configurable: true });
}

/** The most steps of a built-in that QuickJS cannot interrupt. */
const MAX_STEPS = 50_000_000;

/** Array methods whose number of steps grows with the array's length. */
const LINEAR_METHODS =
  'indexOf lastIndexOf includes fill reverse join concat slice splice copyWithin at with shift ' +
  'unshift toReversed toSpliced flat keys';
for (const name of LINEAR_METHODS.split(' ')) {
  const methods = Array.prototype as unknown as Record<string, (...args: unknown[]) => unknown>;
  const nativeMethod = methods[name]!;
  const { apply } = Reflect;
  const callIfShort = function (this: ArrayLike<unknown>, ...args: unknown[]): unknown {
    if (this?.length > MAX_STEPS) throw new RangeError(`too long for ${name}`);
    return apply(nativeMethod, this, args);
  };
  Object.defineProperty(callIfShort, 'name', { value: name });
  Object.defineProperty(methods, name, { value: callIfShort, writable: true, configurable: true });
}
