/**
 * A translator: one record (type, number of children, options, fops, life cycle) that the
 * loader can read and check before it runs anything; and an Xlator, an instance of it in a graph.
 *
 * Rules for authors
 * - A fop answers by exactly one unwind of the frame it got, now or later. A fop that is not in
 *   the record passes through at no cost: winds are routed past this translator. Not so where it
 *   has several children: which of them would it be? See `passesThrough`.
 * - `init` runs before the children's: it may look at `xl.childNames`, never wind.
 * - Instances share code, never data: state lives in what `init` returns (`xl.priv`).
 *
 * Source: GlusterFS `xlator_api_t`, `libglusterfs/src/glusterfs/xlator.h`.
 */

import { CallPool } from './call-pool.ts';
import type { Client } from './client.ts';
import type { Context } from './context.ts';
import { guardFops } from './data-guard.ts';
import { GraphError } from './errors.ts';
import { type EventName, events } from './events.ts';
import type { Fd } from './fd.ts';
import { Frame, type Stack } from './frame.ts';
import type { FopName, FopTable, Links } from './gen/fops.gen.ts';
import type { Initiator } from './initiator.ts';
import type { Inode, InodeTable } from './inode.ts';
import type { Script } from './line-stops.ts';
import type { Log, LogLevels, LogSource } from './log.ts';
import { messages } from './messages.ts';
import type { VolumeObserver } from './observer.ts';
import type { GivenOption, Options, Values } from './options.ts';

/** Going down. Answers by one unwind of `frame`. */
export type Fop<N extends FopName, P> = {
  // A method's parameters compare both ways, so that Xlator<P> is accepted where any will do.
  call(frame: Frame, xl: Xlator<P>, ...args: FopTable[N]['args']): void;
}['call'];

/** Coming up. `opRet` < 0 is failure, and only then `opErrno` (a Linux errno) means anything. */
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

export type Fops<P> = { readonly [N in FopName]?: Fop<N, P> };

/** Gives an instance its own fops, after its `init`. */
export type FopsOf<P> = { call(xl: Xlator<P>): Fops<P> }['call'];

/** What an instance says of itself, once its `init` has run. */
export type InstanceFlag<P> = { call(xl: Xlator<P>): boolean | undefined }['call'];

/** Where a wind of a fop arrives: the nearest translator below that defines it. */
export interface Target<N extends FopName> {
  readonly xl: Xlator<unknown>;
  readonly fop: Fop<N, unknown>;
  /** An observer sees it arrive there, or an interceptor. */
  readonly isObserved?: true;
}

/** A subvolume as seen from above. */
export type Child = Links;

/** What `dump` tells: names and values of the instance's state, in order. */
export type Dump = Record<string, number | string>;

