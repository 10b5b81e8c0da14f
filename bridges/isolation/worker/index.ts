/**
 * The worker of an isolated volume: a graph in which features/glupy hosts the module as in any
 * graph, and the handlers of all that crosses besides requests: events, options, orders, the log.
 */
import { GraphError } from '../../../runtime/core/errors.ts';
import { type EventName, eventName, events } from '../../../runtime/core/events.ts';
import { fopNames } from '../../../runtime/core/gen/fops.gen.ts';
import { Graph } from '../../../runtime/core/graph.ts';
import { finiAll } from '../../../runtime/core/instances.ts';
import { CONTINUE, type LineCommand } from '../../../runtime/core/line-stops.ts';
import { type LogLevel, type LogLevels, NONE as NO_LOG } from '../../../runtime/core/log.ts';
import {
  checkOptions,
  type GivenOption,
  genericOptions,
  type Options,
} from '../../../runtime/core/options.ts';
import { isUpcall, type Upcall } from '../../../runtime/core/upcall.ts';
import {
  defaultNotify,
  isChange,
  sayUp,
  type Translator,
  type VolumeSpec,
  type Xlator,
} from '../../../runtime/core/xlator.ts';
import { changesData } from '../../host/guest.ts';
import { type GlupyState, scriptMethods } from '../../host/index.ts';
import type { LineDebugger, ModuleContext } from '../../host/language.ts';
import type { Machine } from '../../host/machine.ts';
import type { Reader } from '../bytes.ts';
import {
  DOWN,
  type ModuleSummary,
  NONE,
  QUERY,
  START,
  UP,
  type Verb,
  type WorkerData,
} from '../message-kinds.ts';
import { FarEnd, standInFor } from './graph.ts';
import { type InodeMirror, type MainThread, MirrorTable } from './mirrors.ts';
import { type EventLoop, WorkerSide } from './side.ts';

/** Milliseconds between the signs of life of a starting worker. */
const BEAT_MS = 100;

export class IsolatedVolume {
  private readonly data: WorkerData;
  private readonly machine: Machine;
  private readonly translator: Translator<GlupyState>;
  private readonly side: WorkerSide;
  private readonly levels: LogLevels;
  private readonly context: ModuleContext;
  private readonly timers = new Map<number, () => void>();
  private lastTimer = 0;
  private graph!: Graph;
  private end!: FarEnd;
  private mirrors!: MirrorTable;
  /** True while an event from the main thread is passed on, which it need not get back. */
  private passing = false;

  constructor(
    data: WorkerData,
    machine: Machine,
    translator: Translator<GlupyState>,
    loop: EventLoop,
  ) {
    this.data = data;
    this.machine = machine;
    this.translator = translator;
    this.watched = data.watched;
    this.side = new WorkerSide(data, loop, (kind, message) => this.handle(kind, message));
    this.levels = { default: NO_LOG, volumes: new Map() };
    this.context = this.makeContext();
    this.followLevel();
  }

  /** Starts the module, and reports success or the error to the main thread. */
  async start(): Promise<void> {
    const { data, side } = this;
    const beat = setInterval(() => side.channel.raiseBeat(), BEAT_MS);
    await this.carryOut(START, async () => {
      this.graph = this.makeGraph();
      if (data.checks) {
        await this.check();
        return null;
      }
      await this.graph.begin((event, about) => this.up(event, about));
      this.end = new FarEnd(side, this.graph, this.top.log);
      const { top } = this;
      top.route = () => {
        this.graph.route();
        side.begin(UP.FOPS).text(JSON.stringify(this.started()));
        side.send(false);
      };
      return this.started();
    });
    clearInterval(beat);
    side.run();
  }

  called(): void {
    this.side.run();
  }

  private get top(): Xlator<GlupyState> {
    return this.graph.top as Xlator<GlupyState>;
  }

  // -- the graph -----------------------------------------------------------------------------------

  private makeGraph(): Graph {
    const { data, context, levels } = this;
    const inodesOf = (xlators: ConstructorParameters<typeof MirrorTable>[0]): MirrorTable => {
      this.mirrors = new MirrorTable(xlators, Number.POSITIVE_INFINITY);
      this.mirrors.main = this.main();
      return this.mirrors;
    };
    return new Graph(this.specs(data.options), context, levels, data.graphId, inodesOf);
  }

  private specs(options: readonly GivenOption[]): VolumeSpec[] {
    const { name, children, where } = this.data;
    const below = children.map(([child, type], at) => ({
      name: child,
      translator: standInFor(type, at, () => this.end),
      options: [],
      subvolumes: [],
    }));
    // The main thread refuses fops that bypass a data-changing module; no guard is needed here.
    const translator = { ...this.translator, observes: true } as unknown as Translator<unknown>;
    return [
      ...below,
      { name, translator, options, subvolumes: below.map((child) => child.name), where },
    ];
  }

