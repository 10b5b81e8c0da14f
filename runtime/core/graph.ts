/**
 * Runs a graph: connects instances, starts them from the top and stops them from the leaves.
 *
 * `start` checks options, calls `init` from the top down, and sends PARENT_UP down; leaves reply with CHILD_UP. The
 * graph is up when the top has sent CHILD_UP (`awaitUp`). A wind skips instances that do not define its fop. A failed
 * start ends the instances that it began. The graph keeps running through a later CHILD_DOWN.
 *
 * Source: GlusterFS `libglusterfs/src/graph.c`.
 */
import type { Context } from './context.ts';
import { EOPNOTSUPP } from './errno.ts';
import { GraphError } from './errors.ts';
import {
  CandidateGraph,
  type ExchangeResult,
  findKeptVolumes,
  makeOpenOnceTarget,
  RetiredGraph,
} from './exchange.ts';
import { type FopName, Links, makeRefusingFop } from './gen/fops.gen.ts';
import { observed } from './gen/observed.gen.ts';
import { tap } from './gen/taps.gen.ts';
import type { Initiator } from './initiator.ts';
import { InodeTable, type Instances } from './inode.ts';
import {
  awaitTopUp,
  connectSubvolumes,
  describeError,
  finiAll,
  initAll,
  listBlockers,
  listNames,
} from './instances.ts';
import type { Interceptor } from './interceptor.ts';
import { Log, type LogLevels } from './log.ts';
import { combineObservers, type Observer } from './observer.ts';
import {
  type OptionsChange,
  planPartialReconfiguration,
  planReconfiguration,
} from './reconfigure.ts';
import {
  type Child,
  type EventListener,
  type Fop,
  type GraphView,
  type Target,
  type VolumeSpec,
  Xlator,
} from './xlator.ts';

/** A graph, which exchanges may replace in place; front ends keep one object while it runs. */
export class Graph implements GraphView {
  /** The volumes in the order of the volfile: leaves first, the top last. An exchange replaces the array. */
  xlators: readonly Xlator[];
  top: Xlator;
  readonly inodes: InodeTable;
  /** The links by which initiators wind to the top; set by `start`. */
  links!: Links;
  /** The initiators that begin requests at the top. */
  readonly initiators = new Set<Initiator>();
  /** Running instances by id, including replaced ones that still finish requests. */
  readonly instances: (Xlator | undefined)[] = [];
  /** Graphs that exchanges have replaced and that still finish requests, oldest first. */
  readonly retiredGraphs: RetiredGraph[] = [];
  readonly context: Context;
  /** Log levels of the process. */
  readonly levels: LogLevels;
  /** The number of the graph in logs; each exchange increments it. */
  private graphId: number;
  private lastId = -1;
  /** The graph that an exchange is starting; null while no exchange is under way. */
  private candidate: CandidateGraph | null = null;
  private readonly observers = new Set<Observer>();
  private interceptor: Interceptor | null = null;
  private isStopped = false;
  private readonly listeners = new Set<EventListener>();
  /** Passes an event that leaves the top to all listeners. */
  private readonly publish: EventListener = (event, data) => {
    for (const listener of this.listeners) listener(event, data);
  };

  /**
   * @param makeInodes makes the inode table; callers may pass one with another limit or class
   * @throws {GraphError} when a subvolume is not among the volumes, or there are no volumes
   */
  constructor(
    specs: readonly VolumeSpec[],
    context: Context,
    levels: LogLevels,
    graphId = 0,
    makeInodes = (xlators: Instances) => new InodeTable(xlators),
  ) {
    this.context = context;
    this.levels = levels;
    this.graphId = graphId;
    this.inodes = makeInodes(this.instances);
    this.xlators = specs.map((spec) => this.makeXlator(spec));
    this.top = connectSubvolumes(this.xlators, specs);
    for (const xl of this.xlators) this.instances[xl.id] = xl;
    for (const xl of this.xlators) for (const child of xl.below) child.above.push(xl);
  }

