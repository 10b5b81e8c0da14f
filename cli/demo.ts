/**
 * `glossa demo`: runs the tutorial's experiment on this machine.
 *
 * Searches one tree of files through several stacks, in alternating rounds: storage alone, a
 * cache of absent names in TypeScript, and the same in Python. In the first pass, the storage is a
 * folder; in the second, two bricks of glossa with an artificial delay.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BusySampler } from '../apps/bench/engine/busy-sampler.ts';
import { readAllowedCpus } from '../apps/bench/engine/placement.ts';
import { planSearches, SEARCHES_MAX, type SearchPlan } from '../apps/bench/engine/searches.ts';
import { startGlossaBrick, withBricks } from '../apps/bench/run/bricks.ts';
import {
  BRICK_COUNT,
  formatBricksVolfile,
  makeAwayBrickPlans,
  replaceStorage,
} from '../apps/demo/away-bricks.ts';
import {
  checkSettings,
  type ExperimentSettings,
  makeExperimentFlags,
  measureSearches,
  type NoMount,
  ROUND_COUNT,
  runExperiment,
  SearchRunner,
  type SearchSettings,
  type Stage,
  withSearches,
} from '../apps/demo/experiment.ts';
import {
  describeStorage,
  formatIntroduction,
  formatJsonReport,
  formatReport,
} from '../apps/demo/report.ts';
import {
  computeNearSearchCount,
  countingVolumes,
  type DemoStack,
  NEAR_SEARCH_FACTOR,
  type Pass,
  type Passes,
  runsOverFolder,
  STORAGE_VOLUME,
  stacks,
} from '../apps/demo/stacks.ts';
import { makeTree } from '../apps/demo/tree.ts';
import { defineCommand } from '../terminal/command.ts';
import { takeOperands, toggleFlag } from '../terminal/flags.ts';
import { rejectOnAbort, runInterruptibly } from '../terminal/interruption.ts';

/** The default of --searches: enough for narrow confidence intervals, in 15 seconds. */
const DEFAULT_SEARCHES = 240;
/** The number of files in the searched tree. */
const FILE_COUNT = 300;
/** The default of --delay: about the delay of a network within a building. */
const DEFAULT_DELAY_MS = 0.5;

export default defineCommand({
  usage: ['glossa demo [options]'],
  description:
    'Searches three hundred files in ten directories, the way programs search include paths, through ' +
    'mounts without and with a cache of absent names: in TypeScript and in Python. First two of them ' +
    'over a folder as it is, then all with the storage half a millisecond away. The mounts take turns, in twenty rounds, so that they can be compared on a busy ' +
    'machine, too. Then it says what the caches saved, each ratio with its interval (95 % confidence). ' +
    'Where nothing can be mounted, the stacks run in processes of their own without the kernel and its cache.',
  flags: {
    'in-process': toggleFlag({
      help: 'run the stacks without a mount, as where nothing can be mounted',
    }),
    ...makeExperimentFlags({
      delay: 'how much farther away the bricks of the second pass are than they are (0.5)',
      json:
        'print {seed, searches, inProcess, passes: [{bricks, delayMs, busy: {others, steal, load}, ' +
        'stacks: [{name, lookups, answered, forwarded, meanMs, p99Ms, roundsMs, toFirst: ' +
        '{ratio, low, high, confidence, noise, verdict}}]}]} and nothing else. lookups: that the searches made; forwarded: that reached the storage; ' +
        'answered: the rest. inProcess: without a mount. busy and toFirst have the meanings of results of glossa bench (busy: null ' +
        'where the system does not tell)',
      searches: `how many searches over the bricks (${DEFAULT_SEARCHES}); over the folder ${NEAR_SEARCH_FACTOR} times as many, up to ${SEARCHES_MAX}`,
    }),
  },
  async run({ flags, operands }, terminal) {
    takeOperands(operands, []);
    const {
      seed = 1,
      searches = DEFAULT_SEARCHES,
      delay: delayMs = DEFAULT_DELAY_MS,
      'in-process': inProcess,
      json,
    } = flags;
    const settings = checkSettings({ seed, searchCount: searches, delayMs });
    // Planning blocks the event loop and its signals, so it comes before any file is made.
    const makePlan = (count: number): SearchPlan =>
      planSearches({ seed, searchCount: count, fileCount: FILE_COUNT, roundCount: ROUND_COUNT });
    const searchPlans = {
      near: makePlan(computeNearSearchCount(searches)),
      away: makePlan(searches),
    };
    const experiment = {
      ...{ command: 'demo', json, inProcess, mountingCommand: null },
      formatIntroduction: (noMount: NoMount | null) =>
        formatIntroduction(settings, searchPlans.away, noMount, terminal.width),
      measure: (stage: Stage) => runPasses(settings, searchPlans, stage),
      formatReport: (measured: Passes, noMount: NoMount | null) =>
        json
          ? formatJsonReport(settings, measured, noMount)
          : formatReport(settings, measured, noMount, terminal.width),
    };
    return runInterruptibly('demo', terminal, (signal) =>
      runExperiment(experiment, terminal, signal),
    );
  },
});

