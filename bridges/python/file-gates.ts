/**
 * Makes the host functions by which the interpreter's file system (Emscripten's, in memory) reaches
 * granted files. realm/granted-files.ts calls them for names that a folder in memory lacks. Nothing
 * is cached, so that a module sees current files. All arguments are untrusted: `GrantedFiles`
 * checks paths, and this file checks that buffers lie in the interpreter's memory.
 *
 * A negative result is minus a Linux errno. Attributes are a text: mode, size, inode number, and times
 * of access and modification in milliseconds. Names of a list are separated by NUL.
 */
import { EACCES, EFAULT, EMFILE, ENOENT } from '../../runtime/core/errno.ts';
import type { Attributes, GrantedFiles } from '../host/machine.ts';
import type { Memory } from './capi.ts';

/** The host's functions for the realm. */
export type FileGates = ReturnType<typeof makeFileGates>;

/** Returns '' for anything but a string: no path that `GrantedFiles` accepts. */
const toText = (value: unknown): string => (typeof value === 'string' ? value : '');
/** Returns -1 for anything but an integer from 0 on. */
const toIndex = (value: unknown): number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : -1;
/** Returns undefined for anything but a finite number. */
const toNumber = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;
/** Encodes attributes as a text; an errno stays a number. */
const packAttributes = (attributes: Attributes | number): string | number =>
  typeof attributes === 'number'
    ? attributes
    : [attributes.mode, attributes.size, attributes.ino, attributes.atime, attributes.mtime].join(
        ' ',
      );

/**
 * Makes the gates to `files`.
 * @param getMemory returns the interpreter's memory, undefined before it has started
 */
export function makeFileGates(
  files: GrantedFiles,
  getMemory: () => Memory | undefined,
  logRefusal: (operation: string) => void,
) {
  /** Returns `result`; logs it if it refuses a path or a further open file. */
  const logIfRefused = <T>(operation: string, path: unknown, result: T): T => {
    if ((result as unknown) === -EACCES) logRefusal(`${operation} ${toText(path)} (not granted)`);
    if ((result as unknown) === -EMFILE)
      logRefusal(`${operation} of more files than may be open at once`);
    return result;
  };
  /** Views a buffer of the interpreter; undefined if it does not lie in the memory. */
  const viewMemory = (address: unknown, length: unknown): Uint8Array | undefined => {
    const memory = getMemory();
    const [start, size] = [toIndex(address), toIndex(length)];
    if (memory === undefined || start < 0 || size < 0) return undefined;
    return start + size <= memory.u8.length ? memory.u8.subarray(start, start + size) : undefined;
  };
  return {
    // During its start (no memory yet), the interpreter creates its own folders, and sees no
    // granted file.
    stat: (path: unknown) =>
      getMemory() === undefined ? -ENOENT : packAttributes(files.stat(toText(path))),
    // Does the same for a name in a granted folder or in one above it.
    statOrLog: (path: unknown) =>
      logIfRefused('stat', path, packAttributes(files.stat(toText(path)))),
    /** Logs that files in the interpreter's memory have reached their limit. */
    logFull() {
      logRefusal('more than 64 MiB in files of the interpreter');
      return 0;
    },
    fstat: (file: unknown) => packAttributes(files.fstat(toIndex(file))),
    list(path: unknown) {
      const names = logIfRefused('list', path, files.list(toText(path)));
      return typeof names === 'number' ? names : names.join('\0');
    },
    readlink: (path: unknown) => logIfRefused('readlink', path, files.readlink(toText(path))),
    open: (path: unknown, flags: unknown) =>
      logIfRefused('open', path, files.openFile(toText(path), toIndex(flags) & 0xffff, 0o666)),
    close: (file: unknown) => files.closeFile(toIndex(file)),
    read(file: unknown, address: unknown, length: unknown, position: unknown) {
      const buffer = viewMemory(address, length);
      return buffer === undefined ? -EFAULT : files.read(toIndex(file), buffer, toIndex(position));
    },
    write(file: unknown, address: unknown, length: unknown, position: unknown) {
      const bytes = viewMemory(address, length);
      return bytes === undefined ? -EFAULT : files.write(toIndex(file), bytes, toIndex(position));
    },
    truncate: (path: unknown, size: unknown) =>
      logIfRefused('truncate', path, files.truncate(toText(path), toIndex(size))),
    ftruncate: (file: unknown, size: unknown) => files.ftruncate(toIndex(file), toIndex(size)),
    fsync: (file: unknown) => files.fsync(toIndex(file)),
    mkdir: (path: unknown, mode: unknown) =>
      logIfRefused('mkdir', path, files.mkdir(toText(path), toIndex(mode))),
    rmdir: (path: unknown) => logIfRefused('rmdir', path, files.rmdir(toText(path))),
    unlink: (path: unknown) => logIfRefused('unlink', path, files.unlink(toText(path))),
    rename: (oldPath: unknown, newPath: unknown) =>
      logIfRefused('rename', newPath, files.rename(toText(oldPath), toText(newPath))),
    setAttributes: (path: unknown, mode: unknown, mtime: unknown) =>
      logIfRefused(
        'setattr',
        path,
        files.setAttributes(toText(path), toNumber(mode), toNumber(mtime)),
      ),
  };
}
