/**
 * The ACLs of a node. They are among its extended attributes, and its mode says the same as far as a
 * mode can: whoever changes the one changes the other.
 */

import {
  ACL_ACCESS,
  ACL_DEFAULT,
  type Acl,
  aclWithMode,
  decodeAcl,
  encodeAcl,
  inheritedAcl,
  isMode,
  isSound,
  modeOfAcl,
} from '../../../core/acl.ts';
import { EACCES, EINVAL, EOPNOTSUPP } from '../../../core/errno.ts';
import type { Stack } from '../../../core/frame.ts';
import { IA_IFLNK } from '../../../core/iatt.ts';
import { isMember } from '../../../core/privileges.ts';
import type { Node } from './node.ts';

const S_ISGID = 0o2000;
const PERMISSIONS = 0o777;

/** Symbolic links have none: everybody may do everything with them. */
export const aclFault = (node: Node): number => (node.type === IA_IFLNK ? EOPNOTSUPP : 0);

function aclOf(node: Node, name: string): Acl | null {
  const bytes = node.xattrs?.get(name);
  return bytes === undefined ? null : (decodeAcl(bytes) as Acl);
}

function keepAcl(node: Node, name: string, acl: Acl | null): void {
  if (acl === null) node.xattrs?.delete(name);
  else {
    node.xattrs ??= new Map();
    node.xattrs.set(name, encodeAcl(acl));
  }
}

/** The list that decides who may do what; null when the mode does. */
export const accessAcl = (node: Node): Acl | null => aclOf(node, ACL_ACCESS);

/** 0 or the errno. Source: `fs/posix_acl.c` (set_posix_acl, posix_acl_update_mode). */
export function setAcl(node: Node, name: string, value: Uint8Array, caller: Stack): number {
  const acl = decodeAcl(value);
  const fault = typeof acl === 'number' ? acl : aclFault(node);
  if (typeof acl === 'number' || fault !== 0) return fault;
  if (name === ACL_DEFAULT && !node.isDir) return acl === null ? 0 : EACCES;
  if (acl !== null && !isSound(acl)) return EINVAL;
  if (name === ACL_DEFAULT) {
    keepAcl(node, name, acl);
    return 0;
  }
  if (acl !== null) {
    const kept = isMember(caller, node.gid) ? ~PERMISSIONS : ~(PERMISSIONS | S_ISGID);
    node.prot = (node.prot & kept) | modeOfAcl(acl);
  }
  keepAcl(node, name, acl === null || isMode(acl) ? null : acl);
  return 0;
}

/** Sets the mode, which an ACL follows. */
export function setMode(node: Node, prot: number): void {
  node.prot = prot;
  const acl = accessAcl(node);
  if (acl !== null) keepAcl(node, ACL_ACCESS, aclWithMode(acl, prot));
}

/**
 * Gives a new node what its directory has for it. Then it is not the umask that takes bits from the
 * mode: `asked` is that of the caller.
 */
export function inheritAcls(parent: Node, node: Node, asked: number): void {
  const defaults = aclFault(node) === 0 ? aclOf(parent, ACL_DEFAULT) : null;
  if (defaults === null) return;
  const acl = inheritedAcl(defaults, asked);
  node.prot = (node.prot & ~PERMISSIONS) | modeOfAcl(acl);
  keepAcl(node, ACL_ACCESS, isMode(acl) ? null : acl);
  if (node.isDir) keepAcl(node, ACL_DEFAULT, defaults);
}
