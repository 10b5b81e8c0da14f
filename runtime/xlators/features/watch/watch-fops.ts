/**
 * Implements the extended attributes of a watch: `user.glossa.watch` and `user.glossa.watch.CURSOR` to read,
 * `user.glossa.notify` to set. The record of notices (`user.glossa.notices`) is hidden from applications. All other
 * extended attributes pass, so do all other fops.
 */
import { encodeName } from '../../../core/bytes.ts';
import { Dict } from '../../../core/dict.ts';
import { EINVAL, ENODATA, ENOENT, EPERM, ESTALE } from '../../../core/errno.ts';
import { findFop } from '../../../core/fops.ts';
import type { Frame } from '../../../core/frame.ts';
import { type FopName, fail, tail, unwind, wind } from '../../../core/gen/fops.gen.ts';
import { type After, type Before, tap, taps } from '../../../core/gen/taps.gen.ts';
import type { Inode } from '../../../core/inode.ts';
import type { Fd, Loc } from '../../../core/operands.ts';
import type { Cbk, Fop, Fops, Xlator } from '../../../core/xlator.ts';
import { type TouchedInodeReader, touchedInodeReaders } from '../upcall/touched-inodes.ts';
import { type FileState, parseCursor, REMOVED, REMOVED_REPLY } from './file-state.ts';
import { NoticeRequest } from './notice-request.ts';
import { NOTICES_XATTR, NOTIFY_XATTR, WATCH_XATTR, type WatchReply } from './notices.ts';
import type { WatchedFiles } from './watched-files.ts';

type WatchXlator = Xlator<WatchedFiles>;

// -- waiting ---------------------------------------------------------------------------------

/** A request to watch, while the storage checks whether its caller may read the file's attributes. */
interface WatchRequest {
  readonly inode: Inode;
  readonly name: string;
  /** Null to get the present state. */
  readonly known: FileState | null;
}

/** Reads the name of a requested attribute. @returns EINVAL for a malformed cursor, null for another attribute */
function parseWatchName(name: string | null): { known: FileState | null } | typeof EINVAL | null {
  if (name === null || !name.startsWith(WATCH_XATTR)) return null;
  const rest = name.slice(WATCH_XATTR.length);
  // A file that was removed has no further events: the storage replies ENOENT.
  if (rest === '' || rest === `.${REMOVED}`) return { known: null };
  if (!rest.startsWith('.')) return null;
  const known = parseCursor(rest.slice(1));
  return known === null ? EINVAL : { known };
}

/** Whether the request is an application's, to which the record of notices is hidden; a rebalance copies it. */
const isApplication = ({ root }: Frame): boolean => root.pid >= 0;

/** Makes getxattr and fgetxattr. */
function makeWatchFop<N extends 'getxattr' | 'fgetxattr'>(fopName: N): Fop<N, WatchedFiles> {
  const unwindReply = (frame: Frame, name: string, reply: WatchReply): void => {
    const value = encodeName(JSON.stringify(reply));
    unwind[fopName](frame, value.length, 0, new Dict().set(name, value, 'bin'), null);
  };
  const cbk: Cbk<'getxattr', WatchedFiles> = (frame, _cookie, xl, opRet, opErrno) => {
    const { inode, name, known } = frame.local as WatchRequest;
    const isRemoved = opErrno === ENOENT || opErrno === ESTALE;
    if (opRet < 0 && isRemoved && known !== null) unwindReply(frame, name, REMOVED_REPLY);
    else if (opRet < 0 && opErrno !== ENODATA) fail[fopName](frame, opErrno);
    else {
      xl.priv.add(xl, inode, {
        frame,
        known,
        addedAtRead: 0,
        reply: (reply) => unwindReply(frame, name, reply),
        fail: (errno) => fail[fopName](frame, errno),
      });
    }
  };
  const listCbk: Cbk<'getxattr', WatchedFiles> = (
    frame,
    _cookie,
    _xl,
    opRet,
    opErrno,
    dict,
    xdata,
  ) => {
    if (opRet < 0 || dict?.has(NOTICES_XATTR) !== true)
      return unwind[fopName](frame, opRet, opErrno, dict, xdata);
    const listed = dict.copy();
    listed.delete(NOTICES_XATTR);
    unwind[fopName](frame, listed.size, opErrno, listed, xdata);
  };
  const fop: Fop<'getxattr', WatchedFiles> = (frame, xl, target, name, xdata) => {
    if (name === null && isApplication(frame))
      return wind[fopName](frame, 0, listCbk, xl.children[0]!, target as never, name, xdata);
    if (name === NOTICES_XATTR && isApplication(frame)) return fail[fopName](frame, ENODATA);
    const request = parseWatchName(name);
    const { inode } = target;
    if (request === null || inode === null)
      return tail[fopName](frame, xl.children[0]!, target as never, name, xdata);
    if (request === EINVAL) return fail[fopName](frame, EINVAL);
    frame.local = { inode, name: name!, known: request.known } satisfies WatchRequest;
    wind[fopName](frame, 0, cbk as never, xl.children[0]!, target as never, NOTICES_XATTR, null);
  };
  return fop as Fop<N, WatchedFiles>;
}

