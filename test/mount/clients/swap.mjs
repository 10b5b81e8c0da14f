// swap.mjs N COUNT: renames one of f0 … f7 away and back, COUNT times, against other processes.
import { renameSync } from 'node:fs';

const [n, count] = process.argv.slice(2).map(Number);
let random = n;
for (let i = 0; i < count; i++) {
  random = (random * 48271) % 2147483647;
  const name = `f${random % 8}`;
  try {
    renameSync(name, `own${n}`);
  } catch (error) {
    // Another process has renamed it.
    if (error.code === 'ENOENT') continue;
    throw error;
  }
  renameSync(`own${n}`, name);
}
