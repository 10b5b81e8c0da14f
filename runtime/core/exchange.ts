/**
 * Replaces a running graph by one with a changed description, without failing a request. Unchanged volumes are
 * kept. New ones start beside the old ones (`CandidateGraph`); then all new requests go to the new top. Replaced
 * volumes run until they are idle (`RetiredGraph`). If a step before the switch fails, the graph stays as it was.
 * docs/how-it-works/mechanisms.md has the steps.
 *
 * Source: GlusterFS `glusterfs_volfile_reconfigure`, `fuse_graph_switch`, `fuse_migrate_fd`.
 */

import type { Client } from './client.ts';
import type { Context } from './context.ts';
import { GraphError } from './errors.ts';
import { sendLookup, sendOpen } from './exchange-requests.ts';
import type { Stack } from './frame.ts';
import { type FopName, type Links, unwind } from './gen/fops.gen.ts';
import type { Graph } from './graph.ts';
import {
  awaitTopUp,
  connectSubvolumes,
  describeError,
  finiAll,
  initAll,
  listNames,
} from './instances.ts';
import { messages } from './messages.ts';
import type { Fd } from './operands.ts';
import { canReconfigure } from './reconfigure.ts';
import type { Fop, Target, VolumeSpec, Xlator } from './xlator.ts';

/** The names of the volumes that an exchange has kept, started and removed. */
export interface ExchangeResult {
  readonly keptNames: readonly string[];
  readonly startedNames: readonly string[];
  readonly removedNames: readonly string[];
}

/** The number of inodes or files that are looked up or reopened at the same time. */
const BATCH_SIZE = 32;
/** Milliseconds between two checks whether replaced volumes are idle. */
const IDLE_CHECK_MS = 50;

/**
 * Finds the running volumes that a new description leaves unchanged, by name: same type, same subvolumes, all of them
 * kept too, and options that the running volume can take.
 * @param forcedRestart a volume that must restart even if its description is unchanged
 */
export function findKeptVolumes(
  xlators: readonly Xlator[],
  specs: readonly VolumeSpec[],
  forcedRestart: Xlator | null = null,
): ReadonlyMap<string, Xlator> {
  const runningByName = new Map(xlators.map((xl) => [xl.name, xl]));
  const volumeNames = specs.map(({ name }) => name);
  const keptByName = new Map<string, Xlator>();
  for (const spec of specs) {
    const xl = runningByName.get(spec.name);
    if (xl === undefined || xl === forcedRestart || xl.translator !== spec.translator) continue;
    const { childNames } = xl;
    const hasSameSubvolumes =
      childNames.length === spec.subvolumes.length &&
      spec.subvolumes.every((name, index) => childNames[index] === name && keptByName.has(name));
    if (hasSameSubvolumes && canReconfigure(xl, spec, volumeNames)) keptByName.set(spec.name, xl);
  }
  return keptByName;
}

/** A graph that starts beside the running one, in order to replace it. */
export class CandidateGraph {
  readonly xlators: readonly Xlator[];
  readonly top: Xlator;
  /** The links by which requests wind to the new top; set by `start`. */
  links!: Links;
  /** The new instances: those of new and of changed volumes. */
  readonly addedInstances: readonly Xlator[];
  /** The instances of the running graph that are not kept. */
  readonly replacedInstances: readonly Xlator[];
  /** The old instances that hand their state over (`succeed`), by the new instances that get it. */
  readonly predecessors = new Map<Xlator, Xlator>();
  private readonly graph: Graph;
  /** Resolves when the graph has come up, or its start has ended in a failure. */
  whenSettled: Promise<void> = Promise.resolve();
  private isAbandoned = false;
  private rejectWhenAbandoned: (error: GraphError) => void = () => {};
  /** Rejects once `abandon` was called; for `Promise.race`. */
  private readonly whenAbandoned: Promise<never>;

