/** The manual pages for the programs that show them. */
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { readManualPages } from '../../test/support/manual.ts';
import { isSkipped } from '../../test/support/obstacle.ts';
import { isInstalled } from '../../test/support/tools.ts';

/** Programs that check a page from standard input. */
const readers: readonly (readonly [string, ...string[]])[] = [
  ['mandoc', '-Tlint'],
  ['groff', '-ww', '-z', '-man', '-Tutf8'],
  ['groff', '-ww', '-z', '-man', '-Tascii'],
  ['man', '--warnings', '-l', '-'],
];

describe.each(readers)('manual pages read by %s %s', (program, ...args) => {
  const why = isInstalled(program) ? '' : `${program} is not installed`;
  it.skipIf(isSkipped(`manual pages for ${program}`, why))('give no warnings', async () => {
    for (const [name, input] of await readManualPages()) {
      const env = { ...process.env, LC_ALL: 'C.UTF-8' };
      const { status, stdout, stderr } = spawnSync(program, args, {
        input,
        env,
        encoding: 'utf8',
      });
      // Programs complain on standard output or, beside the page, on standard error.
      const said = program === 'man' ? stderr : stdout + stderr;
      expect({ name, status, said }).toEqual({ name, status: 0, said: '' });
    }
  });
});
