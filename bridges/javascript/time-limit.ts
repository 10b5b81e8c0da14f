/**
 * Limits the time of a call. The running interpreter checks the limit: it interrupts the call at
 * the limit and again after each further quarter, and ends itself at 1¾ of the limit.
 */
import { EngineError } from './errors.ts';

/** The number of host calls between two samples of the clock. */
const CALLS_PER_SAMPLE = 64;
/** The most interrupts of one call; at the next one the interpreter ends instead. */
const MAX_INTERRUPTS = 3;

export class TimeLimit {
  /** The number of interrupts of the current call. */
  interruptCount = 0;
  readonly #limitMs: number;
  readonly #clock: () => number;
  #deadline = 0;
  #hostCallCount = 0;

  /**
   * @param milliseconds 0 for no limit
   * @param clock returns milliseconds
   */
  constructor(milliseconds: number, clock: () => number = () => performance.now()) {
    this.#limitMs = milliseconds;
    this.#clock = clock;
  }

  /** Resets the limit for a new call. */
  beginCall(): void {
    this.interruptCount = 0;
    // Sampling the clock costs more than most calls: the first sample starts the limit.
    this.#deadline = 0;
  }

  /**
   * Samples the clock; true if the call must be interrupted.
   * @throws {EngineError} after MAX_INTERRUPTS
   */
  checkDeadline(): boolean {
    const now = this.#clock();
    if (this.#deadline === 0) this.#deadline = now + this.#limitMs;
    if (now <= this.#deadline) return false;
    this.interruptCount += 1;
    if (this.interruptCount > MAX_INTERRUPTS) {
      // Thrown through the interpreter, which is never entered again.
      throw new EngineError('time-limit', 'a call ran too long and would not be interrupted', true);
    }
    // The interrupt rejects an async function; its caller gets some time to handle that.
    this.#deadline = now + this.#limitMs / 4;
    return true;
  }

  /**
   * As `checkDeadline`, when the module calls a host function. (The interpreter counts such a call
   * as one step, however long it takes.)
   * @throws {EngineError} as `checkDeadline`
   */
  checkDeadlineAtCall(): boolean {
    this.#hostCallCount += 1;
    return (
      this.#limitMs > 0 && this.#hostCallCount % CALLS_PER_SAMPLE === 0 && this.checkDeadline()
    );
  }

  /** Runs `action` with a time limit of its own. */
  runWithLimit<T>(milliseconds: number, action: () => T): T {
    const [deadline, interruptCount] = [this.#deadline, this.interruptCount];
    this.#deadline = this.#clock() + milliseconds;
    try {
      return action();
    } finally {
      this.#deadline = deadline;
      this.interruptCount = interruptCount;
    }
  }

  /** The error message of an interrupted call. */
  get interruptMessage(): string {
    const seconds = this.#limitMs / 1000;
    return `the call took longer than ${seconds} s (option time-limit)`;
  }
}