  /** Makes the new instances. @throws {GraphError} when the description is invalid, or a volume would lose its data */
  constructor(
    graph: Graph,
    specs: readonly VolumeSpec[],
    makeXlator: (spec: VolumeSpec, id?: number) => Xlator,
    forcedRestart: Xlator | null,
  ) {
    this.graph = graph;
    this.whenAbandoned = new Promise((_, reject) => {
      this.rejectWhenAbandoned = reject;
    });
    // Without a handler, a rejection that is not awaited would end the process.
    this.whenAbandoned.catch(() => {});
    const runningByName = new Map(graph.xlators.map((xl) => [xl.name, xl]));
    const keptByName = findKeptVolumes(graph.xlators, specs, forcedRestart);
    const addedInstances: Xlator[] = [];
    this.xlators = specs.map((spec) => {
      const keptXlator = keptByName.get(spec.name);
      if (keptXlator !== undefined) return keptXlator;
      const predecessor = runningByName.get(spec.name);
      const handsOver =
        predecessor?.translator === spec.translator && spec.translator.succeed !== undefined;
      const xl = makeXlator(spec, handsOver ? predecessor.id : undefined);
      addedInstances.push(xl);
      if (handsOver) this.predecessors.set(xl, predecessor);
      return xl;
    });
    this.addedInstances = addedInstances;
    this.top = connectSubvolumes(this.xlators, specs);
    const remainingXlators = new Set(this.xlators);
    this.replacedInstances = graph.xlators.filter((xl) => !remainingXlators.has(xl));
    this.failIfDataLost();
  }

  get result(): ExchangeResult {
    const added = new Set(this.addedInstances);
    const names = new Set(listNames(this.xlators));
    return {
      keptNames: listNames(this.xlators.filter((xl) => !added.has(xl))),
      startedNames: listNames(this.addedInstances),
      removedNames: listNames(this.replacedInstances).filter((name) => !names.has(name)),
    };
  }

  /**
   * Starts the new volumes and waits until the top is up.
   * @param takeOver switches the running graph to this one; called once this one is up
   * @throws {GraphError} when it does not come up; its volumes have ended then
   */
  start(timeoutMs: number, takeOver: () => void): Promise<void> {
    const startPromise = this.startVolumes(timeoutMs, takeOver);
    this.whenSettled = startPromise.catch(() => {});
    return startPromise;
  }

  /** Abandons the start, because the running graph ends. Resolves when the new volumes have ended. */
  async abandon(): Promise<void> {
    this.isAbandoned = true;
    this.rejectWhenAbandoned(new GraphError(['the graph has ended meanwhile']));
    await this.whenSettled;
  }

  private async startVolumes(timeoutMs: number, takeOver: () => void): Promise<void> {
    const { graph, addedInstances, top } = this;
    for (const xl of addedInstances) if (!this.predecessors.has(xl)) graph.instances[xl.id] = xl;
    try {
      await initAll(addedInstances, listNames(this.xlators));
      if (this.isAbandoned) await this.whenAbandoned;
      const objections = [...graph.initiators].flatMap(
        (initiator) => initiator.findObjection(this.xlators) ?? [],
      );
      if (objections.length > 0) throw new GraphError(objections);
      for (const [xl, predecessor] of this.predecessors) xl.translator.succeed?.(xl, predecessor);
      for (const xl of addedInstances) graph.connectChildren(xl);
      for (const xl of addedInstances) for (const child of xl.below) child.above.push(xl);
      this.links = graph.makeLinks(top);
      for (const xl of addedInstances) if (xl.above.length === 0) xl.notify('PARENT_UP', xl);
      if (!addedInstances.includes(top)) top.notify('PARENT_UP', top);
      this.announceRunningChildren();
      await awaitTopUp(top, timeoutMs, this.whenAbandoned);
      await Promise.race([this.lookUpKnownInodes(), this.whenAbandoned]);
      this.failIfDataLost();
      this.inheritMemory();
      takeOver();
    } catch (error) {
      await this.endAddedVolumes();
      throw error;
    }
  }

