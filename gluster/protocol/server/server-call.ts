/** Serves one fop of a client: resolves its inodes and files, winds it to the brick, and sends the reply. */

import { applyReply } from '../../../runtime/core/apply-reply.ts';
import type { Client } from '../../../runtime/core/client.ts';
import { Dict } from '../../../runtime/core/dict.ts';
import { EINVAL, EIO, ENOENT, ENOTDIR } from '../../../runtime/core/errno.ts';
import { closeFd } from '../../../runtime/core/fd-table.ts';
import { findFop } from '../../../runtime/core/fops.ts';
import { type Frame, Stack } from '../../../runtime/core/frame.ts';
import {
  collectCbk,
  type FopName,
  type FopTable,
  windArgs,
} from '../../../runtime/core/gen/fops.gen.ts';
import { type Gfid, ROOT_GFID } from '../../../runtime/core/gfid.ts';
import { type Dirent, Iatt } from '../../../runtime/core/iatt.ts';
import type { Inode } from '../../../runtime/core/inode.ts';
import { O_RDONLY } from '../../../runtime/core/open-flags.ts';
import { Fd, Loc } from '../../../runtime/core/operands.ts';
import { KILL_PRIV } from '../../../runtime/core/xdata.ts';
import { type Loan, RECORD_MAX } from '../../../runtime/wire/record.ts';
import type { XdrWriter } from '../../../runtime/wire/xdr.ts';
import { writeFields } from '../../rpc/fields.ts';
import type { Caller } from '../../rpc/message.ts';
import type { Brick } from './bricks.ts';
import { ANONYMOUS_FD, lookupLoc, type ResolveScope, resolveOperand } from './resolve.ts';
import type { Unmarshal } from './unmarshal.ts';

/**
 * Lets a client mount a directory of a brick as its root. As in GlusterFS, this does not protect the rest of the
 * brick: requests with the gfid of a file outside of the directory are served.
 * Source: GlusterFS 10 `server-handshake.c` (server_first_lookup), `server-resolve.c`.
 */
export function findDirectory(
  client: Client,
  brick: Brick,
  path: string,
  onResult: (directory: Inode | number) => void,
): void {
  const names = path.split('/').filter((name) => name !== '' && name !== '.');
  const descend = (directory: Inode, depth: number): void => {
    const name = names[depth];
    if (name === undefined) onResult(directory);
    else if (name === '..') onResult(ENOENT);
    else
      lookupName(client, brick, directory, name, (inode) => {
        if (typeof inode === 'number') onResult(inode);
        else if (!inode.isDir) onResult(ENOTDIR);
        else descend(inode, depth + 1);
      });
  };
  descend(brick.inodes.root, 0);
}

/** Looks up one name in a directory. @param onResult called with its inode or the errno */
function lookupName(
  client: Client,
  { inodes, links }: Brick,
  parent: Inode,
  name: string,
  onResult: (inode: Inode | number) => void,
): void {
  const frame = client.begin(new Stack(0, 0, 0, 'LOOKUP'));
  lookupLoc(frame, links, new Loc(inodes.newInode(), parent, name), (inode) => {
    client.end(frame.root);
    onResult(inode);
  });
}

/** Converts attributes to those that the client sees: its root directory has the root's gfid and inode number. */
function mapToClientRoot(value: unknown, root: Gfid): unknown {
  if (!(value instanceof Iatt) || value.iaGfid !== root) return value;
  const copy = value.copy();
  copy.iaGfid = ROOT_GFID;
  return copy;
}

/** The client whose calls are served, with its brick. */
export interface CallOrigin extends ResolveScope {
  readonly client: Client;
  readonly isGlossa: boolean;
  /** Sends a reply: `write` writes the results, and data follows them. */
  sendReply(
    xid: number,
    fop: FopName,
    replyBytes: number,
    write: (w: XdrWriter) => void,
    data: Uint8Array | null,
  ): void;
  /** Returns the loan of a call's message. */
  returnLoan(loan: Loan): void;
}

