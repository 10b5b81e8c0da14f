/** Caches frequent strings of an interpreter, such as names and gfids. */
import { MOST_NAMES, NameCache } from '../host/crossing/name-cache.ts';
import { EngineError } from './errors.ts';
import { TAG_STRING, type Values } from './values.ts';
import type { Pointer, QuickJS } from './wasm.ts';

/** Characters of a gfid. */
const GFID = 36;

/** A string in the interpreter. */
interface CachedString {
  readonly value: Pointer;
  readonly string: Pointer;
}

export class Names {
  readonly #quickjs: QuickJS;
  readonly #values: Values;
  readonly #known: NameCache<CachedString>;
  /** The latest gfid: most requests concern the same directory as the last one. */
  #gfid = '';
  #gfidString: Pointer = 0;

  constructor(quickjs: QuickJS, values: Values) {
    this.#quickjs = quickjs;
    this.#values = values;
    this.#known = new NameCache(MOST_NAMES, ({ value }) =>
      quickjs.QTS_FreeValuePointer(values.context, value),
    );
  }

  /** The cached JSString of a text. */
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
    this.#known.add(text, { value, string });
    return string;
  }

  /** An uncached JSString, whose only reference the caller holds. */
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

  /** Evicts old strings; call it only while no call uses any. */
  trim(): void {
    if (this.#known.trim()) this.#gfid = '';
  }
}
