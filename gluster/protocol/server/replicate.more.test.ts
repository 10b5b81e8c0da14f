/**
 * GlusterFS's client replicates to two bricks of glossa, or of GlusterFS, and heals what one of
 * them missed.
 */
import { afterEach, describe, expect, test } from 'vitest';
import { isWithoutBricks } from '../../../test/support/gluster.ts';
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
    'heals data, metadata and entries changed while a brick was down, on bricks that are %s',
    async (whose) => {
      volume = await ReplicatedVolume.start(whose);
      const { mount, bricks } = volume;
      expect(
        await mount.runScript(`
        mkdir d d/sub d/gone; echo text > d/a; head -c 3000000 /dev/urandom > d/large
        echo kept > d/kept; mkfifo d/pipe; ln -s a d/link; mknod d/null c 1 3; ln d/a d/hard
        setfattr -n user.x -v old d/a; setfattr -n user.gone -v 1 d/a; setfattr -n user.d -v 1 d
        touch d/removed; echo name > d/old; chmod 640 d/pipe; touch -d @1000 d/pipe d/null`),
      ).toBe('');
      await expect.poll(() => volume!.readTree(1), PATIENCE).toBe(volume.readTree(0));

      await bricks[1]!.end();
      expect(
        await mount.runScript(`
        echo more >> d/a; printf over | dd of=d/large bs=1 seek=1000000 conv=notrunc status=none
        chmod 751 d; chmod 600 d/a; chown 5:6 d/kept; setfattr -n user.x -v new d/a
        setfattr -x user.gone d/a; setfattr -n user.y -v 2 d/kept; setfattr -n user.d -v 2 d
        rm d/removed d/link; rmdir d/gone; mv d/old d/new; mkdir d/made; echo made > d/made/f
        mkfifo d/made/pipe; ln -s nowhere d/made/link; mknod d/made/zero c 1 5; ln d/kept d/more
        touch -d @2000 d/pipe d/null d/kept; touch -d @3000 d/made/pipe d/made/zero
        chmod 604 d/made/pipe d/null; truncate -s 100000 d/made/f`),
      ).toBe('');
      expect(volume.readTree(1)).not.toBe(volume.readTree(0));
      expect(volume.readPending()).not.toBe('');
      const expected = volume.readTree(0);

      await bricks[1]!.run();
      await expect
        .poll(async () => {
          await volume!.healFiles();
          return volume!.readPending();
        }, PATIENCE)
        .toBe('');
      expect(volume.readTree(1)).toBe(volume.readTree(0));
      expect(volume.readTree(0)).toBe(expected);
      expect(
        await mount.runScript('cat d/made/f | wc -c; cat d/a; stat -c %Y d/pipe d/made/pipe'),
      ).toBe('100000\ntext\nmore\n2000\n3000\n');
    },
  );
});
