// Prints which times of a file and of its directory each operation advances.
import * as fs from 'node:fs';

const pause = new Int32Array(new SharedArrayBuffer(4));
const kinds = ['atimeNs', 'mtimeNs', 'ctimeNs'];

function timesOf(path) {
  const stats = fs.lstatSync(path, { bigint: true, throwIfNoEntry: false });
  return stats === undefined ? null : kinds.map((kind) => stats[kind]);
}

/** Prints the kinds of times that an operation advances. */
function did(what, paths, operation) {
  const before = paths.map(timesOf);
  // Longer than the clock tick of any file system.
  Atomics.wait(pause, 0, 0, 15);
  operation();
  const moved = paths.map((path, i) => {
    const after = timesOf(path);
    if (after === null || before[i] === null) return `${path}: ${after === null ? 'gone' : 'new'}`;
    const names = kinds.filter((_, k) => after[k] > before[i][k]).map((kind) => kind[0]);
    return `${path}: ${names.join('') || '-'}`;
  });
  console.log(what.padEnd(12), moved.join(', '));
}

fs.mkdirSync('d');
fs.mkdirSync('e');
did('create', ['d', 'd/f'], () => fs.writeFileSync('d/f', 'some text'));
did('write', ['d', 'd/f'], () => fs.writeFileSync('d/f', 'x', { flag: 'r+' }));
did('append', ['d/f'], () => fs.appendFileSync('d/f', 'x'));
did('truncate', ['d/f'], () => fs.truncateSync('d/f', 3));
did('open', ['d/f'], () => fs.closeSync(fs.openSync('d/f', 'r+')));
did('stat', ['d', 'd/f'], () => fs.statSync('d/f'));
did('chmod', ['d', 'd/f'], () => fs.chmodSync('d/f', 0o600));
did('chown', ['d/f'], () => fs.chownSync('d/f', process.getuid(), process.getgid()));
did('utimes', ['d/f'], () => fs.utimesSync('d/f', 1, 2));
did('link', ['d', 'e', 'd/f'], () => fs.linkSync('d/f', 'e/g'));
did('unlink', ['d', 'e', 'd/f'], () => fs.unlinkSync('e/g'));
did('rename', ['d', 'e', 'd/f', 'e/f'], () => fs.renameSync('d/f', 'e/f'));
did('mkdir', ['d', 'd/x'], () => fs.mkdirSync('d/x'));
did('rmdir', ['d', 'd/x'], () => fs.rmdirSync('d/x'));
did('symlink', ['d'], () => fs.symlinkSync('f', 'd/s'));
did('rename over', ['d', 'd/s'], () => {
  fs.symlinkSync('g', 'd/t');
  fs.renameSync('d/t', 'd/s');
});
const fd = fs.openSync('e/f', 'r+');
did('ftruncate', ['e/f'], () => fs.ftruncateSync(fd, 100));
did('fchmod', ['e/f'], () => fs.fchmodSync(fd, 0o644));
did('write fd', ['e/f'], () => fs.writeSync(fd, 'more'));
