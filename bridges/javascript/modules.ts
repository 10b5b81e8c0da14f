/** What an interpreter asks when a script imports something. */
import type { EngineOptions } from './interface.ts';
import type { Values } from './values.ts';
import type { Pointer } from './wasm.ts';

export class Modules {
  readonly #options: EngineOptions;
  readonly #values: Values;
  readonly #throwInto: (error: unknown) => void;
  /** Why imports were refused, by the names that were given for them. */
  readonly #refusals = new Map<string, unknown>();

  /** @param throwInto leaves an error pending in the interpreter */
  constructor(options: EngineOptions, values: Values, throwInto: (error: unknown) => void) {
    this.#options = options;
    this.#values = values;
    this.#throwInto = throwInto;
  }

  /**
   * The full name of an import. The interpreter takes no error at this point: a name is given that
   * cannot be loaded, for that reason.
   */
  resolve(base: string, name: string): Pointer {
    let full: string;
    try {
      full = this.#options.resolve(base, name);
    } catch (error) {
      full = `refused:${this.#refusals.size}`;
      this.#refusals.set(full, error);
    }
    return this.#values.newCString(full).at;
  }

  /** The source of a module; 0 when it has none, and an error is thrown. */
  load(name: string): Pointer {
    try {
      if (this.#refusals.has(name)) {
        const why = this.#refusals.get(name);
        this.#refusals.delete(name);
        throw why;
      }
      return this.#values.newCString(this.#options.load(name)).at;
    } catch (error) {
      this.#throwInto(error);
      return 0;
    }
  }
}