/**
 * Adds KILL_PRIV, which clears set-user-id and set-group-id, to a setattr that sets nothing. A client's kernel sends
 * such a setattr before a write, and a GlusterFS client forwards it without KILL_PRIV.
 */
function addPrivilegeClear(fop: FopName, args: unknown[]): void {
  if (fop !== 'setattr' && fop !== 'fsetattr') return;
  const setattrArgs = args as FopTable['setattr']['args'];
  const [, , valid, xdata] = setattrArgs;
  if (valid === 0) setattrArgs[3] = (xdata?.copy() ?? new Dict()).set(KILL_PRIV, 1);
}

/** The call of one fop, from its arrival to its reply. */
export class ServerCall {
  private readonly origin: CallOrigin;
  private readonly xid: number;
  private readonly conversions: Unmarshal;
  private readonly values: readonly unknown[];
  private readonly args: unknown[];
  private readonly frame: Frame;
  /** Keeps the message in memory, as it contains the call's data; null for a call without data. */
  loan: Loan | null = null;
  /** The bytes that were reserved for the reply. */
  replyBytes = 0;
  /** The fd that this call opens, until the client gets it. */
  private newFd: Fd | null = null;
  /** The fds of files that the client uses without having opened them; null for a call without such a file. */
  private anonymousFds: Fd[] | null = null;

  /** @param values the fields of the call @param data the bytes after them */
  constructor(
    origin: CallOrigin,
    xid: number,
    conversions: Unmarshal,
    values: readonly unknown[],
    data: Uint8Array,
    caller: Caller,
  ) {
    this.origin = origin;
    this.xid = xid;
    this.conversions = conversions;
    this.values = values;
    this.args = conversions.argSources.map((readArg) => readArg(values, data));
    const { uid, gid, pid, lkOwner, flags, ctime: sec, ctimeNsec: nsec } = caller;
    const stack = new Stack(uid, gid, pid, findFop(conversions.fop)!.logName, () => caller.groups);
    stack.lkOwner = lkOwner;
    // If the client sends no times, `flags` is 0, and the storage sets the present time.
    stack.ctime = { sec, nsec, flags };
    this.frame = origin.client.begin(stack);
  }

  get fop(): FopName {
    return this.conversions.fop;
  }

  /** Starts the fop, which sends its reply itself. */
  run(): void {
    const { sizeIndex } = this.conversions;
    if (sizeIndex >= 0 && (this.values[sizeIndex] as number) > RECORD_MAX) {
      this.fail(EINVAL);
      return;
    }
    if (!this.origin.isGlossa) addPrivilegeClear(this.conversions.fop, this.args);
    this.resolveFrom(0);
  }

  /** Resolves the operands from this index on, one after the other, then winds the fop. */
  private resolveFrom(index: number): void {
    const operand = this.conversions.operands[index];
    if (operand === undefined) this.wind();
    else if (operand.kind === 'newFd') {
      this.args[operand.argIndex] = this.makeFd();
      this.resolveFrom(index + 1);
    } else {
      resolveOperand(this.frame, operand, this.values, this.origin, (value) => {
        if (typeof value === 'number') {
          this.fail(value);
          return;
        }
        this.args[operand.argIndex] = value;
        if (operand.kind === 'fd' && this.values[operand.numberIndex] === ANONYMOUS_FD) {
          this.anonymousFds ??= [];
          this.anonymousFds.push(value as Fd);
        }
        this.resolveFrom(index + 1);
      });
    }
  }

  /** Makes the fd of open, opendir and create. */
  private makeFd(): Fd {
    const { args, frame, conversions } = this;
    const { inode } = args.find((arg) => arg instanceof Loc) as Loc;
    const flagsIndex = findFop(conversions.fop)!.args.findIndex(({ name }) => name === 'flags');
    const flags = flagsIndex < 0 ? O_RDONLY : (args[flagsIndex] as number);
    this.newFd = new Fd(inode!, flags, frame.root.pid, conversions.fop === 'opendir');
    return this.newFd;
  }

