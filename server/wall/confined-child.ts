/**
 * Starts a server inside the wall (`confinement.ts`): a worker thread of this process enters the wall, and starts the
 * server from there, so that all of its threads are inside from their first instruction. The rest of this process stays
 * outside, and can start further servers.
 *
 * The server's channel is a socket between it and this thread, in Node's format for child processes: a message is a line
 * of JSON. So the worker passes on the end of the process alone.
 *
 * Sources: Node's lib/internal/child_process.js (`NODE_CHANNEL_FD`), prctl(2), landlock_restrict_self(2).
 */
import { EventEmitter } from 'node:events';
import { closeSync } from 'node:fs';
import { Socket } from 'node:net';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { strerror } from '../../runtime/core/errno.ts';
import { koffiPath } from '../../runtime/sys/koffi.ts';
import { prctl } from '../../runtime/sys/libc.ts';
import { makeSocketpair } from '../../runtime/sys/socket.ts';
import { systemCalls } from '../../runtime/sys/system-calls.ts';
import type { ServerChild } from '../server-process.ts';
import type { WallEntry } from './confinement.ts';

/** The options of a start, as those of `child_process.spawn`; a number is a descriptor of this process. */
export interface ChildOptions {
  readonly stdio: readonly ('ignore' | 'inherit' | 'pipe' | 'ipc' | number)[];
  readonly env: NodeJS.ProcessEnv;
}

/** Milliseconds to wait for the thread; it takes 20. */
const START_TIMEOUT_MS = 20_000;
/** The most characters of a message: a confined server may be hostile. */
const MESSAGE_MAX = 1 << 24;
const PR_SET_DUMPABLE = 4;

/** The thread's program. Word 0 of the gate is 1 when a start is requested, word 1 the process, or -1. */
const WORKER_PROGRAM = `
const { spawn } = require('node:child_process');
const { receiveMessageOnPort, workerData } = require('node:worker_threads');
const { gate, port, koffiPath } = workerData;
const koffi = require(koffiPath);
const libc = koffi.load(null);
const prctl = libc.func('int prctl(int, uint64, uint64, uint64, uint64)');
const restrictSelf = libc.func('int64 syscall(int64, int64, int64)');
const setFilter = libc.func('int prctl(int, uint64, void *, uint64, uint64)');
const PR_CAPBSET_DROP = 24, PR_SET_NO_NEW_PRIVS = 38, PR_SET_SECCOMP = 22, SECCOMP_MODE_FILTER = 2;
Atomics.wait(gate, 0, 0);
const { entry, args, options } = receiveMessageOnPort(port).message;
let pid = -1;
try {
  for (const capability of entry.droppedCapabilities) prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  // struct sock_fprog: the number of instructions of 8 bytes, and their address.
  const program = Buffer.alloc(16);
  program.writeUInt16LE((entry.filter?.length ?? 0) / 8, 0);
  program.writeBigUInt64LE(entry.filter ? BigInt(koffi.address(entry.filter)) : 0n, 8);
  if (
    (entry.filter && setFilter(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, program, 0, 0) !== 0) ||
    restrictSelf(${systemCalls.landlock_restrict_self}, entry.ruleset, 0) !== 0
  ) throw new Error('the kernel refuses to confine the server');
  const child = spawn(process.execPath, args, options);
  const end = (message) => {
    port.postMessage(message);
    port.close();
  };
  child.once('error', ({ message, code }) => end({ error: message, code }));
  child.once('exit', (status, signal) => end({ status, signal }));
  pid = child.pid ?? -1;
} catch (error) {
  port.postMessage({ error: String(error) });
  port.close();
}
Atomics.store(gate, 1, pid);
Atomics.notify(gate, 1);
`;

/** The end of a server, or the reason why it did not start. */
type EndMessage =
  | { readonly status: number | null; readonly signal: NodeJS.Signals | null }
  | { readonly error: string; readonly code?: string };

/** A thread that starts one server inside the wall. It is made early, because its own start takes time. */
export class ConfinedStart {
  private readonly gate = new Int32Array(new SharedArrayBuffer(8));
  readonly port: MessagePort;
  readonly worker: Worker;

  constructor() {
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    const workerData = { gate: this.gate, port: port2, koffiPath };
    const options = { eval: true, execArgv: [], workerData, transferList: [port2] };
    this.worker = new Worker(WORKER_PROGRAM, options);
  }

  /** Starts Node with arguments inside; returns the process, or -1. */
  spawn(entry: WallEntry, args: readonly string[], options: object): number {
    this.port.postMessage({ entry, args, options });
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
    entry: WallEntry,
    args: readonly string[],
    { stdio, env }: ChildOptions,
  ) {
    super();
    const passed: number[] = [];
    const openSocket = (): Socket => {
      const pair = makeSocketpair();
      if (typeof pair === 'number') throw new Error(`socketpair: ${strerror(-pair)}`);
      passed.push(pair[1]);
      return new Socket({ fd: pair[0] });
    };
    const sockets = stdio.map((item) => (item === 'pipe' || item === 'ipc' ? openSocket() : null));
    const passedFds = [...passed];
    const items = stdio.map((item, i) =>
      sockets[i] !== null ? passedFds.shift()! : item === 'inherit' ? i : item,
    );
    const channelFd = stdio.indexOf('ipc');
    this.stdio = sockets;
    this.channel = sockets[channelFd] ?? undefined;
    // The server and this thread's worker have the same restrictions, so that one could read the other's memory.
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    start.port.once('message', (message: EndMessage) => this.noteEnd(message));
    start.worker.once('error', ({ message }) => this.noteEnd({ error: message }));
    const channelVariables = {
      NODE_CHANNEL_FD: String(channelFd),
      NODE_CHANNEL_SERIALIZATION_MODE: 'json',
    };
    const pid = start.spawn(entry, args, {
      detached: true,
      stdio: items,
      env: { ...env, ...(channelFd >= 0 && channelVariables) },
    });
    this.pid = pid > 0 ? pid : undefined;
    for (const fd of passed) closeSync(fd);
    closeSync(entry.ruleset);
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

  private noteEnd(message: EndMessage): void {
    if (this.hasExited) return;
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
