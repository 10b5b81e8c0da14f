/**
 * Defines what the commands that serve a volfile (`glossa mount`, `glossa brick`) share: their
 * flags, the settings read from them, and the start, in this process or in a daemon.
 */
import { resolve } from 'node:path';
import { parseLogLevel } from '../runtime/core/log.ts';
import { optionTypes } from '../runtime/core/option-types.ts';
import type { MountPlace } from '../runtime/mount/fuse/mounter.ts';
import { startDaemon } from '../server/child-server.ts';
import { DEFAULT_LOG_BYTES } from '../server/log-file.ts';
import { CONSOLE, findDefaultLogFile, logFormats, makeLogFolder } from '../server/log-sink.ts';
import { parseAddress } from '../server/metrics/metrics-address.ts';
import { DEFAULT_BUF_SIZE, DEFAULT_FLUSH_TIMEOUT_S } from '../server/repeat-counter.ts';
import { DEFAULT_STATEDUMP_MAX } from '../server/run-folder.ts';
import { removeScratch } from '../server/scratch-folders.ts';
import type { ServerSettings, Starter } from '../server/server-lifecycle.ts';
import { type StarterChannel, starterChannel } from '../server/starter-channel.ts';
import { findTtyPath } from '../terminal/blocking-tty.ts';
import { UsageError } from '../terminal/exit.ts';
import {
  choiceFlag,
  type Flags,
  type FlagValues,
  numberFlag,
  sizeFlag,
  stepFlags,
  textFlag,
  toggleFlag,
} from '../terminal/flags.ts';
import { printNote, type Terminal, type Verbosity } from '../terminal/terminal.ts';
import { volfileFlags } from './volfile-flags.ts';

/** Flags of all commands that serve a volfile. */
export const processFlags = {
  ...stepFlags,
  'log-file': textFlag({ short: 'l', placeholder: 'FILE', help: "the log; '-' is standard error" }),
  'log-level': choiceFlag({
    short: 'L',
    placeholder: 'LEVEL',
    values: ['TRACE', 'DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL', 'NONE'],
    help: 'TRACE, DEBUG, INFO (without it), WARNING, ERROR, CRITICAL or NONE',
  }),
  'log-format': choiceFlag({
    placeholder: 'FORMAT',
    values: logFormats,
    help: 'with-msg-id (without it), no-msg-id or json, a document a line',
  }),
  'log-buf-size': numberFlag({
    placeholder: 'N',
    isWhole: true,
    help: `messages whose repeats are counted, not written (${DEFAULT_BUF_SIZE}); 0: none`,
  }),
  'log-flush-timeout': numberFlag({
    placeholder: 'SEC',
    help: `seconds until it is written how often they were repeated (${DEFAULT_FLUSH_TIMEOUT_S})`,
  }),
  'log-file-size': sizeFlag({
    placeholder: 'SIZE',
    help: `the size at which the log becomes FILE.old (${optionTypes.sizet.print(DEFAULT_LOG_BYTES)}); 0: never`,
  }),
  metrics: textFlag({
    placeholder: 'HOST:PORT',
    help: 'serve metrics for Prometheus there; without HOST on loopback',
  }),
  'statedump-path': textFlag({
    placeholder: 'DIR',
    help: 'the folder for statedumps and statistics',
  }),
  'statedump-count': numberFlag({
    placeholder: 'N',
    isWhole: true,
    help: `statedumps that are kept there (${DEFAULT_STATEDUMP_MAX}); 0: all`,
  }),
  ...volfileFlags,
  'up-timeout': numberFlag({
    placeholder: 'SEC',
    help: 'seconds to wait until the volumes are up, before it fails (30)',
  }),
} satisfies Flags;

/** Flags of commands that may run as a daemon. */
export const daemonFlags = {
  'no-daemon': toggleFlag({ short: 'N', help: 'serve in this process, until it ends' }),
  debug: toggleFlag({ help: 'as -N -l - -L DEBUG' }),
  'pid-file': textFlag({
    short: 'p',
    placeholder: 'FILE',
    help: "the server's process id, while it runs",
  }),
} satisfies Flags;

/** Flags of servers that the kernel can confine. */
export const confineFlags = {
  confine: toggleFlag({
    help: 'let the kernel keep the server to what its volfile names; fails where it cannot',
  }),
  'no-confine': toggleFlag({ help: 'do not (without either)' }),
} satisfies Flags;

/**
 * Reads the settings from the flags.
 * @param logSubject the path after which the default log is named
 */
