import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { OTHER } from '../test/support/client.ts';
import {
  describeMounts,
  NEGATIVE_VOLFILE,
  runGlossa,
  startMount,
  withScratch,
} from '../test/support/mount.ts';

import { isRoot } from '../test/support/posix.ts';
import { prepareProgram } from '../test/support/user.ts';

describeMounts('glossa stats', () => {
  it('prints the counters of all translators of a mount', () =>
    withScratch(async (scratch) => {
      const mount = await startMount(scratch, NEGATIVE_VOLFILE);
      await writeFile(join(mount.path, 'f'), 'x'.repeat(10_000));
      const shown = await runGlossa(scratch, ['stats', 'mnt']);
      expect(shown).toMatchObject({ status: 0, err: '' });
      expect(shown.out).toMatch(/^fuse {2}mount\/fuse\n {4}requests +\d/);
      expect(shown.out).toMatch(/\ntop {2}features\/negative\n {4}\S/);
      expect(shown.out).toMatch('\nmem  storage/memory\n');
      const { status, out } = await runGlossa(scratch, ['stats', 'mnt', '--json']);
      expect(status).toBe(0);
      expect(JSON.parse(out)).toEqual({
        volumes: [
          expect.objectContaining({ name: 'fuse', type: 'mount/fuse' }),
          expect.objectContaining({ name: 'top', type: 'features/negative' }),
          {
            name: 'mem',
            type: 'storage/memory',
            dump: expect.objectContaining({ 'data-bytes': 12_288 }),
          },
        ],
      });
      expect(await mount.stop()).toBe(0);
    }));

  it('prints and resets the profile of an io-stats volume', () =>
    withScratch(async (scratch) => {
      const folder = scratch.at('run');
      const counting = `${NEGATIVE_VOLFILE}volume counting
    type debug/io-stats
    option latency-measurement on
    subvolumes top
end-volume
`;
      const mount = await startMount(scratch, counting, { args: ['--statedump-path', folder] });
      await writeFile(join(mount.path, 'f'), 'x'.repeat(10_000));
      const profile = await runGlossa(scratch, ['stats', 'mnt', '--profile']);
      expect(profile).toMatchObject({ status: 0, err: '' });
      expect(profile.out).toMatch(
        /^Volume: counting\n-+\nCumulative Stats:\n +Block Size: +8192b\+\n/,
      );
      expect(profile.out).toMatch(/ us +1 +WRITE\n.*\nInterval 0 Stats:/s);
      // Each writer can set a name in user.; the server checks the caller.
      const set = `python3 -c 'import os; os.setxattr(".", "user.io-stats-dump", b"now")'`;
      expect(await scratch.startClient(mount.path, set).outcome).toMatchObject({
        status: 0,
        err: '',
      });
      expect(await readFile(join(folder, 'now.counting'), 'utf8')).toContain(
        '"gluster.counting.aggr.fop.write.count": 1,\n',
      );
      expect(await runGlossa(scratch, ['stats', 'mnt', '--reset', '--json'])).toMatchObject({
        status: 0,
        out: '[\n  "counting",\n  "top"\n]\n',
      });
      const after = await runGlossa(scratch, ['stats', 'mnt', '--profile']);
      expect(after.out).not.toContain('WRITE');
      expect(await mount.stop()).toBe(0);
    }));

  it('fails with --profile if the volfile has no io-stats volume', () =>
    withScratch(async (scratch) => {
      const mount = await startMount(scratch, NEGATIVE_VOLFILE);
      expect(await runGlossa(scratch, ['stats', 'mnt', '--profile'])).toMatchObject({
        status: 1,
        err: 'glossa: mnt has no volume of type debug/io-stats\n',
      });
      expect(await runGlossa(scratch, ['stats', 'mnt', '--reset', '--profile'])).toMatchObject({
        status: 2,
      });
      expect(await mount.stop()).toBe(0);
    }));

  it.runIf(isRoot)('fails for users other than root and the user who mounted', () =>
    withScratch(async (scratch) => {
      const other = await prepareProgram(scratch, OTHER);
      const mount = await startMount(scratch, NEGATIVE_VOLFILE);
      const { outcome } = scratch.startClient(mount.path, 'cat f', { as: OTHER });
      expect((await outcome).err).toMatch('No such file');
      expect(await runGlossa(scratch, ['stats', 'mnt'], other)).toMatchObject({
        status: 1,
        err: 'glossa: only root and the user who mounted mnt may ask its server\n',
      });
      expect(await runGlossa(scratch, ['stats', 'mnt', '--reset'], other)).toMatchObject({
        status: 1,
        err: 'glossa: only root and the user who mounted mnt may ask its server\n',
      });
      expect(await mount.stop()).toBe(0);
    }),
  );

  it('fails for a folder without a mount of glossa', () =>
    withScratch(async (scratch) => {
      expect(await runGlossa(scratch, ['stats', '.'])).toMatchObject({
        status: 1,
        err: 'glossa: . is not a mount of glossa: nothing is mounted there\n',
      });
    }));
});
