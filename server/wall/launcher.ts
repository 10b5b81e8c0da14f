/**
 * Assembles the launcher: a program of 107 bytes of machine code that makes a list of system calls and then executes Node.
 * A restriction by Landlock holds for one thread and what it starts, and a running Node has several. So the launcher enters
 * the wall before Node runs, and no thread of the command that starts it does. The program stays in memory.
 *
 * Sources: elf(5), execve(2), memfd_create(2); the initial stack is in the System V ABI of each machine.
 */
import { closeSync, writeSync } from 'node:fs';
import { errnoName } from '../../runtime/core/errno.ts';
import { memfdCreate } from '../../runtime/sys/libc.ts';
import { toCString } from '../../runtime/sys/struct.ts';

/** A number, the address of bytes, or the address of a struct of such words of 8 bytes. */
type Word = number | Uint8Array | readonly Word[];

/** A system call before Node. */
export interface LauncherCall {
  /** Its name in the message if it fails; null: a failure does not matter. */
  readonly name: string | null;
  readonly number: number;
  readonly args: readonly Word[];
}

/**
 * The machine's number in ELF files, and its code, whose rows are at ROWS: for each, the number in rax/x8 and three
 * arguments, the two further ones zero; on an error with a message, write(3, message, length) and exit(1). A negative
 * number ends the rows: then execve(argv[0], argv, environment) from the initial stack, which returns on an error alone.
 */
const MACHINES: Readonly<Record<string, { id: number; code: string }>> = {
  // 1: mov row, call, args; xor r10, r8; js 3f; 2: syscall; jns 4f; message? jne 5f; 4: next row, jmp 1b
  // 3: execve by the stack, jmp 2b; 5: write, exit
  x64: {
    id: 62,
    code:
      'bb00024000 488b03 488b7b08 488b7310 488b5318 4531d2 4531c0 4885c0 7816 0f05 4885c0 7909 488b7320 4885f6 7520' +
      '4883c330 ebd0 488b0424 488b7c2408 488d742408 488d54c410 b83b000000 ebd0' +
      'b801000000 bf03000000 488b5328 0f05 b83c000000 bf01000000 0f05',
  },
  // The same: x19 is the row.
  arm64: {
    id: 183,
    code:
      '134080d2 1308a0f2 680240a9 610a41a9 030080d2 040080d2 e800f8b7 010000d4 6000f8b6 610a42a9 410100b5 73c20091 f6ffff17' +
      'e90340f9 e1230091 200040f9 220c098b 42200091 a81b80d2 f4ffff17' +
      '600080d2 080880d2 010000d4 200080d2 a80b80d2 010000d4',
  },
};

/** The address of the file in memory, and the positions of the code, the rows and what rows point to. */
const [BASE, CODE, ROWS, ROW_BYTES] = [0x40_0000, 0x100, 0x200, 48];

/** The descriptor of the channel to the starter, which prints the message. */
const makeMessage = (name: string): Uint8Array =>
  Buffer.from(`${JSON.stringify({ err: `glossa: --confine: ${name} failed` })}\n`);

const toBytes = (words: readonly number[]): Uint8Array =>
  new Uint8Array(BigInt64Array.from(words, BigInt).buffer);

/** Assembles the program; null for a machine without code. */
export function assembleLauncher(
  calls: readonly LauncherCall[],
  architecture: string = process.arch,
): Buffer | null {
  const machine = MACHINES[architecture];
  if (machine === undefined) return null;
  const data: Uint8Array[] = [];
  let end = ROWS + ROW_BYTES * (calls.length + 1);
  /** Adds bytes, and returns their address. */
  const place = (bytes: Uint8Array): number => {
    const padded = Buffer.alloc(Math.ceil(bytes.length / 8) * 8);
    padded.set(bytes);
    data.push(padded);
    end += padded.length;
    return BASE + end - padded.length;
  };
  const resolve = (word: Word): number => {
    if (typeof word === 'number') return word;
    return place(word instanceof Uint8Array ? word : toBytes(word.map(resolve)));
  };
  const rows = [...calls, { name: 'execve', number: -1, args: [] }].flatMap(
    ({ name, number, args }) => {
      const message = name === null ? [0, 0] : [makeMessage(name), makeMessage(name).length];
      return [number, ...[0, 1, 2].map((i) => args[i] ?? 0), ...message].map(resolve);
    },
  );
  const start = Buffer.alloc(ROWS);
  // A little-endian ELF file of 64 bits, version 1, that is executed at a fixed address (ET_EXEC).
  start.write('\x7fELF\x02\x01\x01', 'latin1');
  start.writeUInt16LE(2, 16);
  start.writeUInt16LE(machine.id, 18);
  start.writeUInt32LE(1, 20);
  // The entry; one program header of 56 bytes behind the header of 64.
  start.writeUInt32LE(BASE + CODE, 24);
  for (const [at, value] of [
    [32, 64],
    [52, 64],
    [54, 56],
    [56, 1],
  ] as const)
    start.writeUInt16LE(value, at);
  // PT_LOAD, to read and execute: the whole file; aligned to 64 KiB, the largest page.
  start.writeUInt32LE(1, 64);
  start.writeUInt32LE(5, 68);
  for (const [at, value] of [
    [80, BASE],
    [88, BASE],
    [96, end],
    [104, end],
    [112, 0x1_0000],
  ] as const)
    start.writeUInt32LE(value, at);
  start.write(machine.code.replaceAll(' ', ''), CODE, 'hex');
  return Buffer.concat([start, toBytes(rows), ...data]);
}

const [MFD_CLOEXEC, MFD_EXEC] = [1, 0x10];

/** Writes a program to a file in memory; returns its descriptor. @throws {Error} */
export function openProgram(program: Uint8Array): number {
  const name = toCString('glossa');
  // Linux before 6.3 refuses MFD_EXEC, and needs no flag.
  let fd = memfdCreate(name, MFD_CLOEXEC | MFD_EXEC);
  if (fd < 0) fd = memfdCreate(name, MFD_CLOEXEC);
  if (fd < 0) throw new Error(`memfd_create: ${errnoName(-fd)}`);
  try {
    if (writeSync(fd, program) === program.length) return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  closeSync(fd);
  throw new Error('memfd_create: a short write');
}
