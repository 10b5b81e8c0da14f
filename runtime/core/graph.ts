/**
 * A live graph: instances wired together, started from the top and stopped from the leaves.
 *
 * Starting: options are checked, `init` runs top first (a translator may refuse), the fops of
 * each instance become known, winds are routed past instances that do not define a fop (one with
 * several children answers EOPNOTSUPP unless it says that it passes through), and PARENT_UP travels
 * down; the leaves answer CHILD_UP. When the top has said it as well, the graph is up (`whenUp`): its
 * volumes decide, and may take their time. Later CHILD_DOWN and CHILD_UP are events like others, and
 * no reason to end. A start that fails takes back what it did.
 *
 * Source: GlusterFS `libglusterfs/src/graph.c`.
 */
import type { Context } from './context.ts';
import type { Instances } from './ctx.ts';
import { EOPNOTSUPP } from './errno.ts';
import { GraphError } from './errors.ts';
import { CandidateGraph, type Exchange, keptVolumes, openOnce, RetiredGraph } from './exchange.ts';
import { type FopName, Links, refusal } from './gen/fops.gen.ts';
import { observed } from './gen/observed.gen.ts';
import { tap } from './gen/taps.gen.ts';
import type { Initiator } from './initiator.ts';
import { InodeTable } from './inode.ts';
import { connect, finiAll, initAll, namesOf, reasons, topIsUp, waitedFor } from './instances.ts';
import type { Interceptor } from './interceptor.ts';
import { Log, type LogLevels } from './log.ts';
import { combineObservers, type Observer } from './observer.ts';
import { type OptionsChange, partialReconfiguration, reconfiguration } from './reconfigure.ts';
import type { Child, EventListener, Fop, GraphView, Target, VolumeSpec } from './xlator.ts';
import { Xlator } from './xlator.ts';

export class Graph implements GraphView {
  /** In the order of the volfile: leaves first, the top last. An exchange makes them others. */
  xlators: readonly Xlator[];
  top: Xlator;
  readonly inodes: InodeTable;
  /** The top as its initiators wind to it; set by `start`. */
  links!: Links;
  /** Those who begin requests here, besides the volumes themselves. */
  readonly initiators = new Set<Initiator>();
  /** All instances that have not gone, by id: also those that an exchange has replaced. */
  readonly instances: (Xlator | undefined)[] = [];
  /** What exchanges have replaced and has not gone yet, the oldest first. */
  readonly retired: RetiredGraph[] = [];
  readonly context: Context;
  /** What the process logs. */
  readonly levels: LogLevels;
  private graphId: number;
  private lastId = -1;
  /** What is coming up to take its place. */
  private candidate: CandidateGraph | null = null;
  private readonly observers = new Set<Observer>();
  private interceptor: Interceptor | null = null;
  private stopped = false;
  private readonly listeners = new Set<EventListener>();
  private readonly publish: EventListener = (event, data) => {
    for (const listener of this.listeners) listener(event, data);
  };

  /**
   * @param inodesOf makes the table of its inodes
   * @throws {GraphError} when a subvolume is not among the volumes, or there is none at all.
   */
  constructor(
    specs: readonly VolumeSpec[],
    context: Context,
    levels: LogLevels,
    graphId = 0,
    inodesOf = (xlators: Instances) => new InodeTable(xlators),
  ) {
    this.context = context;
    this.levels = levels;
    this.graphId = graphId;
    this.inodes = inodesOf(this.instances);
    this.xlators = specs.map((spec) => this.make(spec));
    this.top = connect(this.xlators, specs);
    for (const xl of this.xlators) this.instances[xl.id] = xl;
    for (const xl of this.xlators) for (const child of xl.below) child.above.push(xl);
  }

  /**
   * Brings the graph up. `master` hears the events that leave the top.
   * @throws {GraphError} naming volume and reason; nothing is left running then.
   */
  async start(master: EventListener = () => {}): Promise<void> {
    await this.begin(master);
    for (const xl of this.xlators) if (xl.above.length === 0) xl.notify('PARENT_UP', xl);
  }

  /** The first half of `start`: all but PARENT_UP, which then comes from outside. */
  async begin(master: EventListener): Promise<void> {
    this.listeners.add(master);
    this.top.master = this.publish;
    await initAll(this.xlators, namesOf(this.xlators));
    for (const xl of this.xlators) this.connectChildren(xl);
    this.links = this.linksTo(this.top);
    this.inodes.links = this.links;
  }

  /** An id for an instance that is none of the volumes, which nobody else has. */
  newId(): number {
    this.lastId += 1;
    return this.lastId;
  }

