/**
 * Times that are kept with an inode because clients have set them (core/ctime.ts); they replace the disk's in all that
 * the volume shows of it. An inode gets them with the first request that says when it was made. They only go forward, as
 * in GlusterFS, unless utimensat(2) says otherwise. A request without times, from no client of the network, moves kept
 * times by this machine's clock. Only a process that may write `trusted.` keeps them.
 *
 * Source: GlusterFS 10 `xlators/storage/posix/src/posix-metadata.c`.
 */
import { type Ctime, ctimeAt, readers, SETS, setBy, setBySetattr } from '../../../core/ctime.ts';
import { EINVAL, EOPNOTSUPP } from '../../../core/errno.ts';
import { SET_ATTR } from '../../../core/fops.ts';
import type { Frame } from '../../../core/frame.ts';
import type { FopName } from '../../../core/gen/fops.gen.ts';
import type { Iatt } from '../../../core/iatt.ts';
import { messages } from '../../../core/messages.ts';
import type { Xlator } from '../../../core/xlator.ts';
import type { Path } from '../../../sys/call.ts';
import * as libc from '../../../sys/libc.ts';
import { cstring } from '../../../sys/struct.ts';
import { latest, MDATA, MDATA_SIZE, readMdata, type Times, writeMdata } from '../shared/mdata.ts';
import type { Handle } from './handles.ts';
import { EMPTY, procEntryPath, procPath } from './paths.ts';

const KEY = cstring(MDATA);
const { CTIME, MTIME, ATIME } = SETS;
const ALL = CTIME | MTIME | ATIME;
/** Those of a parent are the same, further on. */
const PARENT_SHIFT = 3;

export class MdataKeeper {
  private readonly xl: Xlator;
  /** Whether this process may keep them. */
  private readonly isAble: boolean;
  private readonly isOn: boolean;
  private readonly buffer = new Uint8Array(MDATA_SIZE);
  private readonly told = new Set<number>();

  constructor(xl: Xlator, isOn: boolean, isAble: boolean) {
    this.xl = xl;
    this.isOn = isOn;
    this.isAble = isAble;
  }

  /** Whether inodes may have times. */
  get areKept(): boolean {
    return this.isOn && this.isAble;
  }

  /** Whether an inode has some. */
  has(handle: Handle, fd: number): boolean {
    return this.areKept && this.of(handle, fd) !== null;
  }

  /** `buf` with the times that are kept with its inode: at `path` in a directory, or `fd` itself. */
  show(buf: Iatt, handle: Handle | undefined, fd: number, path: Path = EMPTY): Iatt {
    if (!this.areKept) return buf;
    const kept =
      path === EMPTY && handle !== undefined
        ? this.of(handle, fd)
        : (handle?.mdata ?? this.read(fd, path));
    return kept === null ? buf : Object.assign(buf, kept);
  }

  /**
   * Sets what a request sets of what it is about, or just what is in `mask` of that; `fd` is open on
   * it: the handle's own, or that of an open file.
   */
  set(frame: Frame, fop: FopName, handle: Handle, fd = handle.fd, mask = ALL): void {
    if (!this.isOn) return;
    const made = frame.root.ctime;
    const when = made ?? this.now(setHere(frame, fop));
    this.move(handle, fd, when, when.flags & mask, made !== null);
  }

  /** The same of a folder in which it changes a name. */
  setParent(frame: Frame, fop: FopName, dir: Handle): void {
    if (!this.isOn) return;
    const made = frame.root.ctime;
    const when = made ?? this.now(setHere(frame, fop));
    this.move(dir, dir.fd, when, when.flags >> PARENT_SHIFT, made !== null);
  }

  /** The same for setattr, which besides may give times. */
  setattr(frame: Frame, handle: Handle, fd: number, to: Iatt, valid: number): void {
    if (!this.isOn) return;
    const made = frame.root.ctime;
    const when = made ?? this.now(frame.root.pid < 0 ? 0 : setBySetattr(valid));
    const given = givenTimes(to, valid, when.sec === 0 ? this.now(0) : when);
    const kept = given !== null && this.isAble ? this.of(handle, fd) : null;
    // What has none gets none by this, in GlusterFS neither.
    if (kept !== null) {
      const moved = latest(kept, { ...kept, iaCtime: when.sec, iaCtimeNsec: when.nsec });
      this.store(handle, fd, { ...moved, ...given });
    }
    this.move(handle, fd, when, when.flags, made !== null);
  }

