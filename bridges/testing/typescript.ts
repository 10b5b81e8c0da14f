/** Runs TypeScript tests in Node itself, like the translators under test. */
import { loadFile } from '../native/load.ts';
import { failed, testsHere } from './here.ts';
import { makeTesting } from './library.ts';
import type { StartTests } from './tests.ts';

export const startTypescriptTests: StartTests = async (path, bed) => {
  const session = makeTesting({ call: (message) => bed.call(message) });
  loadFile(path, { 'glossa/testing': { __esModule: true, ...session.api } });
  return testsHere(session, (error) => failed(error, `${path}:`));
};