export interface Translator<P, O extends Options = Options> {
  /** `category/name`, as in the volfile. */
  readonly type: string;
  /** One sentence for `glossa help`. */
  readonly description: string;
  /** Least and most subvolumes. */
  readonly children: readonly [min: number, max: number];
  readonly options: O;
  /** Accepts options that the table does not know, or those of this form: the translator checks them in `init`. */
  readonly openOptions?: boolean | RegExp;
  /** With `openOptions`, what the instance takes besides its table: options that its module declares. */
  ownOptions?(xl: Xlator<P>): Options;
  /** Options that it takes in some cases only, by the case (`for a .so file`): for help. */
  readonly moreOptions?: Readonly<Record<string, Options>>;
  /** The fops, or what gives an instance its own after `init`. */
  readonly fops: Fops<P> | FopsOf<P>;
  /**
   * What becomes of fops that it does not define, where it has several children: `true` passes them
   * to the first of these, `false` answers EOPNOTSUPP. So does saying nothing, which is pointed out
   * to authors of modules.
   */
  readonly passesThrough?: boolean | InstanceFlag<P>;
  /**
   * `false`: it changes the data that goes through its readv and writev, if it defines one of them, and
   * none is to pass it another way (`data-guard.ts`). `true`: they only look on, or it defines all ways
   * of data itself. Saying nothing is as `true`, but for files of features/native, where it is `false`.
   */
  readonly observes?: boolean | InstanceFlag<P>;
  /** The result becomes `xl.priv`. @throws {InitError} to refuse, with what to change. */
  init(xl: Xlator<P>, options: Values<O>): P | Promise<P>;
  /**
   * What `init` would refuse, as far as it can be known without starting anything, or changing
   * anything outside. What looks like a mistake is told by `xl.doubt`. @throws as `init` does
   */
  check?(xl: Xlator<P>, options: Values<O>): Promise<void>;
  /**
   * The options of the volume changed; all values, defaults filled in. Only those that are declared
   * reconfigurable have.
   */
  reconfigure?(xl: Xlator<P>, options: Values<O>): void;
  /**
   * Takes over all that `before` has, the instance of the same name that it replaces: both have the
   * same id, so that what is kept with inodes and open files is either's, and both serve until the
   * other is idle. Only one of them ends (`fini`).
   */
  succeed?(xl: Xlator<P>, before: Xlator<P>): void;
  /**
   * Takes over what `before` remembers, the instance of the same name that it replaces, in the moment
   * in which it does. Each ends by itself. @throws {Error} what keeps it from taking its place
   */
  inherit?(xl: Xlator<P>, before: Xlator<P>): void;
  /** What is here and nowhere else, in words, and would be lost with the instance; null for nothing. */
  holds?(xl: Xlator<P>): string | null;
  /** Why it has not come up so far, in words; null for nothing that it knows of. */
  waitsFor?(xl: Xlator<P>): string | null;
  /** Loads its code again, and goes on with what it had if that fails; null where it cannot. */
  reload?(xl: Xlator<P>): Promise<ReloadResult> | null;
  /** Every event, on its way; `defaultNotify` passes it on. */
  notify?(xl: Xlator<P>, event: EventName, data: unknown): void;
  fini?(xl: Xlator<P>): void | Promise<void>;
  /** An inode with which this instance keeps `value` goes away. */
  forget?(xl: Xlator<P>, inode: Inode, value: unknown): void;
  release?(xl: Xlator<P>, fd: Fd, value: unknown): void;
  releasedir?(xl: Xlator<P>, fd: Fd, value: unknown): void;
  /** A client is gone; its requests under way were interrupted, its files are about to be released. */
  clientDisconnect?(xl: Xlator<P>, client: Client): void;
  /** A client with which this instance keeps `value` is gone, and its last request has ended. */
  clientDestroy?(xl: Xlator<P>, client: Client, value: unknown): void;
  /** Another observer sees it than before, or none: `xl.observer`. */
  observed?(xl: Xlator<P>): void;
  dump?(xl: Xlator<P>): Dump;
  /** The last things that it has seen, the oldest first, for who looks into it (`meta`). */
  history?(xl: Xlator<P>): readonly HistoryEntry[];
  /** The source that an author has written for this volume, and how it can be stopped. */
  script?(xl: Xlator<P>): Script;
  /** Begins to count anew what `dump` tells of the past. */
  reset?(xl: Xlator<P>): void;
  /**
   * Its fops only watch: every fop goes on to the volumes below as it came, and their answer goes up
   * unchanged and at once. It does not hold on to any of the data.
   */
  readonly watches?: boolean;
  /** The data of files that the kernel may keep, or read and write itself; by default none. */
  readonly dataPath?: DataPath<P>;
}

/** Tells a mount, when a file is opened, when its data need not come through the translator. */
export interface DataPath<P> {
  /**
   * The translator has files of its own, and this says which: data of all others comes and goes
   * through it as if it were not there, so that the kernel may read and write those itself.
   */
  isOwn?(xl: Xlator<P>, fd: Fd): boolean;
  /**
   * For storage: the descriptor of the file behind an open Fd, through which its data may be read
   * and written past this translator; minus one when there is none. A translator with `backing` has
   * written all data to the file by the time its `writev` answers. So its `flush` need not be
   * called, except where `tellsAtClose` says so.
   */
  backing?(xl: Xlator<P>, fd: Fd): number;
  /** For storage with `backing`: close(2) of its files may fail, and `flush` says so. */
  tellsAtClose?(xl: Xlator<P>): boolean;
  /**
   * Data of its files does not change without their size or times, nor on its way through here: what
   * was read stays valid until these are others, also when the file is opened anew.
   * @param isTimed a translator above has `givesTimes`
   */
  keepsPages?(xl: Xlator<P>, isTimed: boolean): boolean;
  /** Requests that change data have their time from here on (`Stack.ctime`). */
  readonly givesTimes?: boolean;
}

/** Checks a record's types where it is written, and keeps them. */
export function defineTranslator<P, const O extends Options>(
  translator: Translator<P, O>,
): Translator<P, O> {
  return translator;
}

/** Something that was seen. */
export interface HistoryEntry {
  /** As `LogSink.now`. */
  readonly time: number;
  readonly text: string;
}

/** What came of a reload. */
export interface ReloadResult {
  readonly ok: boolean;
  /** What was done, or why not. */
  readonly text: string;
}

/** Something that looks like a mistake. */
export interface Suspicion {
  /** Its place, for a person: a line of the volfile, or of a script. */
  readonly where: string;
  readonly text: string;
  /** The same of a script, for the log. */
  readonly source?: LogSource | undefined;
}

/** One volume of a checked description. */
export interface VolumeSpec {
  readonly name: string;
  readonly translator: Translator<unknown>;
  readonly options: readonly GivenOption[];
  /** Names of volumes of the same graph. */
  readonly subvolumes: readonly string[];
  /** `FILE:LINE:COLUMN` of the volume, for messages. */
  readonly where?: string | undefined;
}

