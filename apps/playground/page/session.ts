/**
 * The worker in which the graph runs, as the page sees it: questions that are answered, in turn. One
 * that does not answer in time is replaced.
 */
import type { Answer, LostCall, Question, Questions } from '../play/protocol.ts';

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

/**
 * Milliseconds that a worker may take to open. Firefox lets one in some dozens wait for ever, in the
 * middle of its opening: another one is begun in its place.
 */
const OPENING_MS = 10_000;

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
  private readonly settings: SessionSettings;
  private worker: WorkerLike | null = null;
  private waiting = new Map<number, Waiting>();
  /** What was asked last. */
  private asked: Question | null = null;
  private opening: ReturnType<typeof setTimeout> | undefined;
  private id = 0;
  private turn: Promise<unknown> = Promise.resolve();

  constructor(settings: SessionSettings) {
    this.settings = settings;
  }

  /** Ends the worker: what it was asked fails with this reason, and the next question finds a new one. */
  replace(why: string): void {
    this.end();
    const waiting = [...this.waiting.values()];
    this.waiting.clear();
    for (const { reject } of waiting) reject(new Lost(why));
  }

  private end(): void {
    clearTimeout(this.opening);
    this.worker?.terminate();
    this.worker = null;
  }

  /** One question at a time: what runs too long is then the one that was asked. @throws {Lost | Error} */
  ask<K extends Asked>(kind: K, body: Questions[K][0]): Promise<Questions[K][1]> {
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
    this.asked = { id, kind, body };
    this.worker.postMessage(this.asked);
    return answered.finally(() => clearTimeout(timer));
  }

  /** @param openingMs a machine may be so slow that it takes its time */
  private begin(openingMs = OPENING_MS): WorkerLike {
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
      if (told.id === OPENING) clearTimeout(this.opening);
      const waiting = this.waiting.get(told.id);
      this.waiting.delete(told.id);
      if (told.id === OPENING && 'failure' in told) this.replace(told.failure);
      else if ('failure' in told) waiting?.reject(new Error(told.failure));
      else waiting?.resolve(told.body as never);
    };
    this.opening = setTimeout(() => {
      this.end();
      this.worker = this.begin(2 * openingMs);
      this.worker.postMessage(this.asked);
    }, openingMs);
    return worker;
  }
}

/** Questions of which the last alone counts: one that is not answered yet is ended, with its worker. */
export class Latest {
  private readonly make: () => Session;
  private session: Session | null = null;
  private turn = 0;
  private isBusy = false;

  constructor(make: () => Session) {
    this.make = make;
  }

  /** @returns null where another question, or an end, came in between */
  async ask<R>(question: (session: Session) => Promise<R>): Promise<R | null> {
    this.end('another question was asked');
    const { turn } = this;
    this.isBusy = true;
    this.session ??= this.make();
    const answer = await question(this.session);
    if (turn !== this.turn) return null;
    this.isBusy = false;
    return answer;
  }

  end(why: string): void {
    this.turn += 1;
    if (this.isBusy) this.session?.replace(why);
    this.isBusy = false;
  }
}
