/**
 * `glossa brick`: serves the volumes below a volfile's `protocol/server` to clients of GlusterFS
 * and of glossa, in this process (`-N`) or in a daemon.
 */
import { resolve } from 'node:path';
import { refuseNonVolfile } from '../server/volfile-operand.ts';
import { defineCommand } from '../terminal/command.ts';
import { type Flags, takeOperands } from '../terminal/flags.ts';
import {
  confineFlags,
  daemonFlags,
  processFlags,
  readServerSettings,
  startServer,
} from './server-command.ts';

const brickFlags = { ...daemonFlags, ...processFlags, ...confineFlags } satisfies Flags;

export default defineCommand({
  usage: ['glossa brick VOLFILE [options]'],
  description:
    'Serves the volumes below the volume of type protocol/server in VOLFILE as bricks: to mounts of ' +
    'GlusterFS, and to volumes of type protocol/client. Prints where it listens and the names of the ' +
    'bricks, which clients give as remote-subvolume, and returns once clients can connect. The server ' +
    'runs as a daemon until SIGTERM or SIGINT, or `glossa umount BRICK`; `glossa stats BRICK` shows ' +
    'its clients, and `glossa reload BRICK` makes it read its volfile again. BRICK is its volfile, its ' +
    'address, the name of a brick or the process, as `glossa mounts` lists them. Without ' +
    '--log-file the log is /var/log/glossa/VOLFILE.log for root, otherwise ' +
    "~/.local/state/glossa/VOLFILE.log, with '-' for each '/' in the whole path of VOLFILE.",
  flags: brickFlags,
  async run({ flags, operands }, terminal) {
    const [volfile] = takeOperands(operands, ['VOLFILE']);
    await refuseNonVolfile(volfile);
    const settings = readServerSettings(flags, volfile, resolve(volfile), terminal.verbosity);
    return startServer(settings, flags, {
      terminal,
      // `serveBricks` prints the addresses itself.
      readyLine: null,
      serve: async (starter) =>
        (await import('../server/brick-server.ts')).serveBricks(settings, terminal, starter),
    });
  },
});
