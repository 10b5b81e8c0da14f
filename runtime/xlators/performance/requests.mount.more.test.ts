/**
 * Requests below the caches of GlusterFS's client and of glossa's, for the same scripts in the mount over
 * a GlusterFS brick. glossa sends no more, except where `MORE` gives a reason.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { renderVolume } from '../../../test/support/brick-clients.ts';
import { isWithoutBricks, RealBrick, RealMount } from '../../../test/support/gluster.ts';
import {
  describeMounts,
  makeScratch,
  run,
  type Scratch,
  startMount,
} from '../../../test/support/mount.ts';

import { findRequests } from '../../../test/support/trace-steps.ts';

const LATELY = { 'md-cache-timeout': '60' };

const client = (port: number): string =>
  [
    renderVolume(
      'client',
      'protocol/client',
      { 'remote-host': '127.0.0.1', 'remote-port': `${port}`, 'remote-subvolume': 'brick' },
      null,
    ),
    renderVolume('trace', 'debug/trace', { 'log-file': 'yes' }, 'client'),
    renderVolume('wb', 'performance/write-behind', {}, 'trace'),
    renderVolume('ob', 'performance/open-behind', {}, 'wb'),
    renderVolume('qr', 'performance/quick-read', { 'cache-timeout': '60' }, 'ob'),
    renderVolume('mdc', 'performance/md-cache', LATELY, 'qr'),
    renderVolume('iot', 'performance/io-threads', {}, 'mdc'),
  ].join('\n');

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

/** Fops that glossa sends more often in a part, and the reason. */
const MORE: Readonly<Record<string, string>> = {
  'an unpacked archive: fsetattr':
    'for GlusterFS it is a setattr, as it does not use the open file',
  'an unpacked archive: open': 'to read pages of the archive, as below',
  'an unpacked archive: flush': 'one for each of these opens',
  'an unpacked archive: writev': 'how many become one depends on how fast they come',
  'many small things: readv':
    'below a trace, pages of what was written do not stay with the kernel when it is opened',
  'many small things: open': 'to read these pages again',
  'many small things: flush': 'one for each of these opens',
  'many small things: writev': 'how many become one depends on how fast they come',
  'many small things: readdir': 'the kernel asks without attributes where no program has read any',
};

/** Counts each fop's requests in a log of debug/trace. */
function counts(log: string): Map<string, number> {
  const found = new Map<string, number>();
  for (const each of findRequests(log)) {
    const [fop] = each.split(' ');
    found.set(fop!, (found.get(fop!) ?? 0) + 1);
  }
  return found;
}

describeMounts('below the caches', () => {
  let scratch: Scratch;
  let brick: RealBrick | undefined;
  let theirs: RealMount | undefined;
  afterEach(async () => {
    await theirs?.end();
    await scratch.clean();
    await brick?.end();
  });

  it.skipIf(isWithoutBricks())(
    "glossa's client sends no more requests than GlusterFS's",
    async () => {
      scratch = await makeScratch();
      brick = await RealBrick.start(scratch.path);
      const never = ['attribute', 'entry', 'negative'].flatMap((what) => [
        `--${what}-timeout`,
        '0',
      ]);
      const ours = await startMount(scratch, client(brick.port), { name: 'ours', args: never });
      theirs = await RealMount.start(scratch.path, 'theirs', client(brick.port));
      for (const name of ['ours', 'theirs']) {
        mkdirSync(join(brick.files, name));
        writeFileSync(join(brick.files, name, 'small'), 'small');
        writeFileSync(join(brick.files, name, 'large'), Buffer.alloc(1 << 20, 'x'));
      }
      for (const [part, script] of Object.entries(PARTS)) {
        const from = { ours: ours.log().length, theirs: theirs.logged.length };
        const said = await theirs.runScript(`cd theirs\n${script}`);
        const there = counts(theirs.logged.slice(from.theirs));
        const here = await run(scratch, 'sh', ['-c', `cd ${ours.path}/ours\n${script}`]);
        expect(here).toMatchObject({ status: 0, out: said });
        const own = counts(ours.log().slice(from.ours));
        expect(there.size, part).toBeGreaterThan(0);
        const more = [...own].filter(
          ([fop, count]) => count > (there.get(fop) ?? 0) && MORE[`${part}: ${fop}`] === undefined,
        );
        expect.soft(more, `${part}: ${[...own]} here, ${[...there]} there`).toEqual([]);
      }
    },
  );
});