  /**
   * Starts the graph.
   * @param master gets the events that leave the top
   * @throws {GraphError} naming volume and reason; all instances have ended then
   */
  async start(master: EventListener = () => {}): Promise<void> {
    await this.begin(master);
    for (const xl of this.xlators) if (xl.above.length === 0) xl.notify('PARENT_UP', xl);
  }

  /** Starts the graph without PARENT_UP, which the caller sends. */
  async begin(master: EventListener): Promise<void> {
    this.listeners.add(master);
    this.top.master = this.publish;
    await initAll(this.xlators, listNames(this.xlators));
    for (const xl of this.xlators) this.connectChildren(xl);
    this.links = this.makeLinks(this.top);
    this.inodes.links = this.links;
  }

  /** Makes an id that is unique in the graph, for a volume or for the instance of an initiator. */
  makeId(): number {
    this.lastId += 1;
    return this.lastId;
  }

  /** Whether the top can serve requests now. */
  get isUp(): boolean {
    return this.top.up;
  }

  /**
   * Resolves when the top has sent CHILD_UP.
   * @throws {GraphError} after `timeoutMs`, naming the volumes that are not up; the graph keeps running
   */
  awaitUp(timeoutMs: number): Promise<void> {
    return awaitTopUp(this.top, timeoutMs);
  }

  /** Returns one line for each volume that keeps the graph from being up. */
  listBlockers(): string[] {
    return listBlockers(this.top);
  }

