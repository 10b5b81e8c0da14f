/** The launcher executes a program after its calls: on this machine, and on arm64 where QEMU emulates that. */
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SYSTEM_CALLS } from '../../runtime/sys/system-calls.ts';
import { withScratch } from '../../test/support/mount.ts';
import { findLandlock } from './confinement.ts';
import { assembleLauncher, openProgram } from './launcher.ts';

const QEMU = '/usr/bin/qemu-aarch64';
const SHELL = '/bin/sh';
const SCRIPT = 'grep NoNewPrivs /proc/self/status; echo "$1,$WORD"';
const ARGS = ['-c', SCRIPT, '-', 'an argument'];
const EXECUTED = { status: 0, out: 'NoNewPrivs:\t1\nan argument,a variable\n', channel: '' };
const makeFailure = (name: string) => ({
  ...{ status: 1, out: '', channel: `{"err":"glossa: --confine: ${name} failed"}\n` },
});

/** Makes a close that may fail, and PR_SET_NO_NEW_PRIVS, which takes 1 alone. */
const makeCalls = (column: 0 | 1, value: number) => [
  { name: null, number: SYSTEM_CALLS.close[column], args: [99] },
  { name: 'prctl', number: SYSTEM_CALLS.prctl[column], args: [38, value] },
];

/** Runs a program with the channel, and a further descriptor. */
function run(file: string, args: readonly string[], argv0 = file, fd = 0) {
  const { status, output } = spawnSync(file, args, {
    ...{ argv0, env: { WORD: 'a variable' }, encoding: 'utf8' as const },
    stdio: ['ignore', 'pipe', 'inherit', 'pipe', fd],
  });
  return { status, out: output[1], channel: output[3] };
}

const column = process.arch === 'x64' ? 0 : 1;
describe.skipIf(typeof findLandlock() === 'string' || assembleLauncher([]) === null)(
  'the launcher',
  () => {
    it.each([
      ['executes the program with its arguments and variables', 1, SHELL, EXECUTED],
      ['names a call that fails, and executes nothing', 2, SHELL, makeFailure('prctl')],
      ['names execve that fails', 1, '/no/such', makeFailure('execve')],
    ])('%s', (_, value, program, expected) => {
      const fd = openProgram(assembleLauncher(makeCalls(column, value))!);
      expect(run('/proc/self/fd/4', ARGS, program, fd)).toEqual(expected);
    });
  },
);

it.skipIf(!existsSync(QEMU)).each([
  [1, EXECUTED],
  [2, makeFailure('prctl')],
])('on arm64 executes the program after prctl(38, %i) unless that fails', (value, expected) =>
  withScratch(async (scratch) => {
    const program = assembleLauncher(makeCalls(1, value), 'arm64')!;
    const file = scratch.at('launcher');
    writeFileSync(file, program, { mode: 0o755 });
    expect(run(QEMU, ['-0', SHELL, file, ...ARGS])).toEqual(expected);
  }),
);

it('has no code for a machine without a table of calls', () => {
  expect(assembleLauncher([], 's390x')).toBeNull();
});
