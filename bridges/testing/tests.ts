/** What the runner of tests and a language's interpreter promise each other. */
import type { VirtualClock } from '../../runtime/core/virtual-clock.ts';

/** An answer that is ready for the test. */
export interface Answer {
  readonly call: number;
  /** `{ok: value}`, `{errno, message}` of a fop that failed, or `{error: message}`. */
  readonly result: string;
}

/** What an interpreter with tests has of their bed. */
export interface TestBed {
  readonly clock: VirtualClock;
  /** What the test asks for; the result is JSON. @throws {Error} whose message is for the test. */
  call(message: string): string;
}

export interface TestSettings {
  /** Seconds that a test may compute without a pause. */
  readonly timeLimit: number;
  /** What a test prints. */
  print(line: string): void;
}

export interface TestResult {
  readonly outcome: 'passed' | 'failed';
  /** What was thrown. */
  readonly message?: string;
  /** As the language shows it, the message included. */
  readonly traceback?: string;
}

/** The tests of one file, in an interpreter of their own. Any call may throw when it is lost. */
export interface Tests {
  /** Their names in order, with the line each begins at. */
  readonly names: readonly (readonly [name: string, line: number])[];
  start(test: string): void;
  /** Hands over what the test has asked for. */
  answer(answer: Answer): void;
  /** Whether a timer of the test itself is due. */
  readonly due: boolean;
  tick(): void;
  /** What came of the test; null as long as it runs. */
  result(): TestResult | null;
  /** Ends a test that waits for what cannot happen. */
  giveUp(why: string): void;
  /** What a thrown error says to people. */
  failure(error: unknown): string;
  /** Whether the interpreter is lost. */
  readonly dead: boolean;
  close(): void;
}

/** How the tests of a language are found and run. */
export interface TestLanguage {
  /** Files of tests. */
  readonly pattern: RegExp;
  /** What is in such a file; others of that name are for another runner. Anything when empty. */
  readonly mark: string;
  /** The files of tests that belong to a module, most particular first. */
  namesFor(module: string): readonly string[];
  load(): Promise<StartTests>;
}

/** Loads a file of tests. Throws an Error whose message is for its author. */
export type StartTests = (path: string, bed: TestBed, settings: TestSettings) => Promise<Tests>;
