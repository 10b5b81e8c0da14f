/**
 * The command that installs the package fuse-native beside glossa, for messages. The package is no dependency: npm would
 * then take it for one that the lock leaves out, and install nothing. In a checkout `--no-save` leaves package.json and
 * the lock as they are; the package's own install script would compile it, which is not needed.
 */
export const FUSE_NATIVE_INSTALL = 'npm install --no-save --ignore-scripts fuse-native@2.2.6';

/** The command with the folder in which it works, for error messages. */
export const FUSE_NATIVE_REMEDY =
  `install it with '${FUSE_NATIVE_INSTALL}' in the checkout, or in the project that has glossa; add ` +
  '--global if glossa is installed so';
