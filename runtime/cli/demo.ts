/**
 * `glossa demo`: the tutorial's experiment, from beginning to end, on this machine.
 *
 * One tree of files is searched through several stacks, one after the other: storage alone, a
 * cache of absent names in TypeScript, the same in Python, and the same with what it answers kept by
 * the kernel; first over a folder, then over two bricks of glossa, some time away. Each is mounted
 * by a server process of its own; where nothing can be mounted, the graphs run in this process
 * instead. Whatever happens, no mount, process or file is left behind.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { planWorkload, SEARCHES_MAX, type Workload } from '../bench/searches.ts';
import { defineCommand } from './command.ts';
import { awayPlans, BRICKS, bricksAlone, overBricks } from './demo/away.ts';
import { type Bricks, startOurs, withBricks } from './demo/bricks.ts';
import { measure } from './demo/measure.ts';
import { mountProblem, serveMounted } from './demo/mounted.ts';
import {
  conclusion,
  type DemoSettings,
  introduction,
  jsonReport,
  nextSteps,
  table,
  whereText,
  withoutMount,
} from './demo/report.ts';
import {
  counted,
  type DemoStack,
  type Measured,
  type Pass,
  STORAGE,
  type StackResult,
  stacksFor,
} from './demo/served.ts';
import { Status } from './demo/status.ts';
import { makeTree } from './demo/tree.ts';
import { makeWorkplace, roomless } from './demo/workplace.ts';
import { EXIT_OK, UsageError } from './exit.ts';
import { number, takeOperands, toggle } from './flags.ts';
import { interruptibly, unlessAborted } from './interruption.ts';
import type { Terminal } from './terminal.ts';

const SEARCHES = 5000;
/** Of the way to the storage: a network's, within a building. */
const DELAY_MS = 0.5;
const DELAY_MS_MIN = 0.01;
const DELAY_MS_MAX = 100;

export default defineCommand({
  usage: ['glossa demo [options]'],
  description:
    'Searches a thousand files in ten directories, the way programs search include paths, through ' +
    'mounts without and with a cache of absent names: in TypeScript, in Python, and in Python with ' +
    'the kernel remembering its answers. First over a folder as it is, then with the storage half a ' +
    'millisecond away. Then it says what the caches saved, or that the machine was too busy to say.',
  flags: {
    delay: number({
      value: 'MS',
      help: 'how much farther away the bricks of the second pass are than they are (0.5)',
    }),
    json: toggle({
      help:
        'print {seed, searches, mounted, busy, passes: [{bricks, delayMs, stacks: [{name, ' +
        'lookups, answered, forwarded, meanMs, p99Ms, busy: {others, steal, load, switches}}]}]} and nothing ' +
        'else. mounted: false where the graphs ran in one process. busy: why times should not be ' +
        'compared, null on a quiet machine; of a stack, what else the machine did meanwhile, with ' +
        'the meanings it has in results of glossa bench (null where the system does not tell)',
    }),
    seed: number({ value: 'N', whole: true, help: 'what is searched for is drawn from this (1)' }),
    searches: number({ value: 'N', whole: true, help: `how many searches (${SEARCHES})` }),
  },
  async run({ flags, operands }, terminal) {
    takeOperands(operands, []);
    const { seed = 1, searches = SEARCHES, delay = DELAY_MS } = flags;
    if (searches < 1 || searches > SEARCHES_MAX) {
      throw new UsageError(`--searches takes 1 to ${SEARCHES_MAX}`);
    }
    if (delay !== 0 && (delay < DELAY_MS_MIN || delay > DELAY_MS_MAX)) {
      throw new UsageError(`--delay takes 0, or ${DELAY_MS_MIN} to ${DELAY_MS_MAX} milliseconds`);
    }
    if (!Number.isSafeInteger(seed)) throw new UsageError(`--seed ${seed} is too large`);
    const settings = { seed, searches, delayMs: delay, json: flags.json };
    // It takes a moment, in which no signal would be heard: nothing is made that one would leave.
    const workload = planWorkload(settings);
    return interruptibly('demo', terminal, (signal) => demo(settings, workload, terminal, signal));
  },
});

