/** The file that npm links as `glossa`, in a checkout and in one that is not built. */
import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../runtime/sys/paths.ts';
import { run, withScratch } from '../test/support/mount.ts';

const program = join(packageRoot, 'cli/glossa.cjs');

it('npx glossa in a checkout that is built starts the program', () =>
  withScratch(async (scratch) => {
    const { out } = await run(scratch, program, ['version']);
    expect(out).toMatch(/^glossa \d/);
  }));

it('npx glossa in a checkout that is not built names the command that builds it', () =>
  withScratch(async (scratch) => {
    await mkdir(scratch.at('cli'));
    await cp(program, scratch.at('cli/glossa.cjs'));
    const { status, out, err } = await run(scratch, scratch.at('cli/glossa.cjs'), ['demo']);
    expect({ status, out }).toEqual({ status: 1, out: '' });
    expect(err).toMatch(/^glossa: .*not built.* 'npm run build'/);
  }));
