/** Starts the thread of an isolated volume, sends it orders, checks that it runs, and ends it. */
import { GraphError, InitError } from '../../../runtime/core/errors.ts';
import { fopNames } from '../../../runtime/core/gen/fops.gen.ts';
import type { ScriptMethod } from '../../../runtime/core/line-stops.ts';
import type { Xlator } from '../../../runtime/core/xlator.ts';
import type { ThreadSettings } from '../../host/index.ts';
import type { ModuleContext } from '../../host/language.ts';
import { LATEST_MS } from '../../host/limits/watchdog.ts';
import type { Machine, Thread } from '../../host/machine.ts';
import { Malformed, type Reader } from '../bytes.ts';
import {
  DOWN,
  type ModuleSummary,
  START,
  UP,
  type Verb,
  type WorkerData,
} from '../message-kinds.ts';
import type { Call } from './call.ts';
import type { ThreadLineStops } from './line-stops.ts';
import { WorkerLink } from './worker-link.ts';
import { WorkerMessages } from './worker-messages.ts';

/** Milliseconds between two checks that it still runs. */
const CHECK_MS = 250;
/**
 * Milliseconds beyond the limit of a call. The thread's own watchdog waits that long when a call
 * gets no CPU, and should act first, as it loses less.
 */
const SLACK_MS = LATEST_MS + 1000;
/** The same during the start: loading an interpreter may be slow. */
const START_SLACK_MS = 15_000;

export interface WorkerOwner {
  /** The worker can no longer be used. */
  lost(worker: Worker, why: string): void;
  /** A request of a module or thread that went wrong must fail. */
  failed(call: Call): void;
  /** The module's fops have changed. */
  changed(started: ModuleSummary): void;
  readonly stops: ThreadLineStops;
}

interface Order {
  resolve(told: unknown): void;
  reject(error: Error): void;
}

export class Worker {
  readonly link: WorkerLink;
  readonly messages: WorkerMessages;
  /** The module's description; null until it has started. */
  started: ModuleSummary | null = null;
  /** Resolves after the start; rejects with the mistakes of the module's author. */
  readonly whenStarted: Promise<ModuleSummary>;
  private readonly xl: Xlator;
  private readonly owner: WorkerOwner;
  private readonly thread: Thread;
  private readonly orders = new Map<number, Order>();
  private lastOrder = START;
  private isHeld = true;
  private timeLimit: number;
  private cancelCheck: (() => void) | null = null;
  private lastBeat = 0;
  private checkedAt = 0;
  /** Milliseconds that it has been stuck. */
  private stuck = 0;

  /** @param checks true to read the module only */
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
    this.messages = new WorkerMessages(xl, limits.logLimit);
    const linkOwner = {
      others: {
        ...this.messages.handlers,
        [UP.DONE]: (from: Reader) => this.done(from),
        [UP.LINE]: (from: Reader, link: WorkerLink) =>
          owner.stops.receive(from.text(), from.u32(), link),
        [UP.FOPS]: (from: Reader) => owner.changed(readSummary(parse(from.text()))),
      },
      broken: (why: string) => owner.lost(this, why),
      checkAlive: () => this.checkAlive(),
      left: () => this.hold(),
      failed: (call: Call) => owner.failed(call),
    };
    this.link = new WorkerLink(xl, linkOwner, machine.maxFds, () => this.thread.wake());
    this.whenStarted = new Promise<unknown>((resolve, reject) => {
      this.orders.set(START, { resolve, reject });
    }).then((told) => {
      this.started = told as ModuleSummary;
      return this.started;
    });
    this.thread = machine.startThread!(xl.name, limits.memoryLimit, this.data(checks), {
      onWake: () => this.link.called(),
      onEnd: (why) => owner.lost(this, why),
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

  /** Keeps the process alive while the thread owes a result. */
  private hold(): void {
    const isHeld = this.orders.size > 0 || this.link.calls.size > 0;
    if (isHeld === this.isHeld) return;
    this.isHeld = isHeld;
    this.thread.setKeepsProcess(isHeld);
  }

  setLimits({ limits, timeLimit }: ThreadSettings): void {
    this.timeLimit = timeLimit;
    this.messages.log.limited.setLimit(limits.logLimit);
  }

  /** Ends the thread, also in the middle of a call; returns its unanswered requests. */
  close(why: string): Call[] {
    const owed = this.link.close();
    this.cancelCheck?.();
    this.messages.close();
    for (const order of this.orders.values()) order.reject(new Error(why));
    this.orders.clear();
    this.ended = this.thread.terminate();
    return owed;
  }

  /** Resolves when the thread has ended. */
  ended: Promise<void> = Promise.resolve();

  // -- orders --------------------------------------------------------------------------------------

  order(verb: Verb, about: unknown): Promise<unknown> {
    return new Promise((resolve, reject) => this.sendOrder(verb, about, { resolve, reject }));
  }

  /**
   * Sends an order, and waits synchronously for its result.
   * @throws {Error} also after `ms` milliseconds
   */
  insist(verb: Verb, about: unknown, ms: number): unknown {
    if (this.link.held) throw new Error(`${verb}: it is stopped in a debugger`);
    let told: { readonly value?: unknown; readonly error?: Error } | null = null;
    this.sendOrder(verb, about, {
      resolve: (value) => {
        told = { value };
      },
      reject: (error) => {
        told = { error };
      },
    });
    this.link.insist(() => told !== null, ms);
    const come = told as { readonly value?: unknown; readonly error?: Error } | null;
    if (come === null) throw new Error(`${verb}: its thread does not reply`);
    if (come.error !== undefined) throw come.error;
    return come.value;
  }

  private sendOrder(verb: Verb, about: unknown, order: Order): void {
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
    if (isDone) order?.resolve(number === START && told !== null ? readSummary(told) : told);
    else if (Array.isArray(told)) order?.reject(new GraphError(told.map(String)));
    else order?.reject(new InitError(String(told)));
  }

  // -- liveness ------------------------------------------------------------------------------------

  private watch(): void {
    const { context } = this.xl;
    this.checkedAt = performance.now();
    // A test's clock says nothing about threads.
    if (context.soon === undefined) return;
    const check = (): void => {
      this.cancelCheck = context.after(CHECK_MS, check);
      this.link.called();
      this.checkAlive();
    };
    this.cancelCheck = context.after(CHECK_MS, check);
  }

  private checkAlive(): void {
    const { link, timeLimit } = this;
    const { channel } = link;
    const now = performance.now();
    // Time in which this thread did not run either (busy or suspended machine) counts little.
    this.stuck += Math.min(now - this.checkedAt, CHECK_MS);
    this.checkedAt = now;
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

/** The volume's options for its worker. */
export const withoutIsolation = (xl: Xlator) => xl.given.filter(({ key }) => key !== 'isolation');

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new Malformed('a result is not JSON');
  }
}

const methodOf = (told: Partial<ScriptMethod> | null): ScriptMethod => ({
  name: String(told?.name),
  file: String(told?.file),
  line: Number(told?.line) || 0,
});

/** @throws {Malformed} */
function readSummary(told: unknown): ModuleSummary {
  const { fops, passesThrough, observes, language, path, methods, stopsAtLines } = (told ??
    {}) as Partial<ModuleSummary>;
  if (!Array.isArray(fops)) throw new Malformed('a description has no fops');
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
