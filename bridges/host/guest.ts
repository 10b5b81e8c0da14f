/**
 * The contract of the host translator and an interpreter, the same for each language.
 *
 * Objects never cross. A request, an inode and an fd are numbers to a guest; what is costly (an
 * iatt's fields, a dict's pairs, the bytes of a read) is announced by a 1 and fetched when the
 * script looks at it. The way back is a small integer for the common decisions, and JSON messages
 * (`crossing/decision.ts`) for the rest. A guest's messages are untrusted: the host checks each.
 */
import { fopsOfData } from '../../runtime/core/data-guard.ts';
import type { Options } from '../../runtime/core/options.ts';

/** What an entry point says by its result; below 0, the request fails with that errno. */
export const NOTHING = 0;
/** Wind the arguments as they came to the first child; the guest sees the reply. */
export const WIND = 1;
/** The same, but the reply passes the guest by. */
export const TAIL = 2;
/** The script failed, and has logged why. */
export const FAILED = 3;
/** + n: answer with the reply of wind n as it came. */
export const SAME = 16;

/** How a module's class answers one fop. */
export interface FopDescription {
  /** `none`: only a callback, so the host winds by itself. */
  readonly kind: 'plain' | 'async' | 'none';
  /** Whether replies are wanted. */
  readonly cbk: boolean;
  /** Whether it wants to know when the caller gives up: `<fop>_cancel`, and every async fop. */
  readonly cancel: boolean;
  /** Whether it is just one of those that `any_fop` and `any_cbk` stand for. */
  readonly any?: boolean;
}

/** Hooks that are told something, with their arguments. */
export type HookName =
  | 'fini'
  /** The event's name, and the index of the child that it is about; minus one when it is none. */
  | 'notify'
  /** The number of a client that is going. */
  | 'client_disconnect'
  /** A loc, as five scalars. */
  | 'entry_created'
  | 'entry_removed'
  /** All values of the module's options, as JSON. */
  | 'reconfigure'
  /** What `dump_state` of the code before has told, as JSON. */
  | 'load_state';

/** Notices to the guest's own side, independent of the module. */
export type NoticeName =
  /** The timer asked for by `after` is due. */
  | 'tick'
  /** The request with this number was answered by the host; what the script does with it is void. */
  | 'cancel'
  /** The caller of the request with this number has given up. The request is owed its answer all the same. */
  | 'interrupt'
  /** The inode, fd or client with this number is gone. */
  | 'forget'
  | 'release'
  | 'forget_client'
  /** Looks for requests that nothing can reach any more. */
  | 'collect';

/** Hooks that tell something. */
export type TellName = 'statedump' | 'dump_state';

/** All of both, in the order of glossa.h. */
export const hooks = [
  'fini',
  'notify',
  'client_disconnect',
  'entry_created',
  'entry_removed',
  'reconfigure',
  'load_state',
  'statedump',
  'dump_state',
] as const satisfies readonly (HookName | TellName)[];

/** A method that the author has written; the parameters are those behind `self`, as far as known. */
export type DefinedMethod = readonly [
  name: string,
  file: string,
  line: number,
  params: readonly string[],
];

/** What a module defines, read before any of it runs for a request. */
export interface ModuleDescription {
  readonly fops: Readonly<Record<string, FopDescription>>;
  readonly hooks: readonly (HookName | TellName)[];
  readonly options: Options;
  /** The module says that it only looks on at data, or sees to all ways of it (Translator.observes). */
  readonly observes?: boolean;
  /** What it says of fops that it does not define, where there are several subvolumes. */
  readonly passesThrough?: boolean | null | undefined;
  /** All methods of the author's classes, also those that override another of them. */
  readonly methods: readonly DefinedMethod[];
  /** The class's own values that are no methods, by name, and whether each is an option. */
  readonly properties?: readonly (readonly [name: string, isOption: boolean])[];
  /** [file, line, function, text]: what looks like a mistake to the guest. */
  readonly warnings: readonly (readonly [string, number, string, string])[];
}

/** Whether data is to be kept from passing a module; `any_fop` does not say that it changes any. */
export const changesData = ({ fops, observes }: ModuleDescription): boolean =>
  observes !== true && fopsOfData('bytes').some((name) => fops[name] && fops[name].any !== true);

/** A value that crosses as it is. `undefined` is the guest's None. */
export type Scalar = number | string | undefined;
/**
 * An entry point: arguments as flattened by `crossing/flatten.ts`, a code as result. It throws when the
 * engine itself gave up (memory, a limit) and the script could not say so.
 */
export type EnterGuest = (args: readonly Scalar[]) => number;

/** What came of a line at a prompt. */
export interface Evaluation {
  /** The statement goes on in the next line: nothing has run. */
  readonly incomplete: boolean;
  /** What is to be shown: the value, or what went wrong. */
  readonly output: string;
  /** Whether an exception ended it, where that is told. */
  readonly failed?: boolean;
}

/** What a guest says of its calls, for an observer. Any of these may throw; the guest goes on then. */
export interface Noting {
  /** A call for request `id` is next, by name of its fop or a hook: what the module keeps is remembered. */
  before(id: number, what: string): void;
  /** That call has returned. JSON: texts by name (docs/write/recording.md), of what it did. */
  after(): string;
  /** Nobody looks on any more. */
  stop(): void;
}

/** One interpreter with one module: what the host asks of it. */
export interface Guest {
  readonly language: string;
  readonly description: ModuleDescription;
  /** The texts of the author's files that it has loaded. */
  readonly sources?: readonly string[];
  /** Takes values from the request itself (`GuestHost.request`): they need not be flattened. */
  readonly looksItself?: boolean;
  readonly noting?: Noting;
  /** Why the interpreter can no longer be entered; undefined while it works. */
  readonly dead: string | undefined;
  /** Makes the module's translator, gives it its options and runs its `init`. Throws what it says. */
  create(volume: string, children: readonly (readonly [string, string])[], options: object): void;
  fop(name: string): EnterGuest;
  reply(name: string): EnterGuest;
  /** Calls a hook, or gives notice, with plain values. What it raises is in the log. */
  hook(name: HookName | NoticeName, args: readonly Scalar[]): number;
  /** What a hook tells, as JSON; undefined when it failed, and its log says why. */
  tell(name: TellName): string | undefined;
  /**
   * Runs what was typed at a prompt, inside the module, where `self` is the translator. Resolves
   * when it has ended, also when it awaits something.
   */
  evaluate(source: string): Promise<Evaluation>;
  /** A debugger's command, and its answer, both JSON (core/line-stops.ts); absent where lines cannot stop. */
  line?(command: string): string;
  /** Bytes of memory the interpreter has. */
  readonly memory: number;
  close(): void;
}
