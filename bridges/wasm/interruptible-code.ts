/**
 * Rewrites the code of a WebAssembly module so that the engine, which ends calls only where it looks for an
 * interrupt, does so after some milliseconds of work at most.
 *
 * V8 looks in JavaScript, at the entry of a function that has calls, and in a loop: of optimised code at
 * each turn, of other code once in some hundred thousand turns. So each function of more than a few
 * instructions gets a call that is never made, and each instruction that works on many bytes at once
 * becomes a call of a function, which splits it into parts.
 *
 * Sources: WebAssembly Core Specification 2.0, chapter 5; V8's src/wasm/baseline/liftoff-compiler.cc
 * (TierupCheckOnBranch), and src/compiler/turboshaft (leaf functions).
 */

import {
  BinaryReader,
  listSections,
  readTables,
  readValueType,
  SECTIONS,
  type Section,
} from '../host/wasm-binary.ts';
import { encodeUnsigned } from '../host/wasm-edits.ts';
import { CodeCost } from './code-cost.ts';
import { findLastUpTo } from './debug-lines.ts';
import { OPCODES, skipInstruction } from './instructions.ts';

/** A module that can be interrupted. */
export interface InterruptibleModule {
  readonly bytes: Uint8Array;
  readonly cost: CodeCost;
  /** Finds an instruction's offset in the module as it was; undefined for code that was added. */
  findOriginalOffset(offset: number): number | undefined;
}

/** The largest function, in bytes of its code, that may run without a look at its entry. */
const MAX_UNCHECKED_BYTES = 128;
/** The most bytes that an instruction works on; larger amounts are halved. */
const MAX_PART_BYTES = 1024 * 1024;

const [I32, FUNCTION_FORM, NO_RESULT] = [0x7f, 0x60, 0x40];

/** Instructions without what follows them. */
const CODE = {
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  return: 0x0f,
  call: 0x10,
  localGet: 0x20,
  localSet: 0x21,
  globalGet: 0x23,
  i32Const: 0x41,
  i32LeU: 0x4d,
  i32Add: 0x6a,
  i32Sub: 0x6b,
  i32ShrU: 0x76,
} as const;

/** The instructions that become calls, with the types of their operands; `value` is a table's element. */
const REPLACED: ReadonlyMap<number, readonly ('i32' | 'value')[]> = new Map([
  [OPCODES.memoryGrow, ['i32']],
  [OPCODES.memoryInit, ['i32', 'i32', 'i32']],
  [OPCODES.memoryCopy, ['i32', 'i32', 'i32']],
  [OPCODES.memoryFill, ['i32', 'i32', 'i32']],
  [OPCODES.tableInit, ['i32', 'i32', 'i32']],
  [OPCODES.tableCopy, ['i32', 'i32', 'i32']],
  [OPCODES.tableFill, ['i32', 'value', 'i32']],
  [OPCODES.tableGrow, ['value', 'i32']],
]);
/** Those of them that return a number. */
const GROWING: ReadonlySet<number> = new Set([OPCODES.memoryGrow, OPCODES.tableGrow]);
/** Those whose last operand is a number of bytes. */
const IN_PARTS: ReadonlySet<number> = new Set([
  OPCODES.memoryInit,
  OPCODES.memoryCopy,
  OPCODES.memoryFill,
]);

/** Encodes a signed LEB128 number that is not negative. */
function encodePositive(value: number): number[] {
  const bytes = encodeUnsigned(value);
  // The highest bit of the last byte's seven is the sign.
  return (bytes.at(-1)! & 64) === 0 ? bytes : [...bytes.slice(0, -1), bytes.at(-1)! | 128, 0];
}

/** Makes the functions that are added to a module, and their types. */
class AddedFunctions {
  readonly types: number[][] = [];
  /** The indices of the functions' types. */
  readonly typeIndices: number[] = [];
  /** The functions' code, with its locals. */
  readonly bodies: number[][] = [];
  /** The call that is never made, behind a look at a number that is 0. */
  readonly look: readonly number[];
  private readonly firstType: number;
  private readonly firstFunction: number;
  private readonly tableElementTypes: readonly number[];
  private readonly indices = new Map<string, number>();

  /**
   * @param firstType the index of the first added type; `firstFunction` is a function's
   * @param zero the index of the global variable that is 0
   */
  constructor(
    firstType: number,
    firstFunction: number,
    zero: number,
    tableElementTypes: readonly number[],
  ) {
    this.firstType = firstType;
    this.firstFunction = firstFunction;
    this.tableElementTypes = tableElementTypes;
    this.look = [
      ...[CODE.globalGet, ...encodeUnsigned(zero), CODE.if, NO_RESULT],
      ...[CODE.call, ...encodeUnsigned(firstFunction), CODE.end],
    ];
    // Calls itself, so that no engine finds that it does nothing.
    this.add([], [], () => []);
  }

