/**
 * Registers all types that a volfile may name. A translator's file is loaded when a volfile first
 * names the type: loading all of them would take half of the time of a mount's start.
 */

import { translators as gluster } from '../gluster/registry.gen.ts';
import { standInTypes } from '../gluster/stand-ins/types.ts';
import type { Translator } from '../runtime/core/xlator.ts';
import { Registry } from '../runtime/volfile/registry.ts';
import { translators as local } from '../runtime/xlators/registry.gen.ts';

/** Imports the file of a translator. */
type Loader = () => Promise<{ readonly default: unknown }>;

/** Loads the stand-in for a type of GlusterFS that glossa lacks. */
async function loadStandIn(type: string): Promise<{ readonly default: unknown }> {
  const { translators } = await import('../gluster/stand-ins/stand-ins.ts');
  return { default: translators.get(type) };
}

/** The loaders of all types, by type. */
const loaders: Readonly<Record<string, Loader>> = {
  ...local,
  ...gluster,
  ...Object.fromEntries(standInTypes.map((type) => [type, () => loadStandIn(type)])),
  'features/glupy': () => import('../bridges/glupy.ts'),
  'features/native': () => import('../bridges/native/index.ts'),
};

/** Makes the advice for a type that glusterd writes into volfiles while a volume's option is on. */
const adviseSwitchOff = (option: string, limitation: string): string =>
  `${limitation}; without it: gluster volume set VOLUME ${option} off`;

/** Types of GlusterFS that glossa lacks, each with its substitute or advice. */
const adviceByType: Readonly<Record<string, string>> = {
  'cluster/replicate':
    "copies are kept by GlusterFS's own client alone: mount such a volume by 'mount -t glusterfs'",
  'cluster/disperse':
    "coded copies are kept by GlusterFS's own client alone: mount such a volume by 'mount -t glusterfs'",
  'features/shard': adviseSwitchOff(
    'features.shard',
    'files in pieces are not put together here, so those that are in pieces have to be copied out ' +
      "by GlusterFS's own client first",
  ),
  'features/sdfs': adviseSwitchOff('features.sdfs', 'changes of names are not put in a row here'),
  'features/snapview-client': adviseSwitchOff('features.uss', 'snapshots are not shown here'),
  'features/cloudsync': adviseSwitchOff(
    'features.cloudsync',
    'files in a cloud are not fetched here',
  ),
  'features/cdc': adviseSwitchOff('network.compression', 'what is sent is not compressed here'),
  'cluster/nufa':
    'new files are not placed with the nearest brick here: cluster/distribute reads and writes all that ' +
    'such a volume has, and places new files by their names',
  'cluster/switch':
    'files are not placed by patterns of names here: cluster/distribute reads and writes all that such ' +
    'a volume has, and places new files by their hashes',
};

/** A registry that loads translators on demand: `loadFor` must precede `lookup`. */
class LazyRegistry extends Registry {
  private readonly loaded = new Map<string, Translator<unknown>>();

  /**
   * Returns the translator of a type; undefined for an unknown type.
   * @throws {Error} for a known type that has not been loaded
   */
  override lookup(type: string): Translator<unknown> | undefined {
    const translator = this.loaded.get(type);
    if (translator === undefined && this.has(type)) throw new Error(`type ${type} is not loaded`);
    return translator;
  }

  /** Lists all types, whether or not they are loaded. */
  override listTypeNames(): Iterable<string> {
    return Object.keys(loaders);
  }

  /** Returns the advice that `glossa check` prints for a type of GlusterFS that glossa lacks. */
  explainRefusal(type: string): string | undefined {
    return Object.hasOwn(adviceByType, type) ? adviceByType[type] : undefined;
  }

  has(type: string): boolean {
    return Object.hasOwn(loaders, type);
  }

  /** Loads the types that a volfile's text names; all types if an escape in it may hide a name. */
  override async loadTypesIn(text: string): Promise<void> {
    const hasEscapes = text.includes('\\');
    await this.load(Object.keys(loaders).filter((type) => hasEscapes || text.includes(type)));
  }

  /** Loads all types; resolves to this registry. */
  async loadAll(): Promise<this> {
    await this.load(Object.keys(loaders));
    return this;
  }

  /** Loads those of the types that are not loaded yet. */
  private async load(types: readonly string[]): Promise<void> {
    const missingTypes = types.filter((type) => !this.loaded.has(type));
    const modules = await Promise.all(missingTypes.map((type) => loaders[type]!()));
    for (const [i, { default: translator }] of modules.entries()) {
      this.loaded.set(missingTypes[i]!, translator as Translator<unknown>);
    }
  }
}

export const registry = new LazyRegistry([]);
