/** Tests of the closing lines of a test run: each failure by its name, with the reason. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../../runtime/sys/paths.ts';

const FILE = `
describe('a stage', () => {
  afterAll(() => { throw new Error('the log has an error'); });
  it('serves files', () => {});
  it('keeps gfids', () => { throw new Error('a gfid is shown'); });
});
`;

it('the closing lines name each failed test and hook with its reason', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'glossa-closing-line-'));
  try {
    await writeFile(join(folder, 'some.test.ts'), FILE);
    const args = ['run', '--root', folder, '--globals', '--no-cache'];
    const reporter = join(packageRoot, 'test/support/closing-line.ts');
    const vitest = join(packageRoot, 'node_modules/vitest/vitest.mjs');
    const out = await new Promise<string>((resolve) => {
      const env = { ...process.env, NO_COLOR: '1', VITEST: undefined };
      const command = [vitest, ...args, '--reporter', reporter];
      execFile(process.execPath, command, { env, cwd: folder }, (_, stdout) => resolve(stdout));
    });
    expect(out.trimEnd().split('\n')).toEqual([
      'failed: some.test.ts > a stage > keeps gfids: a gfid is shown',
      'failed: some.test.ts > a stage: the log has an error',
      '1 passed, 2 failed',
    ]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
