/**
 * Sets and inherits the ACLs of nodes, which are extended attributes. A change of the access ACL updates the mode, and
 * a change of the mode updates the access ACL.
 */
import {
  ACL_ACCESS,
  ACL_DEFAULT,
  type Acl,
  applyModeToAcl,
  computeAclMode,
  decodeAcl,
  encodeAcl,
  fitsMode,
  isValidAcl,
  makeInheritedAcl,
} from '../../../core/acl.ts';
import { EACCES, EINVAL, EOPNOTSUPP } from '../../../core/errno.ts';
import { isRootOrMember, type Stack } from '../../../core/frame.ts';
import { IA_IFLNK } from '../../../core/iatt.ts';
import type { Node } from './memory-nodes.ts';

const S_ISGID = 0o2000;
const PERMISSION_BITS = 0o777;

/** Returns 0 if the node can have an ACL, otherwise the errno: symbolic links cannot. */
export const findAclFault = (node: Node): number => (node.type === IA_IFLNK ? EOPNOTSUPP : 0);

/** Returns the stored ACL `name`, or null. */
function readNodeAcl(node: Node, name: string): Acl | null {
  const bytes = node.xattrs?.get(name);
  // Only valid ACLs are stored, so this returns no errno.
  return bytes === undefined ? null : (decodeAcl(bytes) as Acl);
}

/** Stores the ACL `name`; null removes it. */
function storeAcl(node: Node, name: string, acl: Acl | null): void {
  if (acl === null) node.xattrs?.delete(name);
  else {
    node.xattrs ??= new Map();
    node.xattrs.set(name, encodeAcl(acl));
  }
}

/** Returns the access ACL; null if the node has only mode bits. */
export const readAccessAcl = (node: Node): Acl | null => readNodeAcl(node, ACL_ACCESS);

/**
 * Sets or removes (empty `value`) an ACL; returns 0 or the errno. Source: `fs/posix_acl.c` (set_posix_acl,
 * posix_acl_update_mode).
 */
export function setAcl(node: Node, name: string, value: Uint8Array, caller: Stack): number {
  const acl = decodeAcl(value);
  const fault = typeof acl === 'number' ? acl : findAclFault(node);
  if (typeof acl === 'number' || fault !== 0) return fault;
  if (name === ACL_DEFAULT && !node.isDir) return acl === null ? 0 : EACCES;
  if (acl !== null && !isValidAcl(acl)) return EINVAL;
  if (name === ACL_DEFAULT) {
    storeAcl(node, name, acl);
    return 0;
  }
  if (acl !== null) {
    // As chmod(2), a caller outside the file's group clears set-group-id.
    const unchangedBits = isRootOrMember(caller, node.gid)
      ? ~PERMISSION_BITS
      : ~(PERMISSION_BITS | S_ISGID);
    node.prot = (node.prot & unchangedBits) | computeAclMode(acl);
  }
  // An ACL that the mode expresses is not stored.
  storeAcl(node, name, acl === null || fitsMode(acl) ? null : acl);
  return 0;
}

/** Sets the mode, and updates the access ACL. */
export function setMode(node: Node, prot: number): void {
  node.prot = prot;
  const acl = readAccessAcl(node);
  if (acl !== null) storeAcl(node, ACL_ACCESS, applyModeToAcl(acl, prot));
}

/**
 * Gives a new node the ACLs that its directory's default ACL defines.
 * @param requestedMode the mode that the caller passed, before its umask, which does not apply with a default ACL
 */
export function inheritAcls(parent: Node, node: Node, requestedMode: number): void {
  const defaultAcl = findAclFault(node) === 0 ? readNodeAcl(parent, ACL_DEFAULT) : null;
  if (defaultAcl === null) return;
  const acl = makeInheritedAcl(defaultAcl, requestedMode);
  node.prot = (node.prot & ~PERMISSION_BITS) | computeAclMode(acl);
  storeAcl(node, ACL_ACCESS, fitsMode(acl) ? null : acl);
  if (node.isDir) storeAcl(node, ACL_DEFAULT, defaultAcl);
}
