/**
 * Lists renamed and removed commands: dispatch.ts runs or refuses them, and the help explains them.
 */

/** The new name of each renamed command; the old names work until the next version. */
export const oldNames: ReadonlyMap<string, string> = new Map([
  ['completion', 'setup completion'],
  ['include-dir', 'new include-dir'],
  ['statedump', 'stats statedump'],
  ['volfile-server', 'brick volfiles'],
]);

/** The advice for each removed command. */
export const removedCommands: ReadonlyMap<string, string> = new Map([
  [
    'rebalance',
    "in a mount of the volume, 'setfattr -n distribute.fix.layout -v yes DIR' deals out the names of a " +
      'directory anew (see docs/clusters/bricks.md)',
  ],
  [
    'port',
    "Python's own 2to3 changes a module in Python 2: 2to3 -w FILE (see docs/write/glupy-compat.md)",
  ],
]);
