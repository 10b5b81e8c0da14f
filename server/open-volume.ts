/**
 * Opens volumes in this process, without a mount: reads a volfile, starts its graph, and waits
 * until it is up. The graph stops when the volume is closed, or garbage-collected without a close.
 */
import { isAbsolute, resolve } from 'node:path';
import { Volume as GraphVolume, type VolumeSettings } from '../runtime/api/volume.ts';
import type { VolumeClient } from '../runtime/api/volume-client.ts';
import type { SocketAddress } from '../runtime/core/addresses.ts';
import { Graph } from '../runtime/core/graph.ts';
import { Log, type LogLevels, parseLogLevel, WARNING } from '../runtime/core/log.ts';
import type { ReloadResult } from '../runtime/core/xlator.ts';
import { pump } from '../runtime/pump/pump.ts';
import { makeGraph, makeVolumeSpecs } from '../runtime/volfile/make-graph.ts';
import { formatProblems, listProblems } from '../runtime/volfile/problems.ts';
import type { VolfileInspection } from '../runtime/volfile/volfile.ts';
import { Failure } from '../terminal/exit.ts';
import { openSink, type ReopenableSink } from './log-sink.ts';
import { PumpContext } from './pump-context.ts';
import { registry } from './registry.ts';
import { Reloader } from './reloader.ts';
import { startOrFail, UP_TIMEOUT_S, waitUntilUp } from './start-graph.ts';
import { VOLFILE_SERVER_PORT } from './volfile-servers.ts';
import { makeFileSource, type VolfileSource } from './volfile-source.ts';
import { inspectText } from './volfiles.ts';

/** The text of a volfile. */
export interface VolfileText {
  readonly volfile: string;
  /** The directory that relative paths in it start from; by default the working directory. */
  readonly baseDir?: string;
}

/** A volume of a server of volfiles, such as glusterd. */
export interface RemoteVolume {
  /** Host names, or absolute paths of unix sockets; a list is tried in its order. */
  readonly host: string | readonly string[];
  readonly volname: string;
  /** The port of the hosts, by default 24007. */
  readonly port?: number;
}

/** The path of a volfile, its text, a volume of a server, or a graph that is up. */
export type VolumeSource = string | VolfileText | RemoteVolume | Graph;

/** The settings of an opened volume. */
export interface OpenSettings extends Omit<VolumeSettings, 'ownsGraph' | 'onWaiting' | 'onClose'> {
  /** File of the log; by default there is no log. `-` is standard error. */
  readonly log?: string;
  /** Name of the least serious level that is logged; by default WARNING. */
  readonly logLevel?: string;
  /** Values of options in place of the volfile's, as `VOLUME.OPTION=VALUE`. */
  readonly overrides?: readonly string[];
  /** Seconds until the volumes must be up; by default 30. */
  readonly upTimeout?: number;
  /** Whether commands in backticks of a volfile are run; by default false. */
  readonly allowShell?: boolean;
}

/** The error of a volume that could not be opened. */
export class OpenError extends Error {
  readonly code = 'GLOSSA_OPEN_FAILED';
  /** Each problem in one line. */
  readonly problems: readonly string[];

  constructor(message: string, problems: readonly string[]) {
    super(message);
    this.problems = problems;
  }
}

/** A volume of this process, with its graph and the source of its volfile. */
export class Volume extends GraphVolume {
  /**
   * Opens a volume, which the caller must close. If `source` is a graph, the close does not stop
   * it.
   * @throws {OpenError} when the volfile is wrong or unreachable, or a volume does not come up
   */
  static async open(source: VolumeSource, settings: OpenSettings = {}): Promise<Volume> {
    if (source instanceof Graph) return Volume.fromGraph(source, settings);
    try {
      return await startVolume(source, settings);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      throw new OpenError(error.message, error.problems ?? [error.message]);
    }
  }

  /** Reads the volfile again, and exchanges the graph if it has changed. Open files stay open. */
  async reload(): Promise<ReloadResult> {
    const [result] = await findOrigin(this.client).reloader.reloadVolfileOnly();
    return result!;
  }

  /** The id that a volfile server has given the volume, a UUID. @throws {OpenError} if none has */
  async volumeId(): Promise<string> {
    const { volfileSource } = findOrigin(this.client);
    try {
      if (volfileSource.fetchVolumeId !== undefined) return await volfileSource.fetchVolumeId();
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      throw new OpenError(error.message, [error.message]);
    }
    const { name } = volfileSource;
    const message = `the volume of ${name} has no id, which only a volfile server gives`;
    throw new OpenError(message, [message]);
  }

  /**
   * Sends the log to another file, with another least serious level, from now on.
   * @param file `-` is standard error; undefined ends the log
   * @throws {OpenError} when the file cannot be written, or the level is unknown
   */
  setLog(file: string | undefined, levelName?: string): void {
    const { sink, levels } = findOrigin(this.client);
    try {
      const level = requireLogLevel(levelName);
      sink.moveTo(file);
      levels.default = level;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      throw new OpenError(error.message, [error.message]);
    }
  }
}

/** The parts of a volume that belong to its volfile. */
interface Origin {
  readonly reloader: Reloader;
  readonly volfileSource: VolfileSource;
  readonly sink: ReopenableSink;
  readonly levels: LogLevels;
}

/** The origin of each volume with a volfile. */
const origins = new WeakMap<VolumeClient, Origin>();

/**
 * Returns the origin of an open volume.
 * @throws {VolumeClosedError}, or an Error for a volume that was opened from a graph
 */
