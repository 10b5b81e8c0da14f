/**
 * Registers all types that a volfile may name. A translator's file is loaded when a volfile first
 * names the type: loading all of them would take half of the time of a mount's start.
 */

import { translators as gluster } from '../gluster/registry.gen.ts';
import { standInTypes } from '../gluster/stand-ins/types.ts';
import type { Translator } from '../runtime/core/xlator.ts';
import { Registry } from '../runtime/volfile/registry.ts';
import { findMainType, listSecondNames } from '../runtime/volfile/second-names.ts';
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

/** Makes the advice for a type of earlier versions of GlusterFS, which version 10 lacks, too. */
const adviseGone = (substitute: string): string =>
  `newer versions of GlusterFS do not have it either: ${substitute}`;

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
  'features/arbiter': 'glossa has no bricks that keep names and attributes alone',
  'features/thin-arbiter': 'glossa has no bricks that keep marks alone',
  'features/bit-rot': "GlusterFS's scrubber looks for corrupt data; glossa does not",
  'features/gfid-access':
    'files are not shown under their gfids; remove the lines of this volume from the volfile',
  'features/namespace':
    'nothing here needs the number of a namespace; remove the lines of this volume from the volfile',
  'features/quiesce':
    "requests are not held while a brick is away here; protocol/client's option reconnect-wait does that",
  'features/quotad': 'the sizes of directories are not summed up here',
  'features/snapview-server': 'snapshots are not shown here',
  'mgmt/glusterd':
    'glossa has no daemon of this kind; glossa volfile-server gives clients volfiles',
  'mount/api':
    'a program opens the volume below it by the package glossa; remove the lines of this volume',
  'mount/fuse':
    'glossa mount puts the mount above the volfile itself; remove the lines of this volume',
  'cluster/ha': adviseGone('the volume that it protected can stand in its place'),
  'cluster/map': adviseGone('cluster/distribute places files by the hashes of their names'),
  'cluster/stripe': adviseGone('files in stripes have to be copied out by a GlusterFS before 6'),
  'cluster/tier': adviseGone('detach the hot bricks with a GlusterFS before 6 first'),
  'cluster/unify': adviseGone('cluster/distribute takes its place'),
  'encryption/crypt': adviseGone(
    'files that it has encrypted have to be copied out by a GlusterFS before 6',
  ),
  'encryption/rot-13': adviseGone('the example rot13 does the same in a module'),
  'features/filter': adviseGone('features/read-only refuses changes'),
  'features/mac-compat': adviseGone('remove the lines of this volume from the volfile'),
  'features/path-convertor': adviseGone('a module can change names'),
  'nfs/server': adviseGone("Linux's own NFS server can export a mount of glossa"),
  'performance/decompounder': adviseGone('remove the lines of this volume from the volfile'),
  'performance/symlink-cache': adviseGone(
    'the kernel caches the targets of links; remove the lines of this volume',
  ),
  'storage/bd': adviseGone('storage/posix keeps files in a directory'),
};

/** A registry that loads translators on demand: `loadFor` must precede `lookup`. */
class LazyRegistry extends Registry {
  private readonly loaded = new Map<string, Translator<unknown>>();

  /**
   * Returns the translator of a type; undefined for an unknown type.
   * @throws {Error} for a known type that has not been loaded
   */
  override lookup(type: string): Translator<unknown> | undefined {
    const translator = this.loaded.get(findMainType(type));
    if (translator === undefined && this.has(type)) throw new Error(`type ${type} is not loaded`);
    return translator;
  }

  /** Lists all types, whether or not they are loaded. */
  override listTypeNames(): Iterable<string> {
    return Object.keys(loaders);
  }

  /** Returns the advice that `glossa check` prints for a type of GlusterFS that glossa lacks. */
  explainRefusal(type: string): string | undefined {
    const mainType = findMainType(type);
    return Object.hasOwn(adviceByType, mainType) ? adviceByType[mainType] : undefined;
  }

  has(type: string): boolean {
    return Object.hasOwn(loaders, findMainType(type));
  }

  /** Loads the types that a volfile's text names; all types if an escape in it may hide a name. */
  override async loadTypesIn(text: string): Promise<void> {
    const hasEscapes = text.includes('\\');
    const isNamed = (type: string): boolean => text.includes(type);
    await this.load(
      Object.keys(loaders).filter(
        (type) => hasEscapes || isNamed(type) || listSecondNames(type).some(isNamed),
      ),
    );
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
