/**
 * The server: from a volfile to a mount that is served until it is unmounted, by whomever.
 *
 * It writes its progress to the log, as glusterfs does. What goes wrong while it starts is thrown,
 * for the one who waits, and is in the log as well, unless that one reads the log anyway. Whatever
 * was begun is taken back in reverse order.
 */

import { randomUUID } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, relative, resolve } from 'node:path';
import { encodeName } from '../core/bytes.ts';
import type { ServerFacts } from '../core/context.ts';
import type { Graph, VolumeSpec } from '../core/graph.ts';
import { Log, type LogLevel, type LogLevels } from '../core/log.ts';
import { messages } from '../core/messages.ts';
import { activate, volumeSpecs } from '../graph/activate.ts';
import { plainVolumes, type VolfileDescription } from '../graph/description.ts';
import { printVolumes } from '../graph/print.ts';
import { printable } from '../graph/printable.ts';
import { listProblems } from '../graph/problems.ts';
import { defaultFrontEnd, type FrontEndName, frontEnds } from '../mount/front-ends.ts';
import { hasEntries } from '../mount/fuse/channel.ts';
import type { MountOptions } from '../mount/fuse/mount.ts';
import { MountError } from '../mount/fuse/mount-error.ts';
import { pump } from '../mount/fuse/pump.ts';
import type { RootAction, RootActions } from '../mount/fuse/session.ts';
import type { Mount } from '../mount/mount.ts';
import { Notable } from '../mount/notable.ts';
import { nameServer } from '../mount/server-process.ts';
import { lastWords } from '../sys/last-words.ts';
import { recycleMemory } from '../sys/malloc.ts';
import { packageRoot } from '../sys/paths.ts';
import { NodeContext } from './context.ts';
import type { Debugging } from './debug/debugging.ts';
import { Ending } from './ending.ts';
import { EXIT_FAILURE, EXIT_OK, Failure } from './exit.ts';
import type { DebugChannel } from './handover.ts';
import { LIVE, LiveHost } from './live/host.ts';
import { CONSOLE, type LogFormat, openSink, type ReopenableSink } from './log-sink.ts';
import type { Address } from './metrics/address.ts';
import { startMetrics } from './metrics/index.ts';
import { PidFile } from './pid-file.ts';
import { GraphRecording, type RecordRequest } from './recording.ts';
import { refuseInside } from './refuse-inside.ts';
import { registry } from './registry.ts';
import { RELOAD, Reloader } from './reloading.ts';
import { RESET_STATS, resetStats } from './reset-stats.ts';
import { defaultRunFolder, RunFolder } from './run-files.ts';
import { StartTrouble } from './start-trouble.ts';
import { startOrFail, UP_TIMEOUT, upOrFail } from './started.ts';
import { Dumper } from './statedump/dumper.ts';
import { DumpPages } from './statedump/pages.ts';
import { STATEDUMP, statedump } from './statedump/volumes.ts';
import type { About } from './statedump/whole.ts';
import { step, type Terminal, warn } from './terminal.ts';
import { Counting } from './top/counting.ts';
import { OwnTty } from './tty.ts';
import { version } from './version.ts';
import { describeOrFail, inspectFile, vouchFor } from './volfiles.ts';

export interface ServeSettings {
  /** As it was given, for messages. */
  readonly volfile: string;
  /** Absolute, as are all other paths. */
  readonly mountpoint: string;
  /** Or `-`, standard error. */
  readonly logFile: string;
  readonly logLevel: LogLevel;
  /** Undefined for GlusterFS's; so are those of `Counting`. */
  readonly logFormat: LogFormat | undefined;
  readonly logBufSize: number | undefined;
  readonly logFlushTimeout: number | undefined;
  readonly pidFile: string | undefined;
  /** The folder for statedumps and statistics; undefined for the usual one. */
  readonly statedumpPath: string | undefined;
  /** Where metrics are served; undefined for nowhere. */
  readonly metrics: Address | undefined;
  /** Requests that took as many milliseconds are kept. */
  readonly slowMs: number;
  readonly overrides: readonly string[];
  readonly strict: boolean;
  readonly allowShell: boolean;
  readonly readOnly: boolean;
  readonly suid: boolean;
  readonly dev: boolean;
  readonly noexec: boolean;
  /** Undefined for what root and others get by default; so are the numbers. */
  readonly allowOther: boolean | undefined;
  readonly entryTimeout: number | undefined;
  readonly attributeTimeout: number | undefined;
  readonly negativeTimeout: number | undefined;
  readonly upTimeout: number | undefined;
  readonly busyPollUs: number | undefined;
  readonly passthrough: boolean;
  readonly writeback: boolean;
  readonly frontEnd: FrontEndName | undefined;
}

