/**
 * Exports the package `glossa`: all that a translator in TypeScript imports.
 *
 *     import { defineTranslator, fail, EACCES } from 'glossa';
 *
 *     export default defineTranslator({
 *       type: 'features/shut',
 *       description: 'Opens nothing.',
 *       children: [1, 1],
 *       options: {},
 *       fops: { open: (frame) => fail.open(frame, EACCES) },
 *       init: () => null,
 *     });
 *
 * A fop gets `(frame, xl, …arguments)` and replies to `frame` exactly once, now or later: by `unwind`
 * or `fail`, by `tail` (the child replies in its place), or by `wind` to a callback that replies.
 * Names exported here keep their meaning from version to version; all others are internal.
 */

// -- the record, and an instance of it -----------------------------------------------------------

/** Makes fops that call one pair of hooks before and after each change of a name. */
export { type Entry, type EntryHooks, entryFops } from './core/entry-hooks.ts';
export { GraphError, InitError } from './core/errors.ts';
export { type EventName, events } from './core/events.ts';
export {
  defineOptions,
  type OptionSpec,
  type Options,
  type OptionType,
  type PercentOrSize,
  type Values,
} from './core/options.ts';
export {
  type Cbk,
  type Child,
  type Dump,
  defaultNotify,
  defineTranslator,
  type Fop,
  type Fops,
  type FopsOf,
  isChange,
  sayUp,
  type Translator,
  type Xlator,
} from './core/xlator.ts';

/** Makes a storage of a file system by path, from methods such as `list`, `stat` and `read`. */
export {
  type Absent,
  type Attributes,
  defineFiles,
  type Files,
  type FilesDefinition,
} from './files/define-files.ts';

// -- fops ----------------------------------------------------------------------------------------

/** Defines every errno of Linux by its name, and `errnoName(2)`, `errnoNumber('ENOENT')`, `strerror(2)`. */
export * from './core/errno.ts';
/** The table of all fops: names, numbers, arguments and replies with their types. */
export { type Arg, type ArgType, type FopRow, findFop, fops, SET_ATTR } from './core/fops.ts';
/**
 * These objects have a function for each fop. `wind.stat(frame, cookie, cbk, child, …)` winds to a child
 * and calls `cbk` with its reply. `tail.stat(frame, child, …)` lets the child reply in place of this
 * volume. `unwind.stat(frame, opRet, opErrno, …)` and `fail.stat(frame, errno)` reply. `pass.stat` is the
 * callback that passes a reply on unchanged. `windArgs`, `tailArgs`, `unwindArgs`, `collect` and `collectCbk` are for
 * a fop that is chosen at run time: arguments and replies are arrays.
 */
export {
  type AnyFop,
  type AnyReply,
  collect,
  collectCbk,
  type FopName,
  type FopTable,
  fail,
  fopNames,
  pass,
  tail,
  tailArgs,
  unwind,
  unwindArgs,
  wind,
  windArgs,
} from './core/gen/fops.gen.ts';
/** Makes fops that call a function before, and another after, the request is passed on. */
export { type After, type Before, tap, taps } from './core/gen/taps.gen.ts';
/** The flags of open(2) in requests. On ARM, some of Node's and C's constants have other numbers. */
export * from './core/open-flags.ts';

// -- requests ------------------------------------------------------------------------------------

/** The program or mount that sends requests, and the environment of a graph (clock, timers, log). */
export type { Client } from './core/client.ts';
export type { Context } from './core/context.ts';
/** For a volume's own requests: `xl.begin(new Stack(uid, gid, pid, 'STAT'))`, then `xl.end(root)`. */
export { type Frame, Stack } from './core/frame.ts';

// -- what requests carry -------------------------------------------------------------------------

/** Converts names between bytes and strings, without loss for bytes that are not UTF-8. */
export { decodeName, encodeName, NameError, nameLength } from './core/bytes.ts';
export { newGfid } from './core/context.ts';
/** Keys of xdata that several parts of glossa use. */
/** The time for which the kernel may cache a reply, and the invalidation of such a reply. */
export {
  Dict,
  type DictType,
  type DictValue,
  type Timeouts,
  timeoutsOf,
  withTimeouts,
} from './core/dict.ts';
export {
  type Gfid,
  gfidFromBytes,
  gfidFromRandom,
  gfidToBytes,
  isGfid,
  NULL_GFID,
  ROOT_GFID,
} from './core/gfid.ts';
export {
  type Dirent,
  direntType,
  IA_IFBLK,
  IA_IFCHR,
  IA_IFDIR,
  IA_IFIFO,
  IA_IFLNK,
  IA_IFREG,
  IA_IFSOCK,
  IA_INVAL,
  Iatt,
  Statvfs,
  typeOfMode,
} from './core/iatt.ts';
/** `inode.table` finds inodes; `ctxGet` and `ctxSet` read and store a translator's value with one. */
export type { Inode, InodeTable } from './core/inode.ts';
export * from './core/lock.ts';
export { Fd, Loc } from './core/operands.ts';
export {
  invalidateEntries,
  invalidateEntry,
  invalidateInode,
  invalidateRemoved,
  isUpcall,
  type Upcall,
} from './core/upcall.ts';
export {
  ATTRIBUTE_TIMEOUT,
  ENTRY_TIMEOUT,
  FLOCK,
  GFID_REQ,
  NEGATIVE_TIMEOUT,
  RENAME_FLAGS,
} from './core/xdata.ts';

// -- limits, log ---------------------------------------------------------------------------------

export * from './core/limits.ts';
/** `xl.log` is the volume's; a name goes into a text through `printable`. */
export {
  CRITICAL,
  DEBUG,
  ERROR,
  INFO,
  type Log,
  type LogDetail,
  type LogLevel,
  NOTICE,
  printable,
  TRACE,
  WARNING,
} from './core/log.ts';
