/**
 * Runs the experiment of the demo and the tutorial in a temporary folder: searches through several
 * stacks, measured by the bench's engine in alternating rounds. Each stack has its own mount server;
 * without a mount, it runs in the process of its client. The run leaves no mount, process or file,
 * however it ends.
 */
import { findPosixProblem } from '../../runtime/xlators/storage/posix/root.ts';
import { findMountProblem } from '../../server/mount-probe.ts';
import { type MountingCommand, makeNoMountFailure } from '../../server/without-mount.ts';
import { EXIT_OK, Failure, UsageError } from '../../terminal/exit.ts';
import { numberFlag, toggleFlag } from '../../terminal/flags.ts';
import { ProgressLine } from '../../terminal/progress.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import type { BusySampler } from '../bench/engine/busy-sampler.ts';
import { mergeHistograms, summarize } from '../bench/engine/histogram.ts';
import { MeasurementError } from '../bench/engine/measurement-error.ts';
import { assignCpus, readAllowedCpus } from '../bench/engine/placement.ts';
import type { RoundSample } from '../bench/engine/results.ts';
import { measureRounds } from '../bench/engine/rounds.ts';
import type { Busyness } from '../bench/engine/schema.ts';
import { findRoundRange, SEARCHES_MAX, type SearchPlan } from '../bench/engine/searches.ts';
import { Target } from '../bench/engine/target.ts';
import { makeLookupCounter } from '../bench/run/lookup-counter.ts';
import {
  mountStack,
  openStackVolume,
  type StackMount,
  type StackVolume,
} from '../bench/run/stack-mount.ts';
import { convertNoSpaceError, makeRunFolder } from './run-folder.ts';

/** Rounds of searches per stack: enough for an interval without the extreme rounds. */
export const ROUND_COUNT = 20;

// -- settings ------------------------------------------------------------------------------------

/** Limits of --delay, in milliseconds. */
const DELAY_MS_MIN = 0.01;
const DELAY_MS_MAX = 100;

/** The settings that demo and tutorial share. */
export interface ExperimentSettings {
  readonly seed: number;
  /** Number of searches through each stack, in all rounds together. */
  readonly searchCount: number;
  /** Added distance to the bricks: milliseconds per request. */
  readonly delayMs: number;
}

/** Makes the flags that `glossa demo` and `glossa tutorial` share. @param help by flag */
export const makeExperimentFlags = (help: {
  readonly delay: string;
  readonly json: string;
  readonly searches: string;
}) => ({
  delay: numberFlag({ placeholder: 'MS', help: help.delay }),
  json: toggleFlag({ help: help.json }),
  seed: numberFlag({
    placeholder: 'N',
    isWhole: true,
    help: 'what is searched for is drawn from this (1)',
  }),
  searches: numberFlag({ placeholder: 'N', isWhole: true, help: help.searches }),
});

/** Checks the settings and returns them. @throws {UsageError} */
export function checkSettings(settings: ExperimentSettings): ExperimentSettings {
  const { seed, searchCount, delayMs } = settings;
  if (searchCount < ROUND_COUNT || searchCount > SEARCHES_MAX) {
    throw new UsageError(`--searches takes ${ROUND_COUNT} (one for each round) to ${SEARCHES_MAX}`);
  }
  if (delayMs !== 0 && (delayMs < DELAY_MS_MIN || delayMs > DELAY_MS_MAX)) {
    throw new UsageError(`--delay takes 0, or ${DELAY_MS_MIN} to ${DELAY_MS_MAX} milliseconds`);
  }
  if (!Number.isSafeInteger(seed)) throw new UsageError(`--seed ${seed} is too large`);
  return settings;
}

// -- the run -------------------------------------------------------------------------------------

/** Why an experiment runs without a mount. */
export interface NoMount {
  /** Why nothing can be mounted, with the remedy; null if the user asked for no mount. */
  readonly problem: string | null;
  /** Whether the files are in memory, because this machine runs neither storage/posix nor bricks. */
  readonly inMemory: boolean;
}

