/**
 * Starts the graph for a replay: a volfile's, whose storages the recording plays, or a module's,
 * with the recording playing the volumes above and below it.
 */
import { basename, dirname, extname, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { TestContext } from '../../bridges/testing/clock.ts';
import { type ParsedLine, parseLine } from '../../bridges/testing/log.ts';
import { translatorFor } from '../../bridges/testing/subject.ts';
import { InitError } from '../../runtime/core/errors.ts';
import { Graph } from '../../runtime/core/graph.ts';
import { INFO, type LogLevels } from '../../runtime/core/log.ts';
import { VirtualClock } from '../../runtime/core/virtual-clock.ts';
import type { VolumeSpec } from '../../runtime/core/xlator.ts';
import type { VolumeSeen } from '../../runtime/observe/events.ts';
import type { Head } from '../../runtime/observe/format.ts';
import { type Roles, volumeIn } from '../../runtime/replay/plan.ts';
import { PlayedVolume } from '../../runtime/replay/played-volume.ts';
import { RecordedStorage } from '../../runtime/replay/recorded-storage.ts';
import { volumeSpecs } from '../../runtime/volfile/activate.ts';
import { registry } from '../../server/registry.ts';
import { startOrFail } from '../../server/start-graph.ts';
import { refuseStuck } from '../../server/stuck-mounts.ts';
import { describeOrFail, inspectFile } from '../../server/volfiles.ts';
import { Failure, UsageError } from '../../terminal/exit.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { findModuleFile, type ModuleFile } from '../module-volfile.ts';

export interface StackSettings {
  /** The volume of the requests; undefined for the top, or for the module's volume. */
  readonly volume: string | undefined;
  /** Whether the volfile's own storages are used. */
  readonly realStorage: boolean;
  readonly strict: boolean;
  readonly overrides: readonly string[];
  readonly allowShell: boolean;
  /** Receives warnings. */
  warned(text: string): void;
}

/** A graph that is up, and its played volumes. */
export interface ReplayStack {
  readonly graph: Graph;
  readonly clock: VirtualClock;
  readonly roles: Roles;
  readonly played: readonly PlayedVolume[];
  /** The log lines of its volumes. */
  readonly log: readonly ParsedLine[];
  stop(): Promise<void>;
}

/** Volumes, leaves first, and the played ones. */
interface Parts {
  readonly specs: readonly VolumeSpec[];
  readonly roles: Roles;
}

/** The time limit for the graph to come up, in real time. */
const UP_WITHIN_MS = 30_000;
const STEP_MS = 5;

const HOSTS = ['features/glupy', 'features/native'];
/** Options of the recorded module, which the given module replaces. */
const OF_THE_MODULE = ['module-name', 'module-path', 'language', 'reload'];

/** @throws {Failure | ReplayError} */
export async function startStack(
  given: string,
  head: Head,
  settings: StackSettings,
  terminal: Terminal,
): Promise<ReplayStack> {
  await refuseStuck(given);
  const module = findModuleFile(given);
  const clock = new VirtualClock();
  const log: ParsedLine[] = [];
  const { strict, warned } = settings;
  const baseDir = dirname(resolve(given));
  const context = new TestContext(clock, { baseDir, strict, warned }, (text) => {
    const line = parseLine(text);
    if (line !== undefined) log.push(line);
  });
  const { specs, roles } =
    module === null
      ? await volfileParts(given, head, settings, terminal)
      : await moduleParts(module, head, settings);
  const volumes = new Map<string, PlayedVolume>();
  const storages: RecordedStorage[] = [];
  for (const name of roles.played) {
    const storage = await RecordedStorage.start(context);
    storages.push(storage);
    volumes.set(name, new PlayedVolume(name, storage));
  }
  const all = specs.map((spec) => {
    const played = volumes.get(spec.name);
    return played === undefined ? spec : { ...spec, translator: played.translator, options: [] };
  });
  const levels: LogLevels = { default: INFO, volumes: new Map() };
  const graph = new Graph(all, context, levels);
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
  if (!(await comesUp(graph, clock))) {
    const waited = graph.waitedFor();
    await stop();
    throw new Failure(waited.join('\n'), waited);
  }
  return { graph, clock, roles, played: [...volumes.values()], log, stop };
}

/** Waits in real time; the virtual clock advances to each timer. */
async function comesUp(graph: Graph, clock: VirtualClock): Promise<boolean> {
  for (let waited = 0; !graph.isUp && waited < UP_WITHIN_MS; waited += STEP_MS) {
    await delay(STEP_MS);
    if (clock.next !== undefined) clock.advanceTo(clock.next);
  }
  return graph.isUp;
}

async function volfileParts(
  file: string,
  head: Head,
  { volume, realStorage, strict, overrides, allowShell }: StackSettings,
  terminal: Terminal,
): Promise<Parts> {
  const inspection = await inspectFile(file, { registry, strict, overrides, allowShell });
  const specs = volumeSpecs(describeOrFail(inspection, terminal), registry);
  const top = volume ?? head.volumes.at(-1)!.name;
  const leaves = specs.filter(({ subvolumes }) => subvolumes.length === 0).map(({ name }) => name);
  if (realStorage) return { specs, roles: { volume: top, played: [] } };
  const fix = '--real-storage asks those of the volfile';
  for (const name of leaves) {
    if (head.volumes.some((one) => one.name === name)) continue;
    const names = head.volumes.map((one) => one.name).join(', ');
    throw new Failure(
      `the recording cannot play the storage '${name}' of ${file}: ` +
        `its volumes are ${names}; ${fix}`,
    );
  }
  if (specs.length === leaves.length) {
    throw new Failure(`${file} has storages alone, and these the recording plays: ${fix}`);
  }
  return { specs, roles: { volume: top, played: leaves } };
}

async function moduleParts(
  module: ModuleFile,
  head: Head,
  { volume, realStorage, overrides }: StackSettings,
): Promise<Parts> {
  if (realStorage) throw new UsageError('--real-storage is for a VOLFILE');
  if (overrides.length > 0) throw new UsageError('--xlator-option is for a VOLFILE');
  const { name, options, subvolumes } =
    volume === undefined ? hostIn(head, module) : volumeIn(head, volume);
  const own = Object.fromEntries(
    Object.entries(options).filter(([key]) => !OF_THE_MODULE.includes(key)),
  );
  try {
    const subject = await translatorFor(basename(module.path), dirname(module.path), own);
    const below = subvolumes.map((child) => ({
      name: child,
      translator: subject.translator,
      options: [],
      subvolumes: [],
    }));
    const specs = [...below, { name, subvolumes, ...subject }];
    return { specs, roles: { volume: name, played: subvolumes } };
  } catch (error) {
    if (error instanceof InitError) throw new Failure(error.message);
    throw error;
  }
}

/** The recorded volume that runs a module of this name, or the only one with a module. */
function hostIn({ volumes }: Head, module: ModuleFile): VolumeSeen {
  const hosts = volumes.filter(({ type }) => HOSTS.includes(type));
  const named = hosts.filter(({ options }) => {
    const file = options['module-name'] ?? options['module-path'];
    return file !== undefined && stem(file) === stem(module.name);
  });
  const found = named.length > 0 ? named : hosts;
  if (found.length === 1) return found[0]!;
  const names = (found.length > 0 ? found : volumes).map(({ name }) => `--volume ${name}`);
  throw new Failure(`which volume is to be ${module.name}? ${names.join(' or ')}`);
}

const stem = (file: string): string => basename(file, extname(file));
