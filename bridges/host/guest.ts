/**
 * Declares the contract between the host translator and an interpreter, the same in each language.
 *
 * Objects stay in the host: requests, inodes and fds are numbers to a guest. For a costly value (an
 * iatt's fields, a dict's pairs, the bytes of a read) the guest gets a 1 and fetches it on demand.
 * A guest returns a small integer for the common decisions, and sends JSON messages
 * (`crossing/decision.ts`) for the rest. Its messages are untrusted: the host checks each.
 */
import { findFopsByData } from '../../runtime/core/fops.ts';
import type { Options } from '../../runtime/core/options.ts';

/**
 * Results of an entry point, with shorter names in the guests' libraries (tools/gen/codes.ts). A
 * negative result fails the request with that errno. This one: the guest has sent its decision as
 * messages (`GuestHost.pushMessage`), or decides later.
 */
export const DECIDED_BY_MESSAGES = 0;
/** Wind the arguments unchanged to the first child; the guest sees the reply. */
export const WIND_UNCHANGED = 1;
/** Wind them unchanged; the guest does not see the reply. */
export const TAIL_UNCHANGED = 2;
/** The method failed, and the guest has logged why. */
export const METHOD_FAILED = 3;
/** The guest runs in a thread of its own: the result comes later (`Interpreter.finishCall`). */
export const IN_THREAD = 4;
// A method of a file system by path has returned nothing, or the bytes that it has lent (`lendBytes`).
export const RETURNED_NOTHING = 6;
export const RETURNED_DATA = 7;
/** UNWIND_UNCHANGED + n: unwind the reply to wind number n unchanged; such a method has returned the number n. */
export const UNWIND_UNCHANGED = 16;

/** A module's handling of one fop. */
export interface FopDescription {
  /** `none`: the module has only a callback, so the host winds. */
  readonly kind: 'plain' | 'async' | 'none';
  /** True if the module sees replies. */
  readonly cbk: boolean;
  /** True if the host reports interrupts: for `<fop>_cancel`, and in every async fop. */
  readonly cancel: boolean;
  /** True if only `any_fop` or `any_cbk` handles the fop. */
  readonly any?: boolean;
  /** True if the code of the method can answer or fail a request; undefined or false if that is not known. */
  readonly answers?: boolean;
}

/** Hooks that receive arguments. */
export type HookName =
  | 'fini'
  /** The event's name, and the index of the child concerned, or -1. */
  | 'notify'
  /** The number of a client that disconnects. */
  | 'client_disconnect'
  /** A loc, as five scalars. */
  | 'entry_created'
  | 'entry_removed'
  /** All values of the module's options, as JSON. */
  | 'reconfigure'
  /** The result of the previous code's `dump_state`, as JSON. */
  | 'load_state';

/** Notices to the guest's library, independent of the module. */
export type NoticeName =
  /** The timer set by `setTimer` is due. */
  | 'tick'
  /** The host has answered the request with this number; further decisions about it are void. */
  | 'cancel'
  /** The caller of the request with this number is interrupted. The request still needs a reply. */
  | 'interrupt'
  /** The child with this index has replied to requests of the library for files (`sendToChild`). */
  | 'below'
  // `forget` (an inode), `release` (an fd), `forget_client`: the object with this number is gone.
  | 'forget'
  | 'release'
  | 'forget_client'
  /** Makes the guest report requests that the module can no longer reach. */
  | 'collect';

/** Hooks that return state. */
export type StateHookName = 'statedump' | 'dump_state';

/** All hooks, in the order of glossa.h. */
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
] as const satisfies readonly (HookName | StateHookName)[];

/** A method of the author's; the parameters are those after `self`, if known. */
export type DefinedMethod = readonly [
  name: string,
  file: string,
  line: number,
  params: readonly string[],
];

/** A file system by path that a module defines (`glupy.Files`), in place of fops. */
export interface FilesDescription {
  /** The methods that it defines, by name. */
  readonly methods: Readonly<Partial<Record<string, 'plain' | 'async'>>>;
  /** Whether `read` takes a path only, and returns the whole file. */
  readonly readsWhole: boolean;
  /** `FilesBackend.hidesRemoved`. */
  readonly hidesRemoved?: boolean;
}

/** A module's `entry_seen`, by which the host filters names (requests/entry-filter.ts). */
export interface EntrySeenDescription {
  /** Whether it takes the attributes of each entry. */
  readonly takesAttributes: boolean;
  /** Whether the module has an `entry_stored`: names above and below differ. */
  readonly hasStored: boolean;
  /** Whether hidden names can be made (`makes_hidden`); otherwise they are EEXIST. */
  readonly makesHidden: boolean;
}

/** A module's `encode` and `decode` of blocks of data (requests/block-filter.ts). */
export interface BlocksDescription {
  /** Bytes of a block (`block_size`). */
  readonly size: number;
  /** Bytes by which a stored block is longer (`block_overhead`). */
  readonly overhead: number;
}

