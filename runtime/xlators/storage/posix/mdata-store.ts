/**
 * Stores the times that clients set (core/ctime.ts) with their inode, and shows them in place of the disk's. An inode
 * has stored times from the first request that carries a time. As in GlusterFS, a time only replaces an earlier one,
 * except by utimensat(2). A local request without a time uses this machine's clock. Only a process that may write
 * `trusted.` attributes stores times.
 *
 * Source: GlusterFS 10 `xlators/storage/posix/src/posix-metadata.c`.
 */
import {
  accessTimeFops,
  type Ctime,
  findSetattrTimes,
  makeCtime,
  TIME_BITS,
  timesByFop,
} from '../../../core/ctime.ts';
import { EINVAL, EOPNOTSUPP } from '../../../core/errno.ts';
import { SET_ATTR } from '../../../core/fops.ts';
import type { Frame } from '../../../core/frame.ts';
import type { FopName } from '../../../core/gen/fops.gen.ts';
import type { Iatt } from '../../../core/iatt.ts';
import { messages } from '../../../core/messages.ts';
import type { Xlator } from '../../../core/xlator.ts';
import type { Path } from '../../../sys/libc.ts';
import * as libc from '../../../sys/libc.ts';
import { toCString } from '../../../sys/struct.ts';
import {
  decodeMdata,
  encodeMdata,
  MDATA,
  MDATA_SIZE,
  selectLatestTimes,
  type Times,
} from '../shared/mdata.ts';
import type { InodeHandle } from './handles.ts';
import { EMPTY_PATH, makeProcEntryPath, makeProcPath } from './paths.ts';

const MDATA_KEY = toCString(MDATA);
const { CTIME, MTIME, ATIME } = TIME_BITS;
const ALL_TIMES = CTIME | MTIME | ATIME;
/** The flags for the parent directory's times are the same ones, shifted left by this. */
const PARENT_SHIFT = 3;

/** The stored times of one volume's inodes. */
export class MdataStore {
  private readonly xl: Xlator;
  /** Whether this process may write `trusted.` attributes. */
  private readonly canStore: boolean;
  /** The volume's option `ctime`. */
  private readonly isEnabled: boolean;
  /** Memory for the attribute's value. */
  private readonly buffer = new Uint8Array(MDATA_SIZE);
  /** Errnos of logged failures; 0 for the warning that this process may not store times. */
  private readonly loggedErrnos = new Set<number>();

  constructor(xl: Xlator, isEnabled: boolean, canStore: boolean) {
    this.xl = xl;
    this.isEnabled = isEnabled;
    this.canStore = canStore;
  }

  /** Whether times are stored at all. */
  get storesTimes(): boolean {
    return this.isEnabled && this.canStore;
  }

  /** Whether an inode has stored times. */
  hasTimes(handle: InodeHandle, fd: number): boolean {
    return this.storesTimes && this.findTimes(handle, fd) !== null;
  }

  /**
   * Writes the stored times of `path` in the directory `fd` (`EMPTY_PATH`: of `fd`'s own inode) into `buf`, which it
   * returns.
   */
  applyStoredTimes(
    buf: Iatt,
    handle: InodeHandle | undefined,
    fd: number,
    path: Path = EMPTY_PATH,
  ): Iatt {
    if (!this.storesTimes) return buf;
    let stored = handle?.mdata;
    if (stored === undefined)
      stored =
        path === EMPTY_PATH && handle !== undefined
          ? this.findTimes(handle, fd)
          : this.readTimes(fd, path);
    return stored === null ? buf : Object.assign(buf, stored);
  }

  /**
   * Advances the stored times of the inode that a fop reads or changes.
   * @param fd the handle's own descriptor, or that of an open file
   * @param mask limits which of the times are set
   */
  setTimes(
    frame: Frame,
    fop: FopName,
    handle: InodeHandle,
    fd = handle.fd,
    mask = ALL_TIMES,
  ): void {
    if (!this.isEnabled) return;
    const requestTime = frame.root.ctime;
    const time = requestTime ?? this.makeLocalTime(selectLocalTimeBits(frame, fop));
    this.advanceTimes(handle, fd, time, time.flags & mask, requestTime !== null);
  }

