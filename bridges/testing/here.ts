/** Tests that run where their bed does, in no interpreter of their own. */
import type { TestingSession } from './library.ts';
import type { TestResult, Tests } from './tests.ts';

/** What came of a test that threw: the message, and the calls in the stack that have `own` in them. */
export function failed(error: unknown, own: string): TestResult {
  if (!(error instanceof Error)) return { outcome: 'failed', message: String(error) };
  const calls = (error.stack ?? '').split('\n').filter((line) => line.includes(own));
  const message = `${error.name}: ${error.message}`;
  return { outcome: 'failed', message, traceback: [message, ...calls].join('\n') };
}

/**
 * The tests of a session whose functions this process runs itself.
 * @param failed what came of a test that threw
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
