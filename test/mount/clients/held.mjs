// held.mjs N STOP: keeps files open, half of them unlinked, and writes and reads them until the file
// STOP exists; every read must return the bytes last written. Prints the number of rounds.

import { strict as assert } from 'node:assert';
import { closeSync, existsSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';

const FILES = 8;
const [n, stop] = process.argv.slice(2);
const held = Array.from({ length: FILES }, (_, i) => {
  const path = `held-${n}-${i}`;
  const fd = openSync(path, 'wx+');
  if (i % 2 === 0) unlinkSync(path);
  return { fd, path: i % 2 === 0 ? null : path, text: '' };
});

let rounds = 0;
for (; !existsSync(stop); rounds++) {
  for (const [i, file] of held.entries()) {
    file.text = `${n} ${i} ${rounds} `.repeat(1 + ((rounds * 7 + i) % 300));
    writeSync(file.fd, file.text, 0);
    const bytes = Buffer.alloc(file.text.length);
    assert.equal(readSync(file.fd, bytes, 0, bytes.length, 0), bytes.length);
    assert.equal(bytes.toString(), file.text);
  }
  await turn();
}
for (const { fd, path } of held) {
  closeSync(fd);
  if (path !== null) unlinkSync(path);
}
console.log(rounds);
