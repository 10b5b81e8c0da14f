/**
 * Every type that a volfile may name: the translators written here, and those that load others. Each
 * is read from the disk when it is first named: to read all of them took half of a mount's start.
 */
import type { Translator } from '../core/xlator.ts';
import { Registry } from '../graph/activate.ts';
import { translators } from '../xlators/registry.gen.ts';
import { standInTypes } from '../xlators/stand-ins/types.ts';

type Load = () => Promise<{ readonly default: unknown }>;

async function standIn(type: string): Promise<{ readonly default: unknown }> {
  const { translators } = await import('../xlators/stand-ins/stand-ins.ts');
  return { default: translators.get(type) };
}

const loads: Readonly<Record<string, Load>> = {
  ...translators,
  ...Object.fromEntries(standInTypes.map((type) => [type, () => standIn(type)])),
  'features/glupy': () => import('../../bridges/glupy.ts'),
  'features/native': () => import('../../bridges/native/index.ts'),
};

/** Types of GlusterFS's that will not be here, with what there is instead. */
const refused: Readonly<Record<string, string>> = {
  'cluster/nufa':
    'new files are not placed with the nearest brick here: cluster/distribute reads and writes all that ' +
    'such a volume has, and places new files by their names',
  'cluster/switch':
    'files are not placed by patterns of names here: cluster/distribute reads and writes all that such ' +
    'a volume has, and places new files by their hashes',
};

class LoadedWhenNamed extends Registry {
  private readonly loaded = new Map<string, Translator<unknown>>();

  /** A type that is there must have been loaded before. */
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

  /** Where a character is escaped, a name may stand in the text in another way than it is read. */
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
