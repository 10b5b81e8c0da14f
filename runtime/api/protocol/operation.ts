/**
 * Declares an operation of `operations.ts`, the table of what a client of `glossa api` may request: number, arguments,
 * result, help and code. The codec, the reference and the Python package are derived from it.
 */
import type { FileHandleSteps } from '../file-handle.ts';
import type { Steps } from '../steps.ts';
import type { RequestContext } from './request-context.ts';
import type { ArgumentType, ArgumentTypes, ResultType, ResultTypes } from './values.ts';

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
  run(context: RequestContext, ...values: unknown[]): unknown;
}

const makeDefiner =
  (kind: Operation['kind']) =>
  <S extends Signature>(
    signature: S,
    help: string,
    run: (context: RequestContext, ...values: ValuesOf<S>) => Steps<ResultOf<S>>,
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
  run: (context: RequestContext, ...values: ValuesOf<S>) => ResultOf<S>,
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
