/** Requests of a mount that wait for a brick (option reconnect-wait) end when the brick is back. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { clientVolfile } from '../../../test/support/brick-clients.ts';
import { isWithoutBricks, RealBrick } from '../../../test/support/gluster.ts';
import { describeMounts, run, startMount, withScratch } from '../../../test/support/mount.ts';

const PATIENCE = { timeout: 60_000 };
const UNCACHED = ['attribute', 'entry', 'negative'].flatMap((it) => [`--${it}-timeout`, '0']);
const names = Array.from({ length: 40 }, (_, n) => `f${n}`);

describeMounts('requests that wait for a brick', () => {
  it.skipIf(isWithoutBricks())('all complete after the brick was killed and restarted', () =>
    withScratch(async (scratch) => {
      const brick = await RealBrick.start(scratch.path);
      try {
        for (const name of names) writeFileSync(join(brick.files, name), 'a');
        const options = { 'reconnect-wait': '600' };
        const volfile = clientVolfile(brick.port, { options });
        const mount = await startMount(scratch, volfile, { args: UNCACHED });
        const losses = () => mount.log().match(/ is lost/g) ?? [];
        for (const [round, text] of ['a', 'ab'].entries()) {
          const begun = await scratch.makeFolder(`begun${round}`);
          await brick.end('SIGKILL');
          await expect.poll(losses, PATIENCE).toHaveLength(round + 1);
          const ended = names.map(async (name) => {
            const script = ': > "$1"; cat "$0" && printf b >> "$0"';
            const args = [join(mount.path, name), join(begun, name)];
            return run(scratch, 'sh', ['-c', script, ...args], { patience: 0 });
          });
          await expect.poll(() => readdirSync(begun), PATIENCE).toHaveLength(names.length);
          await brick.run();
          const outcomes = await Promise.all(ended);
          expect(outcomes.filter(({ err }) => err !== '')).toEqual([]);
          expect(new Set(outcomes.map(({ out }) => out))).toEqual(new Set([text]));
        }
        expect(readFileSync(join(brick.files, names[7]!), 'utf8')).toBe('abb');
        expect(await mount.stop()).toBe(0);
      } finally {
        await brick.end();
      }
    }),
  );
});
