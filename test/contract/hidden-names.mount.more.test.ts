/** Modules that hide names, on mounts: the log warns of one that shows them by readdir, and a complete one hides all. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { hidingModules } from '../support/hiding-modules.ts';
import { describeMounts, startMount, withScratch } from '../support/mount.ts';
import { makeVolfile, withModule } from '../support/stacks.ts';

const COUNT = 3000;

/** Lists a directory with as many hidden names as others, under a module. */
const listUnder = (module: string): Promise<{ readonly hidden: number; readonly log: string }> =>
  new Promise((resolve, reject) => {
    withScratch(async (scratch) => {
      const brick = await scratch.makeFolder('brick');
      mkdirSync(join(brick, 'd'));
      for (let n = 0; n < COUNT; n++) {
        writeFileSync(join(brick, 'd', `secret${n}`), '');
        writeFileSync(join(brick, 'd', `shown${n}`), '');
      }
      const plain = await makeVolfile(scratch, 'posix', brick);
      const mount = await startMount(
        scratch,
        await withModule(scratch, plain, { name: 'hide', text: module }),
      );
      const names = readdirSync(join(mount.path, 'd'));
      expect(names.filter((name) => name.startsWith('shown'))).toHaveLength(COUNT);
      const hidden = names.filter((name) => name.startsWith('secret')).length;
      const log = mount.log();
      expect(await mount.stop()).toBe(0);
      resolve({ hidden, log });
    }).catch(reject);
  });

describeMounts('hidden names', () => {
  it('a module that hides names in lookup and readdirp gets one line in the log, since readdir shows them', async () => {
    const { hidden, log } = await listUnder(hidingModules.lookup_readdirp);
    expect(hidden).toBeGreaterThan(0);
    expect(log.match(/^.* W .*but not readdir.*$/gm)).toHaveLength(1);
  });

  it.each(['everywhere', 'entry_seen'] as const)(
    'a module that hides names in all fops that show them (%s) hides each one, without a warning',
    async (name) => {
      const { hidden, log } = await listUnder(hidingModules[name]);
      expect([hidden, /but not/.test(log)]).toEqual([0, false]);
    },
  );
});
