/**
 * `glossa mount`, and `glossa -f VOLFILE MNT` with the flags of glusterfs: serves a volfile's graph
 * on a directory, in this process (`-N`) or in a daemon.
 */
import { closeSync, statSync } from 'node:fs';
import { constants } from 'node:os';
import { resolve } from 'node:path';
import { logLevel } from '../core/log.ts';
import type { FrontEndName } from '../mount/front-ends.ts';
import { defineCommand } from './command.ts';
import { EXIT_FAILURE, EXIT_OK, EXIT_SIGNAL, Failure, UsageError } from './exit.ts';
import {
  choice,
  type Flags,
  type FlagValues,
  number,
  stepFlags,
  takeOperands,
  text,
  toggle,
} from './flags.ts';
import { type Parent, parent, Server } from './handover.ts';
import { CONSOLE, defaultLogFile, logFormats, makeLogFolder, openLog } from './log-sink.ts';
import { readAddress } from './metrics/address.ts';
import { BUF_SIZE, FLUSH_TIMEOUT } from './repeats.ts';
import { removeScratch } from './scratch.ts';
import type { ServeSettings, Waiter } from './serve.ts';
import { milliseconds } from './slow.ts';
import { refuseStuck } from './stuck.ts';
import { note, paint, step, type Talk, type Terminal } from './terminal.ts';
import { ttyPath } from './tty.ts';
import { volfileFlags } from './volfile-flags.ts';
import { refuseModule } from './volfile-operand.ts';

/** From here on a request is slow. */
const SLOW_MS = 100;

const frontEndNames = ['kernel', 'fuse-native'] as const satisfies readonly FrontEndName[];

/** Flags that `glossa run` has as well: they pass through to the server. */
export const serverFlags = {
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
  'entry-timeout': number({ value: 'SEC', help: 'seconds the kernel caches a name (1)' }),
  'attribute-timeout': number({ value: 'SEC', help: 'seconds the kernel caches attributes (1)' }),
  'negative-timeout': number({
    value: 'SEC',
    help: 'seconds the kernel caches that a name is absent (0)',
  }),
  'up-timeout': number({
    value: 'SEC',
    help: 'seconds to wait until the volumes are up, before the mount fails (30)',
  }),
  'busy-poll': number({
    value: 'US',
    whole: true,
    help: 'microseconds to wait awake for a request (50)',
  }),
  fuse: choice({
    value: 'WAY',
    values: frontEndNames,
    help: 'kernel (the FUSE protocol of Linux) or fuse-native (the package of that name)',
  }),
  'no-passthrough': toggle({
    help: 'read and write all data in the server, also what no volume watches',
  }),
  'kernel-writeback-cache': toggle({
    help: 'the kernel keeps writes back, and brings them later and together; no passthrough',
  }),
  'read-only': toggle({ help: 'no writing' }),
  suid: toggle({ help: 'programs keep set-user-id, if root mounts (without it: nosuid)' }),
  dev: toggle({ help: 'devices can be opened, if root mounts (without it: nodev)' }),
  noexec: toggle({ help: 'no program in it can be run' }),
} satisfies Flags;

const mountFlags = {
  volfile: text({ short: 'f', value: 'VOLFILE', help: 'the volfile' }),
  'no-daemon': toggle({ short: 'N', help: 'serve in this process, until it is unmounted' }),
  debug: toggle({ help: 'as -N -l - -L DEBUG' }),
  ...serverFlags,
  'allow-other': toggle({ help: 'let other users in; root does so by default' }),
  'no-allow-other': toggle({ help: 'keep other users out' }),
  slow: text({
    value: 'TIME',
    help: 'requests that took so long are kept for glossa why (100ms); or 2s, 50us',
  }),
  'pid-file': text({ short: 'p', value: 'FILE', help: "the server's process id, while it runs" }),
  'volume-name': text({ short: 'n', value: 'NAME', help: 'accepted, as by glusterfs; not needed' }),
} satisfies Flags;

export default defineCommand({
  usage: ['glossa mount VOLFILE MNT [options]', 'glossa -f VOLFILE [options] MNT'],
  description:
    'Mounts what VOLFILE describes on the directory MNT, and returns when it is there. The ' +
    "server goes on as a daemon, until 'glossa umount MNT', SIGTERM or SIGINT; SIGHUP makes it read " +
    'the options in its volfile and open its log again. Without --log-file the log is /var/log/glossa/MNT.log for root, otherwise ' +
    "~/.local/state/glossa/MNT.log, with '-' for each '/' in MNT.",
  flags: mountFlags,
  kinds: { MNT: 'folder' },
  async run({ flags, operands }, terminal) {
    const settings = await settingsOf(flags, operands, terminal.talk);
    const { logFile } = settings;
    if (flags['log-file'] === undefined && logFile !== CONSOLE) makeLogFolder(logFile);
    if (parent !== null) return serveHere(settings, terminal, waiterFor(parent));
    if (!flags['no-daemon'] && !flags.debug) return startDaemon(settings, terminal);
    const ready = (): void => note(readyLine(settings, terminal), terminal);
    return serveHere(settings, terminal, { ready, onGone() {}, tty: ttyPath() });
  },
});

