/**
 * Finds what a call names: inodes by their gfids, names in folders, open files by their numbers. What is
 * in memory is at hand; the storage is asked for what is not, by requests of the same caller.
 *
 * Source: GlusterFS 10 `xlators/protocol/server/src/server-resolve.c`.
 */
import { applyReply } from '../../../runtime/core/apply-reply.ts';
import {
  EBADF,
  EEXIST,
  EINVAL,
  EIO,
  EISDIR,
  ENOENT,
  EPERM,
  ESTALE,
} from '../../../runtime/core/errno.ts';
import { Fd } from '../../../runtime/core/fd.ts';
import type { FdTable } from '../../../runtime/core/fd-table.ts';
import { findFop } from '../../../runtime/core/fops.ts';
import type { Frame } from '../../../runtime/core/frame.ts';
import { wind } from '../../../runtime/core/gen/fops.gen.ts';
import { type Gfid, NULL_GFID, ROOT_GFID } from '../../../runtime/core/gfid.ts';
import type { Inode, InodeTable } from '../../../runtime/core/inode.ts';
import { Loc } from '../../../runtime/core/loc.ts';
import { O_EXCL, O_RDWR } from '../../../runtime/core/open-flags.ts';
import type { Cbk, Child } from '../../../runtime/core/xlator.ts';
import type { Need } from './unmarshal.ts';

type EntryNeed = Need & { readonly kind: 'entry' };

/** The file of a gfid, whatever is open. */
const ANONYMOUS = -2;

export interface Found {
  readonly inodes: InodeTable;
  readonly fds: FdTable;
  /** Where requests of this client go. */
  readonly links: Child;
  /** What the client calls the root. */
  readonly root: Gfid;
}

/** Told what was found, or the errno. */
export type Done = (found: Loc | Fd | number) => void;

/** The gfid that one of a call stands for, where the client's root is another directory. */
const gfidOf = (gfid: Gfid, root: Gfid): Gfid => (gfid === ROOT_GFID ? root : gfid);

export function resolve(
  frame: Frame,
  need: Need,
  values: readonly unknown[],
  where: Found,
  done: Done,
): void {
  const gfid = (index: number): Gfid =>
    index < 0 ? NULL_GFID : gfidOf(values[index] as Gfid, where.root);
  switch (need.kind) {
    case 'inode':
      inodeOf(frame, gfid(need.gfid), where, (found) =>
        done(typeof found === 'number' ? found : new Loc(found)),
      );
      return;
    case 'fd':
      fdOf(frame, values[need.remote] as number, gfid(need.gfid), where, done);
      return;
    case 'entry':
      entryOf(frame, need, values, where, done);
      return;
    case 'nameless':
      inodeOf(frame, gfid(need.gfid), where, (found) =>
        done(typeof found === 'number' ? found : new Loc(where.inodes.newInode(), found)),
      );
      return;
    case 'newFd':
      done(EINVAL);
  }
}

function fdOf(frame: Frame, remote: number, gfid: Gfid, where: Found, done: Done): void {
  if (remote !== ANONYMOUS) {
    done(where.fds.get(remote) ?? EBADF);
    return;
  }
  inodeOf(frame, gfid, where, (found) =>
    done(typeof found === 'number' ? found : new Fd(found, O_RDWR, frame.root.pid)),
  );
}

/** An inode by its gfid: in the table, or as the storage has it. */
function inodeOf(
  frame: Frame,
  gfid: Gfid,
  { inodes, links }: Found,
  done: (found: Inode | number) => void,
): void {
  const known = inodes.find(gfid);
  if (known !== undefined || gfid === NULL_GFID) {
    done(known ?? EINVAL);
    return;
  }
  lookup(frame, links, new Loc(inodes.newInode(), null, null, gfid), (found) =>
    done(found === ENOENT ? ESTALE : found),
  );
}

function entryOf(
  frame: Frame,
  need: EntryNeed,
  values: readonly unknown[],
  where: Found,
  done: Done,
): void {
  const { gfid, pargfid, name: nameAt, rule } = need;
  const name = values[nameAt] as string;
  const parentGfid = gfidOf(values[pargfid] as Gfid, where.root);
  // A lookup without a name is one by gfid.
  if (rule === 'unasked' && (name === '' || parentGfid === NULL_GFID)) {
    done(byGfid(gfidOf(values[gfid] as Gfid, where.root), where));
    return;
  }
  if (name.includes('/')) {
    done(EPERM);
    return;
  }
  const isDots = name === '.' || name === '..';
  inodeOf(frame, parentGfid, where, (parent) => {
    if (typeof parent === 'number') done(parent);
    else if (!parent.isDir) done(EPERM);
    else if (isDots && rule !== 'unasked') done(dotsErrno(need, values));
    // Above its directory there is nothing for this client.
    else if (name === '..' && parentGfid === where.root) done(ENOENT);
    else nameIn(frame, parent, name, rule, where, done);
  });
}

/** The errno of GlusterFS's brick for a call that makes, opens or removes "." or "..". */
function dotsErrno({ rule, flags: at }: EntryNeed, values: readonly unknown[]): number {
  if (rule === 'there') return ENOENT;
  const flags = at < 0 ? 0 : (values[at] as number);
  return flags === 0 || (flags & O_EXCL) !== 0 ? EEXIST : EISDIR;
}

function byGfid(gfid: Gfid, { inodes }: Found): Loc | number {
  if (gfid === NULL_GFID) return EINVAL;
  const known = inodes.find(gfid);
  return known === undefined ? new Loc(inodes.newInode(), null, null, gfid) : new Loc(known);
}

function nameIn(
  frame: Frame,
  parent: Inode,
  name: string,
  rule: 'there' | 'absent' | 'any' | 'unasked',
  { inodes, links }: Found,
  done: Done,
): void {
  const known = name === '.' ? parent : inodes.grep(parent, name);
  const fresh = (): Loc => new Loc(inodes.newInode(), parent, name);
  if (rule === 'unasked') {
    done(known === undefined ? fresh() : new Loc(known, parent, name));
    return;
  }
  // What is made, or may be, is for the storage to say: it knows best whether something is there.
  if (known === undefined && rule !== 'there') {
    done(fresh());
    return;
  }
  lookup(frame, links, new Loc(known ?? inodes.newInode(), parent, name), (found) => {
    if (typeof found !== 'number') done(rule === 'absent' ? EEXIST : new Loc(found, parent, name));
    else if (rule === 'there') done(found);
    else {
      inodes.unlink(parent, name);
      done(fresh());
    }
  });
}

interface Lookup {
  readonly loc: Loc;
  readonly done: (found: Inode | number) => void;
}

/** Looks up a loc for the frame's request. `done` gets the inode that is in the table, or the errno. */
export function lookup(frame: Frame, links: Child, loc: Loc, done: Lookup['done']): void {
  frame.local = { loc, done } satisfies Lookup;
  wind.lookup(frame, 0, lookupCbk, links, loc, null);
}

const LOOKUP = findFop('lookup')!;

const lookupCbk: Cbk<'lookup', unknown> = (frame, _cookie, _xl, opRet, opErrno, inode, buf) => {
  const { loc, done } = frame.local as Lookup;
  const reply = [inode, buf];
  const isWhole = applyReply(LOOKUP, [loc, null], opRet, opErrno, reply);
  if (opRet < 0) done(opErrno || EIO);
  else done(isWhole ? (reply[0] as Inode) : ENOENT);
};
