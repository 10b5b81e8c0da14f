/**
 * The attempts of a module in C (attacks.c) on a mount: another program reads and writes during all of
 * them, and the server ends as usual.
 */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeMounts, run, startMount, withScratch } from '../../support/mount.ts';
import { canCompileWasm, compileWasm } from '../../support/wasm.ts';
import { attempts } from './attempts.ts';

/**
 * Attempts that need options of their own, or seconds for their amounts. A call that grows its memory
 * page by page (`grow`) cannot be ended meanwhile: on a busy machine the watchdog ends the process.
 */
const SLOW = /million|30_mb|20000|much_for|too_many|never_answer|in_cancel|wind_for_ever|^grow$/;

const volfile = `volume store
    type storage/memory
end-volume
volume top
    type features/glupy
    option module-name attacks.wasm
    option time-limit 0.5
    option restart-backoff 0
    option memory-limit 256MB
    subvolumes store
end-volume
`;

describeMounts('a mount of a module in C that attacks', () => {
  it.skipIf(!canCompileWasm)('serves during all attempts, and ends as usual', () =>
    withScratch(async (scratch) => {
      compileWasm(join(import.meta.dirname, 'attacks.c'), scratch.at('attacks.wasm'));
      const mount = await startMount(scratch, volfile);
      const { readFile, writeFile } = scratch.fs;
      const path = join(mount.path, 'file');
      await writeFile(path, 'text');
      const getxattr = async (name: string): Promise<string> =>
        (await run(scratch, 'getfattr', ['-n', `user.${name}`, path])).err;

      let [served, isOver] = [0, false];
      const other = (async () => {
        for (let count = 0; !isOver; count += 1) {
          const file = join(mount.path, `other${count}`);
          await writeFile(file, `${count}`);
          expect(await readFile(file, 'utf8')).toBe(`${count}`);
          served += 1;
        }
      })();
      for (const { name, goesOn } of attempts.filter((row) => !SLOW.test(row.name))) {
        const before = served;
        const err = await getxattr(name);
        expect(err).toMatch(/Operation not permitted|Input\/output error/);
        // The attempt may still go on.
        await expect.poll(() => served, { timeout: 60_000 }).toBeGreaterThan(before + 1);
        if (goesOn === true) await getxattr('calm');
        expect(mount.child.exitCode ?? mount.child.signalCode).toBeNull();
      }
      isOver = true;
      await other;
      await getxattr('calm');
      expect(await getxattr('plain')).toMatch(/No such attribute/);
      const log = mount.log();
      expect(log).toMatch(/getxattr failed: an access outside of its memory/);
      expect(log).toMatch(/timer: a call ran too long|timer failed|ran too long/);
      expect(log).toMatch(/unknown kind of message/);
      expect(await mount.stop()).toBe(0);
    }),
  );
});
