/**
 * Exports the API for browsers (`glossa/browser`), which a page bundles: features/glupy in a
 * worker, and functions that start a graph there. `docs/write/browser.md` shows its use.
 */
import type { Graph } from '../runtime/core/graph.ts';
import { INFO, type LogLevel } from '../runtime/core/log.ts';
import type { Translator } from '../runtime/core/xlator.ts';
import { makeGraph } from '../runtime/volfile/make-graph.ts';
import { Registry } from '../runtime/volfile/registry.ts';
import { Source } from '../runtime/volfile/source.ts';
import { readVolfile } from '../runtime/volfile/volfile.ts';
import delayGen from '../runtime/xlators/debug/delay-gen/index.ts';
import errorGen from '../runtime/xlators/debug/error-gen/index.ts';
import ioStats from '../runtime/xlators/debug/io-stats/index.ts';
import sink from '../runtime/xlators/debug/sink/index.ts';
import trace from '../runtime/xlators/debug/trace/index.ts';
import locks from '../runtime/xlators/features/locks/index.ts';
import negative from '../runtime/xlators/features/negative/index.ts';
import memory from '../runtime/xlators/storage/memory/index.ts';
import { makeGlupy } from './host/index.ts';
import type { Machine } from './host/machine.ts';
import { javascript } from './javascript/language.ts';
import { BrowserContext } from './machine/browser/context.ts';
import { python } from './python/language.ts';
import { wasm } from './wasm/language.ts';

export { FileError } from '../runtime/api/file-error.ts';
export { Volume } from '../runtime/api/volume.ts';
export { Graph } from '../runtime/core/graph.ts';
export { type BrowserSettings, browserMachine } from './machine/browser/index.ts';
export { fetchParts, type PartBytes } from './machine/browser/parts.ts';
export type { Lost } from './machine/browser/watchdog.ts';

/** Built-in translators that need no system calls. */
const builtInTranslators = [
  delayGen,
  errorGen,
  ioStats,
  sink,
  trace,
  locks,
  negative,
  memory,
] as unknown as Translator<unknown>[];

/** Settings of `startGraph`. */
export interface GraphSettings {
  readonly machine: Machine;
  /** Translators besides the built-in ones. */
  readonly translators?: readonly Translator<unknown>[];
  /** Receives every line of the log. */
  readonly write: (line: string) => void;
  /** Less severe lines are not logged; INFO by default. */
  readonly level?: LogLevel;
  /** Milliseconds that the volumes may take to come up; 30 s by default. */
  readonly upTimeoutMs?: number;
}

/** Makes a registry of the built-in translators, features/glupy, and the caller's `translators`. */
export function browserRegistry(
  machine: Machine,
  translators: readonly Translator<unknown>[] = [],
): Registry {
  const glupy = makeGlupy([python, javascript, wasm], machine) as unknown as Translator<unknown>;
  return new Registry([...builtInTranslators, glupy, ...translators]);
}

/**
 * Starts the graph of a volfile's text. Modules are searched in `/` of the machine's files, unless
 * option module-path names folders.
 * @throws {VolfileError | GraphError | InitError} also when the graph is not up in time: the
 *   message names the volumes that are still down, and the graph has been stopped
 */
export async function startGraph(volfile: string, settings: GraphSettings): Promise<Graph> {
  const { machine, translators = [], write, level = INFO, upTimeoutMs = 30_000 } = settings;
  const registry = browserRegistry(machine, translators);
  const { description } = readVolfile(new Source('volfile', volfile), { registry });
  const levels = { default: level, volumes: new Map<string, LogLevel>() };
  const graph = makeGraph(description, registry, new BrowserContext(write), levels);
  await graph.start();
  try {
    await graph.awaitUp(upTimeoutMs);
  } catch (error) {
    await graph.stop();
    throw error;
  }
  return graph;
}
