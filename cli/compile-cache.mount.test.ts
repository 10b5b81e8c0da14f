/** A mount that hides the folder of the user's cache from all processes, its own server included. */
import { expect, it } from 'vitest';
import { describeMounts, runGlossa, startMount, withScratch } from '../test/support/mount.ts';

const memory = 'volume mem\n type storage/memory\nend-volume\n';
const both = `${memory}volume top\n type features/negative\n subvolumes mem\nend-volume\n`;

describeMounts('a server whose mount hides its compile cache', () => {
  it('loads further modules while it serves', () =>
    withScratch(async (scratch) => {
      const env = { XDG_CACHE_HOME: await scratch.makeFolder('cache') };
      await scratch.writeFile('both.vol', both);
      // From now on the modules are in the cache.
      expect(await runGlossa(scratch, ['check', 'both.vol'], { env })).toMatchObject({ status: 0 });
      const mount = await startMount(scratch, memory, { name: 'cache', env });
      await scratch.writeFile('cache.vol', both);
      const { status, out } = await runGlossa(scratch, ['reload', 'cache']);
      expect({ status, out }).toEqual({ status: 0, out: expect.stringContaining('top') });
      expect(await mount.stop()).toBe(0);
    }));
});
