/**
 * `glossa demo`: the tutorial's experiment, from beginning to end, on this machine.
 *
 * One tree of real files is searched through several stacks, one after the other: storage alone, a
 * cache of absent names in TypeScript, the same in Python, and the same with what it answers kept by
 * the kernel; first with the folder as it is, then with the storage some time away. Each is mounted
 * by a server process of its own; where nothing can be mounted, the graphs run in this process
 * instead. Whatever happens, no mount, process or file is left behind.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BusyWatch } from '../bench/busy.ts';
import { allowedCpus } from '../bench/placement.ts';
import { planWorkload, SEARCHES_MAX, type Workload } from '../bench/searches.ts';
import { defineCommand } from './command.ts';
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
import { runSearches } from './demo/searches.ts';
import {
  type DemoStack,
  type Measured,
  type Pass,
  type Served,
  type StackResult,
  stacksFor,
  storageAway,
} from './demo/served.ts';
import { Status } from './demo/status.ts';
import { makeTree } from './demo/tree.ts';
import { EXIT_OK, Failure, UsageError } from './exit.ts';
import { number, takeOperands, toggle } from './flags.ts';
import { Interruption } from './interruption.ts';
import { makeScratch } from './scratch.ts';
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
    const interruption = new Interruption();
    try {
      return await demo(
        { seed, searches, delayMs: delay, json: flags.json },
        terminal,
        interruption.signal,
      );
    } catch (error) {
      // What broke because of the signal is not worth a message.
      const status = await interruption.status();
      if (status === null) throw error;
      terminal.err('glossa demo: interrupted');
      return status;
    } finally {
      interruption.close();
    }
  },
});

async function demo(
  settings: DemoSettings & { readonly json: boolean },
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  const { width } = terminal;
  const status = new Status(settings.json ? null : terminal);
  const scratch = makeScratch('demo');
  let measured: Measured;
  try {
    const workload = planWorkload(settings);
    const tree = join(scratch, 'files');
    mkdirSync(tree);
    makeTree(tree, workload);
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
      const set = { stack: { ...stack, volfile }, id, tree, scratch, workload };
      pass.stacks.push(await measure(stack, serve(set, terminal), workload, status, signal));
    }
    measured = { mounted, passes: [passes[0]!, passes[1]!] };
  } finally {
    status.clear();
    rmSync(scratch, { recursive: true, force: true });
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

/** Searches through a stack and takes it down. */
async function measure(
  { name, title }: DemoStack,
  serving: Promise<Served>,
  workload: Workload,
  status: Status,
  signal: AbortSignal,
): Promise<StackResult> {
  const served = await serving;
  try {
    const before = served.counts();
    const watch = existsSync('/proc/stat') ? new BusyWatch(allowedCpus()) : null;
    watch?.begin(served.pids);
    const { wrong, meanMs, p99Ms } = await runSearches(workload, served.find, (done) => {
      signal.throwIfAborted();
      status.progress(done / workload.searches.length);
    });
    watch?.end();
    const busy = watch?.busyness() ?? null;
    const after = served.counts();
    if (wrong > 0) {
      throw new Failure(`${title}: ${wrong} of ${workload.searches.length} searches went wrong`);
    }
    const lookups = after.asked - before.asked;
    const forwarded = after.forwarded - before.forwarded;
    return { name, lookups, answered: lookups - forwarded, forwarded, meanMs, p99Ms, busy };
  } finally {
    await served.stop();
  }
}
