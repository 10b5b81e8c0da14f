/**
 * Asks the worker that runs the graph the page's questions, one after the other. A worker that does
 * not answer in time is replaced.
 */
import type { LostCall, Question, Questions, WorkerAnswer } from '../play/protocol.ts';

/** The methods of a worker that a session uses. */
export interface WorkerLike {
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onerror: ((event: { readonly message?: string }) => void) | null;
  postMessage(message: unknown): void;
  terminate(): void;
}

/** The function by which a session makes workers, and its time limits. */
export interface SessionSettings {
  /**
   * Makes a worker, and sends it question 0, `open`.
   * @param onLostCall called when a module's call in the worker runs too long and cannot be ended
   */
  makeWorker(onLostCall: (call: LostCall['lost']) => void): WorkerLike;
  /** Time limits of answers in milliseconds. */
  readonly timeLimitsMs: Readonly<Record<QuestionKind, number>>;
}

/** The number of a worker's first question. */
export const OPENING_ID = 0;

/**
 * Time limit of a worker's opening in milliseconds. In Firefox, a few workers in a hundred hang
 * while they open; the session starts another one.
 */
const OPENING_TIMEOUT_MS = 10_000;

/** Thrown when the worker was ended before it answered. */
export class WorkerLost extends Error {
  readonly code = 'GLOSSA_PLAY_LOST';
}

/** Questions to an open worker. */
type QuestionKind = Exclude<keyof Questions, 'open'>;

/** Settles the promise of a question. */
interface PendingAnswer {
  resolve(body: never): void;
  reject(error: Error): void;
}

/** A session with one worker at a time. */
export class WorkerSession {
  private readonly settings: SessionSettings;
  private worker: WorkerLike | null = null;
  /** Questions without an answer, by their ids. */
  private pending = new Map<number, PendingAnswer>();
  /** The pending question, to be sent again to another worker. */
  private lastQuestion: Question | null = null;
  private openingTimer: ReturnType<typeof setTimeout> | undefined;
  private lastId = 0;
  /** Settles with the last question, so that the next one is sent after it. */
  private lastAnswer: Promise<unknown> = Promise.resolve();

  constructor(settings: SessionSettings) {
    this.settings = settings;
  }

  /** Ends the worker: the pending question fails with this reason; the next starts a new worker. */
  endWorker(reason: string): void {
    this.dropWorker();
    const pending = [...this.pending.values()];
    this.pending.clear();
    for (const { reject } of pending) reject(new WorkerLost(reason));
  }

  /** Ends the worker; the pending questions stay pending. */
  private dropWorker(): void {
    clearTimeout(this.openingTimer);
    this.worker?.terminate();
    this.worker = null;
  }

  /** Asks one question at a time, so that a timeout belongs to it. @throws {WorkerLost | Error} */
  ask<K extends QuestionKind>(kind: K, body: Questions[K][0]): Promise<Questions[K][1]> {
    const answer = this.lastAnswer.then(() => this.send(kind, body));
    this.lastAnswer = answer.catch(() => {
      // The caller gets the rejection.
    });
    return answer;
  }

  /** Sends a question to the worker; starts the worker first if none is running. */
  private send<K extends QuestionKind>(kind: K, body: Questions[K][0]): Promise<Questions[K][1]> {
    this.worker ??= this.startWorker();
    this.lastId += 1;
    const id = this.lastId;
    const answer = new Promise<Questions[K][1]>((resolve, reject) => {
      this.pending.set(id, { resolve, reject });
    });
    const limitMs = this.settings.timeLimitsMs[kind];
    const timer = setTimeout(() => {
      this.endWorker(`it has not answered for ${limitMs / 1000} s`);
    }, limitMs);
    this.lastQuestion = { id, kind, body };
    this.worker.postMessage(this.lastQuestion);
    return answer.finally(() => clearTimeout(timer));
  }

  /** Starts a worker. @param openingMs time limit of its opening, doubled at each further attempt */
  private startWorker(openingMs = OPENING_TIMEOUT_MS): WorkerLike {
    const onLostCall = ({ volume, seconds }: LostCall['lost']): void =>
      this.endWorker(`a call of ${volume} has run for ${seconds.toFixed(1)} s and cannot be ended`);
    const worker = this.settings.makeWorker(onLostCall);
    worker.onerror = ({ message }) => {
      if (worker === this.worker) this.endWorker(message ?? 'it has failed');
    };
    worker.onmessage = ({ data }) => {
      if (worker !== this.worker) return;
      const message = data as WorkerAnswer | LostCall;
      if ('lost' in message) return onLostCall(message.lost);
      if (message.id === OPENING_ID) clearTimeout(this.openingTimer);
      const pending = this.pending.get(message.id);
      this.pending.delete(message.id);
      if (message.id === OPENING_ID && 'failure' in message) this.endWorker(message.failure);
      else if ('failure' in message) pending?.reject(new Error(message.failure));
      else pending?.resolve(message.body as never);
    };
    // A worker that hangs while it opens is replaced, and gets the pending question again.
    this.openingTimer = setTimeout(() => {
      this.dropWorker();
      this.worker = this.startWorker(2 * openingMs);
      this.worker.postMessage(this.lastQuestion);
    }, openingMs);
    return worker;
  }
}

/** Asks questions of which only the last counts: a new one ends the pending one and its worker. */
export class LatestQuestion {
  private readonly makeSession: () => WorkerSession;
  private session: WorkerSession | null = null;
  /** Number of the last question; an answer to an earlier one does not count. */
  private questionNumber = 0;
  private isBusy = false;

  constructor(makeSession: () => WorkerSession) {
    this.makeSession = makeSession;
  }

  /** Asks a question. @returns null if another question, or `end`, replaced it */
  async ask<R>(question: (session: WorkerSession) => Promise<R>): Promise<R | null> {
    this.end('another question was asked');
    const { questionNumber } = this;
    this.isBusy = true;
    this.session ??= this.makeSession();
    const answer = await question(this.session);
    if (questionNumber !== this.questionNumber) return null;
    this.isBusy = false;
    return answer;
  }

  /** Ends the pending question, and its worker. */
  end(reason: string): void {
    this.questionNumber += 1;
    if (this.isBusy) this.session?.endWorker(reason);
    this.isBusy = false;
  }
}
