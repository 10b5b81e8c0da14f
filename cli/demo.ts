/**
 * `glossa demo`: the tutorial's experiment, from beginning to end, on this machine.
 *
 * One tree of files is searched through several stacks, in rounds that take turns: storage alone, a
 * cache of absent names in TypeScript, and the same in Python; first over a folder, then over two bricks
 * of glossa, some time away. Each is mounted by a server process of its own. All servers start at once, because
 * starting takes longest. However the command ends, it leaves no mount, process or file.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { planWorkload, SEARCHES_MAX, type Workload } from '../apps/bench/engine/searches.ts';
import { type Bricks, startOurs, withBricks } from '../apps/bench/run/bricks.ts';
import { awayPlans, BRICKS, bricksAlone, overBricks } from '../apps/demo/away.ts';
import { measureServed, ROUNDS, type Searchable, withServed } from '../apps/demo/measure.ts';
import { serveMounted } from '../apps/demo/mounted.ts';
import {
  type DemoSettings,
  introduction,
  jsonReport,
  reportText,
  whereText,
} from '../apps/demo/report.ts';
import {
  counted,
  type DemoStack,
  isNear,
  NEAR_TIMES,
  nearSearches,
  type Pass,
  type Passes,
  STORAGE,
  stacks,
} from '../apps/demo/served.ts';
import { Status } from '../apps/demo/status.ts';
import { makeTree } from '../apps/demo/tree.ts';
import { makeWorkplace, roomless } from '../apps/demo/workplace.ts';
import { mountProblem } from '../server/mount-probe.ts';
import { defineCommand } from '../terminal/command.ts';
import { EXIT_OK, Failure, UsageError } from '../terminal/exit.ts';
import { number, takeOperands, toggle } from '../terminal/flags.ts';
import { interruptibly, unlessAborted } from '../terminal/interruption.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** Enough for narrow intervals within 15 seconds. */
const SEARCHES = 240;
const FILES = 300;
/** Of the way to the storage: a network's, within a building. */
const DELAY_MS = 0.5;
const DELAY_MS_MIN = 0.01;
const DELAY_MS_MAX = 100;

export default defineCommand({
  usage: ['glossa demo [options]'],
  description:
    'Searches three hundred files in ten directories, the way programs search include paths, through ' +
    'mounts without and with a cache of absent names: in TypeScript and in Python. First two of them ' +
    'over a folder as it is, then all with the storage half a millisecond away. The mounts take turns, in twenty rounds, so that they can be compared on a busy ' +
    'machine, too. Then it says what the caches saved, each ratio with its interval (95 % confidence).',
  flags: {
    delay: number({
      value: 'MS',
      help: 'how much farther away the bricks of the second pass are than they are (0.5)',
    }),
    json: toggle({
      help:
        'print {seed, searches, passes: [{bricks, delayMs, busy: {others, steal, load}, ' +
        'stacks: [{name, lookups, answered, forwarded, meanMs, p99Ms, roundsMs, toFirst: ' +
        '{ratio, low, high, confidence, noise, verdict}}]}]} and nothing else. lookups: that the searches made; forwarded: that reached the storage; ' +
        'answered: the rest. busy and toFirst have the meanings of results of glossa bench (busy: null ' +
        'where the system does not tell)',
    }),
    seed: number({ value: 'N', whole: true, help: 'what is searched for is drawn from this (1)' }),
    searches: number({
      value: 'N',
      whole: true,
      help: `how many searches over the bricks (${SEARCHES}); over the folder ${NEAR_TIMES} times as many, up to ${SEARCHES_MAX}`,
    }),
  },
  async run({ flags, operands }, terminal) {
    takeOperands(operands, []);
    const { seed = 1, searches = SEARCHES, delay = DELAY_MS } = flags;
    if (searches < ROUNDS || searches > SEARCHES_MAX) {
      throw new UsageError(`--searches takes ${ROUNDS} (one for each round) to ${SEARCHES_MAX}`);
    }
    if (delay !== 0 && (delay < DELAY_MS_MIN || delay > DELAY_MS_MAX)) {
      throw new UsageError(`--delay takes 0, or ${DELAY_MS_MIN} to ${DELAY_MS_MAX} milliseconds`);
    }
    if (!Number.isSafeInteger(seed)) throw new UsageError(`--seed ${seed} is too large`);
    const settings = { seed, searches, delayMs: delay, json: flags.json };
    // Planning blocks the event loop, so it comes before anything that a signal would have to remove.
    const plan = (count: number): Workload =>
      planWorkload({ seed, searches: count, files: FILES, rounds: ROUNDS });
    const workloads = { near: plan(nearSearches(searches)), away: plan(searches) };
    return interruptibly('demo', terminal, (signal) => demo(settings, workloads, terminal, signal));
  },
});

/** Of the same files. */
interface Workloads {
  readonly near: Workload;
  readonly away: Workload;
}

const CANNOT = 'nothing can be mounted here';
const INSTEAD = "'glossa playground' shows a cache at work without a mount";