async function settingsOf(
  flags: FlagValues<typeof mountFlags>,
  operands: readonly string[],
  talk: Talk | undefined,
): Promise<ServeSettings> {
  const [volfile, mnt] =
    flags.volfile === undefined
      ? takeOperands(operands, ['VOLFILE', 'MNT'])
      : [flags.volfile, ...takeOperands(operands, ['MNT'])];
  await refuseStuck(volfile, mnt);
  refuseSwapped(volfile, mnt);
  const mountpoint = resolve(mnt);
  const log = flags['log-file'] ?? (flags.debug ? CONSOLE : defaultLogFile(mountpoint));
  const pidFile = flags['pid-file'];
  return {
    volfile,
    mountpoint,
    logFile: log === CONSOLE ? log : resolve(log),
    logLevel: logLevel(flags['log-level'] ?? (flags.debug ? 'DEBUG' : levelOf(log, talk, 'INFO')))!,
    logFormat: flags['log-format'],
    logBufSize: flags['log-buf-size'],
    logFlushTimeout: flags['log-flush-timeout'],
    pidFile: pidFile === undefined ? undefined : resolve(pidFile),
    slowMs: flags.slow === undefined ? SLOW_MS : milliseconds(flags.slow),
    metrics: flags.metrics === undefined ? undefined : readAddress(flags.metrics),
    statedumpPath: flags['statedump-path'] && resolve(flags['statedump-path']),
    overrides: flags['xlator-option'],
    strict: flags.strict,
    allowShell: flags['allow-shell'],
    readOnly: flags['read-only'],
    suid: flags.suid,
    dev: flags.dev,
    noexec: flags.noexec,
    allowOther: flags['no-allow-other'] ? false : flags['allow-other'] || undefined,
    entryTimeout: flags['entry-timeout'],
    attributeTimeout: flags['attribute-timeout'],
    negativeTimeout: flags['negative-timeout'],
    upTimeout: flags['up-timeout'],
    busyPollUs: flags['busy-poll'],
    passthrough: !flags['no-passthrough'],
    writeback: flags['kernel-writeback-cache'],
    frontEnd: flags.fuse,
  };
}

/** Levels of a log that the user reads along, for who wants to hear less, or more. */
const READ_ALONG = {
  INFO: { quiet: 'ERROR', verbose: 'DEBUG' },
  WARNING: { quiet: 'ERROR', verbose: 'INFO' },
} as const;

/** The level of a log without `--log-level`: a file's does not depend on what the terminal shows. */
export function levelOf(log: string, talk: Talk | undefined, usual: keyof typeof READ_ALONG) {
  if (log !== CONSOLE) return 'INFO';
  return talk === undefined ? usual : READ_ALONG[usual][talk];
}

/** `glossa mount MNT VOLFILE`, and a folder or module in place of a volfile. @throws {UsageError} */
function refuseSwapped(volfile: string, mnt: string): void {
  const kind = (path: string): string => {
    try {
      return statSync(path).isDirectory() ? 'folder' : 'file';
    } catch {
      // What is not there, or not to be seen, is told of by the one who needs it.
      return 'nothing';
    }
  };
  const [first, second] = [kind(volfile), kind(mnt)];
  if (second === 'file' && (first !== 'file' || mnt.endsWith('.vol'))) {
    const why = `${mnt} is a file, and no directory to mount on`;
    throw new UsageError(`${why}: are they swapped? glossa mount ${mnt} ${volfile}`);
  }
  if (first === 'folder') {
    throw new UsageError(`${volfile} is a folder, and no volfile: glossa mount VOLFILE MNT`);
  }
  refuseModule(volfile);
}

/** A server of its own keeps no folder busy: what it needs from there it has by now. */
function waiterFor({ ready, onGone, attached, tty, scratch, record, debug }: Parent): Waiter {
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

async function serveHere(
  settings: ServeSettings,
  terminal: Terminal,
  waiter: Waiter,
): Promise<number> {
  const { serve } = await import('./serve.ts');
  return serve(settings, terminal, waiter);
}

/** What a person, or a program that started the server in the foreground, waits for. */
function readyLine({ volfile, mountpoint, logFile }: ServeSettings, terminal: Terminal): string {
  const log = logFile === CONSOLE ? '' : `; the log is ${logFile}`;
  return `${volfile} is ${paint('good', 'mounted', terminal.colour.out)} on ${mountpoint}${log}`;
}

/** Starts a daemon with the arguments of this process, and waits until it serves. */
async function startDaemon(settings: ServeSettings, terminal: Terminal): Promise<number> {
  const { logFile } = settings;
  const stderr = logFile === CONSOLE ? 'inherit' : openLog(logFile);
  const server = new Server(process.argv.slice(2), { attached: false, stderr, terminal });
  if (stderr !== 'inherit') closeSync(stderr);
  step(`the server is process ${server.pid}, and its log ${logFile}`, terminal);
  let interrupted = 0;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      interrupted = EXIT_SIGNAL + constants.signals[signal];
      server.kill('SIGTERM');
    });
  }
  if (await server.ready) {
    if (terminal.interactive) note(readyLine(settings, terminal), terminal);
    return EXIT_OK;
  }
  const { status, signal } = await server.ended;
  if (interrupted > 0) return interrupted;
  if (signal !== null) throw new Failure(`the server was killed by ${signal}; see ${logFile}`);
  return status || EXIT_FAILURE;
}
