/**
 * A tree of source files, the same in every run: directories at depth three with twenty files each,
 * most of them small, and a few programs among them.
 */

export interface TreeFile {
  /** Relative to the tree. */
  readonly path: string;
  readonly content: string;
  /** For the owner to run. */
  readonly executable: boolean;
}

const FILES_OF_DIRECTORY = 20;
const DIRECTORIES_OF_DIRECTORY = 10;
/** One in so many is executable. */
const EXECUTABLE = 50;
const LINES_MAX = 120;

/** Numbers below `limit` that look like chance; see Numerical Recipes' linear congruence. */
function dice(seed: number): (limit: number) => number {
  let state = seed >>> 0;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

/** `a/b/c` of the directory of this number: the digits of it. */
function directoryOf(number: number): string {
  const digit = (value: number): string => `part-${value % DIRECTORIES_OF_DIRECTORY}`;
  const [upper, middle] = [DIRECTORIES_OF_DIRECTORY ** 2, DIRECTORIES_OF_DIRECTORY];
  return [number / upper, number / middle, number].map((it) => digit(Math.floor(it))).join('/');
}

/** So many files; no two have the same content. */
export function* treeFiles(count: number): Generator<TreeFile> {
  const roll = dice(count);
  for (let at = 0; at < count; at++) {
    // Most are short, as sources are.
    const lines = 1 + Math.floor(roll(LINES_MAX) * (roll(1000) / 1000));
    const text = Array.from({ length: lines }, (_, line) => `int value_${line} = ${roll(1e6)};\n`);
    yield {
      path: `${directoryOf(Math.floor(at / FILES_OF_DIRECTORY))}/file-${at}.c`,
      content: `/* file ${at} */\n${text.join('')}`,
      executable: at % EXECUTABLE === 0,
    };
  }
}
