/**
 * The time limit of a call, checked by the running interpreter: interrupts it at the limit, again
 * after each further quarter, and ends the interpreter at 1¾ of it.
 */
import { EngineError } from './errors.ts';

/** Host calls between two samples of the clock. */
const LOOK_EVERY = 64;
/** Interrupts after which the interpreter is ended. */
const MOST_INTERRUPTS = 3;

export class TimeLimit {
  /** Interrupts of the current call. */
  interrupts = 0;
  readonly #milliseconds: number;
  readonly #clock: () => number;
  #deadline = 0;
  #hostCalls = 0;

  /**
   * @param milliseconds 0 for no limit
   * @param clock returns milliseconds
   */
  constructor(milliseconds: number, clock: () => number = () => performance.now()) {
    this.#milliseconds = milliseconds;
    this.#clock = clock;
  }

  begin(): void {
    this.interrupts = 0;
    // Sampling the clock costs more than most calls: the first sample starts the limit.
    this.#deadline = 0;
  }

  /** True when the call must be interrupted. @throws {EngineError} if it ignores that */
  overdue(): boolean {
    const now = this.#clock();
    if (this.#deadline === 0) this.#deadline = now + this.#milliseconds;
    if (now <= this.#deadline) return false;
    this.interrupts += 1;
    if (this.interrupts > MOST_INTERRUPTS) {
      // Thrown through the interpreter, which is never entered again.
      throw new EngineError('time-limit', 'a call ran too long and would not be interrupted', true);
    }
    // The interrupt rejects an async function; its caller gets some time to handle that.
    this.#deadline = now + this.#milliseconds / 4;
    return true;
  }

  /**
   * As `overdue`, at a call of the host, which the interpreter counts as a single step.
   * @throws {EngineError} as `overdue`
   */
  overdueAtCall(): boolean {
    this.#hostCalls += 1;
    return this.#milliseconds > 0 && this.#hostCalls % LOOK_EVERY === 0 && this.overdue();
  }

  /** Runs `run` with a time limit of its own. */
  apart<T>(milliseconds: number, run: () => T): T {
    const [deadline, interrupts] = [this.#deadline, this.interrupts];
    this.#deadline = this.#clock() + milliseconds;
    try {
      return run();
    } finally {
      this.#deadline = deadline;
      this.interrupts = interrupts;
    }
  }

  /** The error text of an interrupted call. */
  get text(): string {
    const seconds = this.#milliseconds / 1000;
    return `the call took longer than ${seconds} s (option time-limit)`;
  }
}
