/** Defines flags, settings and start of commands that serve a volfile, in this process or a daemon. */
import { resolve } from 'node:path';
import { logLevel } from '../runtime/core/log.ts';
import { type Parent, parent } from '../server/child-server.ts';
import { startDaemon } from '../server/daemon.ts';
import { CONSOLE, defaultLogFile, logFormats, makeLogFolder } from '../server/log-sink.ts';
import { readAddress } from '../server/metrics/address.ts';
import { BUF_SIZE, FLUSH_TIMEOUT } from '../server/repeat-counter.ts';
import { removeScratch } from '../server/scratch.ts';
import type { ServerSettings, Starter } from '../server/server-lifecycle.ts';
import { ttyPath } from '../terminal/blocking-tty.ts';
import {
  choice,
  type Flags,
  type FlagValues,
  number,
  stepFlags,
  text,
  toggle,
} from '../terminal/flags.ts';
import { note, type Terminal, type Verbosity } from '../terminal/terminal.ts';
import { volfileFlags } from './volfile-flags.ts';

/** Flags of all commands that serve a volfile. */
export const processFlags = {
  ...stepFlags,
  'log-file': text({ short: 'l', value: 'FILE', help: "the log; '-' is standard error" }),
  'log-level': choice({
    short: 'L',
    value: 'LEVEL',
    values: ['TRACE', 'DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL', 'NONE'],
    help: 'TRACE, DEBUG, INFO (without it), WARNING, ERROR, CRITICAL or NONE',
  }),
  'log-format': choice({
    value: 'FORMAT',
    values: logFormats,
    help: 'with-msg-id (without it), no-msg-id or json, a document a line',
  }),
  'log-buf-size': number({
    value: 'N',
    whole: true,
    help: `messages whose repeats are counted, not written (${BUF_SIZE}); 0: none`,
  }),
  'log-flush-timeout': number({
    value: 'SEC',
    help: `seconds until it is written how often they were repeated (${FLUSH_TIMEOUT})`,
  }),
  metrics: text({
    value: 'HOST:PORT',
    help: 'serve metrics for Prometheus there; without HOST on loopback',
  }),
  'statedump-path': text({ value: 'DIR', help: 'the folder for statedumps and statistics' }),
  ...volfileFlags,
  'up-timeout': number({
    value: 'SEC',
    help: 'seconds to wait until the volumes are up, before it fails (30)',
  }),
} satisfies Flags;

/** Flags of commands that may run as a daemon. */
export const daemonFlags = {
  'no-daemon': toggle({ short: 'N', help: 'serve in this process, until it ends' }),
  debug: toggle({ help: 'as -N -l - -L DEBUG' }),
  'pid-file': text({ short: 'p', value: 'FILE', help: "the server's process id, while it runs" }),
} satisfies Flags;

/** The settings of the flags, with defaults. @param named the path that names the default log */
export function processSettings(
  flags: FlagValues<typeof processFlags & typeof daemonFlags>,
  volfile: string,
  named: string,
  verbosity: Verbosity | undefined,
): ServerSettings {
  const log = flags['log-file'] ?? (flags.debug ? CONSOLE : defaultLogFile(named));
  const pidFile = flags['pid-file'];
  return {
    volfile,
    servers: undefined,
    logFile: log === CONSOLE ? log : resolve(log),
    logLevel: logLevel(
      flags['log-level'] ?? (flags.debug ? 'DEBUG' : levelOf(log, verbosity, 'INFO')),
    )!,
    logFormat: flags['log-format'],
    logBufSize: flags['log-buf-size'],
    logFlushTimeout: flags['log-flush-timeout'],
    pidFile: pidFile === undefined ? undefined : resolve(pidFile),
    metrics: flags.metrics === undefined ? undefined : readAddress(flags.metrics),
    statedumpPath: flags['statedump-path'] && resolve(flags['statedump-path']),
    overrides: flags['xlator-option'],
    strict: flags.strict,
    allowShell: flags['allow-shell'],
    upTimeout: flags['up-timeout'],
  };
}

/** The level of a log on the terminal, by verbosity. */
const READ_ALONG = {
  INFO: { quiet: 'ERROR', verbose: 'DEBUG' },
  WARNING: { quiet: 'ERROR', verbose: 'INFO' },
} as const;

/** The level of a log without `--log-level`; that of a file does not depend on the verbosity. */
export function levelOf(
  log: string,
  verbosity: Verbosity | undefined,
  usual: keyof typeof READ_ALONG,
) {
  if (log !== CONSOLE) return 'INFO';
  return verbosity === undefined ? usual : READ_ALONG[usual][verbosity];
}

/** A server to start. */
export interface ServerTask {
  readonly terminal: Terminal;
  /** The line printed once it serves; null if the server prints its own. */
  readonly readyLine: string | null;
  /** The mount point of a mount. */
  readonly mountpoint?: string;
  serve(starter: Starter): Promise<number>;
}

/** Serves in this process or a daemon; resolves to the exit status. @throws {Failure} */
export function startServer(
  settings: ServerSettings,
  flags: FlagValues<typeof processFlags & typeof daemonFlags>,
  { terminal, readyLine, mountpoint, serve }: ServerTask,
): Promise<number> {
  const { logFile } = settings;
  if (flags['log-file'] === undefined && logFile !== CONSOLE) makeLogFolder(logFile);
  if (parent !== null) return serve(starterOf(parent));
  if (!flags['no-daemon'] && !flags.debug) {
    return startDaemon(logFile, readyLine, terminal, mountpoint);
  }
  const ready = (): void => {
    if (readyLine !== null) note(readyLine, terminal);
  };
  return serve({ ready, onGone() {}, tty: ttyPath() });
}

/** The starter of a server in its own process, which leaves the current folder once it serves. */
function starterOf({ ready, onGone, attached, tty, scratch, record, debug }: Parent): Starter {
  const remove = (): void => {
    if (scratch !== undefined) removeScratch(scratch);
  };
  process.on('exit', remove);
  return {
    tty,
    record,
    debug,
    ready() {
      process.chdir('/');
      // The exit handler of the mount, added meanwhile, must run first.
      process.off('exit', remove).on('exit', remove);
      return ready();
    },
    onGone(fn) {
      if (attached) onGone(fn);
    },
  };
}
