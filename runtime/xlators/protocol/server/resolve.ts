/**
 * Finds what a call names: inodes by their gfids, names in folders, open files by their numbers. What is
 * in memory is at hand; the storage is asked for what is not, by requests of the same caller.
 *
 * Source: GlusterFS 10 `xlators/protocol/server/src/server-resolve.c`.
 */
import { EBADF, EEXIST, EINVAL, ENOENT, EPERM, ESTALE } from '../../../core/errno.ts';
import { Fd } from '../../../core/fd.ts';
import type { FdTable } from '../../../core/fd-table.ts';
import { wind } from '../../../core/fops.gen.ts';
import type { Frame } from '../../../core/frame.ts';
import { type Gfid, NULL_GFID } from '../../../core/gfid.ts';
import type { Iatt } from '../../../core/iatt.ts';
import type { Inode, InodeTable } from '../../../core/inode.ts';
import { Loc } from '../../../core/loc.ts';
import { O_RDWR } from '../../../core/open-flags.ts';
import type { Child } from '../../../core/xlator.ts';
import { gfidOf } from './subdir.ts';
import type { Need } from './unmarshal.ts';

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
  const loc = new Loc(inodes.newInode(), null, null, gfid);
  lookup(frame, links, loc, (opErrno, inode, buf) => {
    const linked = opErrno === 0 && inode && buf ? inodes.link(inode, null, null, buf) : null;
    done(linked ?? (opErrno === ENOENT || opErrno === 0 ? ESTALE : opErrno));
  });
}

function entryOf(
  frame: Frame,
  { gfid, pargfid, name: nameAt, rule }: Need & { readonly kind: 'entry' },
  values: readonly unknown[],
  where: Found,
  done: Done,
): void {
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
  // Above its folder there is nothing for this client.
  if (name === '..' && parentGfid === where.root) {
    done(ENOENT);
    return;
  }
  inodeOf(frame, parentGfid, where, (parent) => {
    if (typeof parent === 'number') done(parent);
    else if (!parent.isDir) done(EPERM);
    else nameIn(frame, parent, name, rule, where, done);
  });
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
  const known = inodes.grep(parent, name);
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
  lookup(frame, links, new Loc(known ?? inodes.newInode(), parent, name), (opErrno, inode, buf) => {
    const linked = opErrno === 0 && inode && buf ? inodes.link(inode, parent, name, buf) : null;
    if (linked !== null) done(rule === 'absent' ? EEXIST : new Loc(linked, parent, name));
    else if (rule === 'there') done(opErrno || ENOENT);
    else {
      inodes.unlink(parent, name);
      done(fresh());
    }
  });
}

function lookup(
  frame: Frame,
  links: Child,
  loc: Loc,
  done: (opErrno: number, inode: Inode | null, buf: Iatt | null) => void,
): void {
  frame.local = done;
  wind.lookup(frame, 0, lookupCbk, links, loc, null);
}

const lookupCbk = (
  frame: Frame,
  _cookie: number,
  _xl: unknown,
  opRet: number,
  opErrno: number,
  inode: Inode | null,
  buf: Iatt | null,
): void => {
  const done = frame.local as Parameters<typeof lookup>[3];
  done(opRet < 0 ? opErrno : 0, inode, buf);
};
