/**
 * Makes Node's `fs` of a volume: callbacks, promises, and synchronous functions, which work if the
 * volume replies at once. Programs that take an `fs` (memfs, isomorphic-git) work on it.
 */
/// <reference types="node" preserve="true" />
import type * as nodeFs from 'node:fs';
import { EBADF } from '../core/errno.ts';
import { type PathLike, throwArgumentError, toInteger } from './arguments.ts';
import { FileError } from './file-error.ts';
import { FileHandle } from './file-handle.ts';
import {
  makeReadStream,
  makeWriteStream,
  type ReadStreamOptions,
  type WriteStreamOptions,
} from './file-streams.ts';
import { constants } from './fs-constants.ts';
import { glob, globSync } from './glob.ts';
import { callBack } from './promise-facade.ts';
import { BigIntStats, Dirent, StatFs, Stats } from './stats.ts';
import { runSync, type Steps } from './steps.ts';
import type { VolumeSteps } from './volume-steps.ts';
import { makeWatchers } from './watchers.ts';

type Callback = (error: unknown, ...results: unknown[]) => void;

/** Functions by path. Their names and arguments are the same with callbacks, promises and `Sync`. */
const PATH_FUNCTIONS = [
  ...['access', 'appendFile', 'chmod', 'chown', 'copyFile', 'cp', 'lchown', 'link', 'lstat'],
  ...['lutimes', 'mkdir', 'mkdtemp', 'mkdtempDisposable', 'opendir', 'readFile', 'readdir'],
  ...['readlink', 'realpath'],
  ...['rename', 'rm', 'rmdir', 'stat', 'statfs', 'symlink', 'truncate', 'unlink', 'utimes'],
  'writeFile',
] as const;

/** For each function by descriptor: the method of a FileHandle, and the member of its result that `fs` returns. */
const DESCRIPTOR_FUNCTIONS: Readonly<Record<string, readonly [method: string, result?: string]>> = {
  close: ['close'],
  fchmod: ['chmod'],
  fchown: ['chown'],
  fdatasync: ['datasync'],
  fstat: ['stat'],
  fsync: ['sync'],
  ftruncate: ['truncate'],
  futimes: ['utimes'],
  read: ['read', 'bytesRead'],
  readv: ['readv', 'bytesRead'],
  write: ['write', 'bytesWritten'],
  writev: ['writev', 'bytesWritten'],
};

/** Functions that take a descriptor in place of a path. */
const PATH_OR_DESCRIPTOR_FUNCTIONS: ReadonlySet<string> = new Set([
  'appendFile',
  'readFile',
  'writeFile',
]);

type StepsByName = Readonly<Record<string, (...args: unknown[]) => Steps<unknown>>>;

/** Makes the steps of each function of `fs`, from the arguments that Node's function takes. */
class FunctionSteps {
  private readonly volume: VolumeSteps;

  constructor(volume: VolumeSteps) {
    this.volume = volume;
  }

  /** Makes a handle of an open descriptor. @throws {TypeError | FileError} EBADF */
  private findHandle(fd: unknown, syscall: string): FileHandle {
    const state = this.volume.client.findOpenFile(toInteger(fd, 'fd', 0, 0x7fff_ffff));
    if (state === undefined) throw new FileError(EBADF, syscall);
    return new FileHandle(this.volume, state);
  }

  /** Makes the steps of a function by path, or of one by descriptor if the caller passes a number. */
  callByPath(name: string, args: unknown[]): Steps<unknown> {
    const [first, ...rest] = args;
    const file =
      PATH_OR_DESCRIPTOR_FUNCTIONS.has(name) && typeof first === 'number'
        ? this.findHandle(first, name)
        : first;
    return (this.volume as unknown as StepsByName)[name]!(file, ...rest);
  }

  /** Makes the steps of a function by descriptor. @returns FileHandle's result: for read and write an object */
  callByDescriptor(name: string, [fd, ...rest]: unknown[]): Steps<unknown> {
    const [method] = DESCRIPTOR_FUNCTIONS[name]!;
    const { steps } = this.findHandle(fd, name);
    return (steps as unknown as StepsByName)[method]!(...rest);
  }

  /** Does as the volume's `exists`, but returns false for an argument that is no path, as Node's function does. */
  *exists(path: PathLike): Steps<boolean> {
    try {
      return yield* this.volume.exists(path);
    } catch (error) {
      if (error instanceof TypeError) return false;
      throw error;
    }
  }
}

/** Splits a call's arguments into the callback and those before it. @throws {TypeError} */
function splitCallback(args: unknown[]): [callback: Callback, rest: unknown[]] {
  const index = args.findLastIndex((arg) => typeof arg === 'function');
  if (index < 0) throwArgumentError('ERR_INVALID_ARG_TYPE', 'callback', 'a function', args.at(-1));
  return [args[index] as Callback, args.slice(0, index)];
}

/** Removes trailing undefined arguments, which callers with optional parameters pass on. */
const trimUndefined = (args: unknown[]): unknown[] =>
  args.slice(0, args.findLastIndex((arg) => arg !== undefined) + 1);

/**
 * Makes `fs` of a volume.
 * @param promises the volume's functions that return promises
 */
