/**
 * Defines translators: a record (`Translator`) that the loader checks before it runs any code, and its instances in
 * graphs (`Xlator`).
 *
 * A fop unwinds its frame exactly once, now or later. Winds skip a translator that does not define the fop,
 * unless it has several children (`passesThrough`). `init` runs before the children's and must not wind.
 * Instances share no data: state is the result of `init` (`xl.priv`).
 *
 * Source: GlusterFS `xlator_api_t`, `libglusterfs/src/glusterfs/xlator.h`.
 */

import type { Client } from './client.ts';
import type { Context } from './context.ts';
import { guardFops } from './data-guard.ts';
import { GraphError } from './errors.ts';
import { type EventName, events } from './events.ts';
import { CallPool, Frame, type Stack } from './frame.ts';
import type { FopName, FopTable, Links } from './gen/fops.gen.ts';
import type { Initiator } from './initiator.ts';
import type { Inode, InodeTable } from './inode.ts';
import type { DebuggableModule } from './line-stops.ts';
import type { Log, LogLevels, LogSource } from './log.ts';
import { messages } from './messages.ts';
import type { VolumeObserver } from './observer.ts';
import type { Fd } from './operands.ts';
import type { Options, Values, VolfileOption } from './options.ts';
import type { Reach } from './reach.ts';

/** A translator's implementation of a fop. It replies by one unwind of `frame`, now or later. */
export type Fop<N extends FopName, P> = {
  // Written as a method, whose parameters TypeScript compares in both directions: so a fop of Xlator<P> is also
  // a Fop<N, unknown>.
  call(frame: Frame, xl: Xlator<P>, ...args: FopTable[N]['args']): void;
}['call'];

/** Gets the reply to a wind. A negative `opRet` is a failure; only then is `opErrno` valid, a number of Linux. */
export type Cbk<N extends FopName, P> = {
  call(
    frame: Frame,
    cookie: number,
    xl: Xlator<P>,
    opRet: number,
    opErrno: number,
    ...reply: FopTable[N]['reply']
  ): void;
}['call'];

/** The fops that a translator defines, by name. */
export type Fops<P> = { readonly [N in FopName]?: Fop<N, P> };

/** Returns an instance's own fops, after its `init`. */
export type FopsOf<P> = { call(xl: Xlator<P>): Fops<P> }['call'];

/** Decides a property of an instance, after its `init`. */
export type InstanceFlag<P> = { call(xl: Xlator<P>): boolean | undefined }['call'];

/** The target of a wind: the nearest instance that defines the fop. */
export interface Target<N extends FopName> {
  readonly xl: Xlator<unknown>;
  readonly fop: Fop<N, unknown>;
  /** True if an observer or interceptor watches the fop there. */
  readonly isObserved?: true;
}

/** The links by which a volume winds to a subvolume. */
export type Child = Links;

/** Result of `dump`: names and values of an instance's state, in order. */
export type Dump = Record<string, number | string>;

/**
 * The record of a translator. `P` is the type of an instance's state, `O` that of its table of options.
 */
