/** Caches frequent strings of an interpreter, such as names and gfids. */
import { MAX_NAMES, NameCache } from '../host/crossing/name-cache.ts';
import { EngineError } from './errors.ts';
import { TAG_STRING, type Values } from './values.ts';
import type { Pointer, QuickJS } from './wasm.ts';

/** Characters of a gfid. */
const GFID_LENGTH = 36;

/** A string in the interpreter, by its addresses. */
interface CachedString {
  /** The JSValue, which owns the reference. */
  readonly value: Pointer;
  /** The JSString to which it refers. */
  readonly string: Pointer;
}

/** Finds strings in the interpreter's memory by their text. */
export class StringCache {
  readonly #quickjs: QuickJS;
  readonly #values: Values;
  readonly #cache: NameCache<CachedString>;
  /** The latest gfid: most requests concern the same directory as the last one. */
  #latestGfid = '';
  #latestGfidString: Pointer = 0;

  constructor(quickjs: QuickJS, values: Values) {
    this.#quickjs = quickjs;
    this.#values = values;
    this.#cache = new NameCache(MAX_NAMES, ({ value }) =>
      quickjs.QTS_FreeValuePointer(values.context, value),
    );
  }

  /** Returns the cached JSString of a text; makes it if needed. */
  get(text: string): Pointer {
    if (text.length !== GFID_LENGTH) return this.#findOrMake(text);
    if (text !== this.#latestGfid) {
      this.#latestGfidString = this.#findOrMake(text);
      this.#latestGfid = text;
    }
    return this.#latestGfidString;
  }

  /** Finds or makes the cached JSString of any text. */
  #findOrMake(text: string): Pointer {
    const cached = this.#cache.get(text);
    if (cached !== undefined) return cached.string;
    const value = this.#make(text);
    // A JSValue is the JSString's address, then a tag.
    const string = this.#values.i32[value >> 2]!;
    this.#cache.add(text, { value, string });
    return string;
  }

  /** Makes an uncached JSString, whose only reference the caller holds. */
  makeUncached(text: string): Pointer {
    const value = this.#make(text);
    const string = this.#values.i32[value >> 2]!;
    this.#quickjs._free(value);
    return string;
  }

  /** Makes a string's JSValue. @throws {EngineError} if the interpreter's memory runs out */
  #make(text: string): Pointer {
    const value = this.#values.makeString(text);
    if (value !== 0 && this.#values.i32[(value >> 2) + 1] === TAG_STRING) return value;
    throw new EngineError('memory-limit', 'out of memory');
  }

  /** Frees the least used strings; call it only while no call uses a string. */
  trim(): void {
    if (this.#cache.trim()) this.#latestGfid = '';
  }
}
