/** What `npm run bench` measures without further words: mounts, beside C and GlusterFS. */
import { COMMON_USAGE } from './arguments.ts';
import { apart, type Bench, openBench } from './bench.ts';
import { failedStat } from './failed-stat.ts';
import { benchMachine } from './machine.ts';
import { passThroughCost } from './pass-through.ts';
import { startTime } from './start.ts';
import type { Suite } from './suite.ts';

const usage = `usage: npm run bench -- [options]
       npm run bench -- bridges [options]

Compares glossa's mounts with a server in C and with GlusterFS, side by side, and holds the figures
to the bars of the project. As root on a quiet machine; a full run takes some minutes. With
'bridges' it compares languages instead, in one process; see there with --help.

  --only PART   stat (failed stats), pass (translators that pass everything through) or start (from
                the command to the mount); may be repeated
${COMMON_USAGE}`;

const legend = `A figure is the median over the rounds [the lowest – the highest]. With a "?", the
rounds of one row lie more than a factor of 1.5 apart: do not use it.`;

export const mounts: Suite<Bench, 'stat' | 'pass' | 'start'> = {
  usage,
  legend,
  open: openBench,
  machine: benchMachine,
  parts: { stat: apart(failedStat), pass: apart(passThroughCost), start: apart(startTime) },
};
