/**
 * Exchanges a graph under its clients: a changed description becomes a running graph, and no request fails.
 * Volumes that are the same are kept; the others are made beside the old ones (`Next`), and requests go to the
 * new top in one moment. Replaced volumes stay until they are idle (`Former`). If a step fails, nothing has
 * changed. docs/how-it-works/mechanisms.md has the steps.
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
import { canChange } from './reconfigure.ts';
import type { Cbk, Fop, Target, VolumeSpec, Xlator } from './xlator.ts';

/** Names of volumes, by what has become of them. */
export interface Exchanged {
  readonly kept: readonly string[];
  readonly begun: readonly string[];
  readonly gone: readonly string[];
}

const AT_ONCE = 32;
const STEP_MS = 50;

/**
 * The volumes of the running graph that a description keeps, by name.
 * @param anew a volume that must start again, even if its description is unchanged
 */
export function keptBy(
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
    if (sameBelow && canChange(xl, spec, volumes)) kept.set(spec.name, xl);
  }
  return kept;
}

/** A graph that is to take the place of another. */
export class Next {
  readonly xlators: readonly Xlator[];
  readonly top: Xlator;
  /** Set as it comes up: to wind to the top. */
  links!: Links;
  /** The instances that it does not share with the other one. */
  readonly begun: readonly Xlator[];
  /** Those of the other one that it does not have. */
  readonly gone: readonly Xlator[];
  /** Of those, the ones that hand over what they keep, by the one that takes it. */
  readonly predecessors = new Map<Xlator, Xlator>();
  private readonly graph: Graph;
  /** When it has come up, or was given up. */
  settled: Promise<void> = Promise.resolve();
  private isAbandoned = false;
  private refuse: (error: GraphError) => void = () => {};
  private readonly abandoned: Promise<never>;

  /** @throws {GraphError} when the description is of no graph, or something would be lost */
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
    // Nobody may be waiting for it.
    this.abandoned.catch(() => {});
    const running = new Map(graph.xlators.map((xl) => [xl.name, xl]));
    const kept = keptBy(graph.xlators, specs, anew);
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

  get exchanged(): Exchanged {
    const begun = new Set(this.begun);
    const names = new Set(namesOf(this.xlators));
    return {
      kept: namesOf(this.xlators.filter((xl) => !begun.has(xl))),
      begun: namesOf(this.begun),
      gone: namesOf(this.gone).filter((name) => !names.has(name)),
    };
  }

  /**
   * @param takeOver makes it the graph; called in the moment in which it can be
   * @throws {GraphError} when it does not come up; nothing of it is left then
   */
  comeUp(patienceMs: number, takeOver: () => void): Promise<void> {
    const coming = this.tryToComeUp(patienceMs, takeOver);
    this.settled = coming.catch(() => {});
    return coming;
  }

  /** The graph ends: this one comes up no more. Resolves when nothing of it is left. */
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
      const objections = [...graph.initiators].flatMap((who) => who.objects(this.xlators) ?? []);
      if (objections.length > 0) throw new GraphError(objections);
      for (const [xl, before] of this.predecessors) xl.translator.succeed?.(xl, before);
      for (const xl of begun) graph.lead(xl);
      for (const xl of begun) for (const child of xl.below) child.above.push(xl);
      this.links = graph.linksTo(top);
      for (const xl of begun) if (xl.above.length === 0) xl.notify('PARENT_UP', xl);
      if (!begun.includes(top)) top.notify('PARENT_UP', top);
      this.tellWhoIsUp();
      await topIsUp(top, patienceMs, this.abandoned);
      await Promise.race([this.lookAround(), this.abandoned]);
      this.refuseLoss();
      this.inherit();
      takeOver();
    } catch (error) {
      await this.giveUp();
      throw error;
    }
  }

  /** @throws {GraphError} when a volume would go that alone has something */
  private refuseLoss(): void {
    const handed = new Set(this.predecessors.values());
    const problems = this.gone.flatMap((xl) => {
      const what = handed.has(xl) ? null : (xl.translator.holds?.(xl) ?? null);
      return what === null ? [] : [`${xl.place}: it would be lost that it holds ${what}`];
    });
    if (problems.length > 0) throw new GraphError(problems);
  }

  /** @throws {GraphError} when a volume cannot go on with what the one before it remembers */
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

  /** What was up before does not say it again. */
  private tellWhoIsUp(): void {
    const begun = new Set(this.begun);
    for (const xl of begun) {
      for (const child of new Set(xl.below)) {
        if (child.up && !begun.has(child)) xl.notify('CHILD_UP', child);
      }
    }
  }

  /** Asks the new volumes for every inode that somebody knows, as if it were found just now. */
  private async lookAround(): Promise<void> {
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
    part(begun);
    // What these have is still the other's.
    for (const xl of predecessors.keys()) xl.initialised = false;
    await end(
      graph,
      begun.filter((xl) => !predecessors.has(xl)),
    );
  }
}

/** In which instances, by id, a file is open that was opened again. */
const openIn = new WeakMap<Fd, Set<number>>();

/** What was replaced. */
export class Former {
  readonly top: Xlator;
  readonly links: Links;
  private readonly graph: Graph;
  /** The volumes that go once it is idle. */
  readonly gone: readonly Xlator[];
  private readonly heirs = new Map<number, Xlator>();
  /** Ids of all its volumes, also of those that were kept. */
  private readonly ids: readonly number[];
  private readonly left = new WeakSet<Fd>();
  private calls: readonly Stack[] = [];
  private stopped = false;

