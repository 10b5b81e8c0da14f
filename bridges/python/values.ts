/**
 * Converts integers, strings and bytes between JavaScript and CPython directly in memory.
 *
 * Strings are copied by code unit: a lone surrogate U+DC80..U+DCFF (a byte that is not UTF-8) is
 * the same in both (surrogateescape); surrogate pairs become one Python character. The layout of
 * `int`, `str` and `bytes` is CPython 3.14's on a 32-bit target; `checkLayout` verifies it at the
 * start. Every `make…` returns an owned reference, or 0 if Python is out of memory.
 */

import type { Dict, DictType, DictValue } from '../../runtime/core/dict.ts';
import { packValue } from '../host/crossing/message.ts';
import type { MemoryTools } from '../host/machine.ts';
import type { CApi, Memory, Ptr } from './capi.ts';
import { EngineError } from './errors.ts';

/** CPython has one immortal object for each integer of this range. */
export const SMALL_INT_MIN = -5;
export const SMALL_INT_MAX = 256;
/** Bytes from one of these objects to the next. */
export const SMALL_INT_BYTES = 16;
/** Bytes of all of them. */
export const SMALL_INTS_BYTES = (SMALL_INT_MAX + 1 - SMALL_INT_MIN) * SMALL_INT_BYTES;
// Offsets in objects, in bytes: of an integer's digits, and of the characters of an ASCII string
// and of any other compact string.
export const INT_DIGITS_OFFSET = 12;
const ASCII_OFFSET = 20;
const COMPACT_OFFSET = 28;
/** Offset of a string's state: its kind and flags (KIND_SHIFT and those beside it). */
const STATE_OFFSET = 16;
/** Offset of the content of a `bytes` object. */
const BYTES_OFFSET = 16;
/** Code units in the reusable buffer; a longer string needs a temporary allocation. */
const SCRATCH_UNITS = 4096;
/** The longest text that `makeString` tries to write as ASCII. */
const MAX_ASCII_ATTEMPT_LENGTH = 512;
/** The longest text that a loop decodes faster than the call of a decoder. */
const MAX_LOOP_CHARACTERS = 47;
/** Characters converted at a time: arguments of a call need stack. */
const CHUNK_CHARACTERS = 8192;
// CPython's kinds of strings: bytes per character.
const KIND_1_BYTE = 1;
const KIND_2_BYTES = 2;
const KIND_4_BYTES = 4;

/** The values in one interpreter's memory. */
export class Values {
  readonly api: CApi;
  readonly memory: Memory;
  /** The object None. */
  readonly none: Ptr;
  readonly tools: MemoryTools;
  /** The first of CPython's shared integers, SMALL_INT_MIN; the others follow it. */
  readonly smallInts: Ptr;
  readonly #scratchBuffer: Ptr;

  constructor(api: CApi, memory: Memory, none: Ptr, tools: MemoryTools) {
    this.api = api;
    this.memory = memory;
    this.none = none;
    this.tools = tools;
    this.smallInts = api.PyLong_FromLong(SMALL_INT_MIN);
    this.#scratchBuffer = api.malloc(SCRATCH_UNITS * 4);
  }

  /** Makes an `int`; a shared one needs no reference counting. */
  makeInt(value: number): Ptr {
    if ((value | 0) === value) {
      if (value >= SMALL_INT_MIN && value <= SMALL_INT_MAX) {
        return this.smallInts + (value - SMALL_INT_MIN) * SMALL_INT_BYTES;
      }
      return this.api.PyLong_FromLong(value);
    }
    return this.api.PyLong_FromDouble(value);
  }

  /** True for one of the shared integers, which need no reference counting. */
  isSmall(object: Ptr): boolean {
    return object >= this.smallInts && object < this.smallInts + SMALL_INTS_BYTES;
  }

  /** Reads the value of an `int` or `bool`; NaN, without an exception, for any other object. */
  readInt(object: Ptr): number {
    if (this.isSmall(object)) return (object - this.smallInts) / SMALL_INT_BYTES + SMALL_INT_MIN;
    const value = this.api.PyLong_AsLong(object);
    if (value !== -1 || this.api.PyErr_Occurred() === 0) return value;
    this.api.PyErr_Clear();
    const double = this.api.PyLong_AsDouble(object);
    if (double !== -1 || this.api.PyErr_Occurred() === 0) return double;
    this.api.PyErr_Clear();
    return Number.NaN;
  }

