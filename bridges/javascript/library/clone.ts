/**
 * structuredClone as the HTML Standard has it, in its two steps: a value is written down whole, which
 * runs the getters in it and may fail; only then are buffers transferred and the copy made.
 */

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

/** Makes a copy, the same one each time; what it leads to is filled in later, for cycles. */
type Make = () => unknown;
type Seen = Map<object, Make>;

const { prototype: anyView } = Object.getPrototypeOf(Uint8Array);
const viewName = Object.getOwnPropertyDescriptor(anyView, Symbol.toStringTag)!.get!;
type MakeView = new (buffer: ArrayBufferLike, at: number, length?: number) => unknown;
const VIEWS =
  'Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array ' +
  'Float16Array Float32Array Float64Array BigInt64Array BigUint64Array';
const views = new Map<unknown, MakeView>();
for (const name of VIEWS.split(' ')) {
  const one = (globalThis as unknown as Record<string, MakeView | undefined>)[name];
  if (one !== undefined) views.set(name, one);
}

const errors: ReadonlyMap<unknown, ErrorConstructor> = new Map(
  [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError].map((one) => [
    one.name,
    one as ErrorConstructor,
  ]),
);

/** Kinds of objects whose state cannot be written down. */
const CLOSED = [Promise, WeakMap, WeakSet, WeakRef, FinalizationRegistry] as const;
const WRAPPERS = [Boolean, Number, String, BigInt] as const;

/** Writes a value down. */
function record(value: unknown, seen: Seen): Make {
  if (typeof value === 'symbol') return refuse(String(value));
  if (typeof value === 'function') return refuse(`the function ${value.name || '(anonymous)'}`);
  if (typeof value !== 'object' || value === null) return () => value;
  const known = seen.get(value);
  if (known !== undefined) return known;
  return recordObject(value, seen);
}

/** A copy that is made as a whole. */
function whole(value: object, seen: Seen, make: Make): Make {
  return parts(value, seen, make, () => () => {});
}

/**
 * A copy that is made, and filled afterwards.
 * @param inside writes down what is in it, and gives what fills the copy
 */
function parts<T>(value: object, seen: Seen, make: () => T, inside: () => (made: T) => void): Make {
  let made: { readonly it: T } | undefined;
  let fill: (made: T) => void;
  const once = (): T => {
    if (made === undefined) {
      made = { it: make() };
      fill(made.it);
    }
    return made.it;
  };
  seen.set(value, once);
  fill = inside();
  return once;
}

function recordObject(value: object, seen: Seen): Make {
  if (WRAPPERS.some((one) => value instanceof one)) {
    const plain = value.valueOf();
    return whole(value, seen, () => Object(plain));
  }
  if (value instanceof Date) {
    const time = value.getTime();
    return whole(value, seen, () => new Date(time));
  }
  if (value instanceof RegExp) {
    const { source, flags } = value;
    return whole(value, seen, () => new RegExp(source, flags));
  }
  if (value instanceof SharedArrayBuffer) return whole(value, seen, () => value);
  if (value instanceof ArrayBuffer) return recordBuffer(value, seen);
  if (ArrayBuffer.isView(value)) return recordView(value, seen);
  if (value instanceof Map) {
    const entries = [...value];
    return parts(
      value,
      seen,
      () => new Map<unknown, unknown>(),
      () => {
        const made = entries.map(([key, item]) => [record(key, seen), record(item, seen)] as const);
        return (map) => made.forEach(([key, item]) => void map.set(key(), item()));
      },
    );
  }
  if (value instanceof Set) {
    const items = [...value];
    return parts(
      value,
      seen,
      () => new Set<unknown>(),
      () => {
        const made = items.map((item) => record(item, seen));
        return (set) => made.forEach((item) => void set.add(item()));
      },
    );
  }
  if (value instanceof Error) return recordError(value, seen);
  const closed = CLOSED.find((one) => value instanceof one);
  if (closed !== undefined) return refuse(`a ${closed.name}`);
  return recordPlain(value, seen);
}

