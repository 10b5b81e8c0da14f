/** Runs a file's tests in an interpreter; `javascript.ts` and `python.ts` start one. */
import { type HostFunctions, makeHostFunction } from '../host/crossing/kinds.ts';
import type { TestBed, TestResult, Tests } from './tests.ts';

/** The interpreter of tests. */
interface TestEngine {
  readonly fatalError: object | undefined;
  close(): void;
}

/** The functions of the test runner inside the interpreter. */
interface Runner {
  readonly names: Tests['names'];
  start(test: string): unknown;
  answer(call: number, result: string): unknown;
  tick(): unknown;
  /** Returns the current test's result as JSON. */
  result(): string | undefined;
  giveUp(reason: string): unknown;
}

/** The engine of one language. */
interface EngineKind<E extends TestEngine> {
  start(hostFunctions: HostFunctions): Promise<E>;
  load(engine: E): Runner;
  /** Describes an error of the engine; undefined for any other. */
  describe(error: unknown): string | undefined;
}

/** Starts an engine with tests. @throws {Error} whose message is for the tests' author */
export async function startEngineTests<E extends TestEngine>(
  bed: TestBed,
  print: (line: string) => void,
  { start, load, describe }: EngineKind<E>,
): Promise<Tests> {
  let isTimerDue = false;
  let cancelTimer = (): void => {};
  const engine = await start({
    testing: makeHostFunction('s', 's', (message) => bed.call(message)),
    now: makeHostFunction('', 'i', () => Math.round(bed.clock.now * 1000)),
    after: makeHostFunction('i', 'v', (ms) => {
      cancelTimer();
      cancelTimer = bed.clock.after(ms, () => {
        isTimerDue = true;
      });
    }),
    logs: makeHostFunction('i', 'i', () => 1),
    log: makeHostFunction('isiss', 'v', (_level, _file, _line, _func, text) => void print(text)),
  });
  try {
    const runner = load(engine);
    return {
      names: runner.names,
      start: (test) => void runner.start(test),
      deliver: ({ call, result }) => void runner.answer(call, result),
      get isTimerDue() {
        return isTimerDue;
      },
      tick() {
        isTimerDue = false;
        runner.tick();
      },
      getResult: () => JSON.parse(runner.result()!) as TestResult | null,
      giveUp: (reason) => void runner.giveUp(reason),
      describeFailure: (error) =>
        describe(error) ?? (error instanceof Error ? error.message : String(error)),
      get isLost() {
        return engine.fatalError !== undefined;
      },
      close() {
        cancelTimer();
        engine.close();
      },
    };
  } catch (error) {
    engine.close();
    const text = describe(error);
    throw text === undefined ? error : new Error(text);
  }
}
