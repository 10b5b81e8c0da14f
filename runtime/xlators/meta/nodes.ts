/**
 * The nodes of a virtual tree. A node is made when it is looked for and says what is so at that
 * moment; who keeps a place keeps its path, and finds another node there later, or none.
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
  /** @param value what was written, without a newline at its end. @throws {Refusal} */
  readonly write?: ((value: string) => void) | undefined;
  /** Why it cannot be written, where one might think so. */
  readonly readOnly?: string | undefined;
}

export interface Link {
  readonly kind: 'link';
  target(): string;
}

export type Node = Dir | File | Link;

/** What was written is no value: nothing has changed. `problems` has a line for each reason. */
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

/** A folder of the same names always. */
export function fixed(nodes: Readonly<Record<string, Node>>): Dir {
  const byName = new Map(Object.entries(nodes));
  return { kind: 'dir', names: () => [...byName.keys()], find: (name) => byName.get(name) };
}

/** A folder of names that come and go. What cannot be the name of a file is left out. */
export const listed = (names: () => readonly string[], find: Dir['find']): Dir => ({
  kind: 'dir',
  names: () => names().filter(isName),
  find,
});

const isName = (text: string): boolean =>
  text !== '' && text !== '.' && text !== '..' && !text.includes('/');

/** The names of both; of two nodes of the same name, the first folder's. */
export const both = (first: Dir, second: Dir): Dir => ({
  kind: 'dir',
  names: () => [...new Set([...first.names(), ...second.names()])],
  find: (name) => first.find(name) ?? second.find(name),
});

/** What a path leads to, from `at` on, one name after the other. */
export function follow(at: Node, path: readonly string[]): Node | undefined {
  let node: Node | undefined = at;
  for (const name of path) {
    if (node?.kind !== 'dir') return undefined;
    node = node.find(name);
  }
  return node;
}
