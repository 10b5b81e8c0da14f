/**
 * Resolves and loads imports for QuickJS, which calls it with names and expects addresses of texts.
 */
import type { EngineOptions } from './engine-types.ts';
import type { Values } from './values.ts';
import type { Pointer } from './wasm.ts';

/** Serves the imports of one interpreter. */
export class ModuleLoader {
  readonly #options: EngineOptions;
  readonly #values: Values;
  readonly #throwInto: (error: unknown) => void;
  /** Reasons of refused imports, by their placeholder names. */
  readonly #refusals = new Map<string, unknown>();

  /** @param throwInto leaves an error pending in the interpreter */
  constructor(options: EngineOptions, values: Values, throwInto: (error: unknown) => void) {
    this.#options = options;
    this.#values = values;
    this.#throwInto = throwInto;
  }

  /**
   * Resolves an import to its full name. The interpreter accepts no error here: a refused import
   * gets a placeholder name, which then fails to load.
   */
  resolve(base: string, name: string): Pointer {
    let fullName: string;
    try {
      fullName = this.#options.resolve(base, name);
    } catch (error) {
      fullName = `refused:${this.#refusals.size}`;
      this.#refusals.set(fullName, error);
    }
    return this.#values.makeCString(fullName).address;
  }

  /** Loads a module's source; returns 0 and leaves a pending error if that fails. */
  load(name: string): Pointer {
    try {
      if (this.#refusals.has(name)) {
        const reason = this.#refusals.get(name);
        this.#refusals.delete(name);
        throw reason;
      }
      return this.#values.makeCString(this.#options.load(name)).address;
    } catch (error) {
      this.#throwInto(error);
      return 0;
    }
  }
}