export interface Translator<P, O extends Options = Options> {
  /** The type as in the volfile: `category/name`. */
  readonly type: string;
  /** One sentence for `glossa help`. */
  readonly description: string;
  /** Minimum and maximum number of subvolumes. */
  readonly children: readonly [min: number, max: number];
  readonly options: O;
  /** Accepts options beyond the table: all, or those whose key matches. The translator checks them in `init`. */
  readonly openOptions?: boolean | RegExp;
  /** With `openOptions`: the options that the instance's module declares. */
  ownOptions?(xl: Xlator<P>): Options;
  /** For help: options that exist in some cases only, by the case, such as `for a .so file`. */
  readonly moreOptions?: Readonly<Record<string, Options>>;
  /** The fops, or a function that returns an instance's own after `init`. */
  readonly fops: Fops<P> | FopsOf<P>;
  /**
   * Decides about undefined fops if there are several children: `true` passes them to the first child, `false` replies
   * EOPNOTSUPP. Undefined means `false`; authors of modules then get a warning.
   */
  readonly passesThrough?: boolean | InstanceFlag<P>;
  /**
   * `false`: its readv or writev changes data, so no data may bypass them (`data-guard.ts`). `true`: they only
   * observe, or the translator itself handles every fop that carries data. Undefined means `true`, but `false` for
   * files of features/native.
   */
  readonly observes?: boolean | InstanceFlag<P>;
  /** The result becomes `xl.priv`. @throws {InitError} to refuse, with what to change. */
  init(xl: Xlator<P>, options: Values<O>): P | Promise<P>;
  /**
   * Checks for `glossa check` what `init` would refuse, without side effects. Reports suspicious settings by
   * `xl.warnSuspicious`. @throws as `init` does
   */
  check?(xl: Xlator<P>, options: Values<O>): Promise<void>;
  /**
   * States what an instance with these options reaches outside of its process; absent if nothing. It starts nothing.
   * @param baseDir as `Context.baseDir` @throws {InitError} for options that `init` would refuse
   */
  reach?(options: Values<O>, baseDir: string): readonly Reach[];
  /**
   * Applies changed options. `options` has all values with defaults; only reconfigurable ones have changed.
   */
  reconfigure?(xl: Xlator<P>, options: Values<O>): void;
  /**
   * Takes over the whole state of `before`, the replaced instance of the same name. Both have the same id, and
   * so share contexts of inodes and fds; both serve until `before` is idle. Only one of them gets `fini`.
   */
  succeed?(xl: Xlator<P>, before: Xlator<P>): void;
  /**
   * Takes over the memory of `before`, the replaced instance of the same name, at the moment of the exchange.
   * Each gets its own `fini`. @throws {Error} with the reason to refuse the exchange
   */
  inherit?(xl: Xlator<P>, before: Xlator<P>): void;
  /**
   * Called after an exchange of the graph, on the replaced instances and then on those of the new graph. Ends requests
   * that wait for an event, so that the replaced instances become idle.
   */
  exchanged?(xl: Xlator<P>): void;
  /** Describes data that would be lost with the instance; null if there is no such data. */
  holds?(xl: Xlator<P>): string | null;
  /** Describes why the instance is not up yet; null if unknown. */
  waitsFor?(xl: Xlator<P>): string | null;
  /** Reloads the instance's module, or keeps the old code if that fails; returns null if it cannot reload. */
  reload?(xl: Xlator<P>): Promise<ReloadResult> | null;
  /** Handles every event; `defaultNotify` passes it on. */
  notify?(xl: Xlator<P>, event: EventName, data: unknown): void;
  /** Ends the instance; called once after a successful `init`. */
  fini?(xl: Xlator<P>): void | Promise<void>;
  /** Called when an inode with a context of this instance is forgotten. */
  forget?(xl: Xlator<P>, inode: Inode, value: unknown): void;
  /** Called when a file with a context of this instance is closed. */
  release?(xl: Xlator<P>, fd: Fd, value: unknown): void;
  /** Called when a directory with a context of this instance is closed. */
  releasedir?(xl: Xlator<P>, fd: Fd, value: unknown): void;
  /** Called when a client has disconnected: its requests were interrupted, and its files will be released. */
  clientDisconnect?(xl: Xlator<P>, client: Client): void;
  /** Called when the last request of a disconnected client with a context of this instance has ended. */
  clientDestroy?(xl: Xlator<P>, client: Client, value: unknown): void;
  /** Called when `xl.observer` has changed. */
  observed?(xl: Xlator<P>): void;
  /** Returns the instance's state for statedumps and `meta`. */
  dump?(xl: Xlator<P>): Dump;
  /** Returns recent events of the instance, oldest first, for `meta`. */
  history?(xl: Xlator<P>): readonly HistoryEntry[];
  /** Returns the module of this volume, for debuggers. */
  script?(xl: Xlator<P>): DebuggableModule;
  /** Returns the position in the volume's module at which it fails a request now; null if unknown. */
  locateFailure?(xl: Xlator<P>): LogSource | null;
  /** Resets the counters of `dump`. */
  reset?(xl: Xlator<P>): void;
  /** Whether the fops pass every request and reply on unchanged and at once, and retain no data. */
  readonly watches?: boolean;
  /** Whether requests go to another process. A mount then lists with attributes, as each lookup would cost a request. */
  readonly isRemote?: boolean;
  /** Whether its opendir need not come before readdirp (`canListUnopened`). */
  readonly listsUnopened?: boolean;
  /** Lets the kernel cache data, or read and write it directly; by default neither. */
  readonly dataPath?: DataPath<P>;
}

