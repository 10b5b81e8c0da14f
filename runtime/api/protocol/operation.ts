/**
 * Declares an operation of `operations.ts`, the table of what a client of `glossa api` may request: number, arguments,
 * result, help and code. The codec, the reference and the Python package are derived from it.
 */
import type { FileHandle, FileHandleSteps } from '../file-handle.ts';
import type { Steps } from '../steps.ts';
import type { Volume } from '../volume.ts';
import type { VolumeSteps } from '../volume-steps.ts';
import type { HandleObject } from './handles.ts';
import type { ArgumentType, ArgumentTypes, Listing, ResultType, ResultTypes } from './values.ts';

/** The part of a client connection that an operation may use. */
export interface OperationContext {
  /** The volume, with the identity of the request. */
  readonly volume: VolumeSteps;
  /** Finds an open file; its requests have the identity of this request. @throws {FopError} EBADF */
  findFile(handle: number): FileHandleSteps;
  /** Aborted by `cancel`, and at the end of the connection; of requests of the kinds `long` and `queued`. */
  readonly signal: AbortSignal | undefined;
  /** Makes the volume, with the identity of the request, for objects that outlive it. */
  makeVolume(): Volume;
  /** Continues with the result of a promise. */
  awaitPromise<R>(promise: Promise<R>): Steps<R>;
  /** Registers an open file or another object. @returns its handle. @throws {FopError} EMFILE */
  addHandle(file: FileHandle | HandleObject): number;
  /** Finds an object other than a file. @throws {FopError} EBADF */
  findObject<T>(handle: number, isWanted: (object: unknown) => object is T): T;
  /** Opens a directory and lists its first entries. @param flags STATS */
  openDirectory(flags: number, path: string): Steps<Listing>;
  /** Lists the next entries of a directory; at the end closes it, and returns handle 0. */
  readDirectory(handle: number): Steps<Listing>;
  close(handle: number): Steps<void>;
  /** Closes a handle without a request. Ignores an unknown one. */
  releaseHandle(handle: number): void;
  /** Registers an identity. @returns its number */
  addIdentity(identity: IdentityRequest): number;
  /** Ends a request of this connection. @param request the id of its message */
  cancel(request: number): void;
  /** Logs an error that no client gets. */
  log(text: string): void;
  /** Makes the server read its volfile again. */
  reload(): Steps<void>;
  /** Returns the 16 bytes of the volume's id. @throws {FopError} ENODATA */
  findVolumeId(): Steps<Uint8Array>;
  /**
   * Sets the level of the server's log and its file.
   * @throws {FopError} EINVAL for an unknown level, EACCES for a file that cannot be written
   */
  setLog(level: number, file: string): void;
}

/**
 * An identity as a client registers it. An id of 0xffffffff, or an empty owner, is taken from identity 0, which is
 * that of the client's process.
 */
export interface IdentityRequest {
  readonly uid: number;
  readonly gid: number;
  readonly umask: number;
  /** The supplementary groups, as big-endian numbers of 32 bits. */
  readonly groups: Uint8Array;
  readonly lockOwner: Uint8Array;
}

/** `NUMBER name:type … -> result`: the number of an operation, its arguments, and the type of its result. */
export type Signature = `${number} ${string}-> ${ResultType}`;

/** Types of the arguments of a signature, in the order in which they are passed to `run`. */
type ValuesOf<S extends string> = S extends `${infer First} ${infer Rest}`
  ? First extends `${string}:${infer T extends ArgumentType}`
    ? [ArgumentTypes[T], ...ValuesOf<Rest>]
    : ValuesOf<Rest>
  : [];

export type ResultOf<S extends Signature> = S extends `${string}-> ${infer R extends ResultType}`
  ? ResultTypes[R]
  : never;

/** One argument of an operation. */
export interface Argument {
  readonly name: string;
  readonly type: ArgumentType;
}

