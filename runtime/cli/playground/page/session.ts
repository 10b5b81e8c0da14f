/**
 * The worker in which the graph runs, as the page sees it: questions that are answered, in turn. One
 * that does not answer in time is replaced; what the storage held is made again from the journal, the
 * lines of the shell that were carried out.
 */
import type { Verdict } from '../../../learn/judge.ts';
import type {
  Answer,
  JudgeRequest,
  LostCall,
  Questions,
  Ran,
  Started,
  Texts,
} from '../../../play/protocol.ts';

/** What is used of a worker. */
export interface WorkerLike {
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onerror: ((event: { readonly message?: string }) => void) | null;
  postMessage(message: unknown): void;
  terminate(): void;
}

export interface SessionSettings {
  /**
   * A worker that was asked to open, as question 0. `lost` is called when a call in it cannot be ended.
   */
  makeWorker(lost: (call: LostCall['lost']) => void): WorkerLike;
  /** Milliseconds that an answer may take. */
  readonly patience: Readonly<Record<Asked, number>>;
}

/** The number of the question that a worker begins with. */
export const OPENING = 0;

/** The worker was ended: what it was asked is not answered. */
export class Lost extends Error {
  readonly code = 'GLOSSA_PLAY_LOST';
}

/** What is asked once a worker is open. */
type Asked = Exclude<keyof Questions, 'open'>;

interface Waiting {
  resolve(body: never): void;
  reject(error: Error): void;
}

export class Session {
  /** Lines of the shell that made what the storage holds. */
  journal: string[] = [];
  private readonly settings: SessionSettings;
  private worker: WorkerLike | null = null;
  private waiting = new Map<number, Waiting>();
  private id = 0;
  private turn: Promise<unknown> = Promise.resolve();

  constructor(settings: SessionSettings) {
    this.settings = settings;
  }

  /** Starts a graph; the storage is filled by the journal. @throws {Lost | Error} */
  start(texts: Texts, distanceMs: number): Promise<Started> {
    return this.ask('start', { texts, distanceMs, journal: this.journal });
  }

  /** @throws {Lost | Error} */
  async run(line: string, user: string): Promise<Ran> {
    const ran = await this.ask('run', { line, user });
    if (ran.journal !== null) this.journal.push(ran.journal);
    return ran;
  }

  complete(line: string): Promise<readonly string[]> {
    return this.ask('complete', { line });
  }

  /** @throws {Lost | Error} */
  judge(request: JudgeRequest): Promise<Verdict> {
    return this.ask('judge', request);
  }

  async setDistance(distanceMs: number): Promise<void> {
    await this.ask('distance', { distanceMs });
  }

  /** Ends the worker: what it was asked fails with this reason, and the next question finds a new one. */
  replace(why: string): void {
    this.worker?.terminate();
    this.worker = null;
    const waiting = [...this.waiting.values()];
    this.waiting.clear();
    for (const { reject } of waiting) reject(new Lost(why));
  }

  /** One question at a time: what runs too long is then the one that was asked. */
  private ask<K extends Asked>(kind: K, body: Questions[K][0]): Promise<Questions[K][1]> {
    const asked = this.turn.then(() => this.send(kind, body));
    this.turn = asked.catch(() => {
      // Whoever asked is told.
    });
    return asked;
  }

  private send<K extends Asked>(kind: K, body: Questions[K][0]): Promise<Questions[K][1]> {
    this.worker ??= this.begin();
    this.id += 1;
    const id = this.id;
    const answered = new Promise<Questions[K][1]>((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
    });
    const limit = this.settings.patience[kind];
    const timer = setTimeout(() => {
      this.replace(`it has not answered for ${limit / 1000} s`);
    }, limit);
    this.worker.postMessage({ id, kind, body });
    return answered.finally(() => clearTimeout(timer));
  }

  private begin(): WorkerLike {
    const lost = ({ volume, seconds }: LostCall['lost']): void =>
      this.replace(`a call of ${volume} has run for ${seconds.toFixed(1)} s and cannot be ended`);
    const worker = this.settings.makeWorker(lost);
    worker.onerror = ({ message }) => {
      if (worker === this.worker) this.replace(message ?? 'it has failed');
    };
    worker.onmessage = ({ data }) => {
      if (worker !== this.worker) return;
      const told = data as Answer | LostCall;
      if ('lost' in told) return lost(told.lost);
      const waiting = this.waiting.get(told.id);
      this.waiting.delete(told.id);
      if (told.id === OPENING && 'failure' in told) this.replace(told.failure);
      else if ('failure' in told) waiting?.reject(new Error(told.failure));
      else waiting?.resolve(told.body as never);
    };
    return worker;
  }
}
