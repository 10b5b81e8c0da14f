/**
 * Defines Files, the base class of a file system by path. The host keeps inodes, open files and listings
 * (runtime/files), and calls the module's methods by their paths.
 */
import {
  type FileMethod,
  fileMethods,
  NEEDED_METHODS,
} from '../../../runtime/core/file-methods.ts';
import type { Attributes } from '../../../runtime/files/methods.ts';
import { type Data, toBytes } from './data.ts';
import { readErrno } from './errors.ts';
import type { Frame, Root } from './frame.ts';
import { host, parse } from './host.ts';
import { sendInvalidation } from './invalidate.ts';

import { locateReturn, logMistake } from './report.ts';
import { Translator } from './translator.ts';

type Method = (...args: unknown[]) => unknown;

/** Handles of open files, by the numbers that the host has of them. */
const handles = new Map<number, unknown>();
let lastHandle = 0;
/** The frame of the method that runs. */
let currentFrame: Frame | null = null;

/** The base class of a file system by path; see docs/write/storage.md. */
export class Files extends Translator {
  /** In a method, before its first `await`: who asks. */
  get caller(): Root | null {
    return currentFrame?.root ?? null;
  }

  /** Says that what a path leads to is another now, so that the kernel asks anew. */
  changed(path: unknown): void {
    if (typeof path !== 'string' || !path.startsWith('/'))
      throw new TypeError(
        logMistake(`changed takes a path that begins with a slash, not ${String(path)}`),
      );
    const slash = path.lastIndexOf('/');
    if (path !== '/')
      sendInvalidation('entry', path.slice(0, slash) || '/', path.slice(slash + 1), false);
    sendInvalidation('inode', path, true);
  }
}

/** Makes attributes, as `stat` and `list` return them. */
export const attributes = (size: number | Attributes, more: Attributes = {}): Attributes =>
  typeof size === 'number' ? { size, ...more } : size;

/** Makes the attributes of a directory. */
export const directory = (more: Attributes = {}): Attributes => ({ type: 'directory', ...more });

/** Makes the result of `stat` for a path that has nothing; null says the same. */
export const absent = (timeout?: number): object =>
  timeout === undefined ? { absent: true } : { absent: true, timeout };

/** Whether a module's class is a file system by path. */
export const isFilesClass = ({ prototype }: { prototype: object }): boolean =>
  prototype instanceof Files;

/** Finds a method of the author's. */
export const findFileMethod = (prototype: object, name: string): Method | undefined => {
  const value = (prototype as Record<string, unknown>)[name];
  return typeof value === 'function' ? (value as Method) : undefined;
};

/**
 * Describes the methods of a class for the host. @throws {TypeError} for one that lacks the needed methods
 * @param isAsync whether a function is an `async` one
 */
export function describeFiles(
  { prototype, name: className }: { prototype: object; name: string },
  path: string,
  isAsync: (method: unknown) => boolean,
) {
  const methods: Record<string, string> = {};
  for (const name of Object.keys(fileMethods)) {
    const method = findFileMethod(prototype, name);
    if (method !== undefined) methods[name] = isAsync(method) ? 'async' : 'plain';
  }
  const missing = NEEDED_METHODS.filter((name) => methods[name] === undefined);
  if (missing.length > 0)
    throw new TypeError(`${path}: a Files needs ${missing.join(', ')}; ${className} has none`);
  return { methods, readsWhole: findFileMethod(prototype, 'read')!.length === 1 };
}

/** Lists a method's arguments. */
function listArguments(
  method: string,
  path: string,
  text: string | null,
  a: number,
  b: number,
  handle: number,
  data: Data | null,
): unknown[] {
  const opened = handles.get(handle);
  switch (method) {
    case 'read':
      return [path, a, b, opened];
    case 'write':
      return [path, a, toBytes(data), opened];
    case 'setxattr':
      return [path, text, toBytes(data), a];
    case 'setattr':
      return [path, parse(text!), opened];
    case 'truncate':
    case 'create':
    case 'mkdir':
    case 'open':
      return [path, a, opened];
    case 'close':
      handles.delete(handle);
      return [path, opened];
    case 'rename':
    case 'link':
    case 'symlink':
    case 'getxattr':
    case 'removexattr':
      return [path, text];
    default:
      return [path, opened];
  }
}

type CallArguments = Parameters<typeof listArguments>;

function callMethod(self: object, call: CallArguments): unknown {
  return findFileMethod(self, call[0])!.apply(self, listArguments(...call));
}

/** Fails a call with the errno of its method's exception; throws one without an errno. */
export function failByErrno(frame: Frame, error: unknown): void {
  const errno = readErrno(error);
  if (errno === 0) throw error;
  frame.fail(errno);
}

/** Calls a method that is not async, for the entry point of `FILES_ROW`. */
export function callNow(this: object, frame: Frame, ...call: CallArguments): void {
  currentFrame = frame;
  let result: unknown;
  try {
    result = callMethod(this, call);
  } catch (error) {
    failByErrno(frame, error);
    return;
  } finally {
    currentFrame = null;
  }
  answer(this, frame, call[0] as FileMethod, result);
}

/** The same of an async method. */
export async function callLater(this: object, frame: Frame, ...call: CallArguments): Promise<void> {
  currentFrame = frame;
  let pending: unknown;
  try {
    pending = callMethod(this, call);
  } finally {
    currentFrame = null;
  }
  answer(this, frame, call[0] as FileMethod, await pending);
}

/** Sends a method's result to the host, which checks it. */
function answer(self: object, frame: Frame, name: FileMethod, result: unknown): void {
  const method = findFileMethod(self, name);
  try {
    frame._sendReturned(convert(self, name, result));
  } catch (error) {
    // A refusal of the host's begins with the frame's name, and names the path after it.
    const text = (error as Error).message.replace(`${name}: ${name} of `, `${name} of `);
    const mistake = new TypeError(text.startsWith(name) ? text : `${name}: ${text}`);
    // Without the library's own lines.
    mistake.stack = '';
    throw locateReturn(mistake, method);
  }
}

function convert(self: object, name: FileMethod, result: unknown): unknown {
  if (name === 'list' || name === 'listxattr') return convertListing(result);
  if (name === 'read' || name === 'getxattr') {
    if (result === null || result === undefined) return null;
    const bytes = toBytes(result);
    if (bytes === undefined) throw new TypeError(`must return a Uint8Array, not ${typeof result}`);
    return ['data', host.put(bytes.buffer, bytes.byteOffset, bytes.byteLength)];
  }
  if (name === 'open' || name === 'create') {
    if (result === null || result === undefined) return null;
    if (findFileMethod(self, 'open') === undefined) return null;
    lastHandle += 1;
    handles.set(lastHandle, result);
    return lastHandle;
  }
  if (name === 'stat' && toBytes(result) !== undefined)
    throw new TypeError('must return attributes, a size in bytes, or null, not bytes');
  const isTaken = name === 'stat' || name === 'write' || name === 'readlink' || name === 'statfs';
  return isTaken ? (result ?? null) : null;
}

function convertListing(result: unknown): unknown {
  const iterator = (result as { [Symbol.iterator]?: unknown } | null | undefined)?.[
    Symbol.iterator
  ];
  if (typeof result === 'string' || typeof iterator !== 'function')
    throw new TypeError(`must return names, not ${typeof result}`);
  return Array.from(result as Iterable<unknown>);
}
