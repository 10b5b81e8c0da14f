/** Declares the interface between the test runner and a language's interpreter. */
import type { VirtualClock } from '../../runtime/core/virtual-clock.ts';

/** The result of a test's call, ready for the test. */
export interface CallResult {
  readonly call: number;
  /** `{ok: value}`, `{errno, message}` of a fop that failed, or `{error: message}`. */
  readonly result: string;
}

/** The functions of `GraphTestBed` that an interpreter with tests uses. */
export interface TestBed {
  readonly clock: VirtualClock;
  /** Runs a test's message; returns JSON. @throws {Error} whose message is for the test. */
  call(message: string): string;
}

export interface TestSettings {
  /** Seconds that a test may compute without a pause. */
  readonly timeLimit: number;
  /** Prints a test's output. */
  print(line: string): void;
}

export interface TestResult {
  readonly outcome: 'passed' | 'failed';
  /** The exception's message. */
  readonly message?: string;
  /** As the language shows it, the message included. */
  readonly traceback?: string;
}

/** The tests of one file, in an interpreter of their own. Any call may throw when that is lost. */
export interface Tests {
  /** The tests' names in order, each with its first line. */
  readonly names: readonly (readonly [name: string, line: number])[];
  start(test: string): void;
  /** Passes the result of a call to the test. */
  deliver(result: CallResult): void;
  /** True if a timer of the test itself is due. */
  readonly isTimerDue: boolean;
  /** Runs the due timers. */
  tick(): void;
  /** Returns the test's result; null while it runs. */
  getResult(): TestResult | null;
  /** Ends a test that waits for an impossible event. */
  giveUp(reason: string): void;
  /** Describes an exception for people. */
  describeFailure(error: unknown): string;
  /** True if the interpreter is lost. */
  readonly isLost: boolean;
  close(): void;
}

/** A language's rules for finding and running tests. */
export interface TestLanguage {
  /** Files of tests. */
  readonly pattern: RegExp;
  /** A text that such a file contains; a file without it is for another runner. '' matches all files. */
  readonly mark: string;
  /** The test files of a module, most specific first. */
  testFileNames(module: string): readonly string[];
  load(): Promise<StartTests>;
}

/** Loads a file of tests. Throws an Error whose message is for its author. */
export type StartTests = (path: string, bed: TestBed, settings: TestSettings) => Promise<Tests>;