  /** Refuses the exchange if a removed volume has the only copy of some data. @throws {GraphError} */
  private failIfDataLost(): void {
    const predecessors = new Set(this.predecessors.values());
    const problems = this.replacedInstances.flatMap((xl) => {
      const data = predecessors.has(xl) ? null : (xl.translator.holds?.(xl) ?? null);
      return data === null
        ? []
        : [`${xl.label}: removing it would lose the ${data} that only it has`];
    });
    if (problems.length > 0) throw new GraphError(problems);
  }

  /**
   * Lets restarted volumes copy memory of the instances that they replace (`inherit`). Unlike after `succeed`, both
   * instances keep their own state. @throws {GraphError}
   */
  private inheritMemory(): void {
    for (const xl of this.addedInstances) {
      const { name, translator } = xl;
      const predecessor = this.replacedInstances.find(
        (each) => each.name === name && each.translator === translator,
      );
      if (predecessor === undefined) continue;
      try {
        translator.inherit?.(xl, predecessor);
      } catch (error) {
        throw new GraphError(describeError(xl, error));
      }
    }
  }

  /** Sends CHILD_UP for kept children, which do not send it again. */
  private announceRunningChildren(): void {
    const added = new Set(this.addedInstances);
    for (const xl of added) {
      for (const child of new Set(xl.below)) {
        if (child.up && !added.has(child)) xl.notify('CHILD_UP', child);
      }
    }
  }

  /** Looks up every inode that a client knows or has open, so that the new volumes learn of it. */
  private async lookUpKnownInodes(): Promise<void> {
    const { graph, links } = this;
    // Otherwise the lookups would reach only kept volumes, which know these inodes already.
    if (!this.addedInstances.includes(links.lookup.xl)) return;
    const [client] = listClients(graph);
    if (client === undefined) return;
    const { root } = graph.inodes;
    const knownInodes = [...graph.inodes.all()].filter(
      (inode) => inode === root || inode.nlookup > 0 || inode.fdCount > 0,
    );
    await handleInBatches(knownInodes, graph.context, async (inode) => {
      if (!this.isAbandoned) await sendLookup(client, links, inode);
    });
  }

  /** Ends the new volumes after a failed start. */
  private async endAddedVolumes(): Promise<void> {
    const { graph, addedInstances, top, predecessors } = this;
    for (const xl of addedInstances) {
      if (xl.initialised && xl.above.length === 0) xl.notify('PARENT_DOWN', xl);
    }
    if (!addedInstances.includes(top)) top.notify('PARENT_DOWN', top);
    detachFromChildren(addedInstances);
    // The predecessors still use the state of these, so `fini` must not run.
    for (const xl of predecessors.keys()) xl.initialised = false;
    await endInstances(
      graph,
      addedInstances.filter((xl) => !predecessors.has(xl)),
    );
  }
}

/** The ids of the instances in which a reopened file is open, by file; see `makeOpenOnceTarget`. */
const openInstances = new WeakMap<Fd, Set<number>>();

/** The replaced volumes of an exchange, until they are idle. */
export class RetiredGraph {
  readonly top: Xlator;
  readonly links: Links;
  private readonly graph: Graph;
  /** The replaced instances, which end once they are idle. */
  readonly replacedInstances: readonly Xlator[];
  /** New instances that have taken over the state of a replaced one (`succeed`), by the id that both have. */
  private readonly successors = new Map<number, Xlator>();
  /** Ids of all volumes of the replaced graph, kept ones included. */
  private readonly volumeIds: readonly number[];
  /** Files that the new volumes failed to open. The replaced volumes serve them until they are closed. */
  private readonly failedFds = new WeakSet<Fd>();
  /** The requests that `awaitRequests` waits for, because each may be inside the replaced volumes. */
  private awaitedRequests: readonly Stack[] = [];
  private isStopped = false;

