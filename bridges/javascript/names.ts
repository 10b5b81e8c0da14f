/**
 * Strings that an interpreter is given again and again, such as names and gfids: made once and kept,
 * until there are so many that all are dropped.
 */
import { EngineError } from './errors.ts';
import { TAG_STRING, type Values } from './values.ts';
import type { Pointer, QuickJS } from './wasm.ts';

const MOST = 20_000;
/** Characters of a gfid. */
const GFID = 36;

export class Names {
  readonly #quickjs: QuickJS;
  readonly #values: Values;
  readonly #known = new Map<string, { readonly value: Pointer; readonly string: Pointer }>();
  /** The latest gfid: most requests are about the same directory as the one before. */
  #gfid = '';
  #gfidString: Pointer = 0;

  constructor(quickjs: QuickJS, values: Values) {
    this.#quickjs = quickjs;
    this.#values = values;
  }

  /** The JSString of a text, which the interpreter does not let go of. */
  get(text: string): Pointer {
    if (text.length !== GFID) return this.#find(text);
    if (text !== this.#gfid) {
      this.#gfidString = this.#find(text);
      this.#gfid = text;
    }
    return this.#gfidString;
  }

  #find(text: string): Pointer {
    const known = this.#known.get(text);
    if (known !== undefined) return known.string;
    const value = this.#make(text);
    const string = this.#values.i32[value >> 2]!;
    this.#known.set(text, { value, string });
    return string;
  }

  /** The same for once: the caller holds the only reference. */
  once(text: string): Pointer {
    const value = this.#make(text);
    const string = this.#values.i32[value >> 2]!;
    this.#quickjs._free(value);
    return string;
  }

  #make(text: string): Pointer {
    const value = this.#values.newString(text);
    if (value !== 0 && this.#values.i32[(value >> 2) + 1] === TAG_STRING) return value;
    throw new EngineError('memory-limit', 'out of memory');
  }

  /** To be called while no call is under way that was given any. */
  dropWhenMany(): void {
    if (this.#known.size <= MOST) return;
    for (const { value } of this.#known.values()) {
      this.#quickjs._QTS_FreeValuePointer(this.#values.context, value);
    }
    this.#known.clear();
    this.#gfid = '';
  }
}
