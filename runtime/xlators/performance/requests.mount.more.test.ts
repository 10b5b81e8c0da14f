/**
 * Requests below the caches of GlusterFS's client and of glossa's, for the same scripts in the mount over
 * a GlusterFS brick. glossa sends no more, except where `MORE` gives a reason.
 */
import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { isWithoutBricks } from '../../../test/support/gluster.ts';
import { describeMounts } from '../../../test/support/mount.ts';
import { TwoClients } from '../../../test/support/two-clients.ts';

const STACK = [
  ['wb', 'performance/write-behind'],
  ['ob', 'performance/open-behind'],
  ['qr', 'performance/quick-read', { 'cache-timeout': '60' }],
  ['mdc', 'performance/md-cache', { 'md-cache-timeout': '60' }],
  ['iot', 'performance/io-threads'],
] as const;
const TREE = `for own in ours theirs; do
  mkdir $own; printf small > $own/small; head -c 1048576 /dev/zero | tr '\\0' x > $own/large
done`;

/** Scripts, run in order in a directory with a file `small` and a file `large`. */
const PARTS: Readonly<Record<string, string>> = {
  'a new file': 'head -c 4096 /dev/zero > new',
  'large writes': 'dd if=/dev/zero of=written bs=131072 count=8 2>/dev/null',
  'its attributes': 'stat -c %s written',
  'a small file that was there': 'cat small',
  'a large one': 'dd if=large of=/dev/null bs=131072 2>/dev/null',
  'an unpacked archive': 'tar cf a.tar small large; mkdir u; tar xf a.tar -C u; ls u',
  'many small things': `set -e
mkdir d; cd d
for i in 1 2 3; do echo $i > f$i; done
dd if=/dev/zero of=w bs=4096 count=64 2>/dev/null
for i in 1 2 3 4 5; do cat f1; done
stat -c %s f1 f1 f2 w
chmod 600 f3; ln f3 f4; rm f2; ls; sum w
cd ..; rm -r d`,
};

/** Fops that glossa may send more often, in a part or in any, and the reason. */
const MORE: Readonly<Record<string, string>> = {
  writev: 'how many become one depends on how fast they come',
  'an unpacked archive: fsetattr':
    'for GlusterFS it is a setattr, as it does not use the open file',
  'an unpacked archive: open': 'to read pages of the archive, as below',
  'an unpacked archive: flush': 'one for each of these opens',
  'many small things: readv':
    'below a trace, pages of what was written do not stay with the kernel when it is opened',
  'many small things: open': 'to read these pages again',
  'many small things: flush': 'one for each of these opens',
  'many small things: readdir': 'the kernel asks without attributes where no program has read any',
};

describeMounts('below the caches', () => {
  it.skipIf(isWithoutBricks())(
    "glossa's client sends no more requests than GlusterFS's",
    async () => {
      const clients = await TwoClients.start(STACK);
      execFileSync('sh', ['-c', TREE], { cwd: clients.brick.files });
      for (const [part, script] of Object.entries(PARTS)) {
        const { here, there } = await clients.countBoth((own) => `cd ${own}\n${script}`);
        expect(Object.keys(there).length, part).toBeGreaterThan(0);
        const more = Object.entries(here).filter(
          ([fop, count]) =>
            count > (there[fop] ?? 0) && (MORE[fop] ?? MORE[`${part}: ${fop}`]) === undefined,
        );
        const told = `${part}: ${JSON.stringify(here)} here, ${JSON.stringify(there)} there`;
        expect.soft(more, told).toEqual([]);
      }
    },
  );
});
