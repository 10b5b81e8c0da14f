/**
 * The time of a failed stat through a mount, for names that were asked before: glossa's cache of
 * absent names in TypeScript and in Python, beside the least that a server in C can do and beside
 * GlusterFS's own cache.
 */
import type { Bench } from './bench.ts';
import { callExperiment, type Load } from './calls.ts';
import { runExperiment } from './experiment.ts';
import type { Report } from './report.ts';
import { type TargetName, targets } from './targets.ts';

const FULL: Load = { rounds: 9, count: 4000, warm: 40_000 };
const QUICK: Load = { rounds: 3, count: 1000, warm: 5_000 };

export const failedStat = (bench: Bench): Promise<Report> =>
  runExperiment(
    bench,
    callExperiment<TargetName>({
      what: 'failed stat',
      operation: 'absent',
      load: bench.quick ? QUICK : FULL,
      targets,
      first: 'floor',
      firstTitle: 'floor',
      // Without pins the scheduler decides, and may do so anew in each round: that is not held.
      held: [
        {
          what: 'TypeScript / floor',
          mine: 'typescript',
          other: 'floor',
          bars: { same: { limit: 1.25 }, different: { limit: 1 }, free: null },
        },
        {
          what: 'Python / TypeScript',
          mine: 'python',
          other: 'typescript',
          bars: { same: { limit: 1.2 }, different: { limit: 1.1 }, free: null },
        },
        {
          what: 'Python / nl-cache in C',
          mine: 'python',
          other: 'nlcache',
          bars: {
            same: { limit: 1, below: true },
            different: { limit: 1, below: true },
            free: null,
          },
        },
      ],
    }),
  );