  /** Advances the stored times of the directory in which a fop changes a name. */
  setParentTimes(frame: Frame, fop: FopName, dir: InodeHandle): void {
    if (!this.isEnabled) return;
    const requestTime = frame.root.ctime;
    const time = requestTime ?? this.makeLocalTime(selectLocalTimeBits(frame, fop));
    this.advanceTimes(dir, dir.fd, time, time.flags >> PARENT_SHIFT, requestTime !== null);
  }

  /**
   * Advances the stored times of an inode for a setattr, and stores the times that its caller sets explicitly
   * (utimensat).
   * @param valid the bits of `SET_ATTR` for the values of `attributes` that are set
   */
  setAttrTimes(
    frame: Frame,
    handle: InodeHandle,
    fd: number,
    attributes: Iatt,
    valid: number,
  ): void {
    if (!this.isEnabled) return;
    const requestTime = frame.root.ctime;
    const time =
      requestTime ?? this.makeLocalTime(frame.root.pid < 0 ? 0 : findSetattrTimes(valid));
    // A client that sends no times has the time 0: "now" is then this machine's time.
    const explicit = readExplicitTimes(
      attributes,
      valid,
      time.sec === 0 ? this.makeLocalTime(0) : time,
    );
    const stored = explicit !== null && this.canStore ? this.findTimes(handle, fd) : null;
    // As in GlusterFS, explicit times alone give an inode no stored times.
    if (stored !== null) {
      const advanced = selectLatestTimes(stored, {
        ...stored,
        iaCtime: time.sec,
        iaCtimeNsec: time.nsec,
      });
      this.storeTimes(handle, fd, { ...advanced, ...explicit });
    }
    this.advanceTimes(handle, fd, time, time.flags, requestTime !== null);
  }

  /**
   * Stores times that a client sends as an attribute (the disk's, or another brick's) where they are later.
   * @param times null for malformed ones: EINVAL
   * @returns 0 or the errno
   */
  mergeTimes(handle: InodeHandle, fd: number, times: Times | null): number {
    if (times === null) return EINVAL;
    if (!this.isEnabled) return EOPNOTSUPP;
    if (!this.canStore) {
      this.warnUnable();
      return EOPNOTSUPP;
    }
    const stored = this.findTimes(handle, fd);
    return this.storeTimes(handle, fd, stored === null ? times : selectLatestTimes(stored, times));
  }

  /** Returns this machine's time, for the times in `flags`. */
  private makeLocalTime(flags: number): Ctime {
    return makeCtime(this.xl.context.sink.now(), flags);
  }

  /**
   * Stores `time` for each of `flags` where it is later.
   * @param mayStoreFirst whether an inode without stored times gets them: only by a request that carries a time
   */
  private advanceTimes(
    handle: InodeHandle,
    fd: number,
    time: Ctime,
    flags: number,
    mayStoreFirst: boolean,
  ): void {
    if ((flags & ALL_TIMES) === 0 || (mayStoreFirst && time.sec === 0)) return;
    if (!this.canStore) {
      if (mayStoreFirst) this.warnUnable();
      return;
    }
    const stored = this.findTimes(handle, fd);
    if (stored === null && !mayStoreFirst) return;
    const { sec, nsec } = time;
    const earlier = stored ?? makeTimes(time);
    const requested: Times = {
      ...earlier,
      ...((flags & CTIME) !== 0 && { iaCtime: sec, iaCtimeNsec: nsec }),
      ...((flags & MTIME) !== 0 && { iaMtime: sec, iaMtimeNsec: nsec }),
      ...((flags & ATIME) !== 0 && { iaAtime: sec, iaAtimeNsec: nsec }),
    };
    this.storeTimes(handle, fd, selectLatestTimes(earlier, requested));
  }

