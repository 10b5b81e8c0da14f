// blocks.mjs FILE COUNT: writes COUNT MiB, and prints their md5 sum.
import { createHash } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';

const [file, count] = process.argv.slice(2);
const sum = createHash('md5');
const fd = openSync(file, 'w');
const block = Buffer.alloc(1 << 20);
for (let i = 0; i < Number(count); i++) {
  block.fill(`${i}x`);
  writeSync(fd, block);
  sum.update(block);
}
closeSync(fd);
console.log(sum.digest('hex'));
