/**
 * Versions of Node that tests run programs with: the one that runs the tests, and the binaries in GLOSSA_NODES,
 * separated by colons.
 */
export const otherNodes: readonly string[] = (process.env.GLOSSA_NODES ?? '')
  .split(':')
  .filter(Boolean);

export const nodes: readonly string[] = [process.execPath, ...otherNodes];
