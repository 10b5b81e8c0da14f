/** The completion scripts in their shells, driven by keys on a terminal. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeFolder } from '../../test/support/folder.ts';
import { glossaCommand } from '../../test/support/mount.ts';
import { isSkipped } from '../../test/support/obstacle.ts';
import { PseudoTerminal } from '../../test/support/pty.ts';
import { isInstalled } from '../../test/support/tools.ts';
import { scripts } from './scripts.ts';

const scratch = makeFolder();
const home = join(scratch, 'home');
/** The files to complete. */
const folder = join(scratch, 'here');
mkdirSync(home);
mkdirSync(join(folder, 'below'), { recursive: true });
for (const name of ['a.vol', 'b c.vol', 'notes.txt', 'mine.py', 'run.json']) {
  writeFileSync(join(folder, name), '');
}

/** Typed lines, and the candidates for the last word. */
const cases: readonly (readonly [typed: string, offered: readonly string[]])[] = [
  ['umo', ['umount']],
  ['mount ', ['a.vol', 'b c.vol', 'below', 'mine.py']],
  ['mount a.vol ', ['below']],
  ['-f a', ['a.vol']],
  ['mount --log-l', ['--log-level']],
  ['mount --fuse=k', ['--fuse=kernel']],
  ['mount --fuse ', ['fuse-native', 'kernel']],
  ['mount -l n', ['notes.txt']],
  ['mount -l notes.txt a', ['a.vol']],
  ['repl ', ['a.vol', 'b c.vol', 'below', 'mine.py']],
  ['test mine.py m', ['mine.py']],
  ['new p', ['python']],
  ['new python p', []],
  ['help storage/', ['storage/memory', 'storage/posix']],
  ['help moun', ['mount', 'mount.glossa', 'mounts']],
  ['bench com', ['compare']],
  ['bench compare r', ['run.json']],
  ['bench compare run.json --j', ['--json']],
  ['bench --in python,t', ['python,typescript']],
  ['setup ', ['completion']],
  ['setup completion ', ['bash', 'fish', 'zsh']],
  ['run a.vol -- mkfif', ['mkfifo']],
  ['check a.vol -- mkfif', []],
];

const PROMPT = 'ready> ';
/** Shows the line after all candidates were inserted. */
const SHOW = `glossa() { printf '\\nshown'; printf '<%s>' "$@"; echo; }`;

const startUp = {
  bash: (script: string) => ({
    bashrc: `PS1='${PROMPT}'\nsource ${script}\nbind '"\\C-o": insert-completions'\n${SHOW}`,
  }),
  zsh: (script: string) => ({
    '.zshrc': `PS1='${PROMPT}'
      autoload -Uz compinit && compinit -u -D
      source ${script}
      ${SHOW}
      all() { _main_complete _complete; compstate[insert]=all; compstate[list]= }
      zle -C all complete-word all
      bindkey '^O' all`,
  }),
};
const started = {
  bash: `bash --noprofile --rcfile ${join(home, 'bashrc')} -i`,
  zsh: 'zsh -i',
};

function script(shell: keyof typeof scripts): string {
  const path = join(home, `glossa.${shell}`);
  writeFileSync(path, scripts[shell]);
  return path;
}

/** The PATH in which the scripts find the program. */
const PATH = `${home}:${process.env.PATH}`;
writeFileSync(join(home, 'glossa'), `#!/bin/sh\nexec ${glossaCommand} "$@"\n`, {
  mode: 0o755,
});

/** The completions of the last word; the word itself without candidates. */
const completed = (typed: string, offered: readonly string[]): string[] => {
  const words = typed.split(' ');
  const last = words.pop()!;
  const kept = offered.length === 0 && last !== '' ? [last] : offered;
  return [...words, ...[...kept].sort()];
};

const why = (...tools: readonly string[]): string => {
  const missing = tools.find((tool) => !isInstalled(tool));
  return missing === undefined ? '' : `${missing} is not installed`;
};

describe.each(['bash', 'zsh'] as const)('completion in %s', (shell) => {
  const missing = why(shell, 'script');
  describe.skipIf(isSkipped(`completion in ${shell}`, missing))('on a terminal', () => {
    it('inserts the candidates for the last word', async () => {
      const files = startUp[shell](script(shell));
      for (const [path, text] of Object.entries(files)) writeFileSync(join(home, path), text);
      const terminal = new PseudoTerminal(started[shell], folder, { HOME: home, PATH });
      const shown: string[][] = [];
      for (const [typed] of cases) {
        await terminal.readUntil(/ready> /);
        terminal.type(`glossa ${typed}\x0f\n`);
        const [, line] = await terminal.readUntil(/\nshown((?:<[^\n]*>)?)\r?\n/);
        const words = [...line!.matchAll(/<([^>]*)>/g)].map((match) => match[1]!);
        const kept = typed.split(' ').length - 1;
        shown.push([...words.slice(0, kept), ...words.slice(kept).sort()]);
      }
      await terminal.readUntil(/ready> /);
      await terminal.end('exit\n');
      expect(shown).toEqual(cases.map(([typed, offered]) => completed(typed, offered)));
    });
  });
});

describe.skipIf(isSkipped('completion in fish', why('fish')))('completion in fish', () => {
  it('inserts the candidates for the last word', async () => {
    const path = script('fish');
    const offers = cases.map(([typed]) => {
      const line = `source ${path}; complete -C 'glossa ${typed}'`;
      const env = { ...process.env, HOME: home, PATH };
      const text = execFileSync('fish', ['-c', line], { cwd: folder, env, encoding: 'utf8' });
      return text
        .split('\n')
        .filter(Boolean)
        .map((each) => each.replace(/\t.*|\/$/g, ''));
    });
    expect(offers.map((words) => words.sort())).toEqual(
      cases.map(([, offered]) => [...offered].sort()),
    );
  });
});
