/**
 * Every operation of the kernel that is served, one row each: its number, how its arguments are
 * read, what is done about it, and what there is to know about its answer. Anything that has no row
 * is ENOSYS, after which the kernel asks no more. POLL has none on purpose: the kernel then says
 * itself what is true of files, that they are always ready. BMAP is for file systems on a block
 * device.
 *
 * The argument objects are made once and filled anew by each message: what `decode` wrote is valid
 * until the next message of the same operation, so a handler takes what it needs before it returns.
 */
import {
  AccessIn,
  decodeAccessIn,
  decodeGetattrIn,
  decodeSetattrIn,
  GetattrIn,
  SetattrIn,
} from './codec/attr.ts';
import { CopyFileRangeIn, decodeCopyFileRangeIn } from './codec/copy.ts';
import type { Cursor } from './codec/cursor.ts';
import * as entry from './codec/entry.ts';
import { decodeNothing, NoArgs } from './codec/header.ts';
import { decodeInitIn, InitIn } from './codec/init.ts';
import { decodeInterruptIn, InterruptIn } from './codec/interrupt.ts';
import * as io from './codec/io.ts';
import { decodeIoctlIn, IoctlIn } from './codec/ioctl.ts';
import { decodeLkIn, LkIn } from './codec/lock.ts';
import { decodeStatxIn, StatxIn } from './codec/statx.ts';
import {
  decodeGetxattrIn,
  decodeListxattrIn,
  decodeSetxattrIn,
  GetxattrIn,
  SetxattrIn,
} from './codec/xattr.ts';
import * as attr from './handlers/attr.ts';
import * as control from './handlers/control.ts';
import * as dir from './handlers/dir.ts';
import * as names from './handlers/entry.ts';
import * as file from './handlers/file.ts';
import type { Handler } from './handlers/handler.ts';
import { ioctl } from './handlers/ioctl.ts';
import * as locks from './handlers/locks.ts';
import * as lookup from './handlers/lookup.ts';
import * as space from './handlers/space.ts';
import { tmpfile } from './handlers/tmpfile.ts';
import * as xattr from './handlers/xattr.ts';

export interface Opcode<A> {
  readonly opcode: number;
  /** Filled by `decode`, and handed to `handle` at once. */
  readonly args: A;
  decode(cursor: Cursor, out: A): void;
  readonly handle: Handler<A>;
  readonly trait: Trait;
}

/** What there is to know about an operation's answer. */
type Trait = 0 | typeof CACHED | typeof NO_REPLY | typeof WAITS;
/** It carries a name, attributes or data, which the kernel keeps. */
const CACHED = 1;
/** The kernel waits for none. */
const NO_REPLY = 2;
/** It may wait until others have let go of something: a caller that gives up is told at once. */
const WAITS = 3;

function row<A>(
  opcode: number,
  args: A,
  decode: (cursor: Cursor, out: A) => void,
  handle: Handler<A>,
  trait: Trait = 0,
): Opcode<A> {
  return { opcode, args, decode, handle, trait };
}

