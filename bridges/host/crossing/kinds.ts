/**
 * Types the letters that describe the parameters and results of calls between the host and an engine,
 * so that the compiler checks each call:
 *
 * - `i` an integer (|n| < 2^53; a result None is 0), `s` a string, `o` a handle of an object
 * - `n` a frequent string, which engines cache
 * - `b` bytes (copied), `m` bytes as a writable memoryview of a copy, `a` bytes that are valid during
 *   the call only
 * - of results also: `v`, no value, and for a host function `d`, a dict of fops
 *
 * None and undefined are `undefined`, but for integers; handle 0 for objects.
 */
import type { Dict } from '../../../runtime/core/dict.ts';
import type { Arg, ArgType } from '../../../runtime/core/fops.ts';
import type { HookName, NoticeName } from '../guest.ts';

interface KindTypes {
  readonly i: number;
  readonly s: string;
  readonly n: string;
  readonly o: number;
  readonly a: Uint8Array;
  readonly b: Uint8Array;
  readonly m: Uint8Array;
  readonly d: Dict;
  readonly v: undefined;
}
export type Kind = keyof KindTypes;

/** The values of these kinds: of `is` a number and a string. `Absent` stands for a missing one. */
export type KindValues<K extends string, Absent = never> = string extends K
  ? readonly (KindTypes[Kind] | Absent)[]
  : K extends `${infer First extends Kind}${infer Rest}`
    ? readonly [KindTypes[First] | Absent, ...KindValues<Rest, Absent>]
    : readonly [];

/** A function of the host that a module's library calls. An exception is the module's. */
export interface HostFunction<P extends string = string, R extends Kind = Kind> {
  readonly params: P;
  readonly result: R;
  readonly call: (...args: never[]) => KindTypes[Kind] | undefined;
  /** True if the function may wait for a user: its time does not count as the module's. */
  readonly mayWait?: boolean;
}

/** Host functions by their names in the library. */
export type HostFunctions = Readonly<Record<string, HostFunction>>;

/** Makes a host function. */
export const makeHostFunction = <P extends string, R extends Kind>(
  params: P,
  result: R,
  call: (...args: KindValues<P>) => KindTypes[R] | undefined,
  mayWait = false,
): HostFunction<P, R> => ({ params, result, call: call as never, mayWait });

/** Host functions as a library in JavaScript calls them: its bytes are buffers. */
export type LibraryCalls<F extends HostFunctions> = {
  readonly [Name in keyof F]: F[Name] extends HostFunction<infer P, infer R>
    ? KindValues<P> extends infer Values extends readonly unknown[]
      ? (
          ...args: {
            [I in keyof Values]: Values[I] extends Uint8Array ? ArrayBufferLike : Values[I];
          }
        ) => R extends 's' ? string | undefined : KindTypes[R]
      : never
    : never;
};

/** Kinds of a loc's scalars: inode, parent, name, gfid, parent's gfid. */
const LOC_KINDS = 'iinnn';

/** Kinds of the arguments of hooks and notices. */
export const HOOK_KINDS: Readonly<Record<HookName | NoticeName, string>> = {
  fini: '',
  notify: 'si',
  client_disconnect: 'i',
  entry_created: LOC_KINDS,
  entry_removed: LOC_KINDS,
  reconfigure: 's',
  load_state: 's',
  tick: 'ii',
  cancel: 'i',
  interrupt: 'i',
  below: 'i',
  forget: 'i',
  release: 'i',
  forget_client: 'i',
  collect: '',
};

/**
 * Kinds of the scalars of a fop's argument, if not `i`. Data cross as their length, inodes and fds as their
 * numbers, and other types as 1. A null value crosses as undefined (strings), -1 (data) or 0 (others).
 */
const ARGUMENT_KINDS: Partial<Record<ArgType, string>> = { loc: LOC_KINDS, str: 's' };

/** The names of the texts that recur from call to call. */
const RECURRING: ReadonlySet<string> = new Set(['method', 'path']);

/** Returns the kinds of the scalars of `args`, one letter each. */
export const listScalarKinds = (args: readonly Arg[]): string =>
  args
    .map(({ type, name }) =>
      type === 'str' && RECURRING.has(name) ? 'n' : (ARGUMENT_KINDS[type] ?? 'i'),
    )
    .join('');
