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
import { asRoot } from './subdir.ts';
import type { Unmarshal } from './unmarshal.ts';

/** The client whose calls are served. */
export interface CallOrigin extends ResolveScope {
  readonly client: Client;
  readonly isGlossa: boolean;
  /** Sends a reply: `write` writes the results, and data follows them. */
  answer(xid: number, fop: FopName, write: (w: XdrWriter) => void, data: Uint8Array | null): void;
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
  private readonly from: CallOrigin;
  private readonly xid: number;
  private readonly plan: Unmarshal;
  private readonly values: readonly unknown[];
  private readonly args: unknown[];
  private readonly frame: Frame;
  /** Keeps the message, in which the call's data lies. */
  loan: Loan | null = null;
  private made: Fd | null = null;

  constructor(
    from: CallOrigin,
    xid: number,
    plan: Unmarshal,
    values: readonly unknown[],
    data: Uint8Array,
    caller: Caller,
  ) {
    this.from = from;
    this.xid = xid;
    this.plan = plan;
    this.values = values;
    this.args = plan.args.map((arg) => arg(values, data));
    const { uid, gid, pid, lkOwner, flags, ctime: sec, ctimeNsec: nsec } = caller;
    const stack = new Stack(uid, gid, pid, findFop(plan.fop)!.logName, () => caller.groups);
    stack.lkOwner = lkOwner;
    // A client that sends no times wants none set.
    stack.ctime = { sec, nsec, flags };
    this.frame = from.client.begin(stack);
  }

  get fop(): FopName {
    return this.plan.fop;
  }

  run(): void {
    if (!this.from.isGlossa) requestPrivilegeClear(this.plan.fop, this.args);
    this.find(0);
  }

  private find(index: number): void {
    const need = this.plan.needs[index];
    if (need === undefined) this.wind();
    else if (need.kind === 'newFd') {
      this.args[need.arg] = this.newFd();
      this.find(index + 1);
    } else {
      resolve(this.frame, need, this.values, this.from, (found) => {
        if (typeof found === 'number') {
          this.fail(found);
          return;
        }
        this.args[need.arg] = found;
        this.find(index + 1);
      });
    }
  }

  /** Makes the fd of open, opendir and create. */
  private newFd(): Fd {
    const { args, frame, plan } = this;
    const { inode } = args.find((arg) => arg instanceof Loc) as Loc;
    const at = findFop(plan.fop)!.args.findIndex(({ name }) => name === 'flags');
    const flags = at < 0 ? O_RDONLY : (args[at] as number);
    this.made = new Fd(inode!, flags, frame.root.pid, plan.fop === 'opendir');
    return this.made;
  }

  private wind(): void {
    const { plan, frame, from, args } = this;
    const cbk = collectCbk[plan.fop]((_frame, _cookie, _xl, opRet, opErrno, reply) =>
      this.replied(opRet, opErrno, reply),
    );
    const fd = args.find((arg) => arg instanceof Fd);
    windArgs[plan.fop](frame, 0, cbk as never, fd?.links ?? from.links, args);
  }

  /** Interrupts the request; the client no longer needs its reply but still receives it. */
  giveUp(): void {
    this.frame.root.interrupt();
  }

  fail(errno: number): void {
    this.answer(-1, errno, []);
  }

  private replied(opRet: number, opErrno: number, reply: unknown[]): void {
    const { args, made, from, plan } = this;
    const isWhole = applyReply(findFop(plan.fop)!, args, opRet, opErrno, reply);
    if (opRet < 0) {
      this.answer(-1, opErrno || EIO, reply);
      return;
    }
    if (!isWhole) {
      this.answer(-1, EIO, []);
      return;
    }
    if (made !== null) {
      from.client.fds.add(made);
      this.made = null;
    }
    this.answer(opRet, this.endOf(opErrno, reply), reply);
  }

  private answer(opRet: number, opErrno: number, reply: readonly unknown[]): void {
    const { from, plan, xid, frame } = this;
    if (this.loan !== null) this.loan.count -= 1;
    if (this.made !== null) closeFd(this.made);
    const data = opRet >= 0 && plan.data >= 0 ? (reply[plan.data] as Uint8Array) : null;
    const { root } = from;
    const seen = (value: unknown): unknown => (root === ROOT_GFID ? value : asRoot(value, root));
    const visible = opRet < 0 ? onlyXdata(reply, plan.xdata) : reply;
    const fields = plan.reply.map((field) => seen(field(visible)));
    from.answer(
      xid,
      plan.fop,
      (w) => {
        w.i32(opRet);
        w.i32(opErrno);
        writeFields(w, plan.wire.reply, fields);
      },
      data,
    );
    from.client.end(frame.root);
  }

  /** Returns ENOENT at the end of a file or directory. */
  private endOf(opErrno: number, reply: readonly unknown[]): number {
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
function onlyXdata(reply: readonly unknown[], at: number): readonly unknown[] {
  const visible: unknown[] = [];
  visible[at] = reply[at];
  return visible;
}