async function demo(
  settings: DemoSettings & { readonly json: boolean },
  workloads: Workloads,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  const { width } = terminal;
  const status = new Status(settings.json ? null : terminal);
  const workplace = await makeWorkplace('demo', terminal);
  const { folder: scratch } = workplace;
  let measured: Passes;
  try {
    const unmountable = await mountProblem(scratch);
    if (unmountable !== null) throw new Failure(`${CANNOT}: ${unmountable}; ${INSTEAD}`);
    const tree = join(scratch, 'files');
    mkdirSync(tree);
    await makeTree(tree, workloads.near, signal);
    status.line(`${introduction(settings, workloads.away, width)}\n`);
    const run = { settings, workloads, terminal, signal, status, scratch };
    const plans = awayPlans(scratch, terminal, signal);
    status.begin('the bricks');
    measured = await withBricks(plans, startOurs, (bricks) =>
      runPasses(run, folderPlan(run, tree), bricksPlan(run, bricks), bricks),
    );
  } catch (error) {
    throw roomless(error, scratch);
  } finally {
    status.clear();
    workplace.remove();
  }
  if (settings.json) terminal.out(jsonReport(settings, measured));
  else terminal.out(reportText(settings, measured, width));
  return EXIT_OK;
}

interface Run {
  readonly settings: DemoSettings;
  readonly workloads: Workloads;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  readonly status: Status;
  readonly scratch: string;
}

/** A pass before it runs: a storage, the stacks over it, and the workload that searches through them. */
interface PassPlan extends Pick<Pass, 'bricks' | 'delayMs'> {
  readonly workload: Workload;
  readonly stacks: readonly DemoStack[];
  /** Options for the stacks' volfiles, as --xlator-option takes them. */
  readonly options: readonly string[];
  /** Replaces the storage in a volfile's text; null leaves the volfile as it is. */
  readonly replaceStorage: ((text: string) => string) | null;
  /** Makes the files on the storage; the second call returns the promise of the first. */
  fill(): Promise<void>;
}

const folderPlan = ({ workloads }: Run, tree: string): PassPlan => ({
  ...{ bricks: 0, delayMs: 0, stacks: stacks.filter(isNear), workload: workloads.near },
  options: [`${STORAGE}.directory=${tree}`],
  replaceStorage: null,
  fill: async () => {},
});

function bricksPlan(run: Run, { ports }: Bricks): PassPlan {
  const { settings, workloads, terminal, signal, scratch } = run;
  const { delayMs } = settings;
  const fillBricks = async (): Promise<void> => {
    const volfile = join(scratch, 'fill.vol');
    writeFileSync(volfile, bricksAlone(ports));
    // Imported only now, because it loads every translator.
    const { fill } = await import('../apps/demo/fill.ts');
    await unlessAborted(fill(volfile, workloads.away, terminal, signal), signal);
  };
  let filled: Promise<void> | undefined;
  return {
    ...{ bricks: BRICKS, delayMs, stacks, workload: workloads.away, options: [] },
    replaceStorage: (text) => overBricks(text, ports, delayMs),
    fill: () => {
      filled ??= fillBricks();
      return filled;
    },
  };
}

/** Starts the stacks of both plans at once, then runs one pass after the other. */
async function runPasses(
  run: Run,
  near: PassPlan,
  away: PassPlan,
  { pids, trouble }: Bricks,
): Promise<Passes> {
  const { settings, signal, status } = run;
  const check = (): void => {
    signal.throwIfAborted();
    // Names on a brick that has ended look absent, so the searches would not fail.
    const why = trouble();
    if (why !== null) throw why;
  };
  const searchable = [near, away].flatMap((plan) => searchableStacks(run, plan));
  status.begin(`${searchable.length} mounts`);
  return withServed(searchable, async (served) => {
    const search = async (plan: PassPlan, from: number, number: number): Promise<Pass> => {
      const { bricks, delayMs, workload } = plan;
      status.begin(`${number} of 2: ${whereText(plan)}`);
      const { busy, searched } = await measureServed(
        served.slice(from, from + plan.stacks.length),
        { seed: settings.seed, workload, status, pids: bricks === 0 ? [] : pids, check },
      );
      const results = searched.map((it, at) => ({ name: plan.stacks[at]!.name, ...it }));
      return { bricks, delayMs, busy, stacks: results };
    };
    return [await search(near, 0, 1), await search(away, near.stacks.length, 2)];
  });
}

function searchableStacks(
  { terminal, signal, scratch }: Run,
  { bricks, stacks, workload, replaceStorage, options, fill }: PassPlan,
): Searchable[] {
  return stacks.map(({ name, title, ...stack }) => ({
    title,
    async serve() {
      const id = bricks === 0 ? name : `${name}-away`;
      let { volfile } = stack;
      if (replaceStorage !== null) {
        volfile = join(scratch, `${id}.vol`);
        writeFileSync(volfile, replaceStorage(readFileSync(stack.volfile, 'utf8')));
      }
      await fill();
      const own = { volfile, options: [...options, ...stack.options] };
      return serveMounted({ stack: own, id, scratch, workload, counted, signal }, terminal);
    },
  }));
}
