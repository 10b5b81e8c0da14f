/**
 * Compares two runs for `glossa bench compare`: of two versions, two days or two machines.
 *
 * Two runs were not measured side by side, so times also differ because the machine's other load
 * did. The ratio of a stack to the first stack was measured side by side in each run. If the
 * machines differ, only these ratios are comparable.
 */
import { describeBusyness } from './busy-sampler.ts';
import { formatWorkloadTitle } from './placement.ts';
import type { Comparison, Round, Run, StackResult, Workload } from './schema.ts';
import { computeMedian } from './statistics.ts';
import { compareUnpaired, pairRounds, ROUNDS_MIN } from './verdict.ts';

/** The comparison of one stack in one workload. */
export interface StackComparison {
  readonly workload: string;
  readonly stack: string;
  /**
   * The first stack, if ratios to its times are compared; null if the stack's own median times are
   * compared.
   */
  readonly to: string | null;
  /** Result of the first run in nanoseconds, or as a ratio; null if `missing` gives a reason. */
  readonly a: number | null;
  /** Result of the second run, in the same unit as `a`. */
  readonly b: number | null;
  /** The second run in relation to the first: `faster` means that the second run is faster. */
  readonly compared: Comparison | null;
  /** Why there is no comparison; null if there is one. */
  readonly missing: string | null;
}

/** The comparison of two runs, as in the JSON of `glossa bench compare`. */
export interface ComparedRuns {
  /** Why the runs may not be comparable. */
  readonly warnings: readonly string[];
  readonly lines: readonly StackComparison[];
}

/** Compares two results of `parseRun`. Equal files always give equal comparisons. */
export function compareRuns(a: Run, b: Run): ComparedRuns {
  const otherWorkloads = new Map(
    b.workloads.map((workload) => [formatWorkloadTitle(workload), workload]),
  );
  const lines = a.workloads.flatMap((workload) => {
    const otherWorkload = otherWorkloads.get(formatWorkloadTitle(workload));
    if (otherWorkload === undefined) return [];
    return compareWorkload(workload, otherWorkload, a.seed);
  });
  return { warnings: [...listDifferences(a, b)], lines };
}

/**
 * Compares each stack that both runs have: its times, and its ratios to the first stack if both
 * runs have the same first stack.
 */
function compareWorkload(a: Workload, b: Workload, seed: number): StackComparison[] {
  const firstStack = a.results[0]!.stack;
  const hasSameFirst = b.results[0]!.stack === firstStack;
  return a.results.flatMap((resultA) => {
    const { stack } = resultA;
    const resultB = b.results.find((result) => result.stack === stack);
    if (resultB === undefined) return [];
    const labels = { workload: formatWorkloadTitle(a), stack };
    const makeLine = (
      to: string | null,
      readValues: (result: StackResult, workload: Workload) => number[],
    ): StackComparison => ({
      ...labels,
      to,
      ...compareValues(resultA, resultB, readValues(resultA, a), readValues(resultB, b), seed),
    });
    const timesLine = makeLine(null, (result) => (result.measured?.rounds ?? []).map(readMedianNs));
    if (!hasSameFirst || stack === firstStack) return [timesLine];
    return [
      timesLine,
      makeLine(firstStack, (result, workload) => computeRoundRatios(result, workload.results[0]!)),
    ];
  });
}

const readMedianNs = ({ latency }: Round): number => latency.p50;

/** Divides a stack's median by the first stack's, in each round that both have. */
const computeRoundRatios = (result: StackResult, first: StackResult): number[] =>
  pairRounds(result.measured?.rounds ?? [], first.measured?.rounds ?? [])
    .map(([subject, baseline]) => readMedianNs(subject) / readMedianNs(baseline))
    .filter(Number.isFinite);

/** The part of a StackComparison that `compareValues` computes. */
type ComparedValues = Pick<StackComparison, 'a' | 'b' | 'compared' | 'missing'>;

