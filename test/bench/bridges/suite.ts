/**
 * The suite `npm run bench bridges`: the cost of translators in other languages, over those in
 * TypeScript, in this process. One part needs mounts.
 */
import type { Suite } from '../suite.ts';
import { dataCosts, mountedReads } from './data.ts';
import { isolatedLookups, lookupCosts } from './lookups.ts';
import { secondVolume } from './second-volume.ts';
import { undefinedFops } from './undefined-fops.ts';

export const bridges: Suite = {
  usage: `usage: npm run bench -- bridges [options]

Compares translators in Python, JavaScript and C with the same ones in TypeScript, all but one part
of it in one process without a mount. On a quiet machine; a full run takes about two minutes.

  --only PART   python, javascript or c (what a lookup costs there), data (reads of 128 KiB), mount
                (the same through mounts), route (fops that a module does not define), second (a
                second volume) or isolated (a thread of its own); may be repeated`,
  legend: `A cost is the median over the rounds of the difference to TypeScript in the same round [the lowest –
the highest]. With a "?", the rounds of one row lie more than a factor of 1.5 apart: measure again.`,
  isPlaced: false,
  parts: {
    python: (bench) => lookupCosts(bench, 'python'),
    javascript: (bench) => lookupCosts(bench, 'javascript'),
    c: (bench) => lookupCosts(bench, 'c'),
    data: dataCosts,
    mount: mountedReads,
    route: undefinedFops,
    second: secondVolume,
    isolated: isolatedLookups,
  },
};
