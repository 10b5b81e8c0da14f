/**
 * Decides whether a request is permitted, by a table of the permissions that each fop needs. The volume passes owners,
 * modes and ACLs of inodes (`InodeProtections`) and gets 0, the errno, or `UNKNOWN` if an inode must be looked up
 * first. For root, who may do everything, it does not call the rules.
 *
 * The rules are those of GlusterFS 10 `xlators/system/posix-acl/src/posix-acl.c`. Fops by an open file, which
 * GlusterFS does not check, have the rules of the same fop by name.
 */
import { ACL_ALIASES, type Acl } from '../../../core/acl.ts';
import type { Dict } from '../../../core/dict.ts';
import { EACCES, EINVAL, EPERM } from '../../../core/errno.ts';
import { SET_ATTR } from '../../../core/fops.ts';
import { isRootOrMember, type Stack } from '../../../core/frame.ts';
import type { FopName, FopTable } from '../../../core/gen/fops.gen.ts';
import type { Iatt } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import { O_ACCMODE, O_APPEND, O_RDONLY, O_TRUNC } from '../../../core/open-flags.ts';
import type { Fd, Loc } from '../../../core/operands.ts';
import { isPermitted, type Protection, R_OK, W_OK, X_OK } from '../../../core/permissions.ts';

/** The result of a rule for which an inode must be looked up first. */
export const UNKNOWN = -1;

const S_ISVTX = 0o1000;
/** With open: to execute the file (the kernel's FMODE_EXEC). */
const FMODE_EXEC = 0o40;

/** Owner, mode and ACL of an inode, as far as they are known. */
export interface InodeProtection extends Protection {
  /** Null for an inode without ACL; may be undefined if the caller is the owner. */
  readonly acl: Acl | null | undefined;
}

/** A protection; null if the inode does not exist, which the storage will report; undefined if it is unknown. */
type MaybeProtection = InodeProtection | null | undefined;

/** Finds owners, modes and ACLs of inodes; `known-protections.ts` implements it. */
export interface InodeProtections {
  find(inode: Inode, caller: Stack): MaybeProtection;
  /** The inode that has this name. */
  findNamed(loc: Loc): MaybeProtection;
}

/** Checks the permissions of one fop. Returns 0, the errno, or `UNKNOWN`. */
type Rule<N extends FopName> = (
  caller: Stack,
  protections: InodeProtections,
  args: FopTable[N]['args'],
) => number;

/** Whether the mode and ACL of a protection permit the caller an access. */
const isAllowed = (protection: InodeProtection, caller: Stack, mask: number): boolean =>
  isPermitted(protection, protection.acl ?? null, caller, mask);

/** Checks the permissions `mask` (R_OK, W_OK, X_OK) on an inode. Returns 0, EACCES or `UNKNOWN`. */
export function checkAccessMask(
  caller: Stack,
  protections: InodeProtections,
  inode: Inode | null,
  mask: number,
): number {
  if (inode === null) return 0;
  const protection = protections.find(inode, caller);
  if (protection === undefined) return UNKNOWN;
  return protection === null || isAllowed(protection, caller, mask) ? 0 : EACCES;
}

/** Checks a fop that adds or removes a name in the loc's directory. */
const checkEntryChange = (caller: Stack, protections: InodeProtections, { parent }: Loc): number =>
  checkAccessMask(caller, protections, parent, W_OK | X_OK);

/**
 * Checks that only the owner of an inode removes or links it in a directory with the sticky bit.
 * @param inodeLoc a loc of the inode, if `loc` is a new name for it
 */
function checkSticky(
  caller: Stack,
  protections: InodeProtections,
  loc: Loc,
  inodeLoc = loc,
): number {
  if (loc.parent === null) return 0;
  const dir = protections.find(loc.parent, caller);
  if (dir === undefined) return UNKNOWN;
  if (dir === null || (dir.iaProt & S_ISVTX) === 0 || dir.iaUid === caller.uid) return 0;
  const namedProtection = protections.findNamed(inodeLoc);
  if (namedProtection === undefined) return UNKNOWN;
  return namedProtection === null || namedProtection.iaUid === caller.uid ? 0 : EACCES;
}

