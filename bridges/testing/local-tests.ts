/** Runs TypeScript tests in the host's own thread, without an interpreter. */
import type { TestingSession } from './library.ts';
import type { TestResult, Tests } from './tests.ts';

/** Makes the result of a test that threw: the message, and the stack lines that contain `own`. */
export function describeFailure(error: unknown, ownLinePart: string): TestResult {
  if (!(error instanceof Error)) return { outcome: 'failed', message: String(error) };
  const calls = (error.stack ?? '').split('\n').filter((line) => line.includes(ownLinePart));
  const message = `${error.name}: ${error.message}`;
  return { outcome: 'failed', message, traceback: [message, ...calls].join('\n') };
}

/**
 * Makes the tests of a session that this process runs itself.
 * @param describe converts an exception to a result
 */
export function makeLocalTests(
  session: TestingSession,
  describe: (error: unknown) => TestResult,
): Tests {
  let result: TestResult | null = null;
  return {
    names: session.tests.map(({ name }) => [name, 0]),
    start(name) {
      result = null;
      const index = session.tests.findIndex((test) => test.name === name);
      session.run(index, (error) => {
        result = error === undefined ? { outcome: 'passed' } : describe(error);
      });
    },
    deliver: ({ call, result: text }) => session.answer(call, text),
    isTimerDue: false,
    tick() {},
    getResult: () => result,
    giveUp: (why) => session.giveUp(why),
    describeFailure: (error) => (error instanceof Error ? error.message : String(error)),
    isLost: false,
    close() {},
  };
}
