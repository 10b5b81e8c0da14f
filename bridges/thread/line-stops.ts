/**
 * Connects a debugger with a volume whose module has a thread: sends its commands to the serving
 * guest, and reports the module's stops at lines. The thread's messages are untrusted.
 */
import { holdRequest, resumeRequest } from '../../runtime/core/interceptor.ts';
import {
  type LineCommand,
  LineError,
  type LineFrame,
  type LineReply,
  type LineStop,
  type LineStops,
  type LineVariable,
  type ModuleStop,
} from '../../runtime/core/line-stops.ts';
import type { HostedRequest } from '../host/requests/hosted-request.ts';
import { MalformedMessageError } from './message-bytes.ts';

/** A guest in a thread. */
export interface DebuggedGuest {
  /** Sends a command, as JSON; its result is reported to `receive`. */
  sendLineCommand(json: string): void;
}

/** A command whose result the thread has not sent yet. */
interface PendingCommand {
  resolve(reply: LineReply): void;
  reject(error: LineError): void;
}

/** Maximum number of frames or variables that are read from one message. */
const MAX_ITEMS = 1000;

export class ThreadLineStops implements LineStops {
  listener: LineStops['listener'] = null;
  stop: ModuleStop | null = null;
  /** The command that a new guest starts with, as JSON. */
  initialBreakpoints: string | undefined;
  /** The started guests; the last one serves. */
  private guests: DebuggedGuest[] = [];
  private isGuestStopped = false;
  private readonly onChange: (isStopped: boolean) => void;
  private readonly pendingCommands = new Map<number, PendingCommand>();
  private lastCommandId = 0;

  /** @param onChange is called when the module has stopped, and when it runs on */
  constructor(onChange: (isStopped: boolean) => void) {
    this.onChange = onChange;
  }

  /** Adds a guest, which takes the commands from now on. */
  addGuest(guest: DebuggedGuest): void {
    this.rejectCommands();
    this.guests.push(guest);
  }

  /** Removes a guest that is lost or closed. */
  removeGuest(guest: DebuggedGuest): void {
    const wasServing = this.guest === guest;
    this.guests = this.guests.filter((other) => other !== guest);
    if (wasServing) this.rejectCommands();
  }

  private get guest(): DebuggedGuest | null {
    return this.guests.at(-1) ?? null;
  }

  /** Ends the commands and the stop of the serving guest. */
  private rejectCommands(): void {
    for (const { reject } of this.pendingCommands.values())
      reject(new LineError('its thread is lost'));
    this.pendingCommands.clear();
    this.endStop();
  }

  isStopped(guest: DebuggedGuest): boolean {
    return this.isGuestStopped && this.guest === guest;
  }

  /** Sends a debugger's command. @throws {LineError} (as a rejection) without a guest */
  sendCommand(command: LineCommand): Promise<LineReply> {
    const { guest } = this;
    if (command.do === 'watch') {
      const { lines } = command;
      this.initialBreakpoints =
        lines === null ? undefined : JSON.stringify({ id: 0, do: 'watch', lines });
    }
    if (guest === null) return Promise.reject(new LineError('its thread is restarting: try again'));
    this.lastCommandId += 1;
    const id = this.lastCommandId;
    return new Promise((resolve, reject) => {
      this.pendingCommands.set(id, { resolve, reject });
      if (command.do === 'go' || this.initialBreakpoints === undefined) this.endStop();
      guest.sendLineCommand(JSON.stringify({ id, ...command }));
    });
  }

  /** Removes the debugger's breakpoints when it detaches. */
  removeDebugger(): void {
    this.listener = null;
    const ignoreLineError = (error: unknown): void => {
      // A lost thread has no stop to end.
      if (!(error instanceof LineError)) throw error;
    };
    if (this.initialBreakpoints !== undefined)
      this.sendCommand({ do: 'watch', lines: null }).catch(ignoreLineError);
  }

  /** Records that the module runs on, and resumes the request that it had stopped in. */
  private endStop(): void {
    if (this.isGuestStopped) this.onChange(false);
    this.isGuestStopped = false;
    if (this.stop === null) return;
    if (this.stop.request !== null) resumeRequest(this.stop.request.frame.root);
    this.stop = null;
    this.listener?.(null);
  }

  /**
   * Handles a guest's message: a stop, or the result of a command.
   * @throws {MalformedMessageError}
   */
  receive(json: string, request: HostedRequest | null, guest: DebuggedGuest): void {
    if (this.guest !== guest) return;
    const received = parseObject(json);
    if (received.stopped !== undefined) {
      // The debugger has removed its breakpoints (it detached) since the module stopped.
      if (this.initialBreakpoints === undefined) return;
      this.endStop();
      const stop = readStop(received.stopped);
      this.stop = { ...stop, request: makeStoppedRequest(request) };
      if (this.stop.request !== null) holdRequest(this.stop.request.frame.root);
      this.isGuestStopped = true;
      this.onChange(true);
      this.listener?.(this.stop);
      return;
    }
    const command = this.pendingCommands.get(Number(received.id));
    this.pendingCommands.delete(Number(received.id));
    if (received.error !== undefined) command?.reject(new LineError(String(received.error)));
    else command?.resolve(readReply(received));
  }
}

const makeStoppedRequest = (request: HostedRequest | null): ModuleStop['request'] =>
  request === null ? null : { frame: request.frame, args: request.args };

type JsonObject = Readonly<Record<string, unknown>>;

function parseObject(json: string): JsonObject {
  try {
    return checkObject(JSON.parse(json));
  } catch {
    throw new MalformedMessageError('debugger message is not JSON');
  }
}

function checkObject(received: unknown): JsonObject {
  if (typeof received !== 'object' || received === null)
    throw new MalformedMessageError('debugger message is not an object');
  return received as JsonObject;
}

/** Reads a list of at most MAX_ITEMS objects. @throws {MalformedMessageError} */
function readList<T>(received: unknown, readItem: (item: JsonObject) => T): T[] {
  if (!Array.isArray(received)) throw new MalformedMessageError('debugger message is not a list');
  return received.slice(0, MAX_ITEMS).map((item) => readItem(checkObject(item)));
}

function readStop(received: unknown): LineStop {
  const { reason, frames } = checkObject(received);
  const lineFrames = readList(frames, ({ name, file, line }): LineFrame => {
    return { name: String(name), file: String(file), line: Number(line) || 0 };
  });
  if (lineFrames.length === 0) throw new MalformedMessageError('debugger stop has no line');
  return { reason: reason === 'step' ? 'step' : 'breakpoint', frames: lineFrames };
}

function readReply({ lines, variables }: JsonObject): LineReply {
  if (variables !== undefined) {
    const readVariable = ({ name, value, type, parts }: JsonObject): LineVariable => ({
      ...{ name: String(name), value: String(value), type: String(type) },
      parts: Number(parts) || 0,
    });
    return { variables: readList(variables, readVariable) };
  }
  if (lines === undefined) return {};
  const readLine = (line: unknown) => (Number.isSafeInteger(line) ? Number(line) : null);
  const linesByPath = Object.entries(checkObject(lines)).map(([path, list]) => [
    path,
    Array.isArray(list) ? list.map(readLine) : [],
  ]);
  return { lines: Object.fromEntries(linesByPath) };
}
