/**
 * Names for what runs in WebAssembly, as a CPU profile of this process shows it: a script's own
 * functions, with their files and lines, and the interpreter's.
 *
 * V8 names the functions of a stack that it has compiled itself, and numbers those of WebAssembly. So
 * a function of a script is entered through a function of V8's that has its name and its place and
 * does nothing else (`frameAround`, which each machine has its own way to make); and the
 * interpreter's module gets a custom section `name` (WebAssembly Core Specification, appendix
 * "Custom Sections"), made of what it exports.
 *
 * All of it costs time in every call. It is done where GLOSSA_NAMED_FRAMES is set to 1 and
 * nowhere else.
 */
import { encodeName } from '../../runtime/core/bytes.ts';

/** Where a function of a script is defined. The line counts from 1. */
export interface FrameName {
  readonly file: string;
  readonly line: number;
  readonly func: string;
}

/** Whether interpreters that start now show their frames. */
export const namesFrames = ({ env }: { env: Readonly<Record<string, unknown>> }): boolean =>
  env.GLOSSA_NAMED_FRAMES === '1';

// -- the interpreters ----------------------------------------------------------------------------

const IMPORTS = 2;
const FUNCTIONS = 3;
const EXPORTS = 7;
/** Of subsections of `name`. */
const OF_MODULE = 0;
const OF_FUNCTIONS = 1;
/** Magic and version. */
const HEAD_BYTES = 8;
const FUNCTION = 0;

/** Reads a module's bytes in their order. */
class Reader {
  at: number;
  private readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array, at: number) {
    this.bytes = bytes;
    this.at = at;
  }

  byte(): number {
    return this.bytes[this.at++]!;
  }

  /** LEB128. */
  number(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }

  text(): string {
    const length = this.number();
    const bytes = this.bytes.subarray(this.at, this.at + length);
    this.at += length;
    return String.fromCharCode(...bytes);
  }

  /** A minimum, and a maximum where the flag says so. */
  limits(): void {
    if ((this.byte() & 1) !== 0) this.number();
    this.number();
  }

  /** Passes by what is imported; whether it is a function. */
  isFunctionImport(): boolean {
    const kind = this.byte();
    if (kind === FUNCTION) this.number();
    else if (kind === 1) {
      this.byte();
      this.limits();
    } else if (kind === 2) this.limits();
    else {
      // A global: its type, and whether it varies; a tag: its attribute and its type.
      this.byte();
      this.number();
    }
    return kind === FUNCTION;
  }
}

function encodeNumber(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x80) return [...bytes, rest];
    bytes.push((rest & 0x7f) | 0x80);
  }
}

type Bytes = readonly number[];

const bytesOf = (text: string): number[] => [...encodeName(text)];

/** With its length in front. */
const sized = (content: Bytes): number[] => [...encodeNumber(content.length), ...content];

const section = (id: number, content: readonly Bytes[]): number[] => [id, ...sized(content.flat())];

/** What is known of a module's functions. */
function functionsOf(bytes: Uint8Array): { count: number; exported: Map<number, string> } {
  const reader = new Reader(bytes, HEAD_BYTES);
  const exported = new Map<number, string>();
  let count = 0;
  while (reader.at < bytes.length) {
    const id = reader.byte();
    const length = reader.number();
    const end = reader.at + length;
    if (id === IMPORTS) {
      for (let left = reader.number(); left > 0; left--) {
        reader.text();
        reader.text();
        if (reader.isFunctionImport()) count++;
      }
    } else if (id === FUNCTIONS) count += reader.number();
    else if (id === EXPORTS) {
      for (let left = reader.number(); left > 0; left--) {
        const name = reader.text();
        const kind = reader.byte();
        const index = reader.number();
        if (kind === FUNCTION && !exported.has(index)) exported.set(index, name);
      }
    }
    reader.at = end;
  }
  return { count, exported };
}

/** Exports that a linker has shortened say nothing. */
const SPEAKING = 4;

/**
 * The section `name` of a module, to be put behind its bytes: its functions have the names of their
 * exports, and the others that of the module with their number, `QuickJS[17]`.
 */
export function nameSection(bytes: Uint8Array, module: string): Uint8Array {
  const { count, exported } = functionsOf(bytes);
  const names = Array.from({ length: count }, (_, index) => {
    const name = exported.get(index) ?? '';
    const shown = name.length < SPEAKING ? `${module}[${index}]` : name;
    return [...encodeNumber(index), ...sized(bytesOf(shown))];
  });
  return Uint8Array.from(
    section(0, [
      sized(bytesOf('name')),
      section(OF_MODULE, [sized(bytesOf(module))]),
      section(OF_FUNCTIONS, [encodeNumber(count), ...names]),
    ]),
  );
}

/** The bytes of a module with that section behind them, in memory that `make` gives. */
export function withNames(
  bytes: Uint8Array,
  module: string,
  make = (length: number): Uint8Array => new Uint8Array(length),
): Uint8Array {
  const names = nameSection(bytes, module);
  const whole = make(bytes.length + names.length);
  whole.set(bytes);
  whole.set(names, bytes.length);
  return whole;
}
