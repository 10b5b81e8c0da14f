/**
 * Runs a server in this process: reads the volfile, starts the graph, and calls a `GraphServer`,
 * which serves it until the end (a mount in `mount-server.ts`, bricks in `brick-server.ts`).
 *
 * It logs its progress, as glusterfs does. An error is thrown; it is also logged, unless the log is
 * the terminal, where the caller prints it. At the end, everything is stopped in reverse order.
 */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { ServerFacts } from '../runtime/core/context.ts';
import { GraphError } from '../runtime/core/errors.ts';
import type { Graph } from '../runtime/core/graph.ts';
import { Log, type LogLevel, type LogLevels } from '../runtime/core/log.ts';
import { messages } from '../runtime/core/messages.ts';
import {
  findNewReach,
  makeReachRows,
  type ReachRow,
  type VolumeReach,
} from '../runtime/core/reach.ts';
import type { VolumeSpec } from '../runtime/core/xlator.ts';
import type { OutsideMounter } from '../runtime/mount/fuse/channel.ts';
import { crashLog } from '../runtime/sys/crash-log.ts';
import { leaveRoomForData } from '../runtime/sys/heap-limit.ts';
import { recycleMemory } from '../runtime/sys/malloc.ts';
import { findMissingInterfaces } from '../runtime/sys/node-interfaces.ts';
import {
  printVolumes,
  toMaskedVolumes,
  type VolfileDescription,
} from '../runtime/volfile/description.ts';
import { listGraphReach } from '../runtime/volfile/graph-reach.ts';
import { makeGraph, makeVolumeSpecs } from '../runtime/volfile/make-graph.ts';
import { makePrintable } from '../runtime/volfile/printable-text.ts';
import { listProblems } from '../runtime/volfile/problems.ts';
import { BlockingTty } from '../terminal/blocking-tty.ts';
import { Failure } from '../terminal/exit.ts';
import { maskCommandLine } from '../terminal/invocation.ts';
import { readPackageVersion } from '../terminal/package-version.ts';
import { printStep, printWarning, type Terminal } from '../terminal/terminal.ts';
import type { DebugHost } from './debug-host.ts';
import { GraphRecording, type RecordRequest } from './graph-recording.ts';
import { CONSOLE, type LogFormat, openSink, type ReopenableSink } from './log-sink.ts';
import { startMetrics } from './metrics/index.ts';
import type { Address } from './metrics/metrics-address.ts';
import { PumpContext } from './pump-context.ts';
import { registry } from './registry.ts';
import { Reloader, UnknownTypesError } from './reloader.ts';
import { findDefaultRunFolder, RunFolder } from './run-folder.ts';
import { listServerReach } from './server-reach.ts';
import { Shutdown } from './shutdown.ts';
import { StartErrors } from './start-errors.ts';
import { startOrFail, UP_TIMEOUT_S, waitUntilUp } from './start-graph.ts';
import type { DebugChannel } from './starter-channel.ts';
import type { About } from './statedump/whole-dump.ts';
import type { VolfileServers } from './volfile-servers.ts';
import { makeFileSource, type VolfileSource } from './volfile-source.ts';
import { describeOrFail } from './volfiles.ts';
import { putUpWall, type ServerWall } from './wall/server-wall.ts';
import type { MountingCommand } from './without-mount.ts';

/** The settings that all servers have, from the options of their commands. */
export interface ServerSettings {
  /** The volfile as the user named it, for messages; `HOST:/NAME` for one from a volfile server. */
  readonly volfile: string;
  /** The servers to fetch the volfile from; undefined for a file. */
  readonly servers: VolfileServers | undefined;
  /** The path of the log, or `-` for standard error. All paths from here on are absolute. */
  readonly logFile: string;
  readonly logLevel: LogLevel;
  /** The format of log lines; undefined for GlusterFS's default, as in the next two. */
  readonly logFormat: LogFormat | undefined;
  /** The number of latest messages whose repeats are counted. */
  readonly logBufSize: number | undefined;
  /** The seconds until the count of a repeated message is written. */
  readonly logFlushTimeout: number | undefined;
  /** The size at which the log turns over, in bytes. */
  readonly logFileBytes: number | undefined;
  readonly pidFile: string | undefined;
  /** The folder for statedumps and statistics; undefined for the default. */
  readonly statedumpPath: string | undefined;
  /** The number of statedumps that are kept there. */
  readonly statedumpMax: number | undefined;
  /** The address that metrics are served at; undefined for no metrics. */
  readonly metrics: Address | undefined;
  /** The subdirectory to mount, absolute; undefined for the whole volume. */
  readonly subdirMount?: string | undefined;
  /** The values of --xlator-option: `VOLUME.KEY=VALUE`. */
  readonly overrides: readonly string[];
  /** Whether warnings about the volfile are errors. */
  readonly strict: boolean;
  /** Whether the volfile's commands in backticks are run. */
  readonly allowShell: boolean;
  /** The seconds within which the volumes must be up; undefined for the default. */
  readonly upTimeout: number | undefined;
}

