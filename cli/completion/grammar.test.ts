import { expect, it } from 'vitest';
import { command } from '../../test/support/cli.ts';
import { commands } from '../commands.ts';
import { grammarOf } from './grammar.ts';

const grammar = await grammarOf(commands, ['storage/posix']);

const found = (name: string) => grammar.find((each) => each.name === name)!;

it('knows what every word in capitals stands for, in every usage and flag', () => {
  expect(grammar.map(({ name }) => name)).toEqual([...commands.keys()]);
});

it('reads operands from all usages', () => {
  expect(found('mount').operands).toEqual([
    { label: 'VOLFILE', kinds: [{ files: ['.vol'] }], repeats: false },
    { label: 'MNT', kinds: ['folder'], repeats: false },
  ]);
  expect(found('umount').operands.map(({ kinds }) => kinds)).toEqual([
    [{ files: ['.vol'] }, 'mount'],
  ]);
  expect(found('repl').operands[0]!.kinds).toEqual([
    { files: expect.arrayContaining(['.vol', '.py']) },
  ]);
  expect(found('test').operands).toMatchObject([{ label: 'MODULE', repeats: true }]);
  expect(found('help').operands[0]!.kinds).toEqual([
    { words: expect.arrayContaining(['types', 'mount', 'storage/posix']) },
  ]);
});

it('has what stands behind a flag, and -- where another command follows', () => {
  const option = (name: string, flag: string) =>
    found(name).options.find((each) => each.name === flag)!;
  expect(option('mount', 'fuse').value).toEqual({
    label: 'WAY',
    kind: { words: ['kernel', 'fuse-native'], several: false },
  });
  expect(option('mount', 'read-only').value).toBeNull();
  expect(option('bench', 'workload').value!.kind).toMatchObject({ several: true });
  expect(found('run').hasRest).toBe(true);
  expect(found('mount').hasRest).toBe(false);
});

it.each([
  ['tcsh', '; there is bash, zsh, fish'],
  ['bahs', " (did you mean 'bash'?)"],
])('has nothing for the shell %s', async (shell, guess) => {
  const { status, out, err } = await command(['setup', 'completion', shell]);
  expect({ status, out }).toEqual({ status: 2, out: '' });
  expect(err).toMatch(`glossa setup completion: no completion for the shell '${shell}'${guess}\n`);
});
