/** The fuzzer: runs random scripts in an arena, and shortens one that shows a difference. */
import fc from 'fast-check';
import type { Arena } from './arena.ts';
import { script } from './operations.ts';
import { formatCommand, formatScript, parseScript, type Script } from './script.ts';

export interface FoundDifference {
  /** The script, as a file of regressions has it. */
  readonly script: string;
  /** The same with the results of both sides. */
  readonly report: string;
  /** For the same again. */
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
): Promise<FoundDifference | null> {
  // When the server does not answer any more, there is nothing left to try shorter scripts on.
  let hung: FoundDifference | null = null;
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

/** Runs a file of regressions; '' when it does the same on both sides. */
export const replay = (arena: Arena, text: string): Promise<string> =>
  arena.compare(parseScript(text));
