/** Defines all operations of a volume as steps, with the names and arguments of Node's `fs/promises`. */
import { EEXIST } from '../core/errno.ts';
import { type Gfid, isGfid } from '../core/gfid.ts';
import type { Inode } from '../core/inode.ts';
import { Loc } from '../core/loc.ts';
import {
  type PathLike,
  readBuffer,
  readEncoding,
  readOptions,
  readOptionsObject,
  throwArgumentError,
  toBoolean,
  toInteger,
  toMode,
  toOpenFlags,
  toPath,
} from './arguments.ts';
import { copyFile, copyTree } from './copy.ts';
import { Directory } from './directory.ts';
import { toContent } from './file-data.ts';
import { FileError, withErrorContext } from './file-error.ts';
import { FileHandle, type FileHandleSteps } from './file-handle.ts';
import type { Steps } from './steps.ts';
import type { Options } from './volume-context.ts';
import { VolumeNameSteps } from './volume-name-steps.ts';
import { VolumeObject } from './volume-object.ts';

/** The operations of a volume, as steps. Those without a comment are as in Node. @throws {FileError} */
export class VolumeSteps extends VolumeNameSteps {
  /** Opens a directory, which is read page by page; with `recursive` those below it, too. */
  *opendir(path: PathLike, options?: Options): Steps<Directory> {
    const pathText = toPath(path);
    const recursive = readOptions(options).recursive === true;
    const settings = { encoding: readEncoding(options), recursive };
    const { inode } = yield* withErrorContext('opendir', pathText, this.findDirectory(pathText));
    return yield* withErrorContext(
      'opendir',
      pathText,
      Directory.open(this, { inode, path: pathText }, settings),
    );
  }

  // -- data ----------------------------------------------------------------------------------

  *open(path: PathLike, flags?: unknown, mode?: unknown): Steps<FileHandle> {
    const pathText = toPath(path);
    const flagBits = toOpenFlags(flags);
    return yield* withErrorContext(
      'open',
      pathText,
      FileHandle.open(this, pathText, flagBits, toMode(mode, 0o666)),
    );
  }

  *readFile(file: PathLike | FileHandle, options?: Options): Steps<string | Uint8Array> {
    if (file instanceof FileHandle) return yield* file.steps.readFile(options);
    const { flag } = readOptions(options);
    // Refuses what it cannot use before the file is opened.
    readEncoding(options);
    readBuffer(options);
    const handle = yield* this.open(file, flag);
    return yield* this.useFile(handle, (openFile) => openFile.readFile(options));
  }

  /** Replaces the content of a file. @param data text, bytes, or an iterable of these */
  *writeFile(file: PathLike | FileHandle, data: unknown, options?: Options): Steps<void> {
    yield* this.writeAll(file, data, options, 'w');
  }

  *appendFile(file: PathLike | FileHandle, data: unknown, options?: Options): Steps<void> {
    yield* this.writeAll(file, data, options, 'a');
  }

  /** Writes to an open file, or to the file of a path, which is opened and closed. */
  private *writeAll(
    file: PathLike | FileHandle,
    data: unknown,
    options: Options | undefined,
    defaultFlag: string,
  ): Steps<void> {
    if (file instanceof FileHandle) return yield* file.steps.writeFile(data, options);
    const { flag, mode, flush } = readOptions(options);
    const content = toContent(data, options);
    const handle = yield* this.open(file, flag ?? defaultFlag, mode);
    yield* this.useFile(handle, function* (openFile) {
      yield* openFile.writeFile(content, options);
      if (flush === true) yield* openFile.sync();
    });
  }

  /** Runs `use` on an open file, and closes it; after an error of `use`, without a flush. */
  *useFile<R>({ steps }: FileHandle, use: (file: FileHandleSteps) => Steps<R>): Steps<R> {
    let result: R;
    try {
      result = yield* use(steps);
    } catch (error) {
      steps.release();
      throw error;
    }
    yield* steps.close();
    return result;
  }

  /** Copies data and mode of a file. @param mode COPYFILE_EXCL: the target must be absent */
  *copyFile(source: PathLike, target: PathLike, mode?: number): Steps<void> {
    const [from, to] = [toPath(source, 'src'), toPath(target, 'dest')];
    yield* copyFile(this, from, to, toInteger(mode ?? 0, 'mode', 0, 7));
  }

  /** Copies a file, or with `recursive` a tree, as Node's `fs.cp` does. */
  *cp(source: PathLike, target: PathLike, options?: Options): Steps<void> {
    const [from, to] = [toPath(source, 'src'), toPath(target, 'dest')];
    const switches = readOptionsObject(options);
    // `copyTree` does not check these; Node's `mode` has no effect here.
    toBoolean(switches.recursive, 'options.recursive');
    toInteger(switches.mode ?? 0, 'options.mode', 0, 7);
    yield* copyTree({ from: this, to: this }, from, to, switches);
  }

  /**
   * Copies a tree to a path that must be absent, as Python's `shutil.copytree`.
   * @param options with `symlinks`, symbolic links are copied as such; otherwise their targets are
   */
  *copytree(source: PathLike, target: PathLike, options?: Options): Steps<void> {
    const [from, to] = [toPath(source, 'src'), toPath(target, 'dest')];
    yield* withErrorContext('scandir', from, this.findDirectory(from));
    if ((yield* this.files.findIfExists(to, 'nofollow')) !== undefined) {
      throw new FileError(EEXIST, 'mkdir', to);
    }
    const dereference = readOptions(options).symlinks !== true;
    yield* copyTree({ from: this, to: this }, from, to, {
      recursive: true,
      dereference,
      verbatimSymlinks: true,
      preserveTimestamps: true,
    });
  }

  // -- handles -------------------------------------------------------------------------------

  /** Returns the file of a path as an object, which renames do not affect. */
  *object(path: PathLike): Steps<VolumeObject> {
    const pathText = toPath(path);
    const { inode } = yield* withErrorContext('lookup', pathText, this.files.find(pathText));
    return new VolumeObject(this, inode);
  }

  /** Finds the file of a gfid. @throws {FileError} ENOENT or ESTALE if the volume has no such file */
  *objectByGfid(gfid: Gfid): Steps<VolumeObject> {
    if (typeof gfid !== 'string' || !isGfid(gfid)) {
      throwArgumentError('ERR_INVALID_ARG_VALUE', 'gfid', 'a gfid', gfid);
    }
    const { inodes } = this.driver.graph;
    const knownInode = inodes.find(gfid);
    if (knownInode !== undefined) return new VolumeObject(this, knownInode);
    const loc = new Loc(inodes.newInode(), null, null, gfid);
    const reply = yield* withErrorContext('lookup', gfid, this.driver.expect('lookup', loc, null));
    return new VolumeObject(this, reply.values[0] as Inode);
  }

  /** Opens the file of a gfid; O_CREAT and O_EXCL are ignored. @throws {FileError} */
  *openByGfid(gfid: Gfid, flags: number): Steps<FileHandle> {
    return yield* (yield* this.objectByGfid(gfid)).steps.open(flags);
  }
}
