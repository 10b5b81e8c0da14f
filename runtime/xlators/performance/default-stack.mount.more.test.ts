/**
 * glusterd's default client stack, mounted over a GlusterFS brick: counts the requests that ordinary work
 * sends below the stack, for GlusterFS's client and for glossa's.
 */
import { expect, it } from 'vitest';
import { isWithoutBricks } from '../../../test/support/gluster.ts';
import { describeMounts } from '../../../test/support/mount.ts';
import { TwoClients } from '../../../test/support/two-clients.ts';

const KB = 1024;
/** Timeouts are longer than the default second, so that a busy machine sends no more requests. */
const STACK = [
  ['utime', 'features/utime'],
  ['wb', 'performance/write-behind'],
  ['ob', 'performance/open-behind'],
  ['qr', 'performance/quick-read', { 'cache-timeout': '60' }],
  ['mdc', 'performance/md-cache', { 'md-cache-timeout': '60' }],
  ['iot', 'performance/io-threads'],
  ['vol', 'debug/io-stats'],
] as const;

/** A shell script for one client, which works in its own directory. */
type Work = (own: string) => string;
const TREE = `set -e
for own in ours theirs; do
  mkdir -p $own/deep
  echo f > $own/deep/f
  dd if=/dev/zero of=$own/deep/small bs=4096 count=1 2>/dev/null
  dd if=/dev/zero of=$own/deep/large bs=131072 count=8 2>/dev/null
done`;

interface Step {
  readonly work: Work;
  /** Most and least requests of glossa's client, besides `ALWAYS`. */
  readonly most: Readonly<Record<string, number>>;
  readonly least?: Readonly<Record<string, number>>;
}

const write =
  (name: string, size: number, count: number): Work =>
  (own) =>
    `dd if=/dev/zero of=${own}/${name} bs=${size} count=${count} 2>/dev/null`;

/** The kernel sends STAT for the root; dd opens and closes its file twice. */
const ALWAYS: Readonly<Record<string, number>> = { stat: 1, flush: 2 };

const STEPS: Readonly<Record<string, Step>> = {
  'a file is made, written and closed': {
    work: write('made', 4 * KB, 1),
    most: { lookup: 2, create: 1, writev: 1 },
    least: { create: 1, writev: 1 },
  },
  '256 writes of 4 KiB': {
    work: write('small-writes', 4 * KB, 256),
    most: { lookup: 2, create: 1, writev: 70 },
    // A joined write has at most 128 KiB.
    least: { create: 1, writev: 8 },
  },
  '8 writes of 128 KiB': {
    work: write('large-writes', 128 * KB, 8),
    most: { lookup: 2, create: 1, writev: 8 },
    least: { create: 1, writev: 1 },
  },
  'a file three folders below is looked at': {
    work: (own) => `stat -c %s ${own}/deep/f >/dev/null`,
    most: { lookup: 3 },
    least: { lookup: 1 },
  },
  'a small file is read': {
    work: (own) => `cat ${own}/deep/small >/dev/null`,
    most: { lookup: 3 },
    least: { lookup: 1 },
  },
  '1 MiB is read': {
    work: (own) => `dd if=${own}/deep/large of=/dev/null bs=${128 * KB} 2>/dev/null`,
    most: { lookup: 3, open: 1, readv: 9 },
    least: { open: 1, readv: 1 },
  },
};

describeMounts("glusterd's default stack", () => {
  it.skipIf(isWithoutBricks())(
    'sends no more requests to the brick for each step of work than this test lists',
    async () => {
      const clients = await TwoClients.start(STACK);
      await clients.theirs.runScript(TREE);
      for (const [name, { work, most, least = {} }] of Object.entries(STEPS)) {
        const { here, there } = await clients.countBoth(work);
        const told = `${name}: ${JSON.stringify(here)} here, ${JSON.stringify(there)} there`;
        for (const [fop, count] of Object.entries(here)) {
          expect(count, `${fop} of ${told}`).toBeLessThanOrEqual(most[fop] ?? ALWAYS[fop] ?? 0);
        }
        for (const [fop, count] of Object.entries(least)) {
          expect(here[fop] ?? 0, `${fop} of ${told}`).toBeGreaterThanOrEqual(count);
        }
        // GlusterFS's client has sent requests, too.
        expect(Object.keys(there).length, told).toBeGreaterThan(0);
      }
    },
  );
});
