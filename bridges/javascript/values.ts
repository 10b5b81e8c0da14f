/**
 * Reads and writes JSValues directly in an interpreter's memory.
 *
 * Source: quickjs.h and quickjs.c, for 32-bit pointers with NaN boxing. A value has 64 bits: a tag
 * above an integer or pointer; another number is a double minus a constant in its upper word. A
 * JSString is a reference count, a length whose top bit means 16-bit characters, two words of the
 * atom table, and the characters. An ArrayBuffer refers to a record that refers to its bytes. The
 * constructor and `findBufferLayout` verify these layouts at the start.
 */
import type { MemoryTools, TextBytes } from '../host/machine.ts';
import type { Instance, Memory, Pointer, QuickJS } from './wasm.ts';

// Tags of JSValues.
export const TAG_INT = 0;
export const TAG_NULL = 2;
const TAG_UNDEFINED = 3;
export const TAG_STRING = -7;
export const TAG_OBJECT = -1;
/** Offset in bytes of the characters in a JSString. */
const CHARACTERS_OFFSET = 16;
/** The bit of the length that means 16-bit characters. */
const WIDE_FLAG = 0x80000000;
/** A character that makes QuickJS use 16 bits: three bytes in UTF-8. */
const WIDE_CHARACTER = [0xe4, 0xb8, 0x80];

/** The values in one interpreter's memory. */
export class Values {
  /** The interpreter's memory as 32-bit words, and as bytes; `refresh` renews both. */
  i32 = new Int32Array(0);
  bytes: TextBytes;
  readonly undefinedValue: Pointer;
  readonly context: Pointer;
  readonly #quickjs: QuickJS;
  readonly #memory: Memory;
  readonly #tools: MemoryTools;
  /** The constant subtracted from a double's upper word. */
  readonly #doubleBias: number;
  /** Memory for the argument list of `call`: one pointer. */
  readonly #argumentPointer: Pointer;
  /** Buffer for texts that the interpreter copies. */
  readonly #textBuffer: Pointer;
  /** A double, and the same memory as its lower and upper word. */
  readonly #double = new Float64Array(1);
  readonly #words = new Int32Array(this.#double.buffer);

  constructor({ quickjs, memory, tools }: Instance, context: Pointer) {
    this.#quickjs = quickjs;
    this.#tools = tools;
    this.bytes = tools.view(new ArrayBuffer(0));
    this.#memory = memory;
    this.context = context;
    this.undefinedValue = quickjs.QTS_GetUndefined();
    this.#argumentPointer = quickjs._malloc(4);
    this.#textBuffer = quickjs._malloc(TEXT_BUFFER_BYTES);
    this.refresh();
    const half = quickjs.QTS_NewFloat64(context, 0.5);
    this.#double[0] = 0.5;
    this.#doubleBias = (this.#words[1]! - this.i32[(half >> 2) + 1]!) | 0;
    quickjs._free(half);
    this.#checkLayout();
  }

  /** Renews the views after memory growth; call it after any allocation. */
  refresh(): void {
    // Growth detaches the views' buffer, which is the cheapest check.
    if (this.i32.length !== 0) return;
    this.i32 = new Int32Array(this.#memory.buffer);
    this.bytes = this.#tools.view(this.#memory.buffer);
  }

  /** Frees the string whose value is at an index of `i32`, if there is one. */
  freeString(index: number): void {
    if (this.i32[index + 1] !== TAG_STRING) return;
    const cell = this.#quickjs._malloc(8);
    this.refresh();
    // Of full memory, the string is lost.
    if (cell === 0) return;
    this.i32.copyWithin(cell >> 2, index, index + 2);
    this.#quickjs.QTS_FreeValuePointer(this.context, cell);
  }

  get memoryBytes(): number {
    return this.#memory.buffer.byteLength;
  }

  // -- writing -----------------------------------------------------------------------------------

  /** Writes a number as a JSValue. @param index its position in `i32` */
  putNumber(index: number, value: number): void {
    const { i32 } = this;
    if (value === (value | 0)) {
      i32[index] = value;
      i32[index + 1] = TAG_INT;
    } else {
      this.#double[0] = value;
      i32[index] = this.#words[0]!;
      i32[index + 1] = this.#words[1]! - this.#doubleBias;
    }
  }

  /** Writes undefined as a JSValue. @param index its position in `i32` */
  putUndefined(index: number): void {
    this.i32[index] = 0;
    this.i32[index + 1] = TAG_UNDEFINED;
  }

  /** Makes a JSValue of any text, also with NUL or lone surrogates; 0 if memory runs out. */
  makeString(text: string): Pointer {
    return NOT_ASCII.test(text) ? this.#makeWideString(text) : this.#makeAsciiString(text);
  }

  /** Makes a string of 8-bit characters, by a C string. */
  #makeAsciiString(text: string): Pointer {
    const { length } = text;
    const isShort = length < TEXT_BUFFER_BYTES;
    const address = isShort ? this.#textBuffer : this.#quickjs._malloc(length + 1);
    if (address === 0) return 0;
    this.refresh();
    const { bytes } = this;
    if (length > MAX_LOOP_CHARACTERS) bytes.write(text, address, length, 'latin1');
    else for (let i = 0; i < length; i++) bytes[address + i] = text.charCodeAt(i);
    bytes[address + length] = 0;
    return this.#makeFromCString(address);
  }

