/**
 * Skips the instructions of a WebAssembly module one by one. Throws `MalformedModuleError` for malformed
 * ones, and `UnsupportedModuleError` for those of exceptions, garbage collection and later proposals.
 *
 * Source: WebAssembly Core Specification 2.0, chapter 5.4, with threads, tail calls and relaxed SIMD.
 */
import {
  type BinaryReader,
  isValueType,
  readValueType,
  UnsupportedModuleError,
} from '../host/wasm-binary.ts';

const unknown = (): never => {
  throw new UnsupportedModuleError('it has an instruction of a later proposal');
};

/** The largest exponent of an alignment; larger ones are flags of later proposals. */
const MAX_ALIGNMENT = 31;
/** The type of a block without results. */
const NO_RESULT = -64;

/** Skips the alignment and the offset of a memory access. */
function skipAccess(reader: BinaryReader): void {
  if (reader.readUnsigned() > MAX_ALIGNMENT) unknown();
  reader.readUnsigned();
}

/** Skips the bytes after an opcode. */
type Skip = (reader: BinaryReader) => void;

/** The forms of the bytes after an opcode. */
const FORMS = {
  nothing() {},
  number: (reader) => void reader.readUnsigned(),
  numbers(reader) {
    reader.readUnsigned();
    reader.readUnsigned();
  },
  signed: (reader) => void reader.readSigned(),
  byte: (reader) => void reader.readByte(),
  bytes4: (reader) => void reader.readBytes(4),
  bytes8: (reader) => void reader.readBytes(8),
  bytes16: (reader) => void reader.readBytes(16),
  /** A count and as many types of values. */
  types(reader) {
    for (let count = reader.readCount(); count > 0; count -= 1) readValueType(reader);
  },
  /** A count, as many numbers, and one more. */
  labels(reader) {
    for (let count = reader.readCount(); count >= 0; count -= 1) reader.readUnsigned();
  },
  access: skipAccess,
  accessAndLane(reader) {
    skipAccess(reader);
    reader.readByte();
  },
  blockType(reader) {
    const type = reader.readSigned();
    if (type < 0 && type !== NO_RESULT && !isValueType(type + 128)) unknown();
  },
  heapType: (reader) => void readValueType(reader),
} satisfies Record<string, Skip>;

/** Opcodes in hexadecimal, and ranges of them, by their form; later ones replace earlier ones. */
type Ranges = Partial<Record<keyof typeof FORMS, string>>;

/** Makes the table of forms, by opcode. */
function makeTable(ranges: Ranges): readonly Skip[] {
  const table = new Array<Skip>(512).fill(unknown);
  for (const [form, opcodes] of Object.entries(ranges))
    for (const range of opcodes.split(' ')) {
      const [first, last = first] = range.split('-').map((digits) => Number.parseInt(digits, 16));
      table.fill(FORMS[form as keyof Ranges], first, last! + 1);
    }
  return table;
}

const PLAIN = makeTable({
  // unreachable, nop; else, end; return; drop, select; numeric instructions; ref.is_null
  nothing: '00-01 05 0b 0f 1a-1b 45-c4 d1',
  // block, loop, if
  blockType: '02-04',
  // branches; calls and tail calls; locals, globals, table.get, table.set; memory.size, memory.grow; ref.func
  number: '0c-0d 10 12 20-26 3f-40 d2',
  // br_table
  labels: '0e',
  // call_indirect, return_call_indirect
  numbers: '11 13',
  // select with types
  types: '1c',
  // loads and stores
  access: '28-3e',
  // constants
  signed: '41-42',
  bytes4: '43',
  bytes8: '44',
  // ref.null
  heapType: 'd0',
});

/** Forms by the numbers after an opcode that a number follows. */
const EXTENDED: Readonly<Record<number, readonly Skip[]>> = {
  252: makeTable({
    // conversions
    nothing: '0-7',
    // memory.init, memory.copy, table.init, table.copy
    numbers: '8 a c e',
    // data.drop, memory.fill, elem.drop, table.grow, table.size, table.fill
    number: '9 b d f-11',
  }),
  // Vectors.
  253: makeTable({
    nothing: '0-1ff',
    access: '0-b 5c-5d',
    // v128.const, i8x16.shuffle
    bytes16: 'c-d',
    // lanes
    byte: '15-22',
    accessAndLane: '54-5b',
  }),
  // Atomics; 3 is atomic.fence.
  254: makeTable({ access: '0-2 10-4e', byte: '3' }),
};

/** Opcodes that callers distinguish; those from `memoryInit` on are 0xfc and their number. */
export const OPCODES = {
  block: 0x02,
  else: 0x05,
  end: 0x0b,
  branchIf: 0x0d,
  branchTable: 0x0e,
  memoryGrow: 0x40,
  i32DivS: 0x6d,
  i32RemU: 0x70,
  i64DivS: 0x7f,
  i64RemU: 0x82,
  memoryInit: 0xfc08,
  memoryCopy: 0xfc0a,
  memoryFill: 0xfc0b,
  tableInit: 0xfc0c,
  tableCopy: 0xfc0e,
  tableGrow: 0xfc0f,
  tableFill: 0xfc11,
} as const;

/** Skips an instruction; returns its opcode, as in `OPCODES`. @throws {MalformedModuleError} */
export function skipInstruction(reader: BinaryReader): number {
  const opcode = reader.readByte();
  const extended = EXTENDED[opcode];
  if (extended === undefined) {
    PLAIN[opcode]!(reader);
    return opcode;
  }
  const number = reader.readUnsigned();
  (extended[number] ?? unknown)(reader);
  return opcode * 256 + number;
}