  /**
   * Takes over times from elsewhere: the disk's, when there were no others, or another brick's.
   * @returns 0 or the errno
   */
  merge(handle: Handle, fd: number, given: Times | null): number {
    if (given === null) return EINVAL;
    if (!this.isOn) return EOPNOTSUPP;
    if (!this.isAble) {
      this.cannot();
      return EOPNOTSUPP;
    }
    const kept = this.of(handle, fd);
    return this.store(handle, fd, kept === null ? given : latest(kept, given));
  }

  private now(flags: number): Ctime {
    return ctimeAt(this.xl.context.sink.now(), flags);
  }

  private move(handle: Handle, fd: number, when: Ctime, flags: number, begins: boolean): void {
    if ((flags & ALL) === 0 || (begins && when.sec === 0)) return;
    if (!this.isAble) {
      if (begins) this.cannot();
      return;
    }
    const kept = this.of(handle, fd);
    if (kept === null && !begins) return;
    const { sec, nsec } = when;
    const to = kept ?? allAt(when);
    const wanted: Times = {
      ...to,
      ...((flags & CTIME) !== 0 && { iaCtime: sec, iaCtimeNsec: nsec }),
      ...((flags & MTIME) !== 0 && { iaMtime: sec, iaMtimeNsec: nsec }),
      ...((flags & ATIME) !== 0 && { iaAtime: sec, iaAtimeNsec: nsec }),
    };
    this.store(handle, fd, latest(to, wanted));
  }

  private of(handle: Handle, fd: number): Times | null {
    if (handle.mdata === undefined) handle.mdata = this.read(fd, EMPTY);
    return handle.mdata;
  }

  private read(fd: number, path: Path): Times | null {
    const at = path === EMPTY ? procPath(fd) : procEntryPath(fd, path, 0);
    const get = path === EMPTY ? libc.getxattr : libc.lgetxattr;
    const length = get(at, KEY, this.buffer, this.buffer.length);
    return length < 0 ? null : readMdata(this.buffer.subarray(0, length));
  }

  /** 0 or the errno. What the disk does not take is shown nevertheless, for as long as it is known. */
  private store(handle: Handle, fd: number, times: Times): number {
    handle.mdata = times;
    const bytes = writeMdata(times);
    const errno =
      fd === handle.fd
        ? -libc.setxattr(procPath(fd), KEY, bytes, bytes.length, 0)
        : -libc.fsetxattr(fd, KEY, bytes, bytes.length, 0);
    if (errno !== 0) this.failed(errno);
    return errno;
  }

  private failed(errno: number): void {
    if (this.told.has(errno)) return;
    this.told.add(errno);
    const text = 'times that clients have set cannot be kept with a file';
    this.xl.log.warning(`${text}. Others that fail like this are not told of`, {
      errno,
      msgid: messages.noMdata.id,
    });
  }

  private cannot(): void {
    if (this.told.has(0)) return;
    this.told.add(0);
    this.xl.log.warning(
      `clients say which times files get, and this process may not keep them (${MDATA}): ` +
        'files get the times of this machine. Run it as root, or set option ctime off',
      { msgid: messages.mdataOff.id },
    );
  }
}

/**
 * What a fop sets when nobody above says so: whoever only reads leaves the times alone, as with
 * features/utime, and so does what translators do by themselves.
 */
const setHere = (frame: Frame, fop: FopName): number =>
  frame.root.pid < 0 || readers.includes(fop) ? 0 : (setBy[fop] ?? 0);

const allAt = ({ sec, nsec }: Ctime): Times => ({
  ...{ iaAtime: sec, iaAtimeNsec: nsec, iaMtime: sec, iaMtimeNsec: nsec },
  ...{ iaCtime: sec, iaCtimeNsec: nsec },
});

/** The times that a setattr gives; null when it gives none. */
function givenTimes(to: Iatt, valid: number, now: Ctime): Partial<Times> | null {
  const given = {
    ...((valid & SET_ATTR.ATIME) !== 0 && { iaAtime: to.iaAtime, iaAtimeNsec: to.iaAtimeNsec }),
    ...((valid & SET_ATTR.MTIME) !== 0 && { iaMtime: to.iaMtime, iaMtimeNsec: to.iaMtimeNsec }),
    ...((valid & SET_ATTR.ATIME_NOW) !== 0 && { iaAtime: now.sec, iaAtimeNsec: now.nsec }),
    ...((valid & SET_ATTR.MTIME_NOW) !== 0 && { iaMtime: now.sec, iaMtimeNsec: now.nsec }),
  };
  return Object.keys(given).length === 0 ? null : given;
}
