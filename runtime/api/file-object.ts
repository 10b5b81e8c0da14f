/** Changes a file by its inode, without a path: what gfapi calls an object. */
import { Dict } from '../core/dict.ts';
import { EIO, EISDIR, ELOOP, ENOTDIR } from '../core/errno.ts';
import { SET_ATTR } from '../core/fops.ts';
import type { Gfid } from '../core/gfid.ts';
import { IA_IFDIR, IA_IFLNK, Iatt, type Statvfs } from '../core/iatt.ts';
import type { Inode } from '../core/inode.ts';
import { Loc } from '../core/loc.ts';
import { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_RDONLY, O_TRUNC } from '../core/open-flags.ts';
import type { DriverSteps, Reply } from './driver-steps.ts';
import { FopError } from './fop-error.ts';
import { OpenFile, readXattrValue } from './open-file.ts';
import { makePromiseFacade } from './promise-facade.ts';
import type { Steps } from './steps.ts';

export type FileObject = InstanceType<typeof FileObject>;

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

  /** The attributes that the fop stat returns. */
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

  /** Opens the file; O_CREAT, O_EXCL and O_NOFOLLOW do not count. */
  *open(flags = O_RDONLY): Steps<OpenFile> {
    const { driver, inode } = this;
    if (inode.iaType === IA_IFDIR) throw new FopError(EISDIR, inode.path);
    if ((flags & O_DIRECTORY) !== 0) throw new FopError(ENOTDIR, inode.path);
    if (inode.iaType === IA_IFLNK) throw new FopError(ELOOP, inode.path);
    if ((flags & O_TRUNC) !== 0) yield* this.truncate();
    const plain = flags & ~(O_CREAT | O_EXCL | O_NOFOLLOW | O_TRUNC);
    const file = new OpenFile(driver, driver.makeFd(inode, plain));
    return yield* releaseOnFailure(file, driver.expect('open', this.loc, plain, file.fd, null));
  }
}

/** A file by its inode, for callers that wait for promises. */
export const FileObject = makePromiseFacade(FileObjectSteps);

/** Returns a file whose open succeeds; else releases its fd. */
export function* releaseOnFailure(file: OpenFile, reply: Steps<Reply>): Steps<OpenFile> {
  try {
    yield* reply;
    return file;
  } catch (error) {
    file.fd.release();
    throw error;
  }
}

/** Uses a file, and closes it. */
export function* closeAfter<R>(
  file: OpenFile,
  use: (file: OpenFile['steps']) => Steps<R>,
): Steps<R> {
  let result: R;
  try {
    result = yield* use(file.steps);
  } catch (error) {
    file.fd.release();
    throw error;
  }
  yield* file.steps.close();
  return result;
}

/** The arguments of a setattr that sets the mode. */
export const modeChange = (mode: number): [number, Partial<Iatt>] => [
  SET_ATTR.MODE,
  { iaProt: mode & 0o7777 },
];

const isId = (id: number): boolean => id >>> 0 !== 0xffffffff;

/** The same for owners. An id of -1 is not changed. */
export const ownerChange = (uid: number, gid: number): [number, Partial<Iatt>] => [
  (isId(uid) ? SET_ATTR.UID : 0) | (isId(gid) ? SET_ATTR.GID : 0),
  { iaUid: uid >>> 0, iaGid: gid >>> 0 },
];

/** The same for times in milliseconds; an omitted one becomes `now`. */
export function timeChange(
  now: number,
  atimeMs?: number,
  mtimeMs?: number,
): [number, Partial<Iatt>] {
  const [atime, mtime] = [atimeMs ?? now, mtimeMs ?? now];
  const valid =
    (atimeMs === undefined ? SET_ATTR.ATIME_NOW : 0) |
    (mtimeMs === undefined ? SET_ATTR.MTIME_NOW : 0);
  return [
    valid | SET_ATTR.ATIME | SET_ATTR.MTIME,
    {
      iaAtime: Math.floor(atime / 1000),
      iaAtimeNsec: toNanoseconds(atime),
      iaMtime: Math.floor(mtime / 1000),
      iaMtimeNsec: toNanoseconds(mtime),
    },
  ];
}

const toNanoseconds = (ms: number): number => Math.round((ms - Math.floor(ms / 1000) * 1000) * 1e6);
