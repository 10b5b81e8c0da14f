/** Flags, settings and the start of commands that serve a volfile, in this process (`-N`) or in a daemon. */
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

/** Flags of every command that serves a volfile. */
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

/** Flags of those that may go on as a daemon. */
export const daemonFlags = {
  'no-daemon': toggle({ short: 'N', help: 'serve in this process, until it ends' }),
  debug: toggle({ help: 'as -N -l - -L DEBUG' }),
  'pid-file': text({ short: 'p', value: 'FILE', help: "the server's process id, while it runs" }),
} satisfies Flags;

/** What the flags say, and what holds without them. @param named what the log is called by */
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

/** Levels of a log that the user reads along, for who wants to hear less, or more. */
const READ_ALONG = {
  INFO: { quiet: 'ERROR', verbose: 'DEBUG' },
  WARNING: { quiet: 'ERROR', verbose: 'INFO' },
} as const;

/** The level of a log without `--log-level`: a file's does not depend on what the terminal shows. */
export function levelOf(
  log: string,
  verbosity: Verbosity | undefined,
  usual: keyof typeof READ_ALONG,
) {
  if (log !== CONSOLE) return 'INFO';
  return verbosity === undefined ? usual : READ_ALONG[usual][verbosity];
}

/** What is to be served. */
export interface Task {
  readonly terminal: Terminal;
  /** What a person, or a program that waits, is told when it serves; null where that says it itself. */
  readonly readyLine: string | null;
  /** Of a mount. */
  readonly mountpoint?: string;
  serve(starter: Starter): Promise<number>;
}

/** Serves it here, or starts a daemon that does. The result is the exit status. @throws {Failure} */
export function startServer(
  settings: ServerSettings,
  flags: FlagValues<typeof processFlags & typeof daemonFlags>,
  { terminal, readyLine, mountpoint, serve }: Task,
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

/** A server of its own keeps no folder busy: what it needs from there it has by now. */
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
      // By now there is a mount, which is taken away first.
      process.off('exit', remove).on('exit', remove);
      return ready();
    },
    onGone(fn) {
      if (attached) onGone(fn);
    },
  };
}
