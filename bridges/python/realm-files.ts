/**
 * The granted files of the host, seen in the interpreter's file system at their own paths.
 *
 * Emscripten asks a folder in memory for a name; when it has none, the host is asked. What it knows
 * becomes a node whose operations call the host with numbers and text, and which is never kept: each
 * look-up asks again, so that a script sees files as they are now. Symbolic links are followed by
 * Emscripten, inside the interpreter's own tree: they lead to what is granted, or nowhere.
 *
 * The host trusts nothing that comes from here: paths are checked by the machine's files, buffers
 * are a place in the interpreter's memory that is checked here.
 */
import { EACCES, EFAULT, EMFILE, ENOENT } from '../../runtime/core/errno.ts';
import type { Attributes, GrantedFiles } from '../host/files.ts';
import type { Memory } from './capi.ts';

/** What the realm may ask. A number below zero is minus a Linux errno. */
export interface FileGates {
  stat(path: unknown): string | number;
  /** The same for a name in a granted folder, or in one above: what is refused there was meant. */
  look(path: unknown): string | number;
  /** The files in the interpreter's own memory have as many bytes as they may. */
  full(): number;
  fstat(file: unknown): string | number;
  list(path: unknown): string | number;
  readlink(path: unknown): string | number;
  open(path: unknown, flags: unknown): number;
  close(file: unknown): number;
  read(file: unknown, at: unknown, length: unknown, position: unknown): number;
  write(file: unknown, at: unknown, length: unknown, position: unknown): number;
  truncate(path: unknown, size: unknown): number;
  ftruncate(file: unknown, size: unknown): number;
  fsync(file: unknown): number;
  mkdir(path: unknown, mode: unknown): number;
  rmdir(path: unknown): number;
  unlink(path: unknown): number;
  rename(from: unknown, to: unknown): number;
  set(path: unknown, mode: unknown, mtime: unknown): number;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const integer = (value: unknown): number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : -1;
const optional = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;
const packed = (found: Attributes | number): string | number =>
  typeof found === 'number'
    ? found
    : [found.mode, found.size, found.ino, found.atime, found.mtime].join(' ');

/**
 * The gates to `files`; `memory` is the interpreter's, once there is one. Of what is refused by its
 * path, `refused` is told.
 */
export function fileGates(
  files: GrantedFiles,
  memory: () => Memory | undefined,
  refused: (what: string) => void,
): FileGates {
  const told = <T>(what: string, path: unknown, result: T): T => {
    if ((result as unknown) === -EACCES) refused(`${what} ${text(path)} (not granted)`);
    if ((result as unknown) === -EMFILE) refused(`${what} of more files than may be open at once`);
    return result;
  };
  const place = (at: unknown, length: unknown): Uint8Array | undefined => {
    const here = memory();
    const [start, size] = [integer(at), integer(length)];
    if (here === undefined || start < 0 || size < 0) return undefined;
    here.refresh();
    return start + size <= here.u8.length ? here.u8.subarray(start, start + size) : undefined;
  };
  return {
    // Until the interpreter has started, its own folders are being made.
    stat: (path) => (memory() === undefined ? -ENOENT : packed(files.stat(text(path)))),
    look: (path) => told('stat', path, packed(files.stat(text(path)))),
    full() {
      refused('more than 64 MiB in files of the interpreter');
      return 0;
    },
    fstat: (file) => packed(files.fstat(integer(file))),
    list(path) {
      const names = told('list', path, files.list(text(path)));
      return typeof names === 'number' ? names : names.join('\0');
    },
    readlink: (path) => told('readlink', path, files.readlink(text(path))),
    open: (path, flags) =>
      told('open', path, files.openFile(text(path), integer(flags) & 0xffff, 0o666)),
    close: (file) => files.closeFile(integer(file)),
    read(file, at, length, position) {
      const into = place(at, length);
      return into === undefined ? -EFAULT : files.read(integer(file), into, integer(position));
    },
    write(file, at, length, position) {
      const from = place(at, length);
      return from === undefined ? -EFAULT : files.write(integer(file), from, integer(position));
    },
    truncate: (path, size) => told('truncate', path, files.truncate(text(path), integer(size))),
    ftruncate: (file, size) => files.ftruncate(integer(file), integer(size)),
    fsync: (file) => files.fsync(integer(file)),
    mkdir: (path, mode) => told('mkdir', path, files.mkdir(text(path), integer(mode))),
    rmdir: (path) => told('rmdir', path, files.rmdir(text(path))),
    unlink: (path) => told('unlink', path, files.unlink(text(path))),
    rename: (from, to) => told('rename', to, files.rename(text(from), text(to))),
    set: (path, mode, mtime) =>
      told('setattr', path, files.setAttributes(text(path), optional(mode), optional(mtime))),
  };
}

/**
 * Realm-side: `(gates, most) => ({ find, room })`. `find(FS, parent, name)` is the node of a granted
 * file or undefined; `room(FS, node, size)` throws when the files in memory would have more than
 * `most` bytes together. Errors are Emscripten's numbers: EPERM stands for every refusal, because
 * its number means nothing else to Linux.
 */
export const REALM_FILES = String.raw`(function (host, most) {
  'use strict';
  const { Object, Date, Map, Set, String, Error } = globalThis;
  const asks = {};
  for (const name of Object.keys(host)) {
    const ask = host[name];
    asks[name] = (a, b, c, d) => { try { return ask(a, b, c, d); } catch { return -5; } };
  }
  // Linux numbers in the numbers of WASI, which Emscripten speaks.
  const WASI = { 1: 63, 2: 44, 5: 29, 9: 8, 13: 63, 14: 21, 16: 10, 17: 20, 18: 75, 20: 54, 21: 31,
    22: 28, 23: 41, 24: 33, 26: 74, 27: 22, 28: 51, 30: 69, 36: 37, 39: 55, 40: 32, 122: 19 };
  let FS;
  const check = (result) => {
    if (typeof result === 'number' && result < 0) throw new FS.ErrnoError(WASI[-result] ?? 29);
    return result;
  };
  const IN_MEMORY = 1;
  const mount = { mountpoint: '', mounts: [], opts: {}, type: {} };
  const pathOf = (node) => FS.getPath(node);
  const below = (node, name) => { const path = pathOf(node); return path === '/' ? '/' + name : path + '/' + name; };
  const attributes = (packed, node) => {
    const [mode, size, ino, atime, mtime] = packed.split(' ').map(Number);
    const at = new Date(mtime);
    return { dev: 2, ino, mode, nlink: 1, uid: 0, gid: 0, rdev: 0, size, atime: new Date(atime),
      mtime: at, ctime: at, blksize: 4096, blocks: Math.ceil(size / 512) };
  };
  function make(parent, name, mode) {
    const node = FS.createNode(parent, name, mode, 0);
    FS.hashRemoveNode(node);
    node.node_ops = nodeOps;
    node.stream_ops = streamOps;
    node.mount = mount;
    return node;
  }
  const nodeOps = {
    getattr: (node) => attributes(check(asks.stat(pathOf(node)))),
    setattr(node, attr) {
      const path = pathOf(node), { fresh } = node;
      node.fresh = false;
      if (attr.size !== undefined) check(asks.truncate(path, attr.size));
      // A new file has the mode that the host gave it.
      const mode = fresh ? undefined : attr.mode;
      if (mode !== undefined || attr.mtime != null) check(asks.set(path, mode, attr.mtime));
    },
    lookup(parent, name) {
      const found = check(asks.look(below(parent, name)));
      return make(parent, name, Number(found.split(' ')[0]));
    },
    mknod(parent, name, mode) {
      const path = below(parent, name);
      if (FS.isDir(mode)) check(asks.mkdir(path, mode & 511));
      else if (FS.isFile(mode)) check(asks.close(check(asks.open(path, 1 | 64 | 128))));
      else throw new FS.ErrnoError(63);
      const node = make(parent, name, mode);
      node.fresh = true;
      return node;
    },
    rename(node, folder, name) { check(asks.rename(pathOf(node), below(folder, name))); },
    unlink(parent, name) { check(asks.unlink(below(parent, name))); },
    rmdir(parent, name) { check(asks.rmdir(below(parent, name))); },
    readdir(node) {
      const names = check(asks.list(pathOf(node)));
      return ['.', '..', ...(names === '' ? [] : names.split('\0'))];
    },
    readlink: (node) => check(asks.readlink(pathOf(node))),
  };
  const inMemory = (buffer) => buffer.buffer === heap().buffer;
  let heap = () => ({ buffer: undefined });
  const streamOps = {
    getattr: (stream) => stream.granted === undefined ? nodeOps.getattr(stream.node)
      : attributes(check(asks.fstat(stream.granted))),
    setattr(stream, attr) {
      if (attr.size !== undefined) check(asks.ftruncate(stream.granted, attr.size));
      else nodeOps.setattr(stream.node, attr);
    },
    open(stream) {
      if (FS.isDir(stream.node.mode)) return;
      stream.granted = check(asks.open(pathOf(stream.node), stream.flags & ~(64 | 128 | 512)));
      stream.shared.refcount = 1;
    },
    dup(stream) { stream.shared.refcount++; },
    close(stream) {
      if (stream.granted !== undefined && --stream.shared.refcount === 0) asks.close(stream.granted);
    },
    read(stream, buffer, offset, length, position) {
      if (!inMemory(buffer)) throw new FS.ErrnoError(29);
      return check(asks.read(stream.granted, buffer.byteOffset + offset, length, position));
    },
    write(stream, buffer, offset, length, position) {
      if (!inMemory(buffer)) throw new FS.ErrnoError(29);
      return check(asks.write(stream.granted, buffer.byteOffset + offset, length, position));
    },
    fsync: (stream) => (stream.granted === undefined ? 0 : check(asks.fsync(stream.granted))),
    llseek(stream, offset, whence) {
      const from = whence === 1 ? stream.position : whence === 2 && FS.isFile(stream.node.mode)
        ? streamOps.getattr(stream).size : 0;
      if (from + offset < 0) throw new FS.ErrnoError(28);
      return from + offset;
    },
  };

  let busy = false;
  function find(fs, parent, name, heapOf) {
    // Asking for a path looks nothing up, but a script's objects could.
    if (busy || asks.stat === undefined) return undefined;
    FS = fs;
    heap = heapOf;
    busy = true;
    try {
      const found = asks.stat(below(parent, name));
      if (typeof found !== 'string') return undefined;
      const node = make(parent, name, Number(found.split(' ')[0]));
      // As a mount point is: nobody can remove or rename it from the folder in memory around it.
      node.mounted = { root: node };
      return node;
    } finally { busy = false; }
  }

  let charged = 0;
  const weigh = (seen, node) => {
    if (!node || seen.has(node)) return 0;
    seen.add(node);
    let sum = 1024 + (node.usedBytes ?? 0) + (node.link?.length ?? 0);
    if (node.contents && node.usedBytes === undefined)
      for (const name of Object.keys(node.contents)) sum += weigh(seen, node.contents[name]);
    return sum;
  };
  /** Counts what is added, and all there is whenever that would be too much. */
  function room(fs, node, size) {
    const more = size - (node?.usedBytes ?? 0);
    if (more <= 0) return;
    charged += more;
    if (charged <= most) return;
    const seen = new Set();
    let now = weigh(seen, fs.root);
    for (const stream of fs.streams) if (stream) now += weigh(seen, stream.node);
    charged = now + more;
    if (charged <= most) return;
    charged = now;
    if (asks.full !== undefined) asks.full();
    throw new fs.ErrnoError(51);
  }
  return { find, room };
})`;
