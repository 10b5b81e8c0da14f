/**
 * What `npm run bench mount` measures: a mount of storage alone, beside the least that C can do,
 * beside the same in C and in GlusterFS, and beside the bare directory.
 */
import { COMMON_USAGE } from '../arguments.ts';
import { apart, type Bench, openBench } from '../bench.ts';
import { benchMachine } from '../machine.ts';
import type { Suite } from '../suite.ts';
import { created, failed, found, opened, searched } from './calls.ts';
import { random, sequential } from './data.ts';
import { status, unpack } from './trees.ts';

const usage = `usage: npm run bench -- mount [options]

Compares mounts of storage alone with the same in C, in GlusterFS, and with the bare directory, side
by side. As root on a quiet machine; a full run takes some fifteen minutes.

  --only PART   failed, stat, open or create (single calls), sequential or random (data), tar or git
                (a tree of 20 000 files), or search (stats that mostly fail, with a cache in Python
                and kernel-timeout); may be repeated
${COMMON_USAGE}`;

const legend = `A figure is the median over the rounds [the lowest – the highest]. With a "?", the
rounds of one row lie more than a factor of 1.5 apart: measure again.`;

export type Part =
  | 'failed'
  | 'stat'
  | 'open'
  | 'create'
  | 'sequential'
  | 'random'
  | 'tar'
  | 'git'
  | 'search';

export const mount: Suite<Bench, Part> = {
  usage,
  legend,
  open: openBench,
  machine: benchMachine,
  parts: {
    failed: apart(failed),
    stat: apart(found),
    open: apart(opened),
    create: apart(created),
    sequential: apart(sequential),
    random: apart(random),
    tar: apart(unpack),
    git: apart(status),
    search: apart(searched),
  },
};
