/** Asking the thread that searches through a mount (`searcher.ts`): one question after the other. */
import { Worker } from 'node:worker_threads';
import { builtFile } from '../../runtime/sys/paths.ts';
import type { Statedump } from '../../server/statedump/volumes.ts';
import type { Failure } from '../../terminal/exit.ts';
import type { Workload } from '../bench/engine/searches.ts';
import {
  type Answer,
  type Asked,
  type SearcherData,
  SHARED,
  type SharedSearch,
} from './searcher-data.ts';
import type { Outcome } from './searches.ts';

/** What each question is answered by. */
interface Answers {
  open: undefined;
  statedump: Statedump;
  warmUp: undefined;
  search: Outcome;
}

export class Searcher {
  private readonly worker: Worker;
  private readonly shared: SharedSearch = new Int32Array(
    new SharedArrayBuffer(SHARED.length * Int32Array.BYTES_PER_ELEMENT),
  );
  private readonly over: Promise<void>;
  private readonly broken: (errno: number) => Failure;
  /** Of the question that has no answer yet. */
  private settle: (answer: Answer | Error) => void = () => {};
  /** Of the thread itself. */
  private failure: Error | null = null;

  /** @param broken what to say of a mount that answers so */
  constructor(mountpoint: string, workload: Workload, broken: (errno: number) => Failure) {
    const data: SearcherData = { mountpoint, workload, shared: this.shared };
    const entry = builtFile(new URL('./searcher.js', import.meta.url));
    this.broken = broken;
    this.worker = new Worker(entry, { workerData: data, execArgv: [], name: 'searches' });
    this.worker.on('message', (answer: Answer) => this.settle(answer));
    this.worker.on('error', (error) => {
      this.failure = error;
      this.settle(error);
    });
    this.over = new Promise((resolve) => this.worker.once('exit', () => resolve()));
  }

  /** @param round to search in. @throws {Failure} when the mount fails */
  async ask<Q extends keyof Answers>(question: Q, round = 0): Promise<Answers[Q]> {
    if (this.failure !== null) throw this.failure;
    const answer = await new Promise<Answer | Error>((resolve) => {
      this.settle = resolve;
      this.say({ question, round });
    });
    if (answer instanceof Error) throw answer;
    if ('errno' in answer) throw this.broken(answer.errno);
    return answer.value as Answers[Q];
  }

  /**
   * Resolves when the thread is over: what it has opened is closed, and nobody hears any more what it was
   * asked for. It is not ended by force, as it may be loading native code: a call that hangs ends with
   * the mount.
   */
  async end(): Promise<void> {
    this.settle = () => {};
    Atomics.store(this.shared, SHARED.ends, 1);
    this.say({ question: 'end', round: 0 });
    await this.over;
  }

  private say(asked: Asked): void {
    this.worker.postMessage(asked);
  }
}
