/**
 * Plans the workload of GlusterFS's translator tutorial: programs that search a file in one
 * directory after the other.
 *
 * 1000 files are spread evenly over ten directories. A search looks up one file in dir0, dir1, …
 * until it is found; 80 % of the searches are for 10 % of the files, the *hot* ones. Equal seeds
 * give equal searches in equal order.
 *
 * Source of the workload: Jeff Darcy, GlusterFS Translators Almost Live Tutorial (2012).
 */
import { drawBelow, seedRandom, shuffle } from './random.ts';

/** The seed and the size of a plan. */
interface SearchPlanSize {
  readonly seed: number;
  /** Number of searches in all rounds together. */
  readonly searchCount: number;
  /** The number of files to search for; default FILE_COUNT. */
  readonly fileCount?: number;
  /** Number of rounds, each with searches for other files; default 1. */
  readonly roundCount?: number;
}

/** Number of directories that a search goes through at most. */
export const DIRECTORY_COUNT = 10;
/** Number of files in the tutorial's workload. */
export const FILE_COUNT = 1000;
/** Percentage of the files that are hot. */
export const HOT_FILES_PERCENT = 10;
/** Percentage of the searches that are for hot files. */
export const HOT_SEARCHES_PERCENT = 80;

/** Maximum number of searches in a plan: a million take hours over a network. */
export const SEARCHES_MAX = 1_000_000;

/** The files and searches of all rounds. */
export interface SearchPlan {
  /** The name of each file, such as `file042.php`, by the file's number. */
  readonly names: readonly string[];
  /** The number of the directory that a file lies in, by the file's number. */
  readonly directories: Uint8Array;
  /** The numbers of the files searched for, in order. */
  readonly searches: Uint16Array;
  readonly roundCount: number;
}

/** Returns the numbers, from 0, of a round's first search and of the search after its last. */
export function findRoundRange(
  { searches, roundCount }: SearchPlan,
  round: number,
): { from: number; to: number } {
  const findFirstSearch = (roundIndex: number): number =>
    Math.round((roundIndex * searches.length) / roundCount);
  return { from: findFirstSearch(round), to: findFirstSearch(round + 1) };
}

/** Makes the name of a directory by its number, from 0: `dir3`. */
export const makeDirectoryName = (directory: number): string => `dir${directory}`;

/** Makes a plan: draws the searches, and spreads the files over the directories. */
export function planSearches({
  seed,
  searchCount,
  fileCount = FILE_COUNT,
  roundCount = 1,
}: SearchPlanSize): SearchPlan {
  const random = seedRandom(seed);
  const fileNumbers = Array.from({ length: fileCount }, (_, file) => file);
  // The first files after shuffling are the hot ones.
  const shuffled = shuffle(fileNumbers, random);
  const hotCount = (fileCount * HOT_FILES_PERCENT) / 100;
  // `drawFile` gives a round every `roundCount`-th file: sorted, these come from all directories.
  const sortByDirectory = (numbers: readonly number[]): number[] =>
    numbers.toSorted((a, b) => (a % DIRECTORY_COUNT) - (b % DIRECTORY_COUNT));
  const hotFirst = [
    ...sortByDirectory(shuffled.slice(0, hotCount)),
    ...sortByDirectory(shuffled.slice(hotCount)),
  ];
  /** Draws one of a round's files, from `from` to before `to` in `hotFirst`. */
  const drawFile = (from: number, to: number, round: number): number => {
    const count = Math.ceil((to - from - round) / roundCount);
    return hotFirst[from + round + roundCount * drawBelow(random, count)]!;
  };
  return {
    names: fileNumbers.map((file) => `file${String(file).padStart(3, '0')}.php`),
    directories: Uint8Array.from(fileNumbers, (file) => file % DIRECTORY_COUNT),
    searches: Uint16Array.from({ length: searchCount }, (_, index) => {
      const isHot = drawBelow(random, 100) < HOT_SEARCHES_PERCENT;
      const round = Math.min(
        roundCount - 1,
        Math.floor(((index + 0.5) * roundCount) / searchCount),
      );
      return isHot ? drawFile(0, hotCount, round) : drawFile(hotCount, fileCount, round);
    }),
    roundCount,
  };
}
