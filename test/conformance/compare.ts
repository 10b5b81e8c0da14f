/** Compares the results of a script on the bare directory and on the mount. */
import { agree } from './differences.ts';
import type { Run } from './executor.ts';
import { formatCommand, type Script } from './script.ts';

/** The runs on both sides: the mount's also has the tree of a storage on disk. */
export interface Pair {
  readonly bare: Run;
  readonly mounted: Run;
}

/** '' if both runs agree, else the script with the differing results and trees. */
export function findDisagreement(script: Script, { bare, mounted }: Pair): string {
  const lines: string[] = [];
  let differs = false;
  script.forEach((command, at) => {
    const ours = mounted.results[at] ?? '(no result)';
    const theirs = bare.results[at] ?? '(no result)';
    const same = agree(command, script.slice(0, at), theirs, ours);
    differs ||= !same;
    lines.push(`  ${formatCommand(command)}`);
    if (same) lines.push(`      ${shortenLine(ours)}`);
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

const WIDTH = 400;
const shortenLine = (line: string): string =>
  line.length > WIDTH ? `${line.slice(0, WIDTH)}… (${line.length})` : line;

function compareTrees(expected: readonly string[], actual: readonly string[]): string[] {
  const have = new Set(actual);
  const want = new Set(expected);
  return [
    ...expected
      .filter((line) => !have.has(line))
      .map((line) => `    - ${shortenLine(line.trim())}`),
    ...actual.filter((line) => !want.has(line)).map((line) => `    + ${shortenLine(line.trim())}`),
  ];
}
