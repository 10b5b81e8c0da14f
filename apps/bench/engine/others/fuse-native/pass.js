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

// `import` does not search NODE_PATH.
const require = createRequire(import.meta.url);
const Fuse = require('fuse-native');

/** Makes the callback of a call: it passes 0 or minus the errno, and the result, to fuse-native. */
const reply = (done) => (error, result) => done(error ? error.errno : 0, result);
/** The same for a number of bytes, which fuse-native expects in place of the 0. */
const replyCount = (done) => (error, count) => done(error ? error.errno : count);

function operationsOn(directory) {
  const at = (path) => join(directory, path);
  return {
    getattr: (path, done) => fs.lstat(at(path), reply(done)),
    readdir: (path, done) =>
      fs.readdir(at(path), (error, names) =>
        error ? done(error.errno) : done(0, ['.', '..', ...names]),
      ),
    readlink: (path, done) => fs.readlink(at(path), reply(done)),
    statfs: (path, done) =>
      fs.statfs(at(path), (error, of) =>
        error
          ? done(error.errno)
          : done(0, { ...of, frsize: of.bsize, favail: of.ffree, namemax: 255 }),
      ),

    mkdir: (path, mode, done) => fs.mkdir(at(path), mode, reply(done)),
    rmdir: (path, done) => fs.rmdir(at(path), reply(done)),
    unlink: (path, done) => fs.unlink(at(path), reply(done)),
    rename: (from, to, done) => fs.rename(at(from), at(to), reply(done)),
    link: (from, to, done) => fs.link(at(from), at(to), reply(done)),
    symlink: (target, path, done) => fs.symlink(target, at(path), reply(done)),

    chmod: (path, mode, done) => fs.chmod(at(path), mode, reply(done)),
    chown: (path, uid, gid, done) => fs.lchown(at(path), uid, gid, reply(done)),
    utimens: (path, atime, mtime, done) =>
      fs.lutimes(at(path), new Date(atime), new Date(mtime), reply(done)),
    truncate: (path, size, done) => fs.truncate(at(path), size, reply(done)),
    ftruncate: (_path, fd, size, done) => fs.ftruncate(fd, size, reply(done)),

    open: (path, flags, done) => fs.open(at(path), flags, reply(done)),
    // fuse-native does not pass the flags of the open.
    create: (path, mode, done) =>
      fs.open(at(path), fs.constants.O_RDWR | fs.constants.O_CREAT, mode, reply(done)),
    read: (_path, fd, into, size, offset, done) =>
      fs.read(fd, into, 0, size, offset, replyCount(done)),
    write: (_path, fd, from, size, offset, done) =>
      fs.write(fd, from, 0, size, offset, replyCount(done)),
    fsync: (_path, onlyData, fd, done) =>
      onlyData ? fs.fdatasync(fd, reply(done)) : fs.fsync(fd, reply(done)),
    release: (_path, fd, done) => fs.close(fd, reply(done)),
  };
}

function mount(mountpoint, directory, entryTimeout, attributeTimeout, negativeTimeout) {
  process.umask(0);
  const fuse = new Fuse(mountpoint, operationsOn(directory), {
    timeout: false,
    fsname: 'pass',
    defaultPermissions: true,
    entryTimeout,
    // The package has no option for negative_timeout, but passes values on with their commas.
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
