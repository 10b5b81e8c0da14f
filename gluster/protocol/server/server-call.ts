/** Serves one fop of a client: resolves its inodes and files, winds it to the brick, and sends the reply. */

import { applyReply } from '../../../runtime/core/apply-reply.ts';
import type { Client } from '../../../runtime/core/client.ts';
import { Dict } from '../../../runtime/core/dict.ts';
import { EIO, ENOENT } from '../../../runtime/core/errno.ts';
import { Fd } from '../../../runtime/core/fd.ts';
import { closeFd } from '../../../runtime/core/fd-table.ts';
import { findFop } from '../../../runtime/core/fops.ts';
import { type Frame, Stack } from '../../../runtime/core/frame.ts';
import type { FopName } from '../../../runtime/core/gen/fops.gen.ts';
import { collectCbk, windArgs } from '../../../runtime/core/gen/generic.gen.ts';
import { ROOT_GFID } from '../../../runtime/core/gfid.ts';
import type { Dirent, Iatt } from '../../../runtime/core/iatt.ts';
import { Loc } from '../../../runtime/core/loc.ts';
import { O_RDONLY } from '../../../runtime/core/open-flags.ts';
import { KILL_PRIV } from '../../../runtime/core/xdata.ts';
import { writeFields } from '../../rpc/fields.ts';
import type { Caller } from '../../rpc/message.ts';
import type { Loan } from '../../rpc/record.ts';
import type { XdrWriter } from '../../rpc/xdr.ts';
import { type ResolveScope, resolve } from './resolve.ts';
import { mapToRoot } from './subdir.ts';
import type { Unmarshal } from './unmarshal.ts';

/** The client whose calls are served. */
export interface CallOrigin extends ResolveScope {
  readonly client: Client;
  readonly isGlossa: boolean;
  /** Sends a reply: `write` writes the results, and data follows them. */
  sendReply(
    xid: number,
    fop: FopName,
    write: (w: XdrWriter) => void,
    data: Uint8Array | null,
  ): void;
}

/**
 * Requests that a write clears set-group-id. A GlusterFS client forwards the kernel's setattr
 * before such a write, which sets nothing and omits that the writer may clear the bit.
 */
function requestPrivilegeClear(fop: FopName, args: unknown[]): void {
  const [, , valid, xdata] = args;
  if ((fop !== 'setattr' && fop !== 'fsetattr') || valid !== 0) return;
  args[3] = ((xdata as Dict | null)?.copy() ?? new Dict()).set(KILL_PRIV, 1);
}

export class ServerCall {
  private readonly origin: CallOrigin;
  private readonly xid: number;
  private readonly plan: Unmarshal;
  private readonly values: readonly unknown[];
  private readonly args: unknown[];
  private readonly frame: Frame;
  /** The loan of the message, which contains the call's data. */
  loan: Loan | null = null;
  private newFile: Fd | null = null;

  constructor(
    origin: CallOrigin,
    xid: number,
    plan: Unmarshal,
    values: readonly unknown[],
    data: Uint8Array,
    caller: Caller,
  ) {
    this.origin = origin;
    this.xid = xid;
    this.plan = plan;
    this.values = values;
    this.args = plan.args.map((arg) => arg(values, data));
    const { uid, gid, pid, lkOwner, flags, ctime: sec, ctimeNsec: nsec } = caller;
    const stack = new Stack(uid, gid, pid, findFop(plan.fop)!.logName, () => caller.groups);
    stack.lkOwner = lkOwner;
    // For a client that sends no times, the storage sets its own.
    stack.ctime = { sec, nsec, flags };
    this.frame = origin.client.begin(stack);
  }

  get fop(): FopName {
    return this.plan.fop;
  }

  run(): void {
    if (!this.origin.isGlossa) requestPrivilegeClear(this.plan.fop, this.args);
    this.resolveFrom(0);
  }

