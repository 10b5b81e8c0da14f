/**
 * Hosts the module of one volume: starts, replaces and ends its interpreters.
 *
 * For a reload (changed code or options) or restart (failure-policy.ts), a new interpreter starts
 * beside the serving one. It takes over in one step: new requests enter it, pending ones finish in
 * the old one. If it fails to start, the old one stays. If the serving one is lost, requests wait
 * for the replacement, or fail (succession.ts).
 */

import type { Client } from '../../../runtime/core/client.ts';
import type { EventName } from '../../../runtime/core/events.ts';
import type { Gfid } from '../../../runtime/core/gfid.ts';
import type { Inode } from '../../../runtime/core/inode.ts';
import { messages } from '../../../runtime/core/messages.ts';
import type { Fd } from '../../../runtime/core/operands.ts';
import type { Options } from '../../../runtime/core/options.ts';
import {
  announceChangedReplies,
  areChildrenUp,
  type Dump,
  defaultNotify,
  type Fops,
  isChange,
  type ReloadResult,
  sayUp,
  type Translator,
  type Xlator,
} from '../../../runtime/core/xlator.ts';
import { makeFilesFops, releaseFiles } from '../../../runtime/files/define-files.ts';
import { FilesVolume } from '../../../runtime/files/files-volume.ts';
import { filterMethods } from '../../../runtime/files/methods.ts';
import type { Node } from '../../../runtime/files/node.ts';
import { TRACKED } from '../crossing/exposed-inodes.ts';
import { changesData, METHOD_FAILED } from '../guest.ts';
import { BlockFilter } from '../requests/block-filter.ts';
import type { DataFilter } from '../requests/data-filter.ts';
import { EntryFilter } from '../requests/entry-filter.ts';
import { HostedFiles, HostedMethods } from '../requests/hosted-files.ts';
import type { HostedRequest } from '../requests/hosted-request.ts';
import { updateNotes } from '../requests/notes.ts';
import { TransformFilter } from '../requests/transform-filter.ts';
import type { Counters, Owner, Policy } from './failure-policy.ts';
import type { Interpreter } from './interpreter.ts';
import { describeError, type LogTexts, Succession, type SuccessionOwner } from './succession.ts';

/** The most characters of a module's statedump, as JSON. */
const MAX_STATEDUMP_CHARS = 65_536;
/** The most retired interpreters that may still finish requests. */
const MAX_RETIRED = 4;

/** The state (`xl.priv`) of a volume with a module. */
export interface HostState {
  readonly host: Host;
}

/** The functions of a translator record that all volumes with a module share. */
export const hostFunctions = {
  fops: ({ priv }: Xlator<HostState>) => priv.host.makeFops(),
  passesThrough: ({ priv }: Xlator<HostState>) => priv.host.passesThrough,
  observes: ({ priv }: Xlator<HostState>) => priv.host.observes,
  ownOptions: ({ priv }) => priv.host.ownOptions,
  reload: ({ priv }) => priv.host.reload(),
  inherit({ priv }, predecessor) {
    if (!priv.host.canLoadState) return;
    const state = predecessor.priv.host.dumpState();
    if (state !== undefined) priv.host.loadState(state);
  },
  notify: ({ priv }, event, about) => priv.host.notify(event, about),
  forget: ({ priv }, inode, value) => priv.host.forget(inode, value),
  release: ({ priv }, fd, value) => priv.host.release(fd, value),
  releasedir: ({ priv }, fd, value) => priv.host.release(fd, value),
  clientDisconnect: ({ priv }, client) => priv.host.notifyDisconnect(client),
  clientDestroy: ({ priv }, client) => priv.host.forgetClient(client),
  observed: ({ priv }) => priv.host.applyObserver(),
  fini: ({ priv }) => priv.host.close(),
  dump: ({ priv }) => priv.host.dump(),
} satisfies Partial<Translator<HostState>>;