  private wind(): void {
    const { conversions, frame, origin, args } = this;
    const cbk = collectCbk[conversions.fop]((_frame, _cookie, _xl, opRet, opErrno, reply) =>
      this.handleReply(opRet, opErrno, reply),
    );
    const fd = args.find((arg) => arg instanceof Fd);
    windArgs[conversions.fop](frame, 0, cbk as never, fd?.links ?? origin.links, args);
  }

  /** Interrupts the request; the client no longer needs its reply but still receives it. */
  interrupt(): void {
    this.frame.root.interrupt();
  }

  /** Replies that the fop failed. */
  fail(errno: number): void {
    this.sendReply(-1, errno, []);
  }

  /** Handles the brick's reply: links inodes, gives the client its new fd, and sends the reply. */
  private handleReply(opRet: number, opErrno: number, reply: unknown[]): void {
    const { args, newFd, origin, conversions } = this;
    const isComplete = applyReply(findFop(conversions.fop)!, args, opRet, opErrno, reply);
    if (opRet < 0) {
      this.sendReply(-1, opErrno || EIO, reply);
      return;
    }
    if (!isComplete) {
      this.sendReply(-1, EIO, []);
      return;
    }
    if (newFd !== null) {
      origin.client.fds.add(newFd);
      this.newFd = null;
    }
    this.sendReply(opRet, this.findEndErrno(opErrno, reply), reply);
  }

  /** Sends the reply as the client sees it, and ends the request. */
  private sendReply(opRet: number, opErrno: number, reply: readonly unknown[]): void {
    const { origin, conversions, xid, frame } = this;
    if (this.loan !== null) origin.returnLoan(this.loan);
    if (this.newFd !== null) closeFd(this.newFd);
    if (this.anonymousFds !== null) for (const fd of this.anonymousFds) closeFd(fd);
    const data =
      opRet >= 0 && conversions.dataIndex >= 0
        ? (reply[conversions.dataIndex] as Uint8Array)
        : null;
    const { root } = origin;
    const toClientView = (value: unknown): unknown =>
      root === ROOT_GFID ? value : mapToClientRoot(value, root);
    const visibleReply = opRet < 0 ? keepXdata(reply, conversions.xdataIndex) : reply;
    const fields = conversions.fieldSources.map((readField) =>
      toClientView(readField(visibleReply)),
    );
    origin.sendReply(
      xid,
      conversions.fop,
      this.replyBytes,
      (w) => {
        w.i32(opRet);
        w.i32(opErrno);
        writeFields(w, conversions.wireFop.reply, fields);
      },
      data,
    );
    origin.client.end(frame.root);
  }

  /** Returns ENOENT if the reply reaches the end of a file or directory, as GlusterFS does; else 0. */
  private findEndErrno(opErrno: number, reply: readonly unknown[]): number {
    const { conversions, args } = this;
    if (conversions.fop === 'readdir' || conversions.fop === 'readdirp') {
      const isEmpty = (reply[0] as readonly Dirent[]).length === 0;
      return isEmpty || opErrno === ENOENT ? ENOENT : 0;
    }
    if (conversions.fop !== 'readv') return 0;
    const [vector, stbuf] = reply as [Uint8Array, Iatt | null];
    const [, , offset] = args as [Fd, number, number];
    return stbuf !== null && offset + vector.length >= stbuf.iaSize ? ENOENT : 0;
  }
}

/** Keeps only the xdata of a failed reply. */
function keepXdata(reply: readonly unknown[], xdataIndex: number): readonly unknown[] {
  const visibleReply: unknown[] = [];
  visibleReply[xdataIndex] = reply[xdataIndex];
  return visibleReply;
}
