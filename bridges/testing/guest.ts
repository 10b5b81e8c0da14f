/** Exports `glossa/testing` inside a JavaScript interpreter, and the entry points of the test runner. */
import { host } from '../javascript/library/host.ts';
import { makeTesting } from './library.ts';
import { describeFailure } from './local-tests.ts';
import type { TestResult } from './tests.ts';

const { testing } = host as unknown as { testing(message: string): string };
const session = makeTesting({ call: (message) => testing(message) });

export { FopFailure } from './library.ts';
export const { test, graph, raises, sleep, assert } = session.api;

/** The result of the current test; null while it runs. */
let currentResult: TestResult | null = null;

/** Returns the names of the tests as JSON. */
export const names = (): string => JSON.stringify(session.tests.map(({ name }) => name));

/** Starts a test. @param ownLinePart a substring of the stack lines in the test's own files */
export function start(index: number, ownLinePart: string): number {
  currentResult = null;
  session.run(index, (error) => {
    currentResult =
      error === undefined ? { outcome: 'passed' } : describeFailure(error, ownLinePart);
  });
  return 0;
}

/** Passes the result of a call, as JSON, to the test. */
export function answer(call: number, result: string): number {
  session.answer(call, result);
  return 0;
}

/** Ends the test's wait with an error. */
export function giveUp(reason: string): number {
  session.giveUp(reason);
  return 0;
}

/** Returns the result of the current test as JSON. */
export const result = (): string => JSON.stringify(currentResult);
