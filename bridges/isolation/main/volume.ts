/**
 * Represents a volume in the main thread whose module runs in a worker (option isolation). Starts
 * and replaces the worker, and holds or fails requests when its thread is lost. Failures inside the
 * worker are handled there, by the same host as without isolation.
 */

import type { Client } from '../../../runtime/core/client.ts';
import { type EventName, events } from '../../../runtime/core/events.ts';
import type { Fd } from '../../../runtime/core/fd.ts';
import { fops as fopTable } from '../../../runtime/core/fops.ts';
import type { Frame } from '../../../runtime/core/frame.ts';
import { type FopName, fail } from '../../../runtime/core/gen/fops.gen.ts';
import { collect } from '../../../runtime/core/gen/generic.gen.ts';
import type { Inode } from '../../../runtime/core/inode.ts';
import { messages } from '../../../runtime/core/messages.ts';
import {
  announceChangedReplies,
  type Dump,
  defaultNotify,
  type Fop,
  type Fops,
  isChange,
  type ReloadResult,
  type Xlator,
} from '../../../runtime/core/xlator.ts';
import type { Evaluation } from '../../host/guest.ts';
import type { ThreadSettings, ThreadVolume } from '../../host/index.ts';
import {
  describeError,
  type LogTexts,
  Succession,
  type SuccessionOwner,
} from '../../host/lifecycle/succession.ts';
import { formatAsOneRecord } from '../../host/limits/limited-log.ts';
import type { Machine } from '../../host/machine.ts';
import { type ModuleSummary, TO_WORKER } from '../message-kinds.ts';
import { ThreadLineStops } from './line-stops.ts';
import type { PendingCall } from './pending-call.ts';
import { listWorkerOptions, Worker, type WorkerOwner } from './worker.ts';

/** Milliseconds that a statedump waits for the module's part. */
const DUMP_TIMEOUT_MS = 1000;
/** Milliseconds that a volume waits for the module's state, or for its `fini`. */
const ORDER_TIMEOUT_MS = 5000;
/** The child index of an event about no child. */
const NO_CHILD = 255;

const THREAD_TEXTS: LogTexts = {
  title: 'the thread',
  option: ' (option isolation)',
  lossMsgid: messages.threadLost.id,
  restartMsgid: messages.threadRestarted.id,
  startFailureMsgid: messages.threadNotRestarted.id,
};

export class VolumeInThread implements ThreadVolume, WorkerOwner, SuccessionOwner {
  /** Counts of failures outside the worker. */
  readonly counters = { failures: 0, bypassed: 0, threads: 0 };
  /** Empty: the worker checks the options that the module declares. */
  readonly ownOptions = {};
  readonly lineStops = new ThreadLineStops();
  private settings: ThreadSettings;
  private readonly xl: Xlator;
  private readonly machine: Machine;
  /** Null between two workers. */
  private worker: Worker | null = null;
  private summary!: ModuleSummary;
  private readonly succession: Succession;

  constructor(xl: Xlator, machine: Machine, settings: ThreadSettings) {
    this.xl = xl;
    this.machine = machine;
    this.settings = settings;
    this.succession = new Succession(xl, settings.policy, this, THREAD_TEXTS);
  }

  // -- start and end -------------------------------------------------------------------------------

  async start(): Promise<void> {
    this.summary = await this.startWorker(false);
  }

  async check(): Promise<void> {
    await this.startWorker(true);
    await this.close();
  }

  /** Starts a worker. @param checksOnly true to read the module without starting it */
  private async startWorker(checksOnly: boolean): Promise<ModuleSummary> {
    const worker = new Worker(this.xl, this.machine, this.settings, checksOnly, this);
    this.worker = worker;
    this.counters.threads += 1;
    try {
      const summary = await worker.whenStarted;
      if (this.worker === worker && summary?.stopsAtLines) this.lineStops.setWorker(worker.link);
      return summary;
    } catch (error) {
      if (this.worker === worker) this.retireWorker(worker, 'it does not start');
      throw error;
    }
  }