async function demo(
  settings: DemoSettings & { readonly json: boolean },
  workload: Workload,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  const { width } = terminal;
  const status = new Status(settings.json ? null : terminal);
  const workplace = await makeWorkplace('demo', terminal);
  const { folder: scratch } = workplace;
  let measured: Measured;
  try {
    const tree = join(scratch, 'files');
    mkdirSync(tree);
    await makeTree(tree, workload, signal);
    const unmountable = await mountProblem(scratch);
    const mounted = unmountable === null;
    status.line(`${introduction(settings, mounted, width)}\n`);
    if (!mounted) status.line(`${withoutMount(unmountable, width)}\n`);
    const serve = mounted ? serveMounted : await inProcess();
    const given = { settings, workload, terminal, signal, status, scratch, serve };
    const stacks = stacksFor(mounted);
    const options = [`${STORAGE}.directory=${tree}`];
    const near = await searchAll(given, stacks, { bricks: 0, delayMs: 0, options, trouble: quiet });
    const plans = awayPlans(scratch, terminal, signal);
    const away = await withBricks(plans, startOurs, status, (bricks) =>
      searchBricks(given, stacks, bricks),
    );
    measured = { mounted, passes: [near, away] };
  } catch (error) {
    throw roomless(error, scratch);
  } finally {
    status.clear();
    workplace.remove();
  }
  if (settings.json) terminal.out(jsonReport(settings, measured));
  else terminal.out(`${table(measured)}\n\n${conclusion(measured, width)}\n\n${nextSteps()}`);
  return EXIT_OK;
}

interface Given {
  readonly settings: DemoSettings;
  readonly workload: Workload;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  readonly status: Status;
  readonly scratch: string;
  readonly serve: typeof serveMounted;
}

/** The storage of a pass. */
interface Place extends Pick<Pass, 'bricks' | 'delayMs'>, Pick<Bricks, 'trouble'> {
  /** For the stacks' volfiles. */
  readonly options: readonly string[];
  /** Makes another volfile of one; absent: it is taken as it is. */
  readonly changed?: (text: string) => string;
}

/** A folder does not end by itself. */
const quiet = (): null => null;

/** Searches through each stack. */
async function searchAll(
  { workload, terminal, signal, status, scratch, serve }: Given,
  stacks: readonly DemoStack[],
  { bricks, delayMs, options, changed, trouble }: Place,
): Promise<Pass> {
  const check = (): void => {
    signal.throwIfAborted();
    // Without a brick its files are absent, which is an answer like any other.
    const why = trouble();
    if (why !== null) throw why;
  };
  const results: StackResult[] = [];
  for (const [at, { name, title, ...stack }] of stacks.entries()) {
    check();
    const where = whereText({ bricks, delayMs });
    status.begin(
      `${(bricks === 0 ? 0 : stacks.length) + at + 1} of ${2 * stacks.length}: ${title}, ${where}`,
    );
    const id = bricks === 0 ? name : `${name}-away`;
    let { volfile } = stack;
    if (changed !== undefined) {
      volfile = join(scratch, `${id}.vol`);
      writeFileSync(volfile, changed(readFileSync(stack.volfile, 'utf8')));
    }
    const own = { volfile, options: [...options, ...stack.options] };
    const set = { stack: own, id, scratch, workload, counted, signal };
    const searched = await measure(serve(set, terminal), { title, workload, status, check });
    const { lookups, forwarded, ...times } = searched;
    results.push({ name, lookups, answered: lookups - forwarded, forwarded, ...times });
  }
  return { bricks, delayMs, stacks: results };
}

/** The same over bricks, in which the files are made first. */
async function searchBricks(
  given: Given,
  stacks: readonly DemoStack[],
  { ports, trouble }: Bricks,
): Promise<Pass> {
  const { settings, workload, terminal, signal, status, scratch } = given;
  const { delayMs } = settings;
  status.begin('the files on the bricks');
  const volfile = join(scratch, 'fill.vol');
  writeFileSync(volfile, bricksAlone(ports));
  const { fill } = await import('./demo/fill.ts');
  await unlessAborted(fill(volfile, workload, terminal, signal), signal);
  const changed = (text: string): string => overBricks(text, ports, delayMs);
  return searchAll(given, stacks, { bricks: BRICKS, delayMs, options: [], changed, trouble });
}

/** Loaded only when it is needed, since it brings every translator along. */
const inProcess = async () => (await import('./demo/in-process.ts')).serveInProcess;