  /** Returns the index of the function for an instruction; `immediates` follow its opcode. */
  find(opcode: number, instruction: Uint8Array, immediates: readonly number[]): number {
    const key = instruction.join();
    const known = this.indices.get(key);
    if (known !== undefined) return known;
    const elementType = this.tableElementTypes[immediates[0]!] ?? I32;
    const operands = REPLACED.get(opcode)!.map((type) => (type === 'i32' ? I32 : elementType));
    const index = this.add(operands, GROWING.has(opcode) ? [I32] : [], (self) => {
      const whole = [...operands.flatMap((_, local) => [CODE.localGet, local]), ...instruction];
      return IN_PARTS.has(opcode) ? makeParts(self, whole, opcode !== OPCODES.memoryFill) : whole;
    });
    this.indices.set(key, index);
    return index;
  }

  /** Adds a function; `makeCode` gets its index. It has a local after three operands. */
  private add(
    operands: readonly number[],
    results: readonly number[],
    makeCode: (self: number) => number[],
  ): number {
    const index = this.firstFunction + this.bodies.length;
    const locals = operands.length === 3 ? [1, 1, I32] : [0];
    this.typeIndices.push(this.firstType + this.types.length);
    this.types.push([FUNCTION_FORM, operands.length, ...operands, results.length, ...results]);
    this.bodies.push([...locals, ...this.look, ...makeCode(index), CODE.end]);
    return index;
  }
}

/**
 * Makes code that halves an amount of bytes until it is small.
 * @param whole works on the amount at once
 * @param advancesSource whether the second operand is an address, as the first
 */
function makeParts(self: number, whole: readonly number[], advancesSource: boolean): number[] {
  const [to, from, count, half] = [0, 1, 2, 3].map((local) => [CODE.localGet, local]) as [
    ...[number[], number[], number[], number[]],
  ];
  const call = [CODE.call, ...encodeUnsigned(self)];
  const addHalf = [...half, CODE.i32Add];
  const lower = [...to, ...from, ...half, ...call];
  const upper = [
    ...[...to, ...addHalf, ...from, ...(advancesSource ? addHalf : [])],
    ...[...count, ...half, CODE.i32Sub, ...call],
  ];
  return [
    ...[...count, CODE.i32Const, ...encodePositive(MAX_PART_BYTES), CODE.i32LeU],
    ...[CODE.if, NO_RESULT, ...whole, CODE.return, CODE.end],
    ...[...count, CODE.i32Const, 1, CODE.i32ShrU, CODE.localSet, 3],
    // In this order, no part of overlapping areas is overwritten before it is copied.
    ...[...to, ...from, CODE.i32LeU, CODE.if, NO_RESULT, ...lower, ...upper],
    ...[CODE.else, ...upper, ...lower, CODE.end],
  ];
}

/** Collects the bytes of a module, and where they come from. */
class Output {
  length = 0;
  private readonly chunks: (Uint8Array | readonly number[])[] = [];
  private readonly starts: number[] = [];
  private readonly origins: (number | undefined)[] = [];

  /** @param origin the offset of the bytes in the original module; absent for added ones */
  add(bytes: Uint8Array | readonly number[], origin?: number): void {
    this.chunks.push(bytes);
    this.starts.push(this.length);
    this.origins.push(origin);
    this.length += bytes.length;
  }

  addAll(other: Output): void {
    for (const [i, chunk] of other.chunks.entries()) this.add(chunk, other.origins[i]);
  }

  join(): Uint8Array {
    const bytes = new Uint8Array(this.length);
    for (const [i, chunk] of this.chunks.entries()) bytes.set(chunk, this.starts[i]!);
    return bytes;
  }

  findOrigin(offset: number): number | undefined {
    const { starts, origins } = this;
    const index = findLastUpTo(starts, offset);
    const origin = origins[index];
    return origin === undefined ? undefined : origin + offset - starts[index]!;
  }
}

