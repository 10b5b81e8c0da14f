/** Runs the storage contract with a Python module in between that passes every fop on. */
import { describe, test } from 'vitest';
import glupy from '../../../bridges/glupy.ts';
import memory from '../../../runtime/xlators/storage/memory/index.ts';
import { attrChecks } from '../attrs.ts';
import { dataChecks } from '../data.ts';
import { dirChecks } from '../dirs.ts';
import { type AnyTranslator, startVolume } from '../driver.ts';
import { nameChecks } from '../names.ts';
import { makeContractModules } from './modules.ts';

const checks = { ...nameChecks, ...attrChecks, ...dataChecks, ...dirChecks };
const folder = makeContractModules('python');

/**
 * Each check runs under one of the modules in turn: every fop passes both many times, and no check
 * depends on the module.
 */
export function storageContract(...modules: readonly string[]): void {
  describe('storage/memory', () => {
    for (const [at, [title, check]] of Object.entries(checks).entries()) {
      const name = modules[at % modules.length]!;
      test(`${title}, under ${name}.py`, async () => {
        const options = { 'module-name': name, 'module-path': folder };
        const vol = await startVolume([
          { name: 'disk', translator: memory },
          { name: 'python', translator: glupy as unknown as AnyTranslator, options },
        ]);
        await check(vol, { privileged: true });
        await vol.stop();
      });
    }
  });
}
