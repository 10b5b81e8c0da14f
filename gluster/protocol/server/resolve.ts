/**
 * Resolves the operands of a call: inodes by gfid, names in directories, open files by number. Uses
 * memory first, and otherwise looks them up at the storage as the same caller.
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

/** The fd number for the file of a gfid without an open. */
const ANONYMOUS = -2;

export interface ResolveScope {
  readonly inodes: InodeTable;
  readonly fds: FdTable;
  /** The target of this client's requests. */
  readonly links: Child;
  /** The gfid of the client's root directory. */
  readonly root: Gfid;
}

/** Receives the operand or the errno. */
export type Done = (found: Loc | Fd | number) => void;

/** Maps the root's gfid to the client's root directory. */
const gfidOf = (gfid: Gfid, root: Gfid): Gfid => (gfid === ROOT_GFID ? root : gfid);

export function resolve(
  frame: Frame,
  need: Need,
  values: readonly unknown[],
  where: ResolveScope,
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

function fdOf(frame: Frame, remote: number, gfid: Gfid, where: ResolveScope, done: Done): void {
  if (remote !== ANONYMOUS) {
    done(where.fds.get(remote) ?? EBADF);
    return;
  }
  inodeOf(frame, gfid, where, (found) =>
    done(typeof found === 'number' ? found : new Fd(found, O_RDWR, frame.root.pid)),
  );
}

/** Finds an inode by gfid: in the table, else at the storage. */
function inodeOf(
  frame: Frame,
  gfid: Gfid,
  { inodes, links }: ResolveScope,
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
  where: ResolveScope,
  done: Done,
): void {
  const { gfid, pargfid, name: nameAt, rule } = need;
  const name = values[nameAt] as string;
  const parentGfid = gfidOf(values[pargfid] as Gfid, where.root);
  // A lookup without a name is by gfid.
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
    // The client's root has no parent directory for it.
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

function byGfid(gfid: Gfid, { inodes }: ResolveScope): Loc | number {
  if (gfid === NULL_GFID) return EINVAL;
  const known = inodes.find(gfid);
  return known === undefined ? new Loc(inodes.newInode(), null, null, gfid) : new Loc(known);
}

function nameIn(
  frame: Frame,
  parent: Inode,
  name: string,
  rule: 'there' | 'absent' | 'any' | 'unasked',
  { inodes, links }: ResolveScope,
  done: Done,
): void {
  const known = name === '.' ? parent : inodes.grep(parent, name);
  const fresh = (): Loc => new Loc(inodes.newInode(), parent, name);
  if (rule === 'unasked') {
    done(known === undefined ? fresh() : new Loc(known, parent, name));
    return;
  }
  // For a name that may be absent, the storage itself checks.
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

/** Looks up a loc for the frame's request. `done` receives the table's inode or the errno. */
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
