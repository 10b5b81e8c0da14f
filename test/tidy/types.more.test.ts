/**
 * Checks Python with pyright: the examples against the package's types, the package glossa, and the engine's own part.
 * Excluded are files over packages that have no types, or that pyright cannot find (fsspec, pandas, Pillow).
 */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';

const pyright = join(dirname(createRequire(import.meta.url).resolve('pyright')), 'index.js');

it('the examples and the Python sources of the interpreters have no type errors', () => {
  const run = spawnSync(process.execPath, [pyright], { encoding: 'utf8' });
  expect(run.stdout).toContain('0 errors, 0 warnings');
});
