/**
 * Makes a storage of a file system that an author writes by path: `list`, `stat`, `read` and, if it can be changed,
 * others (`methods.ts`). The author's methods may be in TypeScript (`defineFiles`), or in a module of another language
 * (`bridges/host/files`), and answer at once or later.
 */

import { EINTR, EIO } from '../core/errno.ts';
import {
  type FileMethod,
  fileMethods,
  hasEffect,
  INTERRUPT_GRACE_MS,
  NEEDED_METHODS,
} from '../core/file-methods.ts';
import { type Frame, makeFirstFrame, Stack } from '../core/frame.ts';
import { messages } from '../core/messages.ts';
import type { Fd } from '../core/operands.ts';
import { defineTranslator, type Fops, type Translator, type Xlator } from '../core/xlator.ts';
import { makeAttrFops } from './attr-fops.ts';
import { makeDataFops } from './data-fops.ts';
import { makeDirFops, OpenDirectory, releaseDirectory } from './dir-fops.ts';
import { FilesVolume, type OpenFile } from './files-volume.ts';
import {
  type Absent,
  type Attributes,
  checkResult,
  type FilesBackend,
  isFilterMethod,
  type MethodCall,
  type TakeResult,
} from './methods.ts';
import { makeNameFops } from './name-fops.ts';
import type { Node } from './node.ts';

/** The pid of requests that a volume begins itself. */
const OWN_PID = -101;

/** Makes the fops of a volume of files. */
export const makeFilesFops = (volume: FilesVolume): Fops<unknown> => ({
  ...makeNameFops(volume),
  ...makeAttrFops(volume),
  ...makeDataFops(volume),
  ...makeDirFops(volume),
});

/** Ends an open file or directory. @param context that of `fd` */
export function releaseFiles(volume: FilesVolume, fd: Fd, context: unknown): void {
  if (context instanceof OpenDirectory) releaseDirectory(volume, fd, context);
  else
    volume.release(context as OpenFile, () =>
      makeFirstFrame(new Stack(0, 0, OWN_PID, 'RELEASE'), volume.xl),
    );
}

/** A result, or a promise of it. */
type Later<T> = T | PromiseLike<T>;

export type { Absent, Attributes } from './methods.ts';

/**
 * A file system by path. Paths begin with a slash. A method refuses by throwing an error with an `errno` (a number), and
 * one that is not defined is EROFS or EOPNOTSUPP, as in a read-only file system.
 */
export interface Files {
  /** Returns names, or pairs of a name and its attributes. */
  list(path: string): Later<Iterable<string | readonly [string, Attributes]>>;
  /** Returns attributes, the size in bytes of a file, or null if there is nothing. */
  stat(path: string): Later<Attributes | Absent | number | null | undefined>;
  /** Returns bytes: the whole file's if it takes a path only. */
  read(path: string, offset: number, size: number, handle: unknown): Later<Uint8Array>;
  readlink?(path: string): Later<string>;
  statfs?(path: string): Later<Readonly<Record<string, number>>>;
  getxattr?(path: string, name: string): Later<Uint8Array | null>;
  listxattr?(path: string): Later<readonly string[]>;
  /** Returns a handle of any kind, which later calls get. */
  open?(path: string, flags: number): Later<unknown>;
  close?(path: string, handle: unknown): Later<void>;
  flush?(path: string, handle: unknown): Later<void>;
  fsync?(path: string, handle: unknown): Later<void>;
  /** Returns the bytes that were written; none for all. */
  write?(
    path: string,
    offset: number,
    data: Uint8Array,
    handle: unknown,
  ): Later<number | undefined>;
  /** Makes an empty file; returns a handle if there is an `open`. */
  create?(path: string, mode: number): Later<unknown>;
  mkdir?(path: string, mode: number): Later<void>;
  remove?(path: string): Later<void>;
  rmdir?(path: string): Later<void>;
  /** Renames, and replaces what has the new name. */
  rename?(path: string, newPath: string): Later<void>;
  link?(path: string, newPath: string): Later<void>;
  symlink?(path: string, target: string): Later<void>;
  truncate?(path: string, size: number, handle: unknown): Later<void>;
  setattr?(path: string, changes: Attributes, handle: unknown): Later<void>;
  setxattr?(path: string, name: string, value: Uint8Array, flags: number): Later<void>;
  removexattr?(path: string, name: string): Later<void>;
}

/** Calls methods of TypeScript. */
class FilesObject implements FilesBackend {
  readonly defined: ReadonlySet<FileMethod>;
  readonly readsWhole: boolean;
  private readonly files: Files;
  private readonly xl: Xlator<unknown>;
  private readonly handles = new Map<number, unknown>();
  private lastHandle = 0;

