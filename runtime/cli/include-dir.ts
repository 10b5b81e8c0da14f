/** `glossa include-dir`: where the header for translators in C is. */
import { join } from 'node:path';
import { packageRoot } from '../sys/paths.ts';
import { defineCommand } from './command.ts';
import { EXIT_OK } from './exit.ts';
import { takeOperands } from './flags.ts';

/** The folder of glossa.h. */
export const includeDir: string = join(packageRoot, 'bridges', 'native');

export default defineCommand({
  usage: ['glossa include-dir'],
  description:
    'Prints the folder of glossa.h, for a compiler: cc -shared -fPIC -I$(glossa include-dir) -o ' +
    'mine.so mine.c.',
  flags: {},
  async run({ operands }, terminal) {
    takeOperands(operands, []);
    terminal.out(includeDir);
    return EXIT_OK;
  },
});
