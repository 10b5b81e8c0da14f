/**
 * Resolves the operands of a call: inodes by gfid, names in directories, open files by number. Searches the inode
 * table first, then looks up at the storage as the same caller.
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
import { closeFd, type FdTable } from '../../../runtime/core/fd-table.ts';
import { findFop } from '../../../runtime/core/fops.ts';
import type { Frame } from '../../../runtime/core/frame.ts';
import { wind } from '../../../runtime/core/gen/fops.gen.ts';
import { type Gfid, NULL_GFID, ROOT_GFID } from '../../../runtime/core/gfid.ts';
import type { Inode, InodeTable } from '../../../runtime/core/inode.ts';
import { O_EXCL, O_RDWR } from '../../../runtime/core/open-flags.ts';
import { Fd, Loc } from '../../../runtime/core/operands.ts';
import type { Cbk, Child } from '../../../runtime/core/xlator.ts';
import type { NameRule, Operand } from './unmarshal.ts';

type EntryOperand = Operand & { readonly kind: 'entry' };

/** The fd number of a request on a file that is not open: the file is found by its gfid. */
export const ANONYMOUS_FD = -2;

/** The part of a client's brick in which its calls are resolved. */
export interface ResolveScope {
  readonly inodes: InodeTable;
  readonly fds: FdTable;
  /** The volume to which this client's requests are wound. */
  readonly links: Child;
  /** Whether the volumes list a directory without an opendir. */
  readonly listsUnopened: boolean;
  /** The gfid of the client's root directory. */
  readonly root: Gfid;
}

/** Called with the operand, or with the errno. */
export type OnOperand = (operand: Loc | Fd | number) => void;

/** Maps the root's gfid to the client's root directory. */
const mapRootGfid = (gfid: Gfid, root: Gfid): Gfid => (gfid === ROOT_GFID ? root : gfid);

/** Resolves one operand. @param values the fields of the call */
export function resolveOperand(
  frame: Frame,
  operand: Operand,
  values: readonly unknown[],
  scope: ResolveScope,
  onResult: OnOperand,
): void {
  const readGfid = (index: number): Gfid =>
    index < 0 ? NULL_GFID : mapRootGfid(values[index] as Gfid, scope.root);
  switch (operand.kind) {
    case 'inode':
      findInode(frame, readGfid(operand.gfidIndex), scope, (inode) =>
        onResult(typeof inode === 'number' ? inode : new Loc(inode)),
      );
      return;
    case 'fd':
      findFd(
        frame,
        values[operand.numberIndex] as number,
        readGfid(operand.gfidIndex),
        scope,
        onResult,
      );
      return;
    case 'entry':
      findEntry(frame, operand, values, scope, onResult);
      return;
    case 'nameless':
      findInode(frame, readGfid(operand.gfidIndex), scope, (inode) =>
        onResult(typeof inode === 'number' ? inode : new Loc(scope.inodes.newInode(), inode)),
      );
      return;
    // The caller makes new fds itself.
    case 'newFd':
      onResult(EINVAL);
  }
}

/** Finds the open file of a number; for ANONYMOUS_FD makes an fd of the file with this gfid, for the caller to close. */
function findFd(
  frame: Frame,
  fdNumber: number,
  gfid: Gfid,
  scope: ResolveScope,
  onResult: OnOperand,
): void {
  if (fdNumber !== ANONYMOUS_FD) {
    onResult(scope.fds.get(fdNumber) ?? EBADF);
    return;
  }
  findInode(frame, gfid, scope, (inode) => {
    if (typeof inode === 'number') return onResult(inode);
    const fd = new Fd(inode, O_RDWR, frame.root.pid, inode.isDir);
    if (!inode.isDir || scope.listsUnopened) onResult(fd);
    else openDirectory(frame, scope.links, fd, onResult);
  });
}

/** An opendir under way; the frame's local until its reply. */
interface OpenState {
  readonly fd: Fd;
  readonly onResult: OnOperand;
}

/** Opens the directory of an fd for volumes that need that. */
function openDirectory(frame: Frame, links: Child, fd: Fd, onResult: OnOperand): void {
  frame.local = { fd, onResult } satisfies OpenState;
  wind.opendir(frame, 0, opendirCbk, links, new Loc(fd.inode), fd, null);
}

const opendirCbk: Cbk<'opendir', unknown> = (frame, _cookie, _xl, opRet, opErrno) => {
  const { fd, onResult } = frame.local as OpenState;
  if (opRet >= 0) return onResult(fd);
  closeFd(fd);
  onResult(opErrno || EIO);
};