  /** To be made before the graph has another top. */
  constructor(graph: Graph, next: Next) {
    this.graph = graph;
    this.top = graph.top;
    this.links = graph.links;
    this.ids = graph.xlators.map(({ id }) => id);
    this.gone = next.gone;
    for (const xl of next.predecessors.keys()) this.heirs.set(xl.id, xl);
  }

  /**
   * Goes, once everybody has left it, and those before it have gone.
   * @param moved called when open files have moved from it to the volumes that took its place
   */
  async leave(moved: () => void): Promise<void> {
    const { graph } = this;
    for (;;) {
      if (await this.moveFds()) moved();
      const isUsed = this.openFds > 0;
      this.calls = isUsed ? [] : [...callsOf(graph), ...this.ownCalls()];
      await pause(graph.context, STEP_MS);
      await this.whenEnded();
      if (this.stopped) return;
      if (!isUsed && this.openFds === 0 && graph.former[0] === this) break;
    }
    this.top.notify('PARENT_DOWN', this.top);
    part(this.gone);
    // What is still to be done before the end may have been begun just now.
    this.calls = this.ownCalls();
    await this.whenEnded();
    if (this.stopped) return;
    for (const xl of this.gone) if (this.heirs.has(xl.id)) xl.initialised = false;
    await end(
      graph,
      this.gone.filter(({ id }) => !this.heirs.has(id)),
    );
    for (const [id, heir] of this.heirs) graph.instances[id] = heir;
    graph.former.splice(graph.former.indexOf(this), 1);
    graph.route();
    graph.top.log.info(
      `idle, and gone: ${namesOf(this.gone).join(', ') || 'the way past new volumes'}`,
      { msgid: messages.replacedGone.id },
    );
  }

  /** It goes with the whole graph: the instances that are to be ended. */
  stop(): readonly Xlator[] {
    this.stopped = true;
    for (const xl of this.gone) if (this.heirs.has(xl.id)) xl.initialised = false;
    return this.gone;
  }

  /** How many files are open by it. */
  get openFds(): number {
    const open = clientsOf(this.graph).flatMap(({ fds }) => [...fds]);
    return open.filter((fd) => fd.links === this.links).length;
  }

  private ownCalls(): Stack[] {
    return this.gone.flatMap(({ calls }) => calls.list());
  }

  /** When what it waits for has ended, or the graph has. */
  private async whenEnded(): Promise<void> {
    while (!this.stopped && this.pendingCalls > 0) await pause(this.graph.context, STEP_MS);
  }

  /** How many requests it waits for: clients' that may be in it, and its own. */
  get pendingCalls(): number {
    return this.calls.filter(({ pool }) => pool !== null).length;
  }

  /** Moves all open files; false when there were none. */
  private async moveFds(): Promise<boolean> {
    let count = 0;
    for (const client of clientsOf(this.graph)) {
      const fds = [...client.fds].filter((fd) => fd.links === this.links && !this.left.has(fd));
      count += fds.length;
      await inBatches(fds, this.graph.context, (fd) => this.move(client, fd));
    }
    return count > 0;
  }

  private async move(client: Client, fd: Fd): Promise<void> {
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
      this.left.add(fd);
      const text = `${fd.inode.path} stays as it was opened, until it is closed`;
      graph.top.log.warning(`${text}: the changed volumes did not open it`, {
        errno,
        msgid: messages.keepsOldFile.id,
      });
    } else if (links === graph.links) fd.links = links;
  }
}

/** The way to a fop, which an open that is done again takes only where it is not open already. */
export function onceOnly<N extends FopName>(xl: Xlator, name: N, fop: Fop<N, unknown>): Target<N> {
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

/** A request of the exchange's own, in a client's name. The result is the errno, 0 for success. */
function ask(client: Client, op: string, send: (frame: ReturnType<Client['begin']>) => void) {
  return new Promise<number>((resolve) => {
    const frame = client.begin(new Stack(0, 0, 0, op));
    frame.local = resolve;
    send(frame);
  });
}

const asked: Cbk<'open', unknown> = (frame, _cookie, _xl, opRet, opErrno) => {
  frame.root.client?.end(frame.root);
  (frame.local as (errno: number) => void)(opRet < 0 ? opErrno : 0);
};

function lookup(client: Client, links: Links, inode: Inode): Promise<number> {
  const cbk = asked as unknown as Cbk<'lookup', unknown>;
  return ask(client, 'LOOKUP', (frame) => wind.lookup(frame, 0, cbk, links, locOf(inode), null));
}

function openAgain(client: Client, links: Links, fd: Fd): Promise<number> {
  const loc = locOf(fd.inode);
  return ask(client, fd.isDir ? 'OPENDIR' : 'OPEN', (frame) => {
    if (!fd.isDir) wind.open(frame, 0, asked, links, loc, fd.flags, fd, null);
    else wind.opendir(frame, 0, asked as unknown as Cbk<'opendir', unknown>, links, loc, fd, null);
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

function part(xlators: readonly Xlator[]): void {
  const leaving = new Set(xlators);
  for (const xl of xlators) {
    for (const child of xl.below) child.above = child.above.filter((each) => !leaving.has(each));
  }
}

/** Ends instances, and takes back whatever they keep with something that stays. */
async function end(graph: Graph, xlators: readonly Xlator[]): Promise<void> {
  for (const xl of xlators) takeBack(graph, xl);
  await finiAll(xlators);
  for (const { id } of xlators) graph.instances[id] = undefined;
}

function takeBack(graph: Graph, xl: Xlator): void {
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

/** Does something to all, some at once. Others have their turns between. */
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
