/**
 * Gives this process a filter of system calls, as a container has one: the call $GLOSSA_FILTERED fails with the errno
 * $GLOSSA_FILTERED_ERRNO. It is loaded by `node --require`.
 */
'use strict';
const { isMainThread } = require('node:worker_threads');

const { GLOSSA_FILTERED, GLOSSA_FILTERED_ERRNO, GLOSSA_KOFFI } = process.env;
if (isMainThread && GLOSSA_FILTERED !== undefined) {
  const koffi = require(GLOSSA_KOFFI);
  const prctl = koffi
    .load(null)
    .func('int prctl(int option, uint64 a, void *b, uint64 c, uint64 d)');
  // Load the number; if it is not the call, allow.
  const instructions = [
    [0x20, 0, 0, 0],
    [0x15, 0, 1, Number(GLOSSA_FILTERED)],
    [0x06, 0, 0, 0x50000 | Number(GLOSSA_FILTERED_ERRNO)],
    [0x06, 0, 0, 0x7fff0000],
  ];
  const filter = Buffer.alloc(8 * instructions.length);
  for (const [i, [code, ifTrue, ifFalse, operand]] of instructions.entries()) {
    filter.writeUInt16LE(code, 8 * i);
    filter.writeUInt8(ifTrue, 8 * i + 2);
    filter.writeUInt8(ifFalse, 8 * i + 3);
    filter.writeUInt32LE(operand, 8 * i + 4);
  }
  const program = Buffer.alloc(16);
  program.writeUInt16LE(instructions.length, 0);
  program.writeBigUInt64LE(BigInt(koffi.address(filter)), 8);
  prctl(38, 1, null, 0, 0);
  if (prctl(22, 2, program, 0, 0) !== 0) throw new Error('the kernel takes no filter');
}