/** A kind of server, of a mount or of bricks: checks the volfile, and serves the graph. */
export interface GraphServer {
  /** Called before the volfile is read. @throws {Failure} */
  checkBeforeStart(): Promise<void>;
  /** Refuses a volfile that it cannot serve. @throws {Failure} */
  refuseVolfile(description: VolfileDescription, baseDir: string): Promise<void>;
  /** Serves a graph that is up until the end; resolves to the exit status. @throws {Failure} */
  serve(graph: Graph, serverContext: ServerContext): Promise<number>;
  /** Ends the pump's wait for descriptors, so that the event loop gets a turn soon. */
  wake(): void;
}

/** The process that started this server and waits until it serves; or this process itself. */
export interface Starter {
  /** Reports to the starter that the server serves. */
  reportReady(): Promise<void> | void;
  /** Calls `fn` when an attached server has lost its starter. */
  onGone(fn: () => void): void;
  /** The path of the terminal whose user waits for the server; undefined for a daemon. */
  readonly tty: string | undefined;
  /** The command of glossa that mounts; absent: `glossa mount`. */
  readonly command?: MountingCommand | undefined;
  /** The recording that it asks for. */
  readonly record?: RecordRequest | undefined;
  /** The connection to its debugger. */
  readonly debug?: DebugChannel | undefined;
  /** The wall that this server is inside; absent: none. */
  readonly wall?: ServerWall | undefined;
  /** The process that mounts for this one; absent: this one does. */
  readonly outsideMounter?: OutsideMounter | undefined;
}

/**
 * Starts the graph, and serves until `graphServer` ends; resolves to the exit status.
 * @throws {Failure}
 */
export async function runServer(
  graphServer: GraphServer,
  settings: ServerSettings,
  terminal: Terminal,
  starter: Starter,
): Promise<number> {
  const { logFile, logLevel } = settings;
  recycleMemory();
  const sink = openSink(logFile, {
    colour: terminal.colour.err,
    format: settings.logFormat,
    bufSize: settings.logBufSize,
    flushTimeout: settings.logFlushTimeout,
    fileBytes: settings.logFileBytes,
  });
  const flush = (): void => sink.flush();
  process.on('exit', flush);
  crashLog.target = logFile;
  const levels: LogLevels = { default: logLevel, volumes: new Map() };
  const log = new Log(sink, levels, 'glossa');
  const shutdown = new Shutdown(log, sink, terminal);
  let debugHost: DebugHost | null = null;
  starter.onGone(async () => {
    await debugHost?.close();
    shutdown.isFinalRequest = true;
    shutdown.request('its starter is gone');
  });
  const source = await openSource(settings, log);
  const startErrors = new StartErrors(logFile, terminal);
  try {
    log.info(`started glossa ${readPackageVersion()}`, {
      msgid: messages.serverStarted.id,
      pairs: { cmdline: maskCommandLine().join(' ') },
    });
    for (const line of findMissingInterfaces())
      log.warning(line, { msgid: messages.nodeInterfaceMissing.id });
    if (starter.wall !== undefined) putUpWall(starter.wall, log);
    await graphServer.checkBeforeStart();
    const graph = await startGraph(
      graphServer,
      settings,
      { source, sink, levels, log, startErrors },
      terminal,
      starter,
    );
    let recording: GraphRecording | null = null;
    let stopMetrics = async (): Promise<void> => {};
    try {
      if (starter.record !== undefined) recording = new GraphRecording(graph, starter.record, log);
      stopMetrics = await startMetrics(graph, settings.metrics, log);
      if (starter.debug !== undefined) {
        const { DebugHost } = await import('./debug-host.ts');
        debugHost = new DebugHost(graph, starter.debug);
        await debugHost.whenRunRequested;
      }
      const serverContext = { source, sink, levels, log, shutdown, starter, terminal, startErrors };
      leaveRoomForData();
      return await graphServer.serve(graph, serverContext);
    } finally {
      await stopMetrics();
      await debugHost?.close();
      await graph.stop();
      await recording?.close();
      log.info('stopped', { msgid: messages.serverStopped.id });
    }
  } catch (error) {
    if (logFile !== CONSOLE) logFailure(error, log);
    throw error;
  } finally {
    source.close();
    shutdown.close();
    process.off('exit', flush);
    flush();
  }
}

