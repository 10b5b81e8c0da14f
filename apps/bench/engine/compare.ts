/**
 * Two runs beside each other: of two versions, two days or two machines.
 *
 * Rounds of two runs were not measured side by side, so that whatever differs between the two hours
 * differs between the runs. What a stack takes in comparison with the first one was measured side
 * by side, in each run; where the machine was not the same, only this can be compared.
 */
import { busyText } from './busy.ts';
import { placeTitles } from './placement.ts';
import type { Comparison, Machine, Result, Round, Run, Workload } from './schema.ts';
import { median } from './statistics.ts';
import { compareApart, pairRounds, ROUNDS_MIN } from './verdict.ts';

export interface Line {
  readonly workload: string;
  readonly stack: string;
  /** What is compared: the median time of a request, or the median of its ratios to this stack. */
  readonly to: string | null;
  /** Nanoseconds, or a ratio; null with `missing`. */
  readonly a: number | null;
  readonly b: number | null;
  /** The second run over the first: 'faster' is said of the second. */
  readonly compared: Comparison | null;
  readonly missing: string | null;
}

export interface ComparedRuns {
  /** Why the runs may not be comparable. */
  readonly warnings: readonly string[];
  readonly lines: readonly Line[];
}

const titleOf = ({ name, place }: Workload): string => `${name}, ${placeTitles[place]}`;

/** Both results were read by `readRun`. The same files give the same answer. */
export function compareRuns(a: Run, b: Run): ComparedRuns {
  const others = new Map(b.workloads.map((workload) => [titleOf(workload), workload]));
  const lines = a.workloads.flatMap((workload) => {
    const other = others.get(titleOf(workload));
    if (other === undefined) return [];
    return linesOf(workload, other, a.seed);
  });
  return { warnings: [...differences(a, b)], lines };
}

function linesOf(a: Workload, b: Workload, seed: number): Line[] {
  const first = a.results[0]!.stack;
  const hasFirst = b.results[0]!.stack === first;
  return a.results.flatMap((mine) => {
    const other = b.results.find(({ stack }) => stack === mine.stack);
    if (other === undefined) return [];
    const own = { workload: titleOf(a), stack: mine.stack };
    const line = (to: string | null, values: (it: Result, of: Workload) => number[]): Line => ({
      ...own,
      to,
      ...outcomeOf(mine, other, values(mine, a), values(other, b), seed),
    });
    const plain = line(null, (it) => (it.measured?.rounds ?? []).map(medianOf));
    if (!hasFirst || mine.stack === first) return [plain];
    return [plain, line(first, (it, of) => ratiosOf(it, of.results[0]!))];
  });
}

const medianOf = ({ latency }: Round): number => latency.p50;

/** Of each round that both have. */
const ratiosOf = (mine: Result, first: Result): number[] =>
  pairRounds(mine.measured?.rounds ?? [], first.measured?.rounds ?? [])
    .map(([own, beside]) => medianOf(own) / medianOf(beside))
    .filter(Number.isFinite);

type Outcome = Pick<Line, 'a' | 'b' | 'compared' | 'missing'>;

function outcomeOf(
  mine: Result,
  other: Result,
  ofMine: readonly number[],
  ofOther: readonly number[],
  seed: number,
): Outcome {
  if (ofMine.length === 0 || ofOther.length === 0) {
    const missing = (ofMine.length === 0 ? mine : other).missing ?? 'no round of both';
    return { a: null, b: null, compared: null, missing };
  }
  const compared = compareApart(ofOther, ofMine, seed);
  return {
    a: median(ofMine),
    b: median(ofOther),
    compared,
    missing: compared === null ? `fewer than ${ROUNDS_MIN} rounds` : null,
  };
}

/** What a machine is, in comparable texts. */
const traits: Readonly<Record<string, (machine: Machine) => string>> = {
  'the CPU': ({ cpu }) => cpu,
  'the number of CPUs': ({ cpus }) => String(cpus),
  'the kernel': ({ kernel }) => kernel,
  'the storage': ({ storage }) => storage,
};

function* differences(a: Run, b: Run): Generator<string> {
  for (const [what, of] of Object.entries(traits)) {
    const [was, is] = [of(a.machine), of(b.machine)];
    if (was !== is) yield `${what} is another: ${was}, then ${is}; compare only the ratios`;
  }
  for (const name of new Set([a, b].flatMap(({ machine }) => Object.keys(machine.versions)))) {
    const [was, is] = [a, b].map(({ machine }) => machine.versions[name] ?? 'none');
    if (was !== is) yield `${name} is another: ${was}, then ${is}`;
  }
  for (const stack of a.stacks) {
    const other = b.stacks.find(({ name }) => name === stack.name);
    const same = other === undefined || other.volfile === stack.volfile;
    if (!same) yield `the volfile of ${stack.name} is another`;
  }
  yield* onlyIn('first', a, b);
  yield* onlyIn('second', b, a);
  const mounted = [a, b].map(({ mountFlags }) => mountFlags.join(' '));
  if (mounted[0] !== mounted[1]) {
    yield `the stacks were mounted in another way: ${mounted.join(', then ')}`;
  }
  for (const [which, { workloads, machine }] of [
    ['first', a],
    ['second', b],
  ] as const) {
    for (const workload of workloads) {
      const busy = busyText(workload.busy, machine.cpus);
      if (busy === null) continue;
      yield `${titleOf(workload)}, ${which} run: ${busy}; compare only the ratios`;
    }
  }
  for (const workload of a.workloads) {
    const other = b.workloads.find((it) => titleOf(it) === titleOf(workload)) ?? workload;
    for (const [what, of] of Object.entries(asked)) {
      const [was, is] = [of(workload), of(other)];
      if (was !== is) yield `${titleOf(workload)}: ${what} is another: ${was}, then ${is}`;
    }
  }
}

/** How a workload was asked for, in comparable texts. */
const asked: Readonly<Record<string, (workload: Workload) => string>> = {
  'the request': ({ request }) => request,
  'the number of clients': ({ clients }) => String(clients),
};

function* onlyIn(which: string, run: Run, other: Run): Generator<string> {
  const stacks = other.stacks.map(({ name }) => name);
  for (const { name } of run.stacks) {
    if (!stacks.includes(name)) yield `only the ${which} run has the stack ${name}`;
  }
  const titles = other.workloads.map(titleOf);
  for (const title of run.workloads.map(titleOf)) {
    if (!titles.includes(title)) yield `only the ${which} run has the workload ${title}`;
  }
  if (run.partial) yield `the ${which} run ended early`;
}
