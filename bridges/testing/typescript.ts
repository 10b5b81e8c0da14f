/** Tests in TypeScript: Node itself runs them, as it does the translators that they are for. */
import { loadFile } from '../native/load.ts';
import { testsHere } from './here.ts';
import { makeTesting } from './library.ts';
import type { StartTests, TestResult } from './tests.ts';

export const startTypescriptTests: StartTests = async (path, bed) => {
  const session = makeTesting({ call: (message) => bed.call(message) });
  loadFile(path, { 'glossa/testing': { __esModule: true, ...session.api } });
  return testsHere(session, (error) => failed(error, path));
};

/** The message, and the places in the test's own file. */
function failed(error: unknown, path: string): TestResult {
  if (!(error instanceof Error)) return { outcome: 'failed', message: String(error) };
  const calls = (error.stack ?? '').split('\n').filter((line) => line.includes(`${path}:`));
  const message = `${error.name}: ${error.message}`;
  return { outcome: 'failed', message, traceback: [message, ...calls].join('\n') };
}