  /**
   * Makes a `str`: writes the text as ASCII while checking it, and makes a wide string instead if a
   * unit was not ASCII. A long text skips the attempt.
   */
  makeString(text: string): Ptr {
    const { length } = text;
    if (length > MAX_ASCII_ATTEMPT_LENGTH) return this.#makeWideString(text);
    const object = this.api.PyUnicode_New(length, 127);
    // The empty string is shared and already complete.
    if (object === 0 || length === 0) return object;
    const { u8 } = this.memory;
    const start = object + ASCII_OFFSET;
    let combinedBits = 0;
    for (let i = 0; i < length; i += 1) {
      const unit = text.charCodeAt(i);
      combinedBits |= unit;
      u8[start + i] = unit;
    }
    // CPython shares strings of one character, which `#makeWideString` returns.
    if (combinedBits < 128 && length > 1) return object;
    this.api.Py_DecRef(object);
    return this.#makeWideString(text);
  }

  /** Makes any string: two bytes a character, or four for characters beyond U+FFFF. */
  #makeWideString(text: string): Ptr {
    const { length } = text;
    const data = length <= SCRATCH_UNITS ? this.#scratchBuffer : this.api.malloc(length * 4);
    if (data === 0) return 0;
    let hasPairs = false;
    const units = new Uint16Array(this.memory.u8.buffer, data, length);
    for (let i = 0; i < length; i += 1) {
      const unit = text.charCodeAt(i);
      units[i] = unit;
      // U+D800..U+DBFF: the first unit of a surrogate pair.
      hasPairs ||= (unit & 0xfc00) === 0xd800;
    }
    let characterCount = length;
    if (hasPairs) {
      const codePoints = new Uint32Array(this.memory.u8.buffer, data, length);
      characterCount = 0;
      for (const character of text) {
        codePoints[characterCount] = character.codePointAt(0) ?? 0;
        characterCount += 1;
      }
    }
    const kind = hasPairs ? KIND_4_BYTES : KIND_2_BYTES;
    const object = this.api.PyUnicode_FromKindAndData(kind, data, characterCount);
    if (data !== this.#scratchBuffer) this.api.free(data);
    return object;
  }

  /** Reads the text of a `str`; undefined for any other object. */
  readString(object: Ptr): string | undefined {
    const { api, memory } = this;
    const length = api.PyUnicode_GetLength(object);
    if (length < 0) {
      api.PyErr_Clear();
      return undefined;
    }
    const state = memory.i32[(object + STATE_OFFSET) >> 2] ?? 0;
    const kind = (state >> KIND_SHIFT) & 7;
    const start = object + ((state >> ASCII_SHIFT) & 1 ? ASCII_OFFSET : COMPACT_OFFSET);
    if (!((state >> COMPACT_SHIFT) & 1)) return this.#readAnyString(object, length);
    if (length === 0) return '';
    if (kind === KIND_1_BYTE && length <= MAX_LOOP_CHARACTERS) {
      const { u8 } = memory;
      let text = '';
      for (let i = 0; i < length; i += 1) text += String.fromCharCode(u8[start + i] ?? 0);
      return text;
    }
    if (kind === KIND_4_BYTES) return this.#readAnyString(object, length);
    const bytes = this.tools.view(memory.u8.buffer, start, length * kind);
    return bytes.toString(kind === KIND_1_BYTE ? 'latin1' : 'utf16le');
  }