/** Compares the values of a stack's rounds in two runs, or explains why they are missing. */
function compareValues(
  resultA: StackResult,
  resultB: StackResult,
  valuesA: readonly number[],
  valuesB: readonly number[],
  seed: number,
): ComparedValues {
  if (valuesA.length === 0 || valuesB.length === 0) {
    const missing = (valuesA.length === 0 ? resultA : resultB).missing ?? 'no round of both';
    return { a: null, b: null, compared: null, missing };
  }
  const compared = compareUnpaired(valuesB, valuesA, seed);
  return {
    a: computeMedian(valuesA),
    b: computeMedian(valuesB),
    compared,
    missing: compared === null ? `fewer than ${ROUNDS_MIN} rounds` : null,
  };
}

/** Lists the conditions that two runs should share: their names, and their values as text. */
function listConditions({ machine, mountFlags, stacks, workloads }: Run): Map<string, string> {
  const { cpu, cpus, kernel, storage, versions } = machine;
  return new Map<string, string>([
    ['the CPU', cpu],
    ['the number of CPUs', String(cpus)],
    ['the kernel', kernel],
    ['the storage', storage],
    ...Object.entries(versions).map(([name, version]) => [name, version ?? 'none'] as const),
    ...stacks.map(
      ({ name, volfile }) =>
        [`the volfile of ${name}`, maskTemporaryPaths(volfile ?? 'none')] as const,
    ),
    ['how the stacks were mounted', mountFlags.join(' ')],
    ['the warm-up', describeWarmUp(workloads)],
    ...workloads.map((workload) => {
      const { request, clients } = workload;
      return [formatWorkloadTitle(workload), `${request} by ${clients}`] as const;
    }),
  ]);
}

/** Masks what differs between paths of two runs in temporary folders: the name there of one's own folder. */
const maskTemporaryPaths = (volfile: string): string =>
  volfile.replace(
    /((?:\/var)?\/tmp|\/dev\/shm|\/run\/user\/\d+)\/[^\s/"]+|\/[^\s/"]*glossa-[a-z-]+-\w{6}(?=[\s/"]|$)/g,
    '$1/…',
  );

/** Describes when the rounds of a run began; results of older versions have no warm-up. */
const describeWarmUp = (workloads: readonly Workload[]): string =>
  workloads.some(({ results }) => results.some(({ measured }) => measured?.warmUp !== undefined))
    ? 'until each stack was steady'
    : 'a part of a round (by an older glossa)';

/** Conditions on which times depend so much that only ratios are comparable. */
const MACHINE_CONDITIONS = ['the CPU', 'the number of CPUs', 'the kernel', 'the storage'];
/** The advice that ends a warning about such a condition. */
const RATIOS_HINT = '; compare only the ratios';

/** Maximum length of a value that a warning quotes; volfiles are longer. */
const QUOTED_LENGTH_MAX = 80;

/** Yields a warning for each difference of the conditions, and for each busy or partial run. */
function* listDifferences(a: Run, b: Run): Generator<string> {
  const [first, second] = [listConditions(a), listConditions(b)];
  for (const [condition, firstValue] of first) {
    const secondValue = second.get(condition);
    const isShort = firstValue.length <= QUOTED_LENGTH_MAX && !firstValue.includes('\n');
    const values = isShort ? `: ${firstValue}, then ${secondValue}` : '';
    const hint = MACHINE_CONDITIONS.includes(condition) ? RATIOS_HINT : '';
    if (secondValue !== undefined && secondValue !== firstValue)
      yield `${condition} is another${values}${hint}`;
  }
  const runs = [
    ['first', a, second],
    ['second', b, first],
  ] as const;
  for (const [ordinal, run, otherConditions] of runs) {
    for (const condition of listConditions(run).keys()) {
      if (!otherConditions.has(condition)) yield `only the ${ordinal} run has ${condition}`;
    }
    if (run.partial) yield `the ${ordinal} run ended early`;
    for (const workload of run.workloads) {
      const busyText = describeBusyness(workload.busy, run.machine.cpus);
      if (busyText !== null)
        yield `${formatWorkloadTitle(workload)}, ${ordinal} run: ${busyText}${RATIOS_HINT}`;
    }
  }
}