/** Receives the events that leave the top of a graph. */
export type EventListener = (event: EventName, data: unknown) => void;

/** The part of a graph (`graph.ts`) that its volumes and its initiators use. */
export interface GraphView {
  readonly context: Context;
  /** What the process logs. */
  readonly levels: LogLevels;
  /** In the order of the volfile: leaves first, the top last. An exchange replaces the array. */
  readonly xlators: readonly Xlator[];
  readonly top: Xlator;
  readonly inodes: InodeTable;
  /** The top as its initiators wind to it. */
  readonly links: Links;
  /** Begin requests at the top of the graph: mounts, servers, the programming interface. */
  readonly initiators: Set<Initiator>;
  /** Instances by id, with those that an exchange has replaced and that still finish requests. */
  readonly instances: readonly (Xlator | undefined)[];
  /** A new id, for the instance of an initiator. */
  newId(): number;
  /** Subscribes to the events that leave the top. The result unsubscribes. */
  listen(listener: EventListener): () => void;
  /** Reconfigures the volumes whose options differ, and returns their names. @throws {GraphError} */
  reconfigure(specs: readonly VolumeSpec[]): readonly string[];
  /** Exchanges a volume for a new instance, to load new code. False when it has been replaced already. */
  renew(xl: Xlator, patienceMs: number): Promise<boolean>;
}

/** An instance in a graph. */
export class Xlator<P = unknown> {
  /** No other instance of the graph has or had it; contexts of inodes and fds are kept under it. */
  readonly id: number;
  readonly name: string;
  readonly translator: Translator<P>;
  /** Its options as they were given; `reconfigure` finds the new ones. */
  given: readonly GivenOption[];
  /** `FILE:LINE:COLUMN` of the volume, for messages. */
  where: string | undefined;
  readonly log: Log;
  readonly context: Context;
  /** Set by the graph: what lies below, above, and (after activation) where winds go. */
  below: readonly Xlator[] = [];
  above: Xlator[] = [];
  /** The graph's inodes; null outside of a graph. */
  inodes: InodeTable | null = null;
  /** The graph that it was made for, for who tells of all volumes; null outside of one. */
  graph: GraphView | null = null;
  children: readonly Child[] = [];
  /** The fops that winds reach: its own, and those answered in its place; set by `define`. */
  fops: Fops<P> = {};
  /** True when it changes data and none bypasses it (`data-guard.ts`). */
  isGuarded = false;
  /** Set by the graph once it runs: leads winds to the fops that are defined now. */
  route: (() => void) | null = null;
  priv: P = undefined as P;
  /** Who sees its events; the graph's. */
  observer: VolumeObserver | null = null;
  /** The request for which its code runs now, while somebody observes it. */
  frame: Frame | null = null;
  /** Requests that it has begun by itself, and that have not ended. */
  readonly calls = new CallPool();
  /** Whether `init` succeeded and `fini` is owed. */
  initialised = false;
  /** Whether it can serve: what it has told its parents last, by CHILD_UP or CHILD_DOWN. */
  up = false;
  /** Who hears events that leave the top of the graph. */
  master: ((event: EventName, data: unknown) => void) | null = null;
  /** The parents that have said PARENT_UP, and not PARENT_DOWN; for a top, itself. */
  private readonly parentsUp = new Set<Xlator>();

  constructor(
    id: number,
    name: string,
    translator: Translator<P>,
    given: readonly GivenOption[],
    log: Log,
    context: Context,
  ) {
    this.id = id;
    this.name = name;
    this.translator = translator;
    this.given = given;
    this.log = log;
    this.context = context;
  }

  get type(): string {
    return this.translator.type;
  }

  get childNames(): readonly string[] {
    return this.below.map((child) => child.name);
  }

  /** Whether fops that it does not define go to its first child. */
  get passesThrough(): boolean {
    if (this.below.length < 2) return this.below.length === 1;
    return this.resolveFlag(this.translator.passesThrough) === true;
  }

  /** The `observes` of its record: true when it only looks on at data. */
  get observes(): boolean | undefined {
    return this.resolveFlag(this.translator.observes);
  }

  private resolveFlag(what: boolean | InstanceFlag<P> | undefined): boolean | undefined {
    return typeof what === 'function' ? what(this) : what;
  }

  /** Where a request goes on that it has no say in; undefined when there is no such child. */
  get passingChild(): Child | undefined {
    return this.passesThrough ? this.children[0] : undefined;
  }