  /** Retires a worker: fails its pending requests, and releases its objects. */
  private retireWorker(worker: Worker, why: string): void {
    this.worker = null;
    this.lineStops.setWorker(null);
    const unanswered = worker.close(`its thread is lost: ${why}`);
    // First: callers of failed requests may send new ones, which must wait for the successor. For a
    // worker that did not start (no summary), its caller handles the error.
    if (worker.summary !== null) this.succession.replaceLost(worker.link.hasServed);
    for (const call of unanswered) this.failCall(call);
  }

  handleLoss(worker: Worker, why: string): void {
    if (worker !== this.worker) return;
    const { servedCall } = worker.link;
    const blamed =
      servedCall === null
        ? null
        : {
            name: servedCall.row.name as FopName,
            args: servedCall.args.values,
            uid: servedCall.frame.root.uid,
          };
    this.succession.logLoss(why, blamed);
    this.retireWorker(worker, why);
  }

  startReplacement(): void {
    void this.restartThread();
  }

  /** Starts a new worker after a loss. Never rejects: errors are logged. */
  private async restartThread(): Promise<void> {
    try {
      const summary = await this.startWorker(false);
      if (this.succession.isClosed) return;
      this.applySummary(summary);
      announceChangedReplies(this.xl);
      for (const [event, about] of this.succession.eventsToReplay) this.sendEvent(event, about);
      if (this.worker === null) throw new Error('it is lost before it has served');
      this.succession.resumeServing();
    } catch (error) {
      if (this.succession.isClosed) return;
      this.succession.handleStartFailure(error, true);
    }
  }

  async close(): Promise<void> {
    const { worker } = this;
    this.succession.close();
    if (worker === null) return;
    this.lineStops.removeDebugger();
    if (worker.summary !== null) {
      const finished = worker.runOrder('fini', null).catch(() => {});
      let cancelTimeLimit = (): void => {};
      const timeLimit = new Promise<void>((resolve) => {
        cancelTimeLimit = this.xl.context.after(ORDER_TIMEOUT_MS, resolve);
      });
      await Promise.race([finished, timeLimit]);
      cancelTimeLimit();
    }
    if (this.worker === worker) this.retireWorker(worker, 'the volume has ended');
    await worker.whenEnded;
  }

  // -- requests ------------------------------------------------------------------------------------

  makeFops(): Fops<unknown> {
    const functions: { [N in FopName]?: Fop<FopName, unknown> } = {};
    const definedFops = new Set(this.summary.fops);
    fopTable.forEach((row, fopIndex) => {
      if (!definedFops.has(row.name)) return;
      const name = row.name as FopName;
      functions[name] = collect[name]((frame, _, args) => {
        const { worker, succession } = this;
        if (worker === null || worker.summary === null) succession.holdOrFail(name, frame, args);
        else if (!succession.failIfHarmful(name, frame, args))
          worker.link.sendRequest(row, fopIndex, frame, args);
      }) as Fop<FopName, unknown>;
    });
    return functions as Fops<unknown>;
  }

  get passesThrough(): boolean {
    return this.summary.passesThrough;
  }

  get observes(): boolean {
    return this.summary.observes;
  }

  applySummary(summary: ModuleSummary): void {
    this.summary = summary;
    this.xl.exchangeFops(this.makeFops() as never);
  }

  /** Handles a request whose thread is lost, by `on-error`; a request with winds can only fail. */
  failCall({ frame, row, args, replies }: PendingCall): void {
    const name = row.name as FopName;
    if (replies.windCount > 0) this.failByPolicy(name, frame);
    else this.succession.applyOnError(name, frame, args.values);
  }

  /** Fails a request with the errno of the options. */
  private failByPolicy(name: FopName, frame: Frame): void {
    this.counters.failures += 1;
    fail[name](frame, this.settings.policy.errno);
  }

  // -- events of the graph -------------------------------------------------------------------------

  notify(event: EventName, about: unknown): void {
    this.succession.noteEvent(event, about);
    this.sendEvent(event, about);
    // The module or the worker decides whether the volume is up.
    if (!isChange(event)) defaultNotify(this.xl, event, about);
  }

