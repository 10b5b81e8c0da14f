/**
 * The suite `npm run bench bridges`: the cost of translators in other languages, over those in
 * TypeScript, in this process. One part needs mounts.
 */
import type { Suite } from '../suite.ts';
import { measureDataCosts, measureMountedReads } from './data.ts';
import { measureIsolatedLookups, measureLookupCosts } from './lookups.ts';
import { measureNegative } from './negative.ts';
import { measureSecondVolume } from './second-volume.ts';
import { measureUndefinedFops } from './undefined-fops.ts';

export const bridges: Suite = {
  usage: `usage: npm run bench -- bridges [options]

Compares translators in Python, JavaScript and C, compiled to machine code and to WebAssembly, with
the same ones in TypeScript, all but one part of it in one process without a mount. On a quiet
machine; a full run takes about two minutes.

  --only PART   python, javascript, c or wasm (what a lookup costs there), data (reads of 128 KiB),
                mount (the same through mounts), route (fops that a module does not define), second
                (a second volume), isolated (a thread of its own) or negative (examples/negative in all
                languages); may be repeated`,
  legend: `A cost is the median over the rounds of the difference to TypeScript in the same round [the lowest –
the highest]. With a "?", the rounds of one row lie more than a factor of 1.5 apart: measure again.`,
  isPlaced: false,
  parts: {
    python: (bench) => measureLookupCosts(bench, 'python'),
    javascript: (bench) => measureLookupCosts(bench, 'javascript'),
    c: (bench) => measureLookupCosts(bench, 'c'),
    wasm: (bench) => measureLookupCosts(bench, 'wasm'),
    data: measureDataCosts,
    mount: measureMountedReads,
    route: measureUndefinedFops,
    second: measureSecondVolume,
    isolated: measureIsolatedLookups,
    negative: measureNegative,
  },
};
