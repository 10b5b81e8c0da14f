/** Defines and parses the flags of `glossa bench`. */
import { hasSystemCalls } from '../../../runtime/sys/koffi.ts';
import { UsageError } from '../../../terminal/exit.ts';
import {
  type Flags,
  type FlagValues,
  listFlag,
  numberFlag,
  textFlag,
  toggleFlag,
} from '../../../terminal/flags.ts';
import { type Placement, placements } from '../engine/placement.ts';
import { type WorkloadName, workloadNames } from '../engine/workloads/index.ts';
import { parseFlagWords } from './flag-words.ts';
import type { Timeouts } from './others/implementation.ts';
import { implementationNames } from './others/index.ts';
import { volumeWorkloadNames } from './volume-workloads.ts';

/** The workloads of a run without --workload. */
const DEFAULT_WORKLOADS: readonly WorkloadName[] = [
  'miss',
  'hit',
  'phpsim',
  'smallfile',
  'seqread',
  'randread',
];
const DEFAULT_ROUNDS = 15;
const DEFAULT_ROUND_SECONDS = 0.2;
const CLIENTS_MAX = 64;

/** The workloads of --workload; `command` is requested by a command after `--`. */
const measurableWorkloads = workloadNames.filter((name) => name !== 'command');

/** The flags of `glossa bench`. */
export const benchFlags = {
  translator: textFlag({
    placeholder: 'NAME',
    help: 'an example, or a folder with one module in languages',
  }),
  in: textFlag({
    placeholder: 'LANGUAGES',
    help: 'typescript,python,javascript,c,python-thread; none: a folder alone',
  }),
  option: listFlag({ placeholder: 'KEY=VALUE', help: 'of the translator; may be repeated' }),
  with: listFlag({
    placeholder: 'OTHERS',
    values: implementationNames,
    help: `mounts of other implementations beside them, if installed: ${implementationNames.join(', ')}`,
  }),
  workload: listFlag({
    short: 'w',
    placeholder: 'NAMES',
    values: [...measurableWorkloads, 'all'],
    help: `of ${measurableWorkloads.join(', ')}, or all (${DEFAULT_WORKLOADS.join(',')})`,
  }),
  rounds: numberFlag({
    placeholder: 'N',
    isWhole: true,
    help: `of each workload (${DEFAULT_ROUNDS})`,
  }),
  duration: numberFlag({
    placeholder: 'SEC',
    help: `of a round of the slowest stack (${DEFAULT_ROUND_SECONDS})`,
  }),
  clients: numberFlag({ placeholder: 'N', isWhole: true, help: 'that ask at the same time (1)' }),
  cpu: listFlag({
    placeholder: 'PLACES',
    values: placements,
    help: 'same: one CPU for clients and server; different; free (same); several are measured apart',
  }),
  seed: numberFlag({
    placeholder: 'N',
    isWhole: true,
    help: 'what is asked for is drawn from this (1)',
  }),
  data: textFlag({
    placeholder: 'DIR',
    help: 'where the stacks store; memory (/dev/shm) if there is enough',
  }),
  'entry-timeout': numberFlag({ placeholder: 'SEC', help: 'seconds the kernel caches a name (0)' }),
  'attribute-timeout': numberFlag({
    placeholder: 'SEC',
    help: 'seconds the kernel caches attributes (1)',
  }),
  'negative-timeout': numberFlag({
    placeholder: 'SEC',
    help: 'seconds the kernel caches that a name is absent (0)',
  }),
  'in-process': toggleFlag({
    help: 'measure without a mount: each stack in a process of its own, without the kernel and its cache',
  }),
  'no-passthrough': toggleFlag({ help: 'read and write all data in the server' }),
  out: textFlag({
    placeholder: 'DIR',
    help: 'a folder to make, with run.json, report.md and report.html',
  }),
  force: toggleFlag({ help: 'DIR may exist; its report is replaced' }),
  json: toggleFlag({ help: 'print the result as JSON and nothing else' }),
  'fail-if': listFlag({
    placeholder: 'CONDITION',
    help: "end with status 1 if it holds: 'python/typescript p50 > 1.2'; may be repeated",
  }),
} satisfies Flags;

export type BenchFlags = FlagValues<typeof benchFlags>;

