/**
 * Serves a session of the Debug Adapter Protocol (DAP) for an editor, the *client*
 * (https://microsoft.github.io/debug-adapter-protocol). Each request in the graph is a DAP thread,
 * and the volumes on its way are the frames. A module stopped at a line adds its frames above them.
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

/** The arguments of the DAP request `launch`, which glossa defines. */
export interface LaunchArguments {
  readonly volfile: string;
  readonly mountpoint: string | undefined;
  /** The command to run in the mount; if empty, the mount stays until the session ends. */
  readonly command: readonly string[];
  /** Values of --xlator-option. */
  readonly options: readonly string[];
}

/** The functions of the process that a session calls. */
export interface EditorConnection {
  send(message: DebugProtocol.ProtocolMessage): void;
  /** Starts a server. @throws {Failure | UsageError} */
  launch(
    launchArguments: LaunchArguments,
    writeOutput: (category: string, text: string) => void,
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

/** The arguments of a DAP request, which the client has not checked. */
type Arguments = Readonly<Record<string, unknown>>;
type Handler = (args: Arguments) => Promise<object | undefined>;

/** The errnos that the editor offers as breakpoints of their own. */
const OFFERED_ERRNOS = ['ENOENT', 'EACCES', 'EIO'] as const;
/** The kinds of breakpoints without a line; both are also reasons of DAP's event `stopped`. */
const FUNCTION_KIND = 'function breakpoint';
const EXCEPTION_KIND = 'exception';

/** The parts of DAP that are supported, for the reply to `initialize`. */
const CAPABILITIES: DebugProtocol.Capabilities = {
  supportsConfigurationDoneRequest: true,
  supportsFunctionBreakpoints: true,
  supportsEvaluateForHovers: true,
  supportsSetVariable: true,
  supportsExceptionFilterOptions: true,
  supportsTerminateRequest: true,
  supportsSingleThreadExecutionRequests: true,
  exceptionBreakpointFilters: [
    ...OFFERED_ERRNOS.map((name) => ({
      filter: name,
      label: name,
      description: `Replies with ${name}`,
    })),
    {
      filter: 'errno',
      label: 'Errno',
      description: 'Replies with an errno',
      supportsCondition: true,
      conditionDescription: 'One or several: ESTALE, ENOSPC',
    },
  ],
};

/** Carries out the requests of the editor, and sends it the events of the debugged server. */
export class DapSession {
  /** Resolves when the client has disconnected or died. */
  readonly whenClosed: Promise<void>;
  private readonly editor: EditorConnection;
  private readonly threads = new Threads();
  /** Null before `launch`; the getter `launchState` throws then. */
  private launchOrNull: LaunchState | null = null;
  private lastSeq = 0;
  /** The end of the session; null before it begins. */
  private endPromise: Promise<void> | null = null;
  /** Resolves the wait of `launch` for the server's start or end. */
  private markStarted = (): void => {};
  /** The end of the server; null while it runs. */
  private goneEvent: (DebuggeeEvent & { event: 'gone' }) | null = null;
  /** Added to the client's line numbers: 1 if it counts lines from 0. */
  private lineOffset = 0;
  /** Resolves `whenClosed`. */
  private markClosed = (): void => {};
  /** Resolves after the client's last request: they are carried out one after the other. */
  private queue: Promise<void> = Promise.resolve();

  constructor(editor: EditorConnection) {
    this.editor = editor;
    this.whenClosed = new Promise((resolve) => {
      this.markClosed = resolve;
    });
  }

  /** Handles a message of the client. */
  receive(message: unknown): void {
    const { seq, type, command, arguments: args } = (message ?? {}) as DebugProtocol.Request;
    if (type !== 'request') return;
    const carryOut = (): Promise<void> => this.carryOut(Number(seq), String(command), args ?? {});
    // Ending the session does not wait for pending requests.
    if (command === 'disconnect' || command === 'terminate') void carryOut();
    else this.queue = this.queue.then(carryOut);
  }

  /** Ends the session after the client has disconnected or died. */
  async close(): Promise<void> {
    await this.endDebuggee();
    this.markClosed();
  }

  /** Resumes all requests of the graph, and unmounts. */
  private endDebuggee(): Promise<void> {
    this.endPromise ??= (async () => {
      this.markStarted();
      await this.launchOrNull?.debuggee.end();
      this.sendEvent('terminated');
    })();
    return this.endPromise;
  }

  /** Carries out a request, and sends its reply. */
  private async carryOut(seq: number, command: string, args: Arguments): Promise<void> {
    const response = { type: 'response', request_seq: seq, command } as const;
    try {
      const handle = this.handlers[command];
      if (handle === undefined) throw new DebugError(`there is no request '${command}' here`);
      const body = await handle(args);
      this.send({ ...response, success: true, body });
      await this.sendFollowUp(command);
    } catch (error) {
      const isExpected =
        error instanceof DebugError || error instanceof Failure || error instanceof UsageError;
      if (!isExpected) throw error;
      // In DAP's `format`, a brace begins a variable.
      const errorBody = { id: 1, format: error.message.replaceAll('{', '{{'), showUser: true };
      this.send({
        ...response,
        success: false,
        message: error.message,
        body: { error: errorBody },
      });
    }
  }

  /** Sends the event or request that must follow the reply to a command. */
  private async sendFollowUp(command: string): Promise<void> {
    if (command === 'launch') this.sendEvent('initialized');
    else if (command === 'configurationDone')
      await this.launchState.debuggee.client.sendCommand('run', {});
    else if (command === 'disconnect') this.markClosed();
  }

  private send(message: object): void {
    this.lastSeq += 1;
    this.editor.send({ seq: this.lastSeq, ...message } as DebugProtocol.ProtocolMessage);
  }

  private sendEvent(event: string, body?: object): void {
    this.send({ type: 'event', event, body });
  }

  private sendOutput(category: string, text: string): void {
    this.sendEvent('output', { category, output: text });
  }

  /** The state after the launch. @throws {DebugError} before it */
  private get launchState(): LaunchState {
    if (this.launchOrNull === null) throw new DebugError('nothing was launched yet');
    return this.launchOrNull;
  }

  // -- events -------------------------------------------------------------------------------------

  /** Handles an event of the debugged server. */
  private onEvent(event: DebuggeeEvent): void {
    if (event.event === 'started') this.markStarted();
    else if (event.event === 'gone') {
      this.goneEvent = event;
      this.markStarted();
      void this.endDebuggee();
    } else {
      // Events that a client's request causes are sent after its reply.
      this.queue = this.queue.then(() => this.sendDebuggeeEvent(event));
    }
  }

  private sendDebuggeeEvent(event: DebuggeeEvent): void {
    switch (event.event) {
      case 'stopped':
        this.addStop({ kind: 'hop', stop: event.stop });
        break;
      case 'line':
        this.updateLineStop(event.volume, event.at);
        break;
      case 'ended':
        if (this.threads.remove(event.request)) this.sendThreadExit(event.request);
        break;
      case 'mounted':
        this.startCommand();
        break;
      case 'exited':
        this.sendEvent('exited', { exitCode: event.status });
        void this.endDebuggee();
    }
  }

  /** Runs the command of the launch, once there is a mount. */
  private startCommand(): void {
    const { debuggee, command } = this.launchState;
    this.sendOutput('console', `mounted on ${debuggee.mountpoint}\n`);
    if (command.length > 0) debuggee.run(command, (name, text) => this.sendOutput(name, text));
  }

  /** Adds a stop to its thread, and reports it unless the thread waits at another. */
  private addStop(stop: ThreadStop): void {
    const { thread, isNew } = this.threads.add(stop);
    if (isNew) this.sendEvent('thread', { reason: 'started', threadId: thread.id });
    // Further stops wait until the client has resumed this one.
    if (thread.stops.length === 1) this.sendStop(thread.id, stop);
  }

  private sendStop(threadId: number, stop: ThreadStop): void {
    const { reason, hitId } = this.findStopReason(stop);
    this.sendEvent('stopped', {
      ...{ reason, threadId, description: describeStop(stop), allThreadsStopped: false },
      ...(hitId === null ? {} : { hitBreakpointIds: [hitId] }),
    });
  }

  /** Finds DAP's reason of a stop, and the number of the breakpoint that was hit. */
  private findStopReason(threadStop: ThreadStop): { reason: string; hitId: number | null } {
    const { breakpoints } = this.launchState;
    if (threadStop.kind === 'line') {
      const { file, line } = threadStop.stop.frames[0]!;
      return { reason: threadStop.stop.reason, hitId: breakpoints.findByLine(file, line) };
    }
    const { breakpoint } = threadStop.stop;
    if (breakpoint === null) return { reason: 'step', hitId: null };
    const match = breakpoints.findByDebuggerId(breakpoint);
    const kinds = [FUNCTION_KIND, EXCEPTION_KIND];
    const reason = kinds.find((kind) => kind === match?.kind) ?? 'breakpoint';
    return { reason, hitId: match?.id ?? null };
  }

  /** Adds the stop of a volume's module at a line; null means that the module continues. */
  private updateLineStop(volume: string, stop: LineStopView | null): void {
    if (stop !== null) {
      this.addStop({ kind: 'line', volume, stop });
      return;
    }
    const thread = this.threads.removeLineStop(volume);
    if (thread === null) return;
    if (this.threads.removeIfOver(thread)) this.sendThreadExit(thread.id);
    else this.sendNextStop(thread.id);
  }

  /** Reports the next stop of a thread that has left one, if it waits at another. */
  private sendNextStop(id: number): void {
    this.launchOrNull?.inspector.clear();
    const nextStop = this.threads.find(id)?.stops[0];
    if (nextStop !== undefined) this.sendStop(id, nextStop);
  }

  private sendThreadExit(threadId: number): void {
    this.sendEvent('thread', { reason: 'exited', threadId });
  }

  // -- requests -----------------------------------------------------------------------------------

  private readonly handlers: Readonly<Record<string, Handler>> = {
    initialize: async ({ linesStartAt1 }) => {
      this.lineOffset = linesStartAt1 === false ? 1 : 0;
      return CAPABILITIES;
    },
    launch: (args) => this.launchDebuggee(args),
    attach: async () => {
      throw new DebugError('a mount that is there cannot be debugged: launch one');
    },
    configurationDone: async () => {
      // Throws if nothing was launched.
      this.launchState;
      return undefined;
    },
    disconnect: async () => {
      await this.endDebuggee();
      return undefined;
    },
    terminate: async () => {
      await this.endDebuggee();
      return undefined;
    },
    setBreakpoints: async ({ source, breakpoints: requested }) => {
      const { path } = (source ?? {}) as DebugProtocol.Source;
      if (path === undefined) throw new DebugError('a source without a path has no breakpoints');
      const lines = toList<DebugProtocol.SourceBreakpoint>(requested).map(({ line }) => line);
      const { breakpoints } = this.launchState;
      const reported = await breakpoints.setLines(
        resolve(path),
        lines.map((line) => line + this.lineOffset),
      );
      return { breakpoints: reported.map((item) => this.toClientLine(item)) };
    },
    setFunctionBreakpoints: async ({ breakpoints: requested }) => {
      const texts = toList<DebugProtocol.FunctionBreakpoint>(requested).map(
        ({ name, condition }) => (condition === undefined ? name : `${name} ${condition}`),
      );
      return { breakpoints: await this.launchState.breakpoints.setTexts(FUNCTION_KIND, texts) };
    },
    setExceptionBreakpoints: async ({ filters, filterOptions }) => {
      const options = toList<DebugProtocol.ExceptionFilterOptions>(filterOptions);
      const optionErrnos = options.flatMap(({ filterId, condition = '' }) =>
        filterId === 'errno' ? condition.split(/[\s,]+/).filter((name) => name !== '') : [filterId],
      );
      const errnos = [...toList<string>(filters), ...optionErrnos].filter(
        (name) => name !== 'errno',
      );
      const texts = errnos.map((name) => `errno ${name}`);
      return { breakpoints: await this.launchState.breakpoints.setTexts(EXCEPTION_KIND, texts) };
    },
    threads: async () => ({ threads: this.threads.all.map(({ id, name }) => ({ id, name })) }),
    stackTrace: async ({ threadId, startFrame, levels }) => {
      const allFrames = await this.launchState.inspector.fetchStack(this.requireThread(threadId));
      const startIndex = Number(startFrame ?? 0);
      const frameCount = Number(levels ?? 0) || allFrames.length;
      const stackFrames = allFrames
        .slice(startIndex, startIndex + frameCount)
        .map((frame) => this.toClientLine(frame));
      return { stackFrames, totalFrames: allFrames.length };
    },
    scopes: async ({ frameId }) => ({
      scopes: await this.launchState.inspector.listScopes(Number(frameId)),
    }),
    variables: async ({ variablesReference }) => ({
      variables: await this.launchState.inspector.listVariables(Number(variablesReference)),
    }),
    setVariable: async ({ variablesReference, name, value }) =>
      this.launchState.inspector.setVariable(
        Number(variablesReference),
        String(name),
        String(value),
      ),
    evaluate: async ({ expression, frameId }) => {
      const id = frameId === undefined ? undefined : Number(frameId);
      const { value, ...rest } = await this.launchState.inspector.evaluate(String(expression), id);
      return { ...rest, result: value };
    },
    continue: (args) => this.resumeThread(args, 'continue'),
    next: (args) => this.resumeThread(args, 'over'),
    stepIn: (args) => this.resumeThread(args, 'into'),
    stepOut: (args) => this.resumeThread(args, 'out'),
    pause: async () => {
      throw new DebugError('a request is stopped by a breakpoint, such as lookup or @VOLUME');
    },
  };

  /** Converts the line of an item to the client's count, which begins at 0 or 1. */
  private toClientLine<T extends { line?: number }>(item: T): T {
    return item.line === undefined ? item : { ...item, line: item.line - this.lineOffset };
  }

  /** Finds a thread. @throws {DebugError} if its request has ended */
  private requireThread(id: unknown) {
    const thread = this.threads.find(Number(id));
    if (thread === undefined) throw new DebugError('this request is over');
    return thread;
  }

  /** Starts the server; resolves when its graph has started. @throws {DebugError} if it ends */
  private async launchDebuggee(args: Arguments): Promise<undefined> {
    if (this.launchOrNull !== null) throw new DebugError('something was launched already');
    const launchArguments = readLaunchArguments(args);
    const whenStarted = new Promise<void>((resolve) => {
      this.markStarted = resolve;
    });
    const debuggee = await this.editor.launch(
      launchArguments,
      (category, text) => this.sendOutput(category, text),
      (event) => this.onEvent(event),
    );
    const { client } = debuggee;
    const breakpoints = new Breakpoints(client, launchArguments.volfile);
    this.launchOrNull = {
      debuggee,
      breakpoints,
      inspector: new Inspector(client),
      command: launchArguments.command,
    };
    await whenStarted;
    if (this.goneEvent !== null)
      throw new DebugError(`what ${launchArguments.volfile} describes did not start`);
    return undefined;
  }

  /** Resumes a thread from its first stop; the next one, if any, is reported then. */
  private async resumeThread({ threadId }: Arguments, way: ResumeWay): Promise<object> {
    const thread = this.requireThread(threadId);
    const [stop] = thread.stops;
    if (stop === undefined) throw new DebugError('this request is not stopped');
    const { client } = this.launchState.debuggee;
    if (stop.kind === 'line') {
      const { volume } = stop;
      await client.sendCommand('line', { volume, command: { do: 'go', way } });
    } else {
      thread.stops.shift();
      await client.sendCommand('resume', { stop: stop.stop.id, way });
      this.sendNextStop(thread.id);
    }
    return { allThreadsContinued: false };
  }
}

/** Returns a list as it is; [] for any other value. */
function toList<T>(value: unknown): readonly T[] {
  return Array.isArray(value) ? (value as T[]) : [];
}

/** Checks the arguments of `launch`, and resolves paths from `cwd`. @throws {DebugError} */
function readLaunchArguments({
  volfile,
  mountpoint,
  command,
  options,
  cwd,
}: Arguments): LaunchArguments {
  const baseDir = typeof cwd === 'string' ? cwd : process.cwd();
  if (typeof volfile !== 'string' || volfile === '') {
    throw new DebugError('launch needs a volfile: "volfile": "stack.vol"');
  }
  return {
    volfile: resolve(baseDir, volfile),
    mountpoint:
      mountpoint === undefined
        ? undefined
        : resolve(baseDir, requireText('mountpoint', mountpoint)),
    command: requireTexts('command', command),
    options: requireTexts('options', options),
  };
}

/** Checks that an argument is a text. @throws {DebugError} */
function requireText(name: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new DebugError(`"${name}" is a text`);
}

/** Checks that an argument is a list of texts, or absent. @throws {DebugError} */
function requireTexts(name: string, value: unknown): readonly string[] {
  if (value === undefined) return [];
  const texts = toList<unknown>(value);
  if (Array.isArray(value) && texts.every((item) => typeof item === 'string')) {
    return texts as readonly string[];
  }
  throw new DebugError(`"${name}" is a list of texts`);
}

/** Describes where a thread is stopped, for the editor. */
function describeStop(threadStop: ThreadStop): string {
  if (threadStop.kind === 'line') return `at a line of ${threadStop.volume}`;
  const { kind, fop, volume, from }: StopView = threadStop.stop;
  return kind === 'wind' ? `${fop} arrives at ${volume}` : `the reply of ${from} to ${fop}`;
}
