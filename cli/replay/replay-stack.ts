/**
 * Starts the graph for a replay. With a volfile, the recording *plays* the storages: it gives the
 * recorded replies in their place. With a module, it plays the volumes below the module's.
 */
import { basename, dirname, extname, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type ParsedLine, parseLine } from '../../bridges/testing/log-lines.ts';
import { findSubject } from '../../bridges/testing/subject.ts';
import { TestContext } from '../../bridges/testing/test-context.ts';
import { InitError } from '../../runtime/core/errors.ts';
import { Graph } from '../../runtime/core/graph.ts';
import { INFO, type LogLevels } from '../../runtime/core/log.ts';
import { VirtualClock } from '../../runtime/core/virtual-clock.ts';
import type { VolumeSpec } from '../../runtime/core/xlator.ts';
import type { RecordedVolume } from '../../runtime/observe/events.ts';
import type { Head } from '../../runtime/observe/format.ts';
import { findVolume, type ReplayRoles } from '../../runtime/replay/plan.ts';
import { PlayedVolume } from '../../runtime/replay/played-volume.ts';
import { RecordedStorage } from '../../runtime/replay/recorded-storage.ts';
import { makeVolumeSpecs } from '../../runtime/volfile/make-graph.ts';
import { registry } from '../../server/registry.ts';
import { startOrFail } from '../../server/start-graph.ts';
import { refuseStuck } from '../../server/stuck-mounts.ts';
import { describeOrFail, inspectFile } from '../../server/volfiles.ts';
import { Failure, UsageError } from '../../terminal/exit.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { findModuleFile, type ModuleFile } from '../module-volfile.ts';

/** The settings of the graph for a replay. */
export interface StackSettings {
  /**
   * The recorded volume whose requests are sent; undefined for the top, or for the module's volume.
   */
  readonly volume: string | undefined;
  /** Whether the volfile's own storages are used, instead of played ones. */
  readonly usesRealStorage: boolean;
  /** Whether the volfile's warnings are errors. */
  readonly strict: boolean;
  /** Options that replace those of the volfile, each as `VOLUME.KEY=VALUE`. */
  readonly overrides: readonly string[];
  /** Whether the commands in backticks of the volfile are run. */
  readonly allowShell: boolean;
  /** Prints a warning. */
  warn(text: string): void;
}

/** A graph that is up, with its played volumes. */
export interface ReplayStack {
  readonly graph: Graph;
  readonly clock: VirtualClock;
  readonly roles: ReplayRoles;
  readonly playedVolumes: readonly PlayedVolume[];
  /** The log lines of its volumes. */
  readonly logLines: readonly ParsedLine[];
  /** Stops the graph and the played storages. */
  stop(): Promise<void>;
}

/** The volumes of a graph, leaves first, and which of them are played. */
interface GraphParts {
  readonly specs: readonly VolumeSpec[];
  readonly roles: ReplayRoles;
}

/** The time limit for the graph to come up, by the real clock. */
const START_TIMEOUT_MS = 30_000;
/** The time between two checks whether it is up. */
const POLL_INTERVAL_MS = 5;

const MODULE_TYPES = ['features/glupy', 'features/native'];
/** The recorded options that name the module or its code: the user's module is used instead. */
const MODULE_OPTIONS = ['module-name', 'module-path', 'language', 'reload'];

/** Starts the graph; resolves when it is up. @throws {Failure | ReplayError} */
export async function startStack(
  operand: string,
  head: Head,
  settings: StackSettings,
  terminal: Terminal,
): Promise<ReplayStack> {
  await refuseStuck(operand);
  const module = findModuleFile(operand);
  const clock = new VirtualClock();
  const log: ParsedLine[] = [];
  const { strict, warn } = settings;
  const baseDir = dirname(resolve(operand));
  const context = new TestContext(clock, { baseDir, strict, warn }, (text) => {
    const line = parseLine(text);
    if (line !== undefined) log.push(line);
  });
  const { specs, roles } =
    module === null
      ? await makeVolfileParts(operand, head, settings, terminal)
      : await makeModuleParts(module, head, settings);
  const playedVolumes = new Map<string, PlayedVolume>();
  const storages: RecordedStorage[] = [];
  for (const name of roles.played) {
    const storage = await RecordedStorage.start(context);
    storages.push(storage);
    playedVolumes.set(name, new PlayedVolume(name, storage));
  }
  const playedSpecs = specs.map((spec) => {
    const played = playedVolumes.get(spec.name);
    return played === undefined ? spec : { ...spec, translator: played.translator, options: [] };
  });
  const levels: LogLevels = { default: INFO, volumes: new Map() };
  const graph = new Graph(playedSpecs, context, levels);
  const stopStorages = async (): Promise<void> => {
    for (const storage of storages) await storage.stop();
  };
  const stop = async (): Promise<void> => {
    await graph.stop();
    await stopStorages();
  };
  try {
    await startOrFail(graph);
  } catch (error) {
    await stopStorages();
    throw error;
  }
  if (!(await waitUntilUp(graph, clock))) {
    const problems = graph.listBlockers();
    await stop();
    throw new Failure(problems.join('\n'), problems);
  }
  return { graph, clock, roles, playedVolumes: [...playedVolumes.values()], logLines: log, stop };
}

