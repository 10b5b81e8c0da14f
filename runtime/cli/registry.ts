/**
 * Every type that a volfile may name: the translators written here, and those that load others. Each
 * is read from the disk when it is first named: to read all of them took half of a mount's start.
 */
import type { Translator } from '../core/xlator.ts';
import { Registry } from '../graph/activate.ts';
import { translators } from '../xlators/registry.gen.ts';

type Load = () => Promise<{ readonly default: unknown }>;

const loads: Readonly<Record<string, Load>> = {
  ...translators,
  'features/glupy': () => import('../../bridges/glupy.ts'),
  'features/native': () => import('../../bridges/native/index.ts'),
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
