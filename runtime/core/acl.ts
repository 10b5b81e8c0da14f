/**
 * Encodes and decodes POSIX ACLs in extended attributes, combines them with mode bits, and checks a caller's rights.
 * Used by storages, which store the attributes, and by the mount.
 *
 * Sources: Linux `include/uapi/linux/posix_acl_xattr.h`, `fs/posix_acl.c`; acl(5).
 */
import { EINVAL, EOPNOTSUPP } from './errno.ts';
import { isRootOrMember, type Stack } from './frame.ts';

/** Names of the ACL that controls access, and of a directory's default ACL for new inodes. */
export const ACL_ACCESS = 'system.posix_acl_access';
export const ACL_DEFAULT = 'system.posix_acl_default';

export const ACL_NAMES = [ACL_ACCESS, ACL_DEFAULT] as const;

export const isAclName = (name: string): boolean => name === ACL_ACCESS || name === ACL_DEFAULT;

/** All names of extended attributes that set an ACL. The last two set it as text, on GlusterFS's bricks. */
export const ACL_ALIASES: readonly string[] = [
  ...ACL_NAMES,
  'glusterfs.posix.acl',
  'glusterfs.posix.default_acl',
];

/** The rights of one user or group, or of a class of them. */
export interface AclEntry {
  /** One of the tags below, USER_OBJ to OTHER. */
  readonly tag: number;
  /** rwx, as in a mode. */
  readonly perm: number;
  /** The uid or gid, for the tags USER and GROUP. */
  readonly id: number;
}

/** The entries, in the order of their tags, as the kernel requires. */
export type Acl = readonly AclEntry[];

const USER_OBJ = 1;
const USER = 2;
const GROUP_OBJ = 4;
const GROUP = 8;
const MASK = 16;
const OTHER = 32;

const VERSION = 2;
const HEADER_BYTES = 4;
const ENTRY_BYTES = 8;
/** The id of entries without a uid or gid (ACL_UNDEFINED_ID). */
const NO_ID = 0xffff_ffff;

const hasId = (tag: number): boolean => tag === USER || tag === GROUP;

/**
 * Decodes an attribute. Checks its format and tags, but not the order of the entries (`isValidAcl`).
 * @returns null for a list without entries, or an errno if the attribute is malformed
 */
export function decodeAcl(bytes: Uint8Array): Acl | null | number {
  if (bytes.length === 0) return null;
  if (bytes.length < HEADER_BYTES) return EINVAL;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== VERSION) return EOPNOTSUPP;
  if ((bytes.length - HEADER_BYTES) % ENTRY_BYTES !== 0) return EINVAL;
  const acl: AclEntry[] = [];
  for (let position = HEADER_BYTES; position < bytes.length; position += ENTRY_BYTES) {
    const tag = view.getUint16(position, true);
    const perm = view.getUint16(position + 2, true);
    acl.push({ tag, perm, id: hasId(tag) ? view.getUint32(position + 4, true) : NO_ID });
  }
  if (acl.some(({ tag }) => !TAG_LETTERS.has(tag))) return EINVAL;
  return acl.length === 0 ? null : acl;
}

/** Encodes a list as the value of an extended attribute. */
export function encodeAcl(acl: Acl): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + acl.length * ENTRY_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, VERSION, true);
  for (const [i, { tag, perm, id }] of acl.entries()) {
    const position = HEADER_BYTES + i * ENTRY_BYTES;
    view.setUint16(position, tag, true);
    view.setUint16(position + 2, perm, true);
    view.setUint32(position + 4, id, true);
  }
  return bytes;
}

/** A letter for each tag: the letters of a list's tags form a text that `VALID_ORDER` checks. */
const TAG_LETTERS = new Map([
  [USER_OBJ, 'U'],
  [USER, 'u'],
  [GROUP_OBJ, 'G'],
  [GROUP, 'g'],
  [MASK, 'm'],
  [OTHER, 'o'],
]);
/** The valid sequences of tags, as letters. Named users and groups need a mask. */
const VALID_ORDER = /^U(?:u*Gg*m|G)o$/;

/** Whether a list has all required entries, in order, and none twice that may occur only once. */
export function isValidAcl(acl: Acl): boolean {
  const areEntriesValid = acl.every(
    ({ tag, perm, id }) => perm <= 7 && !(hasId(tag) && id === NO_ID),
  );
  return areEntriesValid && VALID_ORDER.test(acl.map(({ tag }) => TAG_LETTERS.get(tag)).join(''));
}

/** Decodes a list. Returns null if it is invalid, or if a mode can express it, so that it need not be stored. */
export function decodeExtendedAcl(bytes: Uint8Array): Acl | null {
  const acl = decodeAcl(bytes);
  return acl === null || typeof acl === 'number' || !isValidAcl(acl) || fitsMode(acl) ? null : acl;
}

/** Whether a mode can express a valid list: it has only the three entries without names or mask. */
export const fitsMode = (acl: Acl): boolean => acl.length === 3;

/** Lists the tags that correspond to the mode's three groups of bits. A mask takes the place of the group. */
function listModeShifts(acl: Acl): readonly (readonly [tag: number, shift: number])[] {
  const hasMask = acl.some(({ tag }) => tag === MASK);
  return [
    [USER_OBJ, 6],
    [hasMask ? MASK : GROUP_OBJ, 3],
    [OTHER, 0],
  ];
}

/** Computes the nine mode bits of a list. */
export function computeAclMode(acl: Acl): number {
  const shifts = listModeShifts(acl);
  return shifts.reduce(
    (mode, [tag, shift]) => mode | (acl.find((entry) => entry.tag === tag)!.perm << shift),
    0,
  );
}

/** Returns the list as chmod(2) to `mode` changes it. */
export function applyModeToAcl(acl: Acl, mode: number): Acl {
  const shifts = new Map(listModeShifts(acl));
  return acl.map((entry) => {
    const shift = shifts.get(entry.tag);
    return shift === undefined ? entry : { ...entry, perm: (mode >> shift) & 7 };
  });
}

/** Makes the list of a new inode with this mode, from its directory's default ACL. */
export const makeInheritedAcl = (defaults: Acl, mode: number): Acl =>
  applyModeToAcl(defaults, computeAclMode(defaults) & mode);

/**
 * Whether the ACL grants the rights in `mask` (R_OK 4, W_OK 2, X_OK 1).
 * @param gid the group of the inode
 * @param caller neither root nor the owner, for whom the mode decides
 */
export function isPermittedByAcl(acl: Acl, gid: number, caller: Stack, mask: number): boolean {
  // The mask limits the rights of named users and of all groups.
  let maskBits = 7;
  let otherBits = 0;
  for (const { tag, perm } of acl) {
    if (tag === MASK) maskBits = perm;
    else if (tag === OTHER) otherBits = perm;
  }
  let isInGroup = false;
  for (const { tag, perm, id } of acl) {
    const isGranted = (perm & maskBits & mask) === mask;
    if (tag === USER && id === caller.uid) return isGranted;
    if (
      (tag !== GROUP_OBJ || !isRootOrMember(caller, gid)) &&
      (tag !== GROUP || !isRootOrMember(caller, id))
    ) {
      continue;
    }
    if (isGranted) return true;
    isInGroup = true;
  }
  return !isInGroup && (otherBits & mask) === mask;
}
