/**
 * Runs the experiment of the demo and the tutorial in a temporary folder: searches through several
 * stacks, each with its own mount server, measured by the bench's engine in alternating rounds. It
 * leaves no mount, process or file at any end.
 */
import { findMountProblem } from '../../server/mount-probe.ts';
import { EXIT_OK, Failure, UsageError } from '../../terminal/exit.ts';
import { numberFlag, toggleFlag } from '../../terminal/flags.ts';
import { ProgressLine } from '../../terminal/progress.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import type { BusySampler } from '../bench/engine/busy.ts';
import { mergeHistograms, summaryOf } from '../bench/engine/histogram.ts';
import { NotMeasured } from '../bench/engine/not-measured.ts';
import { allowedCpus, assignCpus } from '../bench/engine/placement.ts';
import { seeded } from '../bench/engine/random.ts';
import type { RoundSample } from '../bench/engine/results.ts';
import { orders } from '../bench/engine/rounds.ts';
import type { Busyness } from '../bench/engine/schema.ts';
import { roundOf, SEARCHES_MAX, type Workload } from '../bench/engine/searches.ts';
import { Target } from '../bench/engine/target.ts';
import { lookupCounterOf } from '../bench/run/lookup-counter.ts';
import { mountStack, type StackMount } from '../bench/run/stack-mount.ts';
import { makeWorkplace, noSpaceError } from './workplace.ts';

/** Rounds of searches, enough for an interval without the most extreme rounds on both sides. */
export const ROUNDS = 20;

// -- settings ------------------------------------------------------------------------------------

const DELAY_MS_MIN = 0.01;
const DELAY_MS_MAX = 100;

export interface ExperimentSettings {
  readonly seed: number;
  readonly searches: number;
  /** Added distance to the bricks: milliseconds per request. */
  readonly delayMs: number;
}

/** The flags of both commands. */
export const experimentFlags = (help: {
  readonly delay: string;
  readonly json: string;
  readonly searches: string;
}) => ({
  delay: numberFlag({ value: 'MS', help: help.delay }),
  json: toggleFlag({ help: help.json }),
  seed: numberFlag({
    value: 'N',
    whole: true,
    help: 'what is searched for is drawn from this (1)',
  }),
  searches: numberFlag({ value: 'N', whole: true, help: help.searches }),
});

/** Checks the settings and returns them. @throws {UsageError} */
export function checkSettings(settings: ExperimentSettings): ExperimentSettings {
  const { seed, searches, delayMs } = settings;
  if (searches < ROUNDS || searches > SEARCHES_MAX) {
    throw new UsageError(`--searches takes ${ROUNDS} (one for each round) to ${SEARCHES_MAX}`);
  }
  if (delayMs !== 0 && (delayMs < DELAY_MS_MIN || delayMs > DELAY_MS_MAX)) {
    throw new UsageError(`--delay takes 0, or ${DELAY_MS_MIN} to ${DELAY_MS_MAX} milliseconds`);
  }
  if (!Number.isSafeInteger(seed)) throw new UsageError(`--seed ${seed} is too large`);
  return settings;
}

// -- the run -------------------------------------------------------------------------------------

/** The scratch folder, signal and display of an experiment. */
export interface Stage {
  /** Folder for all files, removed at the end. */
  readonly scratch: string;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  /** Shows the current step at a terminal. @param part 0 to 1; absent: the step starts */
  show(what: string, part?: number): void;
}

export interface Experiment<M> {
  readonly command: string;
  readonly json: boolean;
  readonly introduction: string;
  /** Advice for machines that cannot mount. */
  readonly instead: string;
  measure(stage: Stage): Promise<M>;
  report(measured: M): string;
}

