// Tries the flags of open(2), and prints an outcome for every case.
import * as fs from 'node:fs';

const { constants } = fs;
const { O_APPEND, O_CREAT, O_DIRECTORY, O_DSYNC, O_EXCL, O_NOATIME } = constants;
const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR, O_SYNC, O_TRUNC, O_WRONLY } = constants;
const O_PATH = 0o10000000;

const attempt = (what, fn) => {
  try {
    console.log(what, fn() ?? 'done');
  } catch (error) {
    console.log(what, error.code);
  }
};

const names = ['file', 'missing', 'dir', 'link', 'dangling', 'loop', 'file/x'];
const flags = {
  read: O_RDONLY,
  write: O_WRONLY,
  readwrite: O_RDWR,
  create: O_WRONLY | O_CREAT,
  exclusive: O_WRONLY | O_CREAT | O_EXCL,
  truncate: O_WRONLY | O_TRUNC,
  'read and truncate': O_RDONLY | O_TRUNC,
  'create and truncate': O_RDWR | O_CREAT | O_TRUNC,
  append: O_WRONLY | O_APPEND | O_CREAT,
  directory: O_RDONLY | O_DIRECTORY,
  'no link': O_RDONLY | O_NOFOLLOW,
  path: O_PATH,
  'path, no link': O_PATH | O_NOFOLLOW,
  sync: O_WRONLY | O_SYNC,
  dsync: O_WRONLY | O_DSYNC | O_CREAT,
  'no atime': O_RDONLY | O_NOATIME,
};

function prepare() {
  fs.rmSync('t', { recursive: true, force: true });
  fs.mkdirSync('t/dir', { recursive: true });
  fs.writeFileSync('t/file', 'contents');
  fs.symlinkSync('file', 't/link');
  fs.symlinkSync('new', 't/dangling');
  fs.symlinkSync('loop', 't/loop');
  fs.linkSync('t/file', 't/hard');
}

for (const [what, flag] of Object.entries(flags)) {
  prepare();
  for (const name of names) {
    attempt(`${what} ${name}`, () => {
      const fd = fs.openSync(`t/${name}`, flag | O_NONBLOCK, 0o640);
      try {
        const { size, mode, nlink } = fs.fstatSync(fd);
        return `${fs.fstatSync(fd).isDirectory() ? 'dir' : size} ${mode.toString(8)} ${nlink}`;
      } finally {
        fs.closeSync(fd);
      }
    });
  }
  console.log(fs.readdirSync('t').sort().join(' '));
}

// Writes and reads against the access mode.
prepare();
const reader = fs.openSync('t/file', O_RDONLY);
attempt('write to a reader', () => fs.writeSync(reader, 'x'));
attempt('truncate a reader', () => fs.ftruncateSync(reader, 1));
const writer = fs.openSync('t/file', O_WRONLY | O_APPEND);
attempt('read a writer', () => fs.readSync(writer, Buffer.alloc(1)));
attempt('append at 0', () => fs.writeSync(writer, '+', 0));
attempt('what is there', () => fs.readFileSync('t/file', 'latin1'));
attempt('truncate a writer', () => fs.ftruncateSync(writer, 3));
attempt('seen by the reader', () => fs.readSync(reader, Buffer.alloc(9), 0, 9, 0));
attempt('read at the end', () => fs.readSync(reader, Buffer.alloc(9), 0, 9, 3));
attempt('read beyond it', () => fs.readSync(reader, Buffer.alloc(9), 0, 9, 1e6));
attempt('write far beyond it', () => fs.writeSync(fs.openSync('t/far', 'w'), 'x', 1e6));
attempt('its size', () => fs.statSync('t/far').size);
attempt('read a folder', () => fs.readSync(fs.openSync('t/dir', 'r'), Buffer.alloc(1)));
fs.chmodSync('t/file', 0);
attempt('nothing allowed', () => fs.readSync(reader, Buffer.alloc(9), 0, 9, 0));
fs.chmodSync('t/file', 0o600);
