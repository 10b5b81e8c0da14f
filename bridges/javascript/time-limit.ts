/**
 * Limits the time of a call. The running interpreter checks the limit: it interrupts the call at
 * the limit and again after each further quarter, and ends itself at 1¾ of the limit.
 */
import { EngineError } from './errors.ts';

/** The number of host calls between two samples of the clock. */
const CALLS_PER_SAMPLE = 64;
/** The most interrupts of one call; at the next one the interpreter ends instead. */
const MAX_INTERRUPTS = 3;

/** The time limit of an interpreter's calls. */
export class TimeLimit {
  /** The number of interrupts of the current call. */
  interruptCount = 0;
  readonly #limitMs: number;
  readonly #clock: () => number;
  /** The clock's milliseconds at the next interrupt; 0 before the call's first sample. */
  #deadlineMs = 0;
  #hostCallCount = 0;

  /**
   * @param limitMs 0 for no limit
   * @param clock returns milliseconds
   */
  constructor(limitMs: number, clock: () => number = () => performance.now()) {
    this.#limitMs = limitMs;
    this.#clock = clock;
  }

  /** Resets the limit for a new call. */
  beginCall(): void {
    this.interruptCount = 0;
    // Sampling the clock costs more than most calls: the first sample starts the limit.
    this.#deadlineMs = 0;
  }

  /**
   * Samples the clock; true if the call must be interrupted.
   * @throws {EngineError} after MAX_INTERRUPTS
   */
  checkDeadline(): boolean {
    const nowMs = this.#clock();
    if (this.#deadlineMs === 0) this.#deadlineMs = nowMs + this.#limitMs;
    if (nowMs <= this.#deadlineMs) return false;
    this.interruptCount += 1;
    if (this.interruptCount > MAX_INTERRUPTS) {
      // Thrown through the interpreter, which is never entered again.
      throw new EngineError('time-limit', 'a call ran too long and would not be interrupted', true);
    }
    // The interrupt rejects an async function; its caller gets some time to handle that.
    this.#deadlineMs = nowMs + this.#limitMs / 4;
    return true;
  }

  /**
   * Does the same for a host function that the module calls, once in CALLS_PER_SAMPLE calls. (The
   * interpreter counts such a call as one step, however long it takes.)
   * @throws {EngineError} as `checkDeadline` does
   */
  checkDeadlineAtCall(): boolean {
    this.#hostCallCount += 1;
    return (
      this.#limitMs > 0 && this.#hostCallCount % CALLS_PER_SAMPLE === 0 && this.checkDeadline()
    );
  }

  /** Runs `action` with a time limit of its own. */
  runWithLimit<T>(limitMs: number, action: () => T): T {
    const [deadlineMs, interruptCount] = [this.#deadlineMs, this.interruptCount];
    this.#deadlineMs = this.#clock() + limitMs;
    try {
      return action();
    } finally {
      this.#deadlineMs = deadlineMs;
      this.interruptCount = interruptCount;
    }
  }

  /** The error message of an interrupted call. */
  get interruptMessage(): string {
    const seconds = this.#limitMs / 1000;
    return `the call took longer than ${seconds} s (option time-limit)`;
  }
}
