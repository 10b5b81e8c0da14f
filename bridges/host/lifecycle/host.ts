/**
 * The host of one volume: starts, replaces and ends its interpreters.
 *
 * A new interpreter starts beside the serving one and takes over in one step: new requests enter
 * it, pending ones finish in the old one. That serves a reload (changed code or options) and a
 * restart (failure-policy.ts). If the new one fails to start, the old one stays. Without a serving
 * interpreter requests wait for the replacement; between a failed start and the next they fail.
 */

import type { Client } from '../../../runtime/core/client.ts';
import type { EventName } from '../../../runtime/core/events.ts';
import type { Fd } from '../../../runtime/core/fd.ts';
import type { Inode } from '../../../runtime/core/inode.ts';
import { messages } from '../../../runtime/core/messages.ts';
import type { Options } from '../../../runtime/core/options.ts';
import {
  announceChangedReplies,
  childrenUp,
  type Dump,
  defaultNotify,
  type Fops,
  isChange,
  type ReloadResult,
  sayUp,
  type Translator,
  type Xlator,
} from '../../../runtime/core/xlator.ts';
import { TRACKED } from '../crossing/exposed-inodes.ts';
import { changesData, FAILED } from '../guest.ts';
import type { HostedRequest } from '../requests/hosted-request.ts';
import { notesOf } from '../requests/notes.ts';
import type { Counters, Owner, Policy } from './failure-policy.ts';
import type { Interpreter } from './interpreter.ts';
import { reasonOf, type ServingTexts, Succession, type SuccessionOwner } from './succession.ts';

/** Characters of a module's statedump, as JSON: the kernel's limit for all of it. */
const MOST_TOLD = 65_536;
/** Retired interpreters that may still finish requests. */
const MOST_RETIRED = 4;

/** A volume as its translator record uses it; the module runs in this thread or its own. */
export interface ModuleVolume {
  readonly passesThrough: boolean;
  readonly observes: boolean;
  readonly ownOptions: Options;
  fops(): Fops<unknown>;
  reload(): Promise<ReloadResult>;
  notify(event: EventName, about: unknown): void;
  /** @param value the volume's mark on it */
  forget(inode: Inode, value: unknown): void;
  release(fd: Fd, value: unknown): void;
  /** Notifies of a client that disconnects; `forgetClient`: of its last request's end. */
  disconnected(client: Client): void;
  forgetClient(client: Client): void;
  /** Applies a change of the volume's observer, or its end. */
  observed(): void;
  dump(): Dump;
  close(): void | Promise<void>;
  /** The module's state, as JSON; undefined without a `dump_state`. @throws {Error} */
  takeState(): string | undefined;
  /** Passes the state of another's `takeState` to the module's `load_state`. @throws {Error} */
  giveState(state: string): void;
  readonly takesState: boolean;
}

export interface Hosted<V extends ModuleVolume = ModuleVolume> {
  readonly host: V;
}

/** The functions of a translator record that all volumes with a module share. */
export const hosted = {
  fops: ({ priv }: Xlator<Hosted>) => priv.host.fops(),
  passesThrough: ({ priv }: Xlator<Hosted>) => priv.host.passesThrough,
  observes: ({ priv }: Xlator<Hosted>) => priv.host.observes,
  ownOptions: ({ priv }) => priv.host.ownOptions,
  reload: ({ priv }) => priv.host.reload(),
  inherit({ priv }, before) {
    if (!priv.host.takesState) return;
    const state = before.priv.host.takeState();
    if (state !== undefined) priv.host.giveState(state);
  },
  notify: ({ priv }, event, about) => priv.host.notify(event, about),
  forget: ({ priv }, inode, value) => priv.host.forget(inode, value),
  release: ({ priv }, fd, value) => priv.host.release(fd, value),
  releasedir: ({ priv }, fd, value) => priv.host.release(fd, value),
  clientDisconnect: ({ priv }, client) => priv.host.disconnected(client),
  clientDestroy: ({ priv }, client) => priv.host.forgetClient(client),
  observed: ({ priv }) => priv.host.observed(),
  fini: ({ priv }) => priv.host.close(),
  dump: ({ priv }) => priv.host.dump(),
} satisfies Partial<Translator<Hosted>>;

const INTERPRETER: ServingTexts = {
  title: 'the interpreter',
  option: '',
  lost: messages.interpreterLost.id,
  anew: messages.startedAnew.id,
  notAnew: messages.notStartedAnew.id,
};

