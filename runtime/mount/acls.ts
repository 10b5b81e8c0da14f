/** ACLs as extended attributes, by the kernel's names for them. */
export const ACLS: ReadonlySet<string> = new Set([
  'system.posix_acl_access',
  'system.posix_acl_default',
]);
