/**
 * Runs the tests of a file, one after the other. It passes results on as they arrive; when only
 * timers are left, time jumps to the next one. A test that waits for an impossible event fails at
 * once.
 */
import type { Graph } from '../../runtime/core/graph.ts';
import { GraphTestBed } from './graph-test-bed.ts';
import type { ParsedLine } from './log-lines.ts';
import type { FindTranslator } from './test-context.ts';
import type { StartTests, TestResult, TestSettings, Tests } from './tests.ts';
import { delay, turn } from './turn.ts';

/** Milliseconds of its own clock that a test may wait. */
const MAX_CLOCK_MS = 2 * 3600 * 1000;
/** Real milliseconds that work outside of the clock (a starting interpreter) may take. */
const MAX_OUTSIDE_WORK_MS = 300;
/** Real milliseconds that graphs may take to start or stop. */
const MAX_BUSY_MS = 30_000;
/** Real milliseconds between two checks for work outside of the clock. */
const CHECK_INTERVAL_MS = 5;
/** Real milliseconds between two checks for graphs that start or stop. */
const BUSY_CHECK_MS = 1;

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
  readonly findTranslator: FindTranslator;
  /** Runs only tests whose name contains this. */
  readonly filter: string | undefined;
  readonly timeLimit: number;
  /** True to make likely mistakes in a module errors. */
  readonly strict?: boolean;
  /** Receives a warning of each mistake once, if not `strict`. */
  warn?(text: string): void;
  /** Called with each graph once it is up. */
  onGraphStarted?(graph: Graph): void;
  /** Called with each test's report. */
  onTestEnded(report: TestReport): void;
}

/** Runs a file's tests. @throws {Error} when it cannot be loaded; the message is for its author. */
export async function runTests(
  path: string,
  folder: string,
  startTests: StartTests,
  {
    findTranslator,
    filter,
    timeLimit,
    strict = false,
    warn,
    onGraphStarted,
    onTestEnded,
  }: FileSettings,
): Promise<void> {
  const warnedTexts = new Set<string>();
  const warnOnce = (text: string): void => {
    if (!warnedTexts.has(text)) warn?.(text);
    warnedTexts.add(text);
  };
  const bed = new GraphTestBed({
    findTranslator,
    baseDir: folder,
    strict,
    warn: warnOnce,
    onGraphStarted,
  });
  let printed: string[] = [];
  const settings: TestSettings = { timeLimit, print: (line) => void printed.push(line) };
  let tests = await startTests(path, bed, settings);
  try {
    for (const [name] of tests.names) {
      if (filter !== undefined && !name.includes(filter)) continue;
      printed = [];
      const startTime = performance.now();
      const result = await runTest(tests, name, bed);
      const ms = performance.now() - startTime;
      onTestEnded({ ...result, name, ms, printed, log: [...bed.history] });
      await bed.reset();
      if (!tests.isLost) continue;
      tests.close();
      tests = await startTests(path, bed, settings);
    }
  } finally {
    tests.close();
    await bed.reset();
  }
}

async function runTest(tests: Tests, name: string, bed: GraphTestBed): Promise<TestResult> {
  try {
    tests.start(name);
    const endMs = bed.clock.now + MAX_CLOCK_MS;
    let hasGivenUp = false;
    for (;;) {
      const result = tests.getResult();
      if (result !== null) return result;
      // The last turn of the event loop may have completed the test.
      if ((await passNextResult(tests, bed)) || tests.getResult() !== null) continue;
      if (!hasGivenUp && (jumpToNextTimer(bed, endMs) || (await waitForWork(tests, bed)))) continue;
      const reason = describeDeadlock(bed);
      if (hasGivenUp)
        return { outcome: 'failed', message: `${reason}, and goes on when it is cancelled` };
      hasGivenUp = true;
      tests.giveUp(reason);
    }
  } catch (error) {
    return { outcome: 'failed', message: tests.describeFailure(error) };
  }
}

/** Passes on the next result, or runs a timer; false if nothing is ready or pending. */
async function passNextResult(tests: Tests, bed: GraphTestBed): Promise<boolean> {
  await turn();
  const result = bed.results.shift();
  if (result !== undefined) tests.deliver(result);
  else if (tests.isTimerDue) tests.tick();
  else if (bed.busyCount > 0) return waitWhileBusy(bed);
  else return false;
  return true;
}

/** Waits for graphs that start or stop, which takes real time. */
async function waitWhileBusy(bed: GraphTestBed): Promise<boolean> {
  const start = performance.now();
  while (bed.busyCount > 0 && performance.now() - start < MAX_BUSY_MS) {
    if (bed.results.length > 0) return true;
    await delay(BUSY_CHECK_MS);
  }
  return bed.results.length > 0;
}

/** Advances the clock to the next timer, when nothing else is pending. */
function jumpToNextTimer({ clock }: GraphTestBed, endMs: number): boolean {
  const { nextDueMs } = clock;
  if (nextDueMs === undefined || nextDueMs > endMs) return false;
  clock.advanceTo(nextDueMs);
  return true;
}

/** Waits for work outside of the clock; false if none ends in time. */
async function waitForWork(tests: Tests, bed: GraphTestBed): Promise<boolean> {
  const start = performance.now();
  while (performance.now() - start < MAX_OUTSIDE_WORK_MS) {
    await delay(CHECK_INTERVAL_MS);
    if (bed.results.length > 0 || tests.isTimerDue) return true;
  }
  return false;
}

function describeDeadlock(bed: GraphTestBed): string {
  const pending = bed.listPending();
  if (pending.length === 0) return 'the test waits for something that never happens';
  return `the test waits for ever: nothing answers ${pending.join(', ')}`;
}