/** Starts an interpreter. `fresh`: reads the module again. @throws its author's mistakes */
export type Begin = (owner: Owner, fresh: boolean) => Promise<Interpreter>;

export class Host implements Owner, SuccessionOwner, ModuleVolume {
  unwatch = (): void => {};
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
  private readonly begin: Begin;
  private current!: Interpreter;
  private readonly retired = new Set<Interpreter>();
  readonly succession: Succession;
  private failures = 0;
  private reloading: Promise<ReloadResult> | null = null;

  constructor(xl: Xlator<unknown>, policy: Policy, begin: Begin) {
    this.xl = xl;
    this.policy = policy;
    this.begin = begin;
    this.succession = new Succession(xl, policy, this, INTERPRETER);
  }

  async start(): Promise<void> {
    this.current = await this.begin(this, true);
  }

  get interpreter(): Interpreter {
    return this.current;
  }

  get interpreters(): readonly Interpreter[] {
    return [this.current, ...this.retired];
  }

  /** Requests in the serving interpreter, by its number for each. */
  get requests(): Interpreter['requests'] {
    return this.current.requests;
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
    const sum = (of: (interpreter: Interpreter) => number): number =>
      interpreters.reduce((all, each) => all + of(each), 0);
    return {
      language: this.current.guest.language,
      ...counters,
      'requests-waiting': sum(({ requests }) => requests.size),
      interpreters: interpreters.length,
      'memory-bytes': sum(({ guest }) => guest.memory),
      ...this.statedump(),
    };
  }

  /** The module's own statedump; its names begin with `module.`. */
  statedump(): Dump {
    const { current } = this;
    if (current.dead || !current.has('statedump')) return {};
    const told = current.guest.tell('statedump');
    current.checkLost(null, 'statedump');
    if (told !== undefined && told.length > MOST_TOLD) {
      return { module: `too long: ${told.length} characters, of ${MOST_TOLD} at most` };
    }
    const found: unknown = told === undefined ? null : JSON.parse(told);
    if (typeof found !== 'object' || found === null) return { module: 'statedump failed' };
    return Object.fromEntries(
      Object.entries(found).map(([key, value]) => [
        `module.${key}`,
        typeof value === 'number' ? value : String(value),
      ]),
    );
  }

  fops(): Fops<unknown> {
    return this.current.fops();
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
    if (event === 'CHILD_UP') this.current.drain();
  }

  forget(inode: Inode, value: unknown): void {
    if (value !== TRACKED) return;
    for (const { api } of this.interpreters) api.forget(inode);
  }

  release(fd: Fd): void {
    for (const { api } of this.interpreters) api.release(fd);
  }

  disconnected(client: Client): void {
    for (const { api } of this.interpreters) api.disconnected(client);
  }

  forgetClient(client: Client): void {
    for (const { api } of this.interpreters) api.forgetClient(client);
  }

  private notifyModule(interpreter: Interpreter, event: EventName, data: unknown): void {
    if (!interpreter.has('notify')) return;
    const child = this.xl.below.indexOf(data as Xlator);
    interpreter.enterFor(() => interpreter.guest.hook('notify', [event, child]));
  }

  /** Sets whether the volume is up; parents are notified only once the graph runs. */
  says(api: object, isUp: boolean): void {
    if (this.xl.route !== null && api === this.current.api) sayUp(this.xl as Xlator, isUp);
  }

  observed(): void {
    for (const each of this.interpreters) each.notes = notesOf(this.xl, each.guest, each.notes);
  }

  close(): void {
    this.unwatch();
    this.succession.close();
    for (const interpreter of this.interpreters) interpreter.close();
  }

  // -- reports of interpreters ---------------------------------------------------------------

  failed(interpreter: Interpreter): void {
    if (interpreter !== this.current || this.policy.onError !== 'restart') return;
    this.failures += 1;
    const { maxFailures } = this.policy;
    if (this.failures === maxFailures) {
      this.succession.replaceInPace(`failures: ${maxFailures}`);
    }
  }

  lost(interpreter: Interpreter, why: string, by: HostedRequest | null): void {
    const plan = by?.plan ?? null;
    const blamed =
      by === null || plan === null
        ? null
        : { name: plan.name, args: by.args, uid: by.frame.root.uid };
    this.succession.logLoss(why, blamed);
    if (interpreter === this.current) this.succession.lost(interpreter.hasServed);
  }

