/** The program of the page of `glossa trace --html` has the types of a browser, and none of Node's. */
import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

it('has no type errors', () => {
  const tsc = ['node_modules/typescript/bin/tsc', '-p', 'runtime/cli/trace/page', '--noEmit'];
  const { status, stdout } = spawnSync(process.execPath, tsc, { encoding: 'utf8' });
  expect(stdout).toBe('');
  expect(status).toBe(0);
});
