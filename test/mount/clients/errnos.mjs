/**
 * Makes one system call after another on a file, and prints the result of each:
 *
 *     errnos.mjs FILE STEP...      write:BYTES, read:BYTES, fsync, close
 *
 * A line is the name of the call, and the number of bytes, `ok`, or the errno. The bytes written
 * depend on their offsets. The last line says `intact` if the file has exactly the bytes written.
 */
import {
  closeSync,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  readSync,
  writeSync,
} from 'node:fs';
import { constants } from 'node:os';

const names = new Map(Object.entries(constants.errno).map(([name, errno]) => [errno, name]));
const [file, ...steps] = process.argv.slice(2);
const fd = openSync(file, steps.some((step) => step.startsWith('write')) ? 'w+' : 'r');

/** The expected bytes of the file from offset `at` on. */
function pattern(at, length) {
  const bytes = Buffer.alloc(length);
  for (let i = 0; i < length; i++) bytes[i] = (at + i) ^ ((at + i) >> 8) ^ ((at + i) >> 16);
  return bytes;
}

let written = 0;
const calls = {
  write(size) {
    const count = writeSync(fd, pattern(written, size));
    written += count;
    return count;
  },
  read: (size) => readSync(fd, Buffer.alloc(size)),
  fsync: () => fsyncSync(fd),
  close: () => closeSync(fd),
};

let isOpen = true;
for (const step of steps) {
  const [name, size] = step.split(':');
  try {
    console.log(name, calls[name](Number(size)) ?? 'ok');
  } catch (error) {
    console.log(name, names.get(-error.errno));
  }
  // close(2) releases the descriptor even when it fails.
  if (name === 'close') isOpen = false;
}
if (written > 0 && isOpen) {
  const intact = readFileSync(file).subarray(0, written).equals(pattern(0, written));
  console.log(fstatSync(fd).size === written && intact ? 'intact' : 'damaged');
}
