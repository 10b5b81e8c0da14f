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

interface SearchPlanSize {
  readonly seed: number;
  readonly searches: number;
  /** The number of files to search for; default FILE_COUNT. */
  readonly files?: number;
  /** Number of rounds, each with searches for other files; default 1. */
  readonly rounds?: number;
}

export const DIRECTORY_COUNT = 10;
export const FILE_COUNT = 1000;
/** Percentage of the files that are hot, and of the searches that are for these. */
export const HOT_FILES_PERCENT = 10;
export const HOT_SEARCHES_PERCENT = 80;

/** The most searches of a plan: a million take hours over a network. */
export const SEARCHES_MAX = 1_000_000;

/** The files and searches of all rounds. */
export interface SearchPlan {
  /** `fileNNN.php`, by the file's number. */
  readonly names: readonly string[];
  /** The directory that a file lies in, by the file's number. */
  readonly directories: Uint8Array;
  /** The numbers of the files searched for, in order. */
  readonly searches: Uint16Array;
  readonly rounds: number;
}

/** Returns the numbers, from 0, of a round's first search and of the search after its last. */
export function findRoundRange(
  { searches, rounds }: SearchPlan,
  round: number,
): { from: number; to: number } {
  const findFirstSearch = (round: number): number => Math.round((round * searches.length) / rounds);
  return { from: findFirstSearch(round), to: findFirstSearch(round + 1) };
}

export const makeDirectoryName = (directory: number): string => `dir${directory}`;

/** Draws the searches, and spreads the files over the directories. */
export function planSearches({
  seed,
  searches,
  files = FILE_COUNT,
  rounds = 1,
}: SearchPlanSize): SearchPlan {
  const random = seedRandom(seed);
  const numbers = Array.from({ length: files }, (_, file) => file);
  // The first files after shuffling are the hot ones.
  const shuffled = shuffle(numbers, random);
  const hotCount = (files * HOT_FILES_PERCENT) / 100;
  // `drawFile` gives a round every `rounds`-th file: sorted, these come from all directories.
  const sortByDirectory = (files: readonly number[]): number[] =>
    files.toSorted((a, b) => (a % DIRECTORY_COUNT) - (b % DIRECTORY_COUNT));
  const hotFirst = [
    ...sortByDirectory(shuffled.slice(0, hotCount)),
    ...sortByDirectory(shuffled.slice(hotCount)),
  ];
  /** Draws one of a round's files, from `from` to before `to` in `hotFirst`. */
  const drawFile = (from: number, to: number, round: number): number => {
    const count = Math.ceil((to - from - round) / rounds);
    return hotFirst[from + round + rounds * drawBelow(random, count)]!;
  };
  return {
    names: numbers.map((file) => `file${String(file).padStart(3, '0')}.php`),
    directories: Uint8Array.from(numbers, (file) => file % DIRECTORY_COUNT),
    searches: Uint16Array.from({ length: searches }, (_, index) => {
      const isHot = drawBelow(random, 100) < HOT_SEARCHES_PERCENT;
      const round = Math.min(rounds - 1, Math.floor(((index + 0.5) * rounds) / searches));
      return isHot ? drawFile(0, hotCount, round) : drawFile(hotCount, files, round);
    }),
    rounds,
  };
}
