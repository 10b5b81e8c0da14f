/** The objects that fops carry: inodes, fds, locs, entries of directories and clients. */
import { Iatt } from './fields.gen';
import { KIND_TRACK, KIND_TRACK_FD, sayNumber } from './messages';

/** The gfid of an inode that is not known yet. */
export const NULL_GFID: string = '00000000-0000-0000-0000-000000000000';
/** The gfid of the root directory. */
export const ROOT_GFID: string = '00000000-0000-0000-0000-000000000001';

export function isNullGfid(gfid: string): bool {
  return gfid == NULL_GFID;
}

/** Notes of the module with inodes and fds, by number. */
const inodeNotes = new Map<i64, Object>();
const fdNotes = new Map<i64, Object>();

export function forgetInode(id: i64): void {
  inodeNotes.delete(id);
}

export function releaseFd(id: i64): void {
  fdNotes.delete(id);
}

/** An inode. Two are the same if their `id` is the same. */
export class Inode {
  constructor(
    readonly id: i64,
    /** One of IA_*; 0 if it is not known here. */
    readonly iaType: i64,
    /** NULL_GFID until the inode is known. */
    readonly gfid: string,
    /** From the root; null without NEEDS_PATH. */
    readonly path: string | null,
  ) {}

  /** The module's note with this inode, until the inode is forgotten. */
  get ctx(): Object | null {
    return inodeNotes.has(this.id) ? inodeNotes.get(this.id) : null;
  }

  set ctx(note: Object | null) {
    if (note === null) inodeNotes.delete(this.id);
    else {
      if (!inodeNotes.has(this.id)) sayNumber(KIND_TRACK, this.id);
      inodeNotes.set(this.id, note);
    }
  }
}

/** An open file or directory. Two are the same if their `id` is the same. */
export class Fd {
  constructor(
    readonly id: i64,
    /** O_*. */
    readonly flags: i64,
    readonly pid: i64,
    readonly isDir: bool,
    readonly inode: Inode,
  ) {}

  /** The fd for longer than the request: the host remembers its number. */
  keep(): Fd {
    sayNumber(KIND_TRACK_FD, this.id);
    return this;
  }

  /** The module's note with this fd, until the fd is released. */
  get ctx(): Object | null {
    return fdNotes.has(this.id) ? fdNotes.get(this.id) : null;
  }

  set ctx(note: Object | null) {
    if (note === null) fdNotes.delete(this.id);
    else {
      if (!fdNotes.has(this.id)) sayNumber(KIND_TRACK_FD, this.id);
      fdNotes.set(this.id, note);
    }
  }
}

/**
 * The object of a fop: `inode`, or `parent` and `name`, or `gfid`. For a loc of your own, the host finds or
 * makes the inode.
 */
export class Loc {
  constructor(
    readonly inode: Inode | null = null,
    readonly parent: Inode | null = null,
    readonly name: string | null = null,
    /** NULL_GFID until it is known. */
    readonly gfid: string = NULL_GFID,
    /** From the root; null without NEEDS_PATH. */
    readonly path: string | null = null,
  ) {}

  /** The parent's. */
  get pargfid(): string {
    const parent = this.parent;
    return parent === null ? NULL_GFID : parent.gfid;
  }

  /** A copy with another name. */
  withName(name: string): Loc {
    return new Loc(this.inode, this.parent, name, this.gfid, this.path);
  }
}

/** An entry of a directory. A changed copy of one that came keeps its inode. */
export class Dirent {
  /** The request that it came with, the wind, its part of the reply and its position; for the host. */
  frame: i32 = 0;
  wind: i32 = 0;
  index: i32 = 0;
  position: i32 = 0;
  /** The attributes that came. */
  cameStat: Iatt | null = null;

  constructor(
    public name: string,
    /** The offset at which a later readdir continues. */
    public off: i64,
    /** DT_*, as in readdir(3). */
    public type: i64,
    public gfid: string = NULL_GFID,
    /** Of readdirp. */
    public stat: Iatt | null = null,
  ) {}
}

/** The client of a request: a mount has one, a server has one for each connection. */
export class Client {
  /** The module's note with this client, until its last request has ended. */
  ctx: Object | null = null;

  constructor(
    readonly id: i64,
    /** The client's name, also for other processes: GlusterFS's client_uid. */
    readonly uid: string,
  ) {}
}
