/** `glossa setup completion`: what a shell needs to complete command lines of glossa. */

import { didYouMean } from '../runtime/core/nearest.ts';
import { type Command, type Commands, defineCommand } from '../terminal/command.ts';
import { EXIT_OK, UsageError } from '../terminal/exit.ts';
import { takeOperands } from '../terminal/flags.ts';
import { bash } from './completion/bash.ts';
import { fish } from './completion/fish.ts';
import { type Grammar, grammarOf } from './completion/grammar.ts';
import { zsh } from './completion/zsh.ts';

/** By its name: the script that it reads. */
const shells = { bash, zsh, fish } satisfies Record<string, (grammar: Grammar) => string>;

export type Shell = keyof typeof shells;
const names = Object.keys(shells) as Shell[];

/** The script of a shell. */
export async function completionFor(shell: Shell, commands: Commands): Promise<string> {
  const { registry } = await import('../server/registry.ts');
  return shells[shell](await grammarOf(commands, [...registry.types()].sort()));
}

export const completionOf = (commands: Commands): Command =>
  defineCommand({
    usage: [`glossa setup completion ${names.join('|')}`],
    description:
      'Prints what a shell needs to complete command lines of glossa. For one session: ' +
      '`source <(glossa setup completion bash)`, the same in zsh (after compinit), ' +
      "`glossa setup completion fish | source`. 'glossa setup' installs it for good.",
    flags: {},
    async run({ operands }, terminal) {
      const [given] = takeOperands(operands, ['SHELL']);
      const shell = names.find((name) => name === given);
      if (shell === undefined) {
        const guess = didYouMean(given, names) || `; there is ${names.join(', ')}`;
        throw new UsageError(`no completion for the shell '${given}'${guess}`);
      }
      terminal.out((await completionFor(shell, commands)).trimEnd());
      return EXIT_OK;
    },
  });
