/**
 * Runs the worker of an isolated volume: a small graph in which features/glupy hosts the module.
 * Handles the main thread's messages other than requests (events, options, orders, a debugger's
 * commands), and sends it log lines, timers and invalidations.
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
import type { MessageReader } from '../message-bytes.ts';
import {
  type ModuleSummary,
  NO_OBJECT,
  type OrderVerb,
  QUERY,
  START_ORDER,
  TO_MAIN,
  TO_WORKER,
  type WorkerData,
} from '../message-kinds.ts';
import { MainThreadLink, type WorkerEventLoop } from './main-thread-link.ts';
import { type InodeMirror, type MainThreadTable, MirrorTable } from './mirrors.ts';
import { makeChildStandIn, RequestExchange } from './request-exchange.ts';

/** Milliseconds between two raises of the heartbeat, which shows that the starting worker runs. */
const HEARTBEAT_INTERVAL_MS = 100;

/** The volume in its worker, with the module and the link to the main thread. */
export class IsolatedVolume {
  private readonly data: WorkerData;
  private readonly machine: Machine;
  private readonly translator: Translator<GlupyState>;
  private readonly link: MainThreadLink;
  private readonly levels: LogLevels;
  private readonly context: ModuleContext;
  private readonly timers = new Map<number, () => void>();
  private lastTimerNumber = 0;
  private graph!: Graph;
  private exchange!: RequestExchange;
  private mirrors!: MirrorTable;
  /** True while an event from the main thread passes through the graph: it is not sent back. */
  private isPassingEvent = false;

  constructor(
    data: WorkerData,
    machine: Machine,
    translator: Translator<GlupyState>,
    loop: WorkerEventLoop,
  ) {
    this.data = data;
    this.machine = machine;
    this.translator = translator;
    this.initialBreakpoints = data.initialBreakpoints;
    this.link = new MainThreadLink(data, loop, (kind, message) =>
      this.handleMessage(kind, message),
    );
    this.levels = { default: NO_LOG, volumes: new Map() };
    this.context = this.makeContext();
    this.applyLogLevel();
  }

  /** Starts the module, and reports success or the error to the main thread. */
  async start(): Promise<void> {
    const { data, link } = this;
    const heartbeatTimer = setInterval(() => link.channel.raiseHeartbeat(), HEARTBEAT_INTERVAL_MS);
    await this.runAndReport(START_ORDER, async () => {
      this.graph = this.makeGraph();
      if (data.checksOnly) {
        await this.checkModule();
        return null;
      }
      await this.graph.begin((event, about) => this.sendEvent(event, about));
      this.exchange = new RequestExchange(link, this.graph, this.moduleVolume.log);
      const { moduleVolume } = this;
      moduleVolume.route = () => {
        this.graph.route();
        link.begin(TO_MAIN.FOPS).writeText(JSON.stringify(this.summarizeModule()));
        link.send(false);
      };
      return this.summarizeModule();
    });
    clearInterval(heartbeatTimer);
    link.serve();
  }

  /** Handles the messages that have arrived. */
  takeMessages(): void {
    this.link.serve();
  }

  private get moduleVolume(): Xlator<GlupyState> {
    return this.graph.top as Xlator<GlupyState>;
  }

  // -- the graph -----------------------------------------------------------------------------------

  /** Makes the graph of the module's volume, with stand-ins for its children. */
  private makeGraph(): Graph {
    const { data, context, levels } = this;
    const makeTable = (xlators: ConstructorParameters<typeof MirrorTable>[0]): MirrorTable => {
      this.mirrors = new MirrorTable(xlators, Number.POSITIVE_INFINITY);
      this.mirrors.mainThread = this.makeMainThreadTable();
      return this.mirrors;
    };
    return new Graph(this.makeVolumeSpecs(data.options), context, levels, data.graphId, makeTable);
  }

