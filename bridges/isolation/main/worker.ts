/** One thread at work for a volume: how it is started, given orders, looked after, and ended. */
import { GraphError, InitError } from '../../../runtime/core/errors.ts';
import { fopNames } from '../../../runtime/core/gen/fops.gen.ts';
import type { ScriptMethod } from '../../../runtime/core/line-stops.ts';
import type { Xlator } from '../../../runtime/core/xlator.ts';
import type { ThreadSettings } from '../../host/index.ts';
import type { ModuleContext } from '../../host/language.ts';
import { LATEST_MS } from '../../host/limits/watchdog.ts';
import type { Machine, Thread } from '../../host/machine.ts';
import { Malformed, type Reader } from '../bytes.ts';
import { DOWN, START, type Started, UP, type Verb, type WorkerData } from '../kinds.ts';
import type { Call } from './call.ts';
import { Heard } from './heard.ts';
import type { LinesInThread } from './lines.ts';
import { Link } from './link.ts';

/** How often it is looked whether it goes on. */
const LOOK_MS = 250;
/**
 * What it may take beyond the limits of the module's own calls: the watchdog in the thread, which loses
 * less, waits for so long itself where a call gets no CPU, and comes first.
 */
const SLACK_MS = LATEST_MS + 1000;
/** While it starts: loading an interpreter takes long at times. */
const START_SLACK_MS = 15_000;

export interface WorkerOwner {
  /** It can no longer be asked. */
  lost(worker: Worker, why: string): void;
  /** The module, or the thread, has gone wrong with a request. */
  failed(call: Call): void;
  /** The module has other fops from now on. */
  changed(started: Started): void;
  readonly stops: LinesInThread;
}

interface Order {
  resolve(told: unknown): void;
  reject(error: Error): void;
}

export class Worker {
  readonly link: Link;
  readonly heard: Heard;
  /** What the module is; null until it has started. */
  started: Started | null = null;
  /** Resolves when it has; rejects with what the module's author did wrong. */
  readonly whenStarted: Promise<Started>;
  private readonly xl: Xlator;
  private readonly owner: WorkerOwner;
  private readonly thread: Thread;
  private readonly orders = new Map<number, Order>();
  private lastOrder = START;
  private isHeld = true;
  private timeLimit: number;
  private cancelLook: (() => void) | null = null;
  private lastBeat = 0;
  private lookedAt = 0;
  /** Milliseconds for which it has been seen to be stuck. */
  private stuck = 0;

  /** @param checks whether it only reads the module */
  constructor(
    xl: Xlator,
    machine: Machine,
    { limits, timeLimit }: ThreadSettings,
    checks: boolean,
    owner: WorkerOwner,
  ) {
    this.xl = xl;
    this.owner = owner;
    this.timeLimit = timeLimit;
    this.heard = new Heard(xl, limits.logLimit);
    const linkOwner = {
      others: {
        ...this.heard.handlers,
        [UP.DONE]: (from: Reader) => this.done(from),
        [UP.LINE]: (from: Reader, link: Link) => owner.stops.heard(from.text(), from.u32(), link),
        [UP.FOPS]: (from: Reader) => owner.changed(readStarted(parse(from.text()))),
      },
      broken: (why: string) => owner.lost(this, why),
      look: () => this.look(),
      left: () => this.hold(),
      failed: (call: Call) => owner.failed(call),
    };
    this.link = new Link(xl, linkOwner, machine.mostFds, () => this.thread.call());
    this.whenStarted = new Promise<unknown>((resolve, reject) => {
      this.orders.set(START, { resolve, reject });
    }).then((told) => {
      this.started = told as Started;
      return this.started;
    });
    this.thread = machine.startThread!(xl.name, limits.memoryLimit, this.data(checks), {
      called: () => this.link.called(),
      ended: (why) => owner.lost(this, why),
    });
    this.watch();
  }

  private data(checks: boolean): WorkerData {
    const { xl } = this;
    const context: ModuleContext = xl.context;
    return {
      shared: this.link.shared,
      name: xl.name,
      options: withoutIsolation(xl),
      where: xl.where,
      children: xl.below.map((child) => [child.name, child.type] as const),
      baseDir: context.baseDir,
      strict: context.strict === true,
      virtualTime: context.virtualTime === true,
      clockStands: context.soon === undefined,
      timeOrigin: performance.timeOrigin,
      graphId: xl.log.graphId,
      checks,
      watched: this.owner.stops.watched,
    };
  }

  /** The process stays for as long as something is to come from the thread. */
  private hold(): void {
    const isHeld = this.orders.size > 0 || this.link.calls.size > 0;
    if (isHeld === this.isHeld) return;
    this.isHeld = isHeld;
    this.thread.hold(isHeld);
  }

