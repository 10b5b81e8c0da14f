/** Commands that cannot run: `glossa bench -- COMMAND` refuses them before it starts stacks. */
import { expect, it } from 'vitest';
import { benchVolfile, expectClean, runBench } from '../../../test/support/bench-runs.ts';
import { withScratch } from '../../../test/support/mount.ts';

it.each([
  [['nosuchcmd'], "the command 'nosuchcmd' was not found: it is neither a program of PATH nor"],
  [['/etc/passwd'], "the command '/etc/passwd' cannot be executed: it is no program"],
])('bench refuses a command that cannot run: %j', (command, message) =>
  withScratch(async (scratch) => {
    await scratch.writeFile('a.vol', benchVolfile());
    // A wrong command is a mistake: no other workload is measured.
    const args = ['a.vol', '-w', 'miss', '--', ...command];
    const { status, out, err } = await runBench(scratch, args);
    expect({ status, out }).toEqual({ status: 1, out: '' });
    expect(err.trim().split('\n')).toEqual([expect.stringContaining(message)]);
    expectClean(scratch);
  }),
);
