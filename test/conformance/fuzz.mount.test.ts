/**
 * The mount does as the directory under it: scripts of random system calls by several processes,
 * and those that once showed a difference. `npm run conformance` goes on for longer.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { describeMounts } from '../support/mount.ts';
import { errorsIn } from '../support/stage.ts';
import { Arena, canCompare, type SetupName } from './arena.ts';
import { fuzz, replay } from './fuzz.ts';

vi.setConfig({ testTimeout: 600_000, hookTimeout: 60_000 });

/** How many scripts on each mount. */
const scripts: Readonly<Record<SetupName, number>> = {
  posix: 1200,
  served: 800,
  doubting: 300,
  believing: 500,
  forgetful: 400,
  writeback: 400,
  locks: 400,
  python: 1200,
  rebuilt: 300,
  awaited: 300,
};
const SEED = 20_260_000;

const REGRESSIONS = join(packageRoot, 'test/conformance/regressions');
const files = readdirSync(REGRESSIONS).sort();

describeMounts('conformance', () => {
  describe.skipIf(!canCompare()).each(Object.entries(scripts))('%s', (name, count) => {
    let arena: Arena;
    beforeAll(async () => {
      arena = await Arena.open(name as SetupName);
    });
    afterAll(async () => {
      if (arena === undefined) return;
      const log = arena.mount.log();
      expect(await arena.close()).toBe(0);
      expect(errorsIn(log)).toEqual([]);
    });

    it.each(files)('%s', async (file) => {
      expect(await replay(arena, readFileSync(join(REGRESSIONS, file), 'utf8'))).toBe('');
    });

    it(`${count} random scripts`, async () => {
      const found = await fuzz(arena, SEED, count);
      expect(found === null ? '' : `${found.report}\n\n${found.script}`).toBe('');
    });
  });
});
