/**
 * Every operation this front end understands: number, name, and how its arguments are read.
 * What is done about each: `handlers/operations.ts`.
 *
 * The argument objects are made once and filled anew by each message: what `decode` wrote is valid
 * until the next message of the same operation, so a handler takes what it needs before it returns.
 */
import * as P from '../protocol.ts';
import {
  AccessIn,
  decodeAccessIn,
  decodeGetattrIn,
  decodeSetattrIn,
  GetattrIn,
  SetattrIn,
} from './attr.ts';
import { CopyFileRangeIn, decodeCopyFileRangeIn } from './copy.ts';
import type { Cursor } from './cursor.ts';
import * as entry from './entry.ts';
import { decodeInitIn, InitIn } from './init.ts';
import { decodeInterruptIn, InterruptIn } from './interrupt.ts';
import * as io from './io.ts';
import { decodeIoctlIn, IoctlIn } from './ioctl.ts';
import { decodeLkIn, LkIn } from './lock.ts';
import { decodeStatxIn, StatxIn } from './statx.ts';
import {
  decodeGetxattrIn,
  decodeListxattrIn,
  decodeSetxattrIn,
  GetxattrIn,
  SetxattrIn,
} from './xattr.ts';

export interface Opcode<A> {
  readonly opcode: number;
  /** The kernel's name without `FUSE_`. */
  readonly name: string;
  readonly args: A;
  decode(cursor: Cursor, out: A): void;
}

function row<A>(
  opcode: number,
  name: string,
  args: A,
  decode: (cursor: Cursor, out: A) => void,
): Opcode<A> {
  return { opcode, name, args, decode };
}

/** Operations whose header says it all. */
export class NoArgs {}
const decodeNothing = (): void => {};

