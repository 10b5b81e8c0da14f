/** Finds translators by the types that volfiles name. */
import type { Translator } from '../core/xlator.ts';
import type { TypeRegistry } from './check-types.ts';
import { findMainType } from './second-names.ts';

/** The translators of a process by type, for checking volfiles and for making graphs. */
export class Registry implements TypeRegistry {
  private readonly byType: ReadonlyMap<string, Translator<unknown>>;

  constructor(translators: Iterable<Translator<unknown>>) {
    this.byType = new Map([...translators].map((translator) => [translator.type, translator]));
  }

  lookup(type: string): Translator<unknown> | undefined {
    return this.byType.get(findMainType(type));
  }

  listTypeNames(): Iterable<string> {
    return this.byType.keys();
  }

  /** Does nothing: all types are loaded from the start. */
  async loadTypesIn(_text: string): Promise<void> {}
}
