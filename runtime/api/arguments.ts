/** Checks and converts the arguments of file operations, before a request is sent. */
import { decodeName, encodeName } from '../core/bytes.ts';
import {
  O_APPEND,
  O_CREAT,
  O_EXCL,
  O_RDONLY,
  O_RDWR,
  O_SYNC,
  O_TRUNC,
  O_WRONLY,
} from '../core/open-flags.ts';
import { toGraph } from './fs-constants.ts';

/** A path from the root of the volume; bytes for a name that is not UTF-8. */
export type PathLike = string | Uint8Array | URL;

type ArgumentErrorCode = 'ERR_INVALID_ARG_TYPE' | 'ERR_INVALID_ARG_VALUE';

/** Throws the error of a wrong argument. @throws {TypeError} with Node's code */
export function throwArgumentError(
  code: ArgumentErrorCode,
  name: string,
  expected: string,
  value: unknown,
): never {
  const valueText = typeof value === 'string' ? `'${value}'` : describeValue(value);
  const error = new TypeError(`The argument '${name}' must be ${expected}. Received ${valueText}`);
  throw Object.assign(error, { code });
}

function throwRangeError(name: string, expected: string, value: unknown): never {
  const error = new RangeError(
    `The argument '${name}' must be ${expected}. Received ${String(value)}`,
  );
  throw Object.assign(error, { code: 'ERR_OUT_OF_RANGE' });
}

/** Describes a wrong argument that is not a string, as Node's messages do. */
function describeValue(value: unknown): string {
  if (typeof value === 'function') return `a function ${value.name}`.trim();
  if (typeof value !== 'object' || value === null) return String(value);
  return `an instance of ${value.constructor?.name ?? 'Object'}`;
}

/** Returns the text of a path. @throws {TypeError} */
export function toPath(path: unknown, name = 'path'): string {
  let text: unknown = path;
  if (path instanceof Uint8Array) text = decodeName(path);
  else if (path instanceof URL) text = decodeURIComponent(path.pathname);
  if (typeof text !== 'string') {
    throwArgumentError('ERR_INVALID_ARG_TYPE', name, 'a string, bytes or a URL', path);
  }
  if (text.includes('\0')) {
    throwArgumentError('ERR_INVALID_ARG_VALUE', name, 'a path without a NUL', text);
  }
  return text;
}

/** Returns an integer within bounds. @throws {TypeError | RangeError} */
export function toInteger(
  value: unknown,
  name: string,
  min = 0,
  max = Number.MAX_SAFE_INTEGER,
): number {
  if (typeof value !== 'number') {
    throwArgumentError('ERR_INVALID_ARG_TYPE', name, 'a number', value);
  }
  if (!Number.isInteger(value)) throwRangeError(name, 'an integer', value);
  if (value < min || value > max) throwRangeError(name, `from ${min} to ${max}`, value);
  return value;
}

/** Returns a position in a file, in bytes. @throws {TypeError | RangeError} */
export const toPosition = (position: unknown, min = 0): number =>
  toInteger(typeof position === 'bigint' ? Number(position) : position, 'position', min);

/** Returns the value of a switch; undefined means false. @throws {TypeError} */
export function toBoolean(value: unknown, name: string): boolean {
  if (value === undefined) return false;
  if (typeof value === 'boolean') return value;
  return throwArgumentError('ERR_INVALID_ARG_TYPE', name, 'true or false', value);
}

/**
 * Converts the mode of a file: a number, or octal digits.
 * @param fallback returned for undefined and null. @throws {TypeError | RangeError}
 */
export function toMode(mode: unknown, fallback?: number): number {
  if ((mode === undefined || mode === null) && fallback !== undefined) return fallback;
  if (typeof mode === 'string') {
    if (/^[0-7]+$/.test(mode)) return Number.parseInt(mode, 8);
    throwArgumentError('ERR_INVALID_ARG_VALUE', 'mode', 'a number or octal digits', mode);
  }
  return toInteger(mode, 'mode', 0, 0xffff_ffff);
}

/** Returns the id of a user or group; -1 means no change. @throws {TypeError | RangeError} */
export const toId = (id: unknown, name: string): number => toInteger(id, name, -1, 0xffff_ffff);

