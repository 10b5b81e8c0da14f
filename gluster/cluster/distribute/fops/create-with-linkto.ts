/**
 * Creates a file on a child other than the one that its name's hash selects, and a linkto on that one. Also opens the
 * file of a linkto that a create found. `entry-fops.ts` calls both.
 * Source: GlusterFS `dht-common.c` (dht_create_linkfile_create_cbk), `dht-linkfile.c`.
 */
import { newGfid } from '../../../../runtime/core/context.ts';
import { Dict, GFID_REQ } from '../../../../runtime/core/dict.ts';
import { EEXIST, EIO, EISDIR } from '../../../../runtime/core/errno.ts';
import type { FopTable } from '../../../../runtime/core/gen/fops.gen.ts';
import { type Gfid, gfidFromBytes } from '../../../../runtime/core/gfid.ts';
import { IA_IFDIR, type Iatt } from '../../../../runtime/core/iatt.ts';
import type { Inode } from '../../../../runtime/core/inode.ts';
import { O_EXCL } from '../../../../runtime/core/open-flags.ts';
import { Loc } from '../../../../runtime/core/operands.ts';
import { NO_CHILD } from '../distribute.ts';
import { chownLinkto, makeLinkto } from '../heal/make-linkto.ts';
import { makeFailure, makeSuccess, type Reply, type Steps, type Task } from '../task.ts';
import { lookupEverywhere, makeUnusedLinktoXdata } from './lookup-everywhere.ts';

/** The fops that create a file, a symbolic link or a device. */
export type CreatingFop = 'create' | 'mknod' | 'symlink' | 'put';

/**
 * The indexes of values by fop: of the loc in the arguments; and, in the reply, of the inode (its attributes are next)
 * and of the parent's attributes before the change (those after it are next).
 */
export const VALUE_INDEXES = {
  create: { loc: 0, inode: 1, preparent: 3 },
  mknod: { loc: 0, inode: 0, preparent: 2 },
  symlink: { loc: 1, inode: 0, preparent: 2 },
  put: { loc: 0, inode: 0, preparent: 2 },
} as const;

/** Makes a linkto on the child of the hash, then the file on `child`; removes the linkto if that fails. */
export function* createWithLinkto<N extends CreatingFop>(
  task: Task,
  fop: N,
  args: FopTable[N]['args'],
  hashedChild: number,
  child: number,
): Steps<Reply<N>> {
  const indexes = VALUE_INDEXES[fop];
  const loc = args[indexes.loc] as Loc;
  const xdata = ((args.at(-1) as Dict | null)?.copy() ?? new Dict()) as Dict;
  const gfid = readGfidRequest(xdata) ?? newGfid(task.volume.xl.context);
  xdata.setGfid(GFID_REQ, gfid);
  const linktoReply = yield* makeLinkto(task, loc, hashedChild, child, gfid);
  if (linktoReply.opRet < 0) return makeFailure(fop, linktoReply.opErrno);
  const newArgs = [...args.slice(0, -1), xdata] as unknown as FopTable[N]['args'];
  const reply = yield* task.windOne(child, fop, ...newArgs);
  if (reply.opRet < 0) {
    yield* task.windInternal(hashedChild, 'unlink', loc, 0, makeUnusedLinktoXdata());
    return reply;
  }
  const [inode, buf] = reply.values.slice(indexes.inode) as [Inode | null, Iatt | null];
  const fileInode = inode ?? loc.inode;
  if (fileInode !== null && buf !== null) task.volume.setLocation(fileInode, buf.iaGfid, child);
  if (buf !== null) yield* chownLinkto(task, loc, hashedChild, buf);
  omitParentAttributes(reply.values, indexes.preparent);
  return reply;
}

/** Omits the parent's attributes: it changed on several children, so a caller must read its times again. */
function omitParentAttributes(values: unknown[], preparentIndex: number): void {
  values[preparentIndex] = null;
  values[preparentIndex + 1] = null;
}

/** Reads the gfid that the caller requests for the new file; undefined if it requests none. */
function readGfidRequest(xdata: Dict): Gfid | undefined {
  const value = xdata.get(GFID_REQ);
  if (value instanceof Uint8Array && value.length === 16) return gfidFromBytes(value);
  return typeof value === 'string' ? value : undefined;
}

/** Opens a file for a create that found its linkto. Searches all children for the file. */
export function* openExistingFile(
  task: Task,
  loc: Loc,
  flags: number,
  fd: FopTable['create']['args'][4],
): Steps<Reply<'create'>> {
  const lookup = yield* lookupEverywhere(task, loc, null);
  if (lookup.opRet < 0) return makeFailure('create', lookup.opErrno);
  if ((flags & O_EXCL) !== 0) return makeFailure('create', EEXIST);
  const [inode, buf, , postparent] = lookup.values;
  if (buf?.iaType === IA_IFDIR) return makeFailure('create', EISDIR);
  const child = inode === null ? NO_CHILD : task.volume.findFileChild(inode);
  if (child === NO_CHILD) return makeFailure('create', EIO);
  const file = new Loc(inode, loc.parent, loc.name, buf!.iaGfid);
  const openReply = yield* task.windOne(child, 'open', file, flags, fd, null);
  if (openReply.opRet < 0) return makeFailure('create', openReply.opErrno);
  return makeSuccess('create', fd, inode, buf, postparent, postparent, null);
}
