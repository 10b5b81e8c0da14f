/** Lists renamed and removed commands, for the command line and the help. */

/** Renamed commands, which work for one version. */
export const oldNames: ReadonlyMap<string, string> = new Map([
  ['completion', 'setup completion'],
  ['include-dir', 'new include-dir'],
  ['statedump', 'stats statedump'],
  ['volfile-server', 'brick volfiles'],
]);

/** Removed commands and their replacements. */
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
