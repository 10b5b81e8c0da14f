/**
 * Defines the nodes of the virtual tree of `meta`, and makes them for `tree.ts` and `options.ts`. A node is created when
 * its path is resolved, and shows the state at that moment. So contexts of inodes hold the path, and each request
 * resolves it again.
 */

/** A folder of the tree. */
export interface Dir {
  readonly kind: 'dir';
  /** Lists the names of the nodes, without `.` and `..`. */
  listNames(): readonly string[];
  /** Finds a node; undefined if the folder has no node of this name. */
  find(name: string): Node | undefined;
}

/** A file of the tree; it can be written if it has `write`. */
export interface File {
  readonly kind: 'file';
  read(): string;
  /** Sets the value. @param value the written text without its last newline. @throws {RefusedValue} */
  readonly write?: ((value: string) => void) | undefined;
  /** The reason why it cannot be written, for the log. */
  readonly readOnlyReason?: string | undefined;
}

/** A symbolic link of the tree. */
export interface Link {
  readonly kind: 'link';
  /** Returns the path to which the link leads, relative to its folder unless it begins with '/'. */
  readTarget(): string;
}

export type Node = Dir | File | Link;

/** Thrown for an invalid value, before anything has changed. `problems` has a line for each reason. */
export class RefusedValue extends Error {
  readonly code = 'GLOSSA_META_REFUSED';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/** Makes a file; without `access`, it cannot be written. */
export const makeFile = (read: () => string, access: Omit<File, 'kind' | 'read'> = {}): File => ({
  kind: 'file',
  read,
  ...access,
});

export const makeLink = (readTarget: () => string): Link => ({ kind: 'link', readTarget });

/** Makes a folder with a constant set of names. */
export function makeFixedDir(nodes: Readonly<Record<string, Node>>): Dir {
  const byName = new Map(Object.entries(nodes));
  return { kind: 'dir', listNames: () => [...byName.keys()], find: (name) => byName.get(name) };
}

/** Makes a folder whose names change. Names that no file can have are left out. */
export const makeChangingDir = (listNames: () => readonly string[], find: Dir['find']): Dir => ({
  kind: 'dir',
  listNames: () => listNames().filter(isFileName),
  find,
});

const isFileName = (text: string): boolean =>
  text !== '' && text !== '.' && text !== '..' && !text.includes('/');

/** Makes the union of two folders; if both have a name, the first one's node is used. */
export const mergeDirs = (first: Dir, second: Dir): Dir => ({
  kind: 'dir',
  listNames: () => [...new Set([...first.listNames(), ...second.listNames()])],
  find: (name) => first.find(name) ?? second.find(name),
});

/** Resolves a path from the node `root`; undefined if there is no such node. */
export function resolvePath(root: Node, path: readonly string[]): Node | undefined {
  let node: Node | undefined = root;
  for (const name of path) {
    if (node?.kind !== 'dir') return undefined;
    node = node.find(name);
  }
  return node;
}
