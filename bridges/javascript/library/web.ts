/**
 * The few globals beyond the language that JavaScript authors expect. They reach the host only
 * through its functions.
 */

import { TextDecoder, TextEncoder } from '@exodus/bytes/encoding-lite.js';
import { DOMException, structuredClone } from './clone.ts';
import { Code, host } from './host.ts';
import { LEVELS, logger } from './log.ts';
import { addTimer, cancelTimer } from './loop.ts';
import { refused, report } from './report.ts';

const globals = globalThis as unknown as Record<string, unknown>;

function define(name: string, value: unknown): void {
  Object.defineProperty(globals, name, { value, writable: true, configurable: true });
}

const info = logger(LEVELS.info);
define('console', {
  log: info,
  info,
  debug: logger(LEVELS.debug),
  trace: logger(LEVELS.trace),
  warn: logger(LEVELS.warning),
  error: logger(LEVELS.error),
  assert: (holds: unknown, ...args: unknown[]) => {
    if (!holds) console.error('assertion failed:', ...args);
  },
});

const timer =
  (repeat: boolean) =>
  (fn: (...args: unknown[]) => unknown, ms = 0, ...args: unknown[]): number => {
    if (typeof fn !== 'function') throw new TypeError('a timer needs a function');
    return addTimer(ms, () => fn(...args), repeat);
  };
define('setTimeout', timer(false));
define('setInterval', timer(true));
define('clearTimeout', (id: number) => void cancelTimer(id));
define('clearInterval', (id: number) => void cancelTimer(id));

const resolved = Promise.resolve();
define('queueMicrotask', (fn: () => unknown) => {
  resolved.then(fn).catch((error) => report(error, 'a microtask failed', fn));
});

const began = host.now();
define('performance', Object.freeze({ now: () => (host.now() - began) / 1000 }));

const standard = { TextEncoder, TextDecoder, DOMException, structuredClone };
for (const [name, value] of Object.entries(standard)) define(name, value);

// -- restrictions --------------------------------------------------------------------------------

/**
 * Refuses code from strings: its parser runs on V8's stack, which QuickJS does not check, so that
 * nested brackets could end the interpreter.
 */
function refuse(): never {
  refused('refused: code from a string (eval, Function)');
  throw new EvalError('code cannot be made from strings here; import a module instead');
}
define('eval', refuse);
const makers = [Code, async () => {}, function* () {}, async function* () {}];
for (const maker of makers) {
  const prototype = maker === Code ? Function.prototype : Object.getPrototypeOf(maker);
  function made(): never {
    return refuse();
  }
  Object.defineProperty(made, 'name', { value: 'Function' });
  Object.defineProperty(made, 'prototype', { value: prototype });
  Object.defineProperty(prototype, 'constructor', { value: made, configurable: true });
  if (maker === Code) define('Function', made);
}

/** Depth of JSON at most: the built-in recurses on V8's stack too. */
const MOST_DEPTH = 500;

function checkDepth(value: unknown, depth: number): void {
  if (value === null || typeof value !== 'object') return;
  if (depth > MOST_DEPTH) throw new RangeError('nested too deep for JSON');
  for (const item of Object.values(value)) {
    if (typeof item === 'object') checkDepth(item, depth + 1);
  }
}

const { stringify } = JSON;
JSON.stringify = ((value: unknown, ...more: never[]) => {
  checkDepth(value, 0);
  return stringify(value, ...more);
}) as typeof JSON.stringify;

/** Longer arrays are sorted by interruptible JavaScript. */
const MANY = 100_000;

const compareTexts = (a: unknown, b: unknown): number => {
  const [one, other] = [String(a), String(b)];
  return one === other ? 0 : one < other ? -1 : 1;
};

for (const name of ['sort', 'toSorted']) {
  const methods = Array.prototype as unknown as Record<string, (compare?: unknown) => unknown>;
  const native = methods[name]!;
  const { apply } = Reflect;
  const guarded = function (this: ArrayLike<unknown>, compare?: unknown): unknown {
    return apply(native, this, [compare ?? (this?.length > MANY ? compareTexts : undefined)]);
  };
  Object.defineProperty(guarded, 'name', { value: name });
  Object.defineProperty(methods, name, { value: guarded, writable: true, configurable: true });
}

/** Steps of an uninterruptible built-in at most. */
const MOST_STEPS = 50_000_000;

const LONG =
  'indexOf lastIndexOf includes fill reverse join concat slice splice copyWithin at with shift ' +
  'unshift toReversed toSpliced flat keys';
for (const name of LONG.split(' ')) {
  const methods = Array.prototype as unknown as Record<string, (...args: unknown[]) => unknown>;
  const native = methods[name]!;
  const { apply } = Reflect;
  const guarded = function (this: ArrayLike<unknown>, ...args: unknown[]): unknown {
    if (this?.length > MOST_STEPS) throw new RangeError(`too long for ${name}`);
    return apply(native, this, args);
  };
  Object.defineProperty(guarded, 'name', { value: name });
  Object.defineProperty(methods, name, { value: guarded, writable: true, configurable: true });
}
