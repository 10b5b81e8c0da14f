/**
 * `glossa brick volfiles`: serves the volfiles of a folder to clients that ask for them by name.
 */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { VolfileFolder } from '../gluster/volfile-server/volfile-folder.ts';
import { isLoopback, VolfileServer } from '../gluster/volfile-server/volfile-server.ts';
import { Log, parseLogLevel } from '../runtime/core/log.ts';
import { messages } from '../runtime/core/messages.ts';
import { makePrintable } from '../runtime/volfile/printable-text.ts';
import { startDaemon } from '../server/child-server.ts';
import { ControlHost, makeCommonHandlers } from '../server/control/control-host.ts';
import { CONSOLE, findDefaultLogFile, makeLogFolder, openSink } from '../server/log-sink.ts';
import { formatAddress } from '../server/metrics/metrics-address.ts';
import { PidFile } from '../server/pid-file.ts';
import { Shutdown } from '../server/shutdown.ts';
import { starterChannel } from '../server/starter-channel.ts';
import { VOLFILE_SERVER_PORT } from '../server/volfile-servers.ts';
import { defineCommand } from '../terminal/command.ts';
import { EXIT_OK, Failure, formatReason, UsageError } from '../terminal/exit.ts';
import {
  type FlagValues,
  listFlag,
  numberFlag,
  takeOperands,
  textFlag,
  toggleFlag,
} from '../terminal/flags.ts';
import { printNote, printWarning, type Terminal } from '../terminal/terminal.ts';
import { serverFlags } from './mount.ts';
import { chooseLogLevel } from './server-command.ts';

const PORT_MAX = 65_535;
const LOOPBACK = '127.0.0.1';

const { quiet, verbose } = serverFlags;

const commandFlags = {
  port: numberFlag({
    placeholder: 'N',
    isWhole: true,
    help: `listen at this port (${VOLFILE_SERVER_PORT}); 0 is a free one`,
  }),
  host: textFlag({
    placeholder: 'HOST',
    help: `listen at this address (${LOOPBACK}); 0.0.0.0 is all`,
  }),
  socket: textFlag({
    placeholder: 'PATH',
    help: 'listen at this socket as well; with --no-tcp, there alone',
  }),
  'no-tcp': toggleFlag({ help: 'listen at no port' }),
  also: listFlag({
    placeholder: 'HOST:PORT',
    help: 'another server with the same volfiles, which clients learn of; may be repeated',
  }),
  'no-daemon': toggleFlag({ short: 'N', help: 'serve in this process, until SIGTERM or SIGINT' }),
  'pid-file': textFlag({
    short: 'p',
    placeholder: 'FILE',
    help: "the server's process id, while it runs",
  }),
  'log-file': serverFlags['log-file'],
  'log-level': serverFlags['log-level'],
  'log-format': serverFlags['log-format'],
  quiet,
  verbose,
};

/** The flags, with the absolute paths of the folder and the log. */
type Settings = FlagValues<typeof commandFlags> & {
  readonly folder: string;
  readonly logFile: string;
};

export default defineCommand({
  usage: ['glossa brick volfiles DIR [options]'],
  description:
    'Gives volfiles to clients that ask for them by name, as the management daemon of GlusterFS does: ' +
    'DIR/NAME.vol is what `mount -t glusterfs HOST:/NAME MNT`, libgfapi and `glossa mount -s HOST ' +
    '--volfile-id NAME MNT` get; bricks fetch theirs as well, and report their ports. Clients ' +
    'get a notice when a file changes, and apply the new options. The option username, secrets such as password, and ' +
    'comments are given to programs of this machine alone. It listens on loopback unless --host ' +
    'says otherwise; SIGTERM and SIGINT end it, and so does `glossa umount DIR`.',
  flags: commandFlags,
  placeholderKinds: { PATH: { files: [] } },
  async run({ flags, operands }, terminal) {
    const [dir] = takeOperands(operands, ['DIR']);
    const folder = requireFolder(dir);
    if (flags['no-tcp'] && flags.socket === undefined) {
      throw new UsageError('--no-tcp leaves nothing to listen at without --socket');
    }
    if (flags.port !== undefined && flags.port > PORT_MAX) {
      throw new UsageError(`--port takes a number up to ${PORT_MAX}, not '${flags.port}'`);
    }
    const invalidAddress = flags.also.find((address) => !/^\S+:\d+$/.test(address));
    if (invalidAddress !== undefined)
      throw new UsageError(`--also takes HOST:PORT, not '${invalidAddress}'`);
    const logOperand = flags['log-file'] ?? (flags['no-daemon'] ? CONSOLE : null);
    const logPath = logOperand ?? findDefaultLogFile('volfile-server');
    if (logOperand === null) makeLogFolder(logPath);
    const logFile = logPath === CONSOLE ? logPath : resolve(logPath);
    const settings = { ...flags, folder, logFile };
    if (starterChannel !== null || flags['no-daemon']) return serveFolder(settings, terminal);
    return startDaemon(settings.logFile, null, terminal);
  },
});