  /** Checks the module's declaration against the volume. @throws {GraphError} */
  private async check(): Promise<void> {
    const { top, translator } = this;
    const options: Options = { ...genericOptions, ...translator.options };
    const { values, problems } = checkOptions(options, top.given, { open: true, volumes: [] });
    const wrong = problems.filter(({ severity }) => severity === 'error');
    if (wrong.length > 0) throw new GraphError(wrong.map(({ message }) => message));
    await translator.check!(top, values as never);
  }

  private started(): ModuleSummary {
    const { fops, passesThrough, priv } = this.top;
    const { guest } = priv.host.interpreter;
    return {
      fops: fopNames.filter((name) => fops[name] !== undefined),
      passesThrough,
      observes: !changesData(guest.description),
      language: guest.language,
      path: priv.module.path,
      stopsAtLines: guest.runLineCommand !== undefined,
      methods: scriptMethods(guest),
    };
  }

  private makeContext(): ModuleContext {
    const { data, side, machine } = this;
    const { channel } = side;
    const ahead = performance.timeOrigin - data.timeOrigin;
    return {
      sink: {
        now: () => performance.timeOrigin + performance.now(),
        write: (line) => {
          const served = this.end === undefined ? 0 : this.end.served;
          side.begin(UP.LOG).u32(served).text(line);
          side.send(false);
        },
      },
      now: data.clockStands ? () => channel.now : () => performance.now() + ahead,
      after: (ms, fn) => this.after(ms, fn),
      ...(data.clockStands ? {} : { soon: (fn: () => void) => side.afterAll(fn) }),
      random: (out) => machine.random(out),
      baseDir: data.baseDir,
      wake: () => side.turn(),
      strict: data.strict,
      warn(text) {
        side.begin(UP.WARN).text(text);
        side.send(false);
      },
      virtualTime: data.virtualTime,
      lineDebugger: this.lines,
    };
  }

  // -- a debugger ----------------------------------------------------------------------------------

  /** The attached debugger's first command, for a new interpreter. */
  private watched: string | undefined;
  private readonly lines: LineDebugger = this.makeLines();

  private makeLines(): LineDebugger {
    const volume = this;
    return {
      get initialBreakpoints() {
        return volume.watched;
      },
      send: (json) => this.sendLine(json),
      // Without a debugger, a module that calls breakpoint() must not wait for ever.
      waitForCommand: () => (this.watched === undefined ? CONTINUE : this.waitForLine()),
    };
  }

  private waitForLine(): string {
    const command = this.side.waitForLine();
    for (const { pending } of this.top.priv.host.interpreters) pending.noteStop();
    return this.noted(command);
  }

  private sendLine(json: string): void {
    const { current } = this.top.priv.host.interpreter;
    const number = current === null ? 0 : this.end.numberOf(current.frame.root);
    this.side.begin(UP.LINE).text(json).u32(number);
    this.side.send();
  }

  private noted(command: string): string {
    const wanted = JSON.parse(command) as LineCommand;
    if (wanted.do === 'watch') this.watched = wanted.lines === null ? undefined : command;
    return command;
  }

  private line(command: string): void {
    const { guest } = this.top.priv.host.interpreter;
    this.sendLine(guest.runLineCommand!(this.noted(command)));
  }

  /** Sets a timer in the main thread, which wakes this one when it is due. */
  private after(ms: number, fn: () => void): () => void {
    this.lastTimer += 1;
    const timer = this.lastTimer;
    this.timers.set(timer, fn);
    this.side.begin(UP.TIMER).number(timer).number(ms);
    this.side.send(false);
    return () => {
      if (!this.timers.delete(timer)) return;
      this.side.begin(UP.CANCEL).number(timer);
      this.side.send(false);
    };
  }

  private followLevel(): void {
    this.levels.volumes.set(this.data.name, this.side.channel.level as LogLevel);
  }

  // -- messages of the main thread -----------------------------------------------------------------

  private handle(kind: number, from: Reader): void {
    this.followLevel();
    this.handlers[kind]!(from);
  }

  private readonly handlers: Readonly<Record<number, (from: Reader) => void>> = {
    [DOWN.ASK]: (from) => this.end.ask(from),
    [DOWN.REPLY]: (from) => this.end.reply(from),
    [DOWN.FORGET]: (from) => this.mirrors.drop(from.number()),
    [DOWN.RELEASE]: (from) => this.end.release(from.number()),
    [DOWN.LINKED]: (from) => void this.mirrors.meet(from.number(), from.gfid(), from.u8()),
    [DOWN.SAME_INODE]: (from) => this.end.same(from),
    [DOWN.INTERRUPT]: (from) => this.end.interrupt(from.u32()),
    [DOWN.EVENT]: (from) => this.handleEvent(from),
    [DOWN.RING]: (from) => this.ring(from.number()),
    [DOWN.ORDER]: (from) => void this.order(from.u32(), from.text() as Verb, from.text()),
    [DOWN.GONE]: (from) => this.end.gone(from.number(), from.text()),
    [DOWN.LINE]: (from) => this.line(from.text()),
  };