const FLAGS_BY_TEXT: Readonly<Record<string, number>> = {
  r: O_RDONLY,
  rs: O_RDONLY | O_SYNC,
  'r+': O_RDWR,
  'rs+': O_RDWR | O_SYNC,
  w: O_TRUNC | O_CREAT | O_WRONLY,
  wx: O_TRUNC | O_CREAT | O_WRONLY | O_EXCL,
  'w+': O_TRUNC | O_CREAT | O_RDWR,
  'wx+': O_TRUNC | O_CREAT | O_RDWR | O_EXCL,
  a: O_APPEND | O_CREAT | O_WRONLY,
  ax: O_APPEND | O_CREAT | O_WRONLY | O_EXCL,
  as: O_APPEND | O_CREAT | O_WRONLY | O_SYNC,
  'a+': O_APPEND | O_CREAT | O_RDWR,
  'ax+': O_APPEND | O_CREAT | O_RDWR | O_EXCL,
  'as+': O_APPEND | O_CREAT | O_RDWR | O_SYNC,
};
/** Node accepts these letters in another order, too. */
const FLAG_ALIASES: Readonly<Record<string, string>> = {
  ...{ sr: 'rs', 'sr+': 'rs+', xw: 'wx', 'xw+': 'wx+' },
  ...{ xa: 'ax', 'xa+': 'ax+', sa: 'as', 'sa+': 'as+' },
};

/** Converts this machine's number, or a text such as `r+`, to the graph's flags of open(2). @throws {TypeError | RangeError} */
export function toOpenFlags(flags: unknown, fallback = 'r'): number {
  const value = flags ?? fallback;
  if (typeof value === 'number') return toGraph(toInteger(value, 'flags', 0, 0x7fff_ffff));
  const number = FLAGS_BY_TEXT[FLAG_ALIASES[String(value)] ?? String(value)];
  if (typeof value !== 'string' || number === undefined) {
    throwArgumentError('ERR_INVALID_ARG_VALUE', 'flags', "a number, or a text such as 'r+'", value);
  }
  return number;
}

/** Converts a time to milliseconds: a number or text of seconds, or a Date. @throws {TypeError} */
export function toMilliseconds(time: unknown, name: string): number {
  if (time instanceof Date) return time.getTime();
  const seconds = typeof time === 'string' && time.trim() !== '' ? Number(time) : time;
  if (typeof seconds !== 'number' || !Number.isFinite(seconds)) {
    throwArgumentError('ERR_INVALID_ARG_TYPE', name, 'seconds since 1970 or a Date', time);
  }
  return seconds * 1000;
}

/** Reads the encoding from an options argument: a text, or its member `encoding`. @throws {TypeError} */
export function readEncoding(options: unknown): string | null {
  if (typeof options === 'function') return null;
  const { encoding } = readOptions(options);
  if (encoding === undefined || encoding === null) return null;
  if (typeof encoding === 'string' && isEncoding(encoding)) return encoding;
  return throwArgumentError('ERR_INVALID_ARG_VALUE', 'encoding', 'a known encoding', encoding);
}

const isEncoding = (encoding: string): boolean =>
  encoding === 'buffer' ||
  /^utf-?8$/i.test(encoding) ||
  findBufferClass()?.isEncoding(encoding) === true;

/** Reads the signal from an options argument; undefined without one. @throws {TypeError} */
export function readSignal(options: unknown): AbortSignal | undefined {
  if (typeof options !== 'object' || options === null || ArrayBuffer.isView(options)) return;
  const { signal } = options as { readonly signal?: unknown };
  if (signal === undefined || signal instanceof AbortSignal) return signal;
  throwArgumentError('ERR_INVALID_ARG_TYPE', 'options.signal', 'an AbortSignal', signal);
}

/** Checks the options of a call that has no encoding. @throws {TypeError} */
export function readOptionsObject(options: unknown): Readonly<Record<string, unknown>> {
  if (options === undefined) return {};
  if (typeof options === 'object' && options !== null && !Array.isArray(options)) {
    return options as Readonly<Record<string, unknown>>;
  }
  return throwArgumentError('ERR_INVALID_ARG_TYPE', 'options', 'an object', options);
}

/** Whether Node runs, in a version before this one. */
function isNodeBefore(major: number, minor: number): boolean {
  const version = globalThis.process?.versions?.node;
  if (version === undefined) return false;
  const [ownMajor, ownMinor] = version.split('.').map(Number) as [number, number];
  return ownMajor < major || (ownMajor === major && ownMinor < minor);
}

/** Checks the options of a call of `stat` as this Node does: older versions take null and lists. @throws {TypeError} */
export const readStatOptions: typeof readOptionsObject = isNodeBefore(26, 1)
  ? (options) => readOptions(options)
  : readOptionsObject;

/** Returns the memory for a file's content that a call's options have, for the content's size. @throws {TypeError} */
export function readBuffer(options: unknown): ((size: number) => Uint8Array) | undefined {
  if (typeof options === 'function') return undefined;
  const { buffer } = readOptions(options);
  if (buffer === undefined) return undefined;
  if (typeof buffer !== 'function' && !ArrayBuffer.isView(buffer)) {
    const expected = 'a function or a view of memory';
    throwArgumentError('ERR_INVALID_ARG_TYPE', 'options.buffer', expected, buffer);
  }
  return (size) => {
    const bytes = toBytes(typeof buffer === 'function' ? buffer(size) : buffer);
    if (bytes.length < size) {
      const expected = `of at least ${size} bytes`;
      throwArgumentError('ERR_INVALID_ARG_VALUE', 'options.buffer', expected, bytes.length);
    }
    return bytes.subarray(0, size);
  };
}

