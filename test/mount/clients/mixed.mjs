// mixed.mjs N COUNT: works on its own files among those of other processes, in d0, d1 and d2; checks
// everything that it reads, and prints the names of the remaining files.
// mixed.mjs verify N < NAMES: checks these files, and prints their number.

import { strict as assert } from 'node:assert';
import {
  appendFileSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';

/** Up to 90 000 bytes that depend only on the number in the name. */
const contents = (n, i) => `${n}:${i};`.repeat(((i * 7919) % 97) ** 2 + 1);

function check(path, n, i) {
  assert.equal(readFileSync(path, 'latin1'), contents(n, i), path);
}

function work(n, count) {
  let random = n;
  const next = (limit) => {
    random = (random * 48271) % 2147483647;
    return random % limit;
  };
  const files = new Map();
  for (let i = 0; i < count; i++) {
    const path = `d${next(3)}/${n}-${i}`;
    const text = contents(n, i);
    const middle = next(text.length);
    writeFileSync(path, text.slice(0, middle), { flag: 'wx' });
    appendFileSync(path, text.slice(middle));
    files.set(path, i);
    const old = [...files][next(files.size)];
    check(old[0], n, old[1]);
    const what = next(4);
    if (what === 0) {
      const renamed = `d${next(3)}/${n}-${old[1]}-${i}`;
      renameSync(old[0], renamed);
      files.delete(old[0]);
      files.set(renamed, old[1]);
      assert.throws(() => statSync(old[0]), { code: 'ENOENT' });
    } else if (what === 1 && files.size > 1) {
      unlinkSync(old[0]);
      files.delete(old[0]);
      assert.throws(() => readFileSync(old[0]), { code: 'ENOENT' });
    } else if (what === 2 && files.size > 1) {
      // Over another own file.
      const over = [...files.keys()].find((name) => name !== old[0]);
      renameSync(old[0], over);
      files.delete(old[0]);
      files.set(over, old[1]);
      check(over, n, old[1]);
    }
  }
  for (const [path, i] of files) check(path, n, i);
  writeFileSync(1, [...files].map(([path]) => `${path}\n`).join(''));
  writeFileSync(`map.${n}`, JSON.stringify([...files]));
}

const [first, second] = process.argv.slice(2);
if (first === 'verify') {
  const files = new Map(JSON.parse(readFileSync(`map.${second}`, 'utf8')));
  unlinkSync(`map.${second}`);
  const names = readFileSync(0, 'utf8').trim().split('\n');
  for (const name of names) check(name, Number(second), files.get(name));
  console.log(names.length);
} else work(Number(first), Number(second));
