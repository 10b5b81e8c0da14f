/**
 * Exports `glossa/testing` for type checkers and direct imports. Its functions throw here: `glossa test`
 * passes working ones to test files.
 */
import type { Assert, TestingApi } from './api.ts';
import { makeTesting } from './library.ts';

export type {
  Asked,
  Assert,
  Below,
  Data,
  Fields,
  FileOperations,
  FopReply,
  Invalidated,
  LogLine,
  OpenFile,
  TestGraph,
} from './api.ts';
export { FopFailure } from './library.ts';

const { api } = makeTesting({
  call() {
    throw new Error("glossa/testing works in tests only: run them by 'glossa test'");
  },
});

export const test: TestingApi['test'] = api.test;
export const graph: TestingApi['graph'] = api.graph;
export const sleep: TestingApi['sleep'] = api.sleep;
export const raises: TestingApi['raises'] = api.raises;
export const assert: Assert = api.assert;
