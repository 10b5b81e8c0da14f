/** `glossa new include-dir`: prints the folder of the header for translators in C. */

import { includeDir } from '../runtime/sys/paths.ts';
import { defineCommand } from '../terminal/command.ts';
import { EXIT_OK } from '../terminal/exit.ts';
import { takeOperands } from '../terminal/flags.ts';

export default defineCommand({
  usage: ['glossa new include-dir'],
  description:
    'Prints the folder of glossa.h, for a compiler: cc -shared -fPIC -I$(glossa new include-dir) -o ' +
    'mine.so mine.c.',
  flags: {},
  async run({ operands }, terminal) {
    takeOperands(operands, []);
    terminal.out(includeDir);
    return EXIT_OK;
  },
});
