/**
 * `glossa api`: serves a volume to programs in other languages over a unix socket, in this process
 * (`-N`, `--fd`) or in a daemon.
 */
import { resolve } from 'node:path';
import { readPeer } from '../runtime/sys/socket.ts';
import type { ApiServerSettings } from '../server/api-server.ts';
import { refuseNonVolfile } from '../server/volfile-operand.ts';
import { formatVolfileServer } from '../server/volfile-servers.ts';
import { defineCommand } from '../terminal/command.ts';
import { UsageError } from '../terminal/exit.ts';
import {
  type Flags,
  type FlagValues,
  numberFlag,
  takeOperands,
  textFlag,
} from '../terminal/flags.ts';
import { readVolfileServers, volfileServerFlags } from './mount.ts';
import { daemonFlags, processFlags, readServerSettings, startServer } from './server-command.ts';

const apiFlags = {
  socket: textFlag({ placeholder: 'PATH', help: 'the unix socket to listen at' }),
  fd: numberFlag({
    placeholder: 'N',
    isWhole: true,
    help: 'serve the connected unix socket of this descriptor, in this process, until it is closed',
  }),
  ...daemonFlags,
  ...processFlags,
  ...volfileServerFlags,
} satisfies Flags;

export default defineCommand({
  usage: [
    'glossa api VOLFILE --socket PATH [options]',
    'glossa api VOLFILE --fd N [options]',
    'glossa api -s SERVER --volfile-id NAME --socket PATH [options]',
  ],
  description:
    'Lets programs use the volume that VOLFILE describes, without a mount: over the unix socket PATH, ' +
    'which the user who starts it and root may use, or over a socket that the starting program has made. ' +
    "The package 'glossa' of Python is such a program. Prints PATH, and returns when programs can connect. " +
    'The server goes on as a daemon until SIGTERM or SIGINT, or `glossa umount PATH`. Without ' +
    '--log-file the log is /var/log/glossa/VOLFILE.log for root, otherwise ' +
    "~/.local/state/glossa/VOLFILE.log, with '-' for each '/' in the whole path of VOLFILE.",
  flags: apiFlags,
  async run({ flags, operands }, terminal) {
    const socket = readSocket(flags);
    const servers = readVolfileServers({ ...flags, volfile: undefined });
    const [volfile] =
      servers === undefined
        ? takeOperands(operands, ['VOLFILE'])
        : [formatVolfileServer(servers), ...takeOperands(operands, [])];
    if (servers === undefined) await refuseNonVolfile(volfile);
    // A daemon would not inherit the descriptor.
    const effectiveFlags = typeof socket === 'number' ? { ...flags, 'no-daemon': true } : flags;
    const settings: ApiServerSettings = {
      ...readServerSettings(effectiveFlags, volfile, resolve(volfile), terminal.verbosity),
      servers,
      socket,
    };
    return startServer(settings, effectiveFlags, {
      terminal,
      readyLine: null,
      serve: async (starter) =>
        (await import('../server/api-server.ts')).serveApi(settings, terminal, starter),
    });
  },
});

/** Reads --socket, the path to listen at, or --fd, a connected descriptor. @throws {UsageError} */
function readSocket({ socket, fd }: FlagValues<typeof apiFlags>): string | number {
  if ((socket === undefined) === (fd === undefined)) {
    throw new UsageError('use either --socket PATH or --fd N');
  }
  if (socket !== undefined) return resolve(socket);
  if (readPeer(fd!) === null) {
    throw new UsageError(`--fd ${fd}: the descriptor is no connected unix socket`);
  }
  return fd!;
}
