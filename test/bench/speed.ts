/** The suite `npm run bench -- --only speed`: what users do, beside GlusterFS's own client on the same bricks. */
import { makeListingPart } from './listings.ts';
import type { Suite } from './suite.ts';

export const speed: Suite = {
  usage: `usage: npm run bench -- --only speed [options]
       npm run bench speed [options]

Compares what users do through glossa's client of bricks of GlusterFS and through GlusterFS's own. As
root on a quiet machine; a full run takes some five minutes.

  --only PART   listings (two bricks) or listings-three (three); may be repeated`,
  legend: `A figure is the median over the rounds [the lowest – the highest]. With a "?", the
rounds of one row lie more than a factor of 1.5 apart: measure again. All processes are unpinned.`,
  isPlaced: false,
  parts: { listings: makeListingPart(2), 'listings-three': makeListingPart(3) },
};