  setLimits({ limits, timeLimit }: ThreadSettings): void {
    this.timeLimit = timeLimit;
    this.heard.log.limited.setLimit(limits.logLimit);
  }

  /** Ends it, whatever it does. The result are the requests that it owes an answer. */
  close(why: string): Call[] {
    const owed = this.link.close();
    this.cancelLook?.();
    this.heard.close();
    for (const order of this.orders.values()) order.reject(new Error(why));
    this.orders.clear();
    this.ended = this.thread.end();
    return owed;
  }

  /** Resolves when nothing of it is left. */
  ended: Promise<void> = Promise.resolve();

  // -- orders --------------------------------------------------------------------------------------

  order(verb: Verb, about: unknown): Promise<unknown> {
    return new Promise((resolve, reject) => this.tell(verb, about, { resolve, reject }));
  }

  /**
   * Waits for what comes of an order, for what cannot wait in another way.
   * @throws {Error} also when that takes longer
   */
  insist(verb: Verb, about: unknown, ms: number): unknown {
    if (this.link.held) throw new Error(`${verb}: it is stopped in a debugger`);
    let told: { readonly value?: unknown; readonly error?: Error } | null = null;
    this.tell(verb, about, {
      resolve: (value) => {
        told = { value };
      },
      reject: (error) => {
        told = { error };
      },
    });
    this.link.insist(() => told !== null, ms);
    const come = told as { readonly value?: unknown; readonly error?: Error } | null;
    if (come === null) throw new Error(`${verb}: its thread does not answer`);
    if (come.error !== undefined) throw come.error;
    return come.value;
  }

  private tell(verb: Verb, about: unknown, order: Order): void {
    this.lastOrder += 1;
    this.orders.set(this.lastOrder, order);
    this.link.begin(DOWN.ORDER).u32(this.lastOrder).text(verb).text(JSON.stringify(about));
    this.link.send();
    this.link.converse(null);
  }

  private done(from: Reader): void {
    const [number, isDone, told] = [from.u32(), from.u8() === 1, parse(from.text())];
    const order = this.orders.get(number);
    this.orders.delete(number);
    if (isDone) order?.resolve(number === START && told !== null ? readStarted(told) : told);
    else if (Array.isArray(told)) order?.reject(new GraphError(told.map(String)));
    else order?.reject(new InitError(String(told)));
  }

  // -- whether it goes on --------------------------------------------------------------------------

  private watch(): void {
    const { context } = this.xl;
    this.lookedAt = performance.now();
    // A clock that is moved by hand says nothing about threads.
    if (context.soon === undefined) return;
    const look = (): void => {
      this.cancelLook = context.after(LOOK_MS, look);
      this.link.called();
      this.look();
    };
    this.cancelLook = context.after(LOOK_MS, look);
  }

  private look(): void {
    const { link, timeLimit } = this;
    const { channel } = link;
    const now = performance.now();
    // On a machine that is busy, or slept, this thread has not run either: such time counts little.
    this.stuck += Math.min(now - this.lookedAt, LOOK_MS);
    this.lookedAt = now;
    const { beat } = channel;
    if (beat !== this.lastBeat || (channel.isAtRest && this.started !== null)) {
      this.lastBeat = beat;
      this.stuck = 0;
      return;
    }
    const slack = this.started === null ? START_SLACK_MS : SLACK_MS;
    if (timeLimit === 0 || this.stuck < 2000 * timeLimit + slack) return;
    const seconds = (this.stuck / 1000).toFixed(1);
    this.owner.lost(this, `a call ran too long (${seconds} s) and did not end (option time-limit)`);
  }
}

/** The volume's options as the worker gets them. */
export const withoutIsolation = (xl: Xlator) => xl.given.filter(({ key }) => key !== 'isolation');

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new Malformed('what is no JSON');
  }
}

const methodOf = (told: Partial<ScriptMethod> | null): ScriptMethod => ({
  name: String(told?.name),
  file: String(told?.file),
  line: Number(told?.line) || 0,
});

/** @throws {Malformed} */
function readStarted(told: unknown): Started {
  const { fops, passesThrough, observes, language, path, methods, stopsAtLines } = (told ??
    {}) as Partial<Started>;
  if (!Array.isArray(fops)) throw new Malformed('no fops');
  const known: readonly string[] = fopNames;
  return {
    fops: fops.filter((name) => known.includes(name)),
    passesThrough: passesThrough === true,
    observes: observes === true,
    language: String(language),
    path: String(path),
    stopsAtLines: stopsAtLines === true,
    methods: (Array.isArray(methods) ? methods : []).map(methodOf),
  };
}
