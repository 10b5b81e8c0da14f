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
/** One file in this number is executable. */
const EXECUTABLE_EVERY = 50;
const LINES_MAX = 120;

/** Numbers below `limit` that look like chance; see Numerical Recipes' linear congruence. */
function makeDice(seed: number): (limit: number) => number {
  let state = seed >>> 0;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

/** `a/b/c` of the directory of this number: the digits of it. */
function directoryPath(number: number): string {
  const digit = (value: number): string => `part-${value % DIRECTORIES_OF_DIRECTORY}`;
  const [upper, middle] = [DIRECTORIES_OF_DIRECTORY ** 2, DIRECTORIES_OF_DIRECTORY];
  return [number / upper, number / middle, number]
    .map((value) => digit(Math.floor(value)))
    .join('/');
}

/** Makes this number of files, each with other content. */
export function* treeFiles(count: number): Generator<TreeFile> {
  const roll = makeDice(count);
  for (let index = 0; index < count; index++) {
    // Most are short, as sources are.
    const lines = 1 + Math.floor(roll(LINES_MAX) * (roll(1000) / 1000));
    const text = Array.from({ length: lines }, (_, line) => `int value_${line} = ${roll(1e6)};\n`);
    yield {
      path: `${directoryPath(Math.floor(index / FILES_OF_DIRECTORY))}/file-${index}.c`,
      content: `/* file ${index} */\n${text.join('')}`,
      executable: index % EXECUTABLE_EVERY === 0,
    };
  }
}