  /** Subscribes to the events that leave the top; the result unsubscribes. */
  listen(listener: EventListener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Whether a description keeps all volumes, so that `reconfigure` suffices. */
  isDescribedBy(specs: readonly VolumeSpec[]): boolean {
    const keptByName = findKeptVolumes(this.xlators, specs);
    const { xlators } = this;
    return (
      specs.length === xlators.length &&
      specs.every(({ name }, index) => keptByName.get(name) === xlators[index])
    );
  }

  /**
   * Applies the options of another description of the same volumes.
   * @returns the names of the volumes whose options changed.
   * @throws {GraphError} when the description needs another graph (nothing has changed then), or when a
   * volume refuses its options and keeps the old ones.
   */
  reconfigure(specs: readonly VolumeSpec[]): readonly string[] {
    const changes = planReconfiguration(this.xlators, specs);
    const problems = this.applyOptions(changes);
    this.xlators.forEach((xl, index) => {
      xl.position = specs[index]!.position;
    });
    if (problems.length > 0) throw new GraphError(problems);
    return changes.map(({ xl }) => xl.name);
  }

  /**
   * Applies a description as far as the running volumes allow: only options that can change while they run.
   * @returns the names of the volumes whose options changed
   */
  reconfigurePart(specs: readonly VolumeSpec[]): readonly string[] {
    const changes = planPartialReconfiguration(this.xlators, specs);
    this.applyOptions(changes);
    return changes
      .filter(({ xl, volfileOptions }) => xl.volfileOptions === volfileOptions)
      .map(({ xl }) => xl.name);
  }

  /** Applies changed options. Returns the reasons of volumes that refuse theirs, and so keep the old ones. */
  private applyOptions(changes: readonly OptionsChange[]): string[] {
    const problems: string[] = [];
    for (const { xl, volfileOptions, values } of changes) {
      const previousOptions = xl.volfileOptions;
      xl.volfileOptions = volfileOptions;
      try {
        xl.translator.reconfigure?.(xl, values as never);
        xl.log.setOwnLevel(values['log-level'] as string | undefined);
      } catch (error) {
        xl.volfileOptions = previousOptions;
        problems.push(...describeError(xl, error));
      }
    }
    return problems;
  }

  /**
   * Replaces the graph by that of another description while requests go on; see `exchange.ts`.
   * @param timeoutMs time for the new graph to come up
   * @throws {GraphError} when the new graph does not come up, another exchange is under way, or the graph is
   *   stopped; the graph stays as it was
   */
  exchange(specs: readonly VolumeSpec[], timeoutMs: number): Promise<ExchangeResult> {
    return this.replaceBy(specs, timeoutMs, null);
  }

  /**
   * Replaces a volume and those above it by new instances, to load new code. Waits for an exchange under way.
   * Returns false if an exchange has replaced the instance already.
   * @throws {GraphError} for the reasons of `exchange`
   */
  async renew(xl: Xlator, timeoutMs: number): Promise<boolean> {
    while (this.candidate !== null) await this.candidate.whenSettled;
    if (!this.xlators.includes(xl)) return false;
    const specs = this.xlators.map(({ name, translator, volfileOptions, childNames, position }) => {
      return { name, translator, options: volfileOptions, subvolumes: childNames, position };
    });
    await this.replaceBy(specs, timeoutMs, xl);
    return true;
  }

  /**
   * Replaces the graph by that of another description.
   * @param forcedRestart a volume that must restart even if its description is unchanged; null without one
   */
  private async replaceBy(
    specs: readonly VolumeSpec[],
    timeoutMs: number,
    forcedRestart: Xlator | null,
  ): Promise<ExchangeResult> {
    if (this.isStopped) throw new GraphError(['the graph has ended']);
    if (this.candidate !== null) throw new GraphError(['another exchange is under way']);
    this.graphId += 1;
    const candidate = new CandidateGraph(
      this,
      specs,
      (spec, id) => this.makeXlator(spec, id),
      forcedRestart,
    );
    this.candidate = candidate;
    try {
      await candidate.start(timeoutMs, () => this.switchTo(candidate));
    } finally {
      this.candidate = null;
    }
    // The new volumes may reply differently, so the kernel and all caches above must drop their data.
    this.publish('UPCALL', { kind: 'every-entry' });
    for (const xl of [...candidate.replacedInstances, ...candidate.xlators])
      xl.translator.exchanged?.(xl);
    this.publish('SOME_DESCENDENT_UP', this.top);
    return candidate.result;
  }

  /** Makes the candidate the running graph: new requests wind to its top. */
  private switchTo(candidate: CandidateGraph): void {
    const retiredGraph = new RetiredGraph(this, candidate);
    this.retiredGraphs.push(retiredGraph);
    this.top.master = null;
    candidate.top.master = this.publish;
    this.xlators = candidate.xlators;
    this.top = candidate.top;
    this.links = candidate.links;
    this.inodes.links = candidate.links;
    this.route();
    void retiredGraph.retireWhenIdle(() => this.publish('SOME_DESCENDENT_UP', this.top));
  }

  /** Stops the graph: PARENT_DOWN, forget of every inode, then `fini` from the leaves. */
  async stop(): Promise<void> {
    this.isStopped = true;
    await this.candidate?.abandon();
    const allInstances = [
      ...this.xlators,
      ...this.retiredGraphs.flatMap((retiredGraph) => retiredGraph.stop()),
    ];
    for (const xl of allInstances) for (const call of xl.calls.list()) call.interrupt();
    for (const xl of allInstances) if (xl.above.length === 0) xl.notify('PARENT_DOWN', xl);
    this.inodes.clear();
    await finiAll(allInstances);
  }

  /** Makes the links from an instance to its children; for `start` and exchanges. */
  connectChildren(xl: Xlator): void {
    xl.children = xl.below.map((child) => this.makeLinks(child));
    xl.route = () => this.route();
  }

  /** Makes links to an instance: a wind by them reaches the nearest instance, from there down, with the fop. */
  makeLinks(xl: Xlator): Links {
    return new Links((name) => this.findTarget(xl, name));
  }

  /**
   * Adds an observer; null removes all. Of requests under way, the observer sees only later winds.
   * @returns a function that removes the observer
   */
  observe(observer: Observer | null): () => void {
    if (observer === null) this.observers.clear();
    else this.observers.add(observer);
    this.updateObservers();
    return () => {
      if (observer !== null && this.observers.delete(observer)) this.updateObservers();
    };
  }

  /** Lets all instances and links know of a change of the observers. */
  private updateObservers(): void {
    for (const xl of new Set([...this.instances, ...this.xlators])) {
      if (xl === undefined) continue;
      this.attachObservers(xl);
      if (xl.initialised) xl.translator.observed?.(xl);
    }
    if (this.links !== undefined) this.route();
  }

  /**
   * Sets the interceptor, in place of the previous one; null removes it. Requests that have already passed a volume
   * are not intercepted there.
   */
  intercept(interceptor: Interceptor | null): void {
    this.interceptor = interceptor;
    if (this.links !== undefined) this.route();
  }

  /** Updates all links after a change of fops, observers or the interceptor, so that new winds see it. */
  route(): void {
    const routes: [Child, Xlator][] = [[this.links, this.top]];
    for (const { links, top } of this.retiredGraphs) routes.push([links, top]);
    for (const xl of new Set([...this.instances, ...this.xlators])) {
      xl?.below.forEach((child, index) => {
        if (xl.children[index] !== undefined) routes.push([xl.children[index], child]);
      });
    }
    for (const [links, target] of routes) links.route((name) => this.findTarget(target, name));
  }

  /**
   * Finds the target of a fop: the nearest instance, from `xl` down, that defines it, or at which an observer or the
   * interceptor wants it.
   */
  private findTarget<N extends FopName>(xl: Xlator, name: N): Target<N> {
    let instance = xl;
    for (;;) {
      const ownTarget = this.findOwnTarget(instance, name);
      const observers = [...this.observers].filter((observer) =>
        observer.wantsFop(instance, name, ownTarget !== null),
      );
      const { interceptor } = this;
      const isIntercepted = interceptor?.wantsFop(instance, name, ownTarget !== null) === true;
      if (observers.length > 0 || isIntercepted) {
        // A volume that passes the fop on gets one that winds it to the child, so that it is seen there.
        const fop = ownTarget?.fop ?? (tap[name](() => 0) as Fop<N, unknown>);
        const interceptedFop = isIntercepted ? interceptor.wrapFop(name, fop) : fop;
        const observedFop = observers.reduce(
          (inner, observer) => observed[name](observer, inner),
          interceptedFop,
        );
        return { xl: instance, fop: observedFop, isObserved: true };
      }
      if (ownTarget !== null) return ownTarget;
      instance = instance.below[0]!;
    }
  }

  /** Finds the target of a fop at `xl` itself; null when `xl` passes the fop through. */
  private findOwnTarget<N extends FopName>(xl: Xlator, name: N): Target<N> | null {
    const fop = xl.fops[name] as Fop<N, unknown> | undefined;
    if (fop !== undefined)
      return this.retiredGraphs.length === 0 ? { xl, fop } : makeOpenOnceTarget(xl, name, fop);
    return xl.passesThrough ? null : { xl, fop: makeRefusingFop(name, EOPNOTSUPP) };
  }

  /** Makes an instance. @param id that of the replaced instance whose contexts it takes over, else a new one */
  private makeXlator(spec: VolumeSpec, id = this.makeId()): Xlator {
    const { context, levels, graphId } = this;
    const log = new Log(context.sink, levels, spec.name, graphId);
    const xl = new Xlator(id, spec.name, spec.translator, spec.options, log, context);
    xl.position = spec.position;
    xl.inodes = this.inodes;
    xl.graph = this;
    this.attachObservers(xl);
    return xl;
  }

  /** Connects the observers to an instance's events and log lines; the links report its winds and unwinds. */
  private attachObservers(xl: Xlator): void {
    const observer = combineObservers([...this.observers]);
    xl.observer = observer;
    xl.log.listener =
      observer === null ? null : (record) => observer.noteLogLine(xl, record, xl.frame);
  }
}
