/**
 * A server's process, whatever it serves: from a volfile to a graph that is up, which its front end then
 * serves (a mount in `serve.ts`, bricks in `serve-bricks.ts`) until it ends.
 *
 * It writes its progress to the log, as glusterfs does. What goes wrong while it starts is thrown,
 * for the one who waits, and is in the log as well, unless that one reads the log anyway. Whatever
 * was begun is taken back in reverse order.
 */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { ServerFacts } from '../runtime/core/context.ts';
import type { Graph } from '../runtime/core/graph.ts';
import { Log, type LogLevel, type LogLevels } from '../runtime/core/log.ts';
import { messages } from '../runtime/core/messages.ts';
import type { VolumeSpec } from '../runtime/core/xlator.ts';
import { crashLog } from '../runtime/sys/crash-log.ts';
import { recycleMemory } from '../runtime/sys/malloc.ts';
import { missingInterfaces } from '../runtime/sys/node-interfaces.ts';
import { activate, volumeSpecs } from '../runtime/volfile/activate.ts';
import { shownVolumes, type VolfileDescription } from '../runtime/volfile/description.ts';
import { printVolumes } from '../runtime/volfile/print.ts';
import { printable } from '../runtime/volfile/printable.ts';
import { listProblems } from '../runtime/volfile/problems.ts';
import { Failure } from '../terminal/exit.ts';
import { shownCommandLine } from '../terminal/invocation.ts';
import { version } from '../terminal/package-version.ts';
import { step, type Terminal, warn } from '../terminal/terminal.ts';
import { OwnTty } from '../terminal/tty.ts';
import { NodeContext } from './context.ts';
import type { Debugging } from './debugging.ts';
import { Ending } from './ending.ts';
import type { DebugChannel } from './handover.ts';
import { CONSOLE, type LogFormat, openSink, type ReopenableSink } from './log-sink.ts';
import type { Address } from './metrics/address.ts';
import { startMetrics } from './metrics/index.ts';
import { GraphRecording, type RecordRequest } from './recording.ts';
import { registry } from './registry.ts';
import { Reloader, UnknownTypes } from './reloading.ts';
import { defaultRunFolder, RunFolder } from './run-files.ts';
import { StartTrouble } from './start-trouble.ts';
import { startOrFail, UP_TIMEOUT, upOrFail } from './started.ts';
import type { About } from './statedump/whole.ts';
import type { VolfileServers } from './volfile-servers.ts';
import { fileSource, type VolfileSource } from './volfile-source.ts';
import { describeOrFail } from './volfiles.ts';

export interface ServingSettings {
  /** As it was given, for messages; of a server, as the list of mounts has it. */
  readonly volfile: string;
  /** Who is asked for it; undefined for a file. */
  readonly servers: VolfileServers | undefined;
  /** Absolute, as are all other paths; or `-`, standard error. */
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
  /** The folder to ask bricks for, absolute; undefined for all of a volume. */
  readonly subdirMount?: string | undefined;
  readonly overrides: readonly string[];
  readonly strict: boolean;
  readonly allowShell: boolean;
  readonly upTimeout: number | undefined;
}

