/**
 * Runs the tests of a file, one after the other. Answers are passed on as they come; when only
 * timers are left, time jumps to the next one. A test that waits for an impossible event fails at
 * once.
 */
import type { Graph } from '../../runtime/core/graph.ts';
import { Bed } from './bed.ts';
import type { FindTranslator } from './clock.ts';
import type { ParsedLine } from './log.ts';
import type { StartTests, TestResult, TestSettings, Tests } from './tests.ts';
import { delay, turn } from './turn.ts';

/** A test that waits longer by its own clock fails. */
const JUMPED_MAX_MS = 2 * 3600 * 1000;
/** Real milliseconds that work outside of the clock (a starting interpreter) may take. */
const PATIENCE_MS = 300;
const BUSY_MAX_MS = 30_000;
const STEP_MS = 5;

export interface TestReport extends TestResult {
  readonly name: string;
  /** Real milliseconds. */
  readonly ms: number;
  readonly printed: readonly string[];
  /** The log of its graphs. */
  readonly log: readonly ParsedLine[];
}

export interface FileSettings {
  /** Finds a module's translator by the name in the test. */
  readonly translatorFor: FindTranslator;
  /** Runs only tests whose name contains this. */
  readonly filter: string | undefined;
  readonly timeLimit: number;
  /** True to make likely mistakes in a module errors. */
  readonly strict?: boolean;
  /** Otherwise warns of each mistake once. */
  warned?(text: string): void;
  /** Called with each graph once it is up. */
  started?(graph: Graph): void;
  /** Called with each test's report. */
  ended(report: TestReport): void;
}

/** Runs a file's tests. @throws {Error} when it cannot be loaded; the message is for its author. */
export async function runTests(
  path: string,
  folder: string,
  begin: StartTests,
  { translatorFor, filter, timeLimit, strict = false, warned, started, ended }: FileSettings,
): Promise<void> {
  const told = new Set<string>();
  const tell = (text: string): void => {
    if (!told.has(text)) warned?.(text);
    told.add(text);
  };
  const bed = new Bed({ translatorFor, baseDir: folder, strict, warned: tell, started });
  let printed: string[] = [];
  const settings: TestSettings = { timeLimit, print: (line) => void printed.push(line) };
  let tests = await begin(path, bed, settings);
  try {
    for (const [name] of tests.names) {
      if (filter !== undefined && !name.includes(filter)) continue;
      printed = [];
      const started = performance.now();
      const result = await runOne(tests, name, bed);
      const ms = performance.now() - started;
      ended({ ...result, name, ms, printed, log: [...bed.history] });
      await bed.reset();
      if (!tests.dead) continue;
      tests.close();
      tests = await begin(path, bed, settings);
    }
  } finally {
    tests.close();
    await bed.reset();
  }
}

async function runOne(tests: Tests, name: string, bed: Bed): Promise<TestResult> {
  try {
    tests.start(name);
    const end = bed.clock.now + JUMPED_MAX_MS;
    let gaveUp = false;
    for (;;) {
      const result = tests.result();
      if (result !== null) return result;
      // The last turn of the event loop may have ended the test.
      if ((await step(tests, bed)) || tests.result() !== null) continue;
      if (!gaveUp && (jump(bed, end) || (await waitABit(tests, bed)))) continue;
      const why = whyStuck(bed);
      if (gaveUp) return { outcome: 'failed', message: `${why}, and goes on when it is cancelled` };
      gaveUp = true;
      tests.giveUp(why);
    }
  } catch (error) {
    return { outcome: 'failed', message: tests.failure(error) };
  }
}

/** Passes on ready answers; false when none is ready or pending. */
async function step(tests: Tests, bed: Bed): Promise<boolean> {
  await turn();
  const answer = bed.answers.shift();
  if (answer !== undefined) tests.answer(answer);
  else if (tests.due) tests.tick();
  else if (bed.busy > 0) return waitBusy(bed);
  else return false;
  return true;
}

/** Graphs that start or stop take real time. */
async function waitBusy(bed: Bed): Promise<boolean> {
  const began = performance.now();
  while (bed.busy > 0 && performance.now() - began < BUSY_MAX_MS) {
    if (bed.answers.length > 0) return true;
    await delay(STEP_MS / 5);
  }
  return bed.answers.length > 0;
}

/** Advances the clock to the next timer, when nothing else is pending. */
function jump({ clock }: Bed, end: number): boolean {
  const { next } = clock;
  if (next === undefined || next > end) return false;
  clock.advanceTo(next);
  return true;
}

async function waitABit(tests: Tests, bed: Bed): Promise<boolean> {
  const began = performance.now();
  while (performance.now() - began < PATIENCE_MS) {
    await delay(STEP_MS);
    if (bed.answers.length > 0 || tests.due) return true;
  }
  return false;
}

function whyStuck(bed: Bed): string {
  const pending = bed.pending();
  if (pending.length === 0) return 'the test waits for something that never happens';
  return `the test waits for ever: nothing answers ${pending.join(', ')}`;
}
