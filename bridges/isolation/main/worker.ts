/** Starts the thread of an isolated volume, sends it orders, checks that it runs, and ends it. */
import { GraphError, InitError } from '../../../runtime/core/errors.ts';
import { fopNames } from '../../../runtime/core/gen/fops.gen.ts';
import type { ModuleMethod } from '../../../runtime/core/line-stops.ts';
import type { Xlator } from '../../../runtime/core/xlator.ts';
import type { ThreadSettings } from '../../host/index.ts';
import type { ModuleContext } from '../../host/language.ts';
import { LATEST_MS } from '../../host/limits/watchdog.ts';
import type { Machine, Thread } from '../../host/machine.ts';
import { MalformedMessageError, type MessageReader } from '../message-bytes.ts';
import {
  type ModuleSummary,
  type OrderVerb,
  START_ORDER,
  TO_MAIN,
  TO_WORKER,
  type WorkerData,
} from '../message-kinds.ts';
import type { ThreadLineStops } from './line-stops.ts';
import type { PendingCall } from './pending-call.ts';
import { WorkerLink } from './worker-link.ts';
import { WorkerMessages } from './worker-messages.ts';

/** Milliseconds between two checks that the worker still runs. */
const CHECK_INTERVAL_MS = 250;
/**
 * Milliseconds beyond twice the time limit after which a stuck worker is ended. The watchdog should
 * act first, as it ends only an interpreter; it waits up to LATEST_MS for a call without CPU.
 */
const STUCK_SLACK_MS = LATEST_MS + 1000;
/** As `STUCK_SLACK_MS`, during the start: loading an interpreter may be slow. */
const START_SLACK_MS = 15_000;

/** The volume of a worker. */
export interface WorkerOwner {
  /** Called when the worker can no longer be used. */
  handleLoss(worker: Worker, why: string): void;
  /** Fails a request whose reply was refused. */
  failCall(call: PendingCall): void;
  /** Applies the module's new summary: its fops have changed. */
  applySummary(summary: ModuleSummary): void;
  readonly lineStops: ThreadLineStops;
}

/** A pending order: a command to the worker with one result (`OrderVerb`). */
interface Order {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

export class Worker {
  readonly link: WorkerLink;
  readonly messages: WorkerMessages;
  /** The module's description; null until it has started. */
  summary: ModuleSummary | null = null;
  /** Resolves after the start; rejects with the mistakes of the module's author. */
  readonly whenStarted: Promise<ModuleSummary>;
  private readonly xl: Xlator;
  private readonly owner: WorkerOwner;
  private readonly thread: Thread;
  private readonly orders = new Map<number, Order>();
  private lastOrderNumber = START_ORDER;
  /** Whether the thread keeps the process alive. */
  private isKeepingProcess = true;
  private timeLimitS: number;
  private cancelCheck: (() => void) | null = null;
  private lastHeartbeat = 0;
  /** The time of the last check, by `performance.now`. */
  private lastCheckMs = 0;
  /** Milliseconds for which the heartbeat has not changed. */
  private stuckMs = 0;

  /** @param checksOnly true to read the module only */
  constructor(
    xl: Xlator,
    machine: Machine,
    { limits, timeLimitS }: ThreadSettings,
    checksOnly: boolean,
    owner: WorkerOwner,
  ) {
    this.xl = xl;
    this.owner = owner;
    this.timeLimitS = timeLimitS;
    this.messages = new WorkerMessages(xl, limits.logBytesPerSecond);
    const linkOwner = {
      handlers: {
        ...this.messages.handlers,
        [TO_MAIN.ORDER_DONE]: (from: MessageReader) => this.finishOrder(from),
        [TO_MAIN.LINE_MESSAGE]: (from: MessageReader, link: WorkerLink) =>
          owner.lineStops.receive(from.readText(), from.readU32(), link),
        [TO_MAIN.FOPS]: (from: MessageReader) =>
          owner.applySummary(readSummary(parseJson(from.readText()))),
      },
      handleBrokenWorker: (reason: string) => owner.handleLoss(this, reason),
      checkAlive: () => this.checkAlive(),
      updateKeepsProcess: () => this.updateKeepsProcess(),
      failCall: (call: PendingCall) => owner.failCall(call),
    };
    this.link = new WorkerLink(xl, linkOwner, machine.maxFds, () => this.thread.wake());
    this.whenStarted = new Promise<unknown>((resolve, reject) => {
      this.orders.set(START_ORDER, { resolve, reject });
    }).then((result) => {
      this.summary = result as ModuleSummary;
      return this.summary;
    });
    this.thread = machine.startThread!(
      xl.name,
      limits.memoryLimitBytes,
      this.makeWorkerData(checksOnly),
      {
        onWake: () => this.link.takeMessages(),
        onEnd: (why) => owner.handleLoss(this, why),
      },
    );
    this.startChecks();
  }

  private makeWorkerData(checksOnly: boolean): WorkerData {
    const { xl } = this;
    const context: ModuleContext = xl.context;
    return {
      shared: this.link.shared,
      name: xl.name,
      options: listWorkerOptions(xl),
      position: xl.position,
      children: xl.below.map((child) => [child.name, child.type] as const),
      baseDir: context.baseDir,
      strict: context.strict === true,
      virtualTime: context.virtualTime === true,
      isClockManual: context.soon === undefined,
      timeOrigin: performance.timeOrigin,
      graphId: xl.log.graphId,
      checksOnly,
      initialBreakpoints: this.owner.lineStops.initialBreakpoints,
    };
  }

  /** Keeps the process alive while the thread owes a result. */
  private updateKeepsProcess(): void {
    const owesResult = this.orders.size > 0 || this.link.calls.size > 0;
    if (owesResult === this.isKeepingProcess) return;
    this.isKeepingProcess = owesResult;
    this.thread.setKeepsProcess(owesResult);
  }

