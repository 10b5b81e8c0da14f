/**
 * The few globals that JavaScript authors expect beyond the language itself. Nothing here reaches
 * the host but by the functions that it gives.
 */
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

// -- text ----------------------------------------------------------------------------------------

/** UTF-8 of a text; half a surrogate pair is U+FFFD, as everywhere. */
function encode(text = ''): Uint8Array {
  const bytes: number[] = [];
  for (const char of String(text)) {
    let code = char.codePointAt(0)!;
    if (code >= 0xd800 && code < 0xe000) code = 0xfffd;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63));
    else if (code < 0x10000) {
      bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    } else {
      bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63));
      bytes.push(0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    }
  }
  return Uint8Array.from(bytes);
}

/** The character that begins at `at`, and how many bytes it takes; U+FFFD for what is none. */
function characterAt(bytes: Uint8Array, at: number): [code: number, length: number] {
  const first = bytes[at]!;
  if (first < 0x80) return [first, 1];
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4) return [0xfffd, 1];
  let code = first & (0xff >> (length + 1));
  for (let i = 1; i < length; i++) {
    const next = bytes[at + i] ?? 0;
    if ((next & 0xc0) !== 0x80) return [0xfffd, i];
    code = (code << 6) | (next & 63);
  }
  const least = [0, 0, 0x80, 0x800, 0x10000][length]!;
  const wrong = code < least || code > 0x10ffff || (code >= 0xd800 && code < 0xe000);
  return [wrong ? 0xfffd : code, length];
}

function decode(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const [code, length] = characterAt(bytes, at);
    text += String.fromCodePoint(code);
    at += length;
  }
  return text;
}

define(
  'TextEncoder',
  class TextEncoder {
    readonly encoding = 'utf-8';
    encode = encode;
  },
);
define(
  'TextDecoder',
  class TextDecoder {
    readonly encoding = 'utf-8';

    constructor(label = 'utf-8') {
      if (!/^utf-?8$/i.test(label)) throw new RangeError(`${label}: only utf-8 is known here`);
    }

    decode(source: ArrayBufferView | ArrayBuffer = new ArrayBuffer(0)): string {
      const bytes =
        source instanceof ArrayBuffer
          ? new Uint8Array(source)
          : new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
      return decode(bytes);
    }
  },
);

// -- clones --------------------------------------------------------------------------------------

function clone(value: unknown, seen: Map<unknown, unknown>): unknown {
  if (typeof value === 'function' || typeof value === 'symbol') {
    throw new TypeError(`a ${typeof value} cannot be cloned`);
  }
  if (value === null || typeof value !== 'object') return value;
  const known = seen.get(value);
  if (known !== undefined) return known;
  const note = <T>(made: T): T => {
    seen.set(value, made);
    return made;
  };
  if (value instanceof Date) return note(new Date(value));
  if (value instanceof ArrayBuffer) return note(value.slice(0));
  if (value instanceof Uint8Array) return note(value.slice());
  if (value instanceof Map) {
    const made = note(new Map());
    for (const [key, item] of value) made.set(clone(key, seen), clone(item, seen));
    return made;
  }
  if (value instanceof Set) {
    const made = note(new Set());
    for (const item of value) made.add(clone(item, seen));
    return made;
  }
  const made = note<Record<string, unknown>>(Array.isArray(value) ? ([] as never) : {});
  for (const [key, item] of Object.entries(value)) made[key] = clone(item, seen);
  return made;
}
define('structuredClone', (value: unknown) => clone(value, new Map()));

// -- what is taken away --------------------------------------------------------------------------

/**
 * No code from strings: its parser runs on V8's stack and not on the one that QuickJS watches, so
 * that a text of brackets could end the interpreter.
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

/** How deep JSON may be: the built-in goes down on V8's stack too. */
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

/** Items that are sorted by a function of JavaScript, which can be interrupted. */
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

/** Steps of a built-in that cannot be interrupted. */
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