/** Declares, for a mount at open, whether a file's data may bypass the translator. */
export interface DataPath<P> {
  /**
   * Whether the file is the translator's own. Data of all other files passes through unchanged, so the kernel
   * may read and write them directly.
   */
  isOwn?(xl: Xlator<P>, fd: Fd): boolean;
  /**
   * For storage: returns the descriptor behind an open fd, for direct reads and writes, or -1. A storage with this
   * method replies to `writev` when the data is in the file, so `flush` may be skipped unless `tellsAtClose`. Without
   * O_SYNC or O_DSYNC, the data is in the file before the wind returns.
   */
  backing?(xl: Xlator<P>, fd: Fd): number;
  /** For storage with `backing`: whether a file may be open or mapped for writing. */
  hasWriters?(xl: Xlator<P>, inode: Inode): boolean;
  /** For storage with `backing`: whether `flush` reports errors of close(2), and so must not be skipped. */
  tellsAtClose?(xl: Xlator<P>): boolean;
  /**
   * Whether data changes only together with a file's size or times, so that cached pages stay valid across
   * opens.
   * @param isTimed whether a translator above has `givesTimes`
   */
  keepsPages?(xl: Xlator<P>, isTimed: boolean): boolean;
  /** Whether the translator sets the time of requests that change data (`Stack.ctime`). */
  readonly givesTimes?: boolean;
}

/** Returns the record unchanged: TypeScript checks it here, and infers the types of its options. */
export function defineTranslator<P, const O extends Options>(
  translator: Translator<P, O>,
): Translator<P, O> {
  return translator;
}

/** Whether a volume, with all below it, lists a directory without an opendir, or during it. */
export const canListUnopened = ({ fops, translator, below }: Xlator): boolean => {
  const passesOn = fops.opendir === undefined || translator.watches === true;
  return (passesOn || translator.listsUnopened === true) && below.every(canListUnopened);
};

/** One event of a volume's history. */
export interface HistoryEntry {
  /** The time of the event, as `LogSink.now`. */
  readonly time: number;
  readonly text: string;
}

/** Result of a reload. */
export interface ReloadResult {
  readonly ok: boolean;
  /** Describes the change, or the failure. */
  readonly text: string;
}

/** A suspicious setting or line of code. */
export interface Suspicion {
  /** Position in the volfile or module, for users. */
  readonly position: string;
  readonly text: string;
  /** Position in a module, for the log. */
  readonly source?: LogSource | undefined;
}

/** One volume of a checked description. */
export interface VolumeSpec {
  readonly name: string;
  readonly translator: Translator<unknown>;
  readonly options: readonly VolfileOption[];
  /** Names of volumes of the same graph. */
  readonly subvolumes: readonly string[];
  /** `FILE:LINE:COLUMN` of the volume, for messages. */
  readonly position?: string | undefined;
}

/** Receives the events that leave the top of a graph. */
export type EventListener = (event: EventName, data: unknown) => void;

/** The part of a graph (`graph.ts`) that its volumes and its initiators use. */
export interface GraphView {
  readonly context: Context;
  /** Log levels of the process. */
  readonly levels: LogLevels;
  /** The instances in the order of the volfile: leaves first, the top last. An exchange replaces the array. */
  readonly xlators: readonly Xlator[];
  readonly top: Xlator;
  readonly inodes: InodeTable;
  /** The links by which initiators wind to the top. */
  readonly links: Links;
  /** The initiators that begin requests at the top: mounts, servers, the programming interface. */
  readonly initiators: Set<Initiator>;
  /** Instances by id, including replaced ones that still finish requests. */
  readonly instances: readonly (Xlator | undefined)[];
  /** Makes an id for the instance of an initiator. */
  makeId(): number;
  /** Subscribes to the events that leave the top. The result unsubscribes. */
  listen(listener: EventListener): () => void;
  /** Reconfigures the volumes whose options differ, and returns their names. @throws {GraphError} */
  reconfigure(specs: readonly VolumeSpec[]): readonly string[];
  /** Replaces a volume by a new instance, to load new code. Returns false if it has been replaced already. */
  renew(xl: Xlator, timeoutMs: number): Promise<boolean>;
}