/** Finds an inode by gfid: in the table, else at the storage. */
function findInode(
  frame: Frame,
  gfid: Gfid,
  { inodes, links }: ResolveScope,
  onResult: (inode: Inode | number) => void,
): void {
  const cachedInode = inodes.find(gfid);
  if (cachedInode !== undefined || gfid === NULL_GFID) {
    onResult(cachedInode ?? EINVAL);
    return;
  }
  lookupLoc(frame, links, new Loc(inodes.newInode(), null, null, gfid), (inode) =>
    // A gfid without a file is stale, as after a removal.
    onResult(inode === ENOENT ? ESTALE : inode),
  );
}

/** Resolves a name in a directory, as its rule demands (`NameRule`). */
function findEntry(
  frame: Frame,
  operand: EntryOperand,
  values: readonly unknown[],
  scope: ResolveScope,
  onResult: OnOperand,
): void {
  const { gfidIndex, pargfidIndex, nameIndex, rule } = operand;
  const name = values[nameIndex] as string;
  const parentGfid = mapRootGfid(values[pargfidIndex] as Gfid, scope.root);
  // A lookup without a name is by gfid.
  if (rule === 'unchecked' && (name === '' || parentGfid === NULL_GFID)) {
    onResult(makeLocByGfid(mapRootGfid(values[gfidIndex] as Gfid, scope.root), scope));
    return;
  }
  if (name.includes('/')) {
    onResult(EPERM);
    return;
  }
  const isDots = name === '.' || name === '..';
  findInode(frame, parentGfid, scope, (parent) => {
    if (typeof parent === 'number') onResult(parent);
    else if (!parent.isDir) onResult(EPERM);
    else if (isDots && rule !== 'unchecked') onResult(findDotsErrno(operand, values));
    // A client does not see the parent directory of its root.
    else if (name === '..' && parentGfid === scope.root) onResult(ENOENT);
    else findName(frame, parent, name, rule, scope, onResult);
  });
}

/** Finds the errno with which GlusterFS's brick refuses to make, open or remove "." or "..". */
function findDotsErrno({ rule, flagsIndex }: EntryOperand, values: readonly unknown[]): number {
  if (rule === 'exists') return ENOENT;
  const flags = flagsIndex < 0 ? 0 : (values[flagsIndex] as number);
  return flags === 0 || (flags & O_EXCL) !== 0 ? EEXIST : EISDIR;
}

/** Makes the loc of a gfid, with a new inode if the table does not have it; EINVAL for no gfid. */
function makeLocByGfid(gfid: Gfid, { inodes }: ResolveScope): Loc | number {
  if (gfid === NULL_GFID) return EINVAL;
  const cachedInode = inodes.find(gfid);
  return cachedInode === undefined
    ? new Loc(inodes.newInode(), null, null, gfid)
    : new Loc(cachedInode);
}

/** Makes the loc of a name: its inode is from the table, or from a lookup if the rule needs one. */
function findName(
  frame: Frame,
  parent: Inode,
  name: string,
  rule: NameRule,
  { inodes, links }: ResolveScope,
  onResult: OnOperand,
): void {
  const cachedInode = name === '.' ? parent : parent.children?.get(name);
  const makeNewLoc = (): Loc => new Loc(inodes.newInode(), parent, name);
  if (rule === 'unchecked') {
    onResult(cachedInode === undefined ? makeNewLoc() : new Loc(cachedInode, parent, name));
    return;
  }
  // An unknown name that need not exist is not looked up: the storage checks when it performs the fop.
  if (cachedInode === undefined && rule !== 'exists') {
    onResult(makeNewLoc());
    return;
  }
  lookupLoc(frame, links, new Loc(cachedInode ?? inodes.newInode(), parent, name), (inode) => {
    if (typeof inode !== 'number')
      onResult(rule === 'absent' ? EEXIST : new Loc(inode, parent, name));
    else if (rule === 'exists') onResult(inode);
    else {
      inodes.unlink(parent, name);
      onResult(makeNewLoc());
    }
  });
}

/** A lookup under way; the frame's local until its reply. */
interface LookupState {
  readonly loc: Loc;
  readonly onResult: (inode: Inode | number) => void;
}

/** Looks up a loc for the frame's request. @param onResult called with the table's inode or the errno */
export function lookupLoc(
  frame: Frame,
  links: Child,
  loc: Loc,
  onResult: LookupState['onResult'],
): void {
  frame.local = { loc, onResult } satisfies LookupState;
  wind.lookup(frame, 0, lookupCbk, links, loc, null);
}

/** The description of lookup, by which its replies are applied. */
const LOOKUP_FOP = findFop('lookup')!;

const lookupCbk: Cbk<'lookup', unknown> = (frame, _cookie, _xl, opRet, opErrno, inode, buf) => {
  const { loc, onResult } = frame.local as LookupState;
  const reply = [inode, buf];
  const isComplete = applyReply(LOOKUP_FOP, [loc, null], opRet, opErrno, reply);
  if (opRet < 0) onResult(opErrno || EIO);
  else onResult(isComplete ? (reply[0] as Inode) : ENOENT);
};
