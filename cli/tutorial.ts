/**
 * `glossa tutorial`: repeats the experiment of GlusterFS's translator tutorial on this machine.
 *
 * Starts two bricks, of GlusterFS where that is installed, mounts the tutorial's printed stack
 * over them, and makes a tree of files in it. Alternating rounds then search the tree through four
 * stacks: as printed, with a cache of absent names, with that cache in Python, and with one in
 * Python that also makes the kernel cache them.
 */
import { join } from 'node:path';
import { BusySampler } from '../apps/bench/engine/busy-sampler.ts';
import { readAllowedCpus } from '../apps/bench/engine/placement.ts';
import { planSearches, type SearchPlan } from '../apps/bench/engine/searches.ts';
import { type BrickPlan, withBricks } from '../apps/bench/run/bricks.ts';
import {
  checkSettings,
  type Measurement,
  makeExperimentFlags,
  measureSearches,
  mountSearchStack,
  ROUND_COUNT,
  runExperiment,
  SearchRunner,
  type SearchStage,
  type Stage,
  withSearches,
} from '../apps/demo/experiment.ts';
import { isDiskFull } from '../apps/demo/run-folder.ts';
import { makeTree } from '../apps/demo/tree.ts';
import {
  brickPrograms,
  chooseBrickProgram,
  makeBrickPlans,
  makePortOptions,
  startBrick,
} from '../apps/demo/tutorial/bricks.ts';
import {
  formatIntroduction,
  formatJsonReport,
  formatReport,
  type TutorialSettings,
} from '../apps/demo/tutorial/report.ts';
import {
  countingVolumes,
  makeVolfilePath,
  stacks,
  writeMeasurableVolfile,
} from '../apps/demo/tutorial/stacks.ts';
import { defineCommand } from '../terminal/command.ts';
import { choiceFlag, takeOperands } from '../terminal/flags.ts';
import { rejectOnAbort, runInterruptibly } from '../terminal/interruption.ts';

/** The default of --searches. */
const DEFAULT_SEARCH_COUNT = 10_000;

export default defineCommand({
  usage: ['glossa tutorial [options]'],
  description:
    "Runs what GlusterFS's translator tutorial of 2012 ends with: its printed stack over two bricks on " +
    'this machine, as it is, with a cache of absent names, with the same in Python, and with Python ' +
    'that tells the kernel how long a name stays absent. A thousand files in ten directories are ' +
    "searched through each, and the times stand beside the talk's. The bricks are GlusterFS's where " +
    'glusterfsd is installed, otherwise of glossa; the report names them. Only root can run it.',
  flags: {
    bricks: choiceFlag({
      placeholder: 'WHOSE',
      values: brickPrograms,
      help: 'glusterfs or glossa (glusterfs, where it is installed)',
    }),
    ...makeExperimentFlags({
      delay:
        "how much farther away the bricks are, by debug/delay-gen above each client (0); the talk's were some 1.3 away",
      json:
        'print {seed, searches, delayMs, bricks: {by, version, why}, busy: {others, steal, load}, ' +
        'stacks: [{name, lookups, sent, meanMs, p99Ms, roundsMs, toFirst, talkMs}]} and ' +
        "nothing else. why: why the bricks are not GlusterFS's, or null. lookups: that the searches " +
        "made; sent: what went to bricks. busy, toFirst: as in glossa demo. talkMs: the talk's, null " +
        'where the talk gave no figure',
      searches: `how many searches (${DEFAULT_SEARCH_COUNT})`,
    }),
  },
  async run({ flags, operands }, terminal) {
    takeOperands(operands, []);
    const {
      seed = 1,
      searches = DEFAULT_SEARCH_COUNT,
      delay: delayMs = 0,
      json,
      bricks = null,
    } = flags;
    const settings = {
      ...checkSettings({ seed, searchCount: searches, delayMs }),
      brickProgram: chooseBrickProgram(bricks),
    };
    // Planning blocks the event loop and its signals, so it comes before any file is made.
    const searchPlan = planSearches({ ...settings, roundCount: ROUND_COUNT });
    const experiment = {
      command: 'tutorial',
      json,
      inProcess: false,
      mountingCommand: 'tutorial' as const,
      formatIntroduction: () => formatIntroduction(settings, terminal.width),
      measure: (stage: Stage) => runTutorial(settings, searchPlan, stage),
      formatReport: (measurement: Measurement) =>
        json
          ? formatJsonReport(settings, measurement)
          : formatReport(settings, measurement, terminal.width),
    };
    return runInterruptibly('tutorial', terminal, (signal) =>
      runExperiment(experiment, terminal, signal),
    );
  },
});

/** Makes the tree through the printed stack, and searches it through each stack. */
async function runTutorial(
  { seed, delayMs, brickProgram }: TutorialSettings,
  searchPlan: SearchPlan,
  stage: Stage,
): Promise<Measurement> {
  const { scratch, terminal, showStep } = stage;
  showStep('the bricks');
  const start = (plan: BrickPlan) => startBrick(brickProgram.program, plan);
  return withBricks(makeBrickPlans(stage), start, async (bricks) => {
    const brickStage = { scratch, terminal, signal: bricks.signal, noMount: null };
    const ports = makePortOptions(bricks);
    showStep('the files');
    await makeFiles(searchPlan, ports, brickStage);
    const label = `${stacks.length} stacks`;
    showStep(label);
    const sampler = new BusySampler(readAllowedCpus());
    const settings = { searchPlan, countingVolumes, storagePids: bricks.pids };
    const searches = stacks.map((stack) => {
      const { name: id, title } = stack;
      const volfile = writeMeasurableVolfile(stack, join(scratch, `${id}.vol`), delayMs);
      const options = [...ports, ...stack.options];
      return new SearchRunner({ title, id, volfile, options }, settings, sampler, brickStage);
    });
    return withSearches(searches, () =>
      measureSearches(searches, seed, (share) => showStep(label, share)),
    );
  });
}

/** Makes the tree of files through a mount of the printed stack. */
async function makeFiles(
  searchPlan: SearchPlan,
  options: readonly string[],
  stage: SearchStage,
): Promise<void> {
  const { signal } = stage;
  signal.throwIfAborted();
  const volfile = makeVolfilePath(stacks[0]!);
  const mount = await mountSearchStack({ id: 'files', volfile, options }, stage);
  try {
    // Rejects at once: a pending request may get its reply only when the mount ends.
    await rejectOnAbort(makeTree(mount.mountpoint, searchPlan, signal), signal);
  } catch (error) {
    const isMountError = error instanceof Error && 'errno' in error;
    // A full disk is not the server's fault: the bricks store their files on the same disk.
    throw isMountError && !isDiskFull(error) ? mount.makeFailure(error) : error;
  } finally {
    await mount.stop();
  }
}