/** Logs the error that ends the server. */
function logFailure(error: unknown, log: Log): void {
  if (error instanceof Failure) {
    const msgid = messages.serverFailed.id;
    for (const problem of error.problems ?? [error.message]) log.error(problem, { msgid });
  } else {
    log.critical(`unexpected error: ${error instanceof Error ? error.stack : String(error)}`, {
      msgid: messages.unexpectedError.id,
    });
  }
}

/** Opens the source of the volfile: a file, or a volfile server. */
async function openSource({ servers, volfile }: ServerSettings, log: Log): Promise<VolfileSource> {
  if (servers === undefined) return makeFileSource(volfile);
  return (await import('./server-source.ts')).makeServerSource(servers, log);
}

/** The objects that the start of a graph needs. */
interface StartContext {
  readonly source: VolfileSource;
  readonly startErrors: StartErrors;
  readonly sink: ReopenableSink;
  readonly levels: LogLevels;
  readonly log: Log;
}

/** Inspects the volfile as it is now. @throws {Failure} when it is unreadable or not trusted */
function inspectSource(
  source: VolfileSource,
  { overrides, strict, allowShell }: ServerSettings,
  onWarning: (text: string) => void,
) {
  return source.inspect({ registry, overrides, strict, allowShell }, onWarning);
}

/** The message id of all warnings about the volfile. */
const VOLFILE_WARNING = { msgid: messages.volfileWarning.id };

/** Reads the volfile, and starts its graph; resolves when the graph is up. @throws {Failure} */
async function startGraph(
  graphServer: GraphServer,
  settings: ServerSettings,
  { source, sink, levels, log, startErrors }: StartContext,
  terminal: Terminal,
  { tty, record }: Starter,
): Promise<Graph> {
  const { volfile, logFile } = settings;
  const reportWarning = (text: string): void => {
    log.warning(text, VOLFILE_WARNING);
    if (logFile !== CONSOLE) printWarning(text, terminal);
  };
  const inspection = await inspectSource(source, settings, reportWarning);
  const description = describeOrFail(inspection, terminal);
  if (logFile !== CONSOLE) {
    for (const warning of listProblems(inspection.problems)) log.warning(warning, VOLFILE_WARNING);
  }
  const { baseDir } = source;
  await graphServer.refuseVolfile(description, baseDir);
  const context = new PumpContext({
    sink: startErrors.wrapSink(sink),
    baseDir,
    wake: graphServer.wake,
    terminal: tty === undefined ? undefined : new BlockingTty(tty, graphServer.wake),
    strict: settings.strict,
    warn: logFile === CONSOLE ? undefined : (text) => printWarning(text, terminal),
    runFiles: openRunFolder(settings),
    server: makeServerFacts(settings, listReach(description, baseDir, settings, record?.file)),
  });
  printStep(`start the volumes of ${volfile}: ${formatNames(description)}`, terminal);
  const graph = makeGraph(description, registry, context, levels);
  await withStartErrors(startOrFail(graph), startErrors);
  startErrors.warnIfSlow(() => graph.listBlockers().join('; '));
  await withStartErrors(waitUntilUp(graph, settings.upTimeout ?? UP_TIMEOUT_S), startErrors);
  startErrors.stopTimer();
  printStep('the volumes are up', terminal);
  log.info(formatFinalGraph(description));
  return graph;
}

/** Lists the names of the volumes, for a message. */
const formatNames = ({ volumes }: VolfileDescription): string =>
  volumes.map(({ name }) => makePrintable(name.text)).join(', ');

/** Awaits a step of the start; adds the errors that volumes have logged to its Failure. */
export const withStartErrors = <T>(step: Promise<T>, startErrors: StartErrors): Promise<T> =>
  step.catch((error: unknown) => {
    throw error instanceof Failure ? startErrors.explain(error) : error;
  });

/** The line above and below the graph in GlusterFS's log. */
const RULE_LINE = `+${'-'.repeat(78)}+`;

