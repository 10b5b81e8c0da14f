// sparse.mjs: writes a sparse file of 5 GiB, and prints its content.
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';

const GIB = 1024 ** 3;
const SIZE = 5 * GIB;
/** The data: offset → bytes, seeded by the offset. */
const parts = new Map([
  [0, 5000],
  [2 * GIB - 100, 200],
  [4 * GIB - 3, 7],
  [4 * GIB + 4095, 300_000],
  [SIZE - 10, 10],
]);
const bytesOf = (offset, length) => {
  const block = createHash('sha256').update(`${offset}`).digest();
  return Buffer.alloc(length, block);
};
const hash = (bytes) => createHash('md5').update(bytes).digest('hex');

const fd = fs.openSync('f', 'w+');
for (const [offset, length] of [...parts].reverse()) {
  fs.writeSync(fd, bytesOf(offset, length), 0, length, offset);
}
fs.closeSync(fd);

const reader = fs.openSync('f', 'r');
console.log('size', fs.fstatSync(reader).size);
for (const [offset, length] of parts) {
  const got = Buffer.alloc(length + 20);
  const start = Math.max(0, offset - 10);
  const count = fs.readSync(reader, got, 0, got.length, start);
  const data = got.subarray(offset - start, offset - start + length);
  console.log(offset, count, hash(data) === hash(bytesOf(offset, length)), hash(got));
}
const around = Buffer.alloc(100);
for (const offset of [GIB, 4 * GIB + 400_000, SIZE - 5, SIZE, SIZE + 1]) {
  console.log('at', offset, fs.readSync(reader, around, 0, 100, offset), hash(around));
}
fs.closeSync(reader);
console.log('few blocks', fs.statSync('f').blocks < 2000);