  private resolveFrom(index: number): void {
    const operand = this.plan.operands[index];
    if (operand === undefined) this.wind();
    else if (operand.kind === 'newFd') {
      this.args[operand.arg] = this.makeFd();
      this.resolveFrom(index + 1);
    } else {
      resolve(this.frame, operand, this.values, this.origin, (value) => {
        if (typeof value === 'number') {
          this.fail(value);
          return;
        }
        this.args[operand.arg] = value;
        this.resolveFrom(index + 1);
      });
    }
  }

  /** Makes the fd of open, opendir and create. */
  private makeFd(): Fd {
    const { args, frame, plan } = this;
    const { inode } = args.find((arg) => arg instanceof Loc) as Loc;
    const at = findFop(plan.fop)!.args.findIndex(({ name }) => name === 'flags');
    const flags = at < 0 ? O_RDONLY : (args[at] as number);
    this.newFile = new Fd(inode!, flags, frame.root.pid, plan.fop === 'opendir');
    return this.newFile;
  }

  private wind(): void {
    const { plan, frame, origin, args } = this;
    const cbk = collectCbk[plan.fop]((_frame, _cookie, _xl, opRet, opErrno, reply) =>
      this.handleReply(opRet, opErrno, reply),
    );
    const fd = args.find((arg) => arg instanceof Fd);
    windArgs[plan.fop](frame, 0, cbk as never, fd?.links ?? origin.links, args);
  }

  /** Interrupts the request; the client no longer needs its reply but still receives it. */
  interrupt(): void {
    this.frame.root.interrupt();
  }

  fail(errno: number): void {
    this.sendReply(-1, errno, []);
  }

  private handleReply(opRet: number, opErrno: number, reply: unknown[]): void {
    const { args, newFile, origin, plan } = this;
    const isComplete = applyReply(findFop(plan.fop)!, args, opRet, opErrno, reply);
    if (opRet < 0) {
      this.sendReply(-1, opErrno || EIO, reply);
      return;
    }
    if (!isComplete) {
      this.sendReply(-1, EIO, []);
      return;
    }
    if (newFile !== null) {
      origin.client.fds.add(newFile);
      this.newFile = null;
    }
    this.sendReply(opRet, this.endErrno(opErrno, reply), reply);
  }

  private sendReply(opRet: number, opErrno: number, reply: readonly unknown[]): void {
    const { origin, plan, xid, frame } = this;
    if (this.loan !== null) this.loan.count -= 1;
    if (this.newFile !== null) closeFd(this.newFile);
    const data = opRet >= 0 && plan.data >= 0 ? (reply[plan.data] as Uint8Array) : null;
    const { root } = origin;
    const toClientView = (value: unknown): unknown =>
      root === ROOT_GFID ? value : mapToRoot(value, root);
    const visible = opRet < 0 ? keepXdata(reply, plan.xdata) : reply;
    const fields = plan.reply.map((field) => toClientView(field(visible)));
    origin.sendReply(
      xid,
      plan.fop,
      (w) => {
        w.i32(opRet);
        w.i32(opErrno);
        writeFields(w, plan.wire.reply, fields);
      },
      data,
    );
    origin.client.end(frame.root);
  }

  /** Returns ENOENT at the end of a file or directory, else 0. */
  private endErrno(opErrno: number, reply: readonly unknown[]): number {
    const { plan, args } = this;
    if (plan.fop === 'readdir' || plan.fop === 'readdirp') {
      const isEmpty = (reply[0] as readonly Dirent[]).length === 0;
      return isEmpty || opErrno === ENOENT ? ENOENT : 0;
    }
    if (plan.fop !== 'readv') return 0;
    const [vector, stbuf] = reply as [Uint8Array, Iatt | null];
    const [, , offset] = args as [Fd, number, number];
    return stbuf !== null && offset + vector.length >= stbuf.iaSize ? ENOENT : 0;
  }
}

/** Keeps only the xdata of a failed reply. */
function keepXdata(reply: readonly unknown[], at: number): readonly unknown[] {
  const visible: unknown[] = [];
  visible[at] = reply[at];
  return visible;
}
