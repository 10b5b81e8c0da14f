/**
 * POSIX access control lists: what the extended attributes hold, and how a list and a mode go
 * together. All of it is arithmetic; `xattr.ts` keeps the lists.
 *
 * Sources: Linux `include/uapi/linux/posix_acl_xattr.h`, `fs/posix_acl.c`; acl(5).
 */
import { EINVAL, EOPNOTSUPP } from '../../../core/errno.ts';
import type { Stack } from '../../../core/frame.ts';
import { isMember } from '../../../core/privileges.ts';

/** The attributes: who may do what here, and what is made in this directory begins with. */
export const ACL_ACCESS = 'system.posix_acl_access';
export const ACL_DEFAULT = 'system.posix_acl_default';

export const isAcl = (name: string): boolean => name === ACL_ACCESS || name === ACL_DEFAULT;

export interface AclEntry {
  readonly tag: number;
  /** rwx, as in a mode. */
  readonly perm: number;
  /** A uid or gid, where the tag names somebody. */
  readonly id: number;
}

/** In the order of the tags, which is the one that the kernel demands. */
export type Acl = readonly AclEntry[];

const USER_OBJ = 1;
const USER = 2;
const GROUP_OBJ = 4;
const GROUP = 8;
const MASK = 16;
const OTHER = 32;

const VERSION = 2;
const HEADER_SIZE = 4;
const ENTRY_SIZE = 8;
/** In place of an id, and never one. */
const NOBODY = 0xffff_ffff;

const isNamed = (tag: number): boolean => tag === USER || tag === GROUP;

/** The list that an attribute holds, sound or not; null for one without entries; or the errno. */
export function decodeAcl(bytes: Uint8Array): Acl | null | number {
  if (bytes.length === 0) return null;
  if (bytes.length < HEADER_SIZE) return EINVAL;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== VERSION) return EOPNOTSUPP;
  if ((bytes.length - HEADER_SIZE) % ENTRY_SIZE !== 0) return EINVAL;
  const acl: AclEntry[] = [];
  for (let at = HEADER_SIZE; at < bytes.length; at += ENTRY_SIZE) {
    const tag = view.getUint16(at, true);
    const perm = view.getUint16(at + 2, true);
    acl.push({ tag, perm, id: isNamed(tag) ? view.getUint32(at + 4, true) : NOBODY });
  }
  if (acl.some(({ tag }) => !LETTERS.has(tag))) return EINVAL;
  return acl.length === 0 ? null : acl;
}

export function encodeAcl(acl: Acl): Uint8Array {
  const bytes = new Uint8Array(HEADER_SIZE + acl.length * ENTRY_SIZE);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, VERSION, true);
  for (const [i, { tag, perm, id }] of acl.entries()) {
    const at = HEADER_SIZE + i * ENTRY_SIZE;
    view.setUint16(at, tag, true);
    view.setUint16(at + 2, perm, true);
    view.setUint32(at + 4, id, true);
  }
  return bytes;
}

/** Each tag as a letter: what the list is then has to be of this form. */
const LETTERS = new Map([
  [USER_OBJ, 'U'],
  [USER, 'u'],
  [GROUP_OBJ, 'G'],
  [GROUP, 'g'],
  [MASK, 'm'],
  [OTHER, 'o'],
]);
/** With a mask, or without one and without those it is for. */
const FORM = /^U(?:u*Gg*m|G)o$/;

/** Whether a list says something about everybody, once. */
export function isSound(acl: Acl): boolean {
  const possible = acl.every(({ tag, perm, id }) => perm <= 7 && !(isNamed(tag) && id === NOBODY));
  return possible && FORM.test(acl.map(({ tag }) => LETTERS.get(tag)).join(''));
}

/** Whether a mode says the same as this list. */
export const isMode = (acl: Acl): boolean => acl.length === 3;

/** Which entry each three bits of a mode are: of the group's, the mask where there is one. */
function bitsOf(acl: Acl): readonly (readonly [tag: number, shift: number])[] {
  const hasMask = acl.some(({ tag }) => tag === MASK);
  return [
    [USER_OBJ, 6],
    [hasMask ? MASK : GROUP_OBJ, 3],
    [OTHER, 0],
  ];
}

/** The nine bits of the mode that go with a list. */
export function modeOfAcl(acl: Acl): number {
  const bits = bitsOf(acl);
  return bits.reduce(
    (mode, [tag, shift]) => mode | (acl.find((entry) => entry.tag === tag)!.perm << shift),
    0,
  );
}

/** The list after chmod(2). */
export function aclWithMode(acl: Acl, mode: number): Acl {
  const shifts = new Map(bitsOf(acl));
  return acl.map((entry) => {
    const shift = shifts.get(entry.tag);
    return shift === undefined ? entry : { ...entry, perm: (mode >> shift) & 7 };
  });
}

/** The list of something that is made, with this mode, where `defaults` is the default. */
export const inheritedAcl = (defaults: Acl, mode: number): Acl =>
  aclWithMode(defaults, modeOfAcl(defaults) & mode);

/** Whether a list lets the caller, who is not root, do what `mask` (R_OK 4, W_OK 2, X_OK 1) asks. */
export function aclPermits(
  acl: Acl,
  owner: { readonly uid: number; readonly gid: number },
  caller: Stack,
  mask: number,
): boolean {
  const gives = ({ perm }: AclEntry): boolean => (perm & mask) === mask;
  const of = (wanted: number): AclEntry | undefined => acl.find(({ tag }) => tag === wanted);
  const masked = ({ perm }: AclEntry): boolean => (perm & (of(MASK)?.perm ?? 7) & mask) === mask;
  if (caller.uid === owner.uid) return gives(of(USER_OBJ)!);
  const named = acl.find(({ tag, id }) => tag === USER && id === caller.uid);
  if (named !== undefined) return masked(named);
  const groups = acl.filter(
    ({ tag, id }) =>
      (tag === GROUP_OBJ && isMember(caller, owner.gid)) || (tag === GROUP && isMember(caller, id)),
  );
  return groups.length > 0 ? groups.some(masked) : gives(of(OTHER)!);
}
