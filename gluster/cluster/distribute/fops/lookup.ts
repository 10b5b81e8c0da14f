/**
 * Where a name is.
 *
 * A file is asked for where its hash says, and that is all: no other child hears of it, however many
 * there are. What else there may be is a task: a directory is on all children (`directory.ts`), a file
 * may be elsewhere (`everywhere.ts`).
 *
 * Source: GlusterFS `dht-common.c` (dht_lookup, dht_lookup_cbk, dht_lookup_linkfile_cbk,
 * dht_revalidate_cbk).
 */
import type { Dict } from '../../../../runtime/core/dict.ts';
import { ENODATA, ENOENT, ENOTCONN, ESTALE } from '../../../../runtime/core/errno.ts';
import type { Frame } from '../../../../runtime/core/frame.ts';
import { unwind, wind } from '../../../../runtime/core/gen/fops.gen.ts';
import { type Gfid, NULL_GFID } from '../../../../runtime/core/gfid.ts';
import { IA_IFDIR, type Iatt } from '../../../../runtime/core/iatt.ts';
import type { Inode } from '../../../../runtime/core/inode.ts';
import type { Loc } from '../../../../runtime/core/loc.ts';
import type { Cbk, Fop, Xlator } from '../../../../runtime/core/xlator.ts';
import { type Distribute, NOWHERE } from '../distribute.ts';
import { isLinkto, isMigrating, targetOf, withoutMigration } from '../linkto.ts';
import { type Answer, runTask } from '../task.ts';
import { chosenBy, lookupChosen } from './chosen.ts';
import { lookupDirectory } from './directory.ts';
import { lookupEverywhere } from './everywhere.ts';

const S_ISVTX = 0o1000;

/** A lookup under way. */
class Lookup {
  readonly loc: Loc;
  readonly xdata: Dict | null;
  /** What is asked for. */
  readonly keys: Dict;
  /** What the hashed child has of it, once its linkto is followed. */
  linkto: Answer<'lookup'> | null = null;

  constructor(loc: Loc, xdata: Dict | null, keys: Dict) {
    this.loc = loc;
    this.xdata = xdata;
    this.keys = keys;
  }
}

export const lookup: Fop<'lookup', Distribute> = (frame, xl, loc, xdata) => {
  const { inode, parent, name } = loc;
  const volume = xl.priv;
  const chosen = chosenBy(volume, name);
  if (chosen !== null) {
    runTask(frame, xl, 'lookup', (task) => lookupChosen(task, volume, loc, xdata, chosen));
    return;
  }
  if (inode?.linked) {
    const child = volume.cached(inode);
    if (child !== NOWHERE) {
      const keys = volume.fileKeys(xdata);
      frame.local = new Lookup(loc, xdata, keys);
      wind.lookup(frame, child, revalidateCbk, xl.children[child]!, loc, keys);
      return;
    }
    if (inode.isDir) return findDirectory(frame, xl, loc, xdata, null);
  }
  const child = volume.hashed(loc);
  if (child === NOWHERE || parent === null || name === null) {
    return findEverywhere(frame, xl, loc, xdata);
  }
  const keys = volume.takeKeys(xdata);
  frame.local = new Lookup(loc, xdata, keys);
  wind.lookup(frame, child, hashedCbk, xl.children[child]!, loc, keys);
};

/** The child that it belongs to by its hash has answered. */
const hashedCbk: Cbk<'lookup', Distribute> = (
  frame,
  child,
  xl,
  opRet,
  opErrno,
  inode,
  buf,
  xdata,
  postparent,
) => {
  const asked = frame.local as Lookup;
  const { loc } = asked;
  const volume = xl.priv;
  // Of other failures nobody knows whether something was found before, and has got the gfid.
  if (opRet >= 0 && buf !== null) volume.giveBack(asked.keys, buf.iaGfid);
  else if (opErrno === ENOENT) volume.giveBack(asked.keys, NULL_GFID);
  if (opRet < 0 || buf === null) {
    const isAbsent = opErrno === ENOENT;
    if (isAbsent ? volume.mayBeElsewhere(loc.parent!) : isUnknown(opErrno)) {
      return findEverywhere(frame, xl, loc, asked.xdata);
    }
    unwind.lookup(frame, opRet, opErrno, inode, buf, xdata, postparent);
    return;
  }
  if (buf.iaType === IA_IFDIR) {
    return findDirectory(frame, xl, loc, asked.xdata, buf.iaGfid);
  }
  if (isLinkto(buf, xdata, volume.keys.linkto)) {
    asked.linkto = { opRet, opErrno, values: [inode, buf, xdata, postparent] };
    return follow(frame, xl, asked, child);
  }
  found(frame, xl, child, inode ?? loc.inode, buf, xdata, postparent);
};

