/**
 * Plans the workload of GlusterFS's translator tutorial: programs that search a file in one
 * directory after the other.
 *
 * 1000 files lie evenly in ten directories. A search looks up one file in dir0, dir1, … until it is
 * found; 80 % of the searches are for 10 % of the files, which are in demand. Equal seeds give
 * equal searches in equal order.
 *
 * Source of the workload: Jeff Darcy, GlusterFS Translators Almost Live Tutorial (2012).
 */

import { drawBelow, seedRandom, shuffle } from './random.ts';

interface WorkloadSize {
  readonly seed: number;
  readonly searches: number;
  /** The number of files to search for; default FILES. */
  readonly files?: number;
  /** Number of rounds, each with searches for other files; default 1. */
  readonly rounds?: number;
}

export const DIRECTORIES = 10;
export const FILES = 1000;
/** Percent of the files in demand, and percent of the searches that are for these. */
export const HOT_FILES = 10;
export const HOT_SEARCHES = 80;

/** The most searches of a plan: a million take hours over a network. */
export const SEARCHES_MAX = 1_000_000;

export interface Workload {
  /** `fileNNN.php`, by the file's number. */
  readonly names: readonly string[];
  /** The directory that a file lies in, by the file's number. */
  readonly directories: Uint8Array;
  /** The numbers of the files searched for, in order. */
  readonly searches: Uint16Array;
  readonly rounds: number;
}

/** Returns the numbers, from 0, of a round's first search and of the search after its last. */
export function roundRange(
  { searches, rounds }: Workload,
  round: number,
): { from: number; to: number } {
  const firstSearch = (at: number): number => Math.round((at * searches.length) / rounds);
  return { from: firstSearch(round), to: firstSearch(round + 1) };
}

export const directoryName = (directory: number): string => `dir${directory}`;

/** Draws the searches, and spreads the files over the directories. */
export function planWorkload({
  seed,
  searches,
  files = FILES,
  rounds = 1,
}: WorkloadSize): Workload {
  const random = seedRandom(seed);
  const numbers = Array.from({ length: files }, (_, file) => file);
  // The first files after shuffling are in demand.
  const shuffled = shuffle(numbers, random);
  const hot = (files * HOT_FILES) / 100;
  // drawFile takes every n-th file for a round, so sorting gives each round all directories.
  const sortByDirectory = (some: readonly number[]): number[] =>
    some.toSorted((a, b) => (a % DIRECTORIES) - (b % DIRECTORIES));
  const byDemand = [
    ...sortByDirectory(shuffled.slice(0, hot)),
    ...sortByDirectory(shuffled.slice(hot)),
  ];
  /** Draws one of the files of a round, among those from `from` to before `to` in `byDemand`. */
  const drawFile = (from: number, to: number, round: number): number => {
    const count = Math.ceil((to - from - round) / rounds);
    return byDemand[from + round + rounds * drawBelow(random, count)]!;
  };
  return {
    names: numbers.map((file) => `file${String(file).padStart(3, '0')}.php`),
    directories: Uint8Array.from(numbers, (file) => file % DIRECTORIES),
    searches: Uint16Array.from({ length: searches }, (_, at) => {
      const isHot = drawBelow(random, 100) < HOT_SEARCHES;
      const round = Math.min(rounds - 1, Math.floor(((at + 0.5) * rounds) / searches));
      return isHot ? drawFile(0, hot, round) : drawFile(hot, files, round);
    }),
    rounds,
  };
}
