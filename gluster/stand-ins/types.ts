/** The types that are stood in for, apart, so that nothing else is loaded to know them. */
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
