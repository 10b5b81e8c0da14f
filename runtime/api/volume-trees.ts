/** Makes, lists, changes and removes the directories of a tree for `VolumeSteps`. */
import { EEXIST, EISDIR, ENOENT, ENOTDIR } from '../core/errno.ts';
import { IA_IFDIR, IA_IFLNK } from '../core/iatt.ts';
import { joinPath, Loc } from '../core/operands.ts';
import { toEncodedName } from './arguments.ts';
import { FileError, withErrorContext } from './file-error.ts';
import { FileObject } from './file-object.ts';
import { trimSlashes } from './files.ts';
import { FopError } from './fop-error.ts';
import { readEntries } from './open-directory.ts';
import { normalizeAsNode } from './resolve-path.ts';
import { Dirent } from './stats.ts';
import type { Steps } from './steps.ts';
import { isAbsentError, type TreeDirectory, visitTree } from './tree.ts';
import type { VolumeContext } from './volume-context.ts';
import { makeRandomName } from './whole-file.ts';

/** A directory of `mkdtempDisposable`. */
export interface TemporaryDirectory {
  readonly path: string | Uint8Array;
  remove(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
  [Symbol.dispose](): void;
}

/** The most names to try. Two that are taken are already very unlikely. */
const MAX_ATTEMPTS = 100;

/** Makes the absent directories of a path, from the top. @returns the first one made; undefined if all exist */
export function* makeDirectories(
  { files }: VolumeContext,
  path: string,
  mode: number,
): Steps<string | undefined> {
  const names = path.split('/').filter((name) => name !== '');
  const isWholePath = (prefix: string): boolean => prefix === `/${names.join('/')}`;
  let firstNewPath: string | undefined;
  let prefix = '';
  for (const name of names) {
    prefix += `/${name}`;
    const file = yield* files.findIfExists(prefix);
    if (file !== undefined && file.buf.iaType !== IA_IFDIR) {
      throw new FopError(prefix.length < path.length ? ENOTDIR : EEXIST, prefix);
    }
    if (file !== undefined) continue;
    try {
      yield* files.mkdir(prefix, mode);
      firstNewPath ??= prefix;
    } catch (error) {
      // Either another client has just made the directory, or the name is a symbolic link to an absent file.
      if (!(error instanceof FopError && error.errno === EEXIST)) throw error;
      if ((yield* files.findIfExists(prefix)) === undefined) {
        throw new FopError(isWholePath(prefix) ? ENOENT : ENOTDIR, prefix);
      }
    }
  }
  return firstNewPath;
}

/** Makes a directory with a random name; tries another name while one is taken. @returns its path */
export function* makeUniqueDirectory(
  { driver, files }: VolumeContext,
  prefix: string,
): Steps<string> {
  for (let attempt = 1; ; attempt += 1) {
    const path = prefix + makeRandomName(driver.graph.context);
    try {
      yield* files.mkdir(path, 0o700);
      return path;
    } catch (error) {
      const isTaken = error instanceof FopError && error.errno === EEXIST;
      if (!isTaken || attempt === MAX_ATTEMPTS) throw error;
    }
  }
}

/** Changes all files below a directory; does nothing if the path leads to another file. */
export function* changeTree(
  { driver, files }: VolumeContext,
  syscall: string,
  path: string,
  change: (object: FileObject['steps']) => Steps<unknown>,
): Steps<void> {
  const { inode, buf } = yield* withErrorContext(syscall, path, files.find(path));
  if (buf.iaType !== IA_IFDIR) return;
  const changeFile = (file: TreeDirectory): Steps<unknown> =>
    withErrorContext(syscall, file.path, change(new FileObject(driver, file.inode).steps));
  yield* visitTree(
    driver,
    { inode, path },
    {
      *visit(file) {
        // A chmod of a symbolic link would change its target.
        if (file.buf.iaType !== IA_IFLNK || syscall !== 'chmod') yield* changeFile(file);
      },
      *leave(directory) {
        if (directory.inode !== inode) yield* changeFile(directory);
      },
    },
  );
}

/** Removes a file, or with `recursive` a directory with all below it. With `force`, an absent path is no error. */
export function* removePath(
  volume: VolumeContext,
  path: string,
  recursive: boolean,
  force: boolean,
): Steps<void> {
  const { files } = volume;
  const file = yield* withErrorContext('rm', path, files.findIfExists(path, 'nofollow'));
  if (file === undefined) {
    if (force) return;
    throw new FileError(ENOENT, 'rm', path);
  }
  if (file.buf.iaType !== IA_IFDIR) return yield* withErrorContext('rm', path, files.unlink(path));
  if (!recursive) {
    throw Object.assign(new FileError(EISDIR, 'rm', path), { code: 'ERR_FS_EISDIR' });
  }
  // The root itself stays, empty.
  if (trimSlashes(path) === '/') return yield* removeTree(volume, { inode: file.inode, path });
  const { inode } = yield* withErrorContext('rm', path, files.findDirectoryToRemove(path));
  yield* removeTree(volume, { inode, path });
  yield* withErrorContext('rm', path, files.rmdir(path));
}

/** Removes all files below a directory, but not the directory itself. */
function* removeTree({ driver }: VolumeContext, top: TreeDirectory): Steps<void> {
  yield* visitTree(driver, top, {
    *visit({ inode, parent, name, path }) {
      const loc = new Loc(inode, parent, name);
      yield* ignoreAbsentFile(withErrorContext('rm', path, driver.expect('unlink', loc, 0, null)));
    },
    *leave({ inode, parent, name, path }) {
      if (inode === top.inode) return;
      const loc = new Loc(inode, parent, name);
      yield* ignoreAbsentFile(withErrorContext('rm', path, driver.expect('rmdir', loc, 0, null)));
    },
  });
}

/** Runs steps, and ignores that their file is absent: another client may have removed it meanwhile. */
function* ignoreAbsentFile(steps: Steps<unknown>): Steps<void> {
  try {
    yield* steps;
  } catch (error) {
    if (!isAbsentError(error)) throw error;
  }
}

/** Lists a directory with all files below it, by paths relative to it. */
export function* readTree(
  volume: VolumeContext,
  path: string,
  withTypes: boolean,
  encoding: string | null,
): Steps<(string | Uint8Array | Dirent)[]> {
  const top = yield* withErrorContext('scandir', path, volume.findDirectory(path));
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
    visitTree(volume.driver, top, {
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

/** Lists a directory. */
export function* readDirectory(
  volume: VolumeContext,
  path: string,
  withTypes: boolean,
  encoding: string | null,
): Steps<(string | Uint8Array | Dirent)[]> {
  if (withTypes) {
    const typed = yield* withErrorContext('scandir', path, volume.listEntries(path));
    return typed.map(
      ({ entry, type }) => new Dirent(toEncodedName(entry.name, encoding), path, type),
    );
  }
  const { inode } = yield* withErrorContext('scandir', path, volume.findDirectory(path));
  const entries = yield* withErrorContext('scandir', path, readEntries(volume.driver, inode));
  return entries.map((entry) => toEncodedName(entry.name, encoding));
}
