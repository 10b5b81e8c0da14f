/**
 * `glossa tutorial`: the last slides of GlusterFS's translator tutorial, run on this machine.
 *
 * Two bricks serve a folder each, GlusterFS's own where it is installed. The stack that the slides
 * print is mounted over them, and a tree is made in it; then the tutorial's workload searches that
 * tree through the stack as it was printed, with the cache of absent names, with the same in Python,
 * and with Python that tells the kernel, in rounds that take turns.
 * After an error or a signal, too, no mount, process or file is left behind.
 */
import { join } from 'node:path';
import { planWorkload, SEARCHES_MAX, type Workload } from '../apps/bench/engine/searches.ts';
import { type Bricks, withBricks } from '../apps/bench/run/bricks.ts';
import { type Measurement, measureServed, ROUNDS, withServed } from '../apps/demo/measure.ts';
import { mountStack, serveMounted } from '../apps/demo/mounted.ts';
import { Status } from '../apps/demo/status.ts';
import { makeTree } from '../apps/demo/tree.ts';
import { brickPlans, makerOf, makers, portsOf, starts } from '../apps/demo/tutorial/bricks.ts';
import {
  introduction,
  jsonReport,
  reportText,
  type TutorialSettings,
} from '../apps/demo/tutorial/report.ts';
import { counted, printed, stacks, writeMeasurable } from '../apps/demo/tutorial/stacks.ts';
import { isFull, makeWorkplace, roomless } from '../apps/demo/workplace.ts';
import { mountProblem } from '../server/mount-probe.ts';
import { defineCommand } from '../terminal/command.ts';
import { EXIT_OK, Failure, UsageError } from '../terminal/exit.ts';
import { choice, number, takeOperands, toggle } from '../terminal/flags.ts';
import { interruptibly, unlessAborted } from '../terminal/interruption.ts';
import type { Terminal } from '../terminal/terminal.ts';

const SEARCHES = 10_000;
const DELAY_MS_MIN = 0.01;
const DELAY_MS_MAX = 100;

export default defineCommand({
  usage: ['glossa tutorial [options]'],
  description:
    "Runs what GlusterFS's translator tutorial of 2012 ends with: its printed stack over two bricks on " +
    'this machine, as it is, with a cache of absent names, with the same in Python, and with Python ' +
    'that tells the kernel how long a name stays absent. A thousand files in ten directories are ' +
    "searched through each, and the times stand beside the talk's. The bricks are GlusterFS's where " +
    'glusterfsd is installed, otherwise of glossa; which they are is said. It is for root.',
  flags: {
    bricks: choice({
      value: 'WHOSE',
      values: makers,
      help: 'glusterfs or glossa (glusterfs, where it is installed)',
    }),
    delay: number({
      value: 'MS',
      help: "how much farther away the bricks are, by debug/delay-gen above each client (0); the talk's were some 1.3 away",
    }),
    json: toggle({
      help:
        'print {seed, searches, delayMs, bricks: {by, version, why}, busy: {others, steal, load}, ' +
        'stacks: [{name, lookups, sent, meanMs, p99Ms, roundsMs, toFirst, talkMs}]} and ' +
        "nothing else. why: why the bricks are not GlusterFS's, or null. lookups: that the searches " +
        "made; sent: what went to bricks. busy, toFirst: as in glossa demo. talkMs: the talk's, null " +
        'where it had none',
    }),
    seed: number({ value: 'N', whole: true, help: 'what is searched for is drawn from this (1)' }),
    searches: number({ value: 'N', whole: true, help: `how many searches (${SEARCHES})` }),
  },
  async run({ flags, operands }, terminal) {
    takeOperands(operands, []);
    const { seed = 1, searches = SEARCHES, delay = 0 } = flags;
    if (searches < ROUNDS || searches > SEARCHES_MAX) {
      throw new UsageError(`--searches takes ${ROUNDS} (one for each round) to ${SEARCHES_MAX}`);
    }
    if (delay !== 0 && (delay < DELAY_MS_MIN || delay > DELAY_MS_MAX)) {
      throw new UsageError(`--delay takes 0, or ${DELAY_MS_MIN} to ${DELAY_MS_MAX} milliseconds`);
    }
    if (!Number.isSafeInteger(seed)) throw new UsageError(`--seed ${seed} is too large`);
    const maker = makerOf(flags.bricks ?? null);
    const settings = { seed, searches, delayMs: delay, maker };
    // It takes a moment, in which no signal would be heard: nothing is made that one would leave.
    const workload = planWorkload({ ...settings, rounds: ROUNDS });
    return interruptibly('tutorial', terminal, (signal) =>
      tutorial(settings, workload, flags.json, terminal, signal),
    );
  },
});