/** Runs an experiment and prints its report. @returns the exit status */
export async function runExperiment<M>(
  { command, json, introduction, instead, measure, report }: Experiment<M>,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  const progress = json ? null : new ProgressLine(terminal);
  let current = '';
  let begun = 0;
  const show: Stage['show'] = (what, part) => {
    if (what !== current) begun = performance.now();
    current = what;
    const elapsedSeconds = (performance.now() - begun) / 1e3;
    const label = part === undefined ? `${what}: starting` : what;
    progress?.show({ doneCount: part ?? 0, total: 1, elapsedSeconds, item: label });
  };
  const workplace = await makeWorkplace(command, terminal);
  const { folder: scratch } = workplace;
  let measured: M;
  try {
    const unmountable = await findMountProblem(scratch);
    if (unmountable !== null) {
      throw new Failure(`nothing can be mounted here: ${unmountable}${instead}`);
    }
    if (!json) terminal.out(`${introduction}\n`);
    measured = await measure({ scratch, terminal, signal, show });
  } catch (error) {
    throw noSpaceError(error, scratch);
  } finally {
    progress?.clear();
    workplace.remove();
  }
  terminal.out(report(measured));
  return EXIT_OK;
}

// -- searches ------------------------------------------------------------------------------------

/** Seconds, longer than any run, so that the counts do not depend on its duration. */
const REMEMBERED = '86400';

/** Flags with which the kernel caches found names, and looks up absent ones each time. */
const FLAGS = [
  ...['--attribute-timeout', REMEMBERED, '--entry-timeout', REMEMBERED],
  ...['--negative-timeout', '0'],
];

/** A stack that searches go through. */
export interface SearchStack {
  /** Name in messages. */
  readonly title: string;
  /** Unique id, for the names of its mount point and files. */
  readonly id: string;
  readonly volfile: string;
  /** Options in the form of --xlator-option. */
  readonly options: readonly string[];
}

/** Mounts a stack. @throws {Failure} when that fails, after cleaning up */
export const mountSearchable = (
  { id: name, volfile, options }: Omit<SearchStack, 'title'>,
  { scratch, terminal, signal }: Pick<Stage, 'scratch' | 'terminal' | 'signal'>,
): Promise<StackMount> =>
  mountStack({ name, volfile, options, flags: FLAGS, scratch, signal }, terminal);

export interface SearchSettings {
  readonly workload: Workload;
  /** Names of the volumes that count lookups. */
  readonly counted: readonly string[];
  /** Processes of the storage, whose CPU time belongs to the searches. */
  readonly pids: readonly number[];
  /** Runs before the mount. */
  readonly ready?: () => Promise<void>;
}

/** No time limit: the user interrupts a run whose server does not reply. */
const PATIENCE_MS = 2 ** 31 - 1;
/** Lookups of absent names for 0.4 s, until the JIT has compiled the code. */
const WARM_UP = { from: -100_000, count: 100_000, forMs: 400 };

/** Searches through one stack with a client of its own. @throws {Failure} for any error */
export class Search {
  readonly title: string;
  readonly watch: BusySampler;
  readonly workload: Workload;
  private readonly target: Target<StackMount>;
  private readonly counted: readonly string[];

  constructor(
    searchable: SearchStack,
    { workload, counted, pids, ready }: SearchSettings,
    watch: BusySampler,
    stage: Pick<Stage, 'scratch' | 'terminal' | 'signal'>,
  ) {
    this.title = searchable.title;
    this.counted = counted;
    this.workload = workload;
    this.watch = watch;
    const serve = async (): Promise<StackMount> => {
      await ready?.();
      return mountSearchable(searchable, stage);
    };
    const common = { seconds: 0, seed: 0, command: null, reference: '', signal: stage.signal };
    this.target = new Target(
      {
        ...{ workload: 'phpsim', at: assignCpus('free', allowedCpus()), clients: 1, ...common },
        searches: workload,
      },
      { serve, counted: null, watch, pids },
    );
  }

  start = (): Promise<void> => this.orFailure(this.target.start());

  stop = (): Promise<void> => this.target.stop();

