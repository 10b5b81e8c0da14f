/**
 * Serves a session of the Debug Adapter Protocol
 * (https://microsoft.github.io/debug-adapter-protocol) for editors. A request of the graph is a thread, its volumes are the frames, and above them are those
 * of a module that is stopped at a line.
 */

import { resolve } from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { DebugError } from '../../../runtime/debug/debug-error.ts';
import type { LineStopView } from '../../../runtime/debug/debugged-modules.ts';
import type { ResumeWay } from '../../../runtime/debug/hops.ts';
import type { StopView } from '../../../runtime/debug/protocol.ts';
import { Failure, UsageError } from '../../../terminal/exit.ts';
import type { Debuggee, DebuggeeEvent } from '../debuggee.ts';
import { Breakpoints } from './breakpoints.ts';
import { Inspector } from './inspector.ts';
import { type ThreadStop, Threads } from './threads.ts';

/** The arguments of `launch` that glossa defines. */
export interface LaunchArguments {
  readonly volfile: string;
  readonly mountpoint: string | undefined;
  /** Without a command, the mount stays until the session ends. */
  readonly command: readonly string[];
  readonly options: readonly string[];
}

export interface EditorConnection {
  send(message: DebugProtocol.ProtocolMessage): void;
  /** Starts a server. @throws {Failure | UsageError} */
  launch(
    given: LaunchArguments,
    output: (category: string, text: string) => void,
    onEvent: (event: DebuggeeEvent) => void,
  ): Promise<Debuggee>;
}

/** The state after a launch. */
interface LaunchState {
  readonly debuggee: Debuggee;
  readonly breakpoints: Breakpoints;
  readonly inspector: Inspector;
  readonly command: readonly string[];
}

type Arguments = Readonly<Record<string, unknown>>;
type Handler = (args: Arguments) => Promise<object | undefined>;

const ERRNOS = ['ENOENT', 'EACCES', 'EIO'] as const;
/** The kinds of breakpoints without a line. */
const FUNCTIONS = 'function breakpoint';
const EXCEPTIONS = 'exception';

const CAPABILITIES: DebugProtocol.Capabilities = {
  supportsConfigurationDoneRequest: true,
  supportsFunctionBreakpoints: true,
  supportsEvaluateForHovers: true,
  supportsSetVariable: true,
  supportsExceptionFilterOptions: true,
  supportsTerminateRequest: true,
  supportsSingleThreadExecutionRequests: true,
  exceptionBreakpointFilters: [
    ...ERRNOS.map((name) => ({ filter: name, label: name, description: `Replies with ${name}` })),
    {
      filter: 'errno',
      label: 'Errno',
      description: 'Replies with an errno',
      supportsCondition: true,
      conditionDescription: 'One or several: ESTALE, ENOSPC',
    },
  ],
};

export class DapSession {
  /** Resolves when the client has left. */
  readonly over: Promise<void>;
  private readonly editor: EditorConnection;
  private readonly threads = new Threads();
  private launched: LaunchState | null = null;
  private lastSeq = 0;
  private ending: Promise<void> | null = null;
  private started = (): void => {};
  private gone: (DebuggeeEvent & { event: 'gone' }) | null = null;
  private lineOffset = 0;
  private finish = (): void => {};
  /** Requests of the client are carried out one by one. */
  private queue: Promise<void> = Promise.resolve();

  constructor(editor: EditorConnection) {
    this.editor = editor;
    this.over = new Promise((resolve) => {
      this.finish = resolve;
    });
  }

  /** Handles a message of the client. */
  receive(message: unknown): void {
    const { seq, type, command, arguments: args } = (message ?? {}) as DebugProtocol.Request;
    if (type !== 'request') return;
    const carryOut = (): Promise<void> => this.carryOut(Number(seq), String(command), args ?? {});
    // The end of a session does not wait for pending requests.
    if (command === 'disconnect' || command === 'terminate') void carryOut();
    else this.queue = this.queue.then(carryOut);
  }

