/**
 * Handles TMPFILE (open(2) with O_TMPFILE): makes a file without a name by the fop icreate, and opens it by open, so
 * that translators that track open files see it. The loc has the directory, and no name. A later LINK is the fop link.
 */
import { discardInode, linkReply } from '../../../core/apply-reply.ts';
import { EIO, ESTALE } from '../../../core/errno.ts';
import { closeFd } from '../../../core/fd-table.ts';
import { wind } from '../../../core/gen/fops.gen.ts';
import type { Iatt } from '../../../core/iatt.ts';
import { O_TMPFILE, O_TRUNC } from '../../../core/open-flags.ts';
import { Fd, Loc } from '../../../core/operands.ts';
import { MODE_REQ, UMASK_REQ } from '../../../core/xdata.ts';
import type { Cbk } from '../../../core/xlator.ts';
import type { CreateIn } from '../codec/structs.gen.ts';
import { replyCreate } from './file.ts';
import { convertOpenFlags } from './flags.ts';
import type { Handler, HandlerContext } from './handler.ts';
import { toCreationErrno } from './reply.ts';

/** A TMPFILE during its icreate, in `Frame.local`. */
interface TmpfileCreation {
  readonly loc: Loc;
  readonly flags: number;
  readonly pid: number;
}

/** A TMPFILE during its open, in `Frame.local`; `buf` is icreate's reply. */
interface TmpfileOpen {
  readonly fd: Fd;
  readonly buf: Iatt;
}

export const tmpfile: Handler<CreateIn> = (session, header, args) => {
  const frame = session.begin('ICREATE');
  const parent = session.graph.inodes.byId.get(header.nodeid);
  if (parent === undefined) return session.fail(frame, ESTALE);
  const { mode, umask } = args;
  const loc = new Loc(session.graph.inodes.newInode(), parent);
  // A new file needs no truncation, which would change the times in icreate's reply.
  const flags = convertOpenFlags(session, args.flags) & ~(O_TMPFILE | O_TRUNC);
  frame.local = { loc, flags, pid: header.pid } satisfies TmpfileCreation;
  const xdata = session.initiator.makeGfidRequest().set(MODE_REQ, mode).set(UMASK_REQ, umask);
  wind.icreate(frame, 0, icreateCbk, session.links, loc, mode & ~umask, xdata);
};

const icreateCbk: Cbk<'icreate', HandlerContext> = (
  frame,
  _cookie,
  xl,
  opRet,
  opErrno,
  inode,
  buf,
) => {
  const session = xl.priv;
  const { loc, flags, pid } = frame.local as TmpfileCreation;
  if (opRet < 0) {
    discardInode(loc.inode);
    // After an ENOSYS, the kernel itself fails further requests, with EOPNOTSUPP.
    return session.fail(frame, toCreationErrno(opErrno, loc.parent!));
  }
  const linked = linkReply(loc, inode, buf);
  if (linked === null) return session.fail(frame, EIO);
  const fd = new Fd(linked, flags, pid);
  frame.local = { fd, buf: buf! } satisfies TmpfileOpen;
  frame.root.op = 'OPEN';
  wind.open(frame, 0, openCbk, fd.links, new Loc(linked), flags, fd, null);
};

const openCbk: Cbk<'open', HandlerContext> = (frame, _cookie, xl, opRet, opErrno) => {
  const { fd, buf } = frame.local as TmpfileOpen;
  if (opRet >= 0) return replyCreate(xl.priv, frame, fd, fd.inode, buf, null);
  // The inode has no name, so it is forgotten with the fd.
  closeFd(fd);
  xl.priv.fail(frame, opErrno);
};
