/**
 * The tutorial's experiment: names are looked for in ten directories by turns, through a mount that
 * knows nothing of them yet (`first`), and the same names once more (`again`).
 *
 * Source: Jeff Darcy, "GlusterFS Translators Almost Live Tutorial", 2012: 1000 files in 10
 * directories, of which a tenth gets four of five requests, and the time of 10 000 searches.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing, type Missing, missingText } from '../../../runtime/bench/missing.ts';
import { digits, ranged } from '../../../runtime/bench/numbers.ts';
import { compare, estimate, isJumpy, median, ratio } from '../../../runtime/bench/statistics.ts';
import { type Bench, compileC, runLoad } from '../bench.ts';
import type { Operation } from '../calls.ts';
import { type Experiment, everywhere, type TargetKind } from '../experiment.ts';
import type { Bar } from '../figures.ts';
import type { Row } from '../report.ts';
import type { Take } from '../rounds.ts';
import type { Sample } from '../samples.ts';
import { inTime } from '../server.ts';

export interface Found {
  /** Microseconds. */
  readonly mean: number;
  readonly p99: number;
  /** Lookups that came to the storage, for each search; null where nobody counts them. */
  readonly lookups: number | null;
}

/** Searches that come for the first time, and the same ones after all of them. */
export interface Searched {
  readonly first: Found;
  readonly again: Found;
}
export type Which = keyof Searched;

export interface Size {
  readonly rounds: number;
  /** Files that are looked for. */
  readonly names: number;
  readonly searches: number;
  /** Searches of each target before the first round, until its code is compiled. */
  readonly warm: number;
}

/** Full: the tutorial's. Quick has the same share of names that are new. */
export const sizeOf = ({ quick }: Bench, rounds: number): Size =>
  quick
    ? { rounds: 2, names: 100, searches: 1000, warm: 500 }
    : { rounds, names: 1000, searches: 10_000, warm: 2000 };

/** The mean search of each round: what the tutorial prints. */
export const meanOf =
  (which: Which) =>
  (searched: Searched): number =>
    searched[which].mean;

export interface Held<N extends string> {
  readonly what: string;
  readonly mine: N;
  readonly other: N;
  readonly which: Which;
  readonly bar: Bar;
}

export interface Searching<N extends string> {
  readonly what: string;
  readonly size: Size;
  readonly targets: Readonly<Record<N, TargetKind>>;
  /** The row that others are faster than. */
  readonly baseline: N;
  /** What the tutorial has in a row; milliseconds. */
  readonly told?: Readonly<Partial<Record<N, string>>>;
  readonly held: readonly Held<N>[];
  /** For programs. */
  readonly settings?: object;
}

const US_PER_MS = 1000;

export function searchExperiment<N extends string>({
  what,
  size,
  targets,
  baseline,
  told,
  held,
  settings,
}: Searching<N>): Experiment<N, Searched> {
  const names = Object.keys(targets) as N[];
  const toldOf = new Map(names.map((name) => [targets[name].title, told?.[name] ?? '']));
  return {
    what: `${what}: ${size.searches} searches of ${size.names} names`,
    how: 'ms, mean search, median of',
    rounds: size.rounds,
    targets,
    places: ['free'],
    first: baseline,
    prepare: (bench) => takeSearches(bench, size),
    columns: columns(told !== undefined),
    row: (title, mine, base) => row(title, mine, base, told && toldOf.get(title)),
    held: held.map(({ which, bar, ...one }) => ({
      ...one,
      of: meanOf(which),
      bars: everywhere(bar),
    })),
    settings: { ...size, ...settings },
  };
}

/** In a directory that is new for every sample. @throws {NotMeasured} */
async function takeSearches(
  bench: Bench,
  { names, searches, warm }: Size,
): Promise<Take<Searched>> {
  const program = await compileC(bench, 'callload');
  return async ({ root, lookups }, { round, at }) => {
    const directory = join(root, `round-${round}`);
    await inTime(bench.signal, mkdir(directory));
    const run = (operation: Operation, count: number): Promise<Sample> =>
      runLoad(bench, program, [operation, directory, names, 0, count], at.client);
    const search = async (): Promise<Found> => {
      const count = round === 0 ? warm : searches;
      const before = await lookups?.();
      const { mean, p99 } = await run('again', count);
      const after = await lookups?.();
      const counted = before === undefined || after === undefined ? null : after - before;
      return { mean, p99, lookups: counted === null ? null : counted / count };
    };
    // Makes the files, and the first search, which can be spared in so many.
    await run('search', 1);
    return { first: await search(), again: await search() };
  };
}

// -- for people ----------------------------------------------------------------------------------

const columns = (withTold: boolean): string[] => {
  const measured = ['first', '99 %', '× faster', 'lookups', 'again', '× faster', 'lookups'];
  return withTold ? [...measured, 'the tutorial'] : measured;
};

function row(
  title: string,
  mine: readonly Searched[] | Missing,
  baseline: readonly Searched[] | Missing,
  told: string | undefined,
): Row {
  if (isMissing(mine)) return { title, cells: [missingText(mine)] };
  const cells = (['first', 'again'] as const).flatMap((which) => {
    const means = mine.map(meanOf(which)).map((us) => us / US_PER_MS);
    const mean = `${ranged(estimate(means), fine)}${isJumpy(means) ? ' ?' : ''}`;
    const slowest = fine(median(mine.map((searched) => searched[which].p99 / US_PER_MS)));
    const passed = lookupsOf(mine.map((searched) => searched[which].lookups));
    if (which === 'again') return [mean, speedUp(which), passed];
    return [mean, slowest, speedUp(which), passed];
  });
  return { title, cells: told === undefined ? cells : [...cells, told] };

  function speedUp(which: Which): string {
    if (isMissing(baseline)) return '';
    const { median: times, doubtful } = compare(
      (baseline as readonly Searched[]).map(meanOf(which)),
      (mine as readonly Searched[]).map(meanOf(which)),
      ratio,
    );
    return `${digits(times)}${doubtful ? ' ?' : ''}`;
  }
}

const lookupsOf = (counts: readonly (number | null)[]): string =>
  counts.includes(null) ? '' : digits(median(counts as readonly number[]));

/** As the tutorial prints milliseconds. */
const fine = (ms: number): string => ms.toFixed(3);