  /**
   * Points out what looks like a mistake of its author, by its place: in the log, and to whoever
   * starts the graph. @throws {GraphError} where that is an error
   */
  warnSuspicious(remarks: readonly Suspicion[]): void {
    const { strict, warn } = this.context;
    const lines = remarks.map(({ where, text }) => `${where}: ${text}`);
    if (strict && lines.length > 0) throw new GraphError(lines);
    remarks.forEach(({ text, source }, at) => {
      if (source !== undefined) this.log.warning(text, { source });
      else this.log.warning(lines[at]!, { msgid: messages.looksWrong.id });
      warn?.call(this.context, lines[at]!);
    });
  }

  /** Begins a request of its own: the frame to wind with. It is owed an `end`. */
  begin(call: Stack): Frame {
    this.calls.add(call);
    return new Frame(call, null, this, null, 0);
  }

  /** A request of its own has had all the replies that it waits for. False when it had ended. */
  end(call: Stack): boolean {
    return this.calls.delete(call);
  }

  /** Gives it its fops. */
  define(own: Fops<P>): void {
    const { fops, text } = guardFops(this, own as Fops<unknown>);
    this.fops = fops as Fops<P>;
    this.isGuarded = text !== null;
    if (text !== null) this.log.info(text);
  }

  /** Exchanges the fops of a running instance; winds from then on go to the new ones. */
  exchangeFops(own: Fops<P>): void {
    this.define(own);
    this.route?.();
  }

  /** `WHERE: volume 'NAME' (TYPE)`, for messages. */
  get place(): string {
    const where = this.where ?? '';
    return `${where === '' ? '' : `${where}: `}volume '${this.name}' (${this.type})`;
  }

  /** Lets the translator see an event, or passes it on when it does not care. */
  notify(event: EventName, data: unknown): void {
    if (event === 'PARENT_UP' && !this.addRunningParent(data as Xlator)) return;
    if (event === 'PARENT_DOWN' && !this.removeRunningParent(data as Xlator)) return;
    this.observer?.notify(this, event, data);
    if (this.translator.notify === undefined) defaultNotify(this, event, data);
    else this.translator.notify(this, event, data);
  }

  /** A parent is up. False when another was before. */
  private addRunningParent(parent: Xlator): boolean {
    const runs = this.parentsUp.size > 0;
    this.parentsUp.add(parent);
    return !runs;
  }

  /** A parent is down. False as long as there is another, and when it was not up. */
  private removeRunningParent(parent: Xlator): boolean {
    return this.parentsUp.delete(parent) && this.parentsUp.size === 0;
  }
}

/**
 * Passes an event on in its direction: down to every child, or up to every parent. An instance with
 * several children is up while all of these are; one that sees it otherwise says so by `sayUp`.
 * @param data for CHILD_UP and CHILD_DOWN the instance that they are about
 */
export function defaultNotify(xl: Xlator, event: EventName, data: unknown): void {
  if (events[event].direction === 'down') {
    // Nothing lies below a leaf: being reached, it is ready.
    if (xl.below.length === 0 && event === 'PARENT_UP') xl.notify('CHILD_UP', xl);
    for (const child of xl.below) child.notify(event, event === 'UPCALL' ? data : xl);
    return;
  }
  const isChilds = xl.below.length > 1 && xl.below.includes(data as Xlator);
  if (isChilds && isChange(event)) sayUp(xl, childrenUp(xl), event);
  else notifyParents(xl, event, event === 'UPCALL' ? data : xl);
}

/** A child has come up, or gone down. */
export type ChildEvent = 'CHILD_UP' | 'CHILD_DOWN';
export const isChange = (event: EventName): event is ChildEvent =>
  event === 'CHILD_UP' || event === 'CHILD_DOWN';

export const childrenUp = (xl: Xlator): boolean => xl.below.every((child) => child.up);

/**
 * Tells the parents whether `xl` is up, where that is news to them. Where it is none, but a child has
 * changed (`because`), they hear that: who caches what that child has said may want to know.
 */
export function sayUp(xl: Xlator, isUp: boolean, because?: ChildEvent): void {
  if (isUp !== xl.up) notifyParents(xl, isUp ? 'CHILD_UP' : 'CHILD_DOWN', xl);
  else if (because === 'CHILD_UP') notifyParents(xl, 'SOME_DESCENDENT_UP', xl);
  else if (because === 'CHILD_DOWN') notifyParents(xl, 'SOME_DESCENDENT_DOWN', xl);
}

/**
 * Announces that replies of `xl` may differ from now on: caches above drop its earlier replies. While `xl`
 * is down nothing is sent; the caches drop them when it comes up.
 */
export function announceChangedReplies(xl: Xlator): void {
  if (xl.up) notifyParents(xl, 'SOME_DESCENDENT_UP', xl);
}

export function notifyParents(xl: Xlator, event: EventName, data: unknown): void {
  if (isChange(event)) xl.up = event === 'CHILD_UP';
  for (const parent of xl.above) if (parent.initialised) parent.notify(event, data);
  xl.master?.(event, data);
}
