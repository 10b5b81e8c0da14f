/** A file system in memory that is written by path, as an author of one writes it. */
import type { Attributes, Files } from '../../runtime/files/define-files.ts';

interface PathNode {
  attributes: Attributes;
  data: Buffer;
  target: string;
  xattrs: Map<string, Uint8Array>;
}

const fail = (errno: number): never => {
  throw Object.assign(new Error(`errno ${errno}`), { errno });
};
const ENOENT = 2;
const ENODATA = 61;
const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/';

/** Makes an empty one. @param later answers by promises */
export function makePathMemory({ later = false } = {}): Files & { nodes: Map<string, PathNode> } {
  let lastIno = 1;
  const makeNode = (attributes: Attributes): PathNode => {
    lastIno += 1;
    const time = Date.now() / 1000;
    const times = { atime: time, mtime: time, ctime: time };
    return {
      attributes: { ino: lastIno, ...times, ...attributes },
      data: Buffer.alloc(0),
      target: '',
      xattrs: new Map(),
    };
  };
  const nodes = new Map([['/', makeNode({ type: 'directory', mode: 0o1777, ino: 1 })]]);
  const find = (path: string): PathNode => nodes.get(path) ?? fail(ENOENT);
  const childrenOf = (path: string): string[] =>
    [...nodes.keys()].filter((each) => each !== '/' && parentOf(each) === path);
  const files: Files & { nodes: Map<string, PathNode> } = {
    nodes,
    list: (path) =>
      childrenOf(path).map((each) => {
        const { attributes, data } = nodes.get(each)!;
        return [each.slice(each.lastIndexOf('/') + 1), { ...attributes, size: data.length }];
      }),
    stat(path) {
      const node = nodes.get(path);
      if (node === undefined) return null;
      const { attributes, data, target } = node;
      const links = [...nodes.values()].filter((each) => each === node).length;
      const nlink =
        attributes.type === 'directory'
          ? 2 +
            childrenOf(path).filter((each) => nodes.get(each)!.attributes.type === 'directory')
              .length
          : links;
      return {
        ...attributes,
        size: target === '' ? data.length : Buffer.byteLength(target),
        nlink,
      };
    },
    read: (path, offset, size) => find(path).data.subarray(offset, offset + size),
    readlink: (path) => find(path).target,
    write(path, offset, data) {
      const node = find(path);
      const end = offset + data.length;
      if (end > node.data.length)
        node.data = Buffer.concat([node.data, Buffer.alloc(end - node.data.length)]);
      node.data.set(data, offset);
      return undefined;
    },
    create: (path, mode) => void nodes.set(path, makeNode({ mode })),
    mkdir: (path, mode) => void nodes.set(path, makeNode({ type: 'directory', mode })),
    symlink(path, target) {
      const node = makeNode({ type: 'symlink', mode: 0o777 });
      node.target = target;
      nodes.set(path, node);
    },
    remove: (path) => void nodes.delete(path),
    rmdir: (path) => void nodes.delete(path),
    rename(path, newPath) {
      for (const [each, node] of [...nodes])
        if (each === path || each.startsWith(`${path}/`)) {
          nodes.delete(each);
          nodes.set(newPath + each.slice(path.length), node);
        }
    },
    link: (path, newPath) => void nodes.set(newPath, find(path)),
    truncate(path, size) {
      const node = find(path);
      const rest = Buffer.alloc(Math.max(0, size - node.data.length));
      node.data = Buffer.concat([node.data.subarray(0, size), rest]);
    },
    setattr(path, changes) {
      const node = find(path);
      node.attributes = { ...node.attributes, ...changes };
    },
    getxattr: (path, name) => find(path).xattrs.get(name) ?? null,
    listxattr: (path) => [...find(path).xattrs.keys()],
    setxattr: (path, name, value) => void find(path).xattrs.set(name, value),
    removexattr: (path, name) => void (find(path).xattrs.delete(name) || fail(ENODATA)),
  };
  if (!later) return files;
  const methods = Object.entries(files).map(([name, method]) => [
    name,
    typeof method === 'function'
      ? async (...args: unknown[]) => {
          await undefined;
          return (method as (...all: unknown[]) => unknown)(...args);
        }
      : method,
  ]);
  return Object.fromEntries(methods) as typeof files;
}
