/**
 * Makes TypeScript functions of C functions, through koffi. Symbols come from the node process itself, which has
 * libc (glibc or musl) and libuv.
 *
 * **A result below zero is minus the errno** (`-2` is ENOENT); any other is C's. Calls do not throw. A function that
 * this libc lacks returns `-ENOSYS`. A path is bytes ending in NUL, so that names that are not UTF-8 survive; `null`
 * is C's NULL. Offsets and sizes are Numbers, exact below 2^53.
 */
import koffi from 'koffi';

/** Bytes ending in NUL. */
export type Path = Uint8Array;

const ENOSYS = 38;
const self = koffi.load(null);
const { errno } = koffi;

/** Address of the first byte, for structs with pointers (iovec, msghdr). */
export const address = (bytes: Uint8Array): bigint => koffi.address(bytes) as bigint;

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

/** Binds a C function whose result is not a status, without a check of errno. */
export const bindPlain = <C extends string>(prototype: C): CFunction<C> =>
  self.func(prototype) as unknown as CFunction<C>;

/** As `bindPlain`; null when this program lacks the function. */
export function bindIfPresent<F extends (...args: never[]) => unknown>(
  prototype: string,
): F | null {
  return findFunction(prototype) as unknown as F | null;
}

/**
 * Binds a C function that sets errno on -1: returns its result, or minus the errno. Parameter lists are fixed,
 * because each call would allocate a rest array.
 */
export function bindCall<C extends string>(prototype: C): CFunction<C> {
  const native = findFunction(prototype);
  if (native === null) return (() => -ENOSYS) as unknown as CFunction<C>;
  return withErrno(native, native.info.arguments.length) as unknown as CFunction<C>;
}

/** Most concurrent calls on the thread pool; koffi refuses more than 256. */
const MAX_CONCURRENT = 64;
let runningCalls = 0;
const waitingCalls: (() => void)[] = [];

/** Binds a C function that runs on libuv's thread pool: resolves to its result, or -1 without an errno. */
export function bindAsync(prototype: string): (...args: unknown[]) => Promise<number> {
  const native = findFunction(prototype);
  if (native === null) return () => Promise.resolve(-1);
  return (...args) =>
    new Promise((resolve, reject) => {
      const start = (): void => {
        runningCalls += 1;
        native.async(...args, (error: Error | null, result: number) => {
          runningCalls -= 1;
          waitingCalls.shift()?.();
          if (error === null) resolve(result);
          else reject(error);
        });
      };
      if (runningCalls < MAX_CONCURRENT) start();
      else waitingCalls.push(start);
    });
}

type Native = ReturnType<typeof self.func>;

function findFunction(prototype: string): Native | null {
  try {
    return self.func(prototype);
  } catch (error) {
    if (/cannot find function/i.test(String(error))) return null;
    throw error;
  }
}

type Word = number | Uint8Array | null;

function withErrno(f: Native, arity: number): (...args: Word[]) => number {
  const toStatus = (r: number): number => (r < 0 ? -errno() : r);
  switch (arity) {
    case 0:
      return () => toStatus(f());
    case 1:
      return (a) => toStatus(f(a));
    case 2:
      return (a, b) => toStatus(f(a, b));
    case 3:
      return (a, b, c) => toStatus(f(a, b, c));
    case 4:
      return (a, b, c, d) => toStatus(f(a, b, c, d));
    case 5:
      return (a, b, c, d, e) => toStatus(f(a, b, c, d, e));
    case 6:
      return (a, b, c, d, e, g) => toStatus(f(a, b, c, d, e, g));
    default:
      throw new RangeError(`a system call of ${arity} arguments`);
  }
}
