/**
 * Decides by a table of the permissions that each fop needs. Callers pass owners, modes and ACLs of inodes
 * (`Subjects`) and get 0, the errno, or `UNKNOWN` if an inode must be looked up first. Callers do not ask for
 * root, which may do everything.
 *
 * The rules are those of GlusterFS 10 `xlators/system/posix-acl/src/posix-acl.c`, and for fops by an open
 * file, which that does not check, those of the same fop by name.
 */
import { ACL_ALIASES, type Acl } from '../../../core/acl.ts';
import type { Dict } from '../../../core/dict.ts';
import { EACCES, EINVAL, EPERM } from '../../../core/errno.ts';
import type { Fd } from '../../../core/fd.ts';
import { SET_ATTR } from '../../../core/fops.ts';
import type { Stack } from '../../../core/frame.ts';
import type { FopName, FopTable } from '../../../core/gen/fops.gen.ts';
import type { Iatt } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import type { Loc } from '../../../core/loc.ts';
import { O_ACCMODE, O_APPEND, O_RDONLY, O_TRUNC } from '../../../core/open-flags.ts';
import { isPermitted, type Protection, R_OK, W_OK, X_OK } from '../../../core/permissions.ts';
import { isMember } from '../../../core/privileges.ts';

/** An inode must be looked up before the decision. */
export const UNKNOWN = -1;

const S_ISVTX = 0o1000;
/** With open: to execute the file (the kernel's FMODE_EXEC). */
const FMODE_EXEC = 0o40;

/** Owner, mode and ACL of an inode, as far as they are known. */
export interface Subject extends Protection {
  /** Null if it has none; may be undefined if the caller is the owner. */
  readonly acl: Acl | null | undefined;
}

/** Null: no such inode, and the storage reports that. Undefined: unknown. */
type MaybeSubject = Subject | null | undefined;

export interface Subjects {
  find(inode: Inode, caller: Stack): MaybeSubject;
  /** The inode that has this name. */
  findNamed(loc: Loc): MaybeSubject;
}

type Rule<N extends FopName> = (
  caller: Stack,
  subjects: Subjects,
  args: FopTable[N]['args'],
) => number;

const isAllowed = (of: Subject, caller: Stack, mask: number): boolean =>
  isPermitted(of, of.acl ?? null, caller, mask);

/** Whether the caller may do what `mask` asks of the inode. */
export function may(caller: Stack, subjects: Subjects, inode: Inode | null, mask: number): number {
  if (inode === null) return 0;
  const of = subjects.find(inode, caller);
  if (of === undefined) return UNKNOWN;
  return of === null || isAllowed(of, caller, mask) ? 0 : EACCES;
}

const mayLink = (caller: Stack, subjects: Subjects, { parent }: Loc): number =>
  may(caller, subjects, parent, W_OK | X_OK);

/** In a directory with the sticky bit a name belongs to the owner of its inode. */
function mayMove(caller: Stack, subjects: Subjects, place: Loc, of = place): number {
  if (place.parent === null) return 0;
  const dir = subjects.find(place.parent, caller);
  if (dir === undefined) return UNKNOWN;
  if (dir === null || (dir.iaProt & S_ISVTX) === 0 || dir.iaUid === caller.uid) return 0;
  const found = subjects.findNamed(of);
  if (found === undefined) return UNKNOWN;
  return found === null || found.iaUid === caller.uid ? 0 : EACCES;
}

const mayUnlink = (caller: Stack, subjects: Subjects, loc: Loc): number =>
  mayLink(caller, subjects, loc) || mayMove(caller, subjects, loc);

const MODES = [R_OK, W_OK, R_OK | W_OK, R_OK | W_OK];

/** The rights to the file that an open with these flags needs. */
export function maskOfOpen(flags: number): number {
  const mode = flags & O_ACCMODE;
  const mask = mode === O_RDONLY && (flags & FMODE_EXEC) !== 0 ? X_OK : MODES[mode]!;
  return (flags & (O_TRUNC | O_APPEND)) === 0 ? mask : mask | W_OK;
}

const TIMES = SET_ATTR.ATIME | SET_ATTR.MTIME | SET_ATTR.ATIME_NOW | SET_ATTR.MTIME_NOW;

/**
 * chmod(2) and chown(2) are the owner's. Writers may also set times: a client that holds
 * data back sets them with it.
 */
function mayChange(
  caller: Stack,
  subjects: Subjects,
  { inode, flags = O_RDONLY }: { readonly inode: Inode | null; readonly flags?: number },
  to: Iatt,
  valid: number,
): number {
  const of = inode === null ? null : subjects.find(inode, caller);
  if (of === undefined) return UNKNOWN;
  if (of === null) return 0;
  const owns = caller.uid === of.iaUid;
  if ((valid & SET_ATTR.MODE) !== 0 && !owns) return EPERM;
  if ((valid & TIMES) !== 0 && !owns) {
    if ((flags & O_ACCMODE) === O_RDONLY && !isAllowed(of, caller, W_OK)) return EACCES;
  }
  if ((valid & SET_ATTR.UID) !== 0 && to.iaUid !== of.iaUid) return EPERM;
  if ((valid & SET_ATTR.GID) === 0 || (owns && to.iaGid === of.iaGid)) return 0;
  return owns && isMember(caller, to.iaGid) ? 0 : EPERM;
}

