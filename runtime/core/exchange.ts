/**
 * Exchanges a running graph for one of a changed description, without failing a request. Unchanged volumes are
 * kept. New ones start beside the old ones (`CandidateGraph`); then requests switch to the new top at once.
 * Replaced volumes stay until they are idle (`RetiredGraph`). If a step fails, the graph stays as it was.
 * docs/how-it-works/mechanisms.md has the steps.
 *
 * Source: GlusterFS `glusterfs_volfile_reconfigure`, `fuse_graph_switch`, `fuse_migrate_fd`.
 */

import type { Client } from './client.ts';
import type { Context } from './context.ts';
import { GraphError } from './errors.ts';
import type { Fd } from './fd.ts';
import { Stack } from './frame.ts';
import { type FopName, type Links, unwind, wind } from './gen/fops.gen.ts';
import type { Graph } from './graph.ts';
import type { Inode } from './inode.ts';
import { connect, finiAll, initAll, namesOf, reasons, topIsUp } from './instances.ts';
import { Loc } from './loc.ts';
import { messages } from './messages.ts';
import { canReconfigure } from './reconfigure.ts';
import type { Cbk, Fop, Target, VolumeSpec, Xlator } from './xlator.ts';

/** The result of an exchange: names of the volumes that were kept, started and removed. */
export interface Exchange {
  readonly kept: readonly string[];
  readonly begun: readonly string[];
  readonly gone: readonly string[];
}

const AT_ONCE = 32;
const STEP_MS = 50;

/**
 * Returns the volumes of the running graph that a description keeps, by name.
 * @param anew a volume that must restart even if its description is unchanged
 */
export function keptVolumes(
  xlators: readonly Xlator[],
  specs: readonly VolumeSpec[],
  anew: Xlator | null = null,
): ReadonlyMap<string, Xlator> {
  const running = new Map(xlators.map((xl) => [xl.name, xl]));
  const volumes = specs.map(({ name }) => name);
  const kept = new Map<string, Xlator>();
  for (const spec of specs) {
    const xl = running.get(spec.name);
    if (xl === undefined || xl === anew || xl.translator !== spec.translator) continue;
    const { childNames } = xl;
    const sameBelow =
      childNames.length === spec.subvolumes.length &&
      spec.subvolumes.every((name, at) => childNames[at] === name && kept.has(name));
    if (sameBelow && canReconfigure(xl, spec, volumes)) kept.set(spec.name, xl);
  }
  return kept;
}

/** A graph that starts beside the running one, in order to replace it. */
export class CandidateGraph {
  readonly xlators: readonly Xlator[];
  readonly top: Xlator;
  /** Winds to the top; set while the graph comes up. */
  links!: Links;
  /** The new instances. */
  readonly begun: readonly Xlator[];
  /** The instances of the running graph that are not kept. */
  readonly gone: readonly Xlator[];
  /** New instance → the old instance that hands over its state (`succeed`). */
  readonly predecessors = new Map<Xlator, Xlator>();
  private readonly graph: Graph;
  /** Resolves when the graph has come up or was abandoned. */
  settled: Promise<void> = Promise.resolve();
  private isAbandoned = false;
  private refuse: (error: GraphError) => void = () => {};
  private readonly abandoned: Promise<never>;

  /** @throws {GraphError} when the description is invalid, or a volume would lose its data */
  constructor(
    graph: Graph,
    specs: readonly VolumeSpec[],
    make: (spec: VolumeSpec, id?: number) => Xlator,
    anew: Xlator | null,
  ) {
    this.graph = graph;
    this.abandoned = new Promise((_, reject) => {
      this.refuse = reject;
    });
    // Without a handler, a rejection that is not awaited would end the process.
    this.abandoned.catch(() => {});
    const running = new Map(graph.xlators.map((xl) => [xl.name, xl]));
    const kept = keptVolumes(graph.xlators, specs, anew);
    const begun: Xlator[] = [];
    this.xlators = specs.map((spec) => {
      const same = kept.get(spec.name);
      if (same !== undefined) return same;
      const before = running.get(spec.name);
      const hands = before?.translator === spec.translator && spec.translator.succeed !== undefined;
      const xl = make(spec, hands ? before.id : undefined);
      begun.push(xl);
      if (hands) this.predecessors.set(xl, before);
      return xl;
    });
    this.begun = begun;
    this.top = connect(this.xlators, specs);
    const staying = new Set(this.xlators);
    this.gone = graph.xlators.filter((xl) => !staying.has(xl));
    this.refuseLoss();
  }