/**
 * Turns flags into settings.
 * @param commandWords the words after `--`: the command to measure; null without `--`
 * @throws {UsageError}
 */
export function parseSettings(flags: BenchFlags, commandWords: readonly string[] | null) {
  const {
    rounds = DEFAULT_ROUNDS,
    duration = DEFAULT_ROUND_SECONDS,
    clients = 1,
    seed = 1,
  } = flags;
  if (rounds < 1) throw new UsageError('--rounds takes at least 1');
  if (duration <= 0) throw new UsageError('--duration takes more than 0 seconds');
  if (clients < 1 || clients > CLIENTS_MAX) {
    throw new UsageError(`--clients takes 1 to ${CLIENTS_MAX}`);
  }
  if (!Number.isSafeInteger(seed)) throw new UsageError(`--seed ${seed} is too large`);
  if (commandWords?.length === 0) throw new UsageError("COMMAND is missing behind '--'");
  const inProcess = flags['in-process'];
  if (inProcess) refuseMountFlags(flags, commandWords);
  const timeouts: Timeouts = {
    entry: flags['entry-timeout'] ?? 0,
    attribute: flags['attribute-timeout'] ?? 1,
    negative: flags['negative-timeout'] ?? 0,
  };
  return {
    inProcess,
    workloads: parseWorkloads(flags.workload, commandWords, inProcess),
    placements: parsePlacements(flags.cpu),
    rounds,
    seconds: duration,
    clients,
    seed,
    /** Implementations of --with, whose stacks come after glossa's. */
    otherImplementations: parseFlagWords('--with', flags.with, implementationNames),
    /** The program and arguments of the workload `command`; empty: no such workload. */
    command: commandWords ?? [],
    timeouts,
    /** Flags of `glossa mount`. */
    mountFlags: inProcess
      ? []
      : [
          ...Object.entries(timeouts).map(([name, value]) => `--${name}-timeout=${value}`),
          ...(flags['no-passthrough'] ? ['--no-passthrough'] : []),
        ],
  };
}

/** Lists the placements; without system calls, only the unpinned one. @throws {UsageError} */
function parsePlacements(words: readonly string[]): Placement[] {
  const defaultPlacement = hasSystemCalls ? 'same' : 'free';
  const list = parseFlagWords('--cpu', words.length === 0 ? [defaultPlacement] : words, placements);
  const pinned = list.find((placement) => placement !== 'free');
  if (pinned === undefined || hasSystemCalls) return list;
  throw new UsageError(
    `--cpu ${pinned} needs Linux, which pins processes to CPUs; --cpu free does not`,
  );
}

export type BenchSettings = ReturnType<typeof parseSettings>;

/** Refuses what only mounts have, for --in-process. @throws {UsageError} */
function refuseMountFlags(flags: BenchFlags, commandWords: readonly string[] | null): void {
  if (commandWords !== null) throw new UsageError('--in-process runs no COMMAND: it needs a mount');
  const { clients = 1 } = flags;
  if (clients > 1)
    throw new UsageError('--in-process takes one client: it serves its own requests');
  const mountFlag = (
    ['with', 'entry-timeout', 'attribute-timeout', 'negative-timeout', 'no-passthrough'] as const
  ).find((name) => {
    const value: unknown = flags[name];
    return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false;
  });
  if (mountFlag === undefined) return;
  throw new UsageError(`--${mountFlag} is for mounts, and --in-process measures without one`);
}

/** Lists the workloads: those of --workload, and `command` if a command is to be measured. */
function parseWorkloads(
  words: readonly string[],
  commandWords: readonly string[] | null,
  inProcess: boolean,
): WorkloadName[] {
  if (inProcess) {
    const isAll = words.length === 0 || words.includes('all');
    return isAll
      ? [...volumeWorkloadNames]
      : parseFlagWords('--workload with --in-process', words, volumeWorkloadNames);
  }
  const commandWorkload: WorkloadName[] = commandWords === null ? [] : ['command'];
  if (words.length === 0) return commandWords === null ? [...DEFAULT_WORKLOADS] : commandWorkload;
  if (words.includes('all')) return [...measurableWorkloads, ...commandWorkload];
  return [...parseFlagWords('--workload', words, measurableWorkloads), ...commandWorkload];
}
