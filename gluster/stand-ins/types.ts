/** Lists the types with a stand-in, in a file of its own so that callers need not load the stand-ins. */
export const standInTypes = [
  'features/barrier',
  'features/bitrot-stub',
  'features/changelog',
  'features/changetimerecorder',
  'features/index',
  'features/leases',
  'features/marker',
  'features/quota',
  'features/selinux',
  'features/trash',
] as const;