  get exchanged(): Exchange {
    const begun = new Set(this.begun);
    const names = new Set(namesOf(this.xlators));
    return {
      kept: namesOf(this.xlators.filter((xl) => !begun.has(xl))),
      begun: namesOf(this.begun),
      gone: namesOf(this.gone).filter((name) => !names.has(name)),
    };
  }

  /**
   * Starts the new volumes and waits until the top is up.
   * @param takeOver switches the running graph to this one; called once this one is up
   * @throws {GraphError} when it does not come up; its volumes have ended then
   */
  comeUp(patienceMs: number, takeOver: () => void): Promise<void> {
    const coming = this.tryToComeUp(patienceMs, takeOver);
    this.settled = coming.catch(() => {});
    return coming;
  }

  /** Gives the start up, because the running graph ends. Resolves when the new volumes have ended. */
  async abandon(): Promise<void> {
    this.isAbandoned = true;
    this.refuse(new GraphError(['the graph has ended meanwhile']));
    await this.settled;
  }

  private async tryToComeUp(patienceMs: number, takeOver: () => void): Promise<void> {
    const { graph, begun, top } = this;
    for (const xl of begun) if (!this.predecessors.has(xl)) graph.instances[xl.id] = xl;
    try {
      await initAll(begun, namesOf(this.xlators));
      if (this.isAbandoned) await this.abandoned;
      const objections = [...graph.initiators].flatMap((who) => who.refusal(this.xlators) ?? []);
      if (objections.length > 0) throw new GraphError(objections);
      for (const [xl, before] of this.predecessors) xl.translator.succeed?.(xl, before);
      for (const xl of begun) graph.connectChildren(xl);
      for (const xl of begun) for (const child of xl.below) child.above.push(xl);
      this.links = graph.linksTo(top);
      for (const xl of begun) if (xl.above.length === 0) xl.notify('PARENT_UP', xl);
      if (!begun.includes(top)) top.notify('PARENT_UP', top);
      this.announceRunningChildren();
      await topIsUp(top, patienceMs, this.abandoned);
      await Promise.race([this.lookUpKnownInodes(), this.abandoned]);
      this.refuseLoss();
      this.inherit();
      takeOver();
    } catch (error) {
      await this.giveUp();
      throw error;
    }
  }

  /** @throws {GraphError} when a volume that would be removed holds data that no other volume has */
  private refuseLoss(): void {
    const handed = new Set(this.predecessors.values());
    const problems = this.gone.flatMap((xl) => {
      const what = handed.has(xl) ? null : (xl.translator.holds?.(xl) ?? null);
      return what === null
        ? []
        : [`${xl.place}: removing it would lose the ${what} that only it has`];
    });
    if (problems.length > 0) throw new GraphError(problems);
  }

  /** @throws {GraphError} when a volume cannot take over the memory of its predecessor */
  private inherit(): void {
    for (const xl of this.begun) {
      const { name, translator } = xl;
      const before = this.gone.find((each) => each.name === name && each.translator === translator);
      if (before === undefined) continue;
      try {
        translator.inherit?.(xl, before);
      } catch (error) {
        throw new GraphError(reasons(xl, error));
      }
    }
  }

  /** Sends CHILD_UP for kept children, which do not send it again. */
  private announceRunningChildren(): void {
    const begun = new Set(this.begun);
    for (const xl of begun) {
      for (const child of new Set(xl.below)) {
        if (child.up && !begun.has(child)) xl.notify('CHILD_UP', child);
      }
    }
  }

  /** Looks up every inode that a client knows or has open, so that the new volumes learn of it. */
  private async lookUpKnownInodes(): Promise<void> {
    const { graph, links } = this;
    if (!this.begun.includes(links.lookup.xl)) return;
    const [client] = clientsOf(graph);
    if (client === undefined) return;
    const { root } = graph.inodes;
    const known = [...graph.inodes.all()].filter(
      (inode) => inode === root || inode.nlookup > 0 || inode.fdCount > 0,
    );
    await inBatches(known, graph.context, async (inode) => {
      if (!this.isAbandoned) await lookup(client, links, inode);
    });
  }

  private async giveUp(): Promise<void> {
    const { graph, begun, top, predecessors } = this;
    for (const xl of begun) {
      if (xl.initialised && xl.above.length === 0) xl.notify('PARENT_DOWN', xl);
    }
    if (!begun.includes(top)) top.notify('PARENT_DOWN', top);
    detach(begun);
    // The state of these still belongs to their predecessors.
    for (const xl of predecessors.keys()) xl.initialised = false;
    await endInstances(
      graph,
      begun.filter((xl) => !predecessors.has(xl)),
    );
  }
}

/** For a reopened file, the ids of the instances in which it is open. */
const openIn = new WeakMap<Fd, Set<number>>();

