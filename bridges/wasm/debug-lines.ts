/**
 * Reads the line table of a compiler (DWARF 4 and 5, section `.debug_line`): which line of which file an
 * instruction comes from. The bytes are untrusted: reading ends, with a `MalformedModuleError` for
 * malformed ones, and stops at MAX_ROWS.
 *
 * Source: DWARF Debugging Information Format 5, chapter 6.2.
 */
import { BinaryReader, MalformedModuleError } from '../host/wasm-binary.ts';
import type { SourcePosition } from './traps.ts';

/** The sections that a line table needs; empty for absent ones. */
export interface DebugSections {
  readonly line: Uint8Array;
  /** `.debug_line_str` and `.debug_str`: texts that the line table names by their offset. */
  readonly lineTexts: Uint8Array;
  readonly texts: Uint8Array;
}

/** The most rows that are read. */
const MAX_ROWS = 1_000_000;
/** The most bytes of a file's name. */
const MAX_TEXT_BYTES = 4096;

/** The path of a file, or a function that reads it: most paths are never wanted. */
type Path = string | (() => string);

/** A part of the table: rows of ascending addresses, up to `endAddress`. */
interface Sequence {
  readonly addresses: number[];
  readonly lines: number[];
  readonly files: Path[];
  endAddress: number;
}

// Standard opcodes.
const COPY = 1;
const ADVANCE_PC = 2;
const ADVANCE_LINE = 3;
const SET_FILE = 4;
const CONST_ADD_PC = 8;
const FIXED_ADVANCE_PC = 9;
// Extended opcodes.
const END_SEQUENCE = 1;
const SET_ADDRESS = 2;

/** Kinds of a file's properties (DWARF 5). */
const PATH = 1;

/** Bytes of integers, by their forms. */
const INTEGER_FORMS: Readonly<Record<number, number>> = { 11: 1, 5: 2, 6: 4, 7: 8 };

const utf8 = new TextDecoder();

/** Reads little-endian integers and texts, besides those of `BinaryReader`. */
class LineReader extends BinaryReader {
  /** Reads an integer of this many bytes. */
  readInteger(byteCount: number): number {
    let value = 0;
    const bytes = this.readBytes(byteCount);
    for (let i = byteCount - 1; i >= 0; i--) value = value * 256 + bytes[i]!;
    return value;
  }

  /** Reads a text that ends with a NUL. */
  readText(): string {
    const limit = Math.min(this.end, this.offset + MAX_TEXT_BYTES);
    const length = this.bytes.subarray(this.offset, limit).indexOf(0);
    if (length < 0) throw new MalformedModuleError('a text has no end');
    const bytes = this.readBytes(length);
    this.offset += 1;
    return utf8.decode(bytes);
  }
}

/** Makes the function that reads the text at an offset. */
const deferText =
  (texts: Uint8Array, offset: number): (() => string) =>
  () =>
    new LineReader(texts, Math.min(offset, texts.length)).readText();

/** Reads a value of a form; a number for those without a text. */
function readForm(
  reader: LineReader,
  form: number,
  offsetBytes: number,
  { lineTexts, texts }: DebugSections,
): Path | number {
  if (form === 0x08) return reader.readText();
  if (form === 0x0e) return deferText(texts, reader.readInteger(offsetBytes));
  if (form === 0x1f) return deferText(lineTexts, reader.readInteger(offsetBytes));
  if (form === 0x0f) return reader.readUnsigned();
  const byteCount = INTEGER_FORMS[form];
  if (byteCount !== undefined) return reader.readInteger(byteCount);
  if (form === 0x1e) reader.readBytes(16);
  else if (form === 0x09) reader.readBytes(reader.readUnsigned());
  else throw new MalformedModuleError(`form ${form} is unknown`);
  return 0;
}

/** Reads a list of entries of DWARF 5; returns their paths. */
function readEntries(reader: LineReader, offsetBytes: number, sections: DebugSections): Path[] {
  const formats: [type: number, form: number][] = [];
  for (let count = reader.readByte(); count > 0; count -= 1)
    formats.push([reader.readUnsigned(), reader.readUnsigned()]);
  const paths: Path[] = [];
  for (let count = reader.readUnsigned(); count > 0 && formats.length > 0; count -= 1) {
    let path: Path = '';
    for (const [type, form] of formats) {
      const value = readForm(reader, form, offsetBytes, sections);
      if (type === PATH) path = typeof value === 'number' ? String(value) : value;
    }
    paths.push(path);
    if (paths.length > MAX_ROWS) throw new MalformedModuleError('it has too many files');
  }
  return paths;
}

/** Reads the file names of DWARF 2 to 4; they count from 1. */
function readFileNames(reader: LineReader): string[] {
  while (reader.readText() !== '');
  const names = [''];
  for (let name = reader.readText(); name !== ''; name = reader.readText()) {
    names.push(name);
    // Folder, time and size.
    for (let i = 0; i < 3; i++) reader.readUnsigned();
  }
  return names;
}

/** The header of a unit that its program needs. */
interface Header {
  readonly minInstructionBytes: number;
  readonly lineBase: number;
  readonly lineRange: number;
  readonly opcodeLengths: readonly number[];
  readonly files: readonly Path[];
}