  /** Ends the session, as the client is gone. */
  async leave(): Promise<void> {
    await this.end();
    this.finish();
  }

  /** Resumes all requests and unmounts. */
  private end(): Promise<void> {
    this.ending ??= (async () => {
      this.started();
      await this.launched?.debuggee.end();
      this.event('terminated');
    })();
    return this.ending;
  }

  private async carryOut(seq: number, command: string, args: Arguments): Promise<void> {
    const answer = { type: 'response', request_seq: seq, command } as const;
    try {
      const handle = this.handlers[command];
      if (handle === undefined) throw new DebugError(`there is no request '${command}' here`);
      const body = await handle(args);
      this.send({ ...answer, success: true, body });
      await this.after(command);
    } catch (error) {
      const isSaid =
        error instanceof DebugError || error instanceof Failure || error instanceof UsageError;
      if (!isSaid) throw error;
      const errorBody = { id: 1, format: error.message.replaceAll('{', '{{'), showUser: true };
      this.send({ ...answer, success: false, message: error.message, body: { error: errorBody } });
    }
  }

  /** Sends the events that follow an answer. */
  private async after(command: string): Promise<void> {
    if (command === 'launch') this.event('initialized');
    else if (command === 'configurationDone') await this.ours.debuggee.client.ask('run', {});
    else if (command === 'disconnect') this.finish();
  }

  private send(message: object): void {
    this.lastSeq += 1;
    this.editor.send({ seq: this.lastSeq, ...message } as DebugProtocol.ProtocolMessage);
  }

  private event(event: string, body?: object): void {
    this.send({ type: 'event', event, body });
  }

  private output(category: string, text: string): void {
    this.event('output', { category, output: text });
  }

  private get ours(): LaunchState {
    if (this.launched === null) throw new DebugError('nothing was launched yet');
    return this.launched;
  }

  // -- what happens ------------------------------------------------------------------------------

  private onEvent(event: DebuggeeEvent): void {
    if (event.event === 'started') this.started();
    else if (event.event === 'gone') {
      this.gone = event;
      this.started();
      void this.end();
    } else {
      // Events that a request causes are sent after its answer.
      this.queue = this.queue.then(() => this.tell(event));
    }
  }

  private tell(event: DebuggeeEvent): void {
    switch (event.event) {
      case 'stopped':
        this.held({ at: 'hop', stop: event.stop });
        break;
      case 'line':
        this.line(event.volume, event.at);
        break;
      case 'ended':
        if (this.threads.remove(event.request)) this.exited(event.request);
        break;
      case 'mounted':
        this.mounted();
        break;
      case 'exited':
        this.event('exited', { exitCode: event.status });
        void this.end();
    }
  }

  private mounted(): void {
    const { debuggee, command } = this.ours;
    this.output('console', `mounted on ${debuggee.mountpoint}\n`);
    if (command.length > 0) debuggee.run(command, (name, text) => this.output(name, text));
  }

  private held(held: ThreadStop): void {
    const { thread, isNew } = this.threads.add(held);
    if (isNew) this.event('thread', { reason: 'started', threadId: thread.id });
    // Further stops wait until the client has resumed this one.
    if (thread.held.length === 1) this.tellStop(thread.id, held);
  }

  private tellStop(threadId: number, held: ThreadStop): void {
    const { reason, hit } = this.reasonOf(held);
    this.event('stopped', {
      ...{ reason, threadId, description: descriptionOf(held), allThreadsStopped: false },
      ...(hit === null ? {} : { hitBreakpointIds: [hit] }),
    });
  }