/** Checks the options of a call; a text is an encoding. @throws {TypeError} */
export function readOptions(options: unknown): Readonly<Record<string, unknown>> {
  if (options === undefined || options === null) return {};
  if (typeof options === 'string') return { encoding: options };
  if (typeof options !== 'object') {
    throwArgumentError('ERR_INVALID_ARG_TYPE', 'options', 'an object or an encoding', options);
  }
  return options as Readonly<Record<string, unknown>>;
}

/** Reads the flags of setxattr(2) from an options argument. @throws {TypeError} */
export function readXattrFlags(options: unknown): number {
  const flag = readOptions(options).flag;
  // XATTR_CREATE and XATTR_REPLACE.
  const flags = flag === undefined ? 0 : { create: 1, replace: 2 }[String(flag)];
  if (flags === undefined) {
    throwArgumentError('ERR_INVALID_ARG_VALUE', 'flag', "'create' or 'replace'", flag);
  }
  return flags;
}

const findBufferClass = (): typeof Buffer | undefined => globalThis.Buffer;

/** Returns bytes as callers expect them: a Buffer in Node, a Uint8Array elsewhere, on the same memory. */
export const toBuffer = (bytes: Uint8Array): Uint8Array =>
  findBufferClass()?.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) ?? bytes;

/** Returns bytes in an encoding; without one, as a Buffer. @throws {TypeError} for an unknown encoding */
export function encodeBytes(bytes: Uint8Array, encoding: string | null): string | Uint8Array {
  if (encoding === null || encoding === 'buffer') return toBuffer(bytes);
  const BufferClass = findBufferClass();
  if (BufferClass?.isEncoding(encoding)) {
    return (toBuffer(bytes) as Buffer).toString(encoding);
  }
  if (/^utf-?8$/i.test(encoding)) return new TextDecoder().decode(bytes);
  return throwArgumentError('ERR_INVALID_ARG_VALUE', 'encoding', 'a known encoding', encoding);
}

/** Returns a name in the requested encoding: as text, or as bytes for the encoding `buffer`. */
export function toEncodedName(name: string, encoding: string | null): string | Uint8Array {
  if (encoding === null || /^utf-?8$/i.test(encoding)) return name;
  return encodeBytes(encodeName(name), encoding);
}

/** Returns the bytes of data to write: of a text, or of any view of memory. @throws {TypeError} */
export function toBytes(data: unknown, encoding: string | null = null): Uint8Array {
  if (data instanceof Uint8Array) return data;
  if (ArrayBuffer.isView(data)) {
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  }
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  if (typeof data !== 'string') {
    throwArgumentError('ERR_INVALID_ARG_TYPE', 'data', 'a string or a view of memory', data);
  }
  const BufferClass = findBufferClass();
  if (encoding === null || /^utf-?8$/i.test(encoding)) return new TextEncoder().encode(data);
  if (BufferClass?.isEncoding(encoding)) return BufferClass.from(data, encoding);
  return throwArgumentError('ERR_INVALID_ARG_VALUE', 'encoding', 'a known encoding', encoding);
}

/** Checks the buffers of readv or writev. @throws {TypeError} */
export function toViews(buffers: unknown): Uint8Array[] {
  if (!Array.isArray(buffers)) {
    throwArgumentError('ERR_INVALID_ARG_TYPE', 'buffers', 'a list of views of memory', buffers);
  }
  return buffers.map((view) => toBytes(view));
}

/** The iterator of an iterable, which may be asynchronous. */
type PartIterator = {
  next(): IteratorResult<unknown> | Promise<IteratorResult<unknown>>;
  return?(): unknown;
};

/** Data that an iterable yields in parts; `begin` starts the iteration. */
class PartSource {
  readonly begin: () => PartIterator;

  constructor(begin: () => PartIterator) {
    this.begin = begin;
  }
}

/** Checks data to write, before a file is opened for it. Checked data is returned as it is. @throws {TypeError} */
export function toContent(data: unknown, options: unknown): Uint8Array | PartSource {
  const encoding = readEncoding(options);
  if (typeof options !== 'function') toMode(readOptions(options).mode, 0o666);
  if (data instanceof PartSource) return data;
  if (typeof data === 'string' || ArrayBuffer.isView(data)) return toBytes(data, encoding);
  const source = data as Partial<Iterable<unknown> & AsyncIterable<unknown>> | null | undefined;
  const begin = source?.[Symbol.asyncIterator] ?? source?.[Symbol.iterator];
  if (typeof begin === 'function') {
    return new PartSource(() => Reflect.apply(begin, source, []) as PartIterator);
  }
  throwArgumentError('ERR_INVALID_ARG_TYPE', 'data', 'text, bytes or an iterable of these', data);
}