/** The folder, terminal, signal and progress display of a running experiment. */
export interface Stage {
  /** Folder for all files, removed at the end. */
  readonly scratch: string;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  /** Set if the stacks run in the processes of their clients; null with mounts. */
  readonly noMount: NoMount | null;
  /** Shows the current step at a terminal. @param share 0 to 1; absent: the step starts */
  showStep(step: string, share?: number): void;
}

/** An experiment: its texts, its measurement, and the report on it. */
export interface Experiment<M> {
  /** The command of glossa, for the name of the folder and for messages. */
  readonly command: string;
  /** Whether to print JSON: then without an introduction and without progress. */
  readonly json: boolean;
  /** Whether the user asked for no mount. */
  readonly inProcess: boolean;
  /** The command that fails where nothing can be mounted; null: it then runs without a mount. */
  readonly mountingCommand: MountingCommand | null;
  /** Formats the text that is printed before the measurement. */
  formatIntroduction(noMount: NoMount | null): string;
  /** Runs the searches; `formatReport` gets the result. */
  measure(stage: Stage): Promise<M>;
  /** Formats the report, as text or as JSON. */
  formatReport(measured: M, noMount: NoMount | null): string;
}

/** Runs an experiment and prints its report. @returns the exit status */
export async function runExperiment<M>(
  experiment: Experiment<M>,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  const { command, json } = experiment;
  const progress = json ? null : new ProgressLine(terminal);
  let currentStep = '';
  let stepStart = 0;
  const showStep: Stage['showStep'] = (step, share) => {
    if (step !== currentStep) stepStart = performance.now();
    currentStep = step;
    const elapsedSeconds = (performance.now() - stepStart) / 1e3;
    const label = share === undefined ? `${step}: starting` : step;
    progress?.show({ doneCount: share ?? 0, totalCount: 1, elapsedSeconds, item: label });
  };
  const runFolder = await makeRunFolder(command, terminal);
  const { folder: scratch } = runFolder;
  let report: string;
  try {
    const noMount = await chooseFrontEnd(experiment, scratch);
    if (!json) terminal.out(`${experiment.formatIntroduction(noMount)}\n`);
    const measured = await experiment.measure({ scratch, terminal, signal, noMount, showStep });
    report = experiment.formatReport(measured, noMount);
  } catch (error) {
    throw convertNoSpaceError(error, scratch);
  } finally {
    progress?.clear();
    runFolder.remove();
  }
  terminal.out(report);
  return EXIT_OK;
}

/** Returns why the experiment runs without a mount; null if it mounts. @throws {Failure} */
async function chooseFrontEnd(
  { inProcess, mountingCommand }: Pick<Experiment<unknown>, 'inProcess' | 'mountingCommand'>,
  scratch: string,
): Promise<NoMount | null> {
  const inMemory = findPosixProblem() !== null;
  if (inProcess) return { problem: null, inMemory };
  const problem = await findMountProblem(scratch);
  if (problem === null) return null;
  if (mountingCommand === null) return { problem, inMemory };
  throw makeNoMountFailure(problem, mountingCommand);
}

// -- searches ------------------------------------------------------------------------------------

/**
 * Lifetime of names in the kernel's cache, in seconds: longer than any run, so that no name expires
 * and counts do not depend on time.
 */
const CACHE_SECONDS = '86400';

