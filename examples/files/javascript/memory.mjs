/** A complete file system in the interpreter's memory: names, data, links, attributes. As memory.py, in JavaScript. */
import { attributes, ENODATA, ENOENT, Files, FopError } from 'glossa';

const S_ISGID = 0o2000;
const now = () => Date.now() / 1000;
let lastIno = 0;

/** A file, directory or symbolic link. */
class Node {
  data = new Uint8Array(0);
  target = '';
  entries = new Map();
  xattrs = new Map();
  nlink = 1;

  constructor(type, mode, uid = 0, gid = 0) {
    const [atime, mtime, ctime] = [now(), now(), now()];
    lastIno += 1;
    this.about = { type, mode, uid, gid, ino: lastIno, atime, mtime, ctime };
  }

  get isDirectory() {
    return this.about.type === 'directory';
  }

  changed() {
    this.about.ctime = now();
  }

  touch() {
    this.about.mtime = now();
    this.changed();
  }

  /** Sets the size; new bytes are zeros. */
  resize(size) {
    const old = this.data.subarray(0, size);
    this.data = new Uint8Array(size);
    this.data.set(old);
  }
}

export class xlator extends Files {
  root = new Node('directory', 0o1777);

  find(path) {
    let node = this.root;
    for (const name of path.split('/')) {
      if (name !== '') node = node.entries.get(name);
      if (node === undefined) throw new FopError(ENOENT);
    }
    return node;
  }

  /** The directory of a path, and the name in it. */
  place(path) {
    const slash = path.lastIndexOf('/');
    return [this.find(path.slice(0, slash)), path.slice(slash + 1)];
  }

  make(path, type, mode) {
    const [directory, name] = this.place(path);
    let { uid, gid } = this.caller;
    if ((directory.about.mode & S_ISGID) !== 0) {
      gid = directory.about.gid;
      if (type === 'directory') mode |= S_ISGID;
    }
    const node = new Node(type, mode, uid, gid);
    directory.entries.set(name, node);
    directory.touch();
    return node;
  }

  // -- reading -----------------------------------------------------------------------------------

  list(path) {
    return [...this.find(path).entries].map(([name, node]) => [name, this.about(node)]);
  }

  stat(path) {
    return this.about(this.find(path));
  }

  about(node) {
    if (!node.isDirectory) {
      const size = new TextEncoder().encode(node.target).length || node.data.length;
      return attributes(size, { ...node.about, nlink: node.nlink });
    }
    const below = [...node.entries.values()].filter((each) => each.isDirectory);
    return { ...node.about, nlink: 2 + below.length };
  }

  read(path, offset, size) {
    return this.find(path).data.subarray(offset, offset + size);
  }

  readlink(path) {
    return this.find(path).target;
  }

  // -- changing ----------------------------------------------------------------------------------

  write(path, offset, data) {
    const node = this.find(path);
    if (node.data.length < offset + data.length) node.resize(offset + data.length);
    node.data.set(data, offset);
    node.touch();
  }

  truncate(path, size) {
    const node = this.find(path);
    node.resize(size);
    node.touch();
  }

  create(path, mode) {
    this.make(path, 'file', mode);
  }

  mkdir(path, mode) {
    this.make(path, 'directory', mode);
  }

  symlink(path, target) {
    this.make(path, 'symlink', 0o777).target = target;
  }

  remove(path) {
    const [directory, name] = this.place(path);
    const node = directory.entries.get(name);
    directory.entries.delete(name);
    node.nlink -= 1;
    node.changed();
    directory.touch();
  }

  rmdir(path) {
    this.remove(path);
  }

  rename(path, newPath) {
    const [directory, name] = this.place(path);
    const [above, newName] = this.place(newPath);
    const replaced = above.entries.get(newName);
    if (replaced !== undefined) replaced.nlink -= 1;
    above.entries.set(newName, directory.entries.get(name));
    directory.entries.delete(name);
    directory.touch();
    above.touch();
  }

  link(path, newPath) {
    const node = this.find(path);
    const [above, name] = this.place(newPath);
    above.entries.set(name, node);
    node.nlink += 1;
    node.changed();
    above.touch();
  }

  setattr(path, changes) {
    Object.assign(this.find(path).about, changes, { ctime: now() });
  }

  // -- extended attributes -----------------------------------------------------------------------

  listxattr(path) {
    return this.find(path).xattrs.keys();
  }

  getxattr(path, name) {
    return this.find(path).xattrs.get(name);
  }

  setxattr(path, name, value) {
    const node = this.find(path);
    node.xattrs.set(name, value);
    node.changed();
  }

  removexattr(path, name) {
    if (!this.find(path).xattrs.delete(name)) throw new FopError(ENODATA);
  }
}
