/** `glossa fs`: works with the files of a volume, without a mount. Its subcommands are in fs/. */
import { defineCommand } from '../terminal/command.ts';
import { UsageError } from '../terminal/exit.ts';

export default defineCommand({
  usage: [
    'glossa fs ls VOLFILE:/PATH… [options]',
    'glossa fs cat VOLFILE:/PATH…',
    'glossa fs cp FROM… TO [options]',
    'glossa fs rm VOLFILE:/PATH… [options]',
    'glossa fs stat VOLFILE:/PATH… [options]',
    'glossa fs find VOLFILE:/PATH… [options]',
  ],
  description:
    'Works with the files of a volume without a mount. VOLFILE:/PATH is a file of the volume that VOLFILE ' +
    'describes, HOST:/NAME:/PATH one of the volume NAME of a server such as glusterd. `glossa help fs cp` ' +
    'and so on explain each command.',
  flags: {},
  placeholderKinds: { FROM: { files: [] }, TO: { files: [] } },
  async run({ operands: [first] }) {
    throw new UsageError(first === undefined ? 'which command?' : `there is no 'fs ${first}'`);
  },
});