export function makeFs(promises: object, steps: VolumeSteps): typeof nodeFs {
  const functionSteps = new FunctionSteps(steps);

  const callWithCallback = (
    makeSteps: () => Steps<unknown>,
    callback: Callback,
    toResults: ToResults,
  ): void => {
    let resultPromise: Promise<unknown>;
    try {
      resultPromise = steps.run(makeSteps());
    } catch (error) {
      resultPromise = Promise.reject(error);
    }
    callBack(resultPromise, (error, result) =>
      error === null ? callback(null, ...toResults(result)) : callback(error),
    );
  };
  const runAtOnce = <R>(makeSteps: () => Steps<R>): R => {
    steps.client.checkOpen();
    return runSync(makeSteps());
  };

  const openForStream = (path: PathLike, { flags, mode }: StreamOptions, defaultFlags: string) => {
    const handle = steps.run(steps.open(path, flags ?? defaultFlags, mode));
    // Prevents an unhandled rejection: the stream reports the failure.
    handle.catch(() => {});
    return handle;
  };

  const fs: Record<string, unknown> = {
    constants,
    promises: Object.assign(Object.create(promises) as object, { constants }),
    Stats,
    BigIntStats,
    Dirent,
    StatFs,
    // As in Node, these constants are members of `fs` itself, too.
    F_OK: 0,
    R_OK: 4,
    W_OK: 2,
    X_OK: 1,
    open(...args: unknown[]) {
      const [callback, rest] = splitCallback(args);
      const [path, flags, mode] = rest as [PathLike, unknown, unknown];
      callWithCallback(
        () => steps.open(path, flags, mode),
        callback,
        (handle) => [(handle as FileHandle).fd],
      );
    },
    openSync: (path: PathLike, flags?: unknown, mode?: unknown) =>
      runAtOnce(() => steps.open(path, flags, mode)).fd,
    exists(path: PathLike, callback: (isFound: boolean) => void) {
      callWithCallback(
        () => functionSteps.exists(path),
        (_, isFound) => callback(isFound === true),
        toOneResult,
      );
    },
    existsSync: (path: PathLike) => runAtOnce(() => functionSteps.exists(path)),
    createReadStream: (path: PathLike, options?: StreamOptions | BufferEncoding) => {
      const settings = readStreamOptions(options);
      return makeReadStream(openForStream(path, settings, 'r'), settings);
    },
    createWriteStream: (path: PathLike, options?: StreamOptions | BufferEncoding) => {
      const settings = readStreamOptions(options);
      return makeWriteStream(openForStream(path, settings, 'w'), settings);
    },
  };
  Object.assign(fs, makeWatchers(steps), {
    glob(...args: unknown[]) {
      const [callback, [patterns, options]] = splitCallback(args);
      callBack(collect(glob(steps, patterns, options)), callback);
    },
    globSync(patterns: unknown, options?: unknown) {
      steps.client.checkOpen();
      return globSync(steps, patterns, options);
    },
  });
  for (const name of PATH_FUNCTIONS) {
    fs[name] = (...args: unknown[]) => {
      const [callback, rest] = splitCallback(args);
      callWithCallback(() => functionSteps.callByPath(name, rest), callback, toOneResult);
    };
    fs[`${name}Sync`] = (...args: unknown[]) =>
      runAtOnce(() => functionSteps.callByPath(name, trimUndefined(args)));
  }
  for (const [name, [, member]] of Object.entries(DESCRIPTOR_FUNCTIONS)) {
    const toResults: ToResults =
      member === undefined
        ? toOneResult
        : (result) => {
            const values = result as Readonly<Record<string, unknown>>;
            return [values[member], values.buffer ?? values.buffers];
          };
    fs[name] = (...args: unknown[]) => {
      // Node's close may be called without a callback, and then throws its error.
      const hasCallback = name !== 'close' || args.length > 1;
      const [callback, rest] = splitCallback(hasCallback ? args : [...args, throwError]);
      callWithCallback(() => functionSteps.callByDescriptor(name, rest), callback, toResults);
    };
    fs[`${name}Sync`] = (...args: unknown[]) =>
      toResults(runAtOnce(() => functionSteps.callByDescriptor(name, trimUndefined(args))))[0];
  }
  // Node's `native` calls the system's realpath(3); here it is the same function.
  for (const name of ['realpath', 'realpathSync']) {
    const fn = fs[name] as object;
    Object.assign(fn, { native: fn });
  }
  return fs as unknown as typeof nodeFs;
}

/** Collects all parts of an iterable in a list. */
async function collect<T>(parts: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const part of parts) all.push(part);
  return all;
}

const throwError: Callback = (error) => {
  if (error !== null) throw error;
};

/** Converts the result of steps to the arguments of the callback after `error`. */
type ToResults = (result: unknown) => readonly unknown[];

const toOneResult: ToResults = (result) => (result === undefined ? [] : [result]);

/** The options of `createReadStream` and `createWriteStream`. */
interface StreamOptions extends ReadStreamOptions, WriteStreamOptions {
  readonly flags?: string;
  readonly mode?: number;
}

const readStreamOptions = (options: StreamOptions | BufferEncoding | undefined): StreamOptions =>
  typeof options === 'string' ? { encoding: options } : (options ?? {});
