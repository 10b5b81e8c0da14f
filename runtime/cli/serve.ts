/**
 * The server: from a volfile to a mount that is served until it is unmounted, by whomever.
 *
 * It writes its progress to the log, as glusterfs does. What goes wrong while it starts is thrown,
 * for the one who waits, and is in the log as well, unless that one reads the log anyway. Whatever
 * was begun is taken back in reverse order.
 */
import { realpath } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import { encodeName } from '../core/bytes.ts';
import type { Graph, VolumeSpec } from '../core/graph.ts';
import { Log, type LogLevel, type LogLevels } from '../core/log.ts';
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
import type { Mount } from '../mount/mount.ts';
import { lastWords } from '../sys/last-words.ts';
import { recycleMemory } from '../sys/malloc.ts';
import { NodeContext } from './context.ts';
import { Ending } from './ending.ts';
import { EXIT_FAILURE, EXIT_OK, Failure } from './exit.ts';
import { CONSOLE, openSink, type ReopenableSink } from './log-sink.ts';
import { PidFile } from './pid-file.ts';
import { registry } from './registry.ts';
import { RELOAD, Reloader } from './reloading.ts';
import { StartTrouble } from './start-trouble.ts';
import { startOrFail, UP_TIMEOUT, upOrFail } from './started.ts';
import { STATEDUMP, statedump } from './statedump.ts';
import { type Terminal, warn } from './terminal.ts';
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
  readonly pidFile: string | undefined;
  readonly overrides: readonly string[];
  readonly strict: boolean;
  readonly allowShell: boolean;
  readonly readOnly: boolean;
  readonly suid: boolean;
  readonly dev: boolean;
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
}

/** Serves until the mount is gone; the result is the exit status. @throws {Failure} */
export async function serve(
  settings: ServeSettings,
  terminal: Terminal,
  waiter: Waiter,
): Promise<number> {
  const { logFile, logLevel, mountpoint } = settings;
  refuseInside(mountpoint, { log: logFile, 'pid file': settings.pidFile });
  recycleMemory();
  const sink = openSink(logFile, terminal.colour.err);
  lastWords.log = logFile;
  const levels: LogLevels = { default: logLevel, volumes: new Map() };
  const log = new Log(sink, levels, 'glossa');
  const ending = new Ending(log, sink, terminal);
  waiter.onGone(() => {
    ending.isLast = true;
    ending.request('its starter is gone');
  });
  const trouble = new StartTrouble(logFile, terminal);
  try {
    log.info(`started glossa ${version()}`, {
      pairs: { cmdline: process.argv.slice(2).join(' ') },
    });
    const graph = await startGraph(settings, { sink, levels, log, trouble }, terminal, waiter.tty);
    try {
      return await serveGraph(graph, settings, { levels, log, ending, waiter, terminal, trouble });
    } finally {
      await graph.stop();
      log.info('stopped');
    }
  } catch (error) {
    if (logFile !== CONSOLE) logFailure(error, log);
    throw error;
  } finally {
    ending.close();
  }
}

function logFailure(error: unknown, log: Log): void {
  if (error instanceof Failure) {
    for (const problem of error.problems ?? [error.message]) log.error(problem);
  } else {
    log.critical(`unexpected error: ${error instanceof Error ? error.stack : String(error)}`);
  }
}

/**
 * Refuses what the server opens, or opens again, while it serves: in its own mount it would wait
 * for itself.
 */
function refuseInside(
  mountpoint: string,
  files: Readonly<Record<string, string | undefined>>,
): void {
  for (const [what, path] of Object.entries(files)) {
    if (path === undefined || path === CONSOLE) continue;
    if (relative(mountpoint, path).split('/')[0] === '..') continue;
    throw new Failure(
      `the ${what} ${path} is inside the mount point ${mountpoint}: put it elsewhere`,
    );
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

/** Reads the volfile and brings its graph up. */
async function startGraph(
  settings: ServeSettings,
  { sink, levels, log, trouble }: Logging,
  terminal: Terminal,
  tty: string | undefined,
): Promise<Graph> {
  const { volfile, logFile } = settings;
  const remark = (text: string): void => {
    log.warning(text);
    if (logFile !== CONSOLE) warn(text, terminal);
  };
  const inspection = await inspect(settings, remark);
  const description = describeOrFail(inspection, terminal);
  if (logFile !== CONSOLE) {
    for (const warning of listProblems(inspection.problems)) log.warning(warning);
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
  });
  const graph = activate(description, registry, context, levels);
  await explained(startOrFail(graph), trouble);
  trouble.wait(() => graph.waitedFor().join('; '));
  await explained(upOrFail(graph, settings.upTimeout ?? UP_TIMEOUT), trouble);
  trouble.answered();
  log.info(finalGraph(description));
  return graph;
}

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
}

/** Mounts a graph that is up, and serves until the mount is gone. */
async function serveGraph(
  graph: Graph,
  settings: ServeSettings,
  { levels, log, ending, waiter, terminal, trouble }: Serving,
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
  const hides = await hasEntries(mountpoint);
  const onAnswer = (): void => {
    trouble.answered();
    ending.defer();
  };
  trouble.wait(() => `the lookup of the root of volume '${graph.top.name}' has no answer`);
  const mounting = mountOrFail(graph, reloader, { ...settings, onAnswer }, levels);
  const mount = await explained(mounting, trouble);
  trouble.end();
  const pidFile = new PidFile(settings.pidFile);
  try {
    log.info(`mounted ${printable(volfile)} on ${printable(mountpoint)}`);
    if (hides) {
      const text = `${printable(mountpoint)} is not empty: what is in it is hidden until it is unmounted`;
      log.warning(text);
      warn(text, terminal);
    }
    // Not before: one mount point has one server, so that the file is nobody else's now.
    pidFile.write();
    ending.onRequest(async () => {
      // Nobody is left to ask again: a mount that is in use is detached, as it is on exit.
      if (!(await unmount(mount, log)) && ending.isLast) process.exit(EXIT_FAILURE);
    });
    await waiter.ready();
    const error = await mount.unmounted;
    if (error !== null) throw new Failure(error.message);
    log.info(`unmounted ${printable(mountpoint)}`);
    return EXIT_OK;
  } finally {
    pidFile.remove();
    await unmount(mount, log);
  }
}

/** The volumes that the volfile describes by now. Its warnings were said when it was mounted. */
async function readAgain(settings: ServeSettings, log: Log): Promise<VolumeSpec[]> {
  const { description, problems } = await inspect(settings, (text) => log.warning(text));
  if (description !== undefined) {
    await refuseServed(settings.mountpoint, description, dirname(settings.volfile));
    return volumeSpecs(description, registry);
  }
  const lines = listProblems(problems);
  throw new Failure(lines.join('\n'), lines);
}

async function mountOrFail(
  graph: Graph,
  reloader: Reloader,
  { volfile, ...options }: ServeSettings & Pick<MountOptions, 'onAnswer'>,
  levels: LogLevels,
): Promise<Mount> {
  try {
    const dump = () => encodeName(statedump(graph));
    const rootXattrs = new Map([[STATEDUMP, dump]]);
    const rootActions = new Map([
      [RELOAD, () => reloader.reload().then(() => encodeName(reloader.report()))],
    ]);
    const own = { rootXattrs, rootActions };
    const mountBy = frontEnds[options.frontEnd ?? defaultFrontEnd];
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
    log.error(`still mounted: ${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
}
