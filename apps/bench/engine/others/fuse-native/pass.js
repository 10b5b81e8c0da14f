/**
 * Passes a directory through unchanged, in the usual way in JavaScript on the npm package fuse-native,
 * as a baseline for the bench.
 *
 *   pass.js MOUNTPOINT DIRECTORY ENTRY-TIMEOUT ATTRIBUTE-TIMEOUT NEGATIVE-TIMEOUT
 *   pass.js --version
 *
 * Every operation is the call of node:fs with the same name on the path below the directory. The
 * kernel checks permissions, and every call is made with this process's rights. The package has no
 * option for writes of more than 4 KiB.
 */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

// Not by import, which would not look in NODE_PATH.
const require = createRequire(import.meta.url);
const Fuse = require('fuse-native');

/** Tells fuse-native what became of a call: minus the errno or 0, and the result. */
const tell = (done) => (error, result) => done(error ? error.errno : 0, result);
/** The same where the result is a number of bytes, which takes the place of the 0. */
const tellCount = (done) => (error, count) => done(error ? error.errno : count);

function operationsOn(directory) {
  const at = (path) => join(directory, path);
  return {
    getattr: (path, done) => fs.lstat(at(path), tell(done)),
    readdir: (path, done) =>
      fs.readdir(at(path), (error, names) =>
        error ? done(error.errno) : done(0, ['.', '..', ...names]),
      ),
    readlink: (path, done) => fs.readlink(at(path), tell(done)),
    statfs: (path, done) =>
      fs.statfs(at(path), (error, of) =>
        error
          ? done(error.errno)
          : done(0, { ...of, frsize: of.bsize, favail: of.ffree, namemax: 255 }),
      ),

    mkdir: (path, mode, done) => fs.mkdir(at(path), mode, tell(done)),
    rmdir: (path, done) => fs.rmdir(at(path), tell(done)),
    unlink: (path, done) => fs.unlink(at(path), tell(done)),
    rename: (from, to, done) => fs.rename(at(from), at(to), tell(done)),
    link: (from, to, done) => fs.link(at(from), at(to), tell(done)),
    symlink: (target, path, done) => fs.symlink(target, at(path), tell(done)),

    chmod: (path, mode, done) => fs.chmod(at(path), mode, tell(done)),
    chown: (path, uid, gid, done) => fs.lchown(at(path), uid, gid, tell(done)),
    utimens: (path, atime, mtime, done) =>
      fs.lutimes(at(path), new Date(atime), new Date(mtime), tell(done)),
    truncate: (path, size, done) => fs.truncate(at(path), size, tell(done)),
    ftruncate: (_path, fd, size, done) => fs.ftruncate(fd, size, tell(done)),

    open: (path, flags, done) => fs.open(at(path), flags, tell(done)),
    // How it is to be opened is not said.
    create: (path, mode, done) =>
      fs.open(at(path), fs.constants.O_RDWR | fs.constants.O_CREAT, mode, tell(done)),
    read: (_path, fd, into, size, offset, done) =>
      fs.read(fd, into, 0, size, offset, tellCount(done)),
    write: (_path, fd, from, size, offset, done) =>
      fs.write(fd, from, 0, size, offset, tellCount(done)),
    fsync: (_path, onlyData, fd, done) =>
      onlyData ? fs.fdatasync(fd, tell(done)) : fs.fsync(fd, tell(done)),
    release: (_path, fd, done) => fs.close(fd, tell(done)),
  };
}

function mount(mountpoint, directory, entryTimeout, attributeTimeout, negativeTimeout) {
  process.umask(0);
  const fuse = new Fuse(mountpoint, operationsOn(directory), {
    timeout: false,
    fsname: 'pass',
    defaultPermissions: true,
    entryTimeout,
    // There is no option for the third of them; options are handed on as they are, with commas.
    attrTimeout: `${attributeTimeout},negative_timeout=${negativeTimeout}`,
  });
  fuse.mount((error) => {
    if (error) throw error;
  });
  process.on('SIGTERM', () =>
    fuse.unmount((error) => {
      process.exit(error ? 1 : 0);
    }),
  );
}

const args = process.argv.slice(2);
if (args[0] === '--version') {
  console.log(require('fuse-native/package.json').version);
} else if (args.length === 5) {
  mount(...args);
} else {
  console.error(
    'usage: pass.js MOUNTPOINT DIRECTORY ENTRY-TIMEOUT ATTRIBUTE-TIMEOUT NEGATIVE-TIMEOUT',
  );
  process.exitCode = 2;
}
