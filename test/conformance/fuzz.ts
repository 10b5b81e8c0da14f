/**
 * Fuzzes a mount: runs random scripts in an arena, and shortens one that shows a difference. The
 * tests (suite.ts) and `npm run conformance` (main.ts) call it.
 */
import fc from 'fast-check';
import type { Arena } from './arena.ts';
import { script } from './operations.ts';
import { formatCommand, formatScript, parseScript, type Script } from './script.ts';

/** A script with different results on the mount and in the bare directory. */
export interface Disagreement {
  /** The script in the form of a regression file. */
  readonly script: string;
  /** The script with the results of both sides. */
  readonly report: string;
  /** The seed that makes the same scripts again. */
  readonly seed: number;
}

/**
 * Runs a number of random scripts; null if both sides agree on all of them. Commands whose line
 * matches `without` are omitted, so that the search continues past known differences.
 */
export async function findDisagreement(
  arena: Arena,
  seed: number,
  scripts: number,
  without: RegExp | null = null,
): Promise<Disagreement | null> {
  // Once the server does not answer any more, no shorter script can be tried.
  let hung: Disagreement | null = null;
  let last = '';
  const reduced = script.map((all) =>
    all.filter((one) => without?.test(formatCommand(one)) !== true),
  );
  const property = fc.asyncProperty(reduced, async (commands) => {
    if (hung !== null) return;
    try {
      const report = await arena.compare(commands);
      if (report !== '') last = report;
      return report === '';
    } catch (error) {
      hung = { script: formatScript(commands), report: String(error), seed };
    }
  });
  const details = await fc.check(property, { seed, numRuns: scripts });
  if (hung !== null) return hung;
  if (!details.failed) return null;
  const shortest = await shorten(arena, details.counterexample![0]);
  const report = await arena.compare(shortest);
  // A script that does not always fail is reported unshortened.
  return { script: formatScript(shortest), report: report || `not every time:\n${last}`, seed };
}

/** Removes every line without which the difference still appears. */
async function shorten(arena: Arena, failing: Script): Promise<Script> {
  let shortest = failing;
  for (let at = failing.length - 1; at >= 0; at--) {
    const shorter = shortest.filter((_, index) => index !== at);
    if ((await arena.compare(shorter)) !== '') shortest = shorter;
  }
  return shortest;
}

/** Runs the script of a regression file; returns '' if both sides agree, or the report. */
export const replay = (arena: Arena, text: string): Promise<string> =>
  arena.compare(parseScript(text));
