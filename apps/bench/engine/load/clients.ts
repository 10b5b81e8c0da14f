/** Starts the bench's client processes of a folder, pins them to CPUs, and sends them requests. */
import { type ChildProcess, fork } from 'node:child_process';
import { builtFile } from '../../../../runtime/sys/paths.ts';
import { pinProcess } from '../affinity.ts';
import { NotMeasured } from '../not-measured.ts';
import { childrenOf } from '../usage.ts';
import type { Reply, ReplyTypes, RequestName, RequestTypes } from './messages.ts';

const PROGRAM = builtFile(new URL('./client.js', import.meta.url));

/** The server of the mount has ended. */
export class ServerGone extends NotMeasured {
  override readonly code = 'GLOSSA_SERVER_GONE';
}

export interface ClientSettings {
  readonly count: number;
  /** CPUs to pin the clients to, as a list; null: any. */
  readonly cpus: string | null;
  /** Aborting kills the clients at once; pending requests fail with its reason. */
  readonly signal: AbortSignal;
}

/** The clients of one folder, which work at the same time. */
export class Clients {
  private readonly children: readonly Client[];
  private readonly signal: AbortSignal;

  constructor({ count, cpus, signal }: ClientSettings) {
    this.signal = signal;
    this.children = Array.from({ length: count }, () => new Client());
    signal.addEventListener('abort', this.kill);
    if (cpus !== null) for (const { pid } of this.children) pinProcess(pid, cpus);
  }

  get pids(): number[] {
    return this.children.map(({ pid }) => pid);
  }

  /** Sends a request to the first client. @throws {NotMeasured} */
  async one<N extends RequestName>(
    ask: N,
    of: RequestTypes[N],
    patienceMs: number,
  ): Promise<ReplyTypes[N]> {
    return this.unlessAborted(this.children[0]!.ask(ask, of, patienceMs));
  }

  /** Sends each client, by its number, a request. @throws {NotMeasured} */
  async all<N extends RequestName>(
    ask: N,
    of: (client: number) => RequestTypes[N],
    patienceMs: number,
  ): Promise<ReplyTypes[N][]> {
    const replies = this.children.map((child, i) => child.ask(ask, of(i), patienceMs));
    return this.unlessAborted(Promise.all(replies));
  }

  /** Kills the clients. A client that hangs in a mount ends when the mount is gone. */
  readonly kill = (): void => {
    this.signal.removeEventListener('abort', this.kill);
    for (const child of this.children) child.kill();
  };

  /** Resolves when all clients have ended. */
  async ended(): Promise<void> {
    await Promise.all(this.children.map((child) => child.ended));
  }

  private async unlessAborted<T>(replies: Promise<T>): Promise<T> {
    try {
      return await replies;
    } finally {
      this.signal.throwIfAborted();
    }
  }
}

class Client {
  readonly ended: Promise<void>;
  private readonly child: ChildProcess;
  private settle: ((reply: Reply) => void) | null = null;

  constructor() {
    this.child = fork(PROGRAM, {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let stderr = '';
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    this.child.on('message', (reply) => this.settle?.(reply as Reply));
    this.ended = new Promise((resolve) => {
      const settleEnded = (): void => {
        const why = stderr.trim().split('\n').at(-1) || 'it was killed';
        this.settle?.({ error: `a client ended: ${why}`, gone: false });
        resolve();
      };
      this.child.once('exit', settleEnded).once('error', settleEnded);
    });
  }

  get pid(): number {
    return this.child.pid!;
  }

  async ask<N extends RequestName>(
    ask: N,
    of: RequestTypes[N],
    patienceMs: number,
  ): Promise<ReplyTypes[N]> {
    const reply = await new Promise<Reply>((resolve) => {
      const timer = setTimeout(() => {
        const seconds = Math.round(patienceMs / 1000);
        resolve({ error: `no reply within ${seconds} s`, gone: false });
      }, patienceMs);
      this.settle = (settled) => {
        clearTimeout(timer);
        resolve(settled);
      };
      if (this.child.connected) this.child.send({ ask, of });
      else this.settle({ error: 'a client ended', gone: false });
    });
    this.settle = null;
    if ('answer' in reply) return reply.answer as ReplyTypes[N];
    throw reply.gone ? new ServerGone(reply.error) : new NotMeasured(reply.error);
  }

  /** Kills the client and the command that it runs. */
  kill(): void {
    const { pid } = this.child;
    if (pid === undefined) return;
    // A stopped client starts no further command.
    this.child.kill('SIGSTOP');
    const children = childrenOf(pid);
    this.child.kill('SIGKILL');
    for (const child of children) killOne(child);
  }
}

function killOne(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}
