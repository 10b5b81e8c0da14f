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
export const plain = <C extends string>(prototype: C): CFunction<C> =>
  self.func(prototype) as unknown as CFunction<C>;

/** As `plain`; null when this program lacks the function. */
export function optional<F extends (...args: never[]) => unknown>(prototype: string): F | null {
  return find(prototype) as unknown as F | null;
}

/**
 * Binds a C function that sets errno on -1: returns its result, or minus the errno. Parameter lists are fixed,
 * because each call would allocate a rest array.
 */
export function call<C extends string>(prototype: C): CFunction<C> {
  const native = find(prototype);
  if (native === null) return (() => -ENOSYS) as unknown as CFunction<C>;
  return withErrno(native, native.info.arguments.length) as unknown as CFunction<C>;
}

/** Most concurrent calls on the thread pool; koffi refuses more than 256. */
const AT_ONCE = 64;
let running = 0;
const waiting: (() => void)[] = [];

/** Binds a C function that runs on libuv's thread pool: resolves to its result, or -1 without an errno. */
export function callAsync(prototype: string): (...args: unknown[]) => Promise<number> {
  const native = find(prototype);
  if (native === null) return () => Promise.resolve(-1);
  return (...args) =>
    new Promise((resolve, reject) => {
      const begin = (): void => {
        running += 1;
        native.async(...args, (error: Error | null, result: number) => {
          running -= 1;
          waiting.shift()?.();
          if (error === null) resolve(result);
          else reject(error);
        });
      };
      if (running < AT_ONCE) begin();
      else waiting.push(begin);
    });
}

type Native = ReturnType<typeof self.func>;

function find(prototype: string): Native | null {
  try {
    return self.func(prototype);
  } catch (error) {
    if (/cannot find function/i.test(String(error))) return null;
    throw error;
  }
}

type Word = number | Uint8Array | null;

function withErrno(f: Native, arity: number): (...args: Word[]) => number {
  const failed = (r: number): number => (r < 0 ? -errno() : r);
  switch (arity) {
    case 0:
      return () => failed(f());
    case 1:
      return (a) => failed(f(a));
    case 2:
      return (a, b) => failed(f(a, b));
    case 3:
      return (a, b, c) => failed(f(a, b, c));
    case 4:
      return (a, b, c, d) => failed(f(a, b, c, d));
    case 5:
      return (a, b, c, d, e) => failed(f(a, b, c, d, e));
    case 6:
      return (a, b, c, d, e, g) => failed(f(a, b, c, d, e, g));
    default:
      throw new RangeError(`a system call of ${arity} arguments`);
  }
}