/** Whoever waits for the mount to be there, and may want it to end. */
export interface Waiter {
  ready(): Promise<void> | void;
  /** Calls `fn` when there is nobody any more to serve for. */
  onGone(fn: () => void): void;
  /** The terminal in whose foreground the mount is served. */
  readonly tty: string | undefined;
  /** What it wants recorded. */
  readonly record?: RecordRequest | undefined;
  /** The way to it, where it debugs what is served. */
  readonly debug?: DebugChannel | undefined;
}

/** Serves until the mount is gone; the result is the exit status. @throws {Failure} */
export async function serve(
  settings: ServeSettings,
  terminal: Terminal,
  waiter: Waiter,
): Promise<number> {
  const { logFile, logLevel, mountpoint } = settings;
  refuseInside(mountpoint, {
    log: logFile,
    'pid file': settings.pidFile,
    'folder for statedumps': runFolderOf(settings),
  });
  recycleMemory();
  const sink = openSink(logFile, {
    colour: terminal.colour.err,
    format: settings.logFormat,
    bufSize: settings.logBufSize,
    flushTimeout: settings.logFlushTimeout,
  });
  const flush = (): void => sink.flush();
  process.on('exit', flush);
  lastWords.log = logFile;
  const levels: LogLevels = { default: logLevel, volumes: new Map() };
  const log = new Log(sink, levels, 'glossa');
  const ending = new Ending(log, sink, terminal);
  let debugging: Debugging | null = null;
  waiter.onGone(async () => {
    await debugging?.close();
    ending.isLast = true;
    ending.request('its starter is gone');
  });
  const trouble = new StartTrouble(logFile, terminal);
  try {
    log.info(`started glossa ${version()}`, {
      msgid: messages.started.id,
      pairs: { cmdline: process.argv.slice(2).join(' ') },
    });
    await refuseOwnFiles(mountpoint);
    const graph = await startGraph(settings, { sink, levels, log, trouble }, terminal, waiter.tty);
    let recording: GraphRecording | null = null;
    const live = new LiveHost(graph);
    let endMetrics = async (): Promise<void> => {};
    try {
      if (waiter.record !== undefined) recording = new GraphRecording(graph, waiter.record, log);
      endMetrics = await startMetrics(graph, settings.metrics, log);
      if (waiter.debug !== undefined) {
        const { Debugging } = await import('./debug/debugging.ts');
        debugging = new Debugging(graph, waiter.debug);
        await debugging.running;
      }
      const about = { levels, log, ending, waiter, terminal, trouble, live };
      return await serveGraph(graph, settings, about);
    } finally {
      await endMetrics();
      await debugging?.close();
      await graph.stop();
      await recording?.close();
      await live.close();
      log.info('stopped', { msgid: messages.stopped.id });
    }
  } catch (error) {
    if (logFile !== CONSOLE) logFailure(error, log);
    throw error;
  } finally {
    ending.close();
    process.off('exit', flush);
    flush();
  }
}

function logFailure(error: unknown, log: Log): void {
  if (error instanceof Failure) {
    const msgid = messages.failed.id;
    for (const problem of error.problems ?? [error.message]) log.error(problem, { msgid });
  } else {
    log.critical(`unexpected error: ${error instanceof Error ? error.stack : String(error)}`, {
      msgid: messages.unexpected.id,
    });
  }
}

/**
 * Refuses a mount point in a directory that a volume serves: the server would come upon its own
 * mount there, also as the parent of a folder, and wait for itself.
 */
async function refuseServed(
  mountpoint: string,
  { volumes }: VolfileDescription,
  baseDir: string,
): Promise<void> {
  const point = await realPath(mountpoint);
  for (const { name, type, options } of volumes) {
    const directory = options.find(({ key }) => key.text === 'directory')?.value.text;
    if (type.text !== 'storage/posix' || directory === undefined) continue;
    const served = await realPath(resolve(baseDir, directory));
    if (relative(served, point).split('/')[0] === '..') continue;
    throw new Failure(
      `the mount point ${mountpoint} is in ${served}, which volume '${name.text}' serves: ` +
        'mount it elsewhere',
    );
  }
}

/**
 * Refuses a mount point that has this program in it: what the server still reads of its own files, for
 * a new interpreter for one, it would ask itself for, and wait for ever.
 */
async function refuseOwnFiles(mountpoint: string): Promise<void> {
  if (relative(await realPath(mountpoint), packageRoot).split('/')[0] === '..') return;
  throw new Failure(
    `the mount point ${mountpoint} has glossa itself in it (${packageRoot}), which would come to ` +
      'wait for itself: mount it elsewhere',
  );
}

/** The path without symbolic links; what is not there is refused by whoever needs it. */
const realPath = (path: string): Promise<string> => realpath(path).catch(() => path);

