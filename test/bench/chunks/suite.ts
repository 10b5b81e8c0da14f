/** The suite `npm run bench chunks`: chunks of block storage, a disk of them, and locks that stay. */
import type { Suite } from '../suite.ts';
import { measureChunks } from './chunk-times.ts';
import { measureDisk } from './disk-reads.ts';
import { measureLocks } from './lock-times.ts';

export const chunks: Suite = {
  usage: `usage: npm run bench -- chunks [options]

Measures what a driver of block storage does: many chunks at a time on a slow storage, random reads of a disk
served by NBD, and a lock that goes from one process to another over a brick of GlusterFS. A full run takes a minute.

  --only PART   store (64 chunks opened or created, written and closed), disk (examples/disk beside nbdkit's file
                plugin, read by fio) or locks (a lock handed over, and the memory of one that waits); may be repeated`,
  legend: `A figure is the median over the rounds [the lowest – the highest]. With a "?", the rounds of one row lie
more than a factor of 1.5 apart: measure again. Processes are unpinned. The slow storage replies after 20 ms, so a
figure of 3 is three replies one after the other. A lock is handed over from the call of unlock in one process to the
grant in another, which has waited; the bricks report changes (cache-invalidation).`,
  isPlaced: false,
  parts: { store: measureChunks, disk: measureDisk, locks: measureLocks },
};
