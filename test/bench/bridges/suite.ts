/**
 * What `npm run bench bridges` measures: what translators in other languages cost, over those in
 * TypeScript, in this process; just one part, which needs mounts, is apart.
 */
import { cpus, loadavg, release, totalmem } from 'node:os';
import { version } from '../../../runtime/cli/version.ts';
import { COMMON_USAGE } from '../arguments.ts';
import type { Suite } from '../suite.ts';
import { Tools } from '../tools.ts';
import { dataCosts } from './data.ts';
import { type Lab, openLab } from './graphs.ts';
import { lookupCosts } from './lookups.ts';
import { mountedReads } from './mounted.ts';
import { undefinedFops } from './route.ts';
import { secondVolume } from './second.ts';

const usage = `usage: npm run bench -- bridges [options]

Compares translators in Python, JavaScript and C with the same ones in TypeScript, all but one part
of it in one process without a mount. On a quiet machine; a full run takes about two minutes.

  --only PART   python, javascript or c (what a lookup costs there), data (reads of 128 KiB), mount
                (the same through mounts), route (fops that a module does not define) or second (a
                second volume); may be repeated
${COMMON_USAGE}`;

const legend = `A cost is the median over the rounds of the difference to TypeScript in the same round [the lowest –
the highest]. With a "?", the rounds of one row lie more than a factor of 1.5 apart: measure again.`;

export type Part = 'python' | 'javascript' | 'c' | 'data' | 'mount' | 'route' | 'second';

export const bridges: Suite<Lab, Part> = {
  usage,
  legend,
  open: (given) => openLab({ ...given, tools: new Tools(given.signal) }),
  async machine() {
    const about = {
      cpu: cpus()[0]?.model ?? 'unknown CPU',
      cpus: cpus().length,
      memoryGb: Math.round(totalmem() / 1e9),
      kernel: release(),
      load: loadavg().map((value) => Number(value.toFixed(2))),
      versions: { glossa: version(), Node: process.version },
    };
    const text =
      `${about.cpus} CPUs (${about.cpu}), ${about.memoryGb} GB, Linux ${about.kernel}; glossa ` +
      `${about.versions.glossa}, Node ${about.versions.Node}; load ${about.load.join(' ')}`;
    return { text, about };
  },
  parts: {
    python: (lab) => lookupCosts(lab, ['python']),
    javascript: (lab) => lookupCosts(lab, ['javascript']),
    c: (lab) => lookupCosts(lab, ['c']),
    data: dataCosts,
    mount: mountedReads,
    route: undefinedFops,
    second: secondVolume,
  },
};
