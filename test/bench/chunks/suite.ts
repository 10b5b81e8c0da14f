/** The suite `npm run bench chunks`: chunks of block storage, a disk of them, and locks that stay. */
import type { Suite } from '../suite.ts';
import { measureChunks } from './chunk-times.ts';
import { measureDisk } from './disk-reads.ts';
import { measureLocks } from './lock-times.ts';

export const chunks: Suite = {
  about: `Measures what a driver of block storage does: 64 chunks at a time on a slow storage, opened or created, written and
closed (store), random reads of a disk served by NBD, by fio, beside nbdkit's file plugin (disk), and a lock that goes from
one process to another over a brick of GlusterFS, and the memory of one that waits (locks). A full run takes a minute.`,
  legend: `Processes are unpinned. The slow storage replies after 20 ms, so a figure of 3 is three replies one after the other. A
lock is handed over from the call of unlock in one process to the grant in another, which has waited; the bricks report
changes (cache-invalidation).`,
  isPlaced: false,
  parts: { store: measureChunks, disk: measureDisk, locks: measureLocks },
};
