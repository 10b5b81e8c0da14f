/**
 * A started interpreter as parts of a page: a browser keeps nothing from one start to the next, so the
 * page brings what Node has kept (python/baked.ts makes them, machine/browser/baked.ts reads them).
 */
import type { MadeFrom } from '../machine.ts';

/** Names of the two parts: what is in it, as JSON, and its pages, one behind the other. */
export const BAKED = { head: 'snapshot/python.json', pages: 'snapshot/python.pages' } as const;
export const BAKED_PAGE = 4096;

export interface BakedHead {
  readonly of: MadeFrom;
  readonly memoryLength: number;
  readonly head: readonly number[];
  /** Numbers of the pages that are other than in an interpreter that has not started. */
  readonly pages: readonly number[];
  /** In WebAssembly's table. */
  readonly functions: number;
}