/**
 * Waits in real time until the graph is up; the virtual clock advances from timer to timer. Resolves
 * to whether the graph came up in time.
 */
async function waitUntilUp(graph: Graph, clock: VirtualClock): Promise<boolean> {
  for (let waitedMs = 0; !graph.isUp && waitedMs < START_TIMEOUT_MS; waitedMs += POLL_INTERVAL_MS) {
    await delay(POLL_INTERVAL_MS);
    if (clock.nextDueMs !== undefined) clock.advanceTo(clock.nextDueMs);
  }
  return graph.isUp;
}

/** Reads the volfile; its leaves are played, or none with `usesRealStorage`. @throws {Failure} */
async function makeVolfileParts(
  file: string,
  head: Head,
  { volume, usesRealStorage, strict, overrides, allowShell }: StackSettings,
  terminal: Terminal,
): Promise<GraphParts> {
  const inspection = await inspectFile(file, { registry, strict, overrides, allowShell });
  const specs = makeVolumeSpecs(describeOrFail(inspection, terminal), registry);
  const requestVolume = volume ?? head.volumes.at(-1)!.name;
  const leaves = specs.filter(({ subvolumes }) => subvolumes.length === 0).map(({ name }) => name);
  if (usesRealStorage) return { specs, roles: { volume: requestVolume, played: [] } };
  const advice = '--real-storage asks those of the volfile';
  for (const name of leaves) {
    if (head.volumes.some((volume) => volume.name === name)) continue;
    const names = head.volumes.map((volume) => volume.name).join(', ');
    throw new Failure(
      `the recording cannot play the storage '${name}' of ${file}: ` +
        `its volumes are ${names}; ${advice}`,
    );
  }
  if (specs.length === leaves.length) {
    throw new Failure(`${file} has storages alone, and these the recording plays: ${advice}`);
  }
  return { specs, roles: { volume: requestVolume, played: leaves } };
}

/**
 * Puts the module, with its recorded options, above stand-ins for the recorded subvolumes. Played
 * volumes replace these afterwards.
 * @throws {Failure | UsageError}
 */
async function makeModuleParts(
  module: ModuleFile,
  head: Head,
  { volume, usesRealStorage, overrides }: StackSettings,
): Promise<GraphParts> {
  if (usesRealStorage) throw new UsageError('--real-storage is for a VOLFILE');
  if (overrides.length > 0) throw new UsageError('--xlator-option is for a VOLFILE');
  const {
    name,
    options: recordedOptions,
    subvolumes,
  } = volume === undefined ? findModuleVolume(head, module) : findVolume(head, volume);
  const options = Object.fromEntries(
    Object.entries(recordedOptions).filter(([key]) => !MODULE_OPTIONS.includes(key)),
  );
  try {
    const subject = await findSubject(basename(module.path), dirname(module.path), options);
    const childSpecs = subvolumes.map((child) => ({
      name: child,
      translator: subject.translator,
      options: [],
      subvolumes: [],
    }));
    const specs = [...childSpecs, { name, subvolumes, ...subject }];
    return { specs, roles: { volume: name, played: subvolumes } };
  } catch (error) {
    if (error instanceof InitError) throw new Failure(error.message);
    throw error;
  }
}

/**
 * Finds the recorded volume with a module of this name, or the only one with a module.
 * @throws {Failure}
 */
function findModuleVolume({ volumes }: Head, module: ModuleFile): RecordedVolume {
  const moduleVolumes = volumes.filter(({ type }) => MODULE_TYPES.includes(type));
  const sameNameVolumes = moduleVolumes.filter(({ options }) => {
    const file = options['module-name'] ?? options['module-path'];
    return file !== undefined && makeFileStem(file) === makeFileStem(module.name);
  });
  const candidates = sameNameVolumes.length > 0 ? sameNameVolumes : moduleVolumes;
  if (candidates.length === 1) return candidates[0]!;
  const names = (candidates.length > 0 ? candidates : volumes).map(
    ({ name }) => `--volume ${name}`,
  );
  throw new Failure(`which volume is to be ${module.name}? ${names.join(' or ')}`);
}

const makeFileStem = (file: string): string => basename(file, extname(file));