export function readServerSettings(
  flags: FlagValues<typeof processFlags & typeof daemonFlags>,
  volfile: string,
  logSubject: string,
  verbosity: Verbosity | undefined,
): ServerSettings {
  const log = flags['log-file'] ?? (flags.debug ? CONSOLE : findDefaultLogFile(logSubject));
  const pidFile = flags['pid-file'];
  return {
    volfile,
    servers: undefined,
    logFile: log === CONSOLE ? log : resolve(log),
    logLevel: parseLogLevel(
      flags['log-level'] ?? (flags.debug ? 'DEBUG' : chooseLogLevel(log, verbosity, 'INFO')),
    )!,
    logFormat: flags['log-format'],
    logBufSize: flags['log-buf-size'],
    logFlushTimeout: flags['log-flush-timeout'],
    logFileBytes: flags['log-file-size'],
    pidFile: pidFile === undefined ? undefined : resolve(pidFile),
    metrics: flags.metrics === undefined ? undefined : parseAddress(flags.metrics),
    statedumpPath: flags['statedump-path'] && resolve(flags['statedump-path']),
    statedumpMax: flags['statedump-count'],
    overrides: flags['xlator-option'],
    strict: flags.strict,
    allowShell: flags['allow-shell'],
    upTimeout: flags['up-timeout'],
  };
}

/** The level of a log on the terminal, by its level without -q or -v, and by the verbosity. */
const LEVELS_BY_VERBOSITY = {
  INFO: { quiet: 'ERROR', verbose: 'DEBUG' },
  WARNING: { quiet: 'ERROR', verbose: 'INFO' },
} as const;

/** Chooses the log level without `--log-level`; -q and -v change that of a terminal only. */
export function chooseLogLevel(
  log: string,
  verbosity: Verbosity | undefined,
  defaultLevel: keyof typeof LEVELS_BY_VERBOSITY,
) {
  if (log !== CONSOLE) return 'INFO';
  return verbosity === undefined ? defaultLevel : LEVELS_BY_VERBOSITY[defaultLevel][verbosity];
}

/** The server that `startServer` starts. */
export interface ServerTask {
  readonly terminal: Terminal;
  /** The line printed once it serves; null if the server prints its own. */
  readonly readyLine: string | null;
  /** The mount point and its options; absent for a server without a mount. */
  readonly place?: MountPlace;
  /** Serves in this process; resolves to the exit status. */
  serve(starter: Starter): Promise<number>;
}

/** Serves in this process or a daemon; resolves to the exit status. @throws {Failure} */
export async function startServer(
  settings: ServerSettings,
  flags: FlagValues<typeof processFlags & typeof daemonFlags> &
    Partial<FlagValues<typeof confineFlags>>,
  { terminal, readyLine, place, serve }: ServerTask,
): Promise<number> {
  const { logFile } = settings;
  if (flags['log-file'] === undefined && logFile !== CONSOLE) makeLogFolder(logFile);
  if (flags.confine && flags['no-confine'])
    throw new UsageError('use either --confine or --no-confine, not both');
  if (starterChannel !== null) return serve(makeStarter(starterChannel));
  if (!flags['no-daemon'] && !flags.debug) {
    const wall = flags.confine
      ? await (await import('../server/wall/planned-wall.ts')).planWall(settings, terminal)
      : undefined;
    return startDaemon(logFile, readyLine, terminal, {
      place,
      volfile: settings.volfile,
      wall,
    });
  }
  if (flags.confine) throw new UsageError('--confine is for daemons: leave -N and --debug out');
  const printReadyLine = (): void => {
    if (readyLine !== null) printNote(readyLine, terminal);
  };
  return serve({ reportReady: printReadyLine, onGone() {}, tty: findTtyPath() });
}

/**
 * Makes the starter of a server that another process started. Once it serves, it changes to the
 * root directory, so that no file system is kept in use; at its end, it removes `scratch`.
 */
function makeStarter({
  reportReady,
  onGone,
  isAttached,
  command,
  tty,
  scratchFolder: scratch,
  record,
  debug,
  wall,
  outsideMounter,
}: StarterChannel): Starter {
  const removeScratchFolder = (): void => {
    if (scratch !== undefined) removeScratch(scratch);
  };
  process.on('exit', removeScratchFolder);
  return {
    command,
    tty,
    record,
    debug,
    wall,
    outsideMounter,
    reportReady() {
      process.chdir('/');
      // Added again, so that it runs after the exit handler that unmounts, which was added later.
      process.off('exit', removeScratchFolder).on('exit', removeScratchFolder);
      return reportReady();
    },
    onGone(callback) {
      if (isAttached) onGone(callback);
    },
  };
}
