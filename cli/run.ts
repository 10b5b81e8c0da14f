/** `glossa run`: runs a command in a temporary mount (`temporary-mount.ts`). */
import { defineCommand } from '../terminal/command.ts';
import { serverFlags } from './mount.ts';
import { runInMount, takeVolfileAndCommand } from './temporary-mount.ts';

export default defineCommand({
  usage: ['glossa run VOLFILE [options] -- COMMAND [ARGUMENTS]'],
  description:
    'Mounts what VOLFILE describes on a temporary folder, runs COMMAND in it, unmounts, and ends ' +
    'as COMMAND did. Without --log-file, warnings and errors go to standard error.',
  flags: serverFlags,
  passesRest: true,
  run: async ({ flags, operands, rest }, terminal) =>
    runInMount({ commandName: 'run', ...takeVolfileAndCommand(operands, rest), flags }, terminal),
});