  /** Returns the stored times of an inode, which are read once; null for none. */
  private findTimes(handle: InodeHandle, fd: number): Times | null {
    if (handle.mdata === undefined) handle.mdata = this.readTimes(fd, EMPTY_PATH);
    return handle.mdata;
  }

  /** Reads the stored times of `path` in a directory (`EMPTY_PATH`: of `fd`'s own inode); null for none. */
  private readTimes(fd: number, path: Path): Times | null {
    const procFile = path === EMPTY_PATH ? makeProcPath(fd) : makeProcEntryPath(fd, path, 0);
    const readXattr = path === EMPTY_PATH ? libc.getxattr : libc.lgetxattr;
    const length = readXattr(procFile, MDATA_KEY, this.buffer, this.buffer.length);
    return length < 0 ? null : decodeMdata(this.buffer.subarray(0, length));
  }

  /** Stores times; returns 0 or the errno. Times that the disk refuses are shown until the handle is dropped. */
  private storeTimes(handle: InodeHandle, fd: number, times: Times): number {
    handle.mdata = times;
    const bytes = encodeMdata(times);
    // A handle's own descriptor may be O_PATH, which fsetxattr(2) does not accept.
    const errno =
      fd === handle.fd
        ? -libc.setxattr(makeProcPath(fd), MDATA_KEY, bytes, bytes.length, 0)
        : -libc.fsetxattr(fd, MDATA_KEY, bytes, bytes.length, 0);
    if (errno !== 0) this.warnFailure(errno);
    return errno;
  }

  /** Logs that times could not be stored, once for each errno. */
  private warnFailure(errno: number): void {
    if (this.loggedErrnos.has(errno)) return;
    this.loggedErrnos.add(errno);
    const text = 'times that clients have set cannot be kept with a file';
    this.xl.log.warning(`${text}. Later failures with this errno are not logged`, {
      errno,
      msgid: messages.mdataNotStored.id,
    });
  }

  /** Logs once that this process may not store times. */
  private warnUnable(): void {
    if (this.loggedErrnos.has(0)) return;
    this.loggedErrnos.add(0);
    this.xl.log.warning(
      `clients say which times files get, and this process may not keep them (${MDATA}): ` +
        'files get the times of this machine. Run it as root, or set option ctime off',
      { msgid: messages.mdataDisabled.id },
    );
  }
}

/**
 * Returns flags of the times that a fop sets if no client has sent a time: no access time of reads, and none for
 * internal requests (negative pid).
 */
function selectLocalTimeBits(frame: Frame, fop: FopName): number {
  if (frame.root.pid < 0) return 0;
  const bits = timesByFop[fop] ?? 0;
  return accessTimeFops.includes(fop) ? bits & ~ATIME : bits;
}

/** Makes access, modification and change times that are all the same. */
const makeTimes = ({ sec, nsec }: Ctime): Times => ({
  ...{ iaAtime: sec, iaAtimeNsec: nsec, iaMtime: sec, iaMtimeNsec: nsec },
  ...{ iaCtime: sec, iaCtimeNsec: nsec },
});

/** Returns the times that a setattr sets explicitly, or null. */
function readExplicitTimes(attributes: Iatt, valid: number, now: Ctime): Partial<Times> | null {
  const explicit = {
    ...((valid & SET_ATTR.ATIME) !== 0 && {
      iaAtime: attributes.iaAtime,
      iaAtimeNsec: attributes.iaAtimeNsec,
    }),
    ...((valid & SET_ATTR.MTIME) !== 0 && {
      iaMtime: attributes.iaMtime,
      iaMtimeNsec: attributes.iaMtimeNsec,
    }),
    ...((valid & SET_ATTR.ATIME_NOW) !== 0 && { iaAtime: now.sec, iaAtimeNsec: now.nsec }),
    ...((valid & SET_ATTR.MTIME_NOW) !== 0 && { iaMtime: now.sec, iaMtimeNsec: now.nsec }),
  };
  return Object.keys(explicit).length === 0 ? null : explicit;
}