const THREAD_TEXTS: LogTexts = {
  title: 'the thread',
  option: ' (option isolation)',
  lossMsgid: messages.threadLost.id,
  restartMsgid: messages.threadRestarted.id,
  startFailureMsgid: messages.threadNotRestarted.id,
};
const INTERPRETER_TEXTS: LogTexts = {
  title: 'the interpreter',
  option: '',
  lossMsgid: messages.interpreterLost.id,
  restartMsgid: messages.interpreterRestarted.id,
  startFailureMsgid: messages.interpreterNotRestarted.id,
};

/**
 * Starts an interpreter.
 * @param rereads true to read the module's file again
 * @throws for mistakes of the module's author
 */
export type StartInterpreter = (owner: Owner, rereads: boolean) => Promise<Interpreter>;

/**
 * A volume with a module, in this thread or one of its own. Members that are not explained here
 * implement those of a translator record (runtime/core/xlator.ts).
 */
export class Host implements Owner, SuccessionOwner {
  /** Stops the watcher of the module's folder (option reload). */
  stopWatching = (): void => {};
  readonly counters: Counters & { restarts: number; reloads: number } = {
    calls: 0,
    failures: 0,
    bypassed: 0,
    timeouts: 0,
    interrupted: 0,
    restarts: 0,
    reloads: 0,
  };
  policy: Policy;
  private readonly xl: Xlator<unknown>;
  private readonly startInterpreter: StartInterpreter;
  /** Number of interpreters so far. */
  private startCount = 0;
  private current!: Interpreter;
  /** Earlier interpreters that finish their last requests. */
  private readonly retired = new Set<Interpreter>();
  readonly succession: Succession;
  /** Failed calls of the serving interpreter; too many restart it (`on-error restart`). */
  private failuresSinceStart = 0;
  private pendingReload: Promise<ReloadResult> | null = null;
  /** The tree of a module that is a file system by path; its interpreters come and go. */
  private files: FilesVolume | null = null;
  /** The methods by which a module filters names and data. */
  private filterMethods: HostedMethods | null = null;
  private dataFilter: DataFilter | null = null;

  constructor(xl: Xlator<unknown>, policy: Policy, startInterpreter: StartInterpreter) {
    this.xl = xl;
    this.policy = policy;
    this.startInterpreter = (owner, rereads) => {
      this.startCount += 1;
      return startInterpreter(owner, rereads);
    };
    this.succession = new Succession(xl, policy, this, INTERPRETER_TEXTS);
  }

  async start(): Promise<void> {
    this.current = await this.startInterpreter(this, true);
  }

  /** The serving interpreter. */
  get interpreter(): Interpreter {
    return this.current;
  }

  /** The serving interpreter, and those that finish their last requests. */
  get interpreters(): readonly Interpreter[] {
    return [this.current, ...this.retired];
  }

  /** Requests that the serving interpreter holds, by their numbers. */
  get pending(): Interpreter['pending'] {
    return this.current.pending;
  }

  get passesThrough(): boolean {
    return this.current.guest.description.passesThrough === true;
  }

  get observes(): boolean {
    return !changesData(this.current.guest.description);
  }

  get ownOptions(): Options {
    return this.current.guest.description.options;
  }

  dump(): Dump {
    const { counters, interpreters } = this;
    const sum = (countIn: (interpreter: Interpreter) => number): number =>
      interpreters.reduce((total, interpreter) => total + countIn(interpreter), 0);
    return {
      language: this.current.guest.language,
      ...counters,
      'requests-waiting': sum(({ pending }) => pending.size),
      interpreters: interpreters.length,
      'memory-bytes': sum(({ guest }) => guest.memoryBytes),
      ...(this.files !== null && { nodes: this.files.tree.size }),
      ...this.dumpThread(),
      ...this.dumpModule(),
    };
  }

  /** The threads of the volume; nothing for a module in this thread. */
  private dumpThread(): Dump {
    if (this.current.guest.thread === undefined) return {};
    return {
      isolation: 'thread',
      threads: this.startCount,
      'requests-in-thread': this.current.pending.size + this.succession.heldCount,
    };
  }

