/**
 * Shows granted files in the interpreter's file system (Emscripten's `FS`), inside the realm;
 * ../file-gates.ts is the host's side. Errors have Emscripten's numbers (WASI's). EPERM stands for
 * every refusal, as Python would read EACCES's number 2 as Linux's ENOENT.
 */
import type { FileGates } from '../file-gates.ts';

/** A file, folder or link in Emscripten's file system. */
interface FsNode {
  mode: number;
  node_ops: object;
  stream_ops: object;
  mount: object;
  /** The mounted root; undefined for a node that is no mount point. */
  mounted?: object;
  /** True from `mknod` until Emscripten first sets the attributes. */
  isNew?: boolean;
  /** The bytes of a file in memory. */
  readonly usedBytes?: number;
  /** The target of a link in memory. */
  readonly link?: string;
  /** The entries of a folder in memory. */
  readonly contents?: Readonly<Record<string, FsNode>>;
}

/** An open file of Emscripten's; duplicated descriptors have the same `shared`. */
interface FsStream {
  readonly node: FsNode;
  readonly flags: number;
  readonly position: number;
  readonly shared: { refcount: number };
  /** The host's number of the open file. */
  grantedFile?: number;
}

/** The members of Emscripten's `FS` that are used here. */
interface FileSystem {
  readonly ErrnoError: new (code: number) => Error;
  readonly root: FsNode;
  readonly streams: readonly (FsStream | null | undefined)[];
  getPath(node: FsNode): string;
  createNode(parent: FsNode, name: string, mode: number, device: number): FsNode;
  hashRemoveNode(node: FsNode): void;
  isDir(mode: number): boolean;
  isFile(mode: number): boolean;
}

/** Attributes to set; `mtime` in milliseconds. */
interface Changes {
  readonly size?: number;
  readonly mode?: number;
  readonly mtime?: number | null;
}

/** A view of memory that Emscripten passes; the interpreter's has the heap's buffer. */
type HeapView = { readonly buffer: ArrayBufferLike | undefined; readonly byteOffset: number };
/** A result of the host: minus an errno on failure. */
type GateResult = string | number;

/** WASI's errno numbers, which Emscripten uses, by Linux's number. */
const WASI_ERRNOS: Readonly<Record<number, number>> = {
  ...{ 1: 63, 2: 44, 5: 29, 9: 8, 13: 63, 14: 21, 16: 10, 17: 20, 18: 75, 20: 54, 21: 31 },
  ...{ 22: 28, 23: 41, 24: 33, 26: 74, 27: 22, 28: 51, 30: 69, 36: 37, 39: 55, 40: 32, 122: 19 },
};
// Errno numbers of WASI.
const EIO = 29;
const EINVAL = 28;
const EPERM = 63;
const ENOSPC = 51;
/** Linux's number, in which the host's results are. */
const LINUX_EIO = 5;
// Flags of open(2) in Emscripten.
const O_WRONLY = 1;
const O_CREAT = 64;
const O_EXCL = 128;
const O_TRUNC = 512;
const SEEK_CUR = 1;
const SEEK_END = 2;
/** Bytes counted for each file, folder or link in memory, besides its contents (also in patches.ts). */
const NODE_BYTES = 1024;

/**
 * Makes the functions that patches.ts inserts into Emscripten's file system in memory.
 * @param limitBytes the most bytes of all files in memory
 * @returns `find`, which returns the node of a granted file or undefined; and `reserveBytes`, which
 *   throws when files in memory would exceed `limitBytes`
 */
