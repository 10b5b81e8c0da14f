/**
 * Single calls at a mount: a failed stat, a stat, open+read+close, and create+unlink; and searches,
 * which are stats that mostly fail.
 */
import type { Bench } from '../bench.ts';
import { callExperiment, type Load } from '../calls.ts';
import { everywhere, runExperiment, type TargetKind } from '../experiment.ts';
import type { Report } from '../report.ts';
import { TIMEOUTS, targets } from '../targets.ts';
import {
  answerers,
  type DirectoryName,
  dataDirectories,
  directories,
  kernelTimeout,
} from './targets.ts';

const FULL: Load = { rounds: 9, count: 4000, warm: 20_000 };
/** Calls that are several requests each. */
const FULL_LONG: Load = { rounds: 9, count: 2000, warm: 8_000 };
const QUICK: Load = { rounds: 3, count: 500, warm: 2_000 };

const loadOf = ({ quick }: Bench, full = FULL): Load => (quick ? QUICK : full);

/** Beside GlusterFS, for every call. */
const FASTER = everywhere({ limit: 1, below: true, aim: 0.6 });
/** Beside the pass-through in C. */
const AS_FAST = everywhere({ limit: 1.3, aim: 1.05 });

const withPosix = (what: string) => ({
  what: `${what}: posix / GlusterFS posix`,
  mine: 'glossa' as const,
  other: 'glusterfs' as const,
  bars: FASTER,
});

const held = (what: string) => [
  {
    what: `${what}: posix / C pass-through`,
    mine: 'glossa' as const,
    other: 'pass' as const,
    bars: AS_FAST,
  },
  withPosix(what),
];

export const failed = (bench: Bench): Promise<Report> =>
  runExperiment(
    bench,
    callExperiment<DirectoryName | keyof typeof answerers>({
      what: 'failed stat',
      operation: 'absent',
      load: loadOf(bench),
      targets: { ...answerers, ...directories() },
      first: 'floor',
      firstTitle: 'floor',
      held: [
        {
          what: 'failed stat: memory / C floor',
          mine: 'memory',
          other: 'floor',
          bars: {
            same: { limit: 1.15, aim: 1 },
            different: { limit: 0.8, aim: 0.5 },
            free: null,
          },
        },
        withPosix('failed stat'),
      ],
    }),
  );

/** The kernel caches no name, so that it looks each one up, but caches attributes. */
export const found = (bench: Bench): Promise<Report> =>
  runExperiment(
    bench,
    callExperiment<DirectoryName>({
      what: 'stat',
      operation: 'stat',
      load: loadOf(bench),
      targets: directories({ ...TIMEOUTS, entry: 0 }),
      first: 'pass',
      firstTitle: 'C',
      held: held('stat'),
    }),
  );

const onFiles =
  <N extends string>(
    what: string,
    operation: 'read' | 'create',
    targets: Readonly<Record<DirectoryName | N, TargetKind>>,
  ) =>
  (bench: Bench) =>
    runExperiment(
      bench,
      callExperiment<DirectoryName | N>({
        what,
        operation,
        load: loadOf(bench, FULL_LONG),
        targets,
        first: 'pass',
        firstTitle: 'C',
        held: held(what),
      }),
    );

export const opened = onFiles('open+read 4 KiB+close', 'read', dataDirectories());
export const created = onFiles('create+unlink', 'create', directories());

/** As many as come before they are measured, and the same ones: what can be learnt is known then. */
const SEARCHES = { rounds: 9, names: 1000, count: 5000, warm: 5000 };
const QUICK_SEARCHES = { rounds: 3, names: 100, count: 500, warm: 500 };

/** The kernel caches what a module in Python answers: that names are absent. */
export const searched = (bench: Bench): Promise<Report> =>
  runExperiment(
    bench,
    callExperiment({
      what: 'search in ten directories',
      operation: 'search',
      load: bench.quick ? QUICK_SEARCHES : SEARCHES,
      targets: {
        kernelTimeout,
        python: targets.python,
        nlcache: targets.nlcache,
        bare: targets.bare,
      },
      first: 'bare',
      firstTitle: 'bare',
      held: [
        {
          what: 'search: Python with kernel-timeout / bare directory',
          mine: 'kernelTimeout',
          other: 'bare',
          bars: everywhere({ limit: 2 }),
          of: ({ mean }) => mean,
        },
      ],
    }),
  );