/** An instance of a translator in a graph. */
export class Xlator<P = unknown> {
  /** The instance's number, unique in the graph; contexts of inodes and fds are stored by it. */
  readonly id: number;
  readonly name: string;
  readonly translator: Translator<P>;
  /** Options of the volfile; `reconfigure` updates them. */
  volfileOptions: readonly VolfileOption[];
  /** `FILE:LINE:COLUMN` of the volume, for messages. */
  position: string | undefined;
  readonly log: Log;
  readonly context: Context;
  /** The subvolumes; set by the graph. */
  below: readonly Xlator[] = [];
  /** The parents; set by the graph. */
  above: Xlator[] = [];
  /** The graph's inodes; null outside of a graph. */
  inodes: InodeTable | null = null;
  /** The graph of the instance; null outside of a graph. */
  graph: GraphView | null = null;
  /** Links to wind to the subvolumes, in the order of `below`; set by the graph. */
  children: readonly Child[] = [];
  /** The fops that winds reach: the translator's, and those of `data-guard.ts`; set by `define`. */
  fops: Fops<P> = {};
  /** Whether `data-guard.ts` handles fops in place of the translator, because that changes data. */
  isGuarded = false;
  /** Reroutes winds after a change of `fops`; set by the running graph. */
  route: (() => void) | null = null;
  /** The result of the translator's `init`. */
  priv: P = undefined as P;
  /** The graph's observers of its events. */
  observer: VolumeObserver | null = null;
  /**
   * Whether the instance passes the data of a readv on in its callback, or copies it. Then the data may be in memory that
   * the next request reuses (`Frame.readBuffer`).
   */
  copiesReads = false;
  /** The frame for which the instance's code runs now; set only while the graph has observers. */
  frame: Frame | null = null;
  /** The requests that the instance has begun itself and not ended. */
  readonly calls = new CallPool();
  /** Whether `init` has succeeded, and `fini` has not run. */
  initialised = false;
  /** Whether the instance can serve: its last event was CHILD_UP, not CHILD_DOWN. */
  up = false;
  /** For the top: receives the events that leave the graph. */
  master: ((event: EventName, data: unknown) => void) | null = null;
  /** Parents that have sent PARENT_UP and not PARENT_DOWN; for a top, itself. */
  private readonly parentsUp = new Set<Xlator>();

  constructor(
    id: number,
    name: string,
    translator: Translator<P>,
    volfileOptions: readonly VolfileOption[],
    log: Log,
    context: Context,
  ) {
    this.id = id;
    this.name = name;
    this.translator = translator;
    this.volfileOptions = volfileOptions;
    this.log = log;
    this.context = context;
  }

  get type(): string {
    return this.translator.type;
  }

  get childNames(): readonly string[] {
    return this.below.map((child) => child.name);
  }

  /** Whether undefined fops pass to the first child. */
  get passesThrough(): boolean {
    if (this.below.length < 2) return this.below.length === 1;
    return this.resolveFlag(this.translator.passesThrough) === true;
  }

  /** The value of the record's `observes` for this instance. */
  get observes(): boolean | undefined {
    return this.resolveFlag(this.translator.observes);
  }

  private resolveFlag(flag: boolean | InstanceFlag<P> | undefined): boolean | undefined {
    return typeof flag === 'function' ? flag(this) : flag;
  }

  /** The child that undefined fops pass to; undefined when they do not pass. */
  get passingChild(): Child | undefined {
    return this.passesThrough ? this.children[0] : undefined;
  }

  /** @deprecated The name of `warnSuspicious` in version 0.1. */
  doubt(remarks: readonly Suspicion[]): void {
    this.warnSuspicious(remarks);
  }

  /**
   * Reports suspicious settings with their positions, in the log and to the command that starts the graph.
   * @throws {GraphError} in strict mode
   */
  warnSuspicious(remarks: readonly Suspicion[]): void {
    const { strict, warn } = this.context;
    const lines = remarks.map(({ position, text }) => `${position}: ${text}`);
    if (strict && lines.length > 0) throw new GraphError(lines);
    remarks.forEach(({ text, source }, index) => {
      if (source !== undefined) this.log.warning(text, { source });
      else this.log.warning(lines[index]!, { msgid: messages.suspiciousSetting.id });
      warn?.call(this.context, lines[index]!);
    });
  }

  /** Begins a request of the volume itself, and returns the frame to wind with. The caller must call `end` once. */
  begin(call: Stack): Frame {
    this.calls.add(call);
    return new Frame(call, null, this, null, 0);
  }

  /** Ends a request that `begin` began. Returns false if it had ended already. */
  end(call: Stack): boolean {
    return this.calls.delete(call);
  }

  /**
   * Sets the instance's fops, and adds those of `data-guard.ts` if it changes data.
   * @param ownFops the translator's fops
   */
  define(ownFops: Fops<P>): void {
    const { fops, logText } = guardFops(this, ownFops as Fops<unknown>);
    this.fops = fops as Fops<P>;
    this.isGuarded = logText !== null;
    if (logText !== null) this.log.info(logText);
  }