/** Another child may know: the name's own is not there, or has something without a gfid. */
const isUnknown = (errno: number): boolean => errno === ENOTCONN || errno === ENODATA;

/** A file, with this child. */
function found(
  frame: Frame,
  xl: Xlator<Distribute>,
  child: number,
  inode: Inode | null,
  buf: Iatt,
  xdata: Dict | null,
  postparent: Iatt | null,
): void {
  if (inode !== null) xl.priv.keep(inode, buf.iaGfid, child);
  const volume = xl.priv;
  const { loc } = frame.local as Lookup;
  const shown = isMigrating(buf, xdata, volume.keys.linkto) ? withoutMigration(buf) : buf;
  const isMarked = volume.settings['unhashed-sticky-bit'] && isUnhashed(volume, loc, child, buf);
  unwind.lookup(frame, 0, 0, inode, isMarked ? sticky(shown) : shown, xdata, postparent);
}

/** Of a file with several names one may be in its place. */
const isUnhashed = (volume: Distribute, loc: Loc, child: number, buf: Iatt): boolean =>
  buf.iaNlink === 1 && loc.name !== null && volume.hashed(loc) !== child;

function sticky(buf: Iatt): Iatt {
  const marked = buf.copy();
  marked.iaProt |= S_ISVTX;
  return marked;
}

/** @param from the child that says where the file is */
function follow(frame: Frame, xl: Xlator<Distribute>, asked: Lookup, from: number): void {
  const volume = xl.priv;
  const target = targetOf(asked.linkto!.values[2], volume.keys.linkto);
  const child = target === undefined ? NOWHERE : volume.indexOf(target);
  if (child === NOWHERE || child === from) {
    if (child === from) volume.notices.ownTarget(asked.loc, child);
    else if (target !== undefined) volume.notices.unknownTarget(asked.loc, target);
    findEverywhere(frame, xl, asked.loc, asked.xdata);
    return;
  }
  const keys = volume.fileKeys(asked.xdata);
  wind.lookup(frame, child, followedCbk, xl.children[child]!, asked.loc, keys);
}

const followedCbk: Cbk<'lookup', Distribute> = (
  frame,
  child,
  xl,
  opRet,
  opErrno,
  inode,
  buf,
  xdata,
  postparent,
) => {
  const { loc, linkto, xdata: given } = frame.local as Lookup;
  // A file that cannot be had now is not elsewhere for that.
  if (opRet < 0 && opErrno === ENOTCONN) {
    unwind.lookup(frame, opRet, opErrno, inode, buf, xdata, postparent);
    return;
  }
  const isIt =
    opRet >= 0 &&
    buf !== null &&
    buf.iaType !== IA_IFDIR &&
    buf.iaGfid === linkto!.values[1]!.iaGfid &&
    !isLinkto(buf, xdata, xl.priv.keys.linkto);
  if (isIt) found(frame, xl, child, inode ?? loc.inode, buf, xdata, postparent);
  else findEverywhere(frame, xl, loc, given);
};

/** The child that the file was with the last time. */
const revalidateCbk: Cbk<'lookup', Distribute> = (
  frame,
  child,
  xl,
  opRet,
  opErrno,
  inode,
  buf,
  xdata,
  postparent,
) => {
  const asked = frame.local as Lookup;
  if (opRet < 0 || buf === null) {
    if (opErrno === ENOENT && asked.loc.name !== null) {
      return findEverywhere(frame, xl, asked.loc, asked.xdata);
    }
    // Nobody has this inode there: whoever asks looks again, with a new one.
    unwind.lookup(frame, opRet, opErrno || ESTALE, inode, buf, xdata, postparent);
    return;
  }
  if (isLinkto(buf, xdata, xl.priv.keys.linkto)) {
    // It was moved meanwhile.
    asked.linkto = { opRet, opErrno, values: [inode, buf, xdata, postparent] };
    return follow(frame, xl, asked, child);
  }
  found(frame, xl, child, inode ?? asked.loc.inode, buf, xdata, postparent);
};

function findDirectory(
  frame: Frame,
  xl: Xlator<Distribute>,
  loc: Loc,
  xdata: Dict | null,
  gfid: Gfid | null,
): void {
  runTask(frame, xl, 'lookup', (task) => lookupDirectory(task, xl.priv, loc, xdata, gfid));
}

function findEverywhere(frame: Frame, xl: Xlator<Distribute>, loc: Loc, xdata: Dict | null): void {
  runTask(frame, xl, 'lookup', (task) => lookupEverywhere(task, xl.priv, loc, xdata));
}
