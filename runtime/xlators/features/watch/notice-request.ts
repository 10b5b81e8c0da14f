/**
 * Adds one notice to a file's record: locks the file against other notices (inodelk), reads the record, writes it,
 * and unlocks. So each notice gets a number of its own, although several clients send notices at the same time.
 */
import { decodeName } from '../../../core/bytes.ts';
import { Dict } from '../../../core/dict.ts';
import { E2BIG, EBADMSG, ENODATA, EOPNOTSUPP } from '../../../core/errno.ts';
import { type Frame, makeRequestAs, type Stack } from '../../../core/frame.ts';
import { wind } from '../../../core/gen/fops.gen.ts';
import type { Inode } from '../../../core/inode.ts';
import { F_SETLK, F_SETLKW, F_UNLCK, F_WRLCK, type Flock } from '../../../core/lock.ts';
import { messages } from '../../../core/messages.ts';
import { Loc } from '../../../core/operands.ts';
import type { Cbk, Xlator } from '../../../core/xlator.ts';
import { addNotice, decodeNotices, MAX_NOTICE_BYTES, NOTICES_XATTR } from './notices.ts';
import type { WatchedFiles } from './watched-files.ts';

/** Domain of the locks. */
const DOMAIN = 'glossa.watch';
/** Digits of a lock owner. */
const OWNER_DIGITS = 16;

const makeFlock = (type: number): Flock => ({
  ...{ type, whence: 0, start: 0, len: 0, pid: 0, owner: '' },
});

export class NoticeRequest {
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