  /** Whether the top can serve now. */
  get isUp(): boolean {
    return this.top.up;
  }

  /**
   * Resolves when the top has said CHILD_UP.
   * @throws {GraphError} after so long, naming the volumes that are waited for; the graph goes on
   */
  whenUp(patienceMs: number): Promise<void> {
    return topIsUp(this.top, patienceMs);
  }

  /** Why the graph is not up: a line for each volume that is waited for. */
  waitedFor(): string[] {
    return waitedFor(this.top);
  }

  /** From now on `listener` hears what leaves the top, too; the result ends that. */
  listen(listener: EventListener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Whether all its volumes could stay: then `reconfigure` does what there is to do. */
  isDescribedBy(specs: readonly VolumeSpec[]): boolean {
    const kept = keptVolumes(this.xlators, specs);
    const { xlators } = this;
    return (
      specs.length === xlators.length &&
      specs.every(({ name }, at) => kept.get(name) === xlators[at])
    );
  }

  /**
   * Gives the running graph the options of another description of the same volumes.
   * @returns the names of the volumes whose options changed.
   * @throws {GraphError} when it takes another graph to do what they say, and nothing has changed
   * then; or when a volume refuses what it was given, and just that one keeps what it had.
   */
  reconfigure(specs: readonly VolumeSpec[]): readonly string[] {
    const changes = reconfiguration(this.xlators, specs);
    const problems = this.applyOptions(changes);
    this.xlators.forEach((xl, at) => {
      xl.where = specs[at]!.where;
    });
    if (problems.length > 0) throw new GraphError(problems);
    return changes.map(({ xl }) => xl.name);
  }

  /**
   * Gives the volumes that another description has, too, those of their new options that they can take as
   * they run, where it cannot be this graph's otherwise.
   * @returns the names of the volumes whose options changed
   */
  reconfigurePart(specs: readonly VolumeSpec[]): readonly string[] {
    const changes = partialReconfiguration(this.xlators, specs);
    this.applyOptions(changes);
    return changes.filter(({ xl, given }) => xl.given === given).map(({ xl }) => xl.name);
  }

  /** @returns why volumes refuse what they are given: these keep what they had */
  private applyOptions(changes: readonly OptionsChange[]): string[] {
    const problems: string[] = [];
    for (const { xl, given, values } of changes) {
      const before = xl.given;
      xl.given = given;
      try {
        xl.translator.reconfigure?.(xl, values as never);
        xl.log.setOwnLevel(values['log-level'] as string | undefined);
      } catch (error) {
        xl.given = before;
        problems.push(...reasons(xl, error));
      }
    }
    return problems;
  }

  /**
   * Makes this the graph of another description while requests go on; `exchange.ts` has the rules.
   * @param patienceMs how long it may take to come up
   * @throws {GraphError} when that cannot be, another is under way, or the graph is stopped:
   *   everything is as it was then
   */
  exchange(specs: readonly VolumeSpec[], patienceMs: number): Promise<Exchange> {
    return this.replaceBy(specs, patienceMs, null);
  }

  /**
   * Makes a volume anew, with those above it, as an exchange does: for one that is to run other code. It
   * waits for an exchange that is under way. False for an instance that has been replaced already.
   * @throws {GraphError} as `exchange`
   */
  async renew(xl: Xlator, patienceMs: number): Promise<boolean> {
    while (this.candidate !== null) await this.candidate.settled;
    if (!this.xlators.includes(xl)) return false;
    const specs = this.xlators.map(({ name, translator, given, childNames, where }) => {
      return { name, translator, options: given, subvolumes: childNames, where };
    });
    await this.replaceBy(specs, patienceMs, xl);
    return true;
  }

  private async replaceBy(
    specs: readonly VolumeSpec[],
    patienceMs: number,
    anew: Xlator | null,
  ): Promise<Exchange> {
    if (this.stopped) throw new GraphError(['the graph has ended']);
    if (this.candidate !== null) throw new GraphError(['another exchange is under way']);
    this.graphId += 1;
    const next = new CandidateGraph(this, specs, (spec, id) => this.make(spec, id), anew);
    this.candidate = next;
    try {
      await next.comeUp(patienceMs, () => this.switchTo(next));
    } finally {
      this.candidate = null;
    }
    this.publish('UPCALL', { what: 'every-entry' });
    this.publish('SOME_DESCENDENT_UP', this.top);
    return next.exchanged;
  }

  private switchTo(next: CandidateGraph): void {
    const former = new RetiredGraph(this, next);
    this.retired.push(former);
    this.top.master = null;
    next.top.master = this.publish;
    this.xlators = next.xlators;
    this.top = next.top;
    this.links = next.links;
    this.inodes.links = next.links;
    this.route();
    void former.retireWhenIdle(() => this.publish('SOME_DESCENDENT_UP', this.top));
  }

  /** Takes the graph down: PARENT_DOWN, then every inode forgotten, then `fini` from the leaves. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.candidate?.abandon();
    const all = [...this.xlators, ...this.retired.flatMap((former) => former.stop())];
    for (const xl of all) for (const call of xl.calls.list()) call.interrupt();
    for (const xl of all) if (xl.above.length === 0) xl.notify('PARENT_DOWN', xl);
    this.inodes.clear();
    await finiAll(all);
  }

  /** Gives an instance its ways down. For `start` and exchanges. */
  connectChildren(xl: Xlator): void {
    xl.children = xl.below.map((child) => this.linksTo(child));
    xl.route = () => this.route();
  }

  linksTo(xl: Xlator): Links {
    return new Links((name) => this.target(xl, name));
  }

  /**
   * Lets `observer` see what it watches, besides those that are there already; null lets nobody see
   * any more. Of requests on their way it sees what is wound from now on. The result ends it.
   */
  observe(observer: Observer | null): () => void {
    if (observer === null) this.observers.clear();
    else this.observers.add(observer);
    this.updateObservers();
    return () => {
      if (observer !== null && this.observers.delete(observer)) this.updateObservers();
    };
  }

  private updateObservers(): void {
    for (const xl of new Set([...this.instances, ...this.xlators])) {
      if (xl === undefined) continue;
      this.attachObservers(xl);
      if (xl.initialised) xl.translator.observed?.(xl);
    }
    if (this.links !== undefined) this.route();
  }

  /**
   * Lets `interceptor` stand before the fops that it watches, instead of the one before; null for
   * nobody. What is on its way by then is not its own.
   */
  intercept(interceptor: Interceptor | null): void {
    this.interceptor = interceptor;
    if (this.links !== undefined) this.route();
  }

  /** Leads winds to the fops that are defined now. Requests on their way keep theirs. */
  route(): void {
    const roads: [Child, Xlator][] = [[this.links, this.top]];
    for (const { links, top } of this.retired) roads.push([links, top]);
    for (const xl of new Set([...this.instances, ...this.xlators])) {
      xl?.below.forEach((child, at) => {
        if (xl.children[at] !== undefined) roads.push([xl.children[at], child]);
      });
    }
    for (const [links, to] of roads) links.route((name) => this.target(to, name));
  }

  /**
   * The nearest instance that defines the fop, from `xl` down past those that pass it through, unless
   * somebody watches one of these.
   */
  private target<N extends FopName>(xl: Xlator, name: N): Target<N> {
    let at = xl;
    for (;;) {
      const own = this.ownTarget(at, name);
      const watching = [...this.observers].filter((by) => by.watches(at, name, own !== null));
      const { interceptor } = this;
      const holds = interceptor?.watches(at, name, own !== null) === true;
      if (watching.length > 0 || holds) {
        const fop = own?.fop ?? (tap[name](() => 0) as Fop<N, unknown>);
        const led = holds ? interceptor.lead(name, fop) : fop;
        const seen = watching.reduce((inner, by) => observed[name](by, inner), led);
        return { xl: at, fop: seen, isObserved: true };
      }
      if (own !== null) return own;
      at = at.below[0]!;
    }
  }

  /** Where a fop arrives that has come as far as `xl`; null when it passes. */
  private ownTarget<N extends FopName>(xl: Xlator, name: N): Target<N> | null {
    const fop = xl.fops[name] as Fop<N, unknown> | undefined;
    if (fop !== undefined) return this.retired.length === 0 ? { xl, fop } : openOnce(xl, name, fop);
    return xl.passesThrough ? null : { xl, fop: refusal(name, EOPNOTSUPP) };
  }

  private make(spec: VolumeSpec, id = this.newId()): Xlator {
    const { context, levels, graphId } = this;
    const log = new Log(context.sink, levels, spec.name, graphId);
    const xl = new Xlator(id, spec.name, spec.translator, spec.options, log, context);
    xl.where = spec.where;
    xl.inodes = this.inodes;
    xl.graph = this;
    this.attachObservers(xl);
    return xl;
  }

  /** Lets observers see what is not in the links. */
  private attachObservers(xl: Xlator): void {
    const observer = combineObservers([...this.observers]);
    xl.observer = observer;
    xl.log.listener = observer === null ? null : (line) => observer.logged(xl, line, xl.frame);
  }
}