export default function makeFileTree(host: Partial<FileGates>, limitBytes: number) {
  // The host's errors are objects of its realm, which a module must not get.
  const hostCalls = Object.fromEntries(
    Object.entries(host).map(([name, call]) => [
      name,
      (...args: unknown[]): GateResult => {
        try {
          return (call as (...args: unknown[]) => GateResult)(...args);
        } catch {
          return -LINUX_EIO;
        }
      },
    ]),
  ) as Record<keyof FileGates, (...args: unknown[]) => GateResult>;
  // Both are set by `find`, which Emscripten calls before any other function.
  let FS: FileSystem;
  let getHeap = (): Pick<HeapView, 'buffer'> => ({ buffer: undefined });
  const throwIfFailed = <T extends GateResult>(result: T): T => {
    if (typeof result === 'number' && result < 0)
      throw new FS.ErrnoError(WASI_ERRNOS[-result] ?? EIO);
    return result;
  };
  const getTextOrThrow = (result: GateResult): string => String(throwIfFailed(result));
  const getNumberOrThrow = (result: GateResult): number => Number(throwIfFailed(result));

  const mount = { mountpoint: '', mounts: [], opts: {}, type: {} };
  const getPath = (node: FsNode): string => FS.getPath(node);
  const makeChildPath = (node: FsNode, name: string): string => {
    const path = getPath(node);
    return path === '/' ? `/${name}` : `${path}/${name}`;
  };
  // Attributes are a text of numbers (file-gates.ts): mode, size, ino, atime, mtime.
  const readMode = (attributesText: string): number => Number(attributesText.split(' ')[0]);
  const readAttributes = (attributesText: string) => {
    const [mode = 0, size = 0, ino, atime = 0, mtime = 0] = attributesText.split(' ').map(Number);
    const modified = new Date(mtime);
    const times = { atime: new Date(atime), mtime: modified, ctime: modified };
    const blocks = Math.ceil(size / 512);
    const fixedAttributes = { dev: 2, nlink: 1, uid: 0, gid: 0, rdev: 0, blksize: 4096 };
    return { ...fixedAttributes, ino, mode, size, ...times, blocks };
  };
  /** Makes a node that Emscripten does not cache, so that each lookup asks the host. */
  function makeNode(parent: FsNode, name: string, mode: number): FsNode {
    const node = FS.createNode(parent, name, mode, 0);
    FS.hashRemoveNode(node);
    return Object.assign(node, { node_ops: nodeOps, stream_ops: streamOps, mount });
  }

  const nodeOps = {
    getattr: (node: FsNode) => readAttributes(getTextOrThrow(hostCalls.stat(getPath(node)))),
    setattr(node: FsNode, { size, mode: newMode, mtime }: Changes): void {
      const path = getPath(node);
      // A new file keeps the mode that the host gave it.
      const mode = node.isNew ? undefined : newMode;
      node.isNew = false;
      if (size !== undefined) throwIfFailed(hostCalls.truncate(path, size));
      if (mode !== undefined || (mtime ?? null) !== null)
        throwIfFailed(hostCalls.setAttributes(path, mode, mtime));
    },
    lookup: (parent: FsNode, name: string): FsNode =>
      makeNode(
        parent,
        name,
        readMode(getTextOrThrow(hostCalls.statOrLog(makeChildPath(parent, name)))),
      ),
    mknod(parent: FsNode, name: string, mode: number): FsNode {
      const path = makeChildPath(parent, name);
      if (FS.isDir(mode)) throwIfFailed(hostCalls.mkdir(path, mode & 0o777));
      else if (FS.isFile(mode)) {
        throwIfFailed(
          hostCalls.close(throwIfFailed(hostCalls.open(path, O_WRONLY | O_CREAT | O_EXCL))),
        );
      } else throw new FS.ErrnoError(EPERM);
      return Object.assign(makeNode(parent, name, mode), { isNew: true });
    },
    rename: (node: FsNode, folder: FsNode, name: string) =>
      void throwIfFailed(hostCalls.rename(getPath(node), makeChildPath(folder, name))),
    unlink: (parent: FsNode, name: string) =>
      void throwIfFailed(hostCalls.unlink(makeChildPath(parent, name))),
    rmdir: (parent: FsNode, name: string) =>
      void throwIfFailed(hostCalls.rmdir(makeChildPath(parent, name))),
    readdir(node: FsNode): string[] {
      const names = getTextOrThrow(hostCalls.list(getPath(node)));
      return ['.', '..', ...(names === '' ? [] : names.split('\0'))];
    },
    readlink: (node: FsNode): string => getTextOrThrow(hostCalls.readlink(getPath(node))),
  };

  /** Makes the function that reads into, or writes from, the interpreter's memory. */
  const makeTransfer =
    (operation: 'read' | 'write') =>
    (
      stream: FsStream,
      view: HeapView,
      offset: number,
      length: number,
      position: number,
    ): number => {
      // The host transfers only to and from the interpreter's memory.
      if (view.buffer !== getHeap().buffer) throw new FS.ErrnoError(EIO);
      return getNumberOrThrow(
        hostCalls[operation](stream.grantedFile, view.byteOffset + offset, length, position),
      );
    };
  const streamOps = {
    getattr: ({ grantedFile, node }: FsStream) =>
      grantedFile === undefined
        ? nodeOps.getattr(node)
        : readAttributes(getTextOrThrow(hostCalls.fstat(grantedFile))),
    setattr({ grantedFile, node }: FsStream, changes: Changes): void {
      if (changes.size !== undefined) throwIfFailed(hostCalls.ftruncate(grantedFile, changes.size));
      else nodeOps.setattr(node, changes);
    },
    open(stream: FsStream): void {
      if (FS.isDir(stream.node.mode)) return;
      const flags = stream.flags & ~(O_CREAT | O_EXCL | O_TRUNC);
      stream.grantedFile = getNumberOrThrow(hostCalls.open(getPath(stream.node), flags));
      stream.shared.refcount = 1;
    },
    dup({ shared }: FsStream): void {
      shared.refcount += 1;
    },
    close({ grantedFile, shared }: FsStream): void {
      if (grantedFile === undefined) return;
      shared.refcount -= 1;
      if (shared.refcount === 0) hostCalls.close(grantedFile);
    },
    read: makeTransfer('read'),
    write: makeTransfer('write'),
    fsync: ({ grantedFile }: FsStream) =>
      grantedFile === undefined ? 0 : throwIfFailed(hostCalls.fsync(grantedFile)),
    llseek(stream: FsStream, offset: number, whence: number): number {
      let start = whence === SEEK_CUR ? stream.position : 0;
      if (whence === SEEK_END && FS.isFile(stream.node.mode))
        start = streamOps.getattr(stream).size;
      if (start + offset < 0) throw new FS.ErrnoError(EINVAL);
      return start + offset;
    },
  };

  let isFinding = false;
  /** Finds a granted file, by a name that its folder in memory lacks; undefined if no file of this name is granted. */
  function find(fs: FileSystem, parent: FsNode, name: string, readHeap: typeof getHeap) {
    // Prevents a recursion: code of a module that runs during the host's call could do a lookup.
    if (isFinding || hostCalls.stat === undefined) return undefined;
    FS = fs;
    getHeap = readHeap;
    isFinding = true;
    try {
      const attributesText = hostCalls.stat(makeChildPath(parent, name));
      if (typeof attributesText !== 'string') return undefined;
      const node = makeNode(parent, name, readMode(attributesText));
      // A mount point: the surrounding folder in memory cannot remove or rename it.
      node.mounted = { root: node };
      return node;
    } finally {
      isFinding = false;
    }
  }

  let countedBytes = 0;
  /** Counts the bytes of a node and all below it, each node once. */
  function countBytes(countedNodes: Set<FsNode>, node: FsNode | undefined): number {
    if (node === undefined || countedNodes.has(node)) return 0;
    countedNodes.add(node);
    const nodeBytes = NODE_BYTES + (node.usedBytes ?? 0) + (node.link?.length ?? 0);
    if (!node.contents || node.usedBytes !== undefined) return nodeBytes;
    return Object.values(node.contents).reduce(
      (sum, entry) => sum + countBytes(countedNodes, entry),
      nodeBytes,
    );
  }
  /**
   * Counts the bytes that a file grows by. @throws {ErrnoError} beyond the limit. Removed bytes are
   * noticed only when all files are counted again, which is done before it throws.
   */
  function reserveBytes(fs: FileSystem, node: FsNode | undefined, size: number): void {
    const addedBytes = size - (node?.usedBytes ?? 0);
    if (addedBytes <= 0) return;
    countedBytes += addedBytes;
    if (countedBytes <= limitBytes) return;
    const countedNodes = new Set<FsNode>();
    const totalBytes = fs.streams.reduce(
      (sum, stream) => sum + countBytes(countedNodes, stream?.node),
      countBytes(countedNodes, fs.root),
    );
    countedBytes = totalBytes + addedBytes;
    if (countedBytes <= limitBytes) return;
    countedBytes = totalBytes;
    hostCalls.logFull?.();
    throw new fs.ErrnoError(ENOSPC);
  }
  return { find, reserveBytes };
}