/** Rewrites the code of a function, without its size. */
function rewriteFunction(body: BinaryReader, added: AddedFunctions, cost: CodeCost): Output {
  const { bytes, offset: start, end } = body;
  const output = new Output();
  let localCount = 0;
  for (let count = body.readCount(); count > 0; count -= 1) {
    localCount += body.readUnsigned();
    readValueType(body);
  }
  let copiedEnd = start;
  const copyUpTo = (offset: number): void => {
    if (offset > copiedEnd) output.add(bytes.subarray(copiedEnd, offset), copiedEnd);
    copiedEnd = offset;
  };
  if (end - body.offset > MAX_UNCHECKED_BYTES) {
    copyUpTo(body.offset);
    output.add(added.look);
  }
  while (body.hasMore) {
    const instructionStart = body.offset;
    const opcode = skipInstruction(body);
    cost.count(opcode, body.offset - instructionStart);
    if (!REPLACED.has(opcode)) continue;
    const instruction = bytes.subarray(instructionStart, body.offset);
    copyUpTo(instructionStart);
    const index = added.find(opcode, instruction, readImmediates(opcode, instruction));
    output.add([CODE.call, ...encodeUnsigned(index)], instructionStart);
    copiedEnd = body.offset;
  }
  copyUpTo(end);
  cost.endFunction(end - start, localCount);
  return output;
}

/** Reads the numbers after an opcode. */
function readImmediates(opcode: number, instruction: Uint8Array): number[] {
  const reader = new BinaryReader(instruction, 1);
  if (opcode > 0xff) reader.readUnsigned();
  const immediates: number[] = [];
  while (reader.hasMore) immediates.push(reader.readUnsigned());
  return immediates;
}

/**
 * Rewrites a module.
 * @param importCount the number of functions that it imports; other imports are not expected
 * @throws {MalformedModuleError}
 */
export function makeInterruptible(bytes: Uint8Array, importCount: number): InterruptibleModule {
  const sections = listSections(bytes);
  const read = (id: number): BinaryReader | undefined => {
    const section = sections.find((candidate) => candidate.id === id);
    return section && new BinaryReader(bytes, section.start, section.end);
  };
  const readCount = (id: number): number => read(id)?.readCount() ?? 0;
  const tables = read(SECTIONS.table);
  const added = new AddedFunctions(
    readCount(SECTIONS.type),
    importCount + readCount(SECTIONS.function),
    readCount(SECTIONS.global),
    tables === undefined ? [] : readTables(tables).map(({ elementType }) => elementType),
  );
  const code = new Output();
  const cost = new CodeCost();
  const bodies = read(SECTIONS.code);
  for (let count = bodies?.readCount() ?? 0; count > 0; count -= 1) {
    const length = bodies!.readUnsigned();
    const start = bodies!.offset;
    bodies!.readBytes(length);
    const body = rewriteFunction(new BinaryReader(bytes, start, start + length), added, cost);
    code.add(encodeUnsigned(body.length));
    code.addAll(body);
  }
  for (const body of added.bodies) code.add([...encodeUnsigned(body.length), ...body]);

  const output = new Output();
  output.add(bytes.subarray(0, sections[0]?.headerStart ?? bytes.length), 0);
  /** Adds a section with more items at its end. */
  const addWithMore = (
    id: number,
    section: Section | undefined,
    more: readonly number[][],
  ): void => {
    const items = section
      ? new BinaryReader(bytes, section.start, section.end)
      : new BinaryReader(bytes, 0, 0);
    const count = encodeUnsigned((section ? items.readCount() : 0) + more.length);
    const [start, content] = [items.offset, more.flat()];
    const length = count.length + items.end - start + content.length;
    output.add([id, ...encodeUnsigned(length), ...count]);
    output.add(bytes.subarray(start, items.end), start);
    output.add(content);
  };
  const hasGlobals = sections.some(({ id }) => id === SECTIONS.global);
  for (const section of sections) {
    const { id, headerStart, end } = section;
    // `i32.const 0`, a variable.
    const zero = [I32, 1, CODE.i32Const, 0, CODE.end];
    if (id === SECTIONS.type) addWithMore(id, section, added.types);
    else if (id === SECTIONS.function)
      addWithMore(id, section, added.typeIndices.map(encodeUnsigned));
    else if (id === SECTIONS.global) addWithMore(id, section, [zero]);
    else if (id === SECTIONS.code) {
      const count = encodeUnsigned(readCount(id) + added.bodies.length);
      output.add([id, ...encodeUnsigned(count.length + code.length), ...count]);
      output.addAll(code);
    } else {
      if (id === SECTIONS.export && !hasGlobals) addWithMore(SECTIONS.global, undefined, [zero]);
      output.add(bytes.subarray(headerStart, end), headerStart);
    }
  }
  return {
    bytes: output.join(),
    cost,
    findOriginalOffset: (offset) => output.findOrigin(offset),
  };
}