/** The options of an equal buffer: its largest size, for one that can grow; otherwise undefined. */
const growth = ({ resizable, maxByteLength }: Growing): object | undefined =>
  resizable ? { maxByteLength } : undefined;
type Growing = { readonly resizable?: boolean; readonly maxByteLength?: number };
/** Members of ArrayBuffer that the types of this version of ECMAScript lack. */
type Detachable = { readonly detached?: boolean; transfer(): ArrayBuffer };
const Growable = ArrayBuffer as unknown as new (length: number, options?: object) => ArrayBuffer;

function recordBuffer(value: ArrayBuffer, seen: Seen): Make {
  if ((value as unknown as Detachable).detached) return refuse('a detached ArrayBuffer');
  const bytes = new Uint8Array(value).slice();
  const options = growth(value as Growing);
  return whole(value, seen, () => {
    const made = new Growable(bytes.length, options);
    new Uint8Array(made).set(bytes);
    return made;
  });
}

function recordView(value: ArrayBufferView, seen: Seen): Make {
  const buffer = record(value.buffer, seen) as () => ArrayBuffer;
  const Maker = views.get(viewName.call(value)) ?? (DataView as unknown as MakeView);
  const { byteOffset } = value;
  const length = value instanceof DataView ? value.byteLength : (value as Uint8Array).length;
  return whole(value, seen, () => new Maker(buffer(), byteOffset, length));
}

function recordError(value: Error, seen: Seen): Make {
  const Maker = errors.get(String(value.name)) ?? Error;
  const message = Object.getOwnPropertyDescriptor(value, 'message');
  const text = message !== undefined && 'value' in message ? String(message.value) : undefined;
  const { stack } = value;
  return parts(
    value,
    seen,
    () => new Maker(text),
    () => {
      const cause = Object.hasOwn(value, 'cause') ? record(value.cause, seen) : undefined;
      return (made) => {
        hidden(made, 'stack', String(stack));
        if (cause !== undefined) hidden(made, 'cause', cause());
      };
    },
  );
}

function hidden(object: object, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, writable: true, configurable: true });
}

/** An array, or any other object: what it is an instance of does not come along. */
function recordPlain(value: object, seen: Seen): Make {
  const length = Array.isArray(value) ? value.length : -1;
  const make = (): object => (length < 0 ? {} : new Array(length));
  return parts(value, seen, make, () => {
    const items: [key: string, make: Make][] = [];
    for (const key of Object.keys(value)) {
      // A getter before may have taken it away.
      if (!Object.hasOwn(value, key)) continue;
      items.push([key, record((value as Record<string, unknown>)[key], seen)]);
    }
    return (made) => {
      for (const [key, item] of items) {
        const about = { value: item(), writable: true, enumerable: true, configurable: true };
        Object.defineProperty(made, key, about);
      }
    };
  });
}

/** @throws {DOMException} DataCloneError; then nothing was transferred */
export function structuredClone(
  value: unknown,
  options: { transfer?: Iterable<ArrayBuffer> } = {},
): unknown {
  const seen: Seen = new Map();
  const moved = new Map<ArrayBuffer, ArrayBuffer>();
  const transfer = [...(options?.transfer ?? [])];
  for (const one of transfer) {
    if (!(one instanceof ArrayBuffer)) return refuse('what is no ArrayBuffer, for a transfer,');
    if (seen.has(one)) return refuse('an ArrayBuffer that is to be transferred twice');
    seen.set(one, () => moved.get(one));
  }
  const make = record(value, seen);
  const detached = transfer.some((one) => (one as unknown as Detachable).detached);
  if (detached) return refuse('a detached ArrayBuffer');
  for (const one of transfer) moved.set(one, (one as unknown as Detachable).transfer());
  return make();
}