  constructor(files: Files, xl: Xlator<unknown>) {
    this.files = files;
    this.xl = xl;
    this.readsWhole = files.read.length === 1;
    const names = Object.keys(fileMethods) as FileMethod[];
    this.defined = new Set(names.filter((name) => typeof files[name] === 'function'));
  }

  call(frame: Frame, call: MethodCall, takeResult: TakeResult) {
    let isOver = false;
    let cancelEnd: (() => void) | undefined;
    const take: TakeResult = (errno, value) => {
      if (!isOver) takeResult(errno, value);
      isOver = true;
      cancelEnd?.();
    };
    const finish = (result: unknown) => {
      let value: unknown;
      try {
        value = checkResult(call, this.convert(call, result));
      } catch (error) {
        return fail(error);
      }
      take(0, value);
    };
    const fail = (error: unknown) => {
      const errno = (error as { errno?: unknown } | null)?.errno;
      if (typeof errno === 'number' && errno !== 0) return take(Math.abs(errno), undefined);
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.xl.log.error(`${call.method} of ${call.path}: ${text}`, {
        msgid: messages.requestFailed.id,
      });
      take(EIO, undefined);
    };
    let result: unknown;
    try {
      result = this.run(call);
    } catch (error) {
      return fail(error);
    }
    if (!isPromise(result)) return finish(result);
    result.then(finish, fail);
    // A caller that gives up is not held by a promise that is never settled.
    if (!isFilterMethod(call.method) && !hasEffect(call.method))
      frame.root.whenInterrupted(() => {
        if (!isOver)
          cancelEnd = this.xl.context.after(INTERRUPT_GRACE_MS, () => take(EINTR, undefined));
      });
  }

  private run({ method, path, text, a, b, handle, data }: MethodCall): unknown {
    const { files } = this;
    if (isFilterMethod(method)) return null;
    const opened = this.handles.get(handle);
    switch (method) {
      case 'read':
        return files.read(path, a, b, opened);
      case 'write':
        return files.write!(path, a, data!, opened);
      case 'setattr':
        return files.setattr!(path, JSON.parse(text!) as Attributes, opened);
      case 'setxattr':
        return files.setxattr!(path, text!, data!, a);
      case 'truncate':
        return files.truncate!(path, a, opened);
      case 'create':
      case 'mkdir':
      case 'open':
        return files[method]!(path, a);
      case 'close':
        this.handles.delete(handle);
        return files.close!(path, opened);
      case 'flush':
      case 'fsync':
        return files[method]!(path, opened);
      case 'rename':
      case 'link':
      case 'symlink':
      case 'getxattr':
      case 'removexattr':
        return files[method]!(path, text!);
      default:
        return files[method]!(path);
    }
  }

  /** Converts a result to what `checkResult` takes: listings to arrays, handles to numbers. */
  private convert({ method }: MethodCall, result: unknown): unknown {
    if (method === 'list' && typeof result === 'object' && result !== null)
      return Array.from(result as Iterable<unknown>);
    if ((method !== 'open' && method !== 'create') || !this.defined.has('open')) {
      return method === 'create' ? null : result;
    }
    if (result === undefined || result === null) return null;
    this.lastHandle += 1;
    this.handles.set(this.lastHandle, result);
    return this.lastHandle;
  }
}

const isPromise = (value: unknown): value is PromiseLike<unknown> =>
  typeof (value as { then?: unknown } | null | undefined)?.then === 'function';

/** The type of a translator of files, and the function that makes its methods. */
export interface FilesDefinition {
  readonly type: string;
  readonly description: string;
  /** Makes the file system of a volume. */
  init(xl: Xlator<unknown>): Files | Promise<Files>;
}

/** Makes a translator of a file system by path. @throws {TypeError} in `init`, without the needed methods */
export const defineFiles = ({
  type,
  description,
  init,
}: FilesDefinition): Translator<FilesVolume> =>
  defineTranslator<FilesVolume, Record<never, never>>({
    type,
    description,
    children: [0, 0],
    options: {},
    async init(xl) {
      const files = await init(xl);
      const missing = NEEDED_METHODS.filter((name) => typeof files[name] !== 'function');
      if (missing.length > 0)
        throw new TypeError(`${type}: a file system needs ${missing.join(', ')}`);
      return new FilesVolume(xl, new FilesObject(files, xl), { uid: 0, gid: 0 });
    },
    fops: ({ priv }) => makeFilesFops(priv),
    listsUnopened: true,
    forget: ({ priv }, inode, node) => priv.forget(inode, node as Node),
    release: ({ priv }, fd, context) => releaseFiles(priv, fd, context),
    releasedir: ({ priv }, fd, context) => releaseFiles(priv, fd, context),
    dump: ({ priv }) => ({ nodes: priv.tree.size }),
  });