/** Formats the effective volfile with line numbers, as in GlusterFS's log. */
export function formatFinalGraph(description: VolfileDescription): string {
  const lines = printVolumes(toMaskedVolumes(description)).trimEnd().split('\n');
  const numberedLines = lines.map(
    (line, i) => `${String(i + 1).padStart(3)}: ${makePrintable(line)}`,
  );
  return ['Final graph:', RULE_LINE, ...numberedLines, RULE_LINE].join('\n');
}

/** The objects that `runServer` passes to a GraphServer. */
export interface ServerContext {
  readonly source: VolfileSource;
  readonly sink: ReopenableSink;
  readonly levels: LogLevels;
  readonly log: Log;
  readonly shutdown: Shutdown;
  readonly starter: Starter;
  readonly terminal: Terminal;
  readonly startErrors: StartErrors;
}

/** Makes the reloader, which reads the server's volfile again. */
export function makeReloader(
  graphServer: GraphServer,
  graph: Graph,
  settings: ServerSettings,
  { source, log, starter }: ServerContext,
): Reloader {
  const { server } = graph.context;
  const known = starter.wall === undefined ? undefined : server?.reach;
  const readSpecs = () => readSpecsAgain(graphServer, settings, source, log, known);
  return new Reloader(graph, settings.volfile, readSpecs, log, settings.upTimeout);
}

/** Returns the folder for statedumps and statistics. */
export const openRunFolder = ({ statedumpPath, statedumpMax }: ServerSettings): RunFolder =>
  new RunFolder(statedumpPath ?? findDefaultRunFolder(), statedumpMax);

/** Makes the facts about this process for the translators of the graph. */
const makeServerFacts = (
  { logFile, subdirMount }: ServerSettings,
  reach: readonly VolumeReach[],
): ServerFacts => ({
  version: readPackageVersion(),
  cmdline: maskCommandLine().join(' '),
  uuid: `CTX_ID:${randomUUID()}-PID:${process.pid}-HOST:${hostname()}`,
  logFile: logFile === CONSOLE ? undefined : logFile,
  subdirMount,
  reach: makeReachRows(reach),
});

/** Lists what the server reaches; without its volumes, if one of them will not start. */
function listReach(
  description: VolfileDescription,
  baseDir: string,
  settings: ServerSettings,
  recordFile: string | undefined,
): VolumeReach[] {
  const own = listServerReach({ ...settings, recordFile });
  try {
    return [...listGraphReach(description, registry, baseDir), ...own];
  } catch (error) {
    if (error instanceof GraphError) return own;
    throw error;
  }
}

/** Describes this process in answers and statedumps. */
export const describeServer = ({ source }: ServerContext): About => ({
  version: readPackageVersion(),
  pid: process.pid,
  volfile: source.name,
  started: performance.timeOrigin,
});

/** Refuses a volfile for a confined server that it would lead outside of the wall. @throws {Failure | GraphError} */
function refuseNewReach(
  description: VolfileDescription,
  baseDir: string,
  known: readonly ReachRow[],
): void {
  const rows = makeReachRows(listGraphReach(description, registry, baseDir));
  const lines = findNewReach(rows, known).map(
    ({ target, access, volume, option }) =>
      `volume '${volume}': option ${option}: ${makePrintable(target)} is not what the server was confined to ` +
      `(${access.join(', ')}): end it, and start it anew`,
  );
  if (lines.length > 0) throw new Failure(lines.join('\n'), lines);
}

/**
 * Reads the volfile again for a reload; warnings are only logged.
 * @param known what a confined server reaches @throws {Failure}
 */
async function readSpecsAgain(
  graphServer: GraphServer,
  settings: ServerSettings,
  source: VolfileSource,
  log: Log,
  known: readonly ReachRow[] | undefined,
): Promise<VolumeSpec[]> {
  const inspection = await inspectSource(source, settings, (text) =>
    log.warning(text, VOLFILE_WARNING),
  );
  const { description, problems, volumes } = inspection;
  if (description !== undefined) {
    await graphServer.refuseVolfile(description, source.baseDir);
    if (known !== undefined) refuseNewReach(description, source.baseDir, known);
    return makeVolumeSpecs(description, registry);
  }
  const lines = listProblems(problems);
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (errors.some(({ code }) => code !== 'unknown-type'))
    throw new Failure(lines.join('\n'), lines);
  const knownVolumes = volumes.filter(({ type }) => registry.has(type.text));
  throw new UnknownTypesError(
    lines,
    makeVolumeSpecs({ file: source.name, volumes: knownVolumes }, registry),
  );
}