/** By the kernel's name without `FUSE_`. */
// biome-ignore format: one operation, one line
export const opcodes = {
  LOOKUP: row(1, new entry.NameIn(), entry.decodeNameIn, lookup.lookup, CACHED),
  FORGET: row(2, new entry.ForgetIn(), entry.decodeForgetIn, lookup.forget, NO_REPLY),
  GETATTR: row(3, new GetattrIn(), decodeGetattrIn, attr.getattr, CACHED),
  SETATTR: row(4, new SetattrIn(), decodeSetattrIn, attr.setattr, CACHED),
  READLINK: row(5, new NoArgs(), decodeNothing, attr.readlink),
  SYMLINK: row(6, new entry.SymlinkIn(), entry.decodeSymlinkIn, names.symlink, CACHED),
  MKNOD: row(8, new entry.MknodIn(), entry.decodeMknodIn, names.mknod, CACHED),
  MKDIR: row(9, new entry.MkdirIn(), entry.decodeMkdirIn, names.mkdir, CACHED),
  UNLINK: row(10, new entry.NameIn(), entry.decodeNameIn, names.unlink),
  RMDIR: row(11, new entry.NameIn(), entry.decodeNameIn, names.rmdir),
  RENAME: row(12, new entry.RenameIn(), entry.decodeRenameIn, names.rename),
  LINK: row(13, new entry.LinkIn(), entry.decodeLinkIn, names.link, CACHED),
  OPEN: row(14, new io.OpenIn(), io.decodeOpenIn, file.open),
  READ: row(15, new io.ReadIn(), io.decodeReadIn, file.read, CACHED),
  WRITE: row(16, new io.WriteIn(), io.decodeWriteIn, file.write),
  STATFS: row(17, new NoArgs(), decodeNothing, attr.statfs),
  RELEASE: row(18, new io.ReleaseIn(), io.decodeReleaseIn, locks.release),
  FSYNC: row(20, new io.FsyncIn(), io.decodeFsyncIn, file.fsync),
  SETXATTR: row(21, new SetxattrIn(), decodeSetxattrIn, xattr.setxattr),
  GETXATTR: row(22, new GetxattrIn(), decodeGetxattrIn, xattr.getxattr),
  LISTXATTR: row(23, new GetxattrIn(), decodeListxattrIn, xattr.listxattr),
  REMOVEXATTR: row(24, new entry.NameIn(), entry.decodeNameIn, xattr.removexattr),
  FLUSH: row(25, new io.FlushIn(), io.decodeFlushIn, file.flush),
  INIT: row(26, new InitIn(), decodeInitIn, control.init),
  OPENDIR: row(27, new io.OpenIn(), io.decodeOpenIn, dir.opendir),
  READDIR: row(28, new io.ReadIn(), io.decodeReadIn, dir.readdir),
  RELEASEDIR: row(29, new io.ReleaseIn(), io.decodeReleaseIn, file.release),
  FSYNCDIR: row(30, new io.FsyncIn(), io.decodeFsyncIn, dir.fsyncdir),
  GETLK: row(31, new LkIn(), decodeLkIn, locks.getlk),
  SETLK: row(32, new LkIn(), decodeLkIn, locks.setlk),
  SETLKW: row(33, new LkIn(), decodeLkIn, locks.setlkw, WAITS),
  ACCESS: row(34, new AccessIn(), decodeAccessIn, attr.access),
  CREATE: row(35, new io.CreateIn(), io.decodeCreateIn, file.create, CACHED),
  INTERRUPT: row(36, new InterruptIn(), decodeInterruptIn, control.interrupt, NO_REPLY),
  DESTROY: row(38, new NoArgs(), decodeNothing, control.destroy),
  IOCTL: row(39, new IoctlIn(), decodeIoctlIn, ioctl),
  BATCH_FORGET: row(42, new entry.BatchForgetIn(), entry.decodeBatchForgetIn, lookup.batchForget, NO_REPLY),
  FALLOCATE: row(43, new io.FallocateIn(), io.decodeFallocateIn, space.fallocate),
  READDIRPLUS: row(44, new io.ReadIn(), io.decodeReadIn, dir.readdirplus, CACHED),
  RENAME2: row(45, new entry.RenameIn(), entry.decodeRename2In, names.rename),
  LSEEK: row(46, new io.LseekIn(), io.decodeLseekIn, space.lseek),
  COPY_FILE_RANGE: row(47, new CopyFileRangeIn(), decodeCopyFileRangeIn, space.copyFileRange),
  SYNCFS: row(50, new NoArgs(), decodeNothing, space.syncfs),
  TMPFILE: row(51, new io.CreateIn(), io.decodeCreateIn, tmpfile, CACHED),
  STATX: row(52, new StatxIn(), decodeStatxIn, attr.statx, CACHED),
  COPY_FILE_RANGE_64: row(53, new CopyFileRangeIn(), decodeCopyFileRangeIn, space.copyFileRange64),
};

/** Those that have no row, for messages. */
const unserved = {
  BMAP: 37,
  POLL: 40,
  NOTIFY_REPLY: 41,
  SETUPMAPPING: 48,
  REMOVEMAPPING: 49,
};

const entries = Object.entries(opcodes) as [keyof typeof opcodes, Opcode<unknown>][];

/** The numbers, by name. */
export const OP = {
  ...unserved,
  ...(Object.fromEntries(entries.map(([name, { opcode }]) => [name, opcode])) as {
    readonly [N in keyof typeof opcodes]: number;
  }),
};

const nameOf: (string | undefined)[] = [];
for (const [name, opcode] of Object.entries(OP)) {
  if (nameOf[opcode] !== undefined) throw new Error(`${name} has the number of ${nameOf[opcode]}`);
  nameOf[opcode] = name;
}

/** The rows by number. */
export const operations: (Opcode<unknown> | undefined)[] = [];
for (const [, each] of entries) operations[each.opcode] = each;

/** The kernel's name of an operation, also of those that are not served. */
export const opcodeName = (opcode: number): string => nameOf[opcode] ?? `opcode ${opcode}`;

/** Whether the kernel keeps what the answer to an operation says. */
export const isCached = (opcode: number): boolean => operations[opcode]?.trait === CACHED;

export const hasReply = (opcode: number): boolean => operations[opcode]?.trait !== NO_REPLY;

/** Whether its caller may have to wait for others. */
export const mayWait = (opcode: number): boolean => operations[opcode]?.trait === WAITS;
