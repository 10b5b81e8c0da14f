/** `glossa fs rm`: removes files and trees of a volume. */
import { defineCommand } from '../../terminal/command.ts';
import { Failure, UsageError } from '../../terminal/exit.ts';
import { toggleFlag } from '../../terminal/flags.ts';
import {
  findLastName,
  OpenVolumes,
  parseVolumeOperand,
  runVolumeCommand,
  volumeFlags,
} from './volume-command.ts';

export default defineCommand({
  usage: ['glossa fs rm VOLFILE:/PATH… [options]'],
  description:
    'Removes files of a volume, and with -r directories with all that is in them, many files at a time. ' +
    'A symbolic link is removed itself. The root of a volume is refused.',
  flags: {
    recursive: toggleFlag({ short: 'r', help: 'directories, with all that is in them' }),
    force: toggleFlag({ short: 'f', help: 'an absent file is no error' }),
    ...volumeFlags,
  },
  async run({ flags, operands }, terminal) {
    if (operands.length === 0) throw new UsageError('VOLFILE:/PATH is missing');
    const { recursive, force } = flags;
    const volumeOperands = operands.map(parseVolumeOperand);
    for (const { text, path } of volumeOperands) {
      const name = findLastName(path);
      if (name === '')
        throw new UsageError(`'${text}' is the whole volume: name what is to be removed in it`);
      if (name === '.' || name === '..')
        throw new UsageError(`'${text}' ends in '${name}': name the directory itself`);
    }
    const volumes = new OpenVolumes(flags);
    return runVolumeCommand('fs rm', terminal, volumes, async (command) => {
      for (const operand of volumeOperands) {
        await command.attempt(operand, async () => {
          const volume = await command.open(operand);
          try {
            await volume.rm(operand.path, { recursive, force });
          } catch (error) {
            // The code of Node's `rm` for a directory without `recursive`.
            if ((error as { code?: unknown }).code !== 'ERR_FS_EISDIR') throw error;
            throw new Failure(`${operand.text}: is a directory: use -r`);
          }
        });
      }
    });
  },
});
