/** Offers operations on a file by its gfid, without a path (gfapi calls this an object). Renames do not affect it. */
import type { Gfid } from '../core/gfid.ts';
import type { Inode } from '../core/inode.ts';
import { O_RDWR } from '../core/open-flags.ts';
import {
  readEncoding,
  readOptions,
  readSignal,
  readXattrFlags,
  toBuffer,
  toBytes,
  toEncodedName,
  toId,
  toInteger,
  toMilliseconds,
  toMode,
  toOpenFlags,
  toPath,
  toPosition,
} from './arguments.ts';
import { withErrorContext } from './file-error.ts';
import { FileHandle } from './file-handle.ts';
import { FileObjectSteps } from './file-object.ts';
import { OpenFile } from './open-file.ts';
import { makePromiseFacade } from './promise-facade.ts';
import { makeModeArgs, makeOwnerArgs, makeTimeArgs } from './setattr-arguments.ts';
import { BigIntStats, Stats } from './stats.ts';
import type { Steps } from './steps.ts';
import { type Options, VolumeContext } from './volume-context.ts';

/** The operations on one file by its gfid, as steps. Those without a comment are as in Node. @throws {FileError} */
export class VolumeObjectSteps {
  readonly volume: VolumeContext;
  /** The file's operations with GlusterFS's attributes and errors. */
  readonly file: FileObjectSteps;

  constructor(volume: VolumeContext, inode: Inode) {
    this.volume = volume;
    this.file = new FileObjectSteps(volume.driver, inode);
  }

  get gfid(): Gfid {
    return this.file.gfid;
  }

  /** Names the object in errors, as GlusterFS does in its logs. */
  private withObjectContext<R>(syscall: string, steps: Steps<R>): Steps<R> {
    return withErrorContext(syscall, `<gfid:${this.gfid}>`, steps);
  }

  *stat(options?: Options): Steps<Stats | BigIntStats> {
    const { bigint: isBig } = readOptions(options);
    const buf = yield* this.withObjectContext('stat', this.file.stat());
    const { deviceNumber } = this.volume.client;
    return isBig === true ? new BigIntStats(buf, deviceNumber) : new Stats(buf, deviceNumber);
  }

  *access(mode?: number): Steps<void> {
    yield* this.withObjectContext('access', this.file.access(toInteger(mode ?? 0, 'mode', 0, 7)));
  }

  *chmod(mode: number | string): Steps<void> {
    yield* this.withObjectContext('chmod', this.file.setattr(...makeModeArgs(toMode(mode))));
  }

  *chown(uid: number, gid: number): Steps<void> {
    const ids = [toId(uid, 'uid'), toId(gid, 'gid')] as const;
    yield* this.withObjectContext('chown', this.file.setattr(...makeOwnerArgs(...ids)));
  }

  *utimes(atime: unknown, mtime: unknown): Steps<void> {
    const times = [toMilliseconds(atime, 'atime'), toMilliseconds(mtime, 'mtime')] as const;
    yield* this.withObjectContext('utime', this.file.setattr(...makeTimeArgs(0, ...times)));
  }

  *truncate(length?: number): Steps<void> {
    yield* this.withObjectContext('truncate', this.file.truncate(toInteger(length ?? 0, 'len')));
  }

  *readlink(options?: Options): Steps<string | Uint8Array> {
    const target = yield* this.withObjectContext('readlink', this.file.readlink());
    return toEncodedName(target, readEncoding(options));
  }

  // -- data ----------------------------------------------------------------------------------

  *open(flags?: unknown): Steps<FileHandle> {
    const file = yield* this.withObjectContext('open', this.file.open(toOpenFlags(flags)));
    return FileHandle.register(this.volume, this.file.inode.path, file);
  }

  /** Reads at most `length` bytes without an open: gfapi's anonymous read. */
  *read(length: number, position = 0): Steps<Uint8Array> {
    const [size, offset] = [toInteger(length, 'length'), toPosition(position)];
    const readSteps = this.useAnonymousFd((file) => file.read(size, offset));
    return toBuffer(yield* this.withObjectContext('read', readSteps));
  }

  /** Writes all of the data without an open: gfapi's anonymous write. @returns its length */
  *write(data: unknown, position = 0): Steps<number> {
    const [bytes, offset] = [toBytes(data), toPosition(position)];
    return yield* this.withObjectContext(
      'write',
      this.useAnonymousFd((file) => file.write(bytes, offset)),
    );
  }

  /** Runs `use` on an fd that no volume has opened. */
  private *useAnonymousFd<R>(use: (file: OpenFile['steps']) => Steps<R>): Steps<R> {
    const { driver } = this.volume;
    const fd = driver.makeFd(this.file.inode, O_RDWR);
    try {
      return yield* use(new OpenFile(driver, fd).steps);
    } finally {
      fd.release();
    }
  }

  // -- extended attributes -------------------------------------------------------------------

  *getxattr(name: string): Steps<Uint8Array> {
    return yield* this.withObjectContext('getxattr', this.file.getxattr(toPath(name, 'name')));
  }

  *listxattr(): Steps<string[]> {
    return yield* this.withObjectContext('listxattr', this.file.listxattr());
  }

  /** Sets an attribute. @param options `{ flag: 'create' | 'replace' }`, as Volume's */
  *setxattr(name: string, value: unknown, options?: Options): Steps<void> {
    const flags = readXattrFlags(options);
    yield* this.withObjectContext(
      'setxattr',
      this.file.setxattr(toPath(name, 'name'), toBytes(value), flags),
    );
  }

  *removexattr(name: string): Steps<void> {
    yield* this.withObjectContext('removexattr', this.file.removexattr(toPath(name, 'name')));
  }
}

export type VolumeObject = InstanceType<typeof VolumeObject>;

/** An object, for callers that wait for promises. */
export const VolumeObject = makePromiseFacade(
  VolumeObjectSteps,
  (steps, { volume }) => volume.run(steps),
  (object, args) => {
    const signal = readSignal(args.at(-1));
    if (signal === undefined) return object;
    const volume = new VolumeContext(...object.volume.withSignal(signal));
    return new VolumeObjectSteps(volume, object.file.inode);
  },
);