/** Checks a fop that removes, moves or replaces a name. */
const checkUnlink = (caller: Stack, protections: InodeProtections, loc: Loc): number =>
  checkEntryChange(caller, protections, loc) || checkSticky(caller, protections, loc);

/** Permissions by open(2)'s access mode: O_RDONLY, O_WRONLY, O_RDWR, and the invalid 3. */
const MASK_BY_MODE = [R_OK, W_OK, R_OK | W_OK, R_OK | W_OK];

/** Returns the permissions on the file that an open with these flags needs. */
export function computeOpenMask(flags: number): number {
  const mode = flags & O_ACCMODE;
  const mask = mode === O_RDONLY && (flags & FMODE_EXEC) !== 0 ? X_OK : MASK_BY_MODE[mode]!;
  return (flags & (O_TRUNC | O_APPEND)) === 0 ? mask : mask | W_OK;
}

const TIME_BITS = SET_ATTR.ATIME | SET_ATTR.MTIME | SET_ATTR.ATIME_NOW | SET_ATTR.MTIME_NOW;

/**
 * Checks a setattr. Only the owner may chmod(2) and chown(2). Writers may also set times: a client that caches writes
 * sets the times together with the data.
 */
function checkSetattr(
  caller: Stack,
  protections: InodeProtections,
  { inode, flags = O_RDONLY }: { readonly inode: Inode | null; readonly flags?: number },
  attributes: Iatt,
  valid: number,
): number {
  const protection = inode === null ? null : protections.find(inode, caller);
  if (protection === undefined) return UNKNOWN;
  if (protection === null) return 0;
  const isOwner = caller.uid === protection.iaUid;
  if ((valid & SET_ATTR.MODE) !== 0 && !isOwner) return EPERM;
  if ((valid & TIME_BITS) !== 0 && !isOwner) {
    if ((flags & O_ACCMODE) === O_RDONLY && !isAllowed(protection, caller, W_OK)) return EACCES;
  }
  if ((valid & SET_ATTR.UID) !== 0 && attributes.iaUid !== protection.iaUid) return EPERM;
  if ((valid & SET_ATTR.GID) === 0 || (isOwner && attributes.iaGid === protection.iaGid)) return 0;
  return isOwner && isRootOrMember(caller, attributes.iaGid) ? 0 : EPERM;
}

/** Checks that only the owner of an inode replaces its ACL. Returns 0, the errno or `UNKNOWN`. */
function checkAclChange(caller: Stack, protections: InodeProtections, inode: Inode | null): number {
  const protection = inode === null ? null : protections.find(inode, caller);
  if (protection === undefined) return UNKNOWN;
  return protection === null || protection.iaUid === caller.uid ? 0 : EPERM;
}

/** Whether this name of an attribute sets an ACL (`ACL_ALIASES`). */
export const isAclAlias = (name: string | null): boolean =>
  name !== null && ACL_ALIASES.includes(name);

/** Whether a setxattr's dict sets an ACL. */
export const setsAcl = (dict: Dict | null): boolean =>
  dict !== null && ACL_ALIASES.some((name) => dict.has(name));

type Target = Loc | Fd;

const checkSetXattr = (
  caller: Stack,
  protections: InodeProtections,
  [{ inode }, dict]: [Target, Dict | null, ...unknown[]],
): number =>
  setsAcl(dict)
    ? checkAclChange(caller, protections, inode)
    : checkAccessMask(caller, protections, inode, W_OK);