  /** The module's own statedump; its keys begin with `module.`. */
  dumpModule(): Dump {
    const { current } = this;
    if (current.isDead || !current.hasHook('statedump')) return {};
    let json: string | undefined;
    try {
      json = current.guest.callStateHook('statedump');
    } catch (error) {
      // Its thread does not reply.
      return { module: describeError(error) };
    }
    current.checkLost(null, 'statedump');
    if (json !== undefined && json.length > MAX_STATEDUMP_CHARS) {
      return { module: `too long: ${json.length} characters, of ${MAX_STATEDUMP_CHARS} at most` };
    }
    const state: unknown = json === undefined ? null : JSON.parse(json);
    if (typeof state !== 'object' || state === null) return { module: 'statedump failed' };
    return Object.fromEntries(
      Object.entries(state).map(([key, value]) => [
        `module.${key}`,
        typeof value === 'number' ? value : String(value),
      ]),
    );
  }

  makeFops(): Fops<unknown> {
    const { guest } = this.current;
    const { files: description } = guest.description;
    if (description === undefined) return this.makeFilterFops(this.current.makeFops());
    const methods = new HostedFiles(guest, description, this.current, (frame) =>
      (this.files!.backend as HostedFiles).enter(frame),
    );
    this.files ??= new FilesVolume(this.xl, methods, findProcessOwner());
    this.files.backend = methods;
    return makeFilesFops(this.files);
  }

  /** Adds the fops of the module's filters to its own. */
  private makeFilterFops(fops: Fops<unknown>): Fops<unknown> {
    const { guest } = this.current;
    const { entrySeen, blocks, transformsData } = guest.description;
    if (entrySeen === undefined && blocks === undefined && transformsData !== true) return fops;
    const kinds = Object.fromEntries(filterMethods.map((name) => [name, 'plain'] as const));
    const methods = new HostedMethods(guest, kinds, this.current, (frame) =>
      this.filterMethods!.enter(frame),
    );
    this.filterMethods = methods;
    const xl = this.xl as Xlator;
    if (entrySeen !== undefined) return new EntryFilter(xl, methods, entrySeen).makeFops(fops);
    this.dataFilter =
      blocks === undefined
        ? new TransformFilter(xl, methods, this.dataFilter)
        : new BlockFilter(xl, methods, blocks, this.dataFilter);
    return this.dataFilter.makeFops(fops);
  }

  setPolicy(policy: Policy): void {
    this.policy = policy;
    this.succession.setPolicy(policy);
  }

  notify(event: EventName, about: unknown): void {
    this.succession.noteEvent(event, about);
    this.notifyModule(this.current, event, about);
    const xl = this.xl as Xlator;
    const { declaredUp } = this.current.api;
    if (declaredUp !== null && isChange(event)) sayUp(xl, declaredUp, event);
    else defaultNotify(xl, event, about);
    // Requests that `init` began wait until the children exist.
    if (event === 'CHILD_UP') this.current.runDecisions();
  }

  /** @param value the volume's mark on the inode (crossing/exposed-inodes.ts) */
  forget(inode: Inode, value: unknown): void {
    if (this.files !== null) this.files.forget(inode, value as Node);
    if (value !== TRACKED) return;
    for (const { api } of this.interpreters) api.forget(inode);
  }

  findPathGfid(path: string): Gfid | undefined {
    return path.startsWith('/') ? this.files?.tree.findByPath(path)?.gfid : undefined;
  }

  release(fd: Fd, value: unknown): void {
    if (this.files !== null) releaseFiles(this.files, fd, value);
    this.dataFilter?.release(fd);
    for (const { api } of this.interpreters) api.release(fd);
  }

  notifyDisconnect(client: Client): void {
    for (const { api } of this.interpreters) api.notifyDisconnect(client);
  }

  /** Notifies of the end of a client's last request. */
  forgetClient(client: Client): void {
    for (const { api } of this.interpreters) api.forgetClient(client);
  }

