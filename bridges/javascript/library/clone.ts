/** Implements the HTML Standard's structuredClone for the values of a module. */
import { isProxy } from './proxies.ts';

/** The standard's numbers for names of DOMException; others have 0. */
const CODES: Readonly<Record<string, number>> = { DataCloneError: 25 };

export class DOMException extends Error {
  override readonly name: string;
  readonly code: number;

  constructor(message = '', name = 'Error') {
    super(message);
    this.name = name;
    this.code = CODES[name] ?? 0;
  }
}

const refuse = (what: string): never => {
  throw new DOMException(`${what} cannot be cloned`, 'DataCloneError');
};

/** Copies by their original. */
type Copies = Map<object, unknown>;

const { prototype: anyView } = Object.getPrototypeOf(Uint8Array);
const viewName = Object.getOwnPropertyDescriptor(anyView, Symbol.toStringTag)!.get!;
type MakeView = new (buffer: ArrayBufferLike, at: number, length?: number) => ArrayBufferView;
const globals = globalThis as unknown as Readonly<Record<string, MakeView>>;

const ERRORS = [EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError] as const;
const WRAPPERS = [Boolean, Number, String, BigInt] as const;
/** Classes whose state cannot be copied. */
const CLOSED = [Promise, WeakMap, WeakSet, WeakRef, FinalizationRegistry] as const;

function clone(value: unknown, seen: Copies): unknown {
  if (typeof value === 'symbol') return refuse(String(value));
  if (typeof value === 'function') return refuse(`the function ${value.name || '(anonymous)'}`);
  if (typeof value !== 'object' || value === null) return value;
  return seen.get(value) ?? cloneObject(value, seen);
}

function cloneObject(value: object, seen: Copies): unknown {
  if (isProxy(value)) return refuse('a Proxy');
  // Registered first, as its contents may refer to it.
  const keep = <T>(made: T): T => {
    seen.set(value, made);
    return made;
  };
  if (WRAPPERS.some((one) => value instanceof one)) return keep(Object(value.valueOf()));
  if (value instanceof Date) return keep(new Date(value.getTime()));
  if (value instanceof RegExp) return keep(new RegExp(value.source, value.flags));
  if (value instanceof SharedArrayBuffer) return keep(value);
  if (value instanceof ArrayBuffer) return keep(cloneBuffer(value));
  if (ArrayBuffer.isView(value)) return keep(cloneView(value, seen));
  if (value instanceof Map) {
    const made = keep(new Map<unknown, unknown>());
    for (const [key, item] of [...value]) made.set(clone(key, seen), clone(item, seen));
    return made;
  }
  if (value instanceof Set) {
    const made = keep(new Set<unknown>());
    for (const item of [...value]) made.add(clone(item, seen));
    return made;
  }
  if (value instanceof Error) return cloneError(value, keep, seen);
  const closed = CLOSED.find((one) => value instanceof one);
  if (closed !== undefined) return refuse(`a ${closed.name}`);
  // The prototype is not copied.
  const made = keep(Array.isArray(value) ? new Array(value.length) : {});
  for (const key of Object.keys(value)) {
    // An earlier getter may have removed it.
    if (!Object.hasOwn(value, key)) continue;
    define(made, key, clone((value as Record<string, unknown>)[key], seen), true);
  }
  return made;
}

function define(made: object, name: string, value: unknown, enumerable = false): void {
  Object.defineProperty(made, name, { value, writable: true, enumerable, configurable: true });
}

function cloneBuffer(value: ArrayBuffer): ArrayBuffer {
  if (value.detached) return refuse('a detached ArrayBuffer');
  const { byteLength, resizable, maxByteLength } = value;
  const made = new ArrayBuffer(byteLength, resizable ? { maxByteLength } : undefined);
  new Uint8Array(made).set(new Uint8Array(value));
  return made;
}

function cloneView(value: ArrayBufferView, seen: Copies): ArrayBufferView {
  const buffer = clone(value.buffer, seen) as ArrayBuffer;
  const Made = globals[viewName.call(value) ?? 'DataView']!;
  const length = value instanceof DataView ? value.byteLength : (value as Uint8Array).length;
  return new Made(buffer, value.byteOffset, length);
}

function cloneError(value: Error, keep: (made: Error) => Error, seen: Copies): Error {
  const Made = ERRORS.find(({ name }) => name === String(value.name)) ?? Error;
  const message = Object.getOwnPropertyDescriptor(value, 'message');
  const text = message !== undefined && 'value' in message ? String(message.value) : undefined;
  const made = keep(new Made(text));
  define(made, 'stack', String(value.stack));
  if (Object.hasOwn(value, 'cause')) define(made, 'cause', clone(value.cause, seen));
  return made;
}

/** @throws {DOMException} DataCloneError, without any transfer */
export function structuredClone(
  value: unknown,
  options: { transfer?: Iterable<ArrayBuffer> } = {},
): unknown {
  const seen: Copies = new Map();
  const transfer = [...(options?.transfer ?? [])];
  for (const one of transfer) {
    if (!(one instanceof ArrayBuffer)) return refuse('what is no ArrayBuffer, for a transfer,');
    if (seen.has(one)) return refuse('an ArrayBuffer that is to be transferred twice');
    seen.set(one, cloneBuffer(one));
  }
  const made = clone(value, seen);
  // A getter may have detached it.
  if (transfer.some((one) => one.detached)) return refuse('a detached ArrayBuffer');
  for (const one of transfer) one.transfer();
  return made;
}