/** A module's definitions, read before its first request. */
export interface ModuleDescription {
  readonly fops: Readonly<Record<string, FopDescription>>;
  readonly hooks: readonly (HookName | StateHookName)[];
  /** Present if the module is a file system by path. */
  readonly files?: FilesDescription;
  /** Present if the module filters names. */
  readonly entrySeen?: EntrySeenDescription;
  /** Present if the module encodes data in blocks. */
  readonly blocks?: BlocksDescription;
  /** Whether the module has `transform_read` and `transform_write` (requests/transform-filter.ts). */
  readonly transformsData?: boolean;
  readonly options: Options;
  /** The module declares that it only observes data, or handles all of it (Translator.observes). */
  readonly observes?: boolean;
  /**
   * Whether fops that it does not define pass to the first of several subvolumes (true) or fail
   * (false); null or undefined if it does not declare this.
   */
  readonly passesThrough?: boolean | null | undefined;
  /** All methods of the author's classes, overridden ones included. */
  readonly methods: readonly DefinedMethod[];
  /** The class's attributes other than methods, and whether each is an option. */
  readonly properties?: readonly (readonly [name: string, isOption: boolean])[];
  /** [file, line, function, text]: likely mistakes that the guest found. */
  readonly warnings: readonly (readonly [string, number, string, string])[];
}

/**
 * True if the module defines a fop that carries data, so that data must not bypass it. A module
 * with `any_fop` alone passes data unchanged.
 */
export const changesData = ({
  blocks,
  transformsData,
  fops,
  observes,
}: ModuleDescription): boolean =>
  blocks !== undefined ||
  transformsData === true ||
  (observes !== true &&
    findFopsByData('bytes').some((name) => fops[name] && fops[name].any !== true));

/** A value that crosses unchanged. `undefined` is the guest's None. */
export type Scalar = number | string | undefined;
/**
 * An entry point: takes scalars (`crossing/kinds.ts`), and returns a code
 * (`DECIDED_BY_MESSAGES` to `UNWIND_UNCHANGED`). Throws if the engine failed (memory, a limit).
 */
export type EnterGuest = (args: readonly Scalar[]) => number;

/** The result of a line at a prompt. */
export interface Evaluation {
  /** The statement is incomplete: nothing has run. */
  readonly isIncomplete: boolean;
  /** The text to show: the value, or the error. */
  readonly output: string;
  /** True if an exception ended the line; undefined if not reported. */
  readonly hasFailed?: boolean;
}

/** Records a guest's calls for an observer. If a method throws, the guest continues unrecorded. */
export interface NoteTaker {
  /** Samples the module's state before a call of the fop or hook `name` for request `id`. */
  sampleBefore(id: number, name: string): void;
  /** Returns what the call has changed: JSON of texts by name (docs/write/recording.md). */
  readChanges(): string;
  /** Ends the recording when the observer is gone. */
  stop(): void;
}

/** The thread of a guest that has its own (option isolation). */
export interface GuestThread {
  /** Takes the results that have come, and waits for others as long as that is worthwhile. */
  awaitResult(): void;
  /** Ends the notes for an observer. */
  stopNotes(): void;
  /** True once the thread was given up; `failure` tells why. */
  readonly isLost: boolean;
  /** True if the module can stop at its lines. */
  readonly stopsAtLines: boolean;
  /** Resolves when the thread has ended, after `close`. */
  readonly whenEnded: Promise<void>;
}

/** One interpreter with one module, as the host calls it. */
export interface Guest {
  readonly language: string;
  readonly description: ModuleDescription;
  /** Texts of the author's loaded files. */
  readonly sources?: readonly string[];
  /** The flags of its records (compiled/area.ts); undefined if it takes scalars, not records. */
  readonly recordNeeds?: number;
  readonly noteTaker?: NoteTaker;
  /** Present if it runs in a thread of its own. */
  readonly thread?: GuestThread;
  /** The reason why the interpreter can no longer be entered; undefined while it works. */
  readonly failure: string | undefined;
  /** Makes the module's translator with its options and runs its `init`. Throws its error. */
  createTranslator(
    volume: string,
    children: readonly (readonly [string, string])[],
    options: object,
  ): void | Promise<void>;
  /** Makes the function that calls the module's method for a fop. */
  makeFopEntry(name: string): EnterGuest;
  /** Makes the function that passes replies to a fop to the module. */
  makeReplyEntry(name: string): EnterGuest;
  /** Calls a hook, or sends a notice. Returns METHOD_FAILED after an exception, which is logged. */
  callHook(name: HookName | NoticeName, args: readonly Scalar[]): number;
  /** Calls a hook that returns state, as JSON; undefined when it failed, with the error logged. */
  callStateHook(name: StateHookName): string | undefined;
  /**
   * Runs a line typed at a prompt inside the module, where `self` is the translator. Resolves when
   * it has ended, awaits included.
   */
  evaluate(source: string): Promise<Evaluation>;
  /** Runs a debugger's command (core/line-stops.ts), both as JSON; absent without line stops. */
  runLineCommand?(command: string): string;
  /** Bytes of the interpreter's memory. */
  readonly memoryBytes: number;
  /** The number of entries into the interpreter: while it stays, no code of the module has run. Absent where that is not known. */
  readonly timesEntered?: number;
  close(): void;
}
