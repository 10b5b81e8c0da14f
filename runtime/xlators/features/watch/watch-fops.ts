/**
 * Implements the extended attributes of a watch: `user.glossa.watch` and `user.glossa.watch.CURSOR` to read,
 * `user.glossa.notify` to set. The record of notices (`user.glossa.notices`) is hidden from applications. All other
 * extended attributes pass, so do all other fops.
 */
import { decodeName, encodeName } from '../../../core/bytes.ts';
import { Dict } from '../../../core/dict.ts';
import {
  E2BIG,
  EBADMSG,
  EINVAL,
  ENODATA,
  ENOENT,
  EOPNOTSUPP,
  EPERM,
  ESTALE,
} from '../../../core/errno.ts';
import { findFop } from '../../../core/fops.ts';
import { type Frame, makeRequestAs, type Stack } from '../../../core/frame.ts';
import { type FopName, fail, tail, unwind, wind } from '../../../core/gen/fops.gen.ts';
import { type After, type Before, tap, taps } from '../../../core/gen/taps.gen.ts';
import type { Inode } from '../../../core/inode.ts';
import { F_SETLK, F_SETLKW, F_UNLCK, F_WRLCK, type Flock } from '../../../core/lock.ts';
import { messages } from '../../../core/messages.ts';
import { type Fd, Loc } from '../../../core/operands.ts';
import type { Cbk, Fop, Fops, Xlator } from '../../../core/xlator.ts';
import { type TouchedInodeReader, touchedInodeReaders } from '../upcall/touched-inodes.ts';
import {
  addNotice,
  decodeNotices,
  type FileState,
  MAX_NOTICE_BYTES,
  NOTICES_XATTR,
  NOTIFY_XATTR,
  parseCursor,
  REMOVED,
  REMOVED_REPLY,
  WATCH_XATTR,
  type WatchReply,
} from './notices.ts';
import type { WatchedFiles } from './watched-files.ts';

/** Domain of the locks. */
const DOMAIN = 'glossa.watch';
/** Digits of a lock owner. */
const OWNER_DIGITS = 16;

const makeFlock = (type: number): Flock => ({
  ...{ type, whence: 0, start: 0, len: 0, pid: 0, owner: '' },
});

/**
 * Adds one notice to a file's record: locks the file against other notices (inodelk), reads the record, writes it,
 * and unlocks. So each notice gets a number of its own, although several clients send notices at the same time.
 */
class NoticeRequest {
  private readonly xl: Xlator<WatchedFiles>;
  private readonly loc: Loc;
  private readonly value: Uint8Array;
  private readonly call: Stack;
  private readonly frame: Frame;
  private readonly reply: (errno: number) => void;
  /** Errno of the reply; 0 if the notice is in the record. */
  private errno = 0;

  /** @param caller the request whose caller sends the notice. @param reply gets 0 or an errno, once */
  constructor(
    xl: Xlator<WatchedFiles>,
    caller: Stack,
    inode: Inode,
    value: Uint8Array,
    reply: (errno: number) => void,
  ) {
    this.xl = xl;
    this.loc = new Loc(inode);
    this.value = value;
    this.reply = reply;
    this.call = makeRequestAs(caller, 'SETXATTR');
    // Two notices of one caller must exclude each other, too.
    this.call.lkOwner = this.call.unique.toString(16).padStart(OWNER_DIGITS, '0');
    this.frame = xl.begin(this.call);
    this.frame.local = this;
    caller.whenInterrupted(() => this.call.interrupt());
  }

  begin(): void {
    if (this.value.length > MAX_NOTICE_BYTES) {
      this.errno = E2BIG;
      this.end();
    } else this.windLock(F_SETLKW, F_WRLCK, lockCbk);
  }

  private windLock(cmd: number, type: number, cbk: Cbk<'inodelk', unknown>): void {
    wind.inodelk(
      this.frame,
      0,
      cbk,
      this.xl.children[0]!,
      DOMAIN,
      this.loc,
      cmd,
      makeFlock(type),
      null,
    );
  }

  handleLock(errno: number): void {
    if (errno === 0) {
      const child = this.xl.children[0]!;
      wind.getxattr(this.frame, 0, recordCbk, child, this.loc, NOTICES_XATTR, null);
      return;
    }
    if (errno === EOPNOTSUPP) {
      this.xl.log.error('a notice needs locks: put features/locks above the storage', {
        msgid: messages.noticeWithoutLocks.id,
      });
    }
    this.errno = errno;
    this.end();
  }

  handleRecord(errno: number, dict: Dict | null): void {
    const record =
      errno === 0 || errno === ENODATA ? decodeNotices(dict?.bytes(NOTICES_XATTR)) : null;
    if (record === null) {
      this.unlock(errno === 0 ? EBADMSG : errno);
      return;
    }
    const bytes = addNotice(record, this.call.pid, decodeName(this.value));
    const written = new Dict().set(NOTICES_XATTR, bytes, 'bin');
    wind.setxattr(this.frame, 0, writtenCbk, this.xl.children[0]!, this.loc, written, 0, null);
  }

  handleWritten(errno: number): void {
    if (errno === 0) this.xl.priv.noteChange(this.loc.gfid);
    this.unlock(errno);
  }

  private unlock(errno: number): void {
    this.errno = errno;
    this.windLock(F_SETLK, F_UNLCK, unlockCbk);
  }

  end(): void {
    this.xl.end(this.call);
    this.reply(this.errno);
  }
}

const lockCbk: Cbk<'inodelk', unknown> = (frame, _cookie, _xl, opRet, opErrno) =>
  (frame.local as NoticeRequest).handleLock(opRet < 0 ? opErrno : 0);

const recordCbk: Cbk<'getxattr', unknown> = (frame, _cookie, _xl, opRet, opErrno, dict) =>
  (frame.local as NoticeRequest).handleRecord(opRet < 0 ? opErrno : 0, dict);

const writtenCbk: Cbk<'setxattr', unknown> = (frame, _cookie, _xl, opRet, opErrno) =>
  (frame.local as NoticeRequest).handleWritten(opRet < 0 ? opErrno : 0);

/** Without a reply to the unlock, the brick has lost the client, and with it the lock. */
const unlockCbk: Cbk<'inodelk', unknown> = (frame) => (frame.local as NoticeRequest).end();

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
