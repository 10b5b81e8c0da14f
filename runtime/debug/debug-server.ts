/** Carries out a front end's debugger commands in the process that serves the graph (`protocol.ts`). */
import type { Graph } from '../core/graph.ts';
import { FilterError } from '../observe/filter.ts';
import type { Breakpoint } from './breakpoints.ts';
import { DebugError } from './debug-error.ts';
import { DebuggedModules } from './debugged-modules.ts';
import { Debugger, type Stop } from './debugger.ts';
import { findReplyReceiver, listArgumentPaths, resumeWays } from './hops.ts';
import type {
  BreakpointView,
  CommandName,
  Commands,
  DebugMessage,
  Request,
  StopView,
} from './protocol.ts';
import { setReplyPart } from './set-reply.ts';
import { listFrames, listScopes, showArgument, showReply } from './shown-values.ts';

type Handlers = {
  readonly [N in CommandName]: (
    args: Commands[N]['args'],
  ) => Commands[N]['result'] | Promise<Commands[N]['result']>;
};

export class DebugServer {
  /** Resolves at the command `run`, upon which the caller mounts the graph. */
  readonly whenRunRequested: Promise<void>;
  private readonly requestDebugger: Debugger;
  private readonly modules: DebuggedModules;
  private readonly send: (message: DebugMessage) => void;
  private readonly handlers: Handlers;
  /** Events that a command causes, held until its reply is sent; null between commands. */
  private queuedMessages: DebugMessage[] | null = null;
  private resolveClose: (() => void) | null = null;

  /** @param send sends a message to the front end */
  constructor(graph: Graph, send: (message: DebugMessage) => void) {
    this.send = send;
    this.requestDebugger = new Debugger(graph, {
      onStop: (stop) => this.emit({ event: 'stopped', stop: makeStopView(stop) }),
      onRequestEnd: ({ unique }) => {
        this.emit({ event: 'ended', request: unique });
        this.resolveIfComplete();
      },
    });
    this.modules = new DebuggedModules(graph, (event) => this.emit(event));
    let run = (): void => {};
    this.whenRunRequested = new Promise((resolve) => {
      run = resolve;
    });
    this.handlers = makeHandlers(graph, this.requestDebugger, this.modules, run);
  }

  /** Handles a command of the front end. */
  receive({ seq, command, args }: Request): void {
    const queue: DebugMessage[] = [];
    this.queuedMessages = queue;
    try {
      const handle = this.handlers[command] as (args: unknown) => unknown;
      const result = handle(args);
      if (result instanceof Promise) void this.replyWhenSettled(seq, result);
      else this.send({ seq, result });
    } catch (error) {
      this.replyWithError(seq, error);
    } finally {
      this.queuedMessages = null;
      for (const message of queue) this.send(message);
    }
  }

  private async replyWhenSettled(seq: number, result: Promise<unknown>): Promise<void> {
    try {
      this.send({ seq, result: await result });
    } catch (error) {
      this.replyWithError(seq, error);
    }
  }

  private replyWithError(seq: number, error: unknown): void {
    if (!(error instanceof DebugError || error instanceof FilterError)) throw error;
    this.send({ seq, error: error.message });
  }

  /** Resumes all requests, because the front end has ended; resolves when they are complete. */
  close(): Promise<void> {
    this.modules.endDebugging();
    this.requestDebugger.detach();
    return new Promise((resolve) => {
      this.resolveClose = resolve;
      this.resolveIfComplete();
    });
  }

  /** Resolves `close` once no stopped request is unfinished. */
  private resolveIfComplete(): void {
    if (this.requestDebugger.unfinishedStoppedRequests.size === 0) this.resolveClose?.();
  }

  /** Sends an event, after the reply of the command that has caused it. */
  private emit(message: DebugMessage): void {
    if (this.queuedMessages === null) this.send(message);
    else this.queuedMessages.push(message);
  }
}

/** Makes the function of each command. @param run resolves `DebugServer.whenRunRequested` */
function makeHandlers(
  graph: Graph,
  requestDebugger: Debugger,
  modules: DebuggedModules,
  run: () => void,
): Handlers {
  return {
    volumes: () =>
      graph.xlators.map(({ name, type, childNames }) => ({ name, type, children: childNames })),
    break: ({ text }) => makeBreakpointView(requestDebugger.addBreakpoint(text)),
    delete({ id }) {
      requestDebugger.removeBreakpoint(id);
      return null;
    },
    breakpoints: () => [...requestDebugger.breakpoints.values()].map(makeBreakpointView),
    run() {
      run();
      return null;
    },
    stops: () => [...requestDebugger.stops.values()].map(makeStopView),
    frames: ({ stop }) => listFrames(requestDebugger.findStop(stop)),
    scopes: ({ stop, level }) => listScopes(requestDebugger.findStop(stop), level),
    set({ stop, path, value }) {
      const stopped = requestDebugger.findStop(stop);
      setReplyPart(stopped, path, value.trim());
      return showReply(stopped);
    },
    resume({ stop, way }) {
      if (!resumeWays.includes(way))
        throw new DebugError(`a request goes on by ${resumeWays.join(', ')}`);
      requestDebugger.resume(stop, way);
      return null;
    },
    scripts: () => modules.list(),
    line: ({ volume, command }) => modules.sendCommand(volume, command),
    detach() {
      modules.endDebugging();
      requestDebugger.detach();
      return null;
    },
  };
}

const makeBreakpointView = ({ id, text, hits }: Breakpoint): BreakpointView => ({ id, text, hits });

/** Makes the description of a stop for the front end. */
function makeStopView(stop: Stop): StopView {
  const { id, kind, hop, breakpoint } = stop;
  const { row, args, xl, request } = hop;
  const parentName = findReplyReceiver(hop).name;
  const isWind = kind === 'wind';
  return {
    id,
    kind,
    fop: row.name,
    volume: isWind ? xl.name : parentName,
    from: isWind ? parentName : xl.name,
    request: request.root.unique,
    pid: request.root.pid,
    uid: request.root.uid,
    paths: listArgumentPaths(hop),
    breakpoint: breakpoint?.id ?? null,
    values: isWind ? row.args.map((arg, i) => showArgument(arg, args[i])) : showReply(stop),
  };
}
