/**
 * `glossa demo`: runs the tutorial's experiment on this machine.
 *
 * Searches one tree of files through several stacks, in alternating rounds: storage alone, a
 * cache of absent names in TypeScript, and the same in Python. In the first pass, the storage is a
 * folder; in the second, two bricks of glossa with an artificial delay. Where neither runs, both are
 * memory.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BusySampler } from '../apps/bench/engine/busy-sampler.ts';
import { readAllowedCpus } from '../apps/bench/engine/placement.ts';
import { planSearches, SEARCHES_MAX, type SearchPlan } from '../apps/bench/engine/searches.ts';
import {
  checkSettings,
  type ExperimentSettings,
  makeExperimentFlags,
  measureSearches,
  type NoMount,
  ROUND_COUNT,
  runExperiment,
  SearchRunner,
  type Stage,
  withSearches,
} from '../apps/demo/experiment.ts';
import { type OfPasses, replaceStorage, withPassStorage } from '../apps/demo/pass-storage.ts';
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
  runsNear,
  stacks,
} from '../apps/demo/stacks.ts';
import { defineCommand } from '../terminal/command.ts';
import { takeOperands, toggleFlag } from '../terminal/flags.ts';
import { runInterruptibly } from '../terminal/interruption.ts';

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
    'Where nothing can be mounted, the stacks run in processes of their own without the kernel and its cache; without Linux, over memory.',
  flags: {
    'in-process': toggleFlag({
      help: 'run the stacks without a mount, as where nothing can be mounted',
    }),
    ...makeExperimentFlags({
      delay: 'how much farther away the bricks of the second pass are than they are (0.5)',
      json:
        'print {seed, searches, inProcess, passes: [{storage, bricks, delayMs, busy: {others, steal, load}, ' +
        'stacks: [{name, lookups, answered, forwarded, meanMs, p99Ms, roundsMs, toFirst: ' +
        '{ratio, low, high, confidence, noise, verdict}}]}]} and nothing else. lookups: that the searches made; forwarded: that reached the storage; ' +
        'answered: the rest. inProcess: without a mount. storage: folder, bricks or memory. busy and toFirst have the meanings of results of glossa bench (busy: null ' +
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
  searchPlans: OfPasses<SearchPlan>,
  stage: Stage,
): Promise<Passes> {
  const { scratch, terminal, noMount, showStep } = stage;
  return withPassStorage(stage, searchPlans, delayMs, async (storage, signal) => {
    const searchStage = { scratch, terminal, signal, noMount };
    /** Makes the searches of a pass, each through the volfile of its stack, changed for the pass. */
    const makeSearches = (pass: 'near' | 'away'): SearchRunner[] => {
      const sampler = new BusySampler(readAllowedCpus());
      const { volumes, options, searchSettings } = storage[pass];
      const settings = { searchPlan: searchPlans[pass], countingVolumes, ...searchSettings };
      return passStacks[pass].map(({ name, title, volfile: volfilePath }) => {
        const id = pass === 'near' ? name : `${name}-away`;
        const volfile = join(scratch, `${id}.vol`);
        writeFileSync(volfile, replaceStorage(readFileSync(volfilePath, 'utf8'), volumes));
        return new SearchRunner({ title, id, volfile, options }, settings, sampler, searchStage);
      });
    };
    const searches = { near: makeSearches('near'), away: makeSearches('away') };
    /** Runs the searches of a pass, and returns their times. */
    const runPass = async (pass: 'near' | 'away', passNumber: number): Promise<Pass> => {
      const facts = { storage: storage[pass].kind, delayMs: pass === 'near' ? 0 : delayMs };
      const label = `${passNumber} of 2: ${describeStorage(facts)}`;
      showStep(label);
      const { busy, times } = await measureSearches(searches[pass], seed, (doneShare) =>
        showStep(label, doneShare),
      );
      const results = times.map((result, index) => ({
        name: passStacks[pass][index]!.name,
        ...result,
      }));
      return { ...facts, busy, stacks: results };
    };
    const allSearches = [...searches.near, ...searches.away];
    showStep(`${allSearches.length} ${noMount === null ? 'mounts' : 'stacks'}`);
    return withSearches(allSearches, async () => [
      await runPass('near', 1),
      await runPass('away', 2),
    ]);
  });
}

/** The stacks of each pass. */
const passStacks: OfPasses<readonly DemoStack[]> = { near: stacks.filter(runsNear), away: stacks };
