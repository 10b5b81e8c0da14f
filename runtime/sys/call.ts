/**
 * Binds C functions as TypeScript functions, through koffi. Symbols come from the node process itself, which has
 * libc (glibc or musl) and libuv.
 *
 * **A result below zero is minus the errno** (`-2` is ENOENT); any other is C's own result. Calls do not throw. A
 * function that this libc lacks returns `-ENOSYS`. A path is bytes ending in NUL, as names need not be UTF-8; `null` is
 * C's NULL. Offsets and sizes are Numbers, exact below 2^53.
 */
import { koffi } from './koffi.ts';

/** A path: bytes ending in NUL. */
export type Path = Uint8Array;

/** Linux's errno of a missing function. */
const ENOSYS = 38;
const program = koffi.load(null);
const { errno } = koffi;

/** Returns the address of the first byte, for structs with pointers (iovec, msghdr). */
export const addressOf = (bytes: Uint8Array): bigint => koffi.address(bytes) as bigint;

type Parameter<P extends string> = P extends `${string}*${string}` ? Uint8Array | null : number;
type ParametersOf<L extends string> = L extends `${infer P}, ${infer Rest}`
  ? [Parameter<P>, ...ParametersOf<Rest>]
  : L extends ''
    ? []
    : [Parameter<L>];
/** The TypeScript type of a C prototype: numbers for integers, bytes for pointers. */
export type CFunction<C extends string> = C extends `${string}(${infer L})`
  ? (...args: ParametersOf<L>) => number
  : never;

/** Binds a C function whose result is no status: errno is not checked. */
export const bindPlain = <C extends string>(prototype: C): CFunction<C> =>
  (findFunction(prototype) ?? makeMissing(prototype)) as unknown as CFunction<C>;

/** Makes the function that stands for one that this program lacks. */
const makeMissing = (prototype: string) => (): never => {
  throw new Error(`this system has no '${prototype}'`);
};

/** Binds a C function without a check of errno. Returns null if this program lacks the function. */
export function bindIfPresent<F extends (...args: never[]) => unknown>(
  prototype: string,
): F | null {
  return findFunction(prototype) as unknown as F | null;
}

/**
 * Binds a C function that returns -1 and sets errno on failure; the bound one returns minus the errno then. It has a
 * fixed list of parameters, because with a rest parameter each call would allocate an array.
 */
export function bindCall<C extends string>(prototype: C): CFunction<C> {
  const native = findFunction(prototype);
  if (native === null) return (() => -ENOSYS) as unknown as CFunction<C>;
  return wrapWithErrno(native, native.info.arguments.length) as unknown as CFunction<C>;
}

/** The most concurrent calls on the thread pool; koffi refuses more than 256. */
const MAX_CONCURRENT_CALLS = 64;
let runningCallCount = 0;
/** Functions that start the calls beyond `MAX_CONCURRENT_CALLS`. */
const waitingCalls: (() => void)[] = [];

/** Binds a C function to run on libuv's thread pool. Resolves to C's result; after a failure the errno is lost. */
export function bindAsync(prototype: string): (...args: unknown[]) => Promise<number> {
  const native = findFunction(prototype);
  if (native === null) return () => Promise.resolve(-1);
  return (...args) =>
    new Promise((resolve, reject) => {
      const start = (): void => {
        runningCallCount += 1;
        native.async(...args, (error: Error | null, result: number) => {
          runningCallCount -= 1;
          waitingCalls.shift()?.();
          if (error === null) resolve(result);
          else reject(error);
        });
      };
      if (runningCallCount < MAX_CONCURRENT_CALLS) start();
      else waitingCalls.push(start);
    });
}

type NativeFunction = ReturnType<typeof program.func>;

/** Finds the function of a prototype; null if this program lacks it. */
function findFunction(prototype: string): NativeFunction | null {
  try {
    return program.func(prototype);
  } catch (error) {
    if (/cannot find function/i.test(String(error))) return null;
    throw error;
  }
}

type CallArgument = number | Uint8Array | null;

/** Wraps a function so that it returns minus the errno on failure. @param arity number of its parameters */
function wrapWithErrno(native: NativeFunction, arity: number): (...args: CallArgument[]) => number {
  const toStatus = (result: number): number => (result < 0 ? -errno() : result);
  switch (arity) {
    case 0:
      return () => toStatus(native());
    case 1:
      return (a) => toStatus(native(a));
    case 2:
      return (a, b) => toStatus(native(a, b));
    case 3:
      return (a, b, c) => toStatus(native(a, b, c));
    case 4:
      return (a, b, c, d) => toStatus(native(a, b, c, d));
    case 5:
      return (a, b, c, d, e) => toStatus(native(a, b, c, d, e));
    case 6:
      return (a, b, c, d, e, g) => toStatus(native(a, b, c, d, e, g));
    default:
      throw new RangeError(`a system call of ${arity} arguments`);
  }
}