/** What a process serves its graph by. */
export interface Front {
  /** Before anything is read. @throws {Failure} */
  begin(): Promise<void>;
  /** What of a volfile it cannot serve. @throws {Failure} */
  refuse(description: VolfileDescription, baseDir: string): Promise<void>;
  /** Serves a graph that is up, until the end; the result is the exit status. @throws {Failure} */
  serve(graph: Graph, serving: Serving): Promise<number>;
  /** Gives the event loop a turn soon. */
  wake(): void;
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

/** Serves until the front end ends; the result is the exit status. @throws {Failure} */
export async function serveBy(
  front: Front,
  settings: ServingSettings,
  terminal: Terminal,
  waiter: Waiter,
): Promise<number> {
  const { logFile, logLevel } = settings;
  recycleMemory();
  const sink = openSink(logFile, {
    colour: terminal.colour.err,
    format: settings.logFormat,
    bufSize: settings.logBufSize,
    flushTimeout: settings.logFlushTimeout,
  });
  const flush = (): void => sink.flush();
  process.on('exit', flush);
  crashLog.log = logFile;
  const levels: LogLevels = { default: logLevel, volumes: new Map() };
  const log = new Log(sink, levels, 'glossa');
  const ending = new Ending(log, sink, terminal);
  let debugging: Debugging | null = null;
  waiter.onGone(async () => {
    await debugging?.close();
    ending.isLast = true;
    ending.request('its starter is gone');
  });
  const source = await sourceOf(settings, log);
  const trouble = new StartTrouble(logFile, terminal);
  try {
    log.info(`started glossa ${version()}`, {
      msgid: messages.started.id,
      pairs: { cmdline: shownCommandLine().join(' ') },
    });
    for (const line of missingInterfaces()) log.warning(line, { msgid: messages.nodeLacks.id });
    await front.begin();
    const graph = await startGraph(
      front,
      settings,
      { source, sink, levels, log, trouble },
      terminal,
      waiter.tty,
    );
    let recording: GraphRecording | null = null;
    let endMetrics = async (): Promise<void> => {};
    try {
      if (waiter.record !== undefined) recording = new GraphRecording(graph, waiter.record, log);
      endMetrics = await startMetrics(graph, settings.metrics, log);
      if (waiter.debug !== undefined) {
        const { Debugging } = await import('./debugging.ts');
        debugging = new Debugging(graph, waiter.debug);
        await debugging.running;
      }
      const about = { source, levels, log, ending, waiter, terminal, trouble };
      return await front.serve(graph, about);
    } finally {
      await endMetrics();
      await debugging?.close();
      await graph.stop();
      await recording?.close();
      log.info('stopped', { msgid: messages.stopped.id });
    }
  } catch (error) {
    if (logFile !== CONSOLE) logFailure(error, log);
    throw error;
  } finally {
    source.close();
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

async function sourceOf({ servers, volfile }: ServingSettings, log: Log): Promise<VolfileSource> {
  if (servers === undefined) return fileSource(volfile);
  return (await import('./server-source.ts')).serverSource(servers, log);
}

interface Logging {
  readonly source: VolfileSource;
  readonly trouble: StartTrouble;
  readonly sink: ReopenableSink;
  readonly levels: LogLevels;
  readonly log: Log;
}

/**
 * What there is to say about the volfile now. @throws {Failure} when it cannot be read, or is not to
 * be used
 */
function inspect(
  source: VolfileSource,
  { overrides, strict, allowShell }: ServingSettings,
  remark: (text: string) => void,
) {
  return source.inspect({ registry, overrides, strict, allowShell }, remark);
}

const volfileDoubt = { msgid: messages.volfileDoubt.id };

/** Reads the volfile and brings its graph up. */
async function startGraph(
  front: Front,
  settings: ServingSettings,
  { source, sink, levels, log, trouble }: Logging,
  terminal: Terminal,
  tty: string | undefined,
): Promise<Graph> {
  const { volfile, logFile } = settings;
  const remark = (text: string): void => {
    log.warning(text, volfileDoubt);
    if (logFile !== CONSOLE) warn(text, terminal);
  };
  const inspection = await inspect(source, settings, remark);
  const description = describeOrFail(inspection, terminal);
  if (logFile !== CONSOLE) {
    for (const warning of listProblems(inspection.problems)) log.warning(warning, volfileDoubt);
  }
  const { baseDir } = source;
  await front.refuse(description, baseDir);
  const context = new NodeContext({
    sink: trouble.around(sink),
    baseDir,
    wake: front.wake,
    terminal: tty === undefined ? undefined : new OwnTty(tty, front.wake),
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
export const explained = <T>(what: Promise<T>, trouble: StartTrouble): Promise<T> =>
  what.catch((error: unknown) => {
    throw error instanceof Failure ? trouble.explain(error) : error;
  });

const RULE = `+${'-'.repeat(78)}+`;

/** The effective volfile, numbered, in the form that people look for in a log of GlusterFS. */
export function finalGraph(description: VolfileDescription): string {
  const lines = printVolumes(shownVolumes(description)).trimEnd().split('\n');
  const numbered = lines.map((line, i) => `${String(i + 1).padStart(3)}: ${printable(line)}`);
  return ['Final graph:', RULE, ...numbered, RULE].join('\n');
}

export interface Serving {
  readonly source: VolfileSource;
  readonly levels: LogLevels;
  readonly log: Log;
  readonly ending: Ending;
  readonly waiter: Waiter;
  readonly terminal: Terminal;
  readonly trouble: StartTrouble;
}

/** Reads the volfile again, and brings the graph up to date. */
export function reloaderOf(
  front: Front,
  graph: Graph,
  settings: ServingSettings,
  { source, log }: Serving,
): Reloader {
  const again = () => readAgain(front, settings, source, log);
  return new Reloader(graph, settings.volfile, again, log, settings.upTimeout);
}

export const runFolderOf = ({ statedumpPath }: ServingSettings): string =>
  statedumpPath ?? defaultRunFolder();

const factsOf = ({ logFile, subdirMount }: ServingSettings): ServerFacts => ({
  version: version(),
  cmdline: shownCommandLine().join(' '),
  uuid: `CTX_ID:${randomUUID()}-PID:${process.pid}-HOST:${hostname()}`,
  logFile: logFile === CONSOLE ? undefined : logFile,
  subdirMount,
});

export const aboutOf = ({ source }: Serving): About => ({
  version: version(),
  pid: process.pid,
  volfile: source.name,
  started: performance.timeOrigin,
});

/** The volumes that the volfile describes by now. Its warnings were said when it was mounted. */
async function readAgain(
  front: Front,
  settings: ServingSettings,
  source: VolfileSource,
  log: Log,
): Promise<VolumeSpec[]> {
  const inspection = await inspect(source, settings, (text) => log.warning(text, volfileDoubt));
  const { description, problems, volumes } = inspection;
  if (description !== undefined) {
    await front.refuse(description, source.baseDir);
    return volumeSpecs(description, registry);
  }
  const lines = listProblems(problems);
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (errors.some(({ code }) => code !== 'unknown-type'))
    throw new Failure(lines.join('\n'), lines);
  const known = volumes.filter(({ type }) => registry.has(type.text));
  throw new UnknownTypes(lines, volumeSpecs({ file: source.name, volumes: known }, registry));
}
