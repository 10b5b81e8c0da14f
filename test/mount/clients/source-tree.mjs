/**
 * Creates a tree like the sources of a large project: `source-tree.mjs FOLDER FILES`. It has
 * thousands of small files in deep directories, symbolic links (also dangling), hard links, unusual
 * modes, and times from 1970 until after 2038. Every run creates the same tree.
 */
import {
  chmodSync,
  linkSync,
  lutimesSync,
  mkdirSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';

const [root, count] = process.argv.slice(2);
const MODES = [0o644, 0o600, 0o755, 0o444, 0o640, 0o400, 0o6755, 0o664];
const TIMES = [
  0, 1, 981_173_106.789, 1_000_000_000.123456, 1_234_567_890.5, 2_147_483_647, 4_102_444_800,
];
const folders = [root];
mkdirSync(root);

/** Pseudo-random numbers below `limit` (a linear congruential generator). */
let state = 1;
function next(limit) {
  state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
  return (state >> 8) % limit;
}

for (let n = 0; n < Number(count); n++) {
  // Mostly below the newest directories, so that the tree grows deep.
  if (n % 17 === 0) {
    const parent = folders[Math.max(0, folders.length - 1 - next(6))];
    const folder = `${parent}/${'arch drivers include net fs'.split(' ')[next(5)]}${n}`;
    mkdirSync(parent.length > 300 ? `${root}/d${n}` : folder);
    folders.push(parent.length > 300 ? `${root}/d${n}` : folder);
  }
  const folder = folders[Math.max(0, folders.length - 1 - next(3))];
  const path = `${folder}/file-${n}.${'ch'[n % 2]}`;
  writeFileSync(path, `line ${n} of a file\n`.repeat(next(n % 50 === 0 ? 4000 : 40)));
  if (n % 40 === 0) linkSync(path, `${root}/hard-${n}`);
  if (n % 30 === 0)
    symlinkSync(n % 60 === 0 ? path.slice(folder.length + 1) : `../gone/${n}`, `${path}.link`);
  const time = TIMES[next(TIMES.length)];
  if (n % 30 === 0) lutimesSync(`${path}.link`, time, time);
  utimesSync(path, time, time);
  chmodSync(path, MODES[next(MODES.length)]);
}
for (const [n, folder] of folders.toReversed().entries()) {
  chmodSync(folder, [0o755, 0o700, 0o2755, 0o1777][n % 4]);
  utimesSync(folder, TIMES[n % TIMES.length], TIMES[n % TIMES.length]);
}
