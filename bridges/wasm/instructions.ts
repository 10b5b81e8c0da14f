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

/** Forms of the bytes after an opcode. */
const FORMS = {
  unknown: 0,
  nothing: 1,
  number: 2,
  numbers: 3,
  signed: 4,
  byte: 5,
  bytes4: 6,
  bytes8: 7,
  bytes16: 8,
  /** A count and as many types of values. */
  types: 9,
  /** A count, as many numbers, and one more. */
  labels: 10,
  /** The alignment and the offset of a memory access. */
  access: 11,
  accessAndLane: 12,
  blockType: 13,
  heapType: 14,
  /** The number of an instruction. */
  misc: 15,
  simd: 16,
  atomic: 17,
} as const;
type Form = keyof typeof FORMS;

/** Makes a table of the forms of opcodes, from ranges; later ones replace earlier ones. */
function makeTable(
  ...rows: readonly (readonly [first: number, last: number, form: Form])[]
): Uint8Array {
  const table = new Uint8Array(512);
  for (const [first, last, form] of rows) table.fill(FORMS[form], first, last + 1);
  return table;
}

const PLAIN = makeTable(
  // unreachable, nop; block, loop and if with the type of their block; else, end
  ...([
    [0x00, 0x01, 'nothing'],
    [0x02, 0x04, 'blockType'],
    [0x05, 0x05, 'nothing'],
  ] as const),
  ...([
    [0x0b, 0x0b, 'nothing'],
    [0x0c, 0x0d, 'number'],
  ] as const),
  // br_table, return; calls and tail calls
  ...([
    [0x0e, 0x0e, 'labels'],
    [0x0f, 0x0f, 'nothing'],
  ] as const),
  ...([
    [0x10, 0x10, 'number'],
    [0x11, 0x11, 'numbers'],
  ] as const),
  ...([
    [0x12, 0x12, 'number'],
    [0x13, 0x13, 'numbers'],
  ] as const),
  // drop, select, select with types
  ...([
    [0x1a, 0x1b, 'nothing'],
    [0x1c, 0x1c, 'types'],
  ] as const),
  // locals, globals, table.get and table.set; loads and stores; memory.size, memory.grow
  ...([
    [0x20, 0x26, 'number'],
    [0x28, 0x3e, 'access'],
    [0x3f, 0x40, 'number'],
  ] as const),
  // constants, numeric instructions
  ...([
    [0x41, 0x42, 'signed'],
    [0x43, 0x43, 'bytes4'],
    [0x44, 0x44, 'bytes8'],
  ] as const),
  [0x45, 0xc4, 'nothing'],
  // ref.null, ref.is_null, ref.func
  ...([
    [0xd0, 0xd0, 'heapType'],
    [0xd1, 0xd1, 'nothing'],
    [0xd2, 0xd2, 'number'],
  ] as const),
  ...([
    [0xfc, 0xfc, 'misc'],
    [0xfd, 0xfd, 'simd'],
    [0xfe, 0xfe, 'atomic'],
  ] as const),
);

/** The numbers after 0xfc. */
const MISC = makeTable(
  // conversions; memory.init, data.drop, memory.copy, memory.fill
  ...([
    [0, 7, 'nothing'],
    [8, 8, 'numbers'],
    [9, 9, 'number'],
  ] as const),
  ...([
    [10, 10, 'numbers'],
    [11, 11, 'number'],
  ] as const),
  // table.init, elem.drop, table.copy, table.grow, table.size, table.fill
  ...([
    [12, 12, 'numbers'],
    [13, 13, 'number'],
    [14, 14, 'numbers'],
    [15, 17, 'number'],
  ] as const),
);

/** The numbers after 0xfd. */
const SIMD = makeTable(
  ...([
    [0, 0x1ff, 'nothing'],
    [0, 11, 'access'],
  ] as const),
  // v128.const, i8x16.shuffle; lanes
  ...([
    [12, 13, 'bytes16'],
    [21, 34, 'byte'],
  ] as const),
  ...([
    [84, 91, 'accessAndLane'],
    [92, 93, 'access'],
  ] as const),
);

/** The numbers after 0xfe; 3 is atomic.fence. */
const ATOMIC = makeTable([0, 2, 'access'], [3, 3, 'byte'], [0x10, 0x4e, 'access']);

/** The largest exponent of an alignment; larger ones are flags of later proposals. */
const MAX_ALIGNMENT = 31;
/** The type of a block without results. */
const NO_RESULT = -64;

const unknown = (): never => {
  throw new UnsupportedModuleError('it has an instruction of a later proposal');
};

/** Skips the bytes after an opcode. */
function skipRest(reader: BinaryReader, form: number): void {
  switch (form) {
    case FORMS.nothing:
      return;
    case FORMS.number:
      reader.readUnsigned();
      return;
    case FORMS.numbers:
      reader.readUnsigned();
      reader.readUnsigned();
      return;
    case FORMS.signed:
      reader.readSigned();
      return;
    case FORMS.byte:
      reader.readByte();
      return;
    case FORMS.bytes4:
      reader.readBytes(4);
      return;
    case FORMS.bytes8:
      reader.readBytes(8);
      return;
    case FORMS.bytes16:
      reader.readBytes(16);
      return;
    case FORMS.types:
      for (let count = reader.readCount(); count > 0; count -= 1) readValueType(reader);
      return;
    case FORMS.labels:
      for (let count = reader.readCount(); count >= 0; count -= 1) reader.readUnsigned();
      return;
    case FORMS.access:
    case FORMS.accessAndLane:
      if (reader.readUnsigned() > MAX_ALIGNMENT) unknown();
      reader.readUnsigned();
      if (form === FORMS.accessAndLane) reader.readByte();
      return;
    case FORMS.blockType: {
      const type = reader.readSigned();
      if (type < 0 && type !== NO_RESULT && !isValueType(type + 128)) unknown();
      return;
    }
    case FORMS.heapType:
      readValueType(reader);
      return;
    default:
      unknown();
  }
}

/** Opcodes that callers distinguish; those from `misc` on are 0xfc and their number. */
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
  const form = PLAIN[opcode]!;
  if (form < FORMS.misc) {
    skipRest(reader, form);
    return opcode;
  }
  const number = reader.readUnsigned();
  const table = form === FORMS.misc ? MISC : form === FORMS.simd ? SIMD : ATOMIC;
  skipRest(reader, table[number] ?? FORMS.unknown);
  return opcode * 256 + number;
}