/** An operation that clients may request. */
export interface Operation {
  /** Its number in requests. */
  readonly number: number;
  /** The arguments: at most six, those of fixed size first. */
  readonly args: readonly Argument[];
  readonly result: ResultType;
  /** Whether the last argument is data, which stays in the memory of the message. */
  readonly hasData: boolean;
  /** Index of the argument that limits the data of the result; -1 without such data. */
  readonly sizeArgumentIndex: number;
  /** Sentences for the reference. */
  readonly help: string;
  /**
   * `steps`: `run` returns steps that send requests. `long`: the same, with a driver of its own, so that `cancel` can
   * interrupt its requests alone; there may be many, which do not pause reading. `queued`: the steps obey the context's
   * signal themselves. `immediate`: `run` returns the result.
   */
  readonly kind: 'steps' | 'long' | 'queued' | 'immediate';
  /**
   * Performs the operation.
   * @param values one for each argument. @throws {FopError | FileError | TypeError | RangeError}
   */
  run(context: OperationContext, ...values: unknown[]): unknown;
}

const makeDefiner =
  (kind: Operation['kind']) =>
  <S extends Signature>(
    signature: S,
    help: string,
    run: (context: OperationContext, ...values: ValuesOf<S>) => Steps<ResultOf<S>>,
  ): Operation =>
    makeOperation(kind, signature, help, run as Operation['run']);

/** Defines an operation that sends requests. */
export const defineOperation = makeDefiner('steps');
/** Defines an operation that may take long, such as the wait for a lock. */
export const defineLongOperation = makeDefiner('long');
/** Defines an operation whose steps obey the context's signal. */
export const defineQueuedOperation = makeDefiner('queued');

/** Defines an operation that sends no request. */
export const defineImmediateOperation = <S extends Signature>(
  signature: S,
  help: string,
  run: (context: OperationContext, ...values: ValuesOf<S>) => ResultOf<S>,
): Operation => makeOperation('immediate', signature, help, run as Operation['run']);

/** Defines an operation on an open file, whose handle is the first argument. */
export const defineFileOperation = <S extends Signature>(
  signature: S,
  help: string,
  run: (file: FileHandleSteps, ...values: ValuesAfter<[number], S>) => Steps<ResultOf<S>>,
): Operation =>
  makeOperation('steps', signature, help, (context, handle, ...values) =>
    run(context.findFile(handle as number), ...(values as ValuesAfter<[number], S>)),
  );

/** The values of a signature without those of its first arguments. */
export type ValuesAfter<First extends unknown[], S extends Signature> =
  ValuesOf<S> extends [...First, ...infer Rest] ? Rest : never;

/** Defines an operation from its signature. */
export function makeOperation(
  kind: Operation['kind'],
  signature: Signature,
  help: string,
  run: Operation['run'],
): Operation {
  const [number, ...words] = signature.split(' ');
  const result = words.pop() as ResultType;
  const args = words.slice(0, -1).map((word): Argument => {
    const [name, type] = word.split(':') as [string, ArgumentType];
    return { name, type };
  });
  return {
    ...{ number: Number(number), args, result, help, kind, run },
    hasData: args.at(-1)?.type === 'data',
    sizeArgumentIndex: result === 'data' ? args.findIndex(({ name }) => name === 'size') : -1,
  };
}

/** Bits of the argument `flags`. */
export const OPERATION_FLAGS = {
  /** A symbolic link at the end of the path is not followed. */
  NOFOLLOW: 1,
  /** Also all files below a directory; for mkdir, also the directories above. */
  RECURSIVE: 2,
  /** rm: an absent path is no error. copy_tree: the target may exist. */
  FORCE: 4,
  /** copy_tree: symbolic links are copied as links. */
  SYMLINKS: 8,
  /** copy_file, chunk_open: the target must be absent. */
  EXCLUSIVE: 16,
  /** fsync: data alone, as fdatasync(2). */
  DATA_ONLY: 32,
  /** opendir: entries have their attributes. */
  STATS: 64,
  /** chunk_open: an absent chunk is made. */
  CREATE: 128,
  /** chunk_store: a write is on the disk when it has its reply. */
  SYNC_WRITES: 256,
  /** chunk_lock: waits until the lock is free. */
  WAIT: 512,
} as const;

export const hasFlag = (flags: number, flag: number): boolean => (flags & flag) !== 0;
