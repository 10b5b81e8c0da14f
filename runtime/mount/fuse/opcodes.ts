/**
 * Lists the served operations: number, arguments, decoder, handler and trait. Others get ENOSYS, after which the
 * kernel does not send them again. POLL has no row: the kernel then treats files as always ready. BMAP is for file
 * systems on block devices.
 *
 * Argument objects are reused: they are valid until the next message of the operation, so a handler copies what it
 * needs.
 */
import type { Cursor } from './codec/cursor.ts';
import { BatchForgetIn, decodeBatchForgetIn, decodeInitIn, InitIn } from './codec/cursor.ts';
import * as req from './codec/structs.gen.ts';
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

/** A served operation with the arguments `A`. */
export interface Opcode<A> {
  readonly opcode: number;
  /** The arguments' object: `decode` fills it, and `handle` gets it. */
  readonly args: A;
  decode(cursor: Cursor, out: A): void;
  readonly handle: Handler<A>;
  readonly trait: Trait;
}

/** The way in which an operation is special; 0 for an ordinary one. */
type Trait = 0 | typeof CACHED | typeof NO_REPLY | typeof WAITS;
/** The kernel caches the reply: a name, attributes or data. */
const CACHED = 1;
/** The operation has no reply. */
const NO_REPLY = 2;
/** The operation may wait for other callers, so that an INTERRUPT takes effect at once. */
const WAITS = 3;

/** Makes a row of the table. */
function defineOpcode<A>(
  opcode: number,
  args: A,
  decode: (cursor: Cursor, out: A) => void,
  handle: Handler<A>,
  trait: Trait = 0,
): Opcode<A> {
  return { opcode, args, decode, handle, trait };
}

/** The served operations, by the kernel's name without `FUSE_`. */
// biome-ignore format: one operation, one line
export const opcodes = {
  LOOKUP: defineOpcode(1, new req.NameIn(), req.decodeNameIn, lookup.lookup, CACHED),
  FORGET: defineOpcode(2, new req.ForgetIn(), req.decodeForgetIn, lookup.forget, NO_REPLY),
  GETATTR: defineOpcode(3, new req.GetattrIn(), req.decodeGetattrIn, attr.getattr, CACHED),
  SETATTR: defineOpcode(4, new req.SetattrIn(), req.decodeSetattrIn, attr.setattr, CACHED),
  READLINK: defineOpcode(5, new req.NoArgs(), req.decodeNoArgs, attr.readlink),
  SYMLINK: defineOpcode(6, new req.SymlinkIn(), req.decodeSymlinkIn, names.symlink, CACHED),
  MKNOD: defineOpcode(8, new req.MknodIn(), req.decodeMknodIn, names.mknod, CACHED),
  MKDIR: defineOpcode(9, new req.MkdirIn(), req.decodeMkdirIn, names.mkdir, CACHED),
  UNLINK: defineOpcode(10, new req.NameIn(), req.decodeNameIn, names.unlink),
  RMDIR: defineOpcode(11, new req.NameIn(), req.decodeNameIn, names.rmdir),
  RENAME: defineOpcode(12, new req.RenameIn(), req.decodeRenameIn, names.rename),
  LINK: defineOpcode(13, new req.LinkIn(), req.decodeLinkIn, names.link, CACHED),
  OPEN: defineOpcode(14, new req.OpenIn(), req.decodeOpenIn, file.open),
  READ: defineOpcode(15, new req.ReadIn(), req.decodeReadIn, file.read, CACHED),
  WRITE: defineOpcode(16, new req.WriteIn(), req.decodeWriteIn, file.write),
  STATFS: defineOpcode(17, new req.NoArgs(), req.decodeNoArgs, attr.statfs),
  RELEASE: defineOpcode(18, new req.ReleaseIn(), req.decodeReleaseIn, locks.release),
  FSYNC: defineOpcode(20, new req.FsyncIn(), req.decodeFsyncIn, file.fsync),
  SETXATTR: defineOpcode(21, new req.SetxattrIn(), req.decodeSetxattrIn, xattr.setxattr),
  GETXATTR: defineOpcode(22, new req.GetxattrIn(), req.decodeGetxattrIn, xattr.getxattr),
  LISTXATTR: defineOpcode(23, new req.ListxattrIn(), req.decodeListxattrIn, xattr.listxattr),
  REMOVEXATTR: defineOpcode(24, new req.NameIn(), req.decodeNameIn, xattr.removexattr),
  FLUSH: defineOpcode(25, new req.FlushIn(), req.decodeFlushIn, file.flush),
  INIT: defineOpcode(26, new InitIn(), decodeInitIn, control.init),
  OPENDIR: defineOpcode(27, new req.OpenIn(), req.decodeOpenIn, dir.opendir),
  READDIR: defineOpcode(28, new req.ReadIn(), req.decodeReadIn, dir.readdir),
  RELEASEDIR: defineOpcode(29, new req.ReleaseIn(), req.decodeReleaseIn, file.release),
  FSYNCDIR: defineOpcode(30, new req.FsyncIn(), req.decodeFsyncIn, dir.fsyncdir),
  GETLK: defineOpcode(31, new req.LkIn(), req.decodeLkIn, locks.getlk),
  SETLK: defineOpcode(32, new req.LkIn(), req.decodeLkIn, locks.setlk),
  SETLKW: defineOpcode(33, new req.LkIn(), req.decodeLkIn, locks.setlkw, WAITS),
  ACCESS: defineOpcode(34, new req.AccessIn(), req.decodeAccessIn, attr.access),
  CREATE: defineOpcode(35, new req.CreateIn(), req.decodeCreateIn, file.create, CACHED),
  INTERRUPT: defineOpcode(36, new req.InterruptIn(), req.decodeInterruptIn, control.interrupt, NO_REPLY),
  DESTROY: defineOpcode(38, new req.NoArgs(), req.decodeNoArgs, control.destroy),
  IOCTL: defineOpcode(39, new req.IoctlIn(), req.decodeIoctlIn, ioctl),
  BATCH_FORGET: defineOpcode(42, new BatchForgetIn(), decodeBatchForgetIn, lookup.batchForget, NO_REPLY),
  FALLOCATE: defineOpcode(43, new req.FallocateIn(), req.decodeFallocateIn, space.fallocate),
  READDIRPLUS: defineOpcode(44, new req.ReadIn(), req.decodeReadIn, dir.readdirplus, CACHED),
  RENAME2: defineOpcode(45, new req.Rename2In(), req.decodeRename2In, names.rename),
  LSEEK: defineOpcode(46, new req.LseekIn(), req.decodeLseekIn, space.lseek),
  COPY_FILE_RANGE: defineOpcode(47, new req.CopyFileRangeIn(), req.decodeCopyFileRangeIn, space.copyFileRange),
  SYNCFS: defineOpcode(50, new req.NoArgs(), req.decodeNoArgs, space.syncfs),
  TMPFILE: defineOpcode(51, new req.CreateIn(), req.decodeCreateIn, tmpfile, CACHED),
  STATX: defineOpcode(52, new req.StatxIn(), req.decodeStatxIn, attr.statx, CACHED),
  COPY_FILE_RANGE_64: defineOpcode(53, new req.CopyFileRangeIn(), req.decodeCopyFileRangeIn, space.copyFileRange64),
};

