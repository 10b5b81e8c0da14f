/** The server's side of a debugger: carries out the commands of a front end (`protocol.ts`). */
import type { Graph } from '../core/graph.ts';
import { FilterError } from '../observe/filter.ts';
import type { Breakpoint } from './breakpoints.ts';
import { DebugError } from './debug-error.ts';
import { Debugger, type Stop } from './debugger.ts';
import { pathsOf, receiverOf, ways } from './hops.ts';
import type {
  BreakpointView,
  CommandName,
  Commands,
  FromServer,
  Request,
  StopView,
} from './protocol.ts';
import { framesOf, replyValues, scopesOf } from './scopes.ts';
import { Scripts } from './scripts.ts';
import { setReplyPart } from './set-reply.ts';
import { argValue } from './shown-values.ts';

type Handlers = {
  readonly [N in CommandName]: (
    args: Commands[N]['args'],
  ) => Commands[N]['result'] | Promise<Commands[N]['result']>;
};

export class DebugServer {
  /** Resolves at the command `run`, which asks for the mount. */
  readonly running: Promise<void>;
  private readonly engine: Debugger;
  private readonly scripts: Scripts;
  private readonly send: (message: FromServer) => void;
  private readonly handlers: Handlers;
  /** Events that a command has caused, until its answer is sent. */
  private waiting: FromServer[] | null = null;
  private closed: (() => void) | null = null;

  /** @param send sends a message to the front end */
  constructor(graph: Graph, send: (message: FromServer) => void) {
    this.send = send;
    this.engine = new Debugger(graph, {
      stopped: (stop) => this.tell({ event: 'stopped', stop: stopView(stop) }),
      ended: ({ unique }) => {
        this.tell({ event: 'ended', request: unique });
        this.settle();
      },
    });
    this.scripts = new Scripts(graph, (event) => this.tell(event));
    let run = (): void => {};
    this.running = new Promise((resolve) => {
      run = resolve;
    });
    this.handlers = handlersOf(graph, this.engine, this.scripts, run);
  }

  /** Handles a command of the front end. */
  receive({ seq, command, args }: Request): void {
    const waiting: FromServer[] = [];
    this.waiting = waiting;
    try {
      const handle = this.handlers[command] as (args: unknown) => unknown;
      const result = handle(args);
      if (result instanceof Promise) void this.answerLater(seq, result);
      else this.send({ seq, result });
    } catch (error) {
      this.refuse(seq, error);
    } finally {
      this.waiting = null;
      for (const message of waiting) this.send(message);
    }
  }

  private async answerLater(seq: number, result: Promise<unknown>): Promise<void> {
    try {
      this.send({ seq, result: await result });
    } catch (error) {
      this.refuse(seq, error);
    }
  }

  private refuse(seq: number, error: unknown): void {
    if (!(error instanceof DebugError || error instanceof FilterError)) throw error;
    this.send({ seq, error: error.message });
  }

  /** The front end is gone: resumes all requests; resolves when they are complete. */
  close(): Promise<void> {
    this.scripts.end();
    this.engine.detach();
    return new Promise((resolve) => {
      this.closed = resolve;
      this.settle();
    });
  }

  private settle(): void {
    if (this.engine.stopped.size === 0) this.closed?.();
  }

  private tell(message: FromServer): void {
    if (this.waiting === null) this.send(message);
    else this.waiting.push(message);
  }
}

function handlersOf(graph: Graph, engine: Debugger, scripts: Scripts, run: () => void): Handlers {
  return {
    volumes: () =>
      graph.xlators.map(({ name, type, childNames }) => ({ name, type, children: childNames })),
    break: ({ text }) => breakpointView(engine.add(text)),
    delete({ id }) {
      engine.remove(id);
      return null;
    },
    breakpoints: () => [...engine.breakpoints.values()].map(breakpointView),
    run() {
      run();
      return null;
    },
    stops: () => [...engine.stops.values()].map(stopView),
    frames: ({ stop }) => framesOf(engine.stop(stop)),
    scopes: ({ stop, level }) => scopesOf(engine.stop(stop), level),
    set({ stop, path, value }) {
      const stopped = engine.stop(stop);
      setReplyPart(stopped, path, value.trim());
      return replyValues(stopped);
    },
    resume({ stop, way }) {
      if (!ways.includes(way)) throw new DebugError(`a request goes on by ${ways.join(', ')}`);
      engine.resume(stop, way);
      return null;
    },
    scripts: () => scripts.list(),
    line: ({ volume, command }) => scripts.ask(volume, command),
    detach() {
      scripts.end();
      engine.detach();
      return null;
    },
  };
}

const breakpointView = ({ id, text, hits }: Breakpoint): BreakpointView => ({ id, text, hits });

function stopView(stop: Stop): StopView {
  const { id, kind, hop, breakpoint } = stop;
  const { row, args, xl, request } = hop;
  const upper = receiverOf(hop).name;
  const isWind = kind === 'wind';
  return {
    id,
    kind,
    fop: row.name,
    volume: isWind ? xl.name : upper,
    from: isWind ? upper : xl.name,
    request: request.root.unique,
    pid: request.root.pid,
    uid: request.root.uid,
    paths: pathsOf(hop),
    breakpoint: breakpoint?.id ?? null,
    values: isWind ? row.args.map((arg, i) => argValue(arg, args[i])) : replyValues(stop),
  };
}
