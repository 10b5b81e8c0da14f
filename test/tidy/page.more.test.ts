/** The programs of pages have the types of a browser, and none of Node's. */
import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

it.each(['trace', 'playground'])('that of %s has no type errors', (name) => {
  const tsc = ['node_modules/typescript/bin/tsc', '-p', `runtime/cli/${name}/page`, '--noEmit'];
  const { status, stdout } = spawnSync(process.execPath, tsc, { encoding: 'utf8' });
  expect(stdout).toBe('');
  expect(status).toBe(0);
});