interface Logging {
  readonly trouble: StartTrouble;
  readonly sink: ReopenableSink;
  readonly levels: LogLevels;
  readonly log: Log;
}

/**
 * What there is to say about the volfile now. @throws {Failure} when it cannot be read, or is not to
 * be used
 */
function inspect(settings: ServeSettings, remark: (text: string) => void) {
  const { volfile, overrides, strict, allowShell } = settings;
  vouchFor(volfile, strict, remark);
  return inspectFile(volfile, { registry, overrides, strict, allowShell });
}

const volfileDoubt = { msgid: messages.volfileDoubt.id };

/** Reads the volfile and brings its graph up. */
async function startGraph(
  settings: ServeSettings,
  { sink, levels, log, trouble }: Logging,
  terminal: Terminal,
  tty: string | undefined,
): Promise<Graph> {
  const { volfile, logFile } = settings;
  const remark = (text: string): void => {
    log.warning(text, volfileDoubt);
    if (logFile !== CONSOLE) warn(text, terminal);
  };
  const inspection = await inspect(settings, remark);
  const description = describeOrFail(inspection, terminal);
  if (logFile !== CONSOLE) {
    for (const warning of listProblems(inspection.problems)) log.warning(warning, volfileDoubt);
  }
  const baseDir = dirname(resolve(volfile));
  await refuseServed(settings.mountpoint, description, baseDir);
  const context = new NodeContext({
    sink: trouble.around(sink),
    baseDir,
    wake: () => pump.wake(),
    terminal: tty === undefined ? undefined : new OwnTty(tty, () => pump.wake()),
    strict: settings.strict,
    warn: logFile === CONSOLE ? undefined : (text) => warn(text, terminal),
    runFiles: new RunFolder(runFolderOf(settings)),
    server: factsOf(settings),
  });
  step(`start the volumes of ${volfile}: ${namesOf(description)}`, terminal);
  const graph = activate(description, registry, context, levels);
  await explained(startOrFail(graph), trouble);
  trouble.wait(() => graph.waitedFor().join('; '));
  await explained(upOrFail(graph, settings.upTimeout ?? UP_TIMEOUT), trouble);
  trouble.answered();
  step('the volumes are up', terminal);
  log.info(finalGraph(description));
  return graph;
}

const namesOf = ({ volumes }: VolfileDescription): string =>
  volumes.map(({ name }) => printable(name.text)).join(', ');

/** What is said when it fails has what the volumes have logged. */
const explained = <T>(what: Promise<T>, trouble: StartTrouble): Promise<T> =>
  what.catch((error: unknown) => {
    throw error instanceof Failure ? trouble.explain(error) : error;
  });

const RULE = `+${'-'.repeat(78)}+`;

/** The effective volfile, numbered, in the form that people look for in a log of GlusterFS. */
export function finalGraph(description: VolfileDescription): string {
  const lines = printVolumes(plainVolumes(description)).trimEnd().split('\n');
  const numbered = lines.map((line, i) => `${String(i + 1).padStart(3)}: ${printable(line)}`);
  return ['Final graph:', RULE, ...numbered, RULE].join('\n');
}

interface Serving {
  readonly levels: LogLevels;
  readonly log: Log;
  readonly ending: Ending;
  readonly waiter: Waiter;
  readonly terminal: Terminal;
  readonly trouble: StartTrouble;
  readonly live: LiveHost;
}

