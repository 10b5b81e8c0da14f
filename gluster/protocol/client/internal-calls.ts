/** Makes the client's own calls: reopens and releases files, reads and sets attributes, cancels requests. */
import { EIO, ENOTCONN } from '../../../runtime/core/errno.ts';
import type { Gfid } from '../../../runtime/core/gfid.ts';
import type { Iatt } from '../../../runtime/core/iatt.ts';
import type { XdrReader } from '../../../runtime/wire/xdr.ts';
import type { LossReason } from '../../rpc/call-channel.ts';
import { readFields, writeFields } from '../../rpc/fields.ts';
import { findWireFop, type WireFop } from '../../rpc/fops4.ts';
import { AUTH_V3, type Caller } from '../../rpc/message.ts';
import { FOPS4, GLOSSA_PROCEDURES, GLOSSA_PROGRAM } from '../../rpc/programs.ts';
import type { Connection } from './connection.ts';
import { NO_FD, type RemoteFd } from './remote-fds.ts';

/** Addresses a file: by the brick's fd number, which works for a removed file too, or else by its gfid. */
export interface FileTarget {
  readonly gfid: Gfid;
  /** The brick's number of the open file, or NO_FD. */
  readonly remoteNumber: number;
}

/** Sends calls that no fop requested. */
export class InternalCalls {
  private readonly connection: Connection;

  constructor(connection: Connection) {
    this.connection = connection;
  }

  /**
   * Makes the call of a fop.
   * @param values the fields of the call
   * @param caller by default the client itself
   */
  private call(
    fop: WireFop['fop'],
    values: readonly unknown[],
    onResult: (r: XdrReader | LossReason) => void = () => {},
    caller?: Caller,
  ): void {
    const { procedure, call } = findWireFop(fop);
    const { channel } = this.connection;
    channel.call(FOPS4, procedure, AUTH_V3, (w) => writeFields(w, call, values), onResult, caller);
    this.connection.flushSoon();
  }

  /** Reads the attributes of a file. `onReply` gets 0 and the attributes, or the errno and null. */
  stat(
    { gfid, remoteNumber }: FileTarget,
    onReply: (errno: number, buf: Iatt | null) => void,
  ): void {
    const fop = remoteNumber < 0 ? 'stat' : 'fstat';
    this.call(fop, remoteNumber < 0 ? [gfid, null] : [gfid, remoteNumber, null], (r) => {
      const errno = readErrno(r);
      const [, buf = null] = errno === 0 ? readFields(r as XdrReader, findWireFop(fop).reply) : [];
      onReply(errno, buf as Iatt | null);
    });
  }

  /** Sets attributes of a file. @param valid the bits of SET_ATTR for the attributes to set */
  setattr(
    { gfid, remoteNumber }: FileTarget,
    stbuf: Iatt,
    valid: number,
    onReply: (errno: number) => void,
  ): void {
    const target = remoteNumber < 0 ? [gfid] : [gfid, remoteNumber];
    const values = [...target, stbuf, valid, null];
    this.call(remoteNumber < 0 ? 'setattr' : 'fsetattr', values, (r) => onReply(readErrno(r)));
  }

  /** Closes a file at the brick, if it is open there. */
  release({ fd, remoteNumber }: RemoteFd): void {
    if (remoteNumber < 0 || !this.connection.isUp) return;
    this.call(fd.isDir ? 'releasedir' : 'release', [fd.inode.gfid, remoteNumber, null]);
  }

  /** Reopens a file by its gfid. `onReopened` is called after a failure, too: then the file has no fd number. */
  reopen(file: RemoteFd, flags: number, onReopened: () => void): void {
    const { isDir, inode } = file.fd;
    const fop = isDir ? 'opendir' : 'open';
    this.call(fop, isDir ? [inode.gfid, null] : [inode.gfid, flags, null], (r) => {
      if (readErrno(r) === 0) {
        const [, number] = readFields(r as XdrReader, findWireFop(fop).reply);
        file.remoteNumber = (r as XdrReader).isMalformed ? NO_FD : (number as number);
      }
      onReopened();
    });
  }

  /**
   * Cancels a waiting lock request at a GlusterFS brick, by reading a virtual xattr.
   * @param name the xattr's name, made by `makeInterruptXattr` for the lock's range
   */
  cancelLock({ gfid, remoteNumber }: FileTarget, name: string, caller: Caller): void {
    // 1: the field `name.given`.
    this.call('fgetxattr', [gfid, remoteNumber, 1, name, null], undefined, caller);
  }

  /** Notifies a brick of glossa that the caller no longer needs the reply to this call. */
  giveUp(xid: number): void {
    this.connection.channel.call(
      GLOSSA_PROGRAM,
      GLOSSA_PROCEDURES.GIVE_UP,
      AUTH_V3,
      (w) => w.u32(xid),
      () => {},
    );
    this.connection.flushSoon();
  }
}

/** Reads the errno of a reply: 0 for a success, ENOTCONN for a lost call. Leaves the reader at the results. */
function readErrno(r: XdrReader | LossReason): number {
  if (typeof r === 'string') return ENOTCONN;
  const opRet = r.i32();
  const opErrno = r.i32();
  return opRet < 0 || r.isMalformed ? opErrno || EIO : 0;
}