  /** Replaces the fops of a running instance, and reroutes winds. */
  exchangeFops(ownFops: Fops<P>): void {
    this.define(ownFops);
    this.route?.();
  }

  /** The volume's position, name and type for messages: `FILE:LINE:COLUMN: volume 'NAME' (TYPE)`. */
  get label(): string {
    const position = this.position ?? '';
    return `${position === '' ? '' : `${position}: `}volume '${this.name}' (${this.type})`;
  }

  /** Passes an event to the translator's `notify`, or to `defaultNotify` without one. */
  notify(event: EventName, data: unknown): void {
    if (event === 'PARENT_UP' && !this.addRunningParent(data as Xlator)) return;
    if (event === 'PARENT_DOWN' && !this.removeRunningParent(data as Xlator)) return;
    this.observer?.notify(this, event, data);
    if (this.translator.notify === undefined) defaultNotify(this, event, data);
    else this.translator.notify(this, event, data);
  }

  /** Adds a running parent. Returns true for the first: only then the volume gets PARENT_UP. */
  private addRunningParent(parent: Xlator): boolean {
    const hadRunningParent = this.parentsUp.size > 0;
    this.parentsUp.add(parent);
    return !hadRunningParent;
  }

  /** Removes a running parent. Returns true for the last: only then the volume gets PARENT_DOWN. */
  private removeRunningParent(parent: Xlator): boolean {
    return this.parentsUp.delete(parent) && this.parentsUp.size === 0;
  }
}

/**
 * Passes an event on in its direction: down to every child, or up to every parent. An instance with several
 * children is up while all of them are. A translator with another rule calls `sayUp` itself.
 * @param data for CHILD_UP and CHILD_DOWN, the instance that is up or down
 */
export function defaultNotify(xl: Xlator, event: EventName, data: unknown): void {
  if (events[event].direction === 'down') {
    // A leaf is ready when PARENT_UP reaches it.
    if (xl.below.length === 0 && event === 'PARENT_UP') xl.notify('CHILD_UP', xl);
    // Only an UPCALL keeps its data; any other event names the volume that passes it on.
    for (const child of xl.below) child.notify(event, event === 'UPCALL' ? data : xl);
    return;
  }
  const isAboutChild = xl.below.length > 1 && xl.below.includes(data as Xlator);
  if (isAboutChild && isChange(event)) sayUp(xl, areChildrenUp(xl), event);
  else notifyParents(xl, event, event === 'UPCALL' ? data : xl);
}

/** The events that change whether a child is up. */
export type ChildEvent = 'CHILD_UP' | 'CHILD_DOWN';
/** Whether the event is CHILD_UP or CHILD_DOWN. */
export const isChange = (event: EventName): event is ChildEvent =>
  event === 'CHILD_UP' || event === 'CHILD_DOWN';

/** Whether every child can serve. */
export const areChildrenUp = (xl: Xlator): boolean => xl.below.every((child) => child.up);

/**
 * Notifies the parents if `xl` goes up or down. Otherwise, after a child's event, it sends SOME_DESCENDENT_UP or
 * _DOWN, so that caches above can drop that child's replies.
 * @param childEvent the event of a child that caused this call
 */
export function sayUp(xl: Xlator, isUp: boolean, childEvent?: ChildEvent): void {
  if (isUp !== xl.up) notifyParents(xl, isUp ? 'CHILD_UP' : 'CHILD_DOWN', xl);
  else if (childEvent === 'CHILD_UP') notifyParents(xl, 'SOME_DESCENDENT_UP', xl);
  else if (childEvent === 'CHILD_DOWN') notifyParents(xl, 'SOME_DESCENDENT_DOWN', xl);
}

/**
 * Makes caches above drop earlier replies of `xl`. Sends nothing while `xl` is down: the caches drop them when
 * it comes up.
 */
export function announceChangedReplies(xl: Xlator): void {
  if (xl.up) notifyParents(xl, 'SOME_DESCENDENT_UP', xl);
}

/**
 * Sends an event to all parents whose `init` has succeeded, and to `master`, which only a top has. CHILD_UP and
 * CHILD_DOWN also set `up`.
 */
export function notifyParents(xl: Xlator, event: EventName, data: unknown): void {
  if (isChange(event)) xl.up = event === 'CHILD_UP';
  for (const parent of xl.above) if (parent.initialised) parent.notify(event, data);
  xl.master?.(event, data);
}