/** Starts the stacks of both passes at once, then runs one pass after the other. */
async function runPasses(
  { seed, delayMs }: ExperimentSettings,
  searchPlans: { readonly near: SearchPlan; readonly away: SearchPlan },
  stage: Stage,
): Promise<Passes> {
  const { scratch, terminal, signal, noMount, showStep } = stage;
  const tree = join(scratch, 'files');
  mkdirSync(tree);
  await makeTree(tree, searchPlans.near, signal);
  showStep('the bricks');
  const plans = makeAwayBrickPlans(stage);
  return withBricks(plans, startGlossaBrick, async (bricks) => {
    const { ports, pids } = bricks;
    const brickStage = { scratch, terminal, signal: bricks.signal, noMount };
    /** Makes the searches of a pass, each through the volfile of its stack, changed for the pass. */
    const makeSearches = (
      chosenStacks: readonly DemoStack[],
      suffix: string,
      settings: SearchSettings,
      changeVolfile: (text: string) => string,
      options: readonly string[],
    ): SearchRunner[] => {
      const sampler = new BusySampler(readAllowedCpus());
      return chosenStacks.map(({ name, title, volfile: volfilePath }) => {
        const id = `${name}${suffix}`;
        const volfile = join(scratch, `${id}.vol`);
        writeFileSync(volfile, changeVolfile(readFileSync(volfilePath, 'utf8')));
        return new SearchRunner({ title, id, volfile, options }, settings, sampler, brickStage);
      });
    };
    let fillPromise: Promise<void> | undefined;
    const fillBricks = async (): Promise<void> => {
      const volfile = join(scratch, 'fill.vol');
      writeFileSync(volfile, formatBricksVolfile(ports));
      // Imported only now, because it loads every translator.
      const { makeFiles } = await import('../apps/demo/workload-files.ts');
      await rejectOnAbort(
        makeFiles(volfile, searchPlans.away, brickStage.signal),
        brickStage.signal,
      );
    };
    /** Fills the bricks at the first call; further calls wait for that. */
    const fillOnce = (): Promise<void> => {
      fillPromise ??= fillBricks();
      return fillPromise;
    };
    const nearSearches = makeSearches(
      stacks.filter(runsOverFolder),
      '',
      { searchPlan: searchPlans.near, countingVolumes, storagePids: [] },
      (text) => text,
      [`${STORAGE_VOLUME}.directory=${tree}`],
    );
    const awaySearches = makeSearches(
      stacks,
      '-away',
      { searchPlan: searchPlans.away, countingVolumes, storagePids: pids, beforeStart: fillOnce },
      (text) => replaceStorage(text, ports, delayMs),
      [],
    );
    /** Runs the searches of a pass, and returns their times. */
    const runPass = async (
      searches: readonly SearchRunner[],
      brickFacts: Pick<Pass, 'bricks' | 'delayMs'>,
      passNumber: number,
    ): Promise<Pass> => {
      const label = `${passNumber} of 2: ${describeStorage(brickFacts)}`;
      showStep(label);
      const { busy, times: searchTimes } = await measureSearches(searches, seed, (doneShare) =>
        showStep(label, doneShare),
      );
      const chosenStacks = brickFacts.bricks === 0 ? stacks.filter(runsOverFolder) : stacks;
      return {
        ...brickFacts,
        busy,
        stacks: searchTimes.map((result, index) => ({
          name: chosenStacks[index]!.name,
          ...result,
        })),
      };
    };
    const allSearches = [...nearSearches, ...awaySearches];
    showStep(`${allSearches.length} ${noMount === null ? 'mounts' : 'stacks'}`);
    return withSearches(allSearches, async () => [
      await runPass(nearSearches, { bricks: 0, delayMs: 0 }, 1),
      await runPass(awaySearches, { bricks: BRICK_COUNT, delayMs }, 2),
    ]);
  });
}
