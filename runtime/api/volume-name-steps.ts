/** Defines the operations of a volume that make, remove and list names, with the names of `fs/promises`. */
import type { Context } from '../core/context.ts';
import { EEXIST, EISDIR, ENOENT, ENOTDIR } from '../core/errno.ts';
import { IA_IFDIR } from '../core/iatt.ts';
import { joinPath, Loc } from '../core/loc.ts';
import {
  type PathLike,
  readEncoding,
  readOptions,
  readOptionsObject,
  throwArgumentError,
  toBoolean,
  toEncodedName,
  toInteger,
  toMode,
  toPath,
} from './arguments.ts';
import { FileError, withErrorContext } from './file-error.ts';
import { trimSlashes } from './files.ts';
import { FopError } from './fop-error.ts';
import { readEntries } from './open-directory.ts';
import { normalizeAsNode, type ResolvedPath } from './resolve-path.ts';
import { Dirent } from './stats.ts';
import { runSync, type Steps } from './steps.ts';
import { isAbsentError, type TreeDirectory, visitTree } from './tree.ts';
import { VolumeAttributeSteps } from './volume-attribute-steps.ts';
import type { Options } from './volume-context.ts';

/** A directory of `mkdtempDisposable`. */
export interface TemporaryDirectory {
  readonly path: string | Uint8Array;
  remove(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
  [Symbol.dispose](): void;
}

/**
 * The operations on names, as steps; `VolumeSteps` adds those on data. Those without a comment are as in Node, or as
 * the system calls of the same name.
 */
export class VolumeNameSteps extends VolumeAttributeSteps {
  // -- names ---------------------------------------------------------------------------------

  /** Makes a directory. @returns with `{ recursive: true }`, the path of the first directory made, if any */
  *mkdir(path: PathLike, options?: Options | number): Steps<string | undefined> {
    const pathText = toPath(path);
    const isMode = typeof options === 'number' || typeof options === 'string';
    const { mode, recursive } = isMode ? { mode: options, recursive: false } : readOptions(options);
    const modeBits = toMode(mode, 0o777);
    if (toBoolean(recursive, 'options.recursive'))
      return yield* withErrorContext('mkdir', pathText, this.makeDirectories(pathText, modeBits));
    yield* withErrorContext('mkdir', pathText, this.files.mkdir(pathText, modeBits));
    return undefined;
  }

  /** Makes the absent directories of a path, from the top. @returns the first one made; undefined if all exist */
  private *makeDirectories(path: string, mode: number): Steps<string | undefined> {
    const names = path.split('/').filter((name) => name !== '');
    const isWholePath = (prefix: string): boolean => prefix === `/${names.join('/')}`;
    let firstNewPath: string | undefined;
    let prefix = '';
    for (const name of names) {
      prefix += `/${name}`;
      const file = yield* this.files.findIfExists(prefix);
      if (file !== undefined && file.buf.iaType !== IA_IFDIR) {
        throw new FopError(prefix.length < path.length ? ENOTDIR : EEXIST, prefix);
      }
      if (file !== undefined) continue;
      try {
        yield* this.files.mkdir(prefix, mode);
        firstNewPath ??= prefix;
      } catch (error) {
        // Either another client has just made the directory, or the name is a symbolic link to an absent file.
        if (!(error instanceof FopError && error.errno === EEXIST)) throw error;
        if ((yield* this.files.findIfExists(prefix)) === undefined) {
          throw new FopError(isWholePath(prefix) ? ENOENT : ENOTDIR, prefix);
        }
      }
    }
    return firstNewPath;
  }

  /** Makes a directory with six random characters after `prefix`. @returns its path */
  *mkdtemp(prefix: PathLike, options?: Options): Steps<string | Uint8Array> {
    const prefixText = toPath(prefix, 'prefix');
    // Errors name the path as mkdtemp(3) is called with it.
    const template = prefixText + 'X'.repeat(RANDOM_LETTER_COUNT);
    const encoding = readEncoding(options);
    const path = yield* withErrorContext('mkdtemp', template, this.makeUniqueDirectory(prefixText));
    return toEncodedName(path, encoding);
  }

  /** Makes a directory with a random name; tries another name while one is taken. @returns its path */
  private *makeUniqueDirectory(prefix: string): Steps<string> {
    for (let attempt = 1; ; attempt += 1) {
      const path = prefix + makeRandomName(this.driver.graph.context);
      try {
        yield* this.files.mkdir(path, 0o700);
        return path;
      } catch (error) {
        const isTaken = error instanceof FopError && error.errno === EEXIST;
        if (!isTaken || attempt === MAX_ATTEMPTS) throw error;
      }
    }
  }

