/** The processes that ask a folder: started, placed, told what to do, and ended. */
import { type ChildProcess, fork } from 'node:child_process';
import { builtFile } from '../../../../runtime/sys/paths.ts';
import { pinProcess } from '../affinity.ts';
import { NotMeasured } from '../not-measured.ts';
import { childrenOf } from '../usage.ts';
import type { ClientReplies, ClientReply, ClientRequestName, ClientRequests } from './messages.ts';

const PROGRAM = builtFile(new URL('./client.js', import.meta.url));

/** The mount that was asked has no server any more. */
export class ServerGone extends NotMeasured {
  override readonly code = 'GLOSSA_SERVER_GONE';
}

export interface ClientSettings {
  readonly count: number;
  /** CPUs, as a list; null: they are not put anywhere. */
  readonly cpus: string | null;
  /** Ends them at once; what they were asked then fails with its reason. */
  readonly signal: AbortSignal;
}

/** Clients of one folder. All of them are asked the same at the same time. */
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

  /** The first of them. @throws {NotMeasured} */
  async one<N extends ClientRequestName>(
    ask: N,
    of: ClientRequests[N],
    patienceMs: number,
  ): Promise<ClientReplies[N]> {
    return this.guarded(this.children[0]!.ask(ask, of, patienceMs));
  }

  /** Each of them, by its number. @throws {NotMeasured} */
  async all<N extends ClientRequestName>(
    ask: N,
    of: (client: number) => ClientRequests[N],
    patienceMs: number,
  ): Promise<ClientReplies[N][]> {
    const answers = this.children.map((child, i) => child.ask(ask, of(i), patienceMs));
    return this.guarded(Promise.all(answers));
  }

  /** Ends them. One that hangs in a mount goes when the mount has gone. */
  readonly kill = (): void => {
    this.signal.removeEventListener('abort', this.kill);
    for (const child of this.children) child.kill();
  };

  /** Resolves when all have ended. */
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
  private settle: ((answer: ClientReply) => void) | null = null;

  constructor() {
    this.child = fork(PROGRAM, {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let said = '';
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    this.child.on('message', (answer) => this.settle?.(answer as ClientReply));
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

  async ask<N extends ClientRequestName>(
    ask: N,
    of: ClientRequests[N],
    patienceMs: number,
  ): Promise<ClientReplies[N]> {
    const answer = await new Promise<ClientReply>((resolve) => {
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
    if ('answer' in answer) return answer.answer as ClientReplies[N];
    throw answer.gone ? new ServerGone(answer.error) : new NotMeasured(answer.error);
  }

  /** With the command that it runs, if it runs one. */
  kill(): void {
    const { pid } = this.child;
    if (pid === undefined) return;
    // So that it starts none meanwhile.
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
