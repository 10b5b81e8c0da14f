/**
 * The suite `npm run bench bridges`: the cost of translators in other languages, over those in
 * TypeScript, in this process. One part needs mounts.
 */
import type { Suite } from '../suite.ts';
import { measureDataCosts, measureMountedReads } from './data.ts';
import { measureIsolatedLookups, measureLookupCosts } from './lookups.ts';
import { measureNegative } from './negative.ts';
import { measureUndefinedFops } from './undefined-fops.ts';

export const bridges: Suite = {
  about: `Compares translators in Python, JavaScript and C, compiled to machine code (c) and to WebAssembly (wasm), with the same
ones in TypeScript, all but one part of it in one process without a mount: lookups, reads of 128 KiB (data), the same through
mounts (mount), fops that a module does not define (route), a thread of its own (isolated), and examples/negative in all
languages (negative). On a quiet machine; a full run takes about two minutes.`,
  legend: 'A cost is the difference to TypeScript in the same round.',
  isPlaced: false,
  parts: {
    python: (bench) => measureLookupCosts(bench, 'python'),
    javascript: (bench) => measureLookupCosts(bench, 'javascript'),
    c: (bench) => measureLookupCosts(bench, 'c'),
    wasm: (bench) => measureLookupCosts(bench, 'wasm'),
    data: measureDataCosts,
    mount: measureMountedReads,
    route: measureUndefinedFops,
    isolated: measureIsolatedLookups,
    negative: measureNegative,
  },
};
