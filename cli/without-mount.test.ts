import { expect, it } from 'vitest';
import { makeMountError } from '../runtime/mount/fuse/mount-error.ts';
import { advices, type MountingCommand, makeMountFailure } from '../server/without-mount.ts';
import { commands } from './commands.ts';

it.each(Object.entries(advices))('the advice of %s names commands that exist', (name, advice) => {
  expect(commands.has(name)).toBe(true);
  const named = [...advice.matchAll(/'glossa ([a-z]+)/g)].map(([, command]) => command!);
  expect(named.length).toBeGreaterThan(0);
  for (const command of named) {
    expect(commands.has(command)).toBe(true);
    // A command that mounts is no advice, unless by a flag that does without.
    if (command in advices) expect(advice).toContain(`'glossa ${command} --in-process'`);
  }
});

it.each<[MountingCommand, string]>([
  ['run', 'MOUNT_NO_FUSE'],
  ['trace', 'MOUNT_NOT_PERMITTED'],
])('the failure of %s has its advice where nothing can be mounted', (command, code) => {
  const failure = makeMountFailure(makeMountError(code as 'MOUNT_NO_FUSE', '/mnt'), command);
  expect(failure.message.split('\n')[1]).toBe(`    without a mount, ${advices[command]}`);
});

it('the failure of a mount point that another one can replace has no advice', () => {
  const failure = makeMountFailure(makeMountError('MOUNT_POINT_DEAD', '/mnt'), 'run');
  expect(failure.message).toMatch(/remove it with 'glossa umount \/mnt'$/);
});