/** Operations that get ENOSYS; their names appear in log lines. */
const unservedOpcodes = {
  BMAP: 37,
  POLL: 40,
  NOTIFY_REPLY: 41,
  SETUPMAPPING: 48,
  REMOVEMAPPING: 49,
};

const opcodeEntries = Object.entries(opcodes) as [keyof typeof opcodes, Opcode<unknown>][];

/** The kernel's number of each operation, served or not, by name. */
export const OP = {
  ...unservedOpcodes,
  ...(Object.fromEntries(opcodeEntries.map(([name, { opcode }]) => [name, opcode])) as {
    readonly [N in keyof typeof opcodes]: number;
  }),
};

const opcodeNames: (string | undefined)[] = [];
for (const [name, opcode] of Object.entries(OP)) {
  if (opcodeNames[opcode] !== undefined)
    throw new Error(`${name} has the number of ${opcodeNames[opcode]}`);
  opcodeNames[opcode] = name;
}

/** The served operations, by the kernel's number. */
export const operationsByOpcode: (Opcode<unknown> | undefined)[] = [];
for (const [, operation] of opcodeEntries) operationsByOpcode[operation.opcode] = operation;

/** Returns the kernel's name of an operation, served or not. */
export const nameOpcode = (opcode: number): string => opcodeNames[opcode] ?? `opcode ${opcode}`;

/** Whether the kernel caches the reply to an operation. */
export const isReplyCached = (opcode: number): boolean =>
  operationsByOpcode[opcode]?.trait === CACHED;

/** Whether the kernel expects a reply to an operation. */
export const hasReply = (opcode: number): boolean => operationsByOpcode[opcode]?.trait !== NO_REPLY;

/** Whether the operation may wait for other callers. */
export const mayWait = (opcode: number): boolean => operationsByOpcode[opcode]?.trait === WAITS;