  /** Calls the `notify` hook of an interpreter's module, if it has one. */
  private notifyModule(interpreter: Interpreter, event: EventName, data: unknown): void {
    if (!interpreter.hasHook('notify')) return;
    const child = this.xl.below.indexOf(data as Xlator);
    interpreter.enterFor(() => interpreter.guest.callHook('notify', [event, child]));
  }

  /** Sets whether the volume is up; parents are notified only once the graph runs. */
  applyDeclaredUp(api: object, isUp: boolean): void {
    if (this.xl.route !== null && api === this.current.api) sayUp(this.xl as Xlator, isUp);
  }

  /** Starts or stops notes when the volume's observer (`xl.observer`) has changed. */
  applyObserver(): void {
    for (const interpreter of this.interpreters)
      interpreter.notes = updateNotes(this.xl, interpreter.guest, interpreter.notes);
  }

  async close(): Promise<void> {
    this.stopWatching();
    this.succession.close();
    const { interpreters } = this;
    for (const interpreter of interpreters) interpreter.close();
    await Promise.all(interpreters.map(({ guest }) => guest.thread?.whenEnded));
  }

  // -- reports from interpreters -------------------------------------------------------------

  noteFailure(interpreter: Interpreter): void {
    if (interpreter !== this.current || this.policy.onError !== 'restart') return;
    this.failuresSinceStart += 1;
    const { maxFailures } = this.policy;
    if (this.failuresSinceStart === maxFailures) {
      this.succession.replaceAfterWait(`failures: ${maxFailures}`);
    }
  }

  handleLoss(interpreter: Interpreter, why: string, servedRequest: HostedRequest | null): void {
    const plan = servedRequest?.plan ?? null;
    const blamed =
      servedRequest === null || plan === null
        ? null
        : { name: plan.name, args: servedRequest.args, uid: servedRequest.frame.root.uid };
    const texts = interpreter.guest.thread?.isLost === true ? THREAD_TEXTS : INTERPRETER_TEXTS;
    this.succession.logLoss(why, blamed, texts);
    if (interpreter === this.current) this.succession.replaceLost(interpreter.hasServed);
  }

  endRetired(interpreter: Interpreter): void {
    this.retired.delete(interpreter);
    interpreter.close();
  }

  // -- successors ------------------------------------------------------------------------------

  /** Starts a new interpreter with the current code. */
  startReplacement(): void {
    void this.restartBeside(this.current);
  }

  /** Replaces `predecessor` by a new interpreter. Never rejects: errors are logged. */
  private async restartBeside(predecessor: Interpreter): Promise<void> {
    await this.pendingReload;
    if (this.isSuperseded(predecessor)) return;
    let successor: Interpreter | null = null;
    try {
      successor = await this.startInterpreter(this, false);
      if (!this.isSuperseded(predecessor)) this.replayEvents(successor);
    } catch (error) {
      successor?.close();
      if (!this.isSuperseded(predecessor)) this.handleStartFailure(error);
      return;
    }
    if (this.isSuperseded(predecessor)) {
      successor.close();
      return;
    }
    this.counters.restarts += 1;
    this.switchInterpreter(successor);
  }

  /**
   * True when `predecessor` needs no successor: the volume has ended, or new code already serves.
   */
  private isSuperseded(predecessor: Interpreter): boolean {
    return this.succession.isClosed || this.current !== predecessor;
  }

  /** Handles the failed start of a replacement. */
  private handleStartFailure(error: unknown): void {
    this.failuresSinceStart = 0;
    this.succession.handleStartFailure(error, this.current.isDead);
  }

  /** Reads the module again; the new code takes over, or the old stays if it fails to start. */
  reload(): Promise<ReloadResult> {
    const previous = this.pendingReload ?? Promise.resolve();
    const run = previous.then(() => this.rereadModule());
    this.pendingReload = run;
    void run.then(() => {
      if (this.pendingReload === run) this.pendingReload = null;
    });
    return run;
  }

