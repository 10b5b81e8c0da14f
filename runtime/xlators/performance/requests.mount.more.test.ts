/**
 * What arrives below the caches of GlusterFS's client, and of ours, over a brick of GlusterFS's, for
 * the same things done in the mount: ours asks for no more, but where a row says so.
 */
import { afterEach, expect, it } from 'vitest';
import { volume } from '../../../test/support/brick-clients.ts';
import { noBricks, RealBrick, RealMount } from '../../../test/support/gluster.ts';
import {
  describeMounts,
  makeScratch,
  run,
  type Scratch,
  startMount,
} from '../../../test/support/mount.ts';
import { findFop } from '../../core/fops.ts';

const LATELY = { 'md-cache-timeout': '60' };

const client = (port: number): string =>
  [
    volume(
      'client',
      'protocol/client',
      { 'remote-host': '127.0.0.1', 'remote-port': `${port}`, 'remote-subvolume': 'brick' },
      null,
    ),
    volume('trace', 'debug/trace', { 'log-file': 'yes' }, 'client'),
    volume('wb', 'performance/write-behind', {}, 'trace'),
    volume('ob', 'performance/open-behind', {}, 'wb'),
    volume('qr', 'performance/quick-read', { 'cache-timeout': '60' }, 'ob'),
    volume('mdc', 'performance/md-cache', LATELY, 'qr'),
  ].join('\n');

const SCRIPT = `set -e
mkdir d; cd d
for i in 1 2 3; do echo $i > f$i; done
dd if=/dev/zero of=w bs=4096 count=64 2>/dev/null
for i in 1 2 3 4 5; do cat f1; done
stat -c %s f1 f1 f2 w
chmod 600 f3; ln f3 f4; rm f2; ls; sum w
cd ..; rm -r d`;

/** What ours asks for more often, and why. */
const MORE: Readonly<Record<string, string>> = {
  readv: 'below a trace, pages of what was written do not stay with the kernel when it is opened',
  open: 'for these',
  flush: 'and closed',
  readdir: 'the kernel asks without attributes where nobody looked at any',
};

/** How often each fop has gone down, by the log of debug/trace. */
function counts(log: string): Map<string, number> {
  const found = new Map<string, number>();
  for (const [, fop] of log.matchAll(/:trace_([a-z]+)\] /g)) {
    if (findFop(fop!) !== undefined) found.set(fop!, (found.get(fop!) ?? 0) + 1);
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

  it.skipIf(noBricks())("ours asks for no more than GlusterFS's", async () => {
    scratch = await makeScratch();
    brick = await RealBrick.start(scratch.path);
    const never = ['attribute', 'entry', 'negative'].flatMap((what) => [`--${what}-timeout`, '0']);
    const ours = await startMount(scratch, client(brick.port), { name: 'ours', args: never });
    theirs = await RealMount.start(scratch.path, 'theirs', client(brick.port));
    const from = { ours: ours.log().length, theirs: theirs.logged.length };
    const said = await theirs.sh(SCRIPT);
    const logOfTheirs = theirs.logged.slice(from.theirs);
    const here = await run(scratch, 'sh', ['-c', `cd ${ours.path}\n${SCRIPT}`]);
    expect(here).toMatchObject({ status: 0, out: said });
    const [a, b] = [counts(ours.log().slice(from.ours)), counts(logOfTheirs)];
    expect(b.get('writev')).toBeGreaterThan(0);
    expect(a.get('writev')).toBeLessThan(67);
    for (const [fop, count] of a) {
      if (fop in MORE || fop === 'writev') continue;
      expect(count, `${fop}: ${[...a]} here, ${[...b]} there`).toBeLessThanOrEqual(b.get(fop) ?? 0);
    }
  });
});
