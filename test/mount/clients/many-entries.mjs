// many-entries.mjs COUNT: creates a directory with COUNT entries, of several kinds.
import * as fs from 'node:fs';

const count = Number(process.argv[2]);
const nameOf = (i) =>
  `e/${i % 10 === 0 ? 'a much longer name than the others have '.repeat(4) : ''}${i}`;

fs.mkdirSync('e');
for (let i = 0; i < count; i++) {
  if (i % 4 === 3) fs.mkdirSync(nameOf(i));
  else if (i % 4 === 2) fs.symlinkSync('x', nameOf(i));
  else fs.closeSync(fs.openSync(nameOf(i), 'wx'));
}
const made = count;
const listed = fs.readdirSync('e');
const names = new Set(listed);
let missing = listed.length - names.size;
for (let i = 0; i < count; i++) {
  const stats = fs.lstatSync(nameOf(i));
  const kind =
    i % 4 === 3 ? stats.isDirectory() : i % 4 === 2 ? stats.isSymbolicLink() : stats.isFile();
  if (!kind || !names.has(nameOf(i).slice(2))) missing += 1;
}
const remove = (i) => (i % 4 === 3 ? fs.rmdirSync(nameOf(i)) : fs.unlinkSync(nameOf(i)));
for (let i = 0; i < count; i += 2) remove(i);
const half = fs.readdirSync('e').length;
for (let i = 1; i < count; i += 2) remove(i);
const left = fs.readdirSync('e').length;
fs.rmdirSync('e');
console.log(
  `${made} made, ${listed.length} listed, ${missing} missing, ${half} half way, ${left} left`,
);