  private ring(timer: number): void {
    const fn = this.timers.get(timer);
    this.timers.delete(timer);
    fn?.();
  }

  private handleEvent(from: Reader): void {
    const event = eventName(from.u8())!;
    const below = this.top.below[from.u8()];
    if (below !== undefined && isChange(event)) {
      sayUp(below, event === 'CHILD_UP');
      return;
    }
    this.passing = !isChange(event);
    try {
      const { top } = this;
      if (event === 'UPCALL') top.notify(event, { what: 'every-entry' });
      else if (events[event].direction === 'down') top.notify(event, top);
      else if (below === undefined) top.notify(event, top);
      else defaultNotify(below, event, below);
    } finally {
      this.passing = false;
    }
  }

  private up(event: EventName, about: unknown): void {
    if (this.passing) return;
    if (event === 'UPCALL') {
      if (isUpcall(about)) this.upcall(about);
      return;
    }
    this.side.begin(UP.EVENT).u8(events[event].number);
    this.side.send(false);
  }

  private upcall(what: Upcall): void {
    const to = this.side.begin(UP.UPCALL).text(what.what);
    const { end } = this;
    if (what.what === 'inode') {
      end.writeInode(to, what.inode);
      to.u8(what.data ? 1 : 0);
    } else if (what.what !== 'every-entry') {
      end.writeInode(to, what.parent);
      to.text(what.name);
      if (what.what === 'entry') to.u8(what.expire ? 1 : 0);
      else end.writeInode(to, what.inode);
    }
    this.side.send(false);
  }

  // -- orders --------------------------------------------------------------------------------------

  private order(order: number, verb: Verb, json: string): Promise<void> {
    const about: unknown = JSON.parse(json);
    return this.carryOut(order, () => this.verbs[verb](about as never));
  }

  /** Runs an order and reports its result; waits for promises in the event loop. */
  private async carryOut(order: number, what: () => unknown): Promise<void> {
    const { side } = this;
    let told: unknown;
    let isDone = true;
    try {
      told = what();
      if (told instanceof Promise) {
        side.pending += 1;
        told = await told.finally(() => {
          side.pending -= 1;
        });
      }
    } catch (error) {
      isDone = false;
      told = error instanceof GraphError ? error.problems : (error as Error).message;
    }
    side
      .begin(UP.DONE)
      .u32(order)
      .u8(isDone ? 1 : 0)
      .text(JSON.stringify(told ?? null));
    side.send();
  }

  private readonly verbs: { readonly [V in Verb]: (about: never) => unknown } = {
    reload: () => this.translator.reload!(this.top),
    reconfigure: (options: readonly GivenOption[]) => {
      this.graph.reconfigure(this.specsWith(options));
    },
    dump: () => ({ ...this.translator.dump!(this.top), ...this.end.dump() }),
    dump_state: () => this.top.priv.host.dumpState(),
    load_state: (state: string) => this.top.priv.host.loadState(state),
    evaluate: (source: string) => this.top.priv.host.interpreter.evaluate(source),
    fini: () => finiAll(this.graph.xlators),
  };

  /** The graph's volumes, with new options for the module's. */
  private specsWith(options: readonly GivenOption[]): VolumeSpec[] {
    return this.graph.xlators.map((xl) => ({
      name: xl.name,
      translator: xl.translator,
      options: xl === (this.top as Xlator) ? options : [],
      subvolumes: xl.childNames,
      where: xl.where,
    }));
  }

  // -- queries of the inode table---------------------------------------------------------------------

  private main(): MainThread {
    const { side } = this;
    const found = (from: Reader): InodeMirror | undefined =>
      (this.end.readInode(from) as InodeMirror | null) ?? undefined;
    const named = (kind: number, parent: InodeMirror, name: string) => {
      const to = side.begin(kind);
      this.end.writeInode(to, parent);
      return to.text(name);
    };
    return {
      path: (of) =>
        side.query(
          (to) => this.end.writeInode(to.begin(UP.QUERY).u8(QUERY.PATH), of),
          (from) => from.text(),
        ),
      grep: (parent, name) =>
        side.query((to) => {
          this.end.writeInode(to.begin(UP.QUERY).u8(QUERY.GREP), parent);
          to.text(name);
        }, found),
      find: (gfid) => side.query((to) => to.begin(UP.QUERY).u8(QUERY.FIND).gfid(gfid), found),
      linked: (inode, parent, name, buf) => {
        const to = side.begin(UP.LINK);
        this.end.writeInode(to, inode);
        this.end.writeInode(to, parent);
        to.u8(name === null ? NONE : 1);
        if (name !== null) to.text(name);
        to.gfid(buf.iaGfid).u8(buf.iaType);
        side.send(false);
      },
      unlinked: (parent, name) => {
        named(UP.UNLINK, parent, name);
        side.send(false);
      },
      renamed: (from, fromName, into, toName) => {
        const to = named(UP.RENAME, from, fromName);
        this.end.writeInode(to, into);
        to.text(toName);
        side.send(false);
      },
    };
  }
}
