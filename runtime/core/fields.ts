/**
 * The fields of what travels as a list, in the order in which they travel: between the host and every
 * language, and in the structures of C. A language writes them its own way (`ia_size`, `iaSize`).
 */

export const IATT_FIELDS = [
  'iaGfid',
  'iaType',
  'iaProt',
  'iaNlink',
  'iaUid',
  'iaGid',
  'iaSize',
  'iaBlocks',
  'iaBlksize',
  'iaDev',
  'iaRdev',
  'iaAtime',
  'iaAtimeNsec',
  'iaMtime',
  'iaMtimeNsec',
  'iaCtime',
  'iaCtimeNsec',
  'iaBtime',
  'iaBtimeNsec',
  'iaFlags',
  'iaAttributes',
  'iaAttributesMask',
] as const;
export const STATVFS_FIELDS = [
  'bsize',
  'frsize',
  'blocks',
  'bfree',
  'bavail',
  'files',
  'ffree',
  'favail',
  'fsid',
  'flag',
  'namemax',
] as const;
export const FLOCK_FIELDS = ['type', 'whence', 'start', 'len', 'pid', 'owner'] as const;
export const LEASE_FIELDS = ['cmd', 'type', 'id', 'flags'] as const;