  /** Does as `mkdtemp`; `remove` of the result removes the directory, as does the end of a `using` block. */
  *mkdtempDisposable(prefix: PathLike, options?: Options): Steps<TemporaryDirectory> {
    const path = yield* this.mkdtemp(prefix, options);
    const makeRemovalSteps = (): Steps<void> => this.rm(path, { recursive: true, force: true });
    const remove = (): Promise<void> => this.run(makeRemovalSteps());
    return {
      path,
      remove,
      [Symbol.asyncDispose]: remove,
      [Symbol.dispose]: () => runSync(makeRemovalSteps()),
    };
  }

  /**
   * Makes a file, device or pipe.
   * @param mode includes the type of the file
   * @param rdev the number of a device: major * 2^32 + minor
   */
  *mknod(path: PathLike, mode: number, rdev?: number): Steps<void> {
    const pathText = toPath(path);
    const device = toInteger(rdev ?? 0, 'rdev');
    yield* withErrorContext('mknod', pathText, this.files.mknod(pathText, toMode(mode), device));
  }

  /** Makes a symbolic link at `path`. @param _type is for Windows, and ignored as everywhere else */
  *symlink(target: PathLike, path: PathLike, _type?: unknown): Steps<void> {
    const [linkTarget, pathText] = [toPath(target, 'target'), toPath(path)];
    if (linkTarget === '') throw new FileError(ENOENT, 'symlink', linkTarget, pathText);
    yield* withErrorContext(
      'symlink',
      linkTarget,
      this.files.symlink(linkTarget, pathText),
      pathText,
    );
  }

  *link(existing: PathLike, path: PathLike): Steps<void> {
    const [from, to] = [toPath(existing, 'existingPath'), toPath(path, 'newPath')];
    yield* withErrorContext('link', from, this.files.link(from, to), to);
  }

  *unlink(path: PathLike): Steps<void> {
    const pathText = toPath(path);
    yield* withErrorContext('unlink', pathText, this.files.unlink(pathText));
  }

  *rmdir(path: PathLike): Steps<void> {
    const pathText = toPath(path);
    yield* withErrorContext('rmdir', pathText, this.files.rmdir(pathText));
  }

  /** Renames a file. @param options `{ flag: 'noreplace' | 'exchange' }`, as renameat2(2) */
  *rename(from: PathLike, to: PathLike, options?: Options): Steps<void> {
    const [oldPath, newPath] = [toPath(from, 'oldPath'), toPath(to, 'newPath')];
    const { flag } = readOptions(options);
    // RENAME_NOREPLACE and RENAME_EXCHANGE.
    const flags = flag === undefined ? 0 : { noreplace: 1, exchange: 2 }[String(flag)];
    if (flags === undefined) {
      throwArgumentError('ERR_INVALID_ARG_VALUE', 'flag', "'noreplace' or 'exchange'", flag);
    }
    yield* withErrorContext('rename', oldPath, this.files.rename(oldPath, newPath, flags), newPath);
  }

  *readlink(path: PathLike, options?: Options): Steps<string | Uint8Array> {
    const [pathText, encoding] = [toPath(path), readEncoding(options)];
    const target = yield* withErrorContext('readlink', pathText, this.files.readlink(pathText));
    return toEncodedName(target, encoding);
  }

  /** Returns the path of the same file without symbolic links, `.` and `..`. */
  *realpath(path: PathLike, options?: Options): Steps<string | Uint8Array> {
    const [pathText, encoding] = [toPath(path), readEncoding(options)];
    const resolved = yield* withErrorContext(
      'realpath',
      pathText,
      this.driver.resolve(pathText, 'follow'),
    );
    if (resolved.file === undefined) throw new FileError(ENOENT, 'realpath', pathText);
    return toEncodedName(joinRealPath(resolved), encoding);
  }

  /**
   * Removes a file; a directory only with `recursive`. With `force`, an absent path is no error. A symbolic link with a
   * slash behind it fails with ENOTDIR, as in rm(1); Node's promises then do nothing, and its `rmSync` may remove the
   * content of the directory that the link leads to.
   */
  *rm(path: PathLike, options?: Options): Steps<void> {
    const pathText = toPath(path);
    const switches = readOptionsObject(options);
    const recursive = toBoolean(switches.recursive, 'options.recursive');
    const force = toBoolean(switches.force, 'options.force');
    const file = yield* withErrorContext(
      'rm',
      pathText,
      this.files.findIfExists(pathText, 'nofollow'),
    );
    if (file === undefined) {
      if (force) return;
      throw new FileError(ENOENT, 'rm', pathText);
    }
    if (file.buf.iaType !== IA_IFDIR)
      return yield* withErrorContext('rm', pathText, this.files.unlink(pathText));
    if (!recursive) {
      const error = new FileError(EISDIR, 'rm', pathText);
      throw Object.assign(error, { code: 'ERR_FS_EISDIR' });
    }
    if (trimSlashes(pathText) === '/') {
      // The root itself stays, empty.
      yield* this.removeTree({ inode: file.inode, path: pathText });
      return;
    }
    const { inode } = yield* withErrorContext(
      'rm',
      pathText,
      this.files.findDirectoryToRemove(pathText),
    );
    yield* this.removeTree({ inode, path: pathText });
    yield* withErrorContext('rm', pathText, this.files.rmdir(pathText));
  }

