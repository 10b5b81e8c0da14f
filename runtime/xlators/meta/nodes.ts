/**
 * The nodes of a virtual tree. A node is created when its path is resolved, and shows the state at that
 * moment. Contexts keep the path, and resolve it again later.
 */
export interface Dir {
  readonly kind: 'dir';
  /** Without `.` and `..`. */
  names(): readonly string[];
  find(name: string): Node | undefined;
}

export interface File {
  readonly kind: 'file';
  read(): string;
  /** @param value the written text without its last newline. @throws {Refusal} */
  readonly write?: ((value: string) => void) | undefined;
  /** The reason to log when a program tries to write it. */
  readonly readOnly?: string | undefined;
}

export interface Link {
  readonly kind: 'link';
  target(): string;
}

export type Node = Dir | File | Link;

/** An invalid value: nothing has changed. `problems` has a line for each reason. */
export class Refusal extends Error {
  readonly code = 'GLOSSA_META_REFUSED';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

export const file = (read: () => string, more: Omit<File, 'kind' | 'read'> = {}): File => ({
  kind: 'file',
  read,
  ...more,
});

export const link = (target: () => string): Link => ({ kind: 'link', target });

/** Returns a folder with a constant set of names. */
export function fixed(nodes: Readonly<Record<string, Node>>): Dir {
  const byName = new Map(Object.entries(nodes));
  return { kind: 'dir', names: () => [...byName.keys()], find: (name) => byName.get(name) };
}

/** Returns a folder whose names change. Names that no file can have are left out. */
export const listed = (names: () => readonly string[], find: Dir['find']): Dir => ({
  kind: 'dir',
  names: () => names().filter(isName),
  find,
});

const isName = (text: string): boolean =>
  text !== '' && text !== '.' && text !== '..' && !text.includes('/');

/** Returns the union of two folders; of two nodes of one name the first folder's. */
export const both = (first: Dir, second: Dir): Dir => ({
  kind: 'dir',
  names: () => [...new Set([...first.names(), ...second.names()])],
  find: (name) => first.find(name) ?? second.find(name),
});

/** Resolves a path from the node `at`. */
export function resolve(at: Node, path: readonly string[]): Node | undefined {
  let node: Node | undefined = at;
  for (const name of path) {
    if (node?.kind !== 'dir') return undefined;
    node = node.find(name);
  }
  return node;
}
