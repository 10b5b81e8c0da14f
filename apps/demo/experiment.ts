/**
 * The experiment of the demo and the tutorial, in a folder of its own, in which searches go
 * through several stacks, each mounted by a server of its own and measured by the bench's engine, in
 * rounds that take turns. However it ends, it leaves no mount, process or file.
 */
import { mountProblem } from '../../server/mount-probe.ts';
import { EXIT_OK, Failure, UsageError } from '../../terminal/exit.ts';
import { number, toggle } from '../../terminal/flags.ts';
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
import { makeWorkplace, roomless } from './workplace.ts';

/** Of the searches: enough for an interval from which the most extreme round of each side is left out. */
export const ROUNDS = 20;

// -- settings ------------------------------------------------------------------------------------

const DELAY_MS_MIN = 0.01;
const DELAY_MS_MAX = 100;

export interface ExperimentSettings {
  readonly seed: number;
  readonly searches: number;
  /** How much farther away the bricks are than they are. */
  readonly delayMs: number;
}

/** The flags of both commands. */
export const experimentFlags = (help: {
  readonly delay: string;
  readonly json: string;
  readonly searches: string;
}) => ({
  delay: number({ value: 'MS', help: help.delay }),
  json: toggle({ help: help.json }),
  seed: number({ value: 'N', whole: true, help: 'what is searched for is drawn from this (1)' }),
  searches: number({ value: 'N', whole: true, help: help.searches }),
});

/** @throws {UsageError} */
export function checked(settings: ExperimentSettings): ExperimentSettings {
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

// -- from beginning to end -----------------------------------------------------------------------

/** The surroundings of an experiment. */
export interface Stage {
  /** For all that it makes; it is gone at the end. */
  readonly scratch: string;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  /** What is being done, on a terminal. @param part 0 to 1; without it, it is being started */
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

/** @returns the exit status */
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
    const said = part === undefined ? `${what}: starting` : what;
    progress?.show({ done: part ?? 0, total: 1, elapsedSeconds, what: said });
  };
  const workplace = await makeWorkplace(command, terminal);
  const { folder: scratch } = workplace;
  let measured: M;
  try {
    const unmountable = await mountProblem(scratch);
    if (unmountable !== null) {
      throw new Failure(`nothing can be mounted here: ${unmountable}${instead}`);
    }
    if (!json) terminal.out(`${introduction}\n`);
    measured = await measure({ scratch, terminal, signal, show });
  } catch (error) {
    throw roomless(error, scratch);
  } finally {
    progress?.clear();
    workplace.remove();
  }
  terminal.out(report(measured));
  return EXIT_OK;
}

// -- searches ------------------------------------------------------------------------------------

/** Seconds: longer than any run, so that the counts do not depend on how long it takes. */
const REMEMBERED = '86400';

/** Names that were found the kernel remembers, as at any mount; of names that are absent it asks each time. */
const FLAGS = [
  ...['--attribute-timeout', REMEMBERED, '--entry-timeout', REMEMBERED],
  ...['--negative-timeout', '0'],
];

/** A stack to search through. */
export interface Searchable {
  /** For messages. */
  readonly title: string;
  /** Of all that are mounted, this one's, for the names of what it needs. */
  readonly id: string;
  readonly volfile: string;
  /** As --xlator-option takes them. */
  readonly options: readonly string[];
}

/** @throws {Failure} when it cannot be mounted; nothing is left then */
export const mountSearchable = (
  { id: name, volfile, options }: Omit<Searchable, 'title'>,
  { scratch, terminal, signal }: Pick<Stage, 'scratch' | 'terminal' | 'signal'>,
): Promise<StackMount> =>
  mountStack({ name, volfile, options, flags: FLAGS, scratch, signal }, terminal);

export interface SearchSettings {
  readonly workload: Workload;
  /** Volumes at which lookups are counted. */
  readonly counted: readonly string[];
  /** Processes of the storage, which work for the searches as well. */
  readonly pids: readonly number[];
  /** Before it is mounted. */
  readonly ready?: () => Promise<void>;
}

/** Longer than anybody waits: a server that does not answer is given up by a signal. */
const PATIENCE_MS = 2 ** 31 - 1;
/** Names that are absent, for a moment: for code that is compiled when it has run a while. */
const WARM_UP = { from: -100_000, count: 100_000, forMs: 400 };

/** A stack that is searched through, by a client of its own. @throws {Failure} for all that goes wrong */
export class Search {
  readonly title: string;
  readonly watch: BusySampler;
  readonly workload: Workload;
  private readonly target: Target<StackMount>;
  private readonly counted: readonly string[];

  constructor(
    searchable: Searchable,
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

  /** Lookups that have come to the counted volumes. */
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

/** Starts all at once, and stops them after `act`. @throws {Failure} */
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
export interface Searched {
  /** That the searches made: the same through every stack. */
  readonly lookups: number;
  /** That reached the storage. */
  readonly forwarded: number;
  /** The mean time of a search in each round; equal rounds of two stacks ran beside each other. */
  readonly roundsMs: readonly number[];
  /** Of all rounds. */
  readonly meanMs: number;
  readonly p99Ms: number;
}

export interface Measurement {
  /** The machine's other load meanwhile; null where it took too little time to tell. */
  readonly busy: Busyness | null;
  /** In the order of the stacks. */
  readonly searched: readonly Searched[];
}

/** Searches through stacks with one workload and one watch in turns. @throws {Failure} */
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
  const searched: Searched[] = [];
  for (const [search, taken] of samples) {
    const forwarded = (await search.lookups()) - before.get(search)!;
    searched.push({ forwarded, ...summarise(taken) });
  }
  return { busy: watch.busyness(), searched };
}

const NS_PER_MS = 1e6;

function summarise(samples: readonly RoundSample[]): Omit<Searched, 'forwarded'> {
  const all = summaryOf(mergeHistograms(samples.map(({ latency }) => latency)));
  return {
    lookups: samples.reduce((sum, { counts }) => sum + counts.lookups!, 0),
    roundsMs: samples.map(({ latency }) => latency.mean / NS_PER_MS),
    meanMs: all.mean / NS_PER_MS,
    p99Ms: all.p99 / NS_PER_MS,
  };
}
