/**
 * The registry of all types that a volfile may name. Each translator is loaded from the disk when a
 * volfile first names it: loading all of them took half of a mount's start.
 */

import { translators as gluster } from '../gluster/registry.gen.ts';
import { standInTypes } from '../gluster/stand-ins/types.ts';
import type { Translator } from '../runtime/core/xlator.ts';
import { Registry } from '../runtime/volfile/activate.ts';
import { translators as local } from '../runtime/xlators/registry.gen.ts';

type Load = () => Promise<{ readonly default: unknown }>;

async function standIn(type: string): Promise<{ readonly default: unknown }> {
  const { translators } = await import('../gluster/stand-ins/stand-ins.ts');
  return { default: translators.get(type) };
}

const loads: Readonly<Record<string, Load>> = {
  ...local,
  ...gluster,
  ...Object.fromEntries(standInTypes.map((type) => [type, () => standIn(type)])),
  'features/glupy': () => import('../bridges/glupy.ts'),
  'features/native': () => import('../bridges/native/index.ts'),
};

/** Advice for a type that glusterd writes into volfiles while an option of the volume is on. */
const switchedBy = (option: string, what: string): string =>
  `${what}; without it: gluster volume set VOLUME ${option} off`;

/** Types of GlusterFS that glossa lacks, each with its substitute or advice. */
const refused: Readonly<Record<string, string>> = {
  'cluster/replicate':
    "copies are kept by GlusterFS's own client alone: mount such a volume by 'mount -t glusterfs'",
  'cluster/disperse':
    "coded copies are kept by GlusterFS's own client alone: mount such a volume by 'mount -t glusterfs'",
  'features/shard': switchedBy(
    'features.shard',
    'files in pieces are not put together here, so those that are in pieces have to be copied out ' +
      "by GlusterFS's own client first",
  ),
  'features/sdfs': switchedBy('features.sdfs', 'changes of names are not put in a row here'),
  'features/snapview-client': switchedBy('features.uss', 'snapshots are not shown here'),
  'features/cloudsync': switchedBy('features.cloudsync', 'files in a cloud are not fetched here'),
  'features/cdc': switchedBy('network.compression', 'what is sent is not compressed here'),
  'cluster/nufa':
    'new files are not placed with the nearest brick here: cluster/distribute reads and writes all that ' +
    'such a volume has, and places new files by their names',
  'cluster/switch':
    'files are not placed by patterns of names here: cluster/distribute reads and writes all that such ' +
    'a volume has, and places new files by their hashes',
};

class LoadedWhenNamed extends Registry {
  private readonly loaded = new Map<string, Translator<unknown>>();

  /** @throws {Error} for a known type that has not been loaded */
  override lookup(type: string): Translator<unknown> | undefined {
    const found = this.loaded.get(type);
    if (found === undefined && this.has(type)) throw new Error(`type ${type} is not loaded`);
    return found;
  }

  override types(): Iterable<string> {
    return Object.keys(loads);
  }

  refuses(type: string): string | undefined {
    return Object.hasOwn(refused, type) ? refused[type] : undefined;
  }

  has(type: string): boolean {
    return Object.hasOwn(loads, type);
  }

  /** Loads the types that a volfile's text names; all of them if the text has escapes in it. */
  override async loadFor(text: string): Promise<void> {
    const isPlain = !text.includes('\\');
    await this.load(Object.keys(loads).filter((type) => !isPlain || text.includes(type)));
  }

  async loadAll(): Promise<this> {
    await this.load(Object.keys(loads));
    return this;
  }

  private async load(types: readonly string[]): Promise<void> {
    const missing = types.filter((type) => !this.loaded.has(type));
    const modules = await Promise.all(missing.map((type) => loads[type]!()));
    for (const [i, { default: translator }] of modules.entries()) {
      this.loaded.set(missing[i]!, translator as Translator<unknown>);
    }
  }
}

export const registry = new LoadedWhenNamed([]);
