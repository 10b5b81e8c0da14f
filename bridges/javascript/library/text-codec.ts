/**
 * TextEncoder and TextDecoder as the Encoding Standard has them: labels, `fatal`, `ignoreBOM` and
 * `stream`. Of the encodings, UTF-8 and UTF-16 (both orders) are here; others throw a RangeError.
 */

const BOM = 0xfeff;
const REPLACEMENT = 0xfffd;
/** Code units that become a text at a time. */
const UNITS = 4096;

const LABELS: Readonly<Record<string, string>> = {
  'utf-8': 'unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf-8 utf8 x-unicode20utf8',
  'utf-16le': 'csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16 utf-16le',
  'utf-16be': 'unicodefffe utf-16be',
};

function encodingOf(label: string): string {
  const wanted = label.replace(/^[\t\n\f\r ]+|[\t\n\f\r ]+$/g, '').toLowerCase();
  for (const [name, labels] of Object.entries(LABELS)) {
    if (labels.split(' ').includes(wanted)) return name;
  }
  throw new RangeError(`'${label}' is no encoding that is known here: utf-8, utf-16le, utf-16be`);
}

/** The UTF-8 of a code point is written at `at`; how many bytes it takes. */
function write(into: Uint8Array | number[], at: number, code: number): number {
  if (code < 0x80) {
    into[at] = code;
    return 1;
  }
  const more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
  into[at] = ((0xff00 >> (more + 1)) & 0xff) | (code >> (6 * more));
  for (let i = 1; i <= more; i++) into[at + i] = 0x80 | ((code >> (6 * (more - i))) & 63);
  return more + 1;
}

/** Half a surrogate pair is U+FFFD. */
const scalarOf = (char: string): number => {
  const code = char.codePointAt(0)!;
  return code >= 0xd800 && code < 0xe000 ? REPLACEMENT : code;
};

export class TextEncoder {
  get encoding(): string {
    return 'utf-8';
  }

  encode(text = ''): Uint8Array {
    const bytes: number[] = [];
    for (const char of String(text)) write(bytes, bytes.length, scalarOf(char));
    return Uint8Array.from(bytes);
  }

  /** As many whole characters as there is room for. */
  encodeInto(text: string, into: Uint8Array): { read: number; written: number } {
    const bytes: number[] = [];
    let [read, written] = [0, 0];
    for (const char of String(text)) {
      const length = write(bytes, 0, scalarOf(char));
      if (written + length > into.length) break;
      for (let i = 0; i < length; i++) into[written + i] = bytes[i]!;
      read += char.length;
      written += length;
    }
    return { read, written };
  }
}

/** Takes bytes of an encoding one by one, and gives `emit` code points. */
interface Machine {
  take(byte: number): void;
  /** No byte follows. */
  end(): void;
}

type Emit = (code: number) => void;

/** The standard's "UTF-8 decoder". */
function utf8(emit: Emit, fail: () => void): Machine {
  let [code, needed, lower, upper] = [0, 0, 0x80, 0xbf];
  const reset = (): void => {
    [code, needed, lower, upper] = [0, 0, 0x80, 0xbf];
  };
  return {
    take(byte) {
      if (needed > 0) {
        if (byte >= lower && byte <= upper) {
          [lower, upper] = [0x80, 0xbf];
          code = (code << 6) | (byte & 63);
          needed -= 1;
          if (needed === 0) emit(code);
          return;
        }
        // This byte begins anew.
        reset();
        fail();
      }
      if (byte < 0x80) emit(byte);
      else if (byte < 0xc2 || byte > 0xf4) fail();
      else {
        needed = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
        code = byte & (0x3f >> needed);
        if (byte === 0xe0) lower = 0xa0;
        if (byte === 0xed) upper = 0x9f;
        if (byte === 0xf0) lower = 0x90;
        if (byte === 0xf4) upper = 0x8f;
      }
    },
    end() {
      if (needed === 0) return;
      reset();
      fail();
    },
  };
}

/** The standard's "shared UTF-16 decoder". */
function utf16(isBig: boolean, emit: Emit, fail: () => void): Machine {
  let first = -1;
  let lead = -1;
  function unit(code: number): void {
    if (lead >= 0) {
      const high = lead;
      lead = -1;
      if (code >= 0xdc00 && code < 0xe000) {
        emit(0x10000 + ((high - 0xd800) << 10) + (code - 0xdc00));
        return;
      }
      fail();
    }
    if (code >= 0xd800 && code < 0xdc00) lead = code;
    else if (code >= 0xdc00 && code < 0xe000) fail();
    else emit(code);
  }
  return {
    take(byte) {
      if (first < 0) {
        first = byte;
        return;
      }
      const code = isBig ? (first << 8) | byte : (byte << 8) | first;
      first = -1;
      unit(code);
    },
    end() {
      if (first < 0 && lead < 0) return;
      [first, lead] = [-1, -1];
      fail();
    },
  };
}

type Source = ArrayBufferLike | ArrayBufferView;

function bytesOf(source: Source): Uint8Array {
  if (ArrayBuffer.isView(source)) {
    return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  }
  if (source instanceof ArrayBuffer || source instanceof SharedArrayBuffer) {
    return new Uint8Array(source);
  }
  throw new TypeError('only an ArrayBuffer or a view of one can be decoded');
}

export class TextDecoder {
  readonly #encoding: string;
  readonly #fatal: boolean;
  readonly #ignoreBom: boolean;
  #machine: Machine | null = null;
  #isStart = true;
  #text = '';
  #units: number[] = [];

  constructor(label = 'utf-8', options: { fatal?: boolean; ignoreBOM?: boolean } = {}) {
    this.#encoding = encodingOf(String(label));
    this.#fatal = Boolean(options?.fatal);
    this.#ignoreBom = Boolean(options?.ignoreBOM);
  }

  get encoding(): string {
    return this.#encoding;
  }

  get fatal(): boolean {
    return this.#fatal;
  }

  get ignoreBOM(): boolean {
    return this.#ignoreBom;
  }

  /** @throws {TypeError} for bytes that are no text, where `fatal` is set */
  decode(source: Source = new ArrayBuffer(0), options: { stream?: boolean } = {}): string {
    const bytes = bytesOf(source);
    const goesOn = Boolean(options?.stream);
    const machine = this.#machine ?? this.#begin();
    // Nothing of this decoder's is kept where an error ends it.
    this.#machine = null;
    this.#text = '';
    this.#units = [];
    for (let at = 0; at < bytes.length; at++) machine.take(bytes[at]!);
    if (goesOn) this.#machine = machine;
    else machine.end();
    return this.#text + String.fromCharCode(...this.#units);
  }

  #begin(): Machine {
    this.#isStart = true;
    const emit = (code: number): void => this.#emit(code);
    const fail = (): void => {
      if (this.#fatal) throw new TypeError(`the bytes are not valid ${this.#encoding}`);
      this.#emit(REPLACEMENT);
    };
    return this.#encoding === 'utf-8'
      ? utf8(emit, fail)
      : utf16(this.#encoding === 'utf-16be', emit, fail);
  }

  #emit(code: number): void {
    const isMark = this.#isStart && code === BOM && !this.#ignoreBom;
    this.#isStart = false;
    if (isMark) return;
    const units = this.#units;
    if (code < 0x10000) units.push(code);
    else units.push(0xd7c0 + (code >> 10), 0xdc00 | (code & 0x3ff));
    if (units.length < UNITS) return;
    this.#text += String.fromCharCode(...units);
    this.#units = [];
  }
}
