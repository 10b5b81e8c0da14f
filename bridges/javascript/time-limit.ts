/**
 * The time that a call may take, as the interpreter asks for it while it runs: it is interrupted when
 * that has passed, each time that it goes on after a further quarter, and abandoned at 1¾ of it.
 */
import { EngineError } from './errors.ts';

/** Calls of the host from one look at the clock to the next. */
const LOOK_EVERY = 64;
/** A script that goes on after so many ends only with its interpreter. */
const MOST_INTERRUPTS = 3;

export class TimeLimit {
  /** How often what runs was interrupted. */
  interrupts = 0;
  readonly #milliseconds: number;
  readonly #clock: () => number;
  #deadline = 0;
  #hostCalls = 0;

  /**
   * @param milliseconds 0 for no limit: then it is never asked.
   * @param clock in milliseconds.
   */
  constructor(milliseconds: number, clock: () => number = () => performance.now()) {
    this.#milliseconds = milliseconds;
    this.#clock = clock;
  }

  begin(): void {
    this.interrupts = 0;
    // Looking at the clock costs more than many a call: the first look begins the call's time.
    this.#deadline = 0;
  }

  /** Whether what runs has had its time. @throws {EngineError} when it does not stop for that */
  overdue(): boolean {
    const now = this.#clock();
    if (this.#deadline === 0) this.#deadline = now + this.#milliseconds;
    if (now <= this.#deadline) return false;
    this.interrupts += 1;
    if (this.interrupts > MOST_INTERRUPTS) {
      // Right through the interpreter, which is never entered again.
      throw new EngineError('time-limit', 'a call ran too long and would not be interrupted', true);
    }
    // An async function is rejected by it, and who awaits that has some time to see to it.
    this.#deadline = now + this.#milliseconds / 4;
    return true;
  }

  /**
   * The same when the script calls the host: the interpreter asks by its own steps, of which such a
   * call is but one. @throws {EngineError} as `overdue`
   */
  overdueAtCall(): boolean {
    this.#hostCalls += 1;
    return this.#milliseconds > 0 && this.#hostCalls % LOOK_EVERY === 0 && this.overdue();
  }

  /** Lets something run with a time of its own, which counts for nothing else. */
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

  /** What is said of a call that was interrupted. */
  get text(): string {
    const seconds = this.#milliseconds / 1000;
    return `the call took longer than ${seconds} s (option time-limit)`;
  }
}
