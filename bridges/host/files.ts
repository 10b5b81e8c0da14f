/**
 * The files of the host that a script was granted, for any language: what an interpreter asks of them.
 * A machine that has files opens them (machine.ts); one that has none grants none.
 *
 * Results follow the system calls: below zero is minus the Linux errno. Nothing throws.
 */

export type Right = 'read' | 'write';

/** Absolute paths without symbolic links: files, and folders with all below them. */
export interface GrantedPaths {
  readonly read: readonly string[];
  /** For writing; that says nothing about reading. */
  readonly write: readonly string[];
}

/** What is known of a file; times are milliseconds since 1970. */
export interface Attributes {
  /** Type and permissions, of which those that were not granted are taken away. */
  readonly mode: number;
  readonly size: number;
  readonly ino: number;
  readonly atime: number;
  readonly mtime: number;
}

export interface GrantedFiles {
  /** One more granted file or folder, by its real path. */
  allow(right: Right, path: string): void;
  /**
   * 1 when the path was granted, 2 when it was granted for something else only, 3 when it is above
   * or beside what was granted, 0 when the host has nothing to say of it.
   */
  state(right: Right, path: string): number;
  stat(path: string): Attributes | number;
  /** The names in a folder. */
  list(path: string): readonly string[] | number;
  readlink(path: string): string | number;
  /** Opens a regular file with the flags of open(2); the number of the open file, from 1. */
  openFile(path: string, flags: number, mode: number): number;
  closeFile(file: number): number;
  fstat(file: number): Attributes | number;
  /** Fills `into` from `position`; how many bytes there were. */
  read(file: number, into: Uint8Array, position: number): number;
  write(file: number, from: Uint8Array, position: number): number;
  ftruncate(file: number, size: number): number;
  /** Waits until what was written is on the disk. */
  fsync(file: number): number;
  truncate(path: string, size: number): number;
  mkdir(path: string, mode: number): number;
  rmdir(path: string): number;
  unlink(path: string): number;
  rename(from: string, to: string): number;
  /** Sets what is given; times in milliseconds. */
  setAttributes(path: string, mode: number | undefined, mtime: number | undefined): number;
  close(): void;
}