// -- notices ---------------------------------------------------------------------------------

/** Makes setxattr and fsetxattr. */
function makeNotifyFop<N extends 'setxattr' | 'fsetxattr'>(
  fopName: N,
  pass: Fop<N, WatchedFiles>,
): Fop<N, WatchedFiles> {
  const fop = (
    frame: Frame,
    xl: WatchXlator,
    target: Loc | Fd,
    dict: Dict,
    flags: number,
    xdata: Dict | null,
  ): void => {
    const { inode } = target;
    if (dict.has(NOTICES_XATTR) && isApplication(frame)) fail[fopName](frame, EPERM);
    else if (!dict.has(NOTIFY_XATTR) || inode === null)
      (pass as (...args: unknown[]) => void)(frame, xl, target, dict, flags, xdata);
    else if (dict.size > 1 || flags !== 0) fail[fopName](frame, EINVAL);
    else {
      new NoticeRequest(xl, frame.root, inode, dict.bytes(NOTIFY_XATTR)!, (errno) => {
        if (errno === 0) unwind[fopName](frame, 0, 0, null);
        else fail[fopName](frame, errno);
      }).begin();
    }
  };
  return fop as unknown as Fop<N, WatchedFiles>;
}

// -- changes ---------------------------------------------------------------------------------

/** Fops that only read: they are not tapped. */
const readingFops: ReadonlySet<string> = new Set([
  ...['lookup', 'stat', 'fstat', 'access', 'readlink', 'opendir', 'readv', 'readdir', 'readdirp'],
  ...['getxattr', 'fgetxattr'],
]);

const changingFops = (Object.keys(touchedInodeReaders) as FopName[]).filter(
  (name) => !readingFops.has(name),
);

const readersByFop: TouchedInodeReader[] = [];
for (const name of changingFops) {
  readersByFop[findFop(name)!.number] =
    touchedInodeReaders[name as keyof typeof touchedInodeReaders];
}

const keepArguments: Before<WatchedFiles> = (frame, _xl, _fop, ...args) => {
  frame.local = args;
  return 0;
};

const noteChanges: After<WatchedFiles> = (frame, xl, fop, opRet, _opErrno, ...reply) => {
  if (opRet < 0) return;
  for (const touched of readersByFop[fop]!(frame.local as never, reply as never)) {
    if (touched !== null && touched.flags !== 0) xl.priv.noteChange(touched.gfid);
  }
};

export const watchFops: Fops<WatchedFiles> = {
  ...taps(changingFops, keepArguments, noteChanges),
  getxattr: makeWatchFop('getxattr'),
  fgetxattr: makeWatchFop('fgetxattr'),
  setxattr: makeNotifyFop('setxattr', tap.setxattr(keepArguments, noteChanges)),
  fsetxattr: makeNotifyFop('fsetxattr', tap.fsetxattr(keepArguments, noteChanges)),
};