  private reasonOf(held: ThreadStop): { reason: string; hit: number | null } {
    const { breakpoints } = this.ours;
    if (held.at === 'line') {
      const { file, line } = held.stop.frames[0]!;
      return { reason: held.stop.reason, hit: breakpoints.findByLine(file, line) };
    }
    const { breakpoint } = held.stop;
    if (breakpoint === null) return { reason: 'step', hit: null };
    const found = breakpoints.findByDebuggerId(breakpoint);
    const kinds = [FUNCTIONS, EXCEPTIONS];
    const reason = kinds.find((kind) => kind === found?.kind) ?? 'breakpoint';
    return { reason, hit: found?.id ?? null };
  }

  private line(volume: string, stop: LineStopView | null): void {
    if (stop !== null) {
      this.held({ at: 'line', volume, stop });
      return;
    }
    const thread = this.threads.leaveLine(volume);
    if (thread === null) return;
    if (this.threads.isOver(thread)) this.exited(thread.id);
    else this.goneOn(thread.id);
  }

  /** A thread continues from a stop: it may have another one, or be over. */
  private goneOn(id: number): void {
    this.launched?.inspector.forget();
    const next = this.threads.find(id)?.held[0];
    if (next !== undefined) this.tellStop(id, next);
  }

  private exited(threadId: number): void {
    this.event('thread', { reason: 'exited', threadId });
  }

  // -- requests ----------------------------------------------------------------------------------

  private readonly handlers: Readonly<Record<string, Handler>> = {
    initialize: async ({ linesStartAt1 }) => {
      this.lineOffset = linesStartAt1 === false ? 1 : 0;
      return CAPABILITIES;
    },
    launch: (args) => this.launch(args),
    attach: async () => {
      throw new DebugError('a mount that is there cannot be debugged: launch one');
    },
    configurationDone: async () => {
      this.ours;
      return undefined;
    },
    disconnect: async () => {
      await this.end();
      return undefined;
    },
    terminate: async () => {
      await this.end();
      return undefined;
    },
    setBreakpoints: async ({ source, breakpoints: wanted }) => {
      const { path } = (source ?? {}) as DebugProtocol.Source;
      if (path === undefined) throw new DebugError('a source without a path has no breakpoints');
      const lines = listOf<DebugProtocol.SourceBreakpoint>(wanted).map(({ line }) => line);
      const { breakpoints } = this.ours;
      const made = await breakpoints.setLines(
        resolve(path),
        lines.map((line) => line + this.lineOffset),
      );
      return { breakpoints: made.map((one) => this.placed(one)) };
    },
    setFunctionBreakpoints: async ({ breakpoints: wanted }) => {
      const texts = listOf<DebugProtocol.FunctionBreakpoint>(wanted).map(({ name, condition }) =>
        condition === undefined ? name : `${name} ${condition}`,
      );
      return { breakpoints: await this.ours.breakpoints.setTexts(FUNCTIONS, texts) };
    },
    setExceptionBreakpoints: async ({ filters, filterOptions }) => {
      const options = listOf<DebugProtocol.ExceptionFilterOptions>(filterOptions);
      const named = options.flatMap(({ filterId, condition = '' }) =>
        filterId === 'errno' ? condition.split(/[\s,]+/).filter((name) => name !== '') : [filterId],
      );
      const errnos = [...listOf<string>(filters), ...named].filter((name) => name !== 'errno');
      const texts = errnos.map((name) => `errno ${name}`);
      return { breakpoints: await this.ours.breakpoints.setTexts(EXCEPTIONS, texts) };
    },
    threads: async () => ({ threads: this.threads.all.map(({ id, name }) => ({ id, name })) }),
    stackTrace: async ({ threadId, startFrame, levels }) => {
      const all = await this.ours.inspector.stackOf(this.thread(threadId));
      const from = Number(startFrame ?? 0);
      const count = Number(levels ?? 0) || all.length;
      const stackFrames = all.slice(from, from + count).map((frame) => this.placed(frame));
      return { stackFrames, totalFrames: all.length };
    },
    scopes: async ({ frameId }) => ({
      scopes: await this.ours.inspector.scopesOf(Number(frameId)),
    }),
    variables: async ({ variablesReference }) => ({
      variables: await this.ours.inspector.variables(Number(variablesReference)),
    }),
    setVariable: async ({ variablesReference, name, value }) =>
      this.ours.inspector.set(Number(variablesReference), String(name), String(value)),
    evaluate: async ({ expression, frameId }) => {
      const id = frameId === undefined ? undefined : Number(frameId);
      const { value, ...rest } = await this.ours.inspector.evaluate(String(expression), id);
      return { ...rest, result: value };
    },
    continue: (args) => this.resume(args, 'continue'),
    next: (args) => this.resume(args, 'over'),
    stepIn: (args) => this.resume(args, 'into'),
    stepOut: (args) => this.resume(args, 'out'),
    pause: async () => {
      throw new DebugError('a request is stopped by a breakpoint, such as lookup or @VOLUME');
    },
  };

