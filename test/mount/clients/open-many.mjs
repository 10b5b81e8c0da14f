// open-many.mjs COUNT: keeps COUNT files open at once, and uses each of them.
import * as fs from 'node:fs';

const count = Number(process.argv[2]);
const fds = [];
try {
  for (let i = 0; i < count; i++) fds.push(fs.openSync(`open${i}`, 'w+'));
} catch (error) {
  console.log(`${fds.length} open: ${error.code}`);
  for (const fd of fds) fs.closeSync(fd);
  for (const name of fs.readdirSync('.')) if (name.startsWith('open')) fs.unlinkSync(name);
  process.exit(1);
}
const good = (text, i) => text.subarray(0, 7).toString() === `${i}`.padEnd(7);
const text = Buffer.alloc(100);
const readAll = () =>
  fds.filter((fd, i) => fs.readSync(fd, text, 0, 100, 0) === 7 && good(text, i));
const written = fds.filter((fd, i) => fs.writeSync(fd, `${i}`.padEnd(7)) === 7);
const read = readAll();
for (let i = 0; i < count; i++) fs.unlinkSync(`open${i}`);
const after = readAll();
for (const fd of fds) fs.closeSync(fd);
const left = fs.readdirSync('.').filter((name) => name.startsWith('open')).length;
console.log(
  `${written.length} written, ${read.length} read, ${after.length} after unlink, ${left} left`,
);
