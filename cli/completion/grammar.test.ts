import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { defaultKinds } from '../../terminal/completion-kinds.ts';
import { runCommand } from '../../test/support/cli.ts';
import { makeFolder } from '../../test/support/folder.ts';
import { commands } from '../commands.ts';
import { deriveGrammar } from './candidates.ts';

const topics = { COMMAND: 'free', TYPE: 'free' } as const;
const found = async (name: string) =>
  deriveGrammar(name, (await commands.get(name)!.load()).default, topics);

/** The lines for the shell: without the first one and the descriptions. */
async function offered(...words: string[]): Promise<string[]> {
  const { out } = await runCommand(['complete', '--', ...words]);
  return out
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split('\t')[0]!);
}
const first = async (...words: string[]): Promise<string> =>
  (await runCommand(['complete', '--', ...words])).out.split('\n')[0]!;

const folder = makeFolder();
mkdirSync(join(folder, 'below'));
symlinkSync('below', join(folder, 'link'));
for (const name of ['a.vol', 'b c.vol', 'm.py', 'm.js', 'notes.txt', '.hidden.vol']) {
  writeFileSync(join(folder, name), '');
}
const at = (...names: string[]): string[] => names.map((name) => join(folder, name));

it('shell completion knows each placeholder in the usages and flags of every command', async () => {
  for (const name of commands.keys()) await found(name);
});

it('shell completion knows the operands in all usages of a command', async () => {
  expect((await found('mount')).operands).toEqual([
    { kinds: [{ files: ['.vol'] }, defaultKinds.MODULE], repeats: false },
    { kinds: ['folder'], repeats: false },
  ]);
  expect((await found('umount')).operands).toEqual([
    { kinds: ['mount', { files: ['.vol'] }], repeats: false },
  ]);
  expect((await found('test')).operands).toMatchObject([{ repeats: true }]);
  expect((await found('trace')).operands.length).toBe(1);
  expect((await found('mount')).options.get('--fuse')!.value).toEqual({
    words: ['kernel', 'fuse-native'],
    several: false,
  });
  expect((await found('mount')).options.get('--read-only')!.value).toBeNull();
});

it('shell completion offers commands for the first word, and subcommands for the second', async () => {
  expect(await offered('umo')).toEqual(['umount']);
  expect(await offered('')).toContain('mount');
  expect((await runCommand(['complete', '--', 'umo'])).out).toMatch(
    /^words\numount\tunmount, also after a crash/,
  );
  expect(await offered('setup', '')).toEqual(['completion']);
  expect(await offered('setup', 'completion', 'f')).toEqual(['fish']);
  expect(await offered('nothing', '')).toEqual([]);
});

it("shell completion of an operand offers files with the command's extensions, and folders with a slash", async () => {
  const all = ['a.vol', 'b c.vol', 'below/', 'link/', 'm.js', 'm.py'];
  expect((await offered('mount', `${folder}/`)).sort()).toEqual(at(...all));
  expect(await offered('mount', join(folder, '.h'))).toEqual(at('.hidden.vol'));
  expect((await offered('repl', `${folder}/m`)).sort()).toEqual(at('m.js', 'm.py'));
  expect(await offered('mount', 'a.vol', `${folder}/`)).toEqual(at('below/', 'link/'));
  expect(await offered('test', 'm.py', `${folder}/m.p`)).toEqual(at('m.py'));
  expect(await offered('mount', '/nothing/such/')).toEqual([]);
  expect(await first('mount', '')).toBe('files');
});

it('shell completion offers options and their values, also after =', async () => {
  expect(await offered('mount', '--log-le')).toEqual(['--log-level']);
  expect(await offered('-')).toContain('--volfile');
  expect(await offered('mount', '--fuse', '')).toEqual(['kernel', 'fuse-native']);
  expect(await offered('mount', '--fuse=k')).toEqual(['--fuse=kernel']);
  expect(await offered('mount', '--fuse', '=')).toEqual(['kernel', 'fuse-native']);
  expect(await offered('mount', '--fuse', '=', 'k')).toEqual(['kernel']);
  expect(await offered('mount', '-l', `${folder}/n`)).toEqual(at('notes.txt'));
  expect(await offered('bench', '--in', 'python,t')).toEqual(['python,typescript']);
  expect(await offered('help', 'storage/')).toEqual(['storage/memory', 'storage/posix']);
});

it('shell completion leaves the words after -- to the shell, for commands that run another command', async () => {
  expect(await first('run', 'a.vol', '--', 'mk')).toBe('rest 4');
  expect(await first('check', 'a.vol', '--', 'mk')).toBe('words');
  expect(await offered('check', 'a.vol', '--', 'mk')).toEqual([]);
});

it.each([
  ['tcsh', '; there is bash, zsh, fish'],
  ['bahs', " (did you mean 'bash'?)"],
])('glossa setup completion refuses the shell %s', async (shell, guess) => {
  const { status, out, err } = await runCommand(['setup', 'completion', shell]);
  expect({ status, out }).toEqual({ status: 2, out: '' });
  expect(err).toMatch(`glossa setup completion: no completion for the shell '${shell}'${guess}\n`);
});
