/** Reads and changes a file by its inode, without a path (gfapi calls this an object). */
import { Dict } from '../core/dict.ts';
import { EIO, EISDIR, ELOOP, ENOTDIR } from '../core/errno.ts';
import type { Gfid } from '../core/gfid.ts';
import { IA_IFDIR, IA_IFLNK, Iatt, type Statvfs } from '../core/iatt.ts';
import type { Inode } from '../core/inode.ts';
import { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_RDONLY, O_TRUNC } from '../core/open-flags.ts';
import { Loc } from '../core/operands.ts';
import type { DriverSteps } from './driver-steps.ts';
import { FopError } from './fop-error.ts';
import { OpenFile, readXattrValue, releaseOnFailure } from './open-file.ts';
import { makePromiseFacade } from './promise-facade.ts';
import type { Steps } from './steps.ts';

export type FileObject = InstanceType<typeof FileObject>;

/** The operations on one inode, as steps. Those without a comment are system calls. @throws {FopError} */
export class FileObjectSteps {
  readonly driver: DriverSteps;
  readonly inode: Inode;

  constructor(driver: DriverSteps, inode: Inode) {
    this.driver = driver;
    this.inode = inode;
  }

  get gfid(): Gfid {
    return this.inode.gfid;
  }

  private get loc(): Loc {
    return new Loc(this.inode);
  }

  /** Returns the attributes of the fop stat. */
  *stat(): Steps<Iatt> {
    return (yield* this.driver.expect('stat', this.loc, null)).values[0] as Iatt;
  }

  *access(mask = 0): Steps<void> {
    yield* this.driver.expect('access', this.loc, mask, null);
  }

  *statfs(): Steps<Statvfs> {
    const { values } = yield* this.driver.expect('statfs', this.loc, null);
    const statvfs = values[0] as Statvfs | null;
    if (statvfs === null) throw new FopError(EIO, 'statfs: the reply is empty');
    return statvfs;
  }

  /** Sets the fields of `stbuf` that `valid` names (SET_ATTR). */
  *setattr(valid: number, stbuf: Partial<Iatt>): Steps<Iatt> {
    const fields = Object.assign(new Iatt(), stbuf);
    const { values } = yield* this.driver.expect('setattr', this.loc, fields, valid, null);
    return values[1] as Iatt;
  }

  *truncate(size = 0): Steps<void> {
    yield* this.driver.expect('truncate', this.loc, size, null);
  }

  *readlink(): Steps<string> {
    return yield* this.driver.readlink(this.inode);
  }

  *getxattr(name: string): Steps<Uint8Array> {
    const { values } = yield* this.driver.expect('getxattr', this.loc, name, null);
    return readXattrValue(values[0] as Dict | null, name);
  }

  *listxattr(): Steps<string[]> {
    const { values } = yield* this.driver.expect('getxattr', this.loc, null, null);
    return [...((values[0] as Dict | null)?.keys() ?? [])];
  }

  *setxattr(name: string, value: Uint8Array, flags = 0): Steps<void> {
    const dict = new Dict().set(name, value, 'bin');
    yield* this.driver.expect('setxattr', this.loc, dict, flags, null);
  }

  *removexattr(name: string): Steps<void> {
    yield* this.driver.expect('removexattr', this.loc, name, null);
  }

  /** Opens the file; O_CREAT, O_EXCL and O_NOFOLLOW are ignored. */
  *open(flags = O_RDONLY): Steps<OpenFile> {
    const { driver, inode } = this;
    if (inode.iaType === IA_IFDIR) throw new FopError(EISDIR, inode.path);
    if ((flags & O_DIRECTORY) !== 0) throw new FopError(ENOTDIR, inode.path);
    if (inode.iaType === IA_IFLNK) throw new FopError(ELOOP, inode.path);
    if ((flags & O_TRUNC) !== 0) yield* this.truncate();
    const openFlags = flags & ~(O_CREAT | O_EXCL | O_NOFOLLOW | O_TRUNC);
    const file = new OpenFile(driver, driver.makeFd(inode, openFlags));
    return yield* releaseOnFailure(file, driver.expect('open', this.loc, openFlags, file.fd, null));
  }
}

/** A file by its inode, for callers that wait for promises. */
export const FileObject = makePromiseFacade(FileObjectSteps);