  /** Makes a string of 16-bit characters: allocates it by placeholders, then overwrites them. */
  #makeWideString(text: string): Pointer {
    const { length } = text;
    const address = this.#quickjs._malloc(length * 3 + 1);
    if (address === 0) return 0;
    this.refresh();
    for (let i = 0; i < length; i++) this.bytes.set(WIDE_CHARACTER, address + i * 3);
    this.bytes[address + length * 3] = 0;
    const value = this.#makeFromCString(address);
    if (this.i32[(value >> 2) + 1] === TAG_STRING) {
      const charactersAddress = this.i32[value >> 2]! + CHARACTERS_OFFSET;
      this.bytes.write(text, charactersAddress, length * 2, 'utf16le');
    }
    return value;
  }

  /** Makes a JSValue of a C string, and frees the string's memory unless it is the buffer. */
  #makeFromCString(address: Pointer): Pointer {
    const value = this.#quickjs.QTS_NewString(this.context, address);
    if (address !== this.#textBuffer) this.#quickjs._free(address);
    this.refresh();
    return value;
  }

  /**
   * Writes text with a NUL at its end to new memory, which the caller owns; `address` is 0 if
   * memory runs out.
   */
  makeCString(text: string): { address: Pointer; length: number } {
    const encoded = utf8.encode(text);
    const { length } = encoded;
    const at = this.#quickjs._malloc(length + 1);
    this.refresh();
    if (at !== 0) {
      this.bytes.set(encoded, at);
      this.bytes[at + length] = 0;
    }
    return { address: at, length };
  }

  // -- reading -----------------------------------------------------------------------------------

  /** Reads a number: an integer directly, any other by QuickJS. */
  readNumber(value: Pointer): number {
    const index = value >> 2;
    if (this.i32[index + 1] === TAG_INT) return this.i32[index]!;
    return this.#quickjs.QTS_GetFloat64(this.context, value);
  }

  /** Reads a string's text; undefined for any other value. */
  readString(value: Pointer): string | undefined {
    const index = value >> 2;
    const tag = this.i32[index + 1]!;
    if (tag === TAG_STRING) return this.#readCharacters(this.i32[index]!);
    if (tag !== TAG_ROPE) return undefined;
    const cString = this.#quickjs.QTS_GetString(this.context, value);
    this.refresh();
    if (cString === 0) return undefined;
    const text = this.bytes.toString('utf8', cString, this.bytes.indexOf(0, cString));
    this.#quickjs.QTS_FreeCString(this.context, cString);
    return text;
  }

  /** Reads the text of a JSString. */
  #readCharacters(string: Pointer): string {
    const lengthWord = this.i32[(string >> 2) + 1]!;
    const length = lengthWord & ~WIDE_FLAG;
    const start = string + CHARACTERS_OFFSET;
    // WIDE_FLAG is the sign.
    return lengthWord < 0
      ? this.bytes.toString('utf16le', start, start + length * 2)
      : this.bytes.toString('latin1', start, start + length);
  }

  /** Calls a function with one value, whose reference the caller keeps; returns the result. */
  call(callable: Pointer, value: Pointer): Pointer {
    this.i32[this.#argumentPointer >> 2] = value;
    const { context, undefinedValue } = this;
    const argumentList = this.#argumentPointer;
    const result = this.#quickjs.QTS_Call(context, callable, undefinedValue, 1, argumentList);
    this.refresh();
    return result;
  }

  /** Returns a property as a new reference; undefined if the object lacks it. */
  getProperty(object: Pointer, name: string): Pointer | undefined {
    const key = this.makeString(name);
    const property = this.#quickjs.QTS_GetProp(this.context, object, key);
    this.refresh();
    this.#quickjs.QTS_FreeValuePointer(this.context, key);
    const error =
      property === 0 ? property : this.#quickjs.QTS_ResolveException(this.context, property);
    this.refresh();
    if (property === 0 || error !== 0) return undefined;
    return this.i32[(property >> 2) + 1] === TAG_UNDEFINED ? undefined : property;
  }

  // -- bytes -------------------------------------------------------------------------------------

  /** Offsets of an ArrayBuffer's record in its object, and of the bytes in the record. */
  #recordOffset = 0;
  #dataOffset = 0;

  /** Finds the two offsets by buffers of known bytes: several, because one could match by chance. */
  findBufferLayout(make: (bytes: Uint8Array) => Pointer): void {
    const patterns = [SAMPLE_BYTES, SAMPLE_BYTES.slice(3), SAMPLE_BYTES.toReversed()];
    const samples = patterns.map((bytes) => ({ value: make(bytes), bytes }));
    for (let recordOffset = 4; recordOffset < 64; recordOffset += 4) {
      for (let dataOffset = 4; dataOffset < 32; dataOffset += 4) {
        this.#recordOffset = recordOffset;
        this.#dataOffset = dataOffset;
        if (samples.every(({ value, bytes }) => this.#holdsBytes(value, bytes))) return;
      }
    }
    throw new Error('this build of QuickJS has ArrayBuffers of another layout');
  }

  /** Returns whether an ArrayBuffer has these bytes, by the current offsets. */
  #holdsBytes(value: Pointer, expected: Uint8Array): boolean {
    const record = this.i32[(this.i32[value >> 2]! + this.#recordOffset) >> 2]!;
    // The record begins with the length.
    if (record <= 0 || record % 4 !== 0 || this.i32[record >> 2] !== expected.length) return false;
    const address = this.i32[(record + this.#dataOffset) >> 2]!;
    if (address <= 0 || address + expected.length > this.bytes.length) return false;
    return expected.every((byte, i) => this.bytes[address + i] === byte);
  }

  /** Returns address and length of an ArrayBuffer's bytes; length 0 for any other value. */
  readBuffer(value: Pointer): { address: Pointer; length: number } {
    const length = this.#quickjs.QTS_GetArrayBufferLength(this.context, value);
    this.refresh();
    if (length <= 0) return { address: 0, length: 0 };
    const record = this.i32[(this.i32[value >> 2]! + this.#recordOffset) >> 2]!;
    return { address: this.i32[(record + this.#dataOffset) >> 2]!, length };
  }

  /** Checks that strings have the layout that this file assumes. @throws {Error} */
  #checkLayout(): void {
    for (const text of ['', 'plain', 'caf\u00e9', '\u65e5\u0000\udc80']) {
      const value = this.makeString(text);
      const isSame = this.readString(value) === text;
      this.#quickjs.QTS_FreeValuePointer(this.context, value);
      if (!isSame) throw new Error('this build of QuickJS has strings of another layout');
    }
  }
}

const utf8 = new TextEncoder();

/** Bytes of the buffers that `findBufferLayout` makes. */
const SAMPLE_BYTES = Uint8Array.of(0x91, 0x3c, 0xe7, 0x05, 0xaa, 0x5d, 0x18, 0xf2);

/** The longest text that a loop copies faster than a call of `write`. */
const MAX_LOOP_CHARACTERS = 64;

/** Bytes of the reusable buffer; a longer text needs an allocation. */
const TEXT_BUFFER_BYTES = 4096;

/** Matches characters that an ASCII string of C cannot contain. */
const NOT_ASCII = /[\0\u0080-\uffff]/;

/** Tag of a string in pieces (a rope). */
const TAG_ROPE = -6;