/** Runs the program of a unit, whose rows it adds to `sequences`; returns their number. */
function runProgram(reader: LineReader, header: Header, sequences: Sequence[]): number {
  const { minInstructionBytes, lineBase, lineRange, opcodeLengths, files } = header;
  const firstSpecial = opcodeLengths.length + 1;
  let rowCount = 0;
  let [address, line, file] = [0, 1, 1];
  let sequence: Sequence = { addresses: [], lines: [], files: [], endAddress: 0 };
  const addRow = (): void => {
    rowCount += 1;
    sequence.addresses.push(address);
    sequence.lines.push(line);
    sequence.files.push(files[file] ?? '');
  };
  const endSequence = (): void => {
    sequence.endAddress = address;
    // Functions that the linker has dropped are at address 0.
    if ((sequence.addresses[0] ?? 0) > 0) sequences.push(sequence);
    sequence = { addresses: [], lines: [], files: [], endAddress: 0 };
    [address, line, file] = [0, 1, 1];
  };
  while (reader.hasMore && rowCount < MAX_ROWS) {
    const opcode = reader.readByte();
    if (opcode >= firstSpecial) {
      const step = opcode - firstSpecial;
      address += Math.floor(step / lineRange) * minInstructionBytes;
      line += lineBase + (step % lineRange);
      addRow();
    } else if (opcode === 0) {
      const length = reader.readUnsigned();
      const end = reader.offset + length;
      const extended = reader.readByte();
      if (extended === END_SEQUENCE) endSequence();
      else if (extended === SET_ADDRESS) address = reader.readInteger(Math.min(8, length - 1));
      reader.offset = Math.min(end, reader.end);
    } else if (opcode === COPY) addRow();
    else if (opcode === ADVANCE_PC) address += reader.readUnsigned() * minInstructionBytes;
    else if (opcode === ADVANCE_LINE) line += reader.readSigned();
    else if (opcode === SET_FILE) file = reader.readUnsigned();
    else if (opcode === CONST_ADD_PC)
      address += Math.floor((255 - firstSpecial) / lineRange) * minInstructionBytes;
    else if (opcode === FIXED_ADVANCE_PC) address += reader.readInteger(2);
    else for (let i = opcodeLengths[opcode - 1]!; i > 0; i -= 1) reader.readUnsigned();
  }
  return rowCount;
}

/** Reads a unit; returns the number of its rows. */
function readUnit(
  reader: LineReader,
  offsetBytes: number,
  sections: DebugSections,
  sequences: Sequence[],
): number {
  const version = reader.readInteger(2);
  if (version < 2 || version > 5) return 0;
  // The sizes of an address, and of a segment selector.
  if (version === 5) reader.readBytes(2);
  const headerLength = reader.readInteger(offsetBytes);
  const programStart = reader.offset + headerLength;
  const minInstructionBytes = reader.readByte();
  if (version >= 4) reader.readByte();
  // Whether rows are statements by default.
  reader.readByte();
  const lineBase = (reader.readByte() << 24) >> 24;
  const lineRange = reader.readByte();
  const opcodeLengths = [...reader.readBytes(Math.max(0, reader.readByte() - 1))];
  if (lineRange === 0) throw new MalformedModuleError('its line range is 0');
  let files: Path[];
  if (version < 5) files = readFileNames(reader);
  else {
    readEntries(reader, offsetBytes, sections);
    files = readEntries(reader, offsetBytes, sections);
  }
  if (programStart > reader.end) throw new MalformedModuleError('a unit ends too early');
  reader.offset = programStart;
  const header = { minInstructionBytes, lineBase, lineRange, opcodeLengths, files };
  return runProgram(reader, header, sequences);
}

/**
 * Finds the position of an address: an offset in the content of the code section.
 * @throws {MalformedModuleError} for a malformed path
 */
export type FindLine = (address: number) => SourcePosition | undefined;

/** Reads the parts of a line table. @throws {MalformedModuleError} */
function readSequences(sections: DebugSections): Sequence[] {
  const reader = new LineReader(sections.line);
  const sequences: Sequence[] = [];
  for (let rowCount = 0; reader.hasMore && rowCount < MAX_ROWS; ) {
    const first = reader.readInteger(4);
    const offsetBytes = first === 0xffffffff ? 8 : 4;
    const length = offsetBytes === 8 ? reader.readInteger(8) : first;
    const start = reader.offset;
    reader.readBytes(length);
    const unit = new LineReader(sections.line, start, reader.offset);
    rowCount += readUnit(unit, offsetBytes, sections, sequences);
  }
  return sequences;
}

const readPath = (path: Path): string => (typeof path === 'string' ? path : path());

/** Lists the files of a line table's instructions. @throws {MalformedModuleError} */
export const listFiles = (sections: DebugSections): string[] => [
  ...new Set([...new Set(readSequences(sections).flatMap(({ files }) => files))].map(readPath)),
];

/** Reads a line table. @throws {MalformedModuleError} */
export function readLineTable(sections: DebugSections): FindLine {
  const sequences = readSequences(sections);
  sequences.sort((one, other) => one.addresses[0]! - other.addresses[0]!);
  const starts = sequences.map(({ addresses }) => addresses[0]!);
  return (address) => {
    const sequence = sequences[findLastUpTo(starts, address)];
    if (sequence === undefined || address >= sequence.endAddress) return undefined;
    const row = findLastUpTo(sequence.addresses, address);
    const [line, path] = [sequence.lines[row]!, sequence.files[row]!];
    const file = readPath(path);
    return line > 0 && file !== '' ? { file, line } : undefined;
  };
}

/** Finds the index of the last of ascending numbers that is not above `wanted`; -1 if all are. */
export function findLastUpTo(numbers: readonly number[], wanted: number): number {
  let [low, high] = [-1, numbers.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (numbers[middle]! <= wanted) low = middle;
    else high = middle - 1;
  }
  return low;
}
