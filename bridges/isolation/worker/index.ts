/**
 * Runs the worker of an isolated volume: a graph in which features/glupy hosts the module as in any
 * graph. Handles the main thread's messages other than requests (events, options, orders, a
 * debugger's commands), and sends it log lines, timers and invalidations.
 */
import { GraphError } from '../../../runtime/core/errors.ts';
import { type EventName, events, findEventName } from '../../../runtime/core/events.ts';
import { fopNames } from '../../../runtime/core/gen/fops.gen.ts';
import { Graph } from '../../../runtime/core/graph.ts';
import { finiAll } from '../../../runtime/core/instances.ts';
import { CONTINUE_MESSAGE, type LineCommand } from '../../../runtime/core/line-stops.ts';
import { type LogLevel, type LogLevels, NONE as NO_LOG } from '../../../runtime/core/log.ts';
import {
  checkOptions,
  genericOptions,
  type Options,
  type VolfileOption,
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
import { type GlupyState, listMethods } from '../../host/index.ts';
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
import { makeStandIn, RequestExchange } from './graph.ts';
import { type InodeMirror, type MainThread, MirrorTable } from './mirrors.ts';
import { type EventLoop, WorkerSide } from './side.ts';

/** Milliseconds between two raises of the beat while the worker starts: it shows that it runs. */
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
  private exchange!: RequestExchange;
  private mirrors!: MirrorTable;
  /** True while an event from the main thread passes through the graph: it is not sent back. */
  private isPassingEvent = false;

  constructor(
    data: WorkerData,
    machine: Machine,
    translator: Translator<GlupyState>,
    loop: EventLoop,
  ) {
    this.data = data;
    this.machine = machine;
    this.translator = translator;
    this.initialBreakpoints = data.initialBreakpoints;
    this.side = new WorkerSide(data, loop, (kind, message) => this.handle(kind, message));
    this.levels = { default: NO_LOG, volumes: new Map() };
    this.context = this.makeContext();
    this.followLevel();
  }

  /** Starts the module, and reports success or the error to the main thread. */
  async start(): Promise<void> {
    const { data, side } = this;
    const beat = setInterval(() => side.channel.raiseBeat(), BEAT_MS);
    await this.runAndReport(START, async () => {
      this.graph = this.makeGraph();
      if (data.checksOnly) {
        await this.checkModule();
        return null;
      }
      await this.graph.begin((event, about) => this.sendEvent(event, about));
      this.exchange = new RequestExchange(side, this.graph, this.top.log);
      const { top } = this;
      top.route = () => {
        this.graph.route();
        side.begin(UP.FOPS).text(JSON.stringify(this.summarize()));
        side.send(false);
      };
      return this.summarize();
    });
    clearInterval(beat);
    side.serve();
  }

  takeMessages(): void {
    this.side.serve();
  }

  private get top(): Xlator<GlupyState> {
    return this.graph.top as Xlator<GlupyState>;
  }

  // -- the graph -----------------------------------------------------------------------------------

  private makeGraph(): Graph {
    const { data, context, levels } = this;
    const makeTable = (xlators: ConstructorParameters<typeof MirrorTable>[0]): MirrorTable => {
      this.mirrors = new MirrorTable(xlators, Number.POSITIVE_INFINITY);
      this.mirrors.mainThread = this.mainThread();
      return this.mirrors;
    };
    return new Graph(this.volumeSpecs(data.options), context, levels, data.graphId, makeTable);
  }

  private volumeSpecs(options: readonly VolfileOption[]): VolumeSpec[] {
    const { name, children, position } = this.data;
    const below = children.map(([child, type], at) => ({
      name: child,
      translator: makeStandIn(type, at, () => this.exchange),
      options: [],
      subvolumes: [],
    }));
    // `observes` turns the data guard off here: the main thread's graph has one.
    const translator = { ...this.translator, observes: true } as unknown as Translator<unknown>;
    return [
      ...below,
      { name, translator, options, subvolumes: below.map((child) => child.name), position },
    ];
  }

  /** Checks the module's declaration against the volume. @throws {GraphError} */
  private async checkModule(): Promise<void> {
    const { top, translator } = this;
    const options: Options = { ...genericOptions, ...translator.options };
    const { values, problems } = checkOptions(options, top.volfileOptions, {
      open: true,
      volumes: [],
    });
    const errors = problems.filter(({ severity }) => severity === 'error');
    if (errors.length > 0) throw new GraphError(errors.map(({ message }) => message));
    await translator.check!(top, values as never);
  }

  private summarize(): ModuleSummary {
    const { fops, passesThrough, priv } = this.top;
    const { guest } = priv.host.interpreter;
    return {
      fops: fopNames.filter((name) => fops[name] !== undefined),
      passesThrough,
      observes: !changesData(guest.description),
      language: guest.language,
      path: priv.module.path,
      stopsAtLines: guest.runLineCommand !== undefined,
      methods: listMethods(guest),
    };
  }

  private makeContext(): ModuleContext {
    const { data, side, machine } = this;
    const { channel } = side;
    const clockLead = performance.timeOrigin - data.timeOrigin;
    return {
      sink: {
        now: () => performance.timeOrigin + performance.now(),
        write: (line) => {
          const served = this.exchange === undefined ? 0 : this.exchange.servedCall;
          side.begin(UP.LOG).u32(served).text(line);
          side.send(false);
        },
      },
      now: data.isClockManual ? () => channel.now : () => performance.now() + clockLead,
      after: (ms, fn) => this.setTimer(ms, fn),
      ...(data.isClockManual ? {} : { soon: (fn: () => void) => side.addTask(fn) }),
      random: (out) => machine.random(out),
      baseDir: data.baseDir,
      wake: () => side.requestTurn(),
      strict: data.strict,
      warn(text) {
        side.begin(UP.WARN).text(text);
        side.send(false);
      },
      virtualTime: data.virtualTime,
      lineDebugger: this.lineDebugger,
    };
  }

  // -- a debugger ----------------------------------------------------------------------------------

  /** The attached debugger's first command, for a new interpreter. */
  private initialBreakpoints: string | undefined;
  private readonly lineDebugger: LineDebugger = this.makeLineDebugger();

  private makeLineDebugger(): LineDebugger {
    const volume = this;
    return {
      get initialBreakpoints() {
        return volume.initialBreakpoints;
      },
      send: (json) => this.sendLine(json),
      // Without a debugger, a module that calls breakpoint() must not wait for ever.
      waitForCommand: () =>
        this.initialBreakpoints === undefined ? CONTINUE_MESSAGE : this.waitForLine(),
    };
  }

  private waitForLine(): string {
    const command = this.side.waitForLine();
    for (const { pending } of this.top.priv.host.interpreters) pending.noteStop();
    return this.noteWatch(command);
  }

  private sendLine(json: string): void {
    const { current } = this.top.priv.host.interpreter;
    const number = current === null ? 0 : this.exchange.callNumber(current.frame.root);
    this.side.begin(UP.LINE).text(json).u32(number);
    this.side.send();
  }

  /** Records a command's breakpoints for a new interpreter; returns the command. */
  private noteWatch(command: string): string {
    const parsed = JSON.parse(command) as LineCommand;
    if (parsed.do === 'watch')
      this.initialBreakpoints = parsed.lines === null ? undefined : command;
    return command;
  }

  private runLineCommand(command: string): void {
    const { guest } = this.top.priv.host.interpreter;
    this.sendLine(guest.runLineCommand!(this.noteWatch(command)));
  }

  /** Sets a timer in the main thread, which wakes this one when it is due. */
  private setTimer(ms: number, fn: () => void): () => void {
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
    [DOWN.ASK]: (from) => this.exchange.takeRequest(from),
    [DOWN.REPLY]: (from) => this.exchange.takeReply(from),
    [DOWN.FORGET]: (from) => this.mirrors.drop(from.number()),
    [DOWN.RELEASE]: (from) => this.exchange.release(from.number()),
    [DOWN.LINKED]: (from) => void this.mirrors.addMirror(from.number(), from.gfid(), from.u8()),
    [DOWN.SAME_INODE]: (from) => this.exchange.bindSameInode(from),
    [DOWN.INTERRUPT]: (from) => this.exchange.interrupt(from.u32()),
    [DOWN.EVENT]: (from) => this.handleEvent(from),
    [DOWN.RING]: (from) => this.fireTimer(from.number()),
    [DOWN.ORDER]: (from) => void this.runOrder(from.u32(), from.text() as Verb, from.text()),
    [DOWN.GONE]: (from) => this.exchange.handleDisconnect(from.number(), from.text()),
    [DOWN.LINE]: (from) => this.runLineCommand(from.text()),
  };

  private fireTimer(timer: number): void {
    const fn = this.timers.get(timer);
    this.timers.delete(timer);
    fn?.();
  }

  private handleEvent(from: Reader): void {
    const event = findEventName(from.u8())!;
    const below = this.top.below[from.u8()];
    if (below !== undefined && isChange(event)) {
      sayUp(below, event === 'CHILD_UP');
      return;
    }
    this.isPassingEvent = !isChange(event);
    try {
      const { top } = this;
      if (event === 'UPCALL') top.notify(event, { kind: 'every-entry' });
      else if (events[event].direction === 'down') top.notify(event, top);
      else if (below === undefined) top.notify(event, top);
      else defaultNotify(below, event, below);
    } finally {
      this.isPassingEvent = false;
    }
  }

  private sendEvent(event: EventName, about: unknown): void {
    if (this.isPassingEvent) return;
    if (event === 'UPCALL') {
      if (isUpcall(about)) this.sendUpcall(about);
      return;
    }
    this.side.begin(UP.EVENT).u8(events[event].number);
    this.side.send(false);
  }

  private sendUpcall(event: Upcall): void {
    const to = this.side.begin(UP.UPCALL).text(event.kind);
    const { exchange } = this;
    if (event.kind === 'inode') {
      exchange.writeInode(to, event.inode);
      to.u8(event.data ? 1 : 0);
    } else if (event.kind !== 'every-entry') {
      exchange.writeInode(to, event.parent);
      to.text(event.name);
      if (event.kind === 'entry') to.u8(event.expire ? 1 : 0);
      else exchange.writeInode(to, event.inode);
    }
    this.side.send(false);
  }

  // -- orders --------------------------------------------------------------------------------------

  private runOrder(order: number, verb: Verb, json: string): Promise<void> {
    const about: unknown = JSON.parse(json);
    return this.runAndReport(order, () => this.verbs[verb](about as never));
  }

  /** Runs an order and sends its result. While a promise is pending, the event loop runs. */
  private async runAndReport(order: number, action: () => unknown): Promise<void> {
    const { side } = this;
    let result: unknown;
    let isDone = true;
    try {
      result = action();
      if (result instanceof Promise) {
        side.pendingTasks += 1;
        result = await result.finally(() => {
          side.pendingTasks -= 1;
        });
      }
    } catch (error) {
      isDone = false;
      result = error instanceof GraphError ? error.problems : (error as Error).message;
    }
    side
      .begin(UP.DONE)
      .u32(order)
      .u8(isDone ? 1 : 0)
      .text(JSON.stringify(result ?? null));
    side.send();
  }

  private readonly verbs: { readonly [V in Verb]: (about: never) => unknown } = {
    reload: () => this.translator.reload!(this.top),
    reconfigure: (options: readonly VolfileOption[]) => {
      this.graph.reconfigure(this.changedSpecs(options));
    },
    dump: () => ({ ...this.translator.dump!(this.top), ...this.exchange.dump() }),
    dump_state: () => this.top.priv.host.dumpState(),
    load_state: (state: string) => this.top.priv.host.loadState(state),
    evaluate: (source: string) => this.top.priv.host.interpreter.evaluate(source),
    fini: () => finiAll(this.graph.xlators),
  };

  /** The graph's volumes, with new options for the module's. */
  private changedSpecs(options: readonly VolfileOption[]): VolumeSpec[] {
    return this.graph.xlators.map((xl) => ({
      name: xl.name,
      translator: xl.translator,
      options: xl === (this.top as Xlator) ? options : [],
      subvolumes: xl.childNames,
      position: xl.position,
    }));
  }

  // -- queries of the inode table ------------------------------------------------------------------

  private mainThread(): MainThread {
    const { side } = this;
    const readMirror = (from: Reader): InodeMirror | undefined =>
      (this.exchange.readInode(from) as InodeMirror | null) ?? undefined;
    const beginNamed = (kind: number, parent: InodeMirror, name: string) => {
      const to = side.begin(kind);
      this.exchange.writeInode(to, parent);
      return to.text(name);
    };
    return {
      queryPath: (of) =>
        side.query(
          (to) => this.exchange.writeInode(to.begin(UP.QUERY).u8(QUERY.PATH), of),
          (from) => from.text(),
        ),
      grep: (parent, name) =>
        side.query((to) => {
          this.exchange.writeInode(to.begin(UP.QUERY).u8(QUERY.GREP), parent);
          to.text(name);
        }, readMirror),
      find: (gfid) => side.query((to) => to.begin(UP.QUERY).u8(QUERY.FIND).gfid(gfid), readMirror),
      sendLink: (inode, parent, name, buf) => {
        const to = side.begin(UP.LINK);
        this.exchange.writeInode(to, inode);
        this.exchange.writeInode(to, parent);
        to.u8(name === null ? NONE : 1);
        if (name !== null) to.text(name);
        to.gfid(buf.iaGfid).u8(buf.iaType);
        side.send(false);
      },
      sendUnlink: (parent, name) => {
        beginNamed(UP.UNLINK, parent, name);
        side.send(false);
      },
      sendRename: (from, fromName, into, toName) => {
        const to = beginNamed(UP.RENAME, from, fromName);
        this.exchange.writeInode(to, into);
        to.text(toName);
        side.send(false);
      },
    };
  }
}