  warmUp = async (): Promise<void> =>
    void (await this.orFailure(this.target.measure(0, WARM_UP, performance.now())));

  /** @param round from 0 */
  async search(round: number): Promise<RoundSample> {
    const { from, to } = roundOf(this.workload, round);
    const taken = this.target.measure(round + 1, { from, count: to - from }, performance.now());
    const { sample, complaint } = await this.orFailure(taken);
    if (complaint === null) return sample;
    const { wrong, checked: all } = sample.answers;
    throw new Failure(`${this.title}: ${wrong} of ${all} searches went wrong`);
  }

  /** Reads the lookups that have reached the counted volumes. */
  async lookups(): Promise<number> {
    const { mountpoint, broken } = this.target.server!;
    const found = await this.orFailure(lookupCounterOf(this.counted)(mountpoint, PATIENCE_MS));
    if (found === null) throw broken(new NotMeasured('it tells no counters'));
    return found;
  }

  private async orFailure<T>(act: Promise<T>): Promise<T> {
    try {
      return await act;
    } catch (error) {
      const { server } = this.target;
      throw error instanceof NotMeasured && server !== null ? server.broken(error) : error;
    }
  }
}

/** Starts all searches at once, and stops them after `act`. @throws {Failure} */
export async function withSearches<T>(
  searches: readonly Search[],
  act: () => Promise<T>,
): Promise<T> {
  const all = async (what: 'start' | 'stop'): Promise<void> => {
    const ends = await Promise.allSettled(searches.map((it) => it[what]()));
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  };
  try {
    await all('start');
    return await act();
  } finally {
    await all('stop');
  }
}

/** The time of the searches through a stack. */
export interface SearchTimes {
  /** Lookups that the searches made, equal through every stack. */
  readonly lookups: number;
  /** Lookups that reached the storage. */
  readonly forwarded: number;
  /** Mean time of a search in each round; rounds of equal numbers ran next to each other. */
  readonly roundsMs: readonly number[];
  /** Mean time of a search over all rounds. */
  readonly meanMs: number;
  readonly p99Ms: number;
}

export interface Measurement {
  /** Load of other processes; null for runs too short to sample. */
  readonly busy: Busyness | null;
  /** Times in the order of the stacks. */
  readonly searched: readonly SearchTimes[];
}

/** Searches through stacks in alternating rounds, with one workload and sampler. @throws {Failure} */
export async function measureSearches(
  searches: readonly Search[],
  seed: number,
  progress: (part: number) => void,
): Promise<Measurement> {
  const { workload, watch } = searches[0]!;
  await Promise.all(searches.map((it) => it.warmUp()));
  const before = new Map<Search, number>();
  for (const it of searches) before.set(it, await it.lookups());
  const samples = new Map(searches.map((it) => [it, [] as RoundSample[]]));
  const turns = orders(searches, workload.rounds, seeded(seed)).flatMap((order, round) =>
    order.map((search) => ({ search, round })),
  );
  for (const [done, { search, round }] of turns.entries()) {
    samples.get(search)!.push(await search.search(round));
    progress((done + 1) / turns.length);
  }
  const searched: SearchTimes[] = [];
  for (const [search, taken] of samples) {
    const forwarded = (await search.lookups()) - before.get(search)!;
    searched.push({ forwarded, ...summarise(taken) });
  }
  return { busy: watch.busyness(), searched };
}

const NS_PER_MS = 1e6;

function summarise(samples: readonly RoundSample[]): Omit<SearchTimes, 'forwarded'> {
  const all = summaryOf(mergeHistograms(samples.map(({ latency }) => latency)));
  return {
    lookups: samples.reduce((sum, { counts }) => sum + counts.lookups!, 0),
    roundsMs: samples.map(({ latency }) => latency.mean / NS_PER_MS),
    meanMs: all.mean / NS_PER_MS,
    p99Ms: all.p99 / NS_PER_MS,
  };
}