/** The replaced volumes of an exchange, until they are idle. */
export class RetiredGraph {
  readonly top: Xlator;
  readonly links: Links;
  private readonly graph: Graph;
  /** The volumes that end once idle. */
  readonly gone: readonly Xlator[];
  private readonly successors = new Map<number, Xlator>();
  /** Ids of all volumes of the replaced graph, kept ones included. */
  private readonly ids: readonly number[];
  private readonly stuck = new WeakSet<Fd>();
  private calls: readonly Stack[] = [];
  private stopped = false;

  /** Call it before the graph has its new top. */
  constructor(graph: Graph, next: CandidateGraph) {
    this.graph = graph;
    this.top = graph.top;
    this.links = graph.links;
    this.ids = graph.xlators.map(({ id }) => id);
    this.gone = next.gone;
    for (const xl of next.predecessors.keys()) this.successors.set(xl.id, xl);
  }

  /**
   * Reopens the open files in the new volumes, and ends the replaced ones when no request or file uses them
   * and all earlier retired graphs have ended. @param moved called after files were reopened
   */
  async retireWhenIdle(moved: () => void): Promise<void> {
    const { graph } = this;
    for (;;) {
      if (await this.reopenFds()) moved();
      const isUsed = this.openFds > 0;
      this.calls = isUsed ? [] : [...callsOf(graph), ...this.ownCalls()];
      await pause(graph.context, STEP_MS);
      await this.whenEnded();
      if (this.stopped) return;
      if (!isUsed && this.openFds === 0 && graph.retired[0] === this) break;
    }
    this.top.notify('PARENT_DOWN', this.top);
    detach(this.gone);
    // PARENT_DOWN may have made volumes begin requests of their own.
    this.calls = this.ownCalls();
    await this.whenEnded();
    if (this.stopped) return;
    for (const xl of this.gone) if (this.successors.has(xl.id)) xl.initialised = false;
    await endInstances(
      graph,
      this.gone.filter(({ id }) => !this.successors.has(id)),
    );
    for (const [id, heir] of this.successors) graph.instances[id] = heir;
    graph.retired.splice(graph.retired.indexOf(this), 1);
    graph.route();
    graph.top.log.info(
      `idle, and gone: ${namesOf(this.gone).join(', ') || 'the way past new volumes'}`,
      { msgid: messages.replacedGone.id },
    );
  }

  /** Stops waiting, because the graph ends. Returns the instances that the graph must end. */
  stop(): readonly Xlator[] {
    this.stopped = true;
    for (const xl of this.gone) if (this.successors.has(xl.id)) xl.initialised = false;
    return this.gone;
  }

  /** Number of files that are open through the replaced volumes. */
  get openFds(): number {
    const open = clientsOf(this.graph).flatMap(({ fds }) => [...fds]);
    return open.filter((fd) => fd.links === this.links).length;
  }

  private ownCalls(): Stack[] {
    return this.gone.flatMap(({ calls }) => calls.list());
  }

  /** Resolves when the awaited requests have ended, or the graph has. */
  private async whenEnded(): Promise<void> {
    while (!this.stopped && this.pendingCalls > 0) await pause(this.graph.context, STEP_MS);
  }

  /** Number of awaited requests: those of clients that may be inside, and the volumes' own. */
  get pendingCalls(): number {
    return this.calls.filter(({ pool }) => pool !== null).length;
  }

  /** Reopens all open files in the new volumes; false without open files. */
  private async reopenFds(): Promise<boolean> {
    let count = 0;
    for (const client of clientsOf(this.graph)) {
      const fds = [...client.fds].filter((fd) => fd.links === this.links && !this.stuck.has(fd));
      count += fds.length;
      await inBatches(fds, this.graph.context, (fd) => this.reopenFd(client, fd));
    }
    return count > 0;
  }

  private async reopenFd(client: Client, fd: Fd): Promise<void> {
    const { graph } = this;
    const { links } = graph;
    if (fd.released) return;
    const opened = openIn.get(fd) ?? new Set(this.ids);
    openIn.set(fd, opened);
    const volumes = graph.xlators.map(({ id }) => id);
    const errno = await openAgain(client, links, fd);
    if (errno === 0) for (const id of volumes) opened.add(id);
    if (fd.released) fd.forgetCtx();
    else if (errno !== 0) {
      this.stuck.add(fd);
      const text = `${fd.inode.path} stays as it was opened, until it is closed`;
      graph.top.log.warning(`${text}: the changed volumes did not open it`, {
        errno,
        msgid: messages.keepsOldFile.id,
      });
    } else if (links === graph.links) fd.links = links;
  }
}

