/** Names that commands had, which work for one version: the command line and the help look them up here. */

export const oldNames: ReadonlyMap<string, string> = new Map([
  ['completion', 'setup completion'],
  ['include-dir', 'new include-dir'],
  ['statedump', 'stats statedump'],
  ['volfile-server', 'brick volfiles'],
]);
