/** Runs tests in the thread of their bed, without an interpreter. */
import type { TestingSession } from './library.ts';
import type { TestResult, Tests } from './tests.ts';

/** The result of a test that threw: the message, and the stack lines that contain `own`. */
export function failed(error: unknown, own: string): TestResult {
  if (!(error instanceof Error)) return { outcome: 'failed', message: String(error) };
  const calls = (error.stack ?? '').split('\n').filter((line) => line.includes(own));
  const message = `${error.name}: ${error.message}`;
  return { outcome: 'failed', message, traceback: [message, ...calls].join('\n') };
}

/**
 * Makes the tests of a session that this process runs itself.
 * @param failed converts an exception to a result
 */
export function testsHere(session: TestingSession, failed: (error: unknown) => TestResult): Tests {
  let result: TestResult | null = null;
  return {
    names: session.tests.map(({ name }) => [name, 0]),
    start(name) {
      result = null;
      const index = session.tests.findIndex((test) => test.name === name);
      session.run(index, (error) => {
        result = error === undefined ? { outcome: 'passed' } : failed(error);
      });
    },
    answer: ({ call, result: text }) => session.answer(call, text),
    due: false,
    tick() {},
    result: () => result,
    giveUp: (why) => session.giveUp(why),
    failure: (error) => (error instanceof Error ? error.message : String(error)),
    dead: false,
    close() {},
  };
}
