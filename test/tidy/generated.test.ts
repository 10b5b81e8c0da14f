/** Tests that generated files match their generators' output. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { generateOutputs, isFormatted } from '../../tools/gen/outputs.ts';

/** As `npm run gen` writes it. */
function formatSource(path: string, text: string): string {
  const biome = join('node_modules', '.bin', 'biome');
  const run = spawnSync(biome, ['format', `--stdin-file-path=${path}`], {
    input: text,
    encoding: 'utf8',
  });
  expect(run.status, run.stderr).toBe(0);
  return run.stdout;
}

it.each(generateOutputs().map(({ path, text }) => [path, text]))(
  'the generated file %s is up to date',
  (path, text) => {
    const expected = isFormatted(path) ? formatSource(path, text) : text;
    // Compared as a whole: a printed difference would have thousands of lines.
    expect(readFileSync(path, 'utf8') === expected, 'run `npm run gen`').toBe(true);
  },
);

it('every generated file is marked as generated', () => {
  for (const { path, text } of generateOutputs()) {
    expect(text.slice(0, 200), path).toMatch(/Generated from .* Do not edit\./);
  }
});
