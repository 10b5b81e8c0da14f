/** Tests in TypeScript: Node itself runs them, as it does the translators that they are for. */
import { loadFile } from '../native/load.ts';
import { makeTesting, type TestingSession } from './library.ts';
import type { StartTests, TestResult, Tests } from './tests.ts';

export const startTypescriptTests: StartTests = async (path, bed) => {
  const session = makeTesting({ call: (message) => bed.call(message) });
  loadFile(path, { 'glossa/testing': { __esModule: true, ...session.api } });
  return testsHere(session, (error) => failed(error, path));
};

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

/** The message, and the places in the test's own file. */
function failed(error: unknown, path: string): TestResult {
  if (!(error instanceof Error)) return { outcome: 'failed', message: String(error) };
  const calls = (error.stack ?? '').split('\n').filter((line) => line.includes(`${path}:`));
  const message = `${error.name}: ${error.message}`;
  return { outcome: 'failed', message, traceback: [message, ...calls].join('\n') };
}
