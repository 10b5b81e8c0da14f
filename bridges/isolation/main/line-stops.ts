/** Lets a debugger stop a worker's module at lines. The worker's messages are untrusted. */
import { holdRequest, resumeRequest } from '../../../runtime/core/interceptor.ts';
import {
  type LineCommand,
  LineError,
  type LineFrame,
  type LineReply,
  type LineStop,
  type LineStops,
  type LineVariable,
  type StoppedAt,
} from '../../../runtime/core/line-stops.ts';
import { Malformed } from '../bytes.ts';
import { DOWN } from '../message-kinds.ts';
import type { Call } from './call.ts';
import type { WorkerLink } from './worker-link.ts';

interface PendingCommand {
  resolve(answer: LineReply): void;
  reject(error: LineError): void;
}

const MOST = 1000;

export class ThreadLineStops implements LineStops {
  listener: LineStops['listener'] = null;
  stop: StoppedAt | null = null;
  /** The command that a new worker starts with, as JSON. */
  watched: string | undefined;
  private link: WorkerLink | null = null;
  private readonly asked = new Map<number, PendingCommand>();
  private last = 0;

  /** Sets the worker that takes commands; null when it is lost. */
  serve(link: WorkerLink | null): void {
    this.link = link;
    if (link !== null) return;
    for (const { reject } of this.asked.values()) reject(new LineError('its thread is lost'));
    this.asked.clear();
    this.goesOn();
  }

  ask(command: LineCommand): Promise<LineReply> {
    const { link } = this;
    if (command.do === 'watch') {
      const { lines } = command;
      this.watched = lines === null ? undefined : JSON.stringify({ id: 0, do: 'watch', lines });
    }
    if (link === null) return Promise.reject(new LineError('its thread is restarting: try again'));
    this.last += 1;
    const id = this.last;
    return new Promise((resolve, reject) => {
      this.asked.set(id, { resolve, reject });
      if (command.do === 'go' || this.watched === undefined) this.goesOn();
      link.begin(DOWN.LINE).text(JSON.stringify({ id, ...command }));
      link.send();
      link.converse(null);
    });
  }

  end(): void {
    this.listener = null;
    const gone = (error: unknown): void => {
      // A lost thread has no stop to end.
      if (!(error instanceof LineError)) throw error;
    };
    if (this.watched !== undefined) this.ask({ do: 'watch', lines: null }).catch(gone);
  }

  private goesOn(): void {
    if (this.link !== null) this.link.held = false;
    if (this.stop === null) return;
    if (this.stop.request !== null) resumeRequest(this.stop.request.frame.root);
    this.stop = null;
    this.listener?.(null);
  }

  /** @throws {Malformed} */
  receive(json: string, call: number, link: WorkerLink): void {
    const received = parse(json);
    if (received.stopped !== undefined) {
      // The debugger has detached meanwhile.
      if (this.watched === undefined) return;
      this.goesOn();
      const stop = stopOf(received.stopped);
      this.stop = { ...stop, request: requestOf(link.calls.get(call)) };
      if (this.stop.request !== null) holdRequest(this.stop.request.frame.root);
      link.held = true;
      this.listener?.(this.stop);
      return;
    }
    const asked = this.asked.get(Number(received.id));
    this.asked.delete(Number(received.id));
    if (received.error !== undefined) asked?.reject(new LineError(String(received.error)));
    else asked?.resolve(answerOf(received));
  }
}

const requestOf = (call: Call | undefined): StoppedAt['request'] =>
  call === undefined ? null : { frame: call.frame, args: call.asked.values };

type JsonObject = Readonly<Record<string, unknown>>;

function parse(json: string): JsonObject {
  try {
    return recordOf(JSON.parse(json));
  } catch {
    throw new Malformed('debugger message is not JSON');
  }
}

function recordOf(received: unknown): JsonObject {
  if (typeof received !== 'object' || received === null)
    throw new Malformed('debugger message is not an object');
  return received as JsonObject;
}

function listOf<T>(received: unknown, item: (each: JsonObject) => T): T[] {
  if (!Array.isArray(received)) throw new Malformed('debugger message is not a list');
  return received.slice(0, MOST).map((each) => item(recordOf(each)));
}

function stopOf(received: unknown): LineStop {
  const { reason, frames } = recordOf(received);
  const read = listOf(frames, ({ name, file, line }): LineFrame => {
    return { name: String(name), file: String(file), line: Number(line) || 0 };
  });
  if (read.length === 0) throw new Malformed('debugger stop has no line');
  return { reason: reason === 'step' ? 'step' : 'breakpoint', frames: read };
}

function answerOf({ lines, variables }: JsonObject): LineReply {
  if (variables !== undefined) {
    const read = ({ name, value, type, parts }: JsonObject): LineVariable => ({
      ...{ name: String(name), value: String(value), type: String(type) },
      parts: Number(parts) || 0,
    });
    return { variables: listOf(variables, read) };
  }
  if (lines === undefined) return {};
  const lineOf = (line: unknown) => (Number.isSafeInteger(line) ? Number(line) : null);
  const found = Object.entries(recordOf(lines)).map(([path, at]) => [
    path,
    Array.isArray(at) ? at.map(lineOf) : [],
  ]);
  return { lines: Object.fromEntries(found) };
}
