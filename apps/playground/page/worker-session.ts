/**
 * The page's session with the worker that runs the graph: sends questions one after the other. A
 * worker that does not answer in time is replaced.
 */
import type { LostCall, Question, Questions, WorkerAnswer } from '../play/protocol.ts';

/** The methods of a worker that a session uses. */
export interface WorkerLike {
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onerror: ((event: { readonly message?: string }) => void) | null;
  postMessage(message: unknown): void;
  terminate(): void;
}

export interface SessionSettings {
  /**
   * Makes a worker with question 0, to open. The worker calls `lost` when a call in it cannot be
   * ended.
   */
  makeWorker(lost: (call: LostCall['lost']) => void): WorkerLike;
  /** Time limits of answers in milliseconds. */
  readonly patience: Readonly<Record<QuestionKind, number>>;
}

/** The number of a worker's first question. */
export const OPENING = 0;

/**
 * Time limit of a worker's opening in milliseconds. In Firefox, a few workers in a hundred hang
 * while they open; the session starts another one.
 */
const OPENING_MS = 10_000;

/** The worker was ended before it answered. */
export class WorkerLost extends Error {
  readonly code = 'GLOSSA_PLAY_LOST';
}

/** Questions to an open worker. */
type QuestionKind = Exclude<keyof Questions, 'open'>;

interface Waiting {
  resolve(body: never): void;
  reject(error: Error): void;
}

export class Session {
  private readonly settings: SessionSettings;
  private worker: WorkerLike | null = null;
  private waiting = new Map<number, Waiting>();
  /** The pending question. */
  private asked: Question | null = null;
  private opening: ReturnType<typeof setTimeout> | undefined;
  private id = 0;
  private turn: Promise<unknown> = Promise.resolve();

  constructor(settings: SessionSettings) {
    this.settings = settings;
  }

  /** Ends the worker: the pending question fails with this reason; the next starts a new worker. */
  replace(why: string): void {
    this.end();
    const waiting = [...this.waiting.values()];
    this.waiting.clear();
    for (const { reject } of waiting) reject(new WorkerLost(why));
  }

  private end(): void {
    clearTimeout(this.opening);
    this.worker?.terminate();
    this.worker = null;
  }

  /** Asks one question at a time, so that a timeout belongs to it. @throws {WorkerLost | Error} */
  ask<K extends QuestionKind>(kind: K, body: Questions[K][0]): Promise<Questions[K][1]> {
    const asked = this.turn.then(() => this.send(kind, body));
    this.turn = asked.catch(() => {
      // The caller gets the rejection.
    });
    return asked;
  }

  private send<K extends QuestionKind>(kind: K, body: Questions[K][0]): Promise<Questions[K][1]> {
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

  /** Starts a worker. @param openingMs time limit, longer for the second attempt */
  private begin(openingMs = OPENING_MS): WorkerLike {
    const lost = ({ volume, seconds }: LostCall['lost']): void =>
      this.replace(`a call of ${volume} has run for ${seconds.toFixed(1)} s and cannot be ended`);
    const worker = this.settings.makeWorker(lost);
    worker.onerror = ({ message }) => {
      if (worker === this.worker) this.replace(message ?? 'it has failed');
    };
    worker.onmessage = ({ data }) => {
      if (worker !== this.worker) return;
      const told = data as WorkerAnswer | LostCall;
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

/** Asks questions of which only the last counts: a new one ends the pending one with its worker. */
export class Latest {
  private readonly make: () => Session;
  private session: Session | null = null;
  private turn = 0;
  private isBusy = false;

  constructor(make: () => Session) {
    this.make = make;
  }

  /** Asks. @returns null if another question, or `end`, replaced it */
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
