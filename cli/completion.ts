/** `glossa setup completion`: prints the script by which a shell completes glossa's commands. */
import { formatSuggestion } from '../runtime/core/nearest.ts';
import { defineCommand } from '../terminal/command.ts';
import { EXIT_OK, UsageError } from '../terminal/exit.ts';
import { takeOperands } from '../terminal/flags.ts';
import { scripts } from './completion/scripts.ts';

const shellNames = Object.keys(scripts) as (keyof typeof scripts)[];

export default defineCommand({
  usage: [`glossa setup completion ${shellNames.join('|')}`],
  description:
    'Prints what a shell needs to complete command lines of glossa. For one session: ' +
    '`source <(glossa setup completion bash)`, the same in zsh (after compinit), ' +
    "`glossa setup completion fish | source`. 'glossa setup' installs it for good.",
  flags: {},
  async run({ operands }, terminal) {
    const [operand] = takeOperands(operands, ['SHELL']);
    const shell = shellNames.find((name) => name === operand);
    if (shell === undefined) {
      const hint = formatSuggestion(operand, shellNames) || `; there is ${shellNames.join(', ')}`;
      throw new UsageError(`no completion for the shell '${operand}'${hint}`);
    }
    terminal.out(scripts[shell].trimEnd());
    return EXIT_OK;
  },
});
