/**
 * `glossa demo`: the tutorial's experiment, from beginning to end, on this machine.
 *
 * One tree of real files is searched through three stacks, one after the other: storage alone, a
 * cache of absent names in TypeScript, and the same in Python. Each is mounted by a server process
 * of its own; where nothing can be mounted, the graphs run in this process instead. Whatever
 * happens, no mount, process or file is left behind.
 */
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { planWorkload, SEARCHES_MAX, type Workload } from '../bench/searches.ts';
import { defineCommand } from './command.ts';
import { mountProblem, serveMounted } from './demo/mounted.ts';
import {
  conclusion,
  introduction,
  jsonReport,
  nextSteps,
  table,
  withoutMount,
} from './demo/report.ts';
import { runSearches } from './demo/searches.ts';
import { type DemoStack, demoStacks, type Served, type StackResult } from './demo/served.ts';
import { Status } from './demo/status.ts';
import { makeTree } from './demo/tree.ts';
import { EXIT_OK, Failure, UsageError } from './exit.ts';
import { number, takeOperands, toggle } from './flags.ts';
import { Interruption } from './interruption.ts';
import type { Terminal } from './terminal.ts';

export default defineCommand({
  usage: ['glossa demo [options]'],
  description:
    'Searches a thousand files in ten directories, the way programs search include paths, through ' +
    'three mounts: storage alone, with a cache of absent names in TypeScript, and with the same ' +
    'cache in Python. Then it says what the caches saved.',
  flags: {
    json: toggle({
      help:
        'print {seed, searches, stacks: [{name, lookups, answered, forwarded, meanMs, p99Ms}]} ' +
        'and nothing else',
    }),
    seed: number({ value: 'N', whole: true, help: 'what is searched for is drawn from this (1)' }),
    searches: number({ value: 'N', whole: true, help: 'how many searches (10000)' }),
  },
  async run({ flags, operands }, terminal) {
    takeOperands(operands, []);
    const { seed = 1, searches = 10_000 } = flags;
    if (searches < 1 || searches > SEARCHES_MAX) {
      throw new UsageError(`--searches takes 1 to ${SEARCHES_MAX}`);
    }
    if (!Number.isSafeInteger(seed)) throw new UsageError(`--seed ${seed} is too large`);
    const interruption = new Interruption();
    try {
      return await demo({ seed, searches, json: flags.json }, terminal, interruption.signal);
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

interface DemoSettings {
  readonly seed: number;
  readonly searches: number;
  readonly json: boolean;
}

async function demo(
  settings: DemoSettings,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  const { width } = terminal;
  const status = new Status(settings.json ? null : terminal);
  const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'glossa-demo-')));
  const results: StackResult[] = [];
  try {
    const workload = planWorkload(settings);
    const tree = join(scratch, 'files');
    mkdirSync(tree);
    makeTree(tree, workload);
    status.line(`${introduction(settings, width)}\n`);
    const unmountable = await mountProblem(scratch);
    if (unmountable !== null) status.line(`${withoutMount(unmountable, width)}\n`);
    const serve = unmountable === null ? serveMounted : await inProcess();
    for (const stack of demoStacks) {
      signal.throwIfAborted();
      status.begin(stack);
      const served = await serve({ stack, tree, scratch, workload }, terminal);
      results.push(await measure(stack, served, workload, status, signal));
    }
  } finally {
    status.clear();
    rmSync(scratch, { recursive: true, force: true });
  }
  if (settings.json) terminal.out(jsonReport(settings, results));
  else {
    terminal.out(`\n${table(results)}\n\n${conclusion(results, width)}\n\n${nextSteps()}`);
  }
  return EXIT_OK;
}

/** Loaded only when it is needed, since it brings every translator along. */
const inProcess = async () => (await import('./demo/in-process.ts')).serveInProcess;

/** Searches through a stack and takes it down. */
async function measure(
  { name, title }: DemoStack,
  served: Served,
  workload: Workload,
  status: Status,
  signal: AbortSignal,
): Promise<StackResult> {
  try {
    const before = served.counts();
    const { wrong, meanMs, p99Ms } = await runSearches(workload, served.find, (done) => {
      signal.throwIfAborted();
      status.progress(done / workload.searches.length);
    });
    const after = served.counts();
    if (wrong > 0) {
      throw new Failure(`${title}: ${wrong} of ${workload.searches.length} searches went wrong`);
    }
    status.end();
    const lookups = after.asked - before.asked;
    const forwarded = after.forwarded - before.forwarded;
    return { name, lookups, answered: lookups - forwarded, forwarded, meanMs, p99Ms };
  } finally {
    await served.stop();
  }
}