  /** Reads any string through a copy as UCS-4: slower, but independent of its layout. */
  #readAnyString(object: Ptr, length: number): string | undefined {
    const data = this.api.malloc(length * 4 + 4);
    if (data === 0 || this.api.PyUnicode_AsUCS4(object, data, length, 0) === 0) {
      this.api.PyErr_Clear();
      this.api.free(data);
      return undefined;
    }
    const codePoints = new Uint32Array(this.memory.u8.buffer, data, length);
    const parts: string[] = [];
    for (let i = 0; i < length; i += CHUNK_CHARACTERS) {
      parts.push(String.fromCodePoint(...codePoints.subarray(i, i + CHUNK_CHARACTERS)));
    }
    this.api.free(data);
    return parts.join('');
  }

  /** Makes a `bytes` object with a copy of `data`. */
  makeBytes(data: Uint8Array): Ptr {
    const object = this.api.PyBytes_FromStringAndSize(0, data.length);
    if (object !== 0 && data.length > 0) {
      this.memory.u8.set(data, object + BYTES_OFFSET);
    }
    return object;
  }

  /**
   * Makes a writable `memoryview` of a copy of `data`; the copy lives as long as any view of it.
   */
  makeView(data: Uint8Array): Ptr {
    const { api } = this;
    const array = api.PyByteArray_FromStringAndSize(0, data.length);
    if (array === 0) return 0;
    const start = api.PyByteArray_AsString(array);
    this.memory.u8.set(data, start);
    const view = api.PyMemoryView_FromObject(array);
    api.Py_DecRef(array);
    return view;
  }

  /**
   * Copies a contiguous buffer (`bytes`, `bytearray`, `memoryview`, …); undefined for another
   * object. @param isCopied false for a view, which is valid until Python runs again
   */
  readBytes(object: Ptr, isCopied = true): Uint8Array | undefined {
    const { api, memory } = this;
    if (api.PyObject_GetBuffer(object, this.#scratchBuffer, 0) !== 0) {
      api.PyErr_Clear();
      return undefined;
    }
    // struct Py_buffer begins: void *buf; PyObject *obj; Py_ssize_t len
    const start = memory.i32[this.#scratchBuffer >> 2] ?? 0;
    const length = memory.i32[(this.#scratchBuffer >> 2) + 2] ?? 0;
    const view = memory.u8.subarray(start, start + length);
    const bytes = isCopied ? view.slice() : view;
    api.PyBuffer_Release(this.#scratchBuffer);
    return bytes;
  }

  /** Checks the memory layout of objects. @throws {EngineError} `setup` if it is another one */
  checkLayout(): void {
    for (const value of [-5, 0, 1, 256, 257, -6, 2 ** 31, -(2 ** 53) + 1]) {
      const object = this.makeInt(value);
      const expected = this.api.PyLong_AsDouble(object);
      const actual = this.readInt(object);
      if (expected !== value || actual !== value) this.#throwLayoutError(`int ${value}`);
      this.api.Py_DecRef(object);
    }
    const int = this.makeInt(0x12345678);
    const { i32 } = this.memory;
    if (i32[int >> 2] !== 1 || i32[(int + INT_DIGITS_OFFSET) >> 2] !== 0x12345678) {
      this.#throwLayoutError('the parts of an int');
    }
    this.api.Py_DecRef(int);
    for (const text of LAYOUT_STRINGS) {
      const object = this.makeString(text);
      if (this.#readAnyString(object, [...text].length) !== text)
        this.#throwLayoutError(`str ${text}`);
      if (this.readString(object) !== text) this.#throwLayoutError(`str ${text}`);
      this.api.Py_DecRef(object);
    }
    const bytes = this.makeBytes(Uint8Array.of(1, 2, 3));
    if (this.api.PyBytes_AsString(bytes) !== bytes + BYTES_OFFSET) this.#throwLayoutError('bytes');
    this.api.Py_DecRef(bytes);
  }

  #throwLayoutError(part: string): never {
    throw new EngineError('setup', `this Python lays out its objects in another way: ${part}`);
  }
}

/** Offsets of the bit fields of `struct _PyUnicodeObject_state`. */
const KIND_SHIFT = 2;
const COMPACT_SHIFT = 5;
const ASCII_SHIFT = 6;

/** Strings of each layout: empty, shared, one, two and four bytes a character, long. */
const LAYOUT_STRINGS = ['', 'a', 'é', 'name', 'naïve', '\udc80x', '名前', '😀x', 'x'.repeat(600)];

/**
 * Makes a tuple (pairs, types): a dict of int, float, str and bytes, and each pair's GlusterFS
 * type, in order, separated by spaces. An iatt is the JSON of its fields. Returns 0, with an
 * exception pending, when Python is out of memory.
 * @param makeName makes a `str`, from a cache of frequent ones
 */
export function makeDict(values: Values, makeName: (text: string) => Ptr, dict: Dict): Ptr {
  const { api } = values;
  const pairs = api.PyDict_New();
  if (pairs === 0) return 0;
  let types = '';
  let isComplete = true;
  dict.forEach((key, value, type) => {
    types = types === '' ? type : `${types} ${type}`;
    if (!isComplete) return;
    const name = makeName(key);
    const object = name === 0 ? 0 : makeValue(values, value, type);
    isComplete = object !== 0 && api.PyDict_SetItem(pairs, name, object) === 0;
    if (name !== 0) api.Py_DecRef(name);
    if (object !== 0 && !values.isSmall(object)) api.Py_DecRef(object);
  });
  const tuple = isComplete ? api.PyTuple_New(2) : 0;
  const typesObject = tuple === 0 ? 0 : makeName(types);
  if (typesObject === 0) {
    api.Py_DecRef(pairs);
    if (tuple !== 0) api.Py_DecRef(tuple);
    return 0;
  }
  // PyTuple_SetItem takes over the references.
  api.PyTuple_SetItem(tuple, 0, pairs);
  api.PyTuple_SetItem(tuple, 1, typesObject);
  return tuple;
}

/** Makes the Python object of a dict's value; 0 if Python is out of memory. */
function makeValue(values: Values, value: DictValue, type: DictType): Ptr {
  if (typeof value === 'string') return values.makeString(value);
  if (typeof value === 'number') {
    return type === 'double' ? values.api.PyFloat_FromDouble(value) : values.makeInt(value);
  }
  if (value instanceof Uint8Array) return values.makeBytes(value);
  return values.makeString(packValue('iatt', value, 0, 0, values.tools));
}