function findOrigin(client: VolumeClient): Origin {
  client.checkOpen();
  const origin = origins.get(client);
  if (origin === undefined) throw new Error('a volume of a graph has no volfile');
  return origin;
}

/** Closes volumes that were dropped, which is a mistake of the program. */
const droppedVolumes = new FinalizationRegistry<VolumeClient>((client) => {
  if (client.isClosed) return;
  process.emitWarning(`volume '${client.name}' was dropped without close()`, 'GlossaWarning');
  void client.close().catch(() => {});
});

/** Starts the graph of a volfile, and opens its volume. @throws {Failure} */
async function startVolume(
  source: Exclude<VolumeSource, Graph>,
  settings: OpenSettings,
): Promise<Volume> {
  const { log: logFile, upTimeout = UP_TIMEOUT_S } = settings;
  const levels: LogLevels = { default: requireLogLevel(settings.logLevel), volumes: new Map() };
  const sink = openSink(logFile, { colour: false });
  const log = new Log(sink, levels, 'glossa');
  const volfileSource = await makeVolfileSource(source, log);
  const inspect = () => volfileSource.inspect(makeInspectSettings(settings), () => {});
  const processHold = new ProcessHold();
  // The timers of the graph do not keep the process alive, so the open must.
  processHold.setHeld(true);
  try {
    const inspection = await inspect();
    const { description } = inspection;
    if (description === undefined) throw makeVolfileFailure(inspection);
    const context = new PumpContext({
      sink,
      baseDir: volfileSource.baseDir,
      wake: () => pump.wake(),
    });
    const graph = makeGraph(description, registry, context, levels);
    await startOrFail(graph);
    await waitUntilUp(graph, upTimeout);
    const volume = Volume.fromGraph(graph, {
      ...settings,
      ownsGraph: true,
      onPendingChange: (hasPending) => processHold.setHeld(hasPending),
      onClose() {
        processHold.end();
        volfileSource.close();
        sink.close();
      },
    });
    const readSpecs = async () => {
      const currentInspection = await inspect();
      if (currentInspection.description === undefined) throw makeVolfileFailure(currentInspection);
      return makeVolumeSpecs(currentInspection.description, registry);
    };
    const reloader = new Reloader(graph, volfileSource.name, readSpecs, log, upTimeout);
    volfileSource.onChange(() => void reloader.reloadVolfileOnly());
    origins.set(volume.client, { reloader, volfileSource, sink, levels });
    droppedVolumes.register(volume.settings.collectionToken, volume.client);
    processHold.setHeld(false);
    return volume;
  } catch (error) {
    processHold.end();
    volfileSource.close();
    sink.close();
    throw error;
  }
}

/** Keeps the process alive while a volume is opened, and while operations wait. */
class ProcessHold {
  private timer: NodeJS.Timeout | null = null;

  /** Keeps the process alive from now on, or no longer. */
  setHeld(isHeld: boolean): void {
    if (!isHeld) this.timer?.unref();
    else if (this.timer !== null) this.timer.ref();
    // Only the presence of the timer matters; it fires every 12 days.
    else this.timer = setInterval(() => {}, 2 ** 30);
  }

  /** Removes the timer: an unreferenced one would stay in the process. */
  end(): void {
    clearInterval(this.timer ?? undefined);
  }
}

/** Parses the name of a log level; undefined is WARNING. @throws {Failure} if it is unknown */
function requireLogLevel(name: string | undefined): LogLevels['default'] {
  if (name === undefined) return WARNING;
  const level = parseLogLevel(name);
  if (level === undefined) throw new Failure(`the log level ${name} is unknown`);
  return level;
}

/** Returns the settings with which the volfile is read. */
const makeInspectSettings = ({ overrides = [], allowShell = false }: OpenSettings) => ({
  registry,
  overrides,
  allowShell,
});

/** Makes the error for a volfile with mistakes. */
function makeVolfileFailure({ problems, sources }: VolfileInspection): Failure {
  return new Failure(formatProblems(problems, sources, { colour: false }), listProblems(problems));
}

/** Makes the source of the volfile. @throws {TypeError | Failure} if `source` names none */
async function makeVolfileSource(
  source: Exclude<VolumeSource, Graph>,
  log: Log,
): Promise<VolfileSource> {
  if (typeof source === 'string') return makeFileSource(source);
  const isObject = typeof source === 'object' && source !== null;
  if (isObject && 'volfile' in source) return makeTextSource(source);
  if (!isObject || !('host' in source)) {
    throw new TypeError(
      'a volume is opened from a path, { volfile }, { host, volname } or a graph',
    );
  }
  const { host, volname, port = VOLFILE_SERVER_PORT } = source;
  const hosts = typeof host === 'string' ? [host] : host;
  if (hosts.length === 0) throw new Failure('host names no server of volfiles');
  const servers = hosts.map(
    (name): SocketAddress => (isAbsolute(name) ? { path: name } : { host: name, port }),
  );
  const { makeServerSource } = await import('./server-source.ts');
  return makeServerSource({ servers, id: volname }, log);
}

/** Makes the source of a volfile whose text the caller has given; it never changes. */
function makeTextSource({ volfile, baseDir = '.' }: VolfileText): VolfileSource {
  const name = '<volfile>';
  return {
    name,
    baseDir: resolve(baseDir),
    inspect: (settings) => inspectText(name, volfile, settings),
    onChange() {},
    close() {},
  };
}