// biome-ignore format: one operation, one line
export const opcodes = {
  lookup: row(P.LOOKUP, 'LOOKUP', new entry.NameIn(), entry.decodeNameIn),
  forget: row(P.FORGET, 'FORGET', new entry.ForgetIn(), entry.decodeForgetIn),
  getattr: row(P.GETATTR, 'GETATTR', new GetattrIn(), decodeGetattrIn),
  setattr: row(P.SETATTR, 'SETATTR', new SetattrIn(), decodeSetattrIn),
  readlink: row(P.READLINK, 'READLINK', new NoArgs(), decodeNothing),
  symlink: row(P.SYMLINK, 'SYMLINK', new entry.SymlinkIn(), entry.decodeSymlinkIn),
  mknod: row(P.MKNOD, 'MKNOD', new entry.MknodIn(), entry.decodeMknodIn),
  mkdir: row(P.MKDIR, 'MKDIR', new entry.MkdirIn(), entry.decodeMkdirIn),
  unlink: row(P.UNLINK, 'UNLINK', new entry.NameIn(), entry.decodeNameIn),
  rmdir: row(P.RMDIR, 'RMDIR', new entry.NameIn(), entry.decodeNameIn),
  rename: row(P.RENAME, 'RENAME', new entry.RenameIn(), entry.decodeRenameIn),
  link: row(P.LINK, 'LINK', new entry.LinkIn(), entry.decodeLinkIn),
  open: row(P.OPEN, 'OPEN', new io.OpenIn(), io.decodeOpenIn),
  read: row(P.READ, 'READ', new io.ReadIn(), io.decodeReadIn),
  write: row(P.WRITE, 'WRITE', new io.WriteIn(), io.decodeWriteIn),
  statfs: row(P.STATFS, 'STATFS', new NoArgs(), decodeNothing),
  release: row(P.RELEASE, 'RELEASE', new io.ReleaseIn(), io.decodeReleaseIn),
  fsync: row(P.FSYNC, 'FSYNC', new io.FsyncIn(), io.decodeFsyncIn),
  setxattr: row(P.SETXATTR, 'SETXATTR', new SetxattrIn(), decodeSetxattrIn),
  getxattr: row(P.GETXATTR, 'GETXATTR', new GetxattrIn(), decodeGetxattrIn),
  listxattr: row(P.LISTXATTR, 'LISTXATTR', new GetxattrIn(), decodeListxattrIn),
  removexattr: row(P.REMOVEXATTR, 'REMOVEXATTR', new entry.NameIn(), entry.decodeNameIn),
  flush: row(P.FLUSH, 'FLUSH', new io.FlushIn(), io.decodeFlushIn),
  init: row(P.INIT, 'INIT', new InitIn(), decodeInitIn),
  getlk: row(P.GETLK, 'GETLK', new LkIn(), decodeLkIn),
  setlk: row(P.SETLK, 'SETLK', new LkIn(), decodeLkIn),
  setlkw: row(P.SETLKW, 'SETLKW', new LkIn(), decodeLkIn),
  opendir: row(P.OPENDIR, 'OPENDIR', new io.OpenIn(), io.decodeOpenIn),
  readdir: row(P.READDIR, 'READDIR', new io.ReadIn(), io.decodeReadIn),
  releasedir: row(P.RELEASEDIR, 'RELEASEDIR', new io.ReleaseIn(), io.decodeReleaseIn),
  fsyncdir: row(P.FSYNCDIR, 'FSYNCDIR', new io.FsyncIn(), io.decodeFsyncIn),
  access: row(P.ACCESS, 'ACCESS', new AccessIn(), decodeAccessIn),
  create: row(P.CREATE, 'CREATE', new io.CreateIn(), io.decodeCreateIn),
  interrupt: row(P.INTERRUPT, 'INTERRUPT', new InterruptIn(), decodeInterruptIn),
  destroy: row(P.DESTROY, 'DESTROY', new NoArgs(), decodeNothing),
  batchForget: row(P.BATCH_FORGET, 'BATCH_FORGET', new entry.BatchForgetIn(), entry.decodeBatchForgetIn),
  fallocate: row(P.FALLOCATE, 'FALLOCATE', new io.FallocateIn(), io.decodeFallocateIn),
  readdirplus: row(P.READDIRPLUS, 'READDIRPLUS', new io.ReadIn(), io.decodeReadIn),
  rename2: row(P.RENAME2, 'RENAME2', new entry.RenameIn(), entry.decodeRename2In),
  lseek: row(P.LSEEK, 'LSEEK', new io.LseekIn(), io.decodeLseekIn),
  copyFileRange: row(P.COPY_FILE_RANGE, 'COPY_FILE_RANGE', new CopyFileRangeIn(), decodeCopyFileRangeIn),
  copyFileRange64: row(P.COPY_FILE_RANGE_64, 'COPY_FILE_RANGE_64', new CopyFileRangeIn(), decodeCopyFileRangeIn),
  ioctl: row(P.IOCTL, 'IOCTL', new IoctlIn(), decodeIoctlIn),
  syncfs: row(P.SYNCFS, 'SYNCFS', new NoArgs(), decodeNothing),
  tmpfile: row(P.TMPFILE, 'TMPFILE', new io.CreateIn(), io.decodeCreateIn),
  statx: row(P.STATX, 'STATX', new StatxIn(), decodeStatxIn),
};

/** The kernel's name of an operation, also of those nobody decodes here. */
export function opcodeName(opcode: number): string {
  return names[opcode] ?? `opcode ${opcode}`;
}

const names: (string | undefined)[] = [];
for (const { opcode, name } of Object.values(opcodes)) {
  if (names[opcode] !== undefined) throw new Error(`opcode ${opcode} is in the table twice`);
  names[opcode] = name;
}
// biome-ignore format: one operation, one line
const undecoded: readonly (readonly [number, string])[] = [
  [P.BMAP, 'BMAP'], [P.POLL, 'POLL'],
  [P.NOTIFY_REPLY, 'NOTIFY_REPLY'], [P.SETUPMAPPING, 'SETUPMAPPING'], [P.REMOVEMAPPING, 'REMOVEMAPPING'],
];
for (const [opcode, name] of undecoded) names[opcode] = name;
