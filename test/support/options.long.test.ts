/** Tests of the command lines of `npm run conformance` and `npm run stress`. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../runtime/sys/paths.ts';

const programs = {
  conformance: [
    '--minutes',
    '--seed',
    '--mount',
    '--without',
    '--replay',
    '--listing',
    '--names',
    '--stack',
  ],
  stress: ['--minutes', '--only'],
};

describe.each(Object.entries(programs))('npm run %s', (name, options) => {
  const run = (...args: string[]) => {
    const program = join(packageRoot, 'test', name, 'main.ts');
    const command = ['--import', import.meta.resolve('tsx'), program, ...args];
    const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8' });
    return { status, stdout, stderr };
  };

  it('--help prints the usage and every option', () => {
    const { status, stdout, stderr } = run('--help');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain(`npm run ${name} -- `);
    expect(stdout.match(/^ {2}--[a-z]+/gm)?.map((line) => line.trim())).toEqual([
      ...options,
      '--help',
    ]);
  });

  it.each([
    ['--nonsense', "Unknown option '--nonsense'"],
    ['--minutes=soon', '--minutes soon: a number is wanted'],
  ])('refuses %s and prints the usage', (arg, message) => {
    const { status, stdout, stderr } = run(arg);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr.startsWith(message)).toBe(true);
    expect(stderr).toContain(`npm run ${name} -- `);
    expect(stderr).not.toContain('    at ');
  });
});