  private makeVolumeSpecs(options: readonly VolfileOption[]): VolumeSpec[] {
    const { name, children, position } = this.data;
    const childSpecs = children.map(([child, type], index) => ({
      name: child,
      translator: makeChildStandIn(type, index, () => this.exchange),
      options: [],
      subvolumes: [],
    }));
    // `observes` turns the data guard off here: the main thread's graph has one.
    const translator = { ...this.translator, observes: true } as unknown as Translator<unknown>;
    return [
      ...childSpecs,
      { name, translator, options, subvolumes: childSpecs.map((child) => child.name), position },
    ];
  }

  /** Checks the module's declaration against the volume. @throws {GraphError} */
  private async checkModule(): Promise<void> {
    const { moduleVolume, translator } = this;
    const options: Options = { ...genericOptions, ...translator.options };
    const { values, problems } = checkOptions(options, moduleVolume.volfileOptions, {
      openOptions: true,
      volumeNames: [],
    });
    const errors = problems.filter(({ severity }) => severity === 'error');
    if (errors.length > 0) throw new GraphError(errors.map(({ message }) => message));
    await translator.check!(moduleVolume, values as never);
  }

  /** Makes the summary of the module for the main thread. */
  private summarizeModule(): ModuleSummary {
    const { fops, passesThrough, priv } = this.moduleVolume;
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
    const { data, link, machine } = this;
    const { channel } = link;
    // The main thread's clock began earlier by this time.
    const clockLeadMs = performance.timeOrigin - data.timeOrigin;
    return {
      sink: {
        now: () => performance.timeOrigin + performance.now(),
        write: (line) => {
          const servedCallNumber = this.exchange === undefined ? 0 : this.exchange.servedCallNumber;
          link.begin(TO_MAIN.LOG).writeU32(servedCallNumber).writeText(line);
          link.send(false);
        },
      },
      now: data.isClockManual ? () => channel.testClockMs : () => performance.now() + clockLeadMs,
      after: (ms, fn) => this.setTimer(ms, fn),
      ...(data.isClockManual ? {} : { soon: (fn: () => void) => link.addTask(fn) }),
      random: (out) => machine.fillRandom(out),
      baseDir: data.baseDir,
      wake: () => link.requestTurn(),
      strict: data.strict,
      warn(text) {
        link.begin(TO_MAIN.WARN).writeText(text);
        link.send(false);
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
      send: (json) => this.sendLineMessage(json),
      // Without a debugger, a module that calls breakpoint() must not wait for ever.
      waitForCommand: () =>
        this.initialBreakpoints === undefined ? CONTINUE_MESSAGE : this.waitForLineCommand(),
    };
  }

  /** Waits in a stop for a debugger's command; the time does not count for pending requests. */
  private waitForLineCommand(): string {
    const command = this.link.waitForLineCommand();
    for (const { pending } of this.moduleVolume.priv.host.interpreters) pending.noteStop();
    return this.recordBreakpoints(command);
  }

  private sendLineMessage(json: string): void {
    const { currentRequest } = this.moduleVolume.priv.host.interpreter;
    const number =
      currentRequest === null ? 0 : this.exchange.findCallNumber(currentRequest.frame.root);
    this.link.begin(TO_MAIN.LINE_MESSAGE).writeText(json).writeU32(number);
    this.link.send();
  }

  /** Records a command's breakpoints for a new interpreter; returns the command. */
  private recordBreakpoints(command: string): string {
    const parsed = JSON.parse(command) as LineCommand;
    if (parsed.do === 'watch')
      this.initialBreakpoints = parsed.lines === null ? undefined : command;
    return command;
  }

  private runLineCommand(command: string): void {
    const { guest } = this.moduleVolume.priv.host.interpreter;
    this.sendLineMessage(guest.runLineCommand!(this.recordBreakpoints(command)));
  }

  /** Sets a timer in the main thread, which wakes this one when it is due. */
  private setTimer(ms: number, fn: () => void): () => void {
    this.lastTimerNumber += 1;
    const timer = this.lastTimerNumber;
    this.timers.set(timer, fn);
    this.link.begin(TO_MAIN.SET_TIMER).writeNumber(timer).writeNumber(ms);
    this.link.send(false);
    return () => {
      if (!this.timers.delete(timer)) return;
      this.link.begin(TO_MAIN.CANCEL_TIMER).writeNumber(timer);
      this.link.send(false);
    };
  }

  private applyLogLevel(): void {
    this.levels.volumes.set(this.data.name, this.link.channel.logLevel as LogLevel);
  }

  // -- messages of the main thread -----------------------------------------------------------------

  private handleMessage(kind: number, from: MessageReader): void {
    this.applyLogLevel();
    this.handlers[kind]!(from);
  }

  private readonly handlers: Readonly<Record<number, (from: MessageReader) => void>> = {
    [TO_WORKER.REQUEST]: (from) => this.exchange.receiveRequest(from),
    [TO_WORKER.REPLY]: (from) => this.exchange.receiveReply(from),
    [TO_WORKER.FORGET]: (from) => this.mirrors.drop(from.readNumber()),
    [TO_WORKER.RELEASE]: (from) => this.exchange.releaseFd(from.readNumber()),
    [TO_WORKER.LINKED]: (from) =>
      void this.mirrors.addMirror(from.readNumber(), from.readGfid(), from.readU8()),
    [TO_WORKER.SAME_INODE]: (from) => this.exchange.bindSameInode(from),
    [TO_WORKER.INTERRUPT]: (from) => this.exchange.interrupt(from.readU32()),
    [TO_WORKER.EVENT]: (from) => this.handleEvent(from),
    [TO_WORKER.TIMER_DUE]: (from) => this.fireTimer(from.readNumber()),
    [TO_WORKER.ORDER]: (from) =>
      void this.runOrder(from.readU32(), from.readText() as OrderVerb, from.readText()),
    [TO_WORKER.CLIENT_GONE]: (from) =>
      this.exchange.handleDisconnect(from.readNumber(), from.readText()),
    [TO_WORKER.LINE_COMMAND]: (from) => this.runLineCommand(from.readText()),
  };

  private fireTimer(timer: number): void {
    const fn = this.timers.get(timer);
    this.timers.delete(timer);
    fn?.();
  }

  /** Passes an event of the main thread's graph to this one. */
  private handleEvent(from: MessageReader): void {
    const event = findEventName(from.readU8())!;
    const child = this.moduleVolume.below[from.readU8()];
    if (child !== undefined && isChange(event)) {
      sayUp(child, event === 'CHILD_UP');
      return;
    }
    this.isPassingEvent = !isChange(event);
    try {
      const { moduleVolume } = this;
      // The message has no details of an upcall: it stands for every entry.
      if (event === 'UPCALL') moduleVolume.notify(event, { kind: 'every-entry' });
      else if (events[event].direction === 'down') moduleVolume.notify(event, moduleVolume);
      else if (child === undefined) moduleVolume.notify(event, moduleVolume);
      else defaultNotify(child, event, child);
    } finally {
      this.isPassingEvent = false;
    }
  }

  /** Sends an event of the module's volume to the main thread. */
  private sendEvent(event: EventName, about: unknown): void {
    if (this.isPassingEvent) return;
    if (event === 'UPCALL') {
      if (isUpcall(about)) this.sendUpcall(about);
      return;
    }
    this.link.begin(TO_MAIN.EVENT).writeU8(events[event].number);
    this.link.send(false);
  }

  private sendUpcall(event: Upcall): void {
    const to = this.link.begin(TO_MAIN.UPCALL).writeText(event.kind);
    const { exchange } = this;
    if (event.kind === 'inode') {
      exchange.writeInode(to, event.inode);
      to.writeU8(event.data ? 1 : 0);
    } else if (event.kind !== 'every-entry') {
      exchange.writeInode(to, event.parent);
      to.writeText(event.name);
      if (event.kind === 'entry') to.writeU8(event.expire ? 1 : 0);
      else exchange.writeInode(to, event.inode);
    }
    this.link.send(false);
  }

  // -- orders --------------------------------------------------------------------------------------

  private runOrder(order: number, verb: OrderVerb, json: string): Promise<void> {
    const argument: unknown = JSON.parse(json);
    return this.runAndReport(order, () => this.orderHandlers[verb](argument as never));
  }

  /** Runs an order and sends its result. While a promise is pending, the event loop runs. */
  private async runAndReport(order: number, action: () => unknown): Promise<void> {
    const { link } = this;
    let result: unknown;
    let hasSucceeded = true;
    try {
      result = action();
      if (result instanceof Promise) {
        link.pendingTaskCount += 1;
        result = await result.finally(() => {
          link.pendingTaskCount -= 1;
        });
      }
    } catch (error) {
      hasSucceeded = false;
      result = error instanceof GraphError ? error.problems : (error as Error).message;
    }
    link
      .begin(TO_MAIN.ORDER_DONE)
      .writeU32(order)
      .writeU8(hasSucceeded ? 1 : 0)
      .writeText(JSON.stringify(result ?? null));
    link.send();
  }

  /** Handlers of orders, by verb; their argument was JSON. */
  private readonly orderHandlers: { readonly [V in OrderVerb]: (argument: never) => unknown } = {
    reload: () => this.translator.reload!(this.moduleVolume),
    reconfigure: (options: readonly VolfileOption[]) => {
      this.graph.reconfigure(this.makeChangedSpecs(options));
    },
    dump: () => ({ ...this.translator.dump!(this.moduleVolume), ...this.exchange.dump() }),
    dump_state: () => this.moduleVolume.priv.host.dumpState(),
    load_state: (state: string) => this.moduleVolume.priv.host.loadState(state),
    evaluate: (source: string) => this.moduleVolume.priv.host.interpreter.evaluate(source),
    fini: () => finiAll(this.graph.xlators),
  };

  /** Makes specs of the graph's volumes, with new options for the module's. */
  private makeChangedSpecs(options: readonly VolfileOption[]): VolumeSpec[] {
    return this.graph.xlators.map((xl) => ({
      name: xl.name,
      translator: xl.translator,
      options: xl === (this.moduleVolume as Xlator) ? options : [],
      subvolumes: xl.childNames,
      position: xl.position,
    }));
  }

  // -- queries of the inode table ------------------------------------------------------------------

  /** Makes the access to the main thread's inode table, by messages. */
  private makeMainThreadTable(): MainThreadTable {
    const { link } = this;
    const readMirror = (from: MessageReader): InodeMirror | undefined =>
      (this.exchange.readInode(from) as InodeMirror | null) ?? undefined;
    const beginWithName = (kind: number, parent: InodeMirror, name: string) => {
      const to = link.begin(kind);
      this.exchange.writeInode(to, parent);
      return to.writeText(name);
    };
    return {
      queryPath: (inode) =>
        link.query(
          (to) => this.exchange.writeInode(to.begin(TO_MAIN.QUERY).writeU8(QUERY.PATH), inode),
          (from) => from.readText(),
        ),
      grep: (parent, name) =>
        link.query((to) => {
          this.exchange.writeInode(to.begin(TO_MAIN.QUERY).writeU8(QUERY.GREP), parent);
          to.writeText(name);
        }, readMirror),
      find: (gfid) =>
        link.query((to) => to.begin(TO_MAIN.QUERY).writeU8(QUERY.FIND).writeGfid(gfid), readMirror),
      sendLink: (inode, parent, name, buf) => {
        const to = link.begin(TO_MAIN.LINK);
        this.exchange.writeInode(to, inode);
        this.exchange.writeInode(to, parent);
        to.writeU8(name === null ? NO_OBJECT : 1);
        if (name !== null) to.writeText(name);
        to.writeGfid(buf.iaGfid).writeU8(buf.iaType);
        link.send(false);
      },
      sendUnlink: (parent, name) => {
        beginWithName(TO_MAIN.UNLINK, parent, name);
        link.send(false);
      },
      sendRename: (from, fromName, newParent, toName) => {
        const to = beginWithName(TO_MAIN.RENAME, from, fromName);
        this.exchange.writeInode(to, newParent);
        to.writeText(toName);
        link.send(false);
      },
    };
  }
}
