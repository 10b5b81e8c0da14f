/**
 * The tutorial's workload: programs that look for a file in one directory after the other.
 *
 * 1000 files lie evenly in ten directories. A search asks for one file in dir0, dir1, … until it is
 * found; 80 % of the searches are for the 10 % of the files that are in demand. Everything is drawn
 * from a seed, so that runs with one seed ask for the same names in the same order.
 *
 * Source of the workload: Jeff Darcy, GlusterFS Translators Almost Live Tutorial (2012).
 */

export interface WorkloadSize {
  readonly seed: number;
  readonly searches: number;
}

export const DIRECTORIES = 10;
export const FILES = 1000;
/** Percent of the files that are in demand, and percent of the searches that are for them. */
export const HOT_FILES = 10;
export const HOT_SEARCHES = 80;

/** More would take longer than anybody waits. */
export const SEARCHES_MAX = 1_000_000;

export interface Workload {
  /** `fileNNN.php`, by the file's number. */
  readonly names: readonly string[];
  /** The directory that a file lies in, by the file's number. */
  readonly homes: Uint8Array;
  /** The numbers of the files searched for, in order. */
  readonly searches: Uint16Array;
}

export const directoryName = (directory: number): string => `dir${directory}`;

const MASK = (1n << 64n) - 1n;

/** Sebastiano Vigna's splitmix64: the same numbers on every machine. */
export class Draw {
  private state: bigint;

  constructor(seed: number) {
    this.state = BigInt(seed) & MASK;
  }

  next(): bigint {
    this.state = (this.state + 0x9e3779b97f4a7c15n) & MASK;
    let z = this.state;
    z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK;
    z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK;
    return z ^ (z >> 31n);
  }

  /** 0 … n - 1. */
  below(n: number): number {
    return Number((this.next() >> 11n) % BigInt(n));
  }
}

export function planWorkload({ seed, searches }: WorkloadSize): Workload {
  const draw = new Draw(seed);
  const numbers = Array.from({ length: FILES }, (_, file) => file);
  // Those that come first after shuffling are in demand.
  const byDemand = shuffled(numbers, draw);
  const hot = (FILES * HOT_FILES) / 100;
  return {
    names: numbers.map((file) => `file${String(file).padStart(3, '0')}.php`),
    homes: Uint8Array.from(numbers, (file) => file % DIRECTORIES),
    searches: Uint16Array.from({ length: searches }, () => {
      const wanted = draw.below(100) < HOT_SEARCHES;
      return byDemand[wanted ? draw.below(hot) : hot + draw.below(FILES - hot)]!;
    }),
  };
}

function shuffled(items: readonly number[], draw: Draw): number[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = draw.below(last + 1);
    [result[last], result[other]] = [result[other]!, result[last]!];
  }
  return result;
}

/** What a workload asks for when nothing answers out of turn. */
export interface Expectation {
  /** Lookups in all, found or not. */
  readonly lookups: number;
  /** Lookups that a cache of absent names cannot save: every hit, and the first miss of each name. */
  readonly unavoidable: number;
  /** Different files that are searched for: of hits, what a cache of names that are there leaves. */
  readonly files: number;
}

export function expectationOf({ homes, searches }: Workload): Expectation {
  let lookups = 0;
  for (const file of searches) lookups += homes[file]! + 1;
  const files = new Set(searches);
  let firstMisses = 0;
  for (const file of files) firstMisses += homes[file]!;
  return { lookups, unavoidable: searches.length + firstMisses, files: files.size };
}