async function tutorial(
  settings: TutorialSettings,
  workload: Workload,
  json: boolean,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  const { width } = terminal;
  const status = new Status(json ? null : terminal);
  const workplace = await makeWorkplace('tutorial', terminal);
  const { folder: scratch } = workplace;
  let measured: Measurement;
  try {
    const unmountable = await mountProblem(scratch);
    if (unmountable !== null) {
      throw new Failure(`nothing can be mounted here: ${unmountable}`);
    }
    status.line(`${introduction(settings, width)}\n`);
    const given = { settings, workload, scratch, status, signal, terminal };
    const start = starts[settings.maker.by];
    status.begin('the bricks');
    measured = await withBricks(brickPlans(given), start, (bricks) => searchAll(given, bricks));
  } catch (error) {
    throw roomless(error, scratch);
  } finally {
    status.clear();
    workplace.remove();
  }
  if (json) terminal.out(jsonReport(settings, measured));
  else terminal.out(reportText(settings, measured, width));
  return EXIT_OK;
}

interface Given {
  readonly settings: TutorialSettings;
  readonly workload: Workload;
  readonly scratch: string;
  readonly status: Status;
  readonly signal: AbortSignal;
  readonly terminal: Terminal;
}

/** Makes the tree through the stack as it was printed, and searches it through each. */
async function searchAll(given: Given, bricks: Bricks): Promise<Measurement> {
  const { settings, workload, scratch, status, signal, terminal } = given;
  await makeFiles(given, bricks);
  const check = (): void => {
    signal.throwIfAborted();
    // Without a brick its files are absent, which is an answer like any other.
    const trouble = bricks.trouble();
    if (trouble !== null) throw trouble;
  };
  check();
  status.begin(`${stacks.length} stacks`);
  const searchable = stacks.map((stack) => {
    const { name, title } = stack;
    const volfile = writeMeasurable(stack, join(scratch, `${name}.vol`), settings.delayMs);
    const options = [...portsOf(bricks), ...stack.options];
    const set = { stack: { volfile, options }, id: name, scratch, workload, counted, signal };
    return { title, serve: () => serveMounted(set, terminal) };
  });
  const { pids } = bricks;
  return withServed(searchable, (served) =>
    measureServed(served, { seed: settings.seed, workload, status, pids, check }),
  );
}

async function makeFiles(
  { workload, scratch, status, signal, terminal }: Given,
  bricks: Bricks,
): Promise<void> {
  signal.throwIfAborted();
  status.begin('the files');
  const stack = { volfile: printed(stacks[0]!), options: portsOf(bricks) };
  const mounted = await mountStack({ stack, id: 'files', scratch, signal }, terminal);
  try {
    // What is under way may get no answer before the mount is gone.
    await unlessAborted(makeTree(mounted.mountpoint, workload, signal), signal);
  } catch (error) {
    const isOfMount = error instanceof Error && 'errno' in error;
    // The bricks' files are in the same folder as everything else: nothing is wrong with the server.
    throw isOfMount && !isFull(error) ? mounted.broken(error) : error;
  } finally {
    await mounted.stop();
  }
}
