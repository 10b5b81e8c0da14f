/** `glossa version`, also `glossa --version`: prints the version. */
import { defineCommand } from '../terminal/command.ts';
import { EXIT_OK } from '../terminal/exit.ts';
import { takeOperands } from '../terminal/flags.ts';
import { readPackageVersion } from '../terminal/package-version.ts';

export default defineCommand({
  usage: ['glossa version', 'glossa --version'],
  description: 'Prints the version.',
  flags: {},
  async run({ operands }, terminal) {
    takeOperands(operands, []);
    terminal.out(`glossa ${readPackageVersion()}`);
    return EXIT_OK;
  },
});