  setLimits({ limits, timeLimitS }: ThreadSettings): void {
    this.timeLimitS = timeLimitS;
    this.messages.log.limitedLog.setLimit(limits.logBytesPerSecond);
  }

  /** Ends the thread, also in the middle of a call; returns its unanswered requests. */
  close(reason: string): PendingCall[] {
    const unanswered = this.link.close();
    this.cancelCheck?.();
    this.messages.close();
    for (const order of this.orders.values()) order.reject(new Error(reason));
    this.orders.clear();
    this.whenEnded = this.thread.terminate();
    return unanswered;
  }

  /** Resolves when the thread has ended. */
  whenEnded: Promise<void> = Promise.resolve();

  // -- orders --------------------------------------------------------------------------------------

  /** Sends an order; resolves to its result. */
  runOrder(verb: OrderVerb, argument: unknown): Promise<unknown> {
    return new Promise((resolve, reject) => this.sendOrder(verb, argument, { resolve, reject }));
  }

  /**
   * Sends an order, and waits synchronously for its result.
   * @throws {Error} also after `ms` milliseconds
   */
  runOrderNow(verb: OrderVerb, argument: unknown, ms: number): unknown {
    if (this.link.isStopped) throw new Error(`${verb}: it is stopped in a debugger`);
    let outcome: { readonly value?: unknown; readonly error?: Error } | null = null;
    this.sendOrder(verb, argument, {
      resolve: (value) => {
        outcome = { value };
      },
      reject: (error) => {
        outcome = { error };
      },
    });
    this.link.waitUntil(() => outcome !== null, ms);
    const received = outcome as { readonly value?: unknown; readonly error?: Error } | null;
    if (received === null) throw new Error(`${verb}: its thread does not reply`);
    if (received.error !== undefined) throw received.error;
    return received.value;
  }

  private sendOrder(verb: OrderVerb, argument: unknown, order: Order): void {
    this.lastOrderNumber += 1;
    this.orders.set(this.lastOrderNumber, order);
    this.link
      .begin(TO_WORKER.ORDER)
      .writeU32(this.lastOrderNumber)
      .writeText(verb)
      .writeText(JSON.stringify(argument));
    this.link.send();
    this.link.takeMessages();
  }

  /** Settles an order with the worker's result. */
  private finishOrder(from: MessageReader): void {
    const [number, hasSucceeded, result] = [
      from.readU32(),
      from.readU8() === 1,
      parseJson(from.readText()),
    ];
    const order = this.orders.get(number);
    this.orders.delete(number);
    if (hasSucceeded)
      order?.resolve(number === START_ORDER && result !== null ? readSummary(result) : result);
    else if (Array.isArray(result)) order?.reject(new GraphError(result.map(String)));
    else order?.reject(new InitError(String(result)));
  }

  // -- liveness ------------------------------------------------------------------------------------

  /** Starts the periodic checks that the worker runs. */
  private startChecks(): void {
    const { context } = this.xl;
    this.lastCheckMs = performance.now();
    // Under a test's clock no time passes; `takeMessagesAndAwait` checks instead.
    if (context.soon === undefined) return;
    const check = (): void => {
      this.cancelCheck = context.after(CHECK_INTERVAL_MS, check);
      this.link.takeMessages();
      this.checkAlive();
    };
    this.cancelCheck = context.after(CHECK_INTERVAL_MS, check);
  }

  /** Ends a worker whose heartbeat has stopped for too long. */
  private checkAlive(): void {
    const { link, timeLimitS } = this;
    const { channel } = link;
    const nowMs = performance.now();
    // Limited, because this thread may not have run either (a busy or suspended machine).
    this.stuckMs += Math.min(nowMs - this.lastCheckMs, CHECK_INTERVAL_MS);
    this.lastCheckMs = nowMs;
    const { heartbeat } = channel;
    if (heartbeat !== this.lastHeartbeat || (channel.isOtherSideIdle && this.summary !== null)) {
      this.lastHeartbeat = heartbeat;
      this.stuckMs = 0;
      return;
    }
    const slackMs = this.summary === null ? START_SLACK_MS : STUCK_SLACK_MS;
    if (timeLimitS === 0 || this.stuckMs < 2000 * timeLimitS + slackMs) return;
    const seconds = (this.stuckMs / 1000).toFixed(1);
    this.owner.handleLoss(
      this,
      `a call ran too long (${seconds} s) and did not end (option time-limit)`,
    );
  }
}

/** Lists the volume's options without `isolation`, which concerns this thread only. */
export const listWorkerOptions = (xl: Xlator) =>
  xl.volfileOptions.filter(({ key }) => key !== 'isolation');

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new MalformedMessageError('a result is not JSON');
  }
}

const readMethod = (method: Partial<ModuleMethod> | null): ModuleMethod => ({
  name: String(method?.name),
  file: String(method?.file),
  line: Number(method?.line) || 0,
});

/** Checks a module's summary from the worker. @throws {MalformedMessageError} */
function readSummary(summary: unknown): ModuleSummary {
  const { fops, passesThrough, observes, language, path, methods, stopsAtLines } = (summary ??
    {}) as Partial<ModuleSummary>;
  if (!Array.isArray(fops)) throw new MalformedMessageError('a description has no fops');
  const knownFops: readonly string[] = fopNames;
  return {
    fops: fops.filter((name) => knownFops.includes(name)),
    passesThrough: passesThrough === true,
    observes: observes === true,
    language: String(language),
    path: String(path),
    stopsAtLines: stopsAtLines === true,
    methods: (Array.isArray(methods) ? methods : []).map(readMethod),
  };
}