  drained(interpreter: Interpreter): void {
    this.retired.delete(interpreter);
    interpreter.close();
  }

  // -- successors ------------------------------------------------------------------------------

  /** Starts a new interpreter with the current code. */
  startReplacement(): void {
    void this.restart(this.current);
  }

  /** Never rejects: errors are logged. */
  private async restart(before: Interpreter): Promise<void> {
    await this.reloading;
    if (this.isOver(before)) return;
    let next: Interpreter | null = null;
    try {
      next = await this.begin(this, false);
      if (!this.isOver(before)) this.introduce(next);
    } catch (error) {
      next?.close();
      if (!this.isOver(before)) this.notStarted(error);
      return;
    }
    if (this.isOver(before)) {
      next.close();
      return;
    }
    this.counters.restarts += 1;
    this.takeOver(next);
  }

  /** True when `before` needs no successor: the volume has ended, or new code already serves. */
  private isOver(before: Interpreter): boolean {
    return this.succession.isClosed || this.current !== before;
  }

  private notStarted(error: unknown): void {
    this.failures = 0;
    this.succession.notStarted(error, this.current.dead);
  }

  /** Reads the module again; the new code takes over, or the old stays if it fails to start. */
  reload(): Promise<ReloadResult> {
    const before = this.reloading ?? Promise.resolve();
    const mine = before.then(() => this.loadAgain());
    this.reloading = mine;
    void mine.then(() => {
      if (this.reloading === mine) this.reloading = null;
    });
    return mine;
  }

  private async loadAgain(): Promise<ReloadResult> {
    let next: Interpreter | null = null;
    try {
      next = await this.begin(this, true);
      if (this.succession.isClosed) throw new Error('the volume has ended');
      handOver(this.current, next);
      this.introduce(next);
      this.counters.reloads += 1;
      this.succession.harmful.clear();
      this.takeOver(next);
      this.xl.log.info('reloaded', { msgid: messages.moduleReloaded.id });
      return { ok: true, text: 'reloaded' };
    } catch (error) {
      next?.close();
      const text = `not reloaded, the code before goes on: ${reasonOf(error)}`;
      if (!this.succession.isClosed)
        this.xl.log.error(text, { msgid: messages.moduleNotReloaded.id });
      return { ok: false, text };
    }
  }

  takeState(): string | undefined {
    return stateOf(this.current);
  }

  giveState(state: string): void {
    restore(this.current, state);
  }

  get takesState(): boolean {
    return this.current.has('load_state');
  }

  /** Sends a starting module the events that it has missed. @throws {Error} when that ends it */
  private introduce(next: Interpreter): void {
    for (const [event, data] of this.succession.seen) this.notifyModule(next, event, data);
    next.drain();
    if (next.checkLost()) throw new Error(next.guest.dead);
  }

  private takeOver(next: Interpreter): void {
    const before = this.current;
    this.current = next;
    this.failures = 0;
    this.retired.add(before);
    this.xl.exchangeFops(next.fops());
    sayUp(this.xl as Xlator, this.current.api.declaredUp ?? childrenUp(this.xl as Xlator));
    announceChangedReplies(this.xl as Xlator);
    this.succession.serves();
    before.retire();
    this.endOldest();
  }

  /** Ends the oldest interpreters, which requests without reply would keep for ever. */
  private endOldest(): void {
    const [oldest] = this.retired;
    if (oldest === undefined || this.retired.size <= MOST_RETIRED) return;
    this.xl.log.warning(
      `requests that an earlier interpreter has not answered fail: ${oldest.requests.size}; ` +
        `beside the one that serves there are ${MOST_RETIRED} at most`,
      { msgid: messages.oldRequestsFail.id },
    );
    this.drained(oldest);
  }
}

/** Passes a module's state on, if both modules have the hooks. @throws {Error} when either fails */
function handOver(from: Interpreter, to: Interpreter): void {
  if (!to.has('load_state')) return;
  const state = stateOf(from);
  if (state !== undefined) restore(to, state);
}

function stateOf(from: Interpreter): string | undefined {
  if (from.dead || !from.has('dump_state')) return undefined;
  const state = from.guest.tell('dump_state');
  from.checkLost(null, 'dump_state');
  if (state === undefined) throw new Error('dump_state failed');
  return state;
}

function restore(to: Interpreter, state: string): void {
  if (!to.has('load_state')) return;
  if (to.guest.hook('load_state', [state]) === FAILED) throw new Error('load_state failed');
  to.drain();
}
