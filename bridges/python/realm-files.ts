/**
 * Serves granted files of the host to the interpreter's file system, at their own paths.
 *
 * Emscripten asks the host for names that a folder in memory lacks. Nodes of granted files call the
 * host, and are never cached, so that a module sees current files. Emscripten follows symbolic
 * links inside the interpreter's tree. The host trusts nothing: the machine's files check paths,
 * and this file checks that buffers lie in the interpreter's memory.
 */
import { EACCES, EFAULT, EMFILE, ENOENT } from '../../runtime/core/errno.ts';
import type { Attributes, GrantedFiles } from '../host/machine.ts';
import type { Memory } from './capi.ts';

/** The host's functions for the realm. A negative number is minus a Linux errno. */
export interface FileGates {
  stat(path: unknown): string | number;
  /** As `stat`, for a name in a granted folder or one above: a refusal is logged. */
  look(path: unknown): string | number;
  /** Logs that files in the interpreter's memory have reached their limit. */
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
 * Makes the realm's functions for `files`; `memory` is the interpreter's, once it exists. `refused`
 * logs refused paths.
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
    // During the start the interpreter creates its own folders.
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