  /** Starts an interpreter with the module as it is now. Never rejects: errors are logged. */
  private async rereadModule(): Promise<ReloadResult> {
    let successor: Interpreter | null = null;
    try {
      successor = await this.startInterpreter(this, true);
      if (this.succession.isClosed) throw new Error('the volume has ended');
      transferState(this.current, successor);
      this.replayEvents(successor);
      this.counters.reloads += 1;
      this.succession.harmfulRequests.clear();
      this.switchInterpreter(successor);
      this.xl.log.info('reloaded', { msgid: messages.moduleReloaded.id });
      return { ok: true, text: 'reloaded' };
    } catch (error) {
      successor?.close();
      const text = `not reloaded, the code before goes on: ${describeError(error)}`;
      if (!this.succession.isClosed)
        this.xl.log.error(text, { msgid: messages.moduleNotReloaded.id });
      return { ok: false, text };
    }
  }

  /** Returns the module's state, as JSON; undefined without a `dump_state`. @throws {Error} */
  dumpState(): string | undefined {
    return dumpState(this.current);
  }

  /** Passes another volume's state to the module's `load_state`. @throws {Error} */
  loadState(state: string): void {
    loadState(this.current, state);
  }

  get canLoadState(): boolean {
    return this.current.hasHook('load_state');
  }

  /**
   * Sends a new interpreter's module the graph's latest events.
   * @throws {Error} if the interpreter is lost by that
   */
  private replayEvents(successor: Interpreter): void {
    for (const [event, data] of this.succession.eventsToReplay)
      this.notifyModule(successor, event, data);
    successor.runDecisions();
    if (successor.checkLost()) throw new Error(successor.guest.failure);
  }

  /** Makes a new interpreter serve; the old one finishes its requests. */
  private switchInterpreter(successor: Interpreter): void {
    const predecessor = this.current;
    this.current = successor;
    this.failuresSinceStart = 0;
    this.retired.add(predecessor);
    this.xl.exchangeFops(this.makeFops());
    sayUp(this.xl as Xlator, this.current.api.declaredUp ?? areChildrenUp(this.xl as Xlator));
    announceChangedReplies(this.xl as Xlator);
    this.succession.resumeServing();
    predecessor.retire();
    this.endOldestRetired();
  }

  /** Ends the oldest retired interpreter if there are too many: a request may never be answered. */
  private endOldestRetired(): void {
    const [oldest] = this.retired;
    if (oldest === undefined || this.retired.size <= MAX_RETIRED) return;
    this.xl.log.warning(
      `requests that an earlier interpreter has not answered fail: ${oldest.pending.size}; ` +
        `beside the one that serves there are ${MAX_RETIRED} at most`,
      { msgid: messages.oldRequestsFail.id },
    );
    this.endRetired(oldest);
  }
}

/** Returns the process's user, who owns the files whose attributes name no owner. */
const findProcessOwner = (): { uid: number; gid: number } => ({
  uid: globalThis.process?.getuid?.() ?? 0,
  gid: globalThis.process?.getgid?.() ?? 0,
});

/** Transfers a module's state, if both modules have the hooks. @throws {Error} when either fails */
function transferState(from: Interpreter, to: Interpreter): void {
  if (!to.hasHook('load_state')) return;
  const state = dumpState(from);
  if (state !== undefined) loadState(to, state);
}

/** Calls a module's `dump_state`; undefined without one. @throws {Error} when it fails */
function dumpState(from: Interpreter): string | undefined {
  if (from.isDead || !from.hasHook('dump_state')) return undefined;
  const state = from.guest.callStateHook('dump_state');
  from.checkLost(null, 'dump_state');
  if (state === undefined) throw new Error('dump_state failed');
  return state;
}

/** Calls a module's `load_state`, if it has one. @throws {Error} when it fails */
function loadState(to: Interpreter, state: string): void {
  if (!to.hasHook('load_state')) return;
  if (to.guest.callHook('load_state', [state]) === METHOD_FAILED)
    throw new Error('load_state failed');
  to.runDecisions();
}