  /** Sends an event of the graph to the worker, if it has started. */
  private sendEvent(event: EventName, about: unknown): void {
    const { worker } = this;
    const child = this.xl.below.indexOf(about as Xlator);
    if (worker === null || worker.summary === null) return;
    const { link } = worker;
    link
      .begin(TO_WORKER.EVENT)
      .writeU8(events[event].number)
      .writeU8(child < 0 ? NO_CHILD : child);
    link.send();
    link.takeMessages();
  }

  /** Notifies the worker. @param value the `ExposedObjects` of the worker that had the inode */
  forget(inode: Inode, value: unknown): void {
    if (value === this.worker?.link.exposed) this.worker!.link.sendForget(inode.id);
  }

  release(fd: Fd, value: unknown): void {
    if (value === this.worker?.link.exposed) this.worker!.link.sendRelease(fd);
  }

  notifyDisconnect(client: Client): void {
    this.worker?.link.sendDisconnect(client);
  }

  /** Empty: the worker counts a client's requests itself. */
  forgetClient(): void {}

  /** Empty: each request tells the worker whether there is an observer. */
  applyObserver(): void {}

  // -- orders --------------------------------------------------------------------------------------

  /** The worker. @throws {Error} between two workers */
  private get requiredWorker(): Worker {
    if (this.worker === null) throw new Error('its thread is lost');
    return this.worker;
  }

  async reload(): Promise<ReloadResult> {
    try {
      const { ok, text } = (await this.requiredWorker.runOrder('reload', null)) as ReloadResult;
      if (ok === true) this.succession.harmfulRequests.clear();
      return { ok: ok === true, text: formatAsOneRecord(String(text)) };
    } catch (error) {
      return { ok: false, text: `not reloaded: ${describeError(error)}` };
    }
  }

  reconfigure(settings: ThreadSettings): void {
    this.settings = settings;
    this.succession.setPolicy(settings.policy);
    this.worker?.setLimits(settings);
    // Without a worker, the next one starts with the new options.
    this.worker?.runOrderNow('reconfigure', listWorkerOptions(this.xl), ORDER_TIMEOUT_MS);
  }

  get language(): string {
    return this.summary.language;
  }

  get lines(): ThreadLineStops | null {
    return this.summary.stopsAtLines ? this.lineStops : null;
  }

  get methods(): ModuleSummary['methods'] {
    return this.summary.methods;
  }

  get path(): string {
    return this.summary.path;
  }

  async evaluate(source: string): Promise<Evaluation> {
    const result = (await this.requiredWorker.runOrder(
      'evaluate',
      source,
    )) as Partial<Evaluation> | null;
    return {
      isIncomplete: result?.isIncomplete === true,
      output: String(result?.output ?? ''),
      hasFailed: result?.hasFailed === true,
    };
  }

  get canLoadState(): boolean {
    return this.worker !== null;
  }

  dumpState(): string | undefined {
    if (this.worker === null) return undefined;
    return (
      (this.worker.runOrderNow('dump_state', null, ORDER_TIMEOUT_MS) as string | null) ?? undefined
    );
  }

  loadState(state: string): void {
    this.requiredWorker.runOrderNow('load_state', state, ORDER_TIMEOUT_MS);
  }

  /** Returns the worker's statedump, with the main thread's counts. */
  dump(): Dump {
    const { threads, failures, bypassed } = this.counters;
    const waiting = (this.worker?.link.calls.size ?? 0) + this.succession.heldCount;
    const ownCounts = { isolation: 'thread', threads, 'requests-in-thread': waiting };
    let workerDump: Record<string, unknown>;
    try {
      workerDump = this.requiredWorker.runOrderNow('dump', null, DUMP_TIMEOUT_MS) as Record<
        string,
        unknown
      >;
    } catch (error) {
      return { ...ownCounts, failures, bypassed, module: describeError(error) };
    }
    const workerEntries = Object.entries(workerDump).map(([key, value]) => [
      key,
      typeof value === 'number' ? value : formatAsOneRecord(String(value)),
    ]);
    const dump: Dump = { ...Object.fromEntries(workerEntries), ...ownCounts };
    dump.failures = failures + Number(dump.failures);
    dump.bypassed = bypassed + Number(dump.bypassed);
    dump['requests-in-thread'] = Math.max(waiting, Number(workerDump['requests-in-thread']) || 0);
    return dump;
  }
}