  /** Removes all files below a directory, but not the directory itself. */
  private *removeTree(top: TreeDirectory): Steps<void> {
    const { driver } = this;
    yield* visitTree(driver, top, {
      *visit({ inode, parent, name, path }) {
        const loc = new Loc(inode, parent, name);
        yield* ignoreAbsentFile(
          withErrorContext('rm', path, driver.expect('unlink', loc, 0, null)),
        );
      },
      *leave({ inode, parent, name, path }) {
        if (inode === top.inode) return;
        const loc = new Loc(inode, parent, name);
        yield* ignoreAbsentFile(withErrorContext('rm', path, driver.expect('rmdir', loc, 0, null)));
      },
    });
  }

  // -- directories ---------------------------------------------------------------------------

  *readdir(path: PathLike, options?: Options): Steps<(string | Uint8Array | Dirent)[]> {
    const pathText = toPath(path);
    const { withFileTypes = false, recursive = false } = readOptions(options);
    const encoding = readEncoding(options);
    if (recursive === true) return yield* this.readTree(pathText, withFileTypes === true, encoding);
    const { inode } = yield* withErrorContext('scandir', pathText, this.findDirectory(pathText));
    const entries = yield* withErrorContext('scandir', pathText, readEntries(this.driver, inode));
    if (withFileTypes !== true) return entries.map((entry) => toEncodedName(entry.name, encoding));
    const list: Dirent[] = [];
    for (const entry of entries) {
      const type = yield* withErrorContext(
        'scandir',
        pathText,
        this.findEntryType(entry, { inode, path: pathText }),
      );
      list.push(new Dirent(toEncodedName(entry.name, encoding), pathText, type));
    }
    return list;
  }

  /** Lists a directory with all files below it, by paths relative to it. */
  private *readTree(
    path: string,
    withTypes: boolean,
    encoding: string | null,
  ): Steps<(string | Uint8Array | Dirent)[]> {
    const top = yield* withErrorContext('scandir', path, this.findDirectory(path));
    const list: (string | Uint8Array | Dirent)[] = [];
    const normalizedPath = normalizeAsNode(path);
    const addFile = (file: { readonly path: string }, type: number): void => {
      const relativePath = file.path.slice(path.endsWith('/') ? path.length : path.length + 1);
      if (!withTypes) {
        list.push(toEncodedName(relativePath, encoding));
        return;
      }
      const slashIndex = relativePath.lastIndexOf('/');
      const name = toEncodedName(relativePath.slice(slashIndex + 1), encoding);
      // Like Node, returns the path of the call for the files in it, and normalized paths below.
      const directory = relativePath.slice(0, Math.max(slashIndex, 0));
      const joinedPath = normalizedPath === '' ? directory : joinPath(normalizedPath, directory);
      list.push(new Dirent(name, slashIndex < 0 ? path : joinedPath, type));
    };
    yield* withErrorContext(
      'scandir',
      path,
      visitTree(this.driver, top, {
        enter(directory) {
          if (directory.inode !== top.inode) addFile(directory, IA_IFDIR);
        },
        visit(file) {
          addFile(file, file.buf.iaType);
        },
      }),
    );
    return list;
  }
}

/** Runs steps, and ignores that their file is absent: another client may have removed it meanwhile. */
function* ignoreAbsentFile(steps: Steps<unknown>): Steps<void> {
  try {
    yield* steps;
  } catch (error) {
    if (!isAbsentError(error)) throw error;
  }
}

/** Joins the names of a resolved path, which has no symbolic links. Its first directory, the root, has no name. */
function joinRealPath({ directories, entryName }: ResolvedPath): string {
  const names = directories.slice(1).map(({ name }) => name!);
  if (entryName !== null) names.push(entryName.name);
  return `/${names.join('/')}`;
}

/** Letters at the end of a temporary name. */
const RANDOM_LETTER_COUNT = 6;
/** The most names to try. Two that are taken are already very unlikely. */
const MAX_ATTEMPTS = 100;

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Makes the random letters of a temporary name. */
export function makeRandomName(context: Context): string {
  const random = new Uint8Array(RANDOM_LETTER_COUNT);
  context.random(random);
  return Array.from(random, (byte) => LETTERS[byte % LETTERS.length]).join('');
}
