/**
 * The suite `npm run bench api`: volumes as a programming interface, beside a mount of the same stack and
 * beside GlusterFS's libgfapi on the same brick.
 */
import type { Suite } from '../suite.ts';
import { measureOnBrick, measureOnMount } from './calls.ts';

export const api: Suite = {
  usage: `usage: npm run bench -- api [options]

Compares a program's calls on a volume (Volume in TypeScript) with the same calls through a mount, and with
GlusterFS's libgfapi. As root on a quiet machine; a full run takes some minutes.

  --only PART   mount (beside a mount of the same stack) or brick (beside libgfapi, on a brick of
                GlusterFS); may be repeated`,
  legend: `A figure is the median over the rounds [the lowest – the highest]. With a "?", the
rounds of one row lie more than a factor of 1.5 apart: measure again. Processes are unpinned. The mounts'
callers are programs in C that ask for a relative name, and the kernel caches nothing for them: each call
is a request, as those of Volume are. libgfapi's caller is the same program in C.`,
  isPlaced: false,
  parts: { mount: measureOnMount, brick: measureOnBrick },
};