  /** Converts a line to the client's count. */
  private placed<T extends { line?: number }>(what: T): T {
    return what.line === undefined ? what : { ...what, line: what.line - this.lineOffset };
  }

  private thread(id: unknown) {
    const thread = this.threads.find(Number(id));
    if (thread === undefined) throw new DebugError('this request is over');
    return thread;
  }

  private async launch(args: Arguments): Promise<undefined> {
    if (this.launched !== null) throw new DebugError('something was launched already');
    const given = launchOf(args);
    const started = new Promise<void>((resolve) => {
      this.started = resolve;
    });
    const debuggee = await this.editor.launch(
      given,
      (category, text) => this.output(category, text),
      (event) => this.onEvent(event),
    );
    const { client } = debuggee;
    const breakpoints = new Breakpoints(client, given.volfile);
    this.launched = {
      debuggee,
      breakpoints,
      inspector: new Inspector(client),
      command: given.command,
    };
    await started;
    if (this.gone !== null) throw new DebugError(`what ${given.volfile} describes did not start`);
    return undefined;
  }

  private async resume({ threadId }: Arguments, way: ResumeWay): Promise<object> {
    const thread = this.thread(threadId);
    const [held] = thread.held;
    if (held === undefined) throw new DebugError('this request is not stopped');
    const { client } = this.ours.debuggee;
    if (held.at === 'line') {
      const { volume } = held;
      await client.ask('line', { volume, command: { do: 'go', way } });
    } else {
      thread.held.shift();
      await client.ask('resume', { stop: held.stop.id, way });
      this.goneOn(thread.id);
    }
    return { allThreadsContinued: false };
  }
}

function listOf<T>(given: unknown): readonly T[] {
  return Array.isArray(given) ? (given as T[]) : [];
}

/** @throws {DebugError} for wrong arguments */
function launchOf({ volfile, mountpoint, command, options, cwd }: Arguments): LaunchArguments {
  const from = typeof cwd === 'string' ? cwd : process.cwd();
  if (typeof volfile !== 'string' || volfile === '') {
    throw new DebugError('launch needs a volfile: "volfile": "stack.vol"');
  }
  return {
    volfile: resolve(from, volfile),
    mountpoint:
      mountpoint === undefined ? undefined : resolve(from, textOf('mountpoint', mountpoint)),
    command: textsOf('command', command),
    options: textsOf('options', options),
  };
}

function textOf(name: string, given: unknown): string {
  if (typeof given === 'string' && given !== '') return given;
  throw new DebugError(`"${name}" is a text`);
}

function textsOf(name: string, given: unknown): readonly string[] {
  if (given === undefined) return [];
  const texts = listOf<unknown>(given);
  if (Array.isArray(given) && texts.every((one) => typeof one === 'string')) {
    return texts as readonly string[];
  }
  throw new DebugError(`"${name}" is a list of texts`);
}

function descriptionOf(held: ThreadStop): string {
  if (held.at === 'line') return `at a line of ${held.volume}`;
  const { kind, fop, volume, from }: StopView = held.stop;
  return kind === 'wind' ? `${fop} arrives at ${volume}` : `the reply of ${from} to ${fop}`;
}
