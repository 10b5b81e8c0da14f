/** Starts the bench's client processes for a folder, pins them to CPUs, and sends them requests. */
import { type ChildProcess, fork } from 'node:child_process';
import { makeBuiltPath } from '../../../../runtime/sys/paths.ts';
import { pinProcess } from '../affinity.ts';
import { MeasurementError } from '../measurement-error.ts';
import { listChildren } from '../process-usage.ts';
import type { Reply, ReplyTypes, RequestName, RequestTypes } from './messages.ts';

/** The program of clients of a mount or a plain directory. */
const CLIENT_PROGRAM = makeBuiltPath('apps/bench/engine/load/client.cjs');

/** Thrown when the server of the mount has ended. */
export class ServerGone extends MeasurementError {
  override readonly code = 'GLOSSA_SERVER_GONE';
}

/** The number and the CPUs of the clients. */
export interface ClientSettings {
  /** Number of client processes. */
  readonly count: number;
  /** CPUs to pin the clients to, as a list `0-3,8`; null if they are not pinned. */
  readonly cpus: string | null;
  /** The program of each client's process; absent: the one for mounts. */
  readonly program?: string | undefined;
  /** Aborting kills the clients at once; pending requests fail with its reason. */
  readonly signal: AbortSignal;
}

/** The client processes of one folder; they send requests at the same time. */
export class Clients {
  private readonly children: readonly Client[];
  private readonly signal: AbortSignal;

  /** Starts and pins the clients. @throws {MeasurementError} if a client cannot be pinned */
  constructor({ count, cpus, program = CLIENT_PROGRAM, signal }: ClientSettings) {
    this.signal = signal;
    this.children = Array.from({ length: count }, () => new Client(program));
    signal.addEventListener('abort', this.kill);
    if (cpus !== null) this.pin(cpus);
  }

  /** Pins the clients to CPUs. @throws {MeasurementError} if that fails */
  pin(cpus: string): void {
    for (const { pid } of this.children) pinProcess(pid, cpus);
  }

  /** The pids of the client processes. */
  get pids(): number[] {
    return this.children.map(({ pid }) => pid);
  }

  /** Sends a request to the first client, and waits for the reply. @throws {MeasurementError} */
  async requestFirst<N extends RequestName>(
    name: N,
    args: RequestTypes[N],
    timeoutMs: number,
  ): Promise<ReplyTypes[N]> {
    return this.failIfAborted(this.children[0]!.request(name, args, timeoutMs));
  }

  /**
   * Sends a request to each client, and waits for all replies.
   * @param makeArgs makes the arguments for the client of this number, from 0
   * @throws {MeasurementError}
   */
  async requestAll<N extends RequestName>(
    name: N,
    makeArgs: (client: number) => RequestTypes[N],
    timeoutMs: number,
  ): Promise<ReplyTypes[N][]> {
    const replies = this.children.map((child, i) => child.request(name, makeArgs(i), timeoutMs));
    return this.failIfAborted(Promise.all(replies));
  }

  /** Kills the clients. A client that hangs in a mount ends when the mount is gone. */
  readonly kill = (): void => {
    this.signal.removeEventListener('abort', this.kill);
    for (const child of this.children) child.kill();
  };

  /** Resolves when all clients have ended. */
  async waitUntilEnded(): Promise<void> {
    await Promise.all(this.children.map((child) => child.exitPromise));
  }

  /** Waits for replies; throws the signal's reason if it was aborted meanwhile. */
  private async failIfAborted<T>(replies: Promise<T>): Promise<T> {
    try {
      return await replies;
    } finally {
      this.signal.throwIfAborted();
    }
  }
}

/** One client process, which handles one request at a time. */
class Client {
  readonly exitPromise: Promise<void>;
  private readonly child: ChildProcess;
  /** Ends the wait for the reply; null while no request is pending. */
  private resolveReply: ((reply: Reply) => void) | null = null;

  constructor(program: string) {
    this.child = fork(program, {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let stderr = '';
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    this.child.on('message', (reply) => this.resolveReply?.(reply as Reply));
    this.exitPromise = new Promise((resolve) => {
      const onExit = (): void => {
        const reason = stderr.trim().split('\n').at(-1) || 'it was killed';
        this.resolveReply?.({ error: `a client ended: ${reason}`, isServerGone: false });
        resolve();
      };
      this.child.once('exit', onExit).once('error', onExit);
    });
  }

  /** The pid of the process. */
  get pid(): number {
    return this.child.pid!;
  }

  /** Sends a request, and waits for the reply. @throws {MeasurementError} also after `timeoutMs` */
  async request<N extends RequestName>(
    name: N,
    args: RequestTypes[N],
    timeoutMs: number,
  ): Promise<ReplyTypes[N]> {
    const reply = await new Promise<Reply>((resolve) => {
      const timer = setTimeout(() => {
        const seconds = Math.round(timeoutMs / 1000);
        resolve({ error: `no reply within ${seconds} s`, isServerGone: false });
      }, timeoutMs);
      this.resolveReply = (received) => {
        clearTimeout(timer);
        resolve(received);
      };
      if (this.child.connected) this.child.send({ name, args });
      else this.resolveReply({ error: 'a client ended', isServerGone: false });
    });
    this.resolveReply = null;
    if ('result' in reply) return reply.result as ReplyTypes[N];
    throw reply.isServerGone ? new ServerGone(reply.error) : new MeasurementError(reply.error);
  }

  /** Kills the client and the command that it runs. */
  kill(): void {
    const { pid } = this.child;
    if (pid === undefined) return;
    // A stopped client starts no further command.
    this.child.kill('SIGSTOP');
    const childPids = listChildren(pid);
    this.child.kill('SIGKILL');
    for (const childPid of childPids) killProcess(childPid);
  }
}

/** Kills a process, unless it has ended. */
function killProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // The process has ended.
  }
}
