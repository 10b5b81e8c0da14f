/** Implements the HTML Standard's structuredClone for the values of a module. */
import { isProxy } from './proxies.ts';

/** The standard's numbers for names of DOMException; others have 0. */
const ERROR_CODES: Readonly<Record<string, number>> = { DataCloneError: 25 };

/** The standard's exception, in the part that structuredClone uses. */
export class DOMException extends Error {
  override readonly name: string;
  readonly code: number;

  constructor(message = '', name = 'Error') {
    super(message);
    this.name = name;
    this.code = ERROR_CODES[name] ?? 0;
  }
}

const throwUncloneable = (kind: string): never => {
  throw new DOMException(`${kind} cannot be cloned`, 'DataCloneError');
};

/** Maps originals to their copies. */
type Copies = Map<object, unknown>;

const { prototype: viewPrototype } = Object.getPrototypeOf(Uint8Array);
const getViewName = Object.getOwnPropertyDescriptor(viewPrototype, Symbol.toStringTag)!.get!;
type MakeView = new (buffer: ArrayBufferLike, offset: number, length?: number) => ArrayBufferView;
const viewConstructors = globalThis as unknown as Readonly<Record<string, MakeView>>;

const ERROR_CLASSES = [
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
] as const;
const WRAPPER_CLASSES = [Boolean, Number, String, BigInt] as const;
/** Classes whose state a module cannot read. */
const UNCLONEABLE_CLASSES = [Promise, WeakMap, WeakSet, WeakRef, FinalizationRegistry] as const;

/** Copies a value, and records the copies of objects. */
function clone(value: unknown, copies: Copies): unknown {
  if (typeof value === 'symbol') return throwUncloneable(String(value));
  if (typeof value === 'function')
    return throwUncloneable(`the function ${value.name || '(anonymous)'}`);
  if (typeof value !== 'object' || value === null) return value;
  return copies.get(value) ?? cloneObject(value, copies);
}

function cloneObject(value: object, copies: Copies): unknown {
  if (isProxy(value)) return throwUncloneable('a Proxy');
  // A copy is registered before its contents are copied, as these may refer to it.
  const register = <T>(copy: T): T => {
    copies.set(value, copy);
    return copy;
  };
  if (WRAPPER_CLASSES.some((wrapper) => value instanceof wrapper))
    return register(Object(value.valueOf()));
  if (value instanceof Date) return register(new Date(value.getTime()));
  if (value instanceof RegExp) return register(new RegExp(value.source, value.flags));
  if (value instanceof SharedArrayBuffer) return register(value);
  if (value instanceof ArrayBuffer) return register(cloneBuffer(value));
  if (ArrayBuffer.isView(value)) return register(cloneView(value, copies));
  if (value instanceof Map) {
    const copy = register(new Map<unknown, unknown>());
    for (const [key, item] of [...value]) copy.set(clone(key, copies), clone(item, copies));
    return copy;
  }
  if (value instanceof Set) {
    const copy = register(new Set<unknown>());
    for (const item of [...value]) copy.add(clone(item, copies));
    return copy;
  }
  if (value instanceof Error) return cloneError(value, register, copies);
  const uncloneableClass = UNCLONEABLE_CLASSES.find(
    (refusedClass) => value instanceof refusedClass,
  );
  if (uncloneableClass !== undefined) return throwUncloneable(`a ${uncloneableClass.name}`);
  // The prototype is not copied.
  const copy = register(Array.isArray(value) ? new Array(value.length) : {});
  for (const key of Object.keys(value)) {
    // An earlier getter may have removed the property.
    if (!Object.hasOwn(value, key)) continue;
    defineProperty(copy, key, clone((value as Record<string, unknown>)[key], copies), true);
  }
  return copy;
}

function defineProperty(target: object, name: string, value: unknown, enumerable = false): void {
  Object.defineProperty(target, name, { value, writable: true, enumerable, configurable: true });
}

function cloneBuffer(value: ArrayBuffer): ArrayBuffer {
  if (value.detached) return throwUncloneable('a detached ArrayBuffer');
  const { byteLength, resizable, maxByteLength } = value;
  const copy = new ArrayBuffer(byteLength, resizable ? { maxByteLength } : undefined);
  new Uint8Array(copy).set(new Uint8Array(value));
  return copy;
}

/** Copies a typed array or DataView, with its buffer. */
function cloneView(value: ArrayBufferView, copies: Copies): ArrayBufferView {
  const buffer = clone(value.buffer, copies) as ArrayBuffer;
  const View = viewConstructors[getViewName.call(value) ?? 'DataView']!;
  const length = value instanceof DataView ? value.byteLength : (value as Uint8Array).length;
  return new View(buffer, value.byteOffset, length);
}

/** Copies an error with the properties that the standard names: name, message, stack, cause. */
function cloneError(value: Error, register: (error: Error) => Error, copies: Copies): Error {
  const ErrorClass = ERROR_CLASSES.find(({ name }) => name === String(value.name)) ?? Error;
  const messageProperty = Object.getOwnPropertyDescriptor(value, 'message');
  const messageText =
    messageProperty !== undefined && 'value' in messageProperty
      ? String(messageProperty.value)
      : undefined;
  const copy = register(new ErrorClass(messageText));
  defineProperty(copy, 'stack', String(value.stack));
  if (Object.hasOwn(value, 'cause')) defineProperty(copy, 'cause', clone(value.cause, copies));
  return copy;
}

/**
 * Copies a value.
 * @param options.transfer buffers to move instead of copying: the originals are detached
 * @throws {DOMException} DataCloneError; then no buffer is transferred
 */
export function structuredClone(
  value: unknown,
  options: { transfer?: Iterable<ArrayBuffer> } = {},
): unknown {
  const copies: Copies = new Map();
  const transferredBuffers = [...(options?.transfer ?? [])];
  for (const buffer of transferredBuffers) {
    if (!(buffer instanceof ArrayBuffer))
      return throwUncloneable('a value to transfer that is no ArrayBuffer');
    if (copies.has(buffer))
      return throwUncloneable('an ArrayBuffer that is to be transferred twice');
    copies.set(buffer, cloneBuffer(buffer));
  }
  const copy = clone(value, copies);
  // A getter may have detached the buffer.
  if (transferredBuffers.some((buffer) => buffer.detached))
    return throwUncloneable('a detached ArrayBuffer');
  for (const buffer of transferredBuffers) buffer.transfer();
  return copy;
}
