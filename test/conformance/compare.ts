/** Compares the results of a script on the bare directory and on the mount. */
import { resultsAgree } from './differences.ts';
import type { Run } from './executor.ts';
import { formatCommand, type Script } from './script.ts';

/** The runs on both sides: the mount's also has the tree of a storage on disk. */
export interface Pair {
  readonly bare: Run;
  readonly mounted: Run;
}

/** Returns '' if both runs agree; otherwise the script with the differing results and trees. */
export function describeDisagreement(script: Script, { bare, mounted }: Pair): string {
  const lines: string[] = [];
  let differs = false;
  script.forEach((command, at) => {
    const ours = mounted.results[at] ?? '(no result)';
    const theirs = bare.results[at] ?? '(no result)';
    const isSame = resultsAgree(command, script.slice(0, at), theirs, ours);
    differs ||= !isSame;
    lines.push(`  ${formatCommand(command)}`);
    if (isSame) lines.push(`      ${shortenLine(ours)}`);
    else lines.push(`      bare:  ${shortenLine(theirs)}`, `>>>   mount: ${shortenLine(ours)}`);
  });
  const [expected = []] = bare.trees;
  for (const [index, tree] of mounted.trees.entries()) {
    const difference = compareTrees(expected, tree);
    if (difference.length === 0) continue;
    differs = true;
    const title = index === 0 ? 'the mount' : 'the storage';
    lines.push(`  in the end, the bare directory (-) and ${title} (+):`, ...difference);
  }
  return differs ? lines.join('\n') : '';
}

/** The longest line in a report. */
const LINE_LENGTH_MAX = 400;
const shortenLine = (line: string): string =>
  line.length > LINE_LENGTH_MAX ? `${line.slice(0, LINE_LENGTH_MAX)}… (${line.length})` : line;

/** Lists the lines that only one of two trees has. */
function compareTrees(expected: readonly string[], actual: readonly string[]): string[] {
  const actualLines = new Set(actual);
  const expectedLines = new Set(expected);
  return [
    ...expected
      .filter((line) => !actualLines.has(line))
      .map((line) => `    - ${shortenLine(line.trim())}`),
    ...actual
      .filter((line) => !expectedLines.has(line))
      .map((line) => `    + ${shortenLine(line.trim())}`),
  ];
}
