/**
 * Adds up what the engine's compilers take for the functions of a WebAssembly module. The first compiler notes the
 * place of each local variable at each block; the optimising one joins them where paths meet, and copies
 * values into each path.
 */
import { OPCODES } from './instructions.ts';

/** Bytes that the first compiler takes for a local variable at a block. */
const BYTES_PER_NOTE = 32;
/** The largest function that the optimising compiler gets, in bytes; and what it may have to join. */
const MAX_OPTIMIZED_BYTES = 64 * 1024;
const MAX_JOINS = 400_000;
/** The paths that a division makes: by zero, and of the smallest number by -1. */
const DIVISION_PATHS = 3;

const isIn = (opcode: number, first: number, last: number): boolean =>
  opcode >= first && opcode <= last;

export class CodeCost {
  /** The most bytes that the first compiler takes for a function. */
  compilerBytes = 0;
  /** Whether the optimising compiler may compile the module. */
  isOptimizable = true;
  private blockCount = 0;
  private pathCount = 0;

  /** Counts an instruction of the current function. @param byteCount its length */
  count(opcode: number, byteCount: number): void {
    if (isIn(opcode, OPCODES.block, OPCODES.else)) {
      this.blockCount += 1;
      if (opcode !== OPCODES.block) this.pathCount += 1;
    } else if (opcode === OPCODES.branchIf) this.pathCount += 1;
    // Each label of a table has a byte or more.
    else if (opcode === OPCODES.branchTable) this.pathCount += byteCount;
    else if (
      isIn(opcode, OPCODES.i32DivS, OPCODES.i32RemU) ||
      isIn(opcode, OPCODES.i64DivS, OPCODES.i64RemU)
    )
      this.pathCount += DIVISION_PATHS;
  }

  /** Ends a function. */
  endFunction(byteCount: number, localCount: number): void {
    const { blockCount, pathCount } = this;
    this.compilerBytes = Math.max(this.compilerBytes, blockCount * localCount * BYTES_PER_NOTE);
    if (byteCount > MAX_OPTIMIZED_BYTES || pathCount * (pathCount + localCount) > MAX_JOINS)
      this.isOptimizable = false;
    this.blockCount = this.pathCount = 0;
  }
}