/** Flags with which the kernel caches found names, and looks up absent ones each time. */
const MOUNT_FLAGS = [
  ...['--attribute-timeout', CACHE_SECONDS, '--entry-timeout', CACHE_SECONDS],
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
export const mountSearchStack = (
  { id: name, volfile, options }: Omit<SearchStack, 'title'>,
  { scratch, terminal, signal }: Pick<Stage, 'scratch' | 'terminal' | 'signal'>,
): Promise<StackMount> =>
  mountStack({ name, volfile, options, flags: MOUNT_FLAGS, scratch, signal }, terminal);

/** Serves a stack: behind a mount, or in the process of its client. @throws {Failure} */
const serveSearchStack = (
  stack: SearchStack,
  stage: SearchStage,
): Promise<StackMount | StackVolume> =>
  stage.noMount === null
    ? mountSearchStack(stack, stage)
    : openStackVolume({ ...stack, name: stack.id, scratch: stage.scratch, signal: stage.signal });

/** The part of a stage that searches need. */
export type SearchStage = Omit<Stage, 'showStep'>;

/** Settings of the searches through one stack. */
export interface SearchSettings {
  /** The files, and the searches of every round. */
  readonly searchPlan: SearchPlan;
  /** Names of the volumes that count lookups. */
  readonly countingVolumes: readonly string[];
  /** Processes of the storage; their CPU time counts as the searches' own, not as other load. */
  readonly storagePids: readonly number[];
  /** Runs before the stack is served. */
  readonly beforeStart?: () => Promise<void>;
  /** Whether the files are made through the stack, whose storage is its own. */
  readonly makesFiles?: boolean;
}

/**
 * The longest timer of Node. There is no other time limit, because the user can interrupt a run
 * whose server does not reply.
 */
const NO_TIMEOUT_MS = 2 ** 31 - 1;
/**
 * Requests of the warm-up: lookups of absent names for 0.4 s, until the JIT has compiled the code.
 * Numbers below 0 are no searches.
 */
const WARM_UP = { from: -100_000, count: 100_000, timeLimitMs: 400 };

/** Sends searches through one stack, from its own client process. Methods throw only `Failure`. */
export class SearchRunner {
  readonly title: string;
  readonly busySampler: BusySampler;
  readonly searchPlan: SearchPlan;
  private readonly target: Target<StackMount | StackVolume>;
  private readonly countingVolumes: readonly string[];

  constructor(
    stack: SearchStack,
    { searchPlan, countingVolumes, storagePids, beforeStart, makesFiles = false }: SearchSettings,
    busySampler: BusySampler,
    stage: SearchStage,
  ) {
    this.title = stack.title;
    this.countingVolumes = countingVolumes;
    this.searchPlan = searchPlan;
    this.busySampler = busySampler;
    const serve = async (): Promise<StackMount | StackVolume> => {
      await beforeStart?.();
      return serveSearchStack(stack, stage);
    };
    // Settings without a meaning for searches of existing files.
    const unusedSettings = {
      seconds: 0,
      seed: 0,
      command: null,
      plainFolder: '',
    };
    this.target = new Target(
      {
        workload: 'phpsim',
        cpus: assignCpus('free', readAllowedCpus()),
        clients: 1,
        ...unusedSettings,
        signal: stage.signal,
        ...{ searches: searchPlan, makesFiles },
      },
      { serve, lookupCounter: null, busySampler, furtherPids: storagePids },
    );
  }

  /** Serves the stack, and starts the client. @throws {Failure} */
  start = (): Promise<void> => this.convertError(this.target.start());

  /** Ends the client and the server. */
  stop = (): Promise<void> => this.target.stop();

  /** Sends the requests of the warm-up. @throws {Failure} */
  warmUp = async (): Promise<void> =>
    void (await this.convertError(this.target.measure(0, WARM_UP, performance.now())));

  /** Runs the searches of a round. @param round from 0 @throws {Failure} for a wrong reply */
  async searchRound(round: number): Promise<RoundSample> {
    const { from, to } = findRoundRange(this.searchPlan, round);
    // The target's measurement 0 is the warm-up.
    const measurement = this.target.measure(
      round + 1,
      { from, count: to - from },
      performance.now(),
    );
    const { sample, complaint } = await this.convertError(measurement);
    if (complaint === null) return sample;
    const { wrong, checked } = sample.answers;
    throw new Failure(`${this.title}: ${wrong} of ${checked} searches went wrong`);
  }

  /** Reads how many lookups have reached the counting volumes since the start. */
  async countLookups(): Promise<number> {
    const server = this.target.server!;
    const count = await this.convertError(
      makeLookupCounter(this.countingVolumes)(server, NO_TIMEOUT_MS),
    );
    if (count === null) throw server.makeFailure(new MeasurementError('it tells no counters'));
    return count;
  }

  /** Turns `MeasurementError` into a failure that names the server. */
  private async convertError<T>(promise: Promise<T>): Promise<T> {
    try {
      return await promise;
    } catch (error) {
      const { server } = this.target;
      throw error instanceof MeasurementError && server !== null
        ? server.makeFailure(error)
        : error;
    }
  }
}

/** Starts all searches at once, runs `action`, and stops them. @throws {Failure} */
export async function withSearches<T>(
  searches: readonly SearchRunner[],
  action: () => Promise<T>,
): Promise<T> {
  const callAll = async (step: 'start' | 'stop'): Promise<void> => {
    const results = await Promise.allSettled(searches.map((search) => search[step]()));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  };
  try {
    await callAll('start');
    return await action();
  } finally {
    await callAll('stop');
  }
}

/** The time of the searches through a stack. */
export interface SearchTimes {
  /** Lookups that the searches made, equal through every stack. */
  readonly lookups: number;
  /** Lookups that reached the storage. */
  readonly forwarded: number;
  /**
   * Mean time of a search in each round. Rounds of two stacks with one index ran next to each
   * other, so they can be compared.
   */
  readonly roundsMs: readonly number[];
  /** Mean time of a search over all rounds. */
  readonly meanMs: number;
  readonly p99Ms: number;
}

/** The result of `measureSearches`. */
export interface Measurement {
  /** Load of other processes; null for runs too short to sample. */
  readonly busy: Busyness | null;
  /** The times of each stack, in the order of the stacks. */
  readonly times: readonly SearchTimes[];
}

/**
 * Measures several stacks in alternating rounds.
 * @param searches through one stack each, all with one plan and one sampler of other load
 * @param seed decides the order of the stacks
 * @param showProgress receives the finished share, 0 to 1
 * @throws {Failure}
 */
export async function measureSearches(
  searches: readonly SearchRunner[],
  seed: number,
  showProgress: (share: number) => void,
): Promise<Measurement> {
  const { searchPlan, busySampler } = searches[0]!;
  await Promise.all(searches.map((search) => search.warmUp()));
  const lookupsBefore = new Map<SearchRunner, number>();
  for (const search of searches) lookupsBefore.set(search, await search.countLookups());
  const stepCount = searches.length * searchPlan.roundCount;
  let doneCount = 0;
  const targets = new Map(searches.map((search) => [search, search]));
  const series = await measureRounds<SearchRunner, SearchRunner, RoundSample>(targets, {
    rounds: searchPlan.roundCount,
    seed,
    async take(search, round) {
      const sample = await search.searchRound(round - 1);
      doneCount += 1;
      showProgress(doneCount / stepCount);
      return sample;
    },
  });
  const times: SearchTimes[] = [];
  for (const [search, samples] of series) {
    const forwarded = (await search.countLookups()) - lookupsBefore.get(search)!;
    // Searches fail by Failure alone, so that no series is missing.
    times.push({ forwarded, ...summarizeSamples(samples as readonly RoundSample[]) });
  }
  return { busy: busySampler.computeBusyness(), times };
}

const NS_PER_MS = 1e6;

/** Sums up the rounds of a stack. */
function summarizeSamples(samples: readonly RoundSample[]): Omit<SearchTimes, 'forwarded'> {
  const summary = summarize(mergeHistograms(samples.map(({ latency }) => latency)));
  return {
    lookups: samples.reduce((sum, { counts }) => sum + counts.lookups!, 0),
    roundsMs: samples.map(({ latency }) => latency.mean / NS_PER_MS),
    meanMs: summary.mean / NS_PER_MS,
    p99Ms: summary.p99 / NS_PER_MS,
  };
}