/** The target of a fop; a repeated open skips volumes in which the file is open already. */
export function openOnce<N extends FopName>(xl: Xlator, name: N, fop: Fop<N, unknown>): Target<N> {
  if (name === 'open') {
    const open = fop as unknown as Fop<'open', unknown>;
    const once: Fop<'open', unknown> = (frame, at, loc, flags, fd, xdata) => {
      if (fd !== null && openIn.get(fd)?.has(xl.id)) unwind.open(frame, 0, 0, fd, null);
      else open(frame, at, loc, flags, fd, xdata);
    };
    return { xl, fop: once as unknown as Fop<N, unknown> };
  }
  if (name === 'opendir') {
    const opendir = fop as unknown as Fop<'opendir', unknown>;
    const once: Fop<'opendir', unknown> = (frame, at, loc, fd, xdata) => {
      if (fd !== null && openIn.get(fd)?.has(xl.id)) unwind.opendir(frame, 0, 0, fd, null);
      else opendir(frame, at, loc, fd, xdata);
    };
    return { xl, fop: once as unknown as Fop<N, unknown> };
  }
  return { xl, fop };
}

/** Winds a request of the exchange in a client's name. Resolves to the errno, 0 for success. */
function run(client: Client, op: string, send: (frame: ReturnType<Client['begin']>) => void) {
  return new Promise<number>((resolve) => {
    const frame = client.begin(new Stack(0, 0, 0, op));
    frame.local = resolve;
    send(frame);
  });
}

const done: Cbk<'open', unknown> = (frame, _cookie, _xl, opRet, opErrno) => {
  frame.root.client?.end(frame.root);
  (frame.local as (errno: number) => void)(opRet < 0 ? opErrno : 0);
};

function lookup(client: Client, links: Links, inode: Inode): Promise<number> {
  const cbk = done as unknown as Cbk<'lookup', unknown>;
  return run(client, 'LOOKUP', (frame) => wind.lookup(frame, 0, cbk, links, locOf(inode), null));
}

function openAgain(client: Client, links: Links, fd: Fd): Promise<number> {
  const loc = locOf(fd.inode);
  return run(client, fd.isDir ? 'OPENDIR' : 'OPEN', (frame) => {
    if (!fd.isDir) wind.open(frame, 0, done, links, loc, fd.flags, fd, null);
    else wind.opendir(frame, 0, done as unknown as Cbk<'opendir', unknown>, links, loc, fd, null);
  });
}

function locOf(inode: Inode): Loc {
  const [dentry] = inode.names;
  return new Loc(inode, dentry?.parent ?? null, dentry?.name ?? null);
}

const clientsOf = (graph: Graph): Client[] =>
  [...graph.initiators].flatMap(({ clients }) => [...clients]);

const callsOf = (graph: Graph): Stack[] =>
  [...graph.initiators].flatMap(({ calls }) => calls.list());

function detach(xlators: readonly Xlator[]): void {
  const leaving = new Set(xlators);
  for (const xl of xlators) {
    for (const child of xl.below) child.above = child.above.filter((each) => !leaving.has(each));
  }
}

/** Ends instances, and releases their contexts of inodes, fds and clients. */
async function endInstances(graph: Graph, xlators: readonly Xlator[]): Promise<void> {
  for (const xl of xlators) releaseContexts(graph, xl);
  await finiAll(xlators);
  for (const { id } of xlators) graph.instances[id] = undefined;
}

function releaseContexts(graph: Graph, xl: Xlator): void {
  const { translator } = xl;
  for (const client of clientsOf(graph)) {
    for (const fd of client.fds) {
      const value = fd.ctxDel(xl);
      if (value === undefined) continue;
      if (fd.isDir) translator.releasedir?.(xl, fd, value);
      else translator.release?.(xl, fd, value);
    }
    const value = client.ctxDel(xl);
    if (value !== undefined) translator.clientDestroy?.(xl, client, value);
  }
  for (const inode of graph.inodes.all()) {
    const value = inode.ctxDel(xl);
    if (value !== undefined) translator.forget?.(xl, inode, value);
  }
}

/** Calls `what` for all items, `AT_ONCE` at a time, with turns of the event loop between. */
async function inBatches<T>(
  all: readonly T[],
  context: Context,
  what: (each: T) => Promise<unknown>,
): Promise<void> {
  for (let at = 0; at < all.length; at += AT_ONCE) {
    await Promise.all(all.slice(at, at + AT_ONCE).map(what));
    if (context.soon !== undefined) await new Promise<void>((done) => void context.soon!(done));
  }
}

const pause = (context: Context, ms: number): Promise<void> =>
  new Promise((done) => void context.after(ms, done));