/** Returns the absolute path of a folder. @throws {UsageError | Failure} */
function requireFolder(dir: string): string {
  try {
    if (statSync(dir).isDirectory()) return resolve(dir);
  } catch (error) {
    throw new Failure(`cannot read the folder ${dir}: ${formatReason(error)}`);
  }
  throw new UsageError(`${dir} is a file: what is served is a folder with NAME.vol in it`);
}

/** Serves the folder until the shutdown is requested; resolves to the exit status. @throws {Failure} */
async function serveFolder(settings: Settings, terminal: Terminal): Promise<number> {
  const { logFile, folder } = settings;
  const { colour, verbosity } = terminal;
  const sink = openSink(logFile, { colour: colour.err, format: settings['log-format'] });
  const level = settings['log-level'] ?? chooseLogLevel(logFile, verbosity, 'INFO');
  const log = new Log(sink, { default: parseLogLevel(level)!, volumes: new Map() }, 'volfiles');
  const shutdown = new Shutdown(log, sink, terminal);
  const pidFile = new PidFile(settings['pid-file'] && resolve(settings['pid-file']));
  try {
    const server = await startListening(settings, log);
    let controlHost: ControlHost | null = null;
    try {
      const addresses = listAddresses(settings, server.port);
      const addressText = addresses.join(' and ');
      log.info(`serves ${makePrintable(folder)} at ${addressText}`, {
        msgid: messages.volfileServerEvent.id,
      });
      const { host = LOOPBACK } = settings;
      if (!settings['no-tcp'] && !isLoopback(host)) {
        printWarning(
          `each client that reaches ${host} can read the volfiles, except passwords`,
          terminal,
        );
      }
      pidFile.write();
      shutdown.defer();
      const endRequested = new Promise<void>((resolveEnd) => shutdown.onRequest(resolveEnd));
      const listens = addresses.map((address) => ({ address, bricks: [] }));
      const commonHandlers = makeCommonHandlers(
        () => ({ what: 'volfile-server', volfile: folder, listens }),
        shutdown,
      );
      controlHost = await ControlHost.open('listener', commonHandlers, log);
      printNote(`${makePrintable(folder)} is served at ${addressText}`, terminal);
      if (starterChannel !== null) {
        // The file system of the current folder is not kept in use.
        process.chdir('/');
        await starterChannel.reportReady();
      }
      await endRequested;
      return EXIT_OK;
    } finally {
      pidFile.remove();
      await controlHost?.close();
      await server.close();
    }
  } finally {
    shutdown.close();
    sink.flush();
  }
}

/** Starts listening at the port and the socket of the flags. @throws {Failure} */
async function startListening(settings: Settings, log: Log): Promise<VolfileServer> {
  const { host = LOOPBACK, port = VOLFILE_SERVER_PORT, socket } = settings;
  try {
    return await VolfileServer.start({
      folder: new VolfileFolder(settings.folder),
      tcp: settings['no-tcp'] ? null : { host, port },
      unix: socket === undefined ? null : resolve(socket),
      servers: settings.also,
      log: (text) => log.info(text, { msgid: messages.volfileServerEvent.id }),
      warn: (text) => log.warning(text, { msgid: messages.volfileServerWarning.id }),
    });
  } catch (error) {
    const addressText = listAddresses(settings, port).join(' and ');
    throw new Failure(`cannot serve ${settings.folder} at ${addressText}: ${formatReason(error)}`);
  }
}

/** Lists the addresses at which the server listens, the socket's path included, for messages. */
function listAddresses(
  { host = LOOPBACK, socket, 'no-tcp': noTcp }: Settings,
  port: number | null,
) {
  return [
    ...(noTcp ? [] : [formatAddress({ host, port: port ?? 0 })]),
    ...(socket === undefined ? [] : [resolve(socket)]),
  ];
}
