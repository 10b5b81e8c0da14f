/** Starts the client processes of a folder, pins them to CPUs, sends them requests, ends them. */
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
  /** Kills the clients at once; pending requests fail with its reason. */
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
    return this.guarded(this.children[0]!.ask(ask, of, patienceMs));
  }

  /** Sends each client, by its number, a request. @throws {NotMeasured} */
  async all<N extends RequestName>(
    ask: N,
    of: (client: number) => RequestTypes[N],
    patienceMs: number,
  ): Promise<ReplyTypes[N][]> {
    const answers = this.children.map((child, i) => child.ask(ask, of(i), patienceMs));
    return this.guarded(Promise.all(answers));
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

  private async guarded<T>(answers: Promise<T>): Promise<T> {
    try {
      return await answers;
    } finally {
      this.signal.throwIfAborted();
    }
  }
}

class Client {
  readonly ended: Promise<void>;
  private readonly child: ChildProcess;
  private settle: ((answer: Reply) => void) | null = null;

  constructor() {
    this.child = fork(PROGRAM, {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let said = '';
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    this.child.on('message', (answer) => this.settle?.(answer as Reply));
    this.ended = new Promise((resolve) => {
      const over = (): void => {
        const why = said.trim().split('\n').at(-1) || 'it was killed';
        this.settle?.({ error: `a client ended: ${why}`, gone: false });
        resolve();
      };
      this.child.once('exit', over).once('error', over);
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
    const answer = await new Promise<Reply>((resolve) => {
      const late = setTimeout(() => {
        const seconds = Math.round(patienceMs / 1000);
        resolve({ error: `no answer within ${seconds} s`, gone: false });
      }, patienceMs);
      this.settle = (found) => {
        clearTimeout(late);
        resolve(found);
      };
      if (this.child.connected) this.child.send({ ask, of });
      else this.settle({ error: 'a client ended', gone: false });
    });
    this.settle = null;
    if ('answer' in answer) return answer.answer as ReplyTypes[N];
    throw answer.gone ? new ServerGone(answer.error) : new NotMeasured(answer.error);
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
