/**
 * Starts a server inside the wall (`confinement.ts`): a worker thread of this process (`confined-thread.ts`) enters the
 * wall, and starts the server from there, so that all threads of the server are inside from their first instruction. The
 * rest of this process stays outside, and can start further servers.
 *
 * The server's channel is a socket between it and this thread, in Node's format for child processes: a message is a line
 * of JSON. So the worker passes on the end of the process alone.
 *
 * Sources: Node's lib/internal/child_process.js (`NODE_CHANNEL_FD`), prctl(2), landlock_restrict_self(2).
 */
import { EventEmitter, once } from 'node:events';
import { Socket } from 'node:net';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { makeBuiltPath } from '../../runtime/sys/paths.ts';
import type { ServerChild } from '../server-process.ts';
import type { Confinement, StartRequest, ThreadMessage } from './confined-thread.ts';

/** The options of a start, as those of `child_process.spawn`. */
export type ChildOptions = Pick<StartRequest, 'stdio' | 'env'>;

/** Milliseconds to wait for the thread; it takes 20. */
const START_TIMEOUT_MS = 20_000;
/** The most characters of a message: a confined server may be hostile. */
const MESSAGE_MAX = 1 << 24;
/** The most descriptors of a server that may be sockets. */
const STDIO_MAX = 16;

/** A thread that starts one server inside the wall. It is made early, because its own start takes time. */
export class ConfinedStart {
  /** As `ThreadData.gate`. */
  readonly gate = new Int32Array(new SharedArrayBuffer(4 * (2 + STDIO_MAX)));
  readonly port: MessagePort;
  readonly worker: Worker;
  /** The ABI of Landlock, or an error text. */
  readonly landlock: Promise<number | string>;

  constructor() {
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    const workerData = { gate: this.gate, port: port2 };
    // The thread makes and closes descriptors by calls that Node does not know.
    const unmanaged = { trackUnmanagedFds: false };
    const options = { execArgv: [], workerData, transferList: [port2], ...unmanaged };
    this.worker = new Worker(makeBuiltPath('server/wall/confined-thread.cjs'), options);
    this.landlock = once(port1, 'message').then(([message]) => message.landlock);
  }

  /** Starts Node inside; returns the process, or -1. */
  spawn(request: StartRequest): number {
    this.port.postMessage(request);
    Atomics.store(this.gate, 0, 1);
    Atomics.notify(this.gate, 0);
    Atomics.wait(this.gate, 1, 0, START_TIMEOUT_MS);
    return this.gate[1]! || -1;
  }
}

/** A process that has been started inside the wall. */
export class ConfinedChild extends EventEmitter implements ServerChild {
  readonly pid: number | undefined;
  readonly stdio: readonly (Socket | null)[];
  private readonly channel: Socket | undefined;
  private hasExited = false;

  /** Starts this Node with arguments; the process leads a session of its own. */
  constructor(
    start: ConfinedStart,
    confinement: Confinement,
    args: readonly string[],
    { stdio, env }: ChildOptions,
  ) {
    super();
    const channelFd = stdio.indexOf('ipc');
    const channelVariables = {
      NODE_CHANNEL_FD: String(channelFd),
      NODE_CHANNEL_SERIALIZATION_MODE: 'json',
    };
    start.port.once('message', (message: ThreadMessage) => this.noteEnd(message));
    start.worker.once('error', ({ message }) => this.noteEnd({ error: message }));
    const pid = start.spawn({
      ...confinement,
      ...{ args, stdio },
      env: { ...env, ...(channelFd >= 0 && channelVariables) },
    });
    this.pid = pid > 0 ? pid : undefined;
    this.stdio = stdio.map((_, i) => {
      const fd = start.gate[2 + i]!;
      return fd > 0 ? new Socket({ fd }) : null;
    });
    this.channel = this.stdio[channelFd] ?? undefined;
    this.receive();
  }

  get stderr(): Socket | null {
    return this.stdio[2] ?? null;
  }

  get connected(): boolean {
    return this.channel !== undefined && !this.channel.destroyed;
  }

  send(message: object): boolean {
    return this.channel?.write(`${JSON.stringify(message)}\n`) ?? false;
  }

  disconnect(): void {
    this.channel?.end();
  }

  kill(signal: NodeJS.Signals): boolean {
    if (this.pid === undefined || this.hasExited) return false;
    try {
      return process.kill(this.pid, signal);
    } catch {
      // It has ended, and its message is on the way.
      return false;
    }
  }

  private noteEnd(message: ThreadMessage): void {
    if (this.hasExited || 'landlock' in message) return;
    this.hasExited = true;
    if ('error' in message) this.emit('error', Object.assign(new Error(message.error), message));
    else this.emit('exit', message.status, message.signal);
  }

  private receive(): void {
    const { channel } = this;
    let text = '';
    channel?.setEncoding('utf8').on('data', (data: string) => {
      const lines = (text + data).split('\n');
      text = lines.pop()!;
      const messages = lines.map(parseMessage);
      for (const message of messages) if (message !== null) this.emit('message', message);
      // A server that sends anything else is no longer one.
      if (text.length > MESSAGE_MAX || messages.includes(null)) channel.destroy();
    });
    // Of a server that was killed; 'close' follows.
    channel?.on('error', () => {});
    channel?.on('close', () => this.emit('disconnect'));
  }
}

/** Parses a message; null for anything but an object. */
function parseMessage(line: string): object | null {
  try {
    const message: unknown = JSON.parse(line);
    return typeof message === 'object' ? message : null;
  } catch {
    // A hostile server sends what it likes.
    return null;
  }
}