  /** Call it while `graph` still has its old top and links. */
  constructor(graph: Graph, candidate: CandidateGraph) {
    this.graph = graph;
    this.top = graph.top;
    this.links = graph.links;
    this.volumeIds = graph.xlators.map(({ id }) => id);
    this.replacedInstances = candidate.replacedInstances;
    for (const xl of candidate.predecessors.keys()) this.successors.set(xl.id, xl);
  }

  /**
   * Reopens the open files in the new volumes. Ends the replaced ones when no request or file uses them any more, and
   * all earlier retired graphs have ended.
   * @param onReopened called after files were reopened
   */
  async retireWhenIdle(onReopened: () => void): Promise<void> {
    const { graph } = this;
    // A request under way may still open a file in the replaced volumes. They end only after a round that began and
    // ended without open files, and in which all requests have ended.
    for (;;) {
      if (await this.reopenFds()) onReopened();
      const hasOpenFds = this.openFdCount > 0;
      this.awaitedRequests = hasOpenFds ? [] : [...listCalls(graph), ...this.listOwnRequests()];
      await pause(graph.context, IDLE_CHECK_MS);
      await this.awaitRequests();
      if (this.isStopped) return;
      if (!hasOpenFds && this.openFdCount === 0 && graph.retiredGraphs[0] === this) break;
    }
    this.top.notify('PARENT_DOWN', this.top);
    detachFromChildren(this.replacedInstances);
    // PARENT_DOWN may have made volumes begin requests of their own.
    this.awaitedRequests = this.listOwnRequests();
    await this.awaitRequests();
    if (this.isStopped) return;
    for (const xl of this.replacedInstances) if (this.successors.has(xl.id)) xl.initialised = false;
    await endInstances(
      graph,
      this.replacedInstances.filter(({ id }) => !this.successors.has(id)),
    );
    for (const [id, successor] of this.successors) graph.instances[id] = successor;
    graph.retiredGraphs.splice(graph.retiredGraphs.indexOf(this), 1);
    graph.route();
    graph.top.log.info(
      `idle, and gone: ${listNames(this.replacedInstances).join(', ') || 'the way past new volumes'}`,
      { msgid: messages.replacedVolumesEnded.id },
    );
  }

  /** Stops waiting, because the graph ends. Returns the instances that the graph must end. */
  stop(): readonly Xlator[] {
    this.isStopped = true;
    for (const xl of this.replacedInstances) if (this.successors.has(xl.id)) xl.initialised = false;
    return this.replacedInstances;
  }

  /** The number of files that clients still use through the replaced volumes. */
  get openFdCount(): number {
    const openFds = listClients(this.graph).flatMap(({ fds }) => [...fds]);
    return openFds.filter((fd) => fd.links === this.links).length;
  }

  /** Lists the requests that the replaced volumes have begun themselves. */
  private listOwnRequests(): Stack[] {
    return this.replacedInstances.flatMap(({ calls }) => calls.list());
  }

  /** Waits until all of `awaitedRequests` have ended, or the graph stops. */
  private async awaitRequests(): Promise<void> {
    while (!this.isStopped && this.pendingRequestCount > 0)
      await pause(this.graph.context, IDLE_CHECK_MS);
  }

  /** The number of awaited requests that have not ended. */
  get pendingRequestCount(): number {
    return this.awaitedRequests.filter(({ pool }) => pool !== null).length;
  }

  /** Reopens in the new volumes all files that are open in the replaced ones. Returns false if none is open. */
  private async reopenFds(): Promise<boolean> {
    let fdCount = 0;
    for (const client of listClients(this.graph)) {
      const fds = [...client.fds].filter(
        (fd) => fd.links === this.links && !this.failedFds.has(fd),
      );
      fdCount += fds.length;
      await handleInBatches(fds, this.graph.context, (fd) => this.reopenFd(client, fd));
    }
    return fdCount > 0;
  }