/** Only the owner of an inode may replace its ACL: 0 or the errno. */
function mayReplaceAcl(caller: Stack, subjects: Subjects, inode: Inode | null): number {
  const of = inode === null ? null : subjects.find(inode, caller);
  if (of === undefined) return UNKNOWN;
  return of === null || of.iaUid === caller.uid ? 0 : EPERM;
}

/** Whether an attribute of this name is an ACL, or becomes one. */
export const isAclAlias = (name: string | null): boolean =>
  name !== null && ACL_ALIASES.includes(name);

export const setsAcl = (dict: Dict | null): boolean =>
  dict !== null && ACL_ALIASES.some((name) => dict.has(name));

type Of = Loc | Fd;

const maySetXattr = (
  caller: Stack,
  subjects: Subjects,
  [{ inode }, dict]: [Of, Dict | null, ...unknown[]],
): number =>
  setsAcl(dict) ? mayReplaceAcl(caller, subjects, inode) : may(caller, subjects, inode, W_OK);

/** The kernel reads labels and capabilities (`security.`) to enforce them, as the caller. */
const mayGetXattr = (
  caller: Stack,
  subjects: Subjects,
  [{ inode }, name]: [Of, string | null, ...unknown[]],
): number =>
  isAclAlias(name) || name?.startsWith('security.') === true
    ? 0
    : may(caller, subjects, inode, R_OK);

const mayRemoveXattr = (
  caller: Stack,
  subjects: Subjects,
  [{ inode }, name]: [Of, string, ...unknown[]],
): number =>
  (isAclAlias(name) ? mayReplaceAcl(caller, subjects, inode) : 0) ||
  may(caller, subjects, inode, W_OK);

/** F_OK (0) is left to the storage: whether the inode exists. */
function mayAccess(caller: Stack, subjects: Subjects, { inode }: Loc, mask: number): number {
  const asked = mask & (R_OK | W_OK | X_OK);
  if (asked === 0) return mask === 0 ? 0 : EINVAL;
  return may(caller, subjects, inode, asked);
}

/** Rules by fop. Other fops need no permission, or were checked when their file was opened. */
export const rules: { readonly [N in FopName]?: Rule<N> } = {
  lookup: (caller, subjects, [loc]) => may(caller, subjects, loc.parent, X_OK),
  access: (caller, subjects, [loc, mask]) => mayAccess(caller, subjects, loc, mask),
  open: (caller, subjects, [loc, flags]) => may(caller, subjects, loc.inode, maskOfOpen(flags)),
  opendir: (caller, subjects, [loc]) => may(caller, subjects, loc.inode, R_OK),
  readdir: (caller, subjects, [fd]) => may(caller, subjects, fd.inode, R_OK),
  readdirp: (caller, subjects, [fd]) => may(caller, subjects, fd.inode, R_OK),
  truncate: (caller, subjects, [loc]) => may(caller, subjects, loc.inode, W_OK),
  mknod: (caller, subjects, [loc]) => mayLink(caller, subjects, loc),
  mkdir: (caller, subjects, [loc]) => mayLink(caller, subjects, loc),
  symlink: (caller, subjects, [, loc]) => mayLink(caller, subjects, loc),
  create: (caller, subjects, [loc]) => mayLink(caller, subjects, loc),
  put: (caller, subjects, [loc]) => mayLink(caller, subjects, loc),
  namelink: (caller, subjects, [loc]) => mayLink(caller, subjects, loc),
  link: (caller, subjects, [old, to]) =>
    mayLink(caller, subjects, to) || mayMove(caller, subjects, to, old),
  unlink: (caller, subjects, [loc]) => mayUnlink(caller, subjects, loc),
  rmdir: (caller, subjects, [loc]) => mayUnlink(caller, subjects, loc),
  rename: (caller, subjects, [from, to]) =>
    mayUnlink(caller, subjects, from) || mayUnlink(caller, subjects, to),
  setattr: (caller, subjects, [loc, to, valid]) => mayChange(caller, subjects, loc, to, valid),
  fsetattr: (caller, subjects, [fd, to, valid]) => mayChange(caller, subjects, fd, to, valid),
  setxattr: maySetXattr,
  fsetxattr: maySetXattr,
  getxattr: mayGetXattr,
  fgetxattr: mayGetXattr,
  removexattr: mayRemoveXattr,
  fremovexattr: mayRemoveXattr,
};

/** 0, the errno, or `UNKNOWN`. */
export function verdict(
  name: FopName,
  caller: Stack,
  subjects: Subjects,
  args: readonly unknown[],
): number {
  const rule = rules[name] as Rule<never> | undefined;
  return rule === undefined ? 0 : rule(caller, subjects, args as never);
}
