/** Runs TypeScript tests in Node itself, like the translators under test. */
import { loadFile } from '../native/load.ts';
import { makeTesting } from './library.ts';
import { describeFailure, makeLocalTests } from './local-tests.ts';
import type { StartTests } from './tests.ts';

export const startTypescriptTests: StartTests = async (path, bed) => {
  const session = makeTesting({ call: (message) => bed.call(message) });
  loadFile(path, { 'glossa/testing': { __esModule: true, ...session.api } });
  return makeLocalTests(session, (error) => describeFailure(error, `${path}:`));
};