/** Checks a getxattr. `security.` attributes (labels, capabilities) pass: the kernel reads them for any caller. */
const checkGetXattr = (
  caller: Stack,
  protections: InodeProtections,
  [{ inode }, name]: [Target, string | null, ...unknown[]],
): number =>
  isAclAlias(name) || name?.startsWith('security.') === true
    ? 0
    : checkAccessMask(caller, protections, inode, R_OK);

const checkRemoveXattr = (
  caller: Stack,
  protections: InodeProtections,
  [{ inode }, name]: [Target, string, ...unknown[]],
): number =>
  (isAclAlias(name) ? checkAclChange(caller, protections, inode) : 0) ||
  checkAccessMask(caller, protections, inode, W_OK);

/** Checks an access. F_OK (0) asks whether the inode exists, which the storage decides. */
function checkAccess(
  caller: Stack,
  protections: InodeProtections,
  { inode }: Loc,
  mask: number,
): number {
  const requested = mask & (R_OK | W_OK | X_OK);
  if (requested === 0) return mask === 0 ? 0 : EINVAL;
  return checkAccessMask(caller, protections, inode, requested);
}

/** Rules by fop. Other fops need no permission, or were checked when their file was opened. */
export const rules: { readonly [N in FopName]?: Rule<N> } = {
  lookup: (caller, protections, [loc]) => checkAccessMask(caller, protections, loc.parent, X_OK),
  access: (caller, protections, [loc, mask]) => checkAccess(caller, protections, loc, mask),
  open: (caller, protections, [loc, flags]) =>
    checkAccessMask(caller, protections, loc.inode, computeOpenMask(flags)),
  opendir: (caller, protections, [loc]) => checkAccessMask(caller, protections, loc.inode, R_OK),
  readdir: (caller, protections, [fd]) => checkAccessMask(caller, protections, fd.inode, R_OK),
  readdirp: (caller, protections, [fd]) => checkAccessMask(caller, protections, fd.inode, R_OK),
  truncate: (caller, protections, [loc]) => checkAccessMask(caller, protections, loc.inode, W_OK),
  mknod: (caller, protections, [loc]) => checkEntryChange(caller, protections, loc),
  mkdir: (caller, protections, [loc]) => checkEntryChange(caller, protections, loc),
  symlink: (caller, protections, [, loc]) => checkEntryChange(caller, protections, loc),
  create: (caller, protections, [loc]) => checkEntryChange(caller, protections, loc),
  put: (caller, protections, [loc]) => checkEntryChange(caller, protections, loc),
  namelink: (caller, protections, [loc]) => checkEntryChange(caller, protections, loc),
  link: (caller, protections, [oldLoc, newLoc]) =>
    checkEntryChange(caller, protections, newLoc) ||
    checkSticky(caller, protections, newLoc, oldLoc),
  unlink: (caller, protections, [loc]) => checkUnlink(caller, protections, loc),
  rmdir: (caller, protections, [loc]) => checkUnlink(caller, protections, loc),
  rename: (caller, protections, [oldLoc, newLoc]) =>
    checkUnlink(caller, protections, oldLoc) || checkUnlink(caller, protections, newLoc),
  setattr: (caller, protections, [loc, stbuf, valid]) =>
    checkSetattr(caller, protections, loc, stbuf, valid),
  fsetattr: (caller, protections, [fd, stbuf, valid]) =>
    checkSetattr(caller, protections, fd, stbuf, valid),
  setxattr: checkSetXattr,
  fsetxattr: checkSetXattr,
  getxattr: checkGetXattr,
  fgetxattr: checkGetXattr,
  removexattr: checkRemoveXattr,
  fremovexattr: checkRemoveXattr,
};

/** Checks a request by the rule of its fop. Returns 0, the errno, or `UNKNOWN`. */
export function checkRequest(
  name: FopName,
  caller: Stack,
  protections: InodeProtections,
  args: readonly unknown[],
): number {
  const rule = rules[name] as Rule<never> | undefined;
  return rule === undefined ? 0 : rule(caller, protections, args as never);
}
