/**
 * `glossa demo`: the tutorial's experiment, from beginning to end, on this machine.
 *
 * One tree of real files is searched through several stacks, one after the other: storage alone, a
 * cache of absent names in TypeScript, the same in Python, and the same with what it answers kept by
 * the kernel; first with the folder as it is, then with the storage some time away. Each is mounted
 * by a server process of its own; where nothing can be mounted, the graphs run in this process
 * instead. Whatever happens, no mount, process or file is left behind.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { planWorkload, SEARCHES_MAX, type Workload } from '../bench/searches.ts';
import { defineCommand } from './command.ts';
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
  storageAway,
} from './demo/served.ts';
import { Status } from './demo/status.ts';
import { makeTree } from './demo/tree.ts';
import { makeWorkplace } from './demo/workplace.ts';
import { EXIT_OK, UsageError } from './exit.ts';
import { number, takeOperands, toggle } from './flags.ts';
import { interruptibly } from './interruption.ts';
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
    delay: number({ value: 'MS', help: 'how far away the storage is in the second pass (0.5)' }),
    json: toggle({
      help:
        'print {seed, searches, mounted, busy, passes: [{delayMs, stacks: [{name, lookups, ' +
        'answered, forwarded, meanMs, p99Ms, busy: {others, steal, load, switches}}]}]} and nothing ' +
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
    if (delay < DELAY_MS_MIN || delay > DELAY_MS_MAX) {
      throw new UsageError(`--delay takes ${DELAY_MS_MIN} to ${DELAY_MS_MAX} milliseconds`);
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
    const stacks = stacksFor(mounted);
    const passes = [0, settings.delayMs].map((delayMs) => ({
      delayMs,
      stacks: [] as StackResult[],
    }));
    const all = passes.flatMap((pass) => stacks.map((stack) => ({ pass, stack })));
    for (const [at, { pass, stack }] of all.entries()) {
      signal.throwIfAborted();
      status.begin(`${at + 1} of ${all.length}: ${stack.title}, ${whereText(pass)}`);
      const id = `${stack.name}${pass.delayMs === 0 ? '' : '-away'}`;
      const volfile = volfileOf(stack, pass, join(scratch, `${id}.vol`));
      const options = [`${STORAGE}.directory=${tree}`, ...stack.options];
      const set = { stack: { volfile, options }, id, scratch, workload, counted, signal };
      const { title } = stack;
      const searched = await measure(serve(set, terminal), {
        ...{ title, workload, status },
        check: () => signal.throwIfAborted(),
      });
      const { lookups, forwarded, ...times } = searched;
      const answered = lookups - forwarded;
      pass.stacks.push({ name: stack.name, lookups, answered, forwarded, ...times });
    }
    measured = { mounted, passes: [passes[0]!, passes[1]!] };
  } finally {
    status.clear();
    workplace.remove();
  }
  if (settings.json) terminal.out(jsonReport(settings, measured));
  else terminal.out(`${table(measured)}\n\n${conclusion(measured, width)}\n\n${nextSteps()}`);
  return EXIT_OK;
}

/** Loaded only when it is needed, since it brings every translator along. */
const inProcess = async () => (await import('./demo/in-process.ts')).serveInProcess;

/** The volfile as it is, or at `path` a copy of it with the storage away. */
function volfileOf({ volfile }: DemoStack, { delayMs }: Pass, path: string): string {
  if (delayMs === 0) return volfile;
  writeFileSync(path, storageAway(readFileSync(volfile, 'utf8'), delayMs));
  return path;
}
