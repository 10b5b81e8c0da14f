/** Failed stats in rounds, one target after the other in each, A B C A B C. */
import { type Bench, compileC } from './bench.ts';
import { isMissing, type Missing, orMissing } from './figures.ts';
import { allowedCpus, type Place, type Placed, pin, placed } from './placement.ts';
import type { Sample, Samples } from './samples.ts';
import { inFreshDirectory, type Target } from './targets.ts';

/** A target that runs, or why it does not, by a name. */
export type Started<N extends string> = ReadonlyMap<N, Target | Missing>;

/** The samples of a target in the order of the rounds, or why there are none. */
export type Series<N extends string> = ReadonlyMap<N, Samples | Missing>;

export interface Load {
  readonly rounds: number;
  /** Stats that are measured, of each target in each round. */
  readonly count: number;
  /** Stats of each target before the first round, until its code is compiled. */
  readonly warm: number;
}

/** Different names that are asked for, of one directory. */
export const NAMES = 100;
/** How often each is asked before a sample is taken: to be learnt, and to settle. */
const ASKED_BEFORE = 5;

/** Measures all of the targets at one place. @throws {NotMeasured} when nothing can be measured */
export async function measureRounds<N extends string>(
  bench: Bench,
  started: Started<N>,
  place: Place,
  { rounds, count, warm }: Load,
): Promise<Series<N>> {
  const statload = await compileC(bench, 'statload');
  const at = placed(place, allowedCpus());
  const pins = await bench.tools.has('taskset');
  if (place !== 'free') await bench.tools.require('taskset');
  const series = new Map<N, Sample[] | Missing>();
  const sample = (target: Target, round: number, stats: number): Promise<Sample> =>
    takeSample(bench, target, { directory: `${place}-${round}`, stats, at, statload });
  for (const [name, target] of started) {
    const first = await orMissing(async () => {
      if (isMissing(target)) return target;
      if (pins && target.pid !== null) await pin(bench.tools, target.pid, at.servers);
      return sample(target, 0, warm);
    });
    series.set(name, isMissing(first) ? first : []);
  }
  for (let round = 1; round <= rounds; round++) {
    for (const [name, samples] of series) {
      if (isMissing(samples)) continue;
      const next = await orMissing(() => sample(started.get(name) as Target, round, count));
      if (isMissing(next)) series.set(name, next);
      else samples.push(next);
    }
  }
  return series;
}

interface Run {
  readonly directory: string;
  readonly stats: number;
  readonly at: Placed;
  readonly statload: string;
}

function takeSample(bench: Bench, target: Target, run: Run): Promise<Sample> {
  const { directory, stats, at, statload } = run;
  return inFreshDirectory(bench, target, directory, async (path) => {
    const args = [path, NAMES, ASKED_BEFORE, stats, ...(at.client === null ? [] : [at.client])];
    return JSON.parse(await bench.tools.output(statload, args.map(String))) as Sample;
  });
}
