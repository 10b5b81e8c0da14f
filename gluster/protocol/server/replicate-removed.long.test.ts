/**
 * Self-heal of changes in the root that one brick of a replicated volume missed, including removed
 * directories with content: GlusterFS's client removes those as a whole (rmdir with a flag).
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { isWithoutBricks } from '../../../test/support/gluster.ts';
import { listGfidHandles } from '../../../test/support/posix.ts';
import { BRICK_KINDS, ReplicatedVolume } from '../../../test/support/replicated-volume.ts';
import { selectVariants } from '../../../test/support/test-selection.ts';

const PATIENCE = { timeout: 100_000, interval: 500 };

describe.skipIf(isWithoutBricks())('a replicated volume of GlusterFS', () => {
  let volume: ReplicatedVolume | undefined;
  afterEach(async () => {
    await volume?.end();
    volume = undefined;
  });

  test.each(selectVariants(BRICK_KINDS, (kind) => kind === 'ours'))(
    'heals directories removed while a brick was down, on bricks that are %s',
    async (whose) => {
      volume = await ReplicatedVolume.start(whose);
      const { mount, bricks, folder } = volume;
      const outside = join(folder, 'outside');
      mkdirSync(outside);
      writeFileSync(join(outside, 'file'), 'not to be touched');
      expect(
        await mount.runScript(`
        mkdir big other big/sub stays empty; echo a > a; echo r > removed; ln a hard
        seq -f 'big/f%g' 200 | xargs touch; seq -f 'big/sub/f%g' 20 | xargs touch
        ln -s ${outside} big/out; ln -s ../stays big/in; ln -s ${outside}/file big/file
        echo linked > stays/one; seq -f 'big/hard%g' 5 | xargs -n 1 ln stays/one
        echo two > big/two; ln big/two other/two; head -c 300000 /dev/urandom > big/large
        mkdir -p "big/$(seq -s / 20)"; echo deep > "big/$(seq -s / 20)/deep"
        mkfifo big/pipe; mkdir big/closed; echo c > big/closed/c; chmod 000 big/closed; echo open > big/open`),
      ).toBe('');
      await expect.poll(() => volume!.readTree(1), PATIENCE).toBe(volume.readTree(0));

      await bricks[1]!.end();
      expect(
        await mount.runScript(`
        rm removed; rmdir empty; mv a b; echo new > new; mkdir made; echo in > made/in
        ln -s b link; chmod 711 .; setfattr -n user.x -v 1 .; echo more >> hard
        exec 3< big/open
        mv big/large other/large; mv big/f1 other/f1; rm -r big; cat <&3
        mkdir big; echo again > big/f1`),
      ).toBe('open\n');
      const expected = volume.readTree(0);
      await bricks[1]!.run();
      await expect
        .poll(async () => {
          await volume!.healFiles();
          return volume!.readPending();
        }, PATIENCE)
        .toBe('');
      expect(volume.readTree(0)).toBe(expected);
      expect(await mount.runScript('cat b hard link made/in stays/one other/two big/f1')).toBe(
        'a\nmore\na\nmore\na\nmore\nin\nlinked\ntwo\nagain\n',
      );
      expect(readFileSync(join(outside, 'file'), 'utf8')).toBe('not to be touched');
      // GlusterFS's bricks take ten minutes.
      if (whose !== 'ours') return;
      const landfill = join(volume.brickFolder(1), '.glusterfs/landfill');
      await expect.poll(() => readdirSync(landfill), PATIENCE).toEqual([]);
      expect(volume.readTree(1)).toBe(expected);
      const gfids = [0, 1].map((at) => [...listGfidHandles(volume!.brickFolder(at)).keys()].sort());
      expect(gfids[1]).toEqual(gfids[0]);
    },
  );
});