/** Mounts a graph that is up, and serves until the mount is gone. */
async function serveGraph(
  graph: Graph,
  settings: ServeSettings,
  { levels, log, ending, waiter, terminal, trouble, live }: Serving,
): Promise<number> {
  const { mountpoint, volfile } = settings;
  // A daemon goes to the root directory once it serves, so a relative name leads elsewhere then.
  const again = { ...settings, volfile: resolve(volfile) };
  const reloader = new Reloader(
    graph,
    volfile,
    () => readAgain(again, log),
    log,
    settings.upTimeout,
  );
  ending.onHangUp = () => void reloader.readVolfile();
  const dumper = new Dumper(graph, aboutOf(settings), new RunFolder(runFolderOf(settings)), log);
  ending.onUser = () => dumper.write();
  const counting = new Counting(graph, aboutOf(settings), dumper.ages);
  const hides = await hasEntries(mountpoint);
  const onAnswer = (): void => {
    trouble.answered();
    ending.defer();
  };
  trouble.wait(() => `the lookup of the root of volume '${graph.top.name}' has no answer`);
  const own = { reloader, dumper, live, counting };
  const mounting = mountOrFail(graph, own, { ...settings, onAnswer }, levels);
  const mount = await explained(mounting, trouble);
  trouble.end();
  const pidFile = new PidFile(settings.pidFile);
  try {
    log.info(`mounted ${printable(volfile)} on ${printable(mountpoint)}`, {
      msgid: messages.mounted.id,
    });
    if (hides) {
      const text = `${printable(mountpoint)} is not empty: what is in it is hidden until it is unmounted`;
      log.warning(text, { msgid: messages.hidesFiles.id });
      warn(text, terminal);
    }
    nameServer(mount.mountpoint);
    // Not before: one mount point has one server, so that the file is nobody else's now.
    pidFile.write();
    step(`${printable(mountpoint)} is mounted`, terminal);
    ending.onRequest(async () => {
      // Nobody is left to ask again: a mount that is in use is detached, as it is on exit.
      if (!(await unmount(mount, log)) && ending.isLast) process.exit(EXIT_FAILURE);
    });
    await waiter.ready();
    const error = await mount.unmounted;
    nameServer(null);
    if (error !== null) throw new Failure(error.message);
    log.info(`unmounted ${printable(mountpoint)}`, { msgid: messages.unmounted.id });
    step(`${printable(mountpoint)} is unmounted`, terminal);
    return EXIT_OK;
  } finally {
    pidFile.remove();
    counting.close();
    dumper.close();
    await unmount(mount, log);
  }
}

const runFolderOf = ({ statedumpPath }: ServeSettings): string =>
  statedumpPath ?? defaultRunFolder();

const factsOf = ({ logFile }: ServeSettings): ServerFacts => ({
  version: version(),
  cmdline: process.argv.slice(2).join(' '),
  uuid: `CTX_ID:${randomUUID()}-PID:${process.pid}-HOST:${hostname()}`,
  logFile: logFile === CONSOLE ? undefined : logFile,
});

const aboutOf = ({ mountpoint, volfile }: ServeSettings): About => ({
  version: version(),
  pid: process.pid,
  mountpoint,
  volfile: resolve(volfile),
  started: performance.timeOrigin,
});

/** The volumes that the volfile describes by now. Its warnings were said when it was mounted. */
async function readAgain(settings: ServeSettings, log: Log): Promise<VolumeSpec[]> {
  const { description, problems } = await inspect(settings, (text) =>
    log.warning(text, volfileDoubt),
  );
  if (description !== undefined) {
    await refuseServed(settings.mountpoint, description, dirname(settings.volfile));
    return volumeSpecs(description, registry);
  }
  const lines = listProblems(problems);
  throw new Failure(lines.join('\n'), lines);
}

/** Those who answer what is asked of the mount's root. */
interface Asked {
  readonly reloader: Reloader;
  readonly dumper: Dumper;
  readonly live: LiveHost;
  readonly counting: Counting;
}

async function mountOrFail(
  graph: Graph,
  { reloader, dumper, live, counting }: Asked,
  { volfile, ...options }: ServeSettings & Pick<MountOptions, 'onAnswer'>,
  levels: LogLevels,
): Promise<Mount> {
  try {
    const dump = () => encodeName(statedump(graph));
    const rootXattrs = new Map([[STATEDUMP, dump]]);
    const actions = new Map<string, RootAction>([
      [RELOAD, () => reloader.reload().then(() => encodeName(reloader.report()))],
      [LIVE, live.invite],
      [RESET_STATS, async () => encodeName(JSON.stringify(resetStats(graph)))],
    ]);
    const frontEnd = options.frontEnd ?? defaultFrontEnd;
    const notable = new Notable(graph, options.slowMs);
    // The other front end sees no requests, but calls.
    const pages = frontEnd === 'kernel' && new DumpPages(() => notable.dump(), 'glossa.notable');
    const rootActions: RootActions = {
      get: (name) =>
        actions.get(name) ??
        dumper.pages.get(name) ??
        counting.pages.get(name) ??
        (pages ? pages.get(name) : undefined),
    };
    const own = { rootXattrs, rootActions, notable };
    const mountBy = frontEnds[frontEnd];
    return await mountBy({ ...options, ...own, graph, levels, source: resolve(volfile) });
  } catch (error) {
    if (error instanceof MountError) throw new Failure(mountProblem(error));
    throw error;
  }
}

/** Where the mount names umount(8), `glossa umount` does it for every user. */
const mountProblem = ({ message }: MountError): string =>
  message.replace(/'umount (-l )?/, "'glossa umount ");

/** Whether it is unmounted. */
async function unmount(mount: Mount, log: Log): Promise<boolean> {
  try {
    await mount.unmount();
    return true;
  } catch (error) {
    log.error(`still mounted: ${error instanceof Error ? error.message : String(error)}`, {
      msgid: messages.stillMounted.id,
    });
    return false;
  }
}
