/**
 * Compares mounts with the directory under them: random scripts of system calls by several
 * processes, and recorded regressions. `npm run conformance` runs the same for longer.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { isWithoutBricks } from '../support/gluster.ts';
import { describeMounts } from '../support/mount.ts';
import { usesGlusterfs } from '../support/stacks.ts';
import { selectVariants } from '../support/test-selection.ts';
import { Arena, canCompare, type SetupName, setups } from './arena.ts';
import { findDisagreement, replay } from './fuzz.ts';

const REGRESSIONS = join(packageRoot, 'test/conformance/regressions');
const files = readdirSync(REGRESSIONS).sort();

/** The number of scripts for each mount; each has its own scripts. */
export type Amounts = Readonly<Partial<Record<SetupName, number>>>;

/** Fuzzes the usual mounts, or in `test:long` the other ones (../support/test-selection.ts). */
export function describeFuzz(amounts: Amounts, seed: number, usual: readonly SetupName[]): void {
  vi.setConfig({ testTimeout: 600_000, hookTimeout: 60_000 });
  describeMounts('conformance with the bare directory', () => {
    const all = Object.entries(amounts).map(
      ([name, count], at) => [name as SetupName, count, seed + at] as const,
    );
    const mounts = selectVariants(all, ([name]) => usual.includes(name));
    const can = canCompare();
    const canHave = (name: SetupName): boolean =>
      can && !(usesGlusterfs(setups[name].kind) && isWithoutBricks());
    describe.each(mounts)('%s', (name, count, own) => {
      if (!canHave(name))
        return it.skip('runs random scripts without a difference', () => undefined);
      let arena: Arena;
      beforeAll(async () => {
        arena = await Arena.open(name, 'noatime', inject('runFolder'));
      });
      afterAll(async () => {
        if (arena !== undefined) expect(await arena.close()).toEqual({ status: 0, errors: [] });
      });

      it.each(files)('replays %s without a difference', async (file) => {
        expect(await replay(arena, readFileSync(join(REGRESSIONS, file), 'utf8'))).toBe('');
      });

      it(`runs ${count} random scripts from seed ${own} without a difference`, async () => {
        const failing = await findDisagreement(arena, own, count);
        expect(failing === null ? '' : `${failing.report}\n\n${failing.script}`).toBe('');
      });
    });
  });
}