  /** Reopens one file, and moves it to the new graph; after a failure it stays in the replaced one. */
  private async reopenFd(client: Client, fd: Fd): Promise<void> {
    const { graph } = this;
    const { links } = graph;
    if (fd.released) return;
    const openIds = openInstances.get(fd) ?? new Set(this.volumeIds);
    openInstances.set(fd, openIds);
    // The graph may be exchanged again before the reply.
    const newIds = graph.xlators.map(({ id }) => id);
    const errno = await sendOpen(client, links, fd);
    if (errno === 0) for (const id of newIds) openIds.add(id);
    // The client has closed it meanwhile: the open has left contexts that no release would remove.
    if (fd.released) fd.forgetCtx();
    else if (errno !== 0) {
      this.failedFds.add(fd);
      const text = `${fd.inode.path} stays as it was opened, until it is closed`;
      graph.top.log.warning(`${text}: the changed volumes did not open it`, {
        errno,
        msgid: messages.fileKeepsOldVolumes.id,
      });
    } else if (links === graph.links) fd.links = links;
  }
}

/**
 * Makes the target of a fop after an exchange. It differs for open and opendir: kept volumes, in which a reopened file
 * is open already, must not get its open a second time, so there the target replies at once.
 */
export function makeOpenOnceTarget<N extends FopName>(
  xl: Xlator,
  name: N,
  fop: Fop<N, unknown>,
): Target<N> {
  if (name === 'open') {
    const open = fop as unknown as Fop<'open', unknown>;
    const skipOpen: Fop<'open', unknown> = (frame, instance, loc, flags, fd, xdata) => {
      if (fd !== null && openInstances.get(fd)?.has(xl.id)) unwind.open(frame, 0, 0, fd, null);
      else open(frame, instance, loc, flags, fd, xdata);
    };
    return { xl, fop: skipOpen as unknown as Fop<N, unknown> };
  }
  if (name === 'opendir') {
    const opendir = fop as unknown as Fop<'opendir', unknown>;
    const skipOpen: Fop<'opendir', unknown> = (frame, instance, loc, fd, xdata) => {
      if (fd !== null && openInstances.get(fd)?.has(xl.id)) unwind.opendir(frame, 0, 0, fd, null);
      else opendir(frame, instance, loc, fd, xdata);
    };
    return { xl, fop: skipOpen as unknown as Fop<N, unknown> };
  }
  return { xl, fop };
}

const listClients = (graph: Graph): Client[] =>
  [...graph.initiators].flatMap(({ clients }) => [...clients]);

const listCalls = (graph: Graph): Stack[] =>
  [...graph.initiators].flatMap(({ calls }) => calls.list());

/** Disconnects volumes from the volumes below them, which then send no more events up to them. */
function detachFromChildren(xlators: readonly Xlator[]): void {
  const detachedXlators = new Set(xlators);
  for (const xl of xlators) {
    for (const child of xl.below)
      child.above = child.above.filter((each) => !detachedXlators.has(each));
  }
}

/** Ends instances, and releases their contexts of inodes, fds and clients. */
async function endInstances(graph: Graph, xlators: readonly Xlator[]): Promise<void> {
  for (const xl of xlators) releaseContexts(graph, xl);
  await finiAll(xlators);
  for (const { id } of xlators) graph.instances[id] = undefined;
}

/** Hands an instance its contexts of fds, clients and inodes back, as if these had ended. */
function releaseContexts(graph: Graph, xl: Xlator): void {
  const { translator } = xl;
  for (const client of listClients(graph)) {
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

/** Calls `handle` for all items, `BATCH_SIZE` at a time. Between two batches the event loop gets a turn. */
async function handleInBatches<T>(
  items: readonly T[],
  context: Context,
  handle: (item: T) => Promise<unknown>,
): Promise<void> {
  for (let start = 0; start < items.length; start += BATCH_SIZE) {
    await Promise.all(items.slice(start, start + BATCH_SIZE).map(handle));
    if (context.soon !== undefined)
      await new Promise<void>((resolve) => void context.soon!(resolve));
  }
}

const pause = (context: Context, ms: number): Promise<void> =>
  new Promise((resolve) => void context.after(ms, resolve));
