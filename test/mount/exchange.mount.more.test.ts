/** Repeated exchanges of a mount's graph while processes work on it. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { renderDisk, renderLocks, renderVolume, testNoLoss } from '../support/exchange.ts';
import { describeFrontEnds } from '../support/front-ends.ts';
import { runGlossa, startMount } from '../support/mount.ts';

const stacks = (brick: string): readonly string[] => {
  const plain = renderDisk(brick) + renderLocks('disk');
  return [
    plain,
    plain + renderVolume('cache', 'features/negative', 'locks'),
    plain + renderVolume('script', 'features/glupy', 'locks', 'module-name seen'),
    // Below the locks, which are handed over.
    renderDisk(brick) + renderVolume('count', 'debug/io-stats', 'disk') + renderLocks('count'),
    plain +
      renderVolume('count', 'debug/io-stats', 'locks') +
      renderVolume('cache', 'features/negative', 'count'),
  ];
};

describeFrontEnds('a reload with another graph', ['kernel', 'user'], (front) => {
  testNoLoss(front, stacks);

  it('is refused if the new graph does not start or state would be lost', () =>
    front.withScratch(async (scratch) => {
      const brick = await scratch.makeFolder('brick');
      const all = stacks(brick);
      await scratch.writeFile(
        'seen.py',
        'from glupy import *\nclass xlator(Translator):\n    def init(self):\n        raise InitError("not today")\n',
      );
      const mount = await startMount(scratch, all[0]!);
      await scratch.fs.writeFile(join(mount.path, 'f'), 'text');
      const reloadRefused = async (volfile: string): Promise<string> => {
        await scratch.writeFile('mnt.vol', volfile);
        const { status, out } = await runGlossa(scratch, ['reload', 'mnt']);
        expect(status).toBe(1);
        expect(out).toMatch(/^\S*mnt\.vol: everything stays as it was: /);
        expect(await scratch.fs.readFile(join(mount.path, 'f'), 'utf8')).toBe('text');
        return out;
      };
      expect(await reloadRefused(all[2]!)).toContain('not today');
      expect(await reloadRefused(all[0]!.replace('brick', 'nowhere'))).toContain('nowhere');
      const inside = all[0]!.replace(brick, scratch.path);
      expect(await reloadRefused(inside)).toContain('mount it elsewhere');
      const unlocked = all[0]!.slice(0, all[0]!.indexOf('volume locks'));
      expect(await reloadRefused(unlocked)).toContain('no volume serves locks');
      expect(await mount.stop()).toBe(0);
    }));
});
