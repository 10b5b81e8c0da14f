/** Runs the storage contract on every storage. */
import { describe, test } from 'vitest';
import { attrChecks } from './attrs.ts';
import { callerChecks } from './callers.ts';
import { dataChecks } from './data.ts';
import { dirChecks } from './dirs.ts';
import { nameChecks } from './names.ts';
import { setups } from './setups.ts';

const checks = { ...nameChecks, ...attrChecks, ...dataChecks, ...dirChecks, ...callerChecks };

for (const [name, setup] of Object.entries(setups)) {
  describe(`storage/${name}`, () => {
    for (const [title, check] of Object.entries(checks)) {
      test(title, async () => {
        const vol = await setup.start();
        await check(vol, setup);
        await vol.stop();
      });
    }
  });
}
