// Generated from runtime/core/fops.ts by tools/gen/assemblyscript.ts (npm run gen). Do not edit.
// The replies to each fop. Their objects may be null, and are after a failure.
import { Reply } from './arguments';
import { findRow } from './rows.gen';
import { Dict } from './dict';
import { Flock, Iatt, Lease as LeaseFields, Statvfs } from './fields.gen';
import { Dirent, Fd, Inode, Loc } from './values';

/** buf is the result of stat(2), and the kernel caches it for the attribute timeout. */
export class Stat extends Reply {
  /** A success without values. */
  constructor() { super(findRow(1)); }
  static failure(opErrno: i32): Stat {
    const reply = new Stat();
    reply.opRet = -1;
    reply.opErrno = opErrno;
    return reply;
  }
  /** Attributes of the object, after the fop. */
  get buf(): Iatt | null { return changetype<Iatt | null>(this.getObject(0)); }
  set buf(value: Iatt | null) { this.putObject(0, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(1)); }
  set xdata(value: Dict | null) { this.putObject(1, value); }
}

/** op_ret is the length of path in bytes. */
export class Readlink extends Reply {
  /** A success without values. */
  constructor() { super(findRow(2)); }
  static failure(opErrno: i32): Readlink {
    const reply = new Readlink();
    reply.opRet = -1;
    reply.opErrno = opErrno;
    return reply;
  }
  /** The stored target. */
  get path(): string | null { return changetype<string | null>(this.getObject(0)); }
  set path(value: string | null) { this.putObject(0, value); }
  /** Attributes of the object, after the fop. */
  get buf(): Iatt | null { return changetype<Iatt | null>(this.getObject(1)); }
  set buf(value: Iatt | null) { this.putObject(1, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(2)); }
  set xdata(value: Dict | null) { this.putObject(2, value); }
}

/** The kernel links the inode under the name and caches buf for a while. */
export class Mknod extends Reply {
  /** A success without values. */
  constructor() { super(findRow(3)); }
  static failure(opErrno: i32): Mknod {
    const reply = new Mknod();
    reply.opRet = -1;
    reply.opErrno = opErrno;
    return reply;
  }
  /** The inode of the name. */
  get inode(): Inode | null { return changetype<Inode | null>(this.getObject(0)); }
  set inode(value: Inode | null) { this.putObject(0, value); }
  /** Attributes of the object, after the fop. */
  get buf(): Iatt | null { return changetype<Iatt | null>(this.getObject(1)); }
  set buf(value: Iatt | null) { this.putObject(1, value); }
  /** Attributes of the directory before. */
  get preparent(): Iatt | null { return changetype<Iatt | null>(this.getObject(2)); }
  set preparent(value: Iatt | null) { this.putObject(2, value); }
  /** Attributes of the directory after. */
  get postparent(): Iatt | null { return changetype<Iatt | null>(this.getObject(3)); }
  set postparent(value: Iatt | null) { this.putObject(3, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(4)); }
  set xdata(value: Dict | null) { this.putObject(4, value); }
}

/** The kernel links the inode under the name and caches buf for a while. */
export class Mkdir extends Reply {
  /** A success without values. */
  constructor() { super(findRow(4)); }
  static failure(opErrno: i32): Mkdir {
    const reply = new Mkdir();
    reply.opRet = -1;
    reply.opErrno = opErrno;
    return reply;
  }
  /** The inode of the name. */
  get inode(): Inode | null { return changetype<Inode | null>(this.getObject(0)); }
  set inode(value: Inode | null) { this.putObject(0, value); }
  /** Attributes of the object, after the fop. */
  get buf(): Iatt | null { return changetype<Iatt | null>(this.getObject(1)); }
  set buf(value: Iatt | null) { this.putObject(1, value); }
  /** Attributes of the directory before. */
  get preparent(): Iatt | null { return changetype<Iatt | null>(this.getObject(2)); }
  set preparent(value: Iatt | null) { this.putObject(2, value); }
  /** Attributes of the directory after. */
  get postparent(): Iatt | null { return changetype<Iatt | null>(this.getObject(3)); }
  set postparent(value: Iatt | null) { this.putObject(3, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(4)); }
  set xdata(value: Dict | null) { this.putObject(4, value); }
}

/** Attributes of the directory; the kernel forgets the name. */
export class Unlink extends Reply {
  /** A success without values. */
  constructor() { super(findRow(5)); }
  static failure(opErrno: i32): Unlink {
    const reply = new Unlink();
    reply.opRet = -1;
    reply.opErrno = opErrno;
    return reply;
  }
  /** Attributes of the directory before. */
  get preparent(): Iatt | null { return changetype<Iatt | null>(this.getObject(0)); }
  set preparent(value: Iatt | null) { this.putObject(0, value); }
  /** Attributes of the directory after. */
  get postparent(): Iatt | null { return changetype<Iatt | null>(this.getObject(1)); }
  set postparent(value: Iatt | null) { this.putObject(1, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(2)); }
  set xdata(value: Dict | null) { this.putObject(2, value); }
}

/** Attributes of the parent directory; the kernel forgets the name. */
export class Rmdir extends Reply {
  /** A success without values. */
  constructor() { super(findRow(6)); }
  static failure(opErrno: i32): Rmdir {
    const reply = new Rmdir();
    reply.opRet = -1;
    reply.opErrno = opErrno;
    return reply;
  }
  /** Attributes of the directory before. */
  get preparent(): Iatt | null { return changetype<Iatt | null>(this.getObject(0)); }
  set preparent(value: Iatt | null) { this.putObject(0, value); }
  /** Attributes of the directory after. */
  get postparent(): Iatt | null { return changetype<Iatt | null>(this.getObject(1)); }
  set postparent(value: Iatt | null) { this.putObject(1, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(2)); }
  set xdata(value: Dict | null) { this.putObject(2, value); }
}

/** The kernel links the inode under the name and caches buf for a while. */
export class Symlink extends Reply {
  /** A success without values. */
  constructor() { super(findRow(7)); }
  static failure(opErrno: i32): Symlink {
    const reply = new Symlink();
    reply.opRet = -1;
    reply.opErrno = opErrno;
    return reply;
  }
  /** The inode of the name. */
  get inode(): Inode | null { return changetype<Inode | null>(this.getObject(0)); }
  set inode(value: Inode | null) { this.putObject(0, value); }
  /** Attributes of the object, after the fop. */
  get buf(): Iatt | null { return changetype<Iatt | null>(this.getObject(1)); }
  set buf(value: Iatt | null) { this.putObject(1, value); }
  /** Attributes of the directory before. */
  get preparent(): Iatt | null { return changetype<Iatt | null>(this.getObject(2)); }
  set preparent(value: Iatt | null) { this.putObject(2, value); }
  /** Attributes of the directory after. */
  get postparent(): Iatt | null { return changetype<Iatt | null>(this.getObject(3)); }
  set postparent(value: Iatt | null) { this.putObject(3, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(4)); }
  set xdata(value: Dict | null) { this.putObject(4, value); }
}

/** Attributes of the object and of both directories, before and after. */
export class Rename extends Reply {
  /** A success without values. */
  constructor() { super(findRow(8)); }
  static failure(opErrno: i32): Rename {
    const reply = new Rename();
    reply.opRet = -1;
    reply.opErrno = opErrno;
    return reply;
  }
  /** Attributes of the object, after the fop. */
  get buf(): Iatt | null { return changetype<Iatt | null>(this.getObject(0)); }
  set buf(value: Iatt | null) { this.putObject(0, value); }
  /** Attributes of the old directory before. */
  get preoldparent(): Iatt | null { return changetype<Iatt | null>(this.getObject(1)); }
  set preoldparent(value: Iatt | null) { this.putObject(1, value); }
  /** Attributes of the old directory after. */
  get postoldparent(): Iatt | null { return changetype<Iatt | null>(this.getObject(2)); }
  set postoldparent(value: Iatt | null) { this.putObject(2, value); }
  /** Attributes of the new directory before. */
  get prenewparent(): Iatt | null { return changetype<Iatt | null>(this.getObject(3)); }
  set prenewparent(value: Iatt | null) { this.putObject(3, value); }
  /** Attributes of the new directory after. */
  get postnewparent(): Iatt | null { return changetype<Iatt | null>(this.getObject(4)); }
  set postnewparent(value: Iatt | null) { this.putObject(4, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(5)); }
  set xdata(value: Dict | null) { this.putObject(5, value); }
}

/** The kernel links the inode under the name and caches buf for a while. */
export class Link extends Reply {
  /** A success without values. */
  constructor() { super(findRow(9)); }
  static failure(opErrno: i32): Link {
    const reply = new Link();
    reply.opRet = -1;
    reply.opErrno = opErrno;
    return reply;
  }
  /** The inode of the name. */
  get inode(): Inode | null { return changetype<Inode | null>(this.getObject(0)); }
  set inode(value: Inode | null) { this.putObject(0, value); }
  /** Attributes of the object, after the fop. */
  get buf(): Iatt | null { return changetype<Iatt | null>(this.getObject(1)); }
  set buf(value: Iatt | null) { this.putObject(1, value); }
  /** Attributes of the directory before. */
  get preparent(): Iatt | null { return changetype<Iatt | null>(this.getObject(2)); }
  set preparent(value: Iatt | null) { this.putObject(2, value); }
  /** Attributes of the directory after. */
  get postparent(): Iatt | null { return changetype<Iatt | null>(this.getObject(3)); }
  set postparent(value: Iatt | null) { this.putObject(3, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(4)); }
  set xdata(value: Dict | null) { this.putObject(4, value); }
}

/** Attributes before and after; the kernel takes size and times from those after. */
export class Truncate extends Reply {
  /** A success without values. */
  constructor() { super(findRow(10)); }
  static failure(opErrno: i32): Truncate {
    const reply = new Truncate();
    reply.opRet = -1;
    reply.opErrno = opErrno;
    return reply;
  }
  /** Attributes before. */
  get prebuf(): Iatt | null { return changetype<Iatt | null>(this.getObject(0)); }
  set prebuf(value: Iatt | null) { this.putObject(0, value); }
  /** Attributes after. */
  get postbuf(): Iatt | null { return changetype<Iatt | null>(this.getObject(1)); }
  set postbuf(value: Iatt | null) { this.putObject(1, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(2)); }
  set xdata(value: Dict | null) { this.putObject(2, value); }
}

/** fd, unchanged. Reads and writes then carry it, until `release`. */
export class Open extends Reply {
  /** A success without values. */
  constructor() { super(findRow(11)); }
  static failure(opErrno: i32): Open {
    const reply = new Open();
    reply.opRet = -1;
    reply.opErrno = opErrno;
    return reply;
  }
  /** The open file or directory. */
  get fd(): Fd | null { return changetype<Fd | null>(this.getObject(0)); }
  set fd(value: Fd | null) { this.putObject(0, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(1)); }
  set xdata(value: Dict | null) { this.putObject(1, value); }
}

/** op_ret is the number of bytes in vector. Fewer than size means that the file ends there, and the kernel shows the rest as zeros or as the end. */
export class Readv extends Reply {
  /** A success without values. */
  constructor() { super(findRow(12)); }
  static failure(opErrno: i32): Readv {
    const reply = new Readv();
    reply.opRet = -1;
    reply.opErrno = opErrno;
    return reply;
  }
  /** The data. */
  get vector(): Uint8Array | null { return changetype<Uint8Array | null>(this.takeData(0)); }
  set vector(value: Uint8Array | null) { this.putObject(0, value); }
  /** Attributes of the file. */
  get stbuf(): Iatt | null { return changetype<Iatt | null>(this.getObject(1)); }
  set stbuf(value: Iatt | null) { this.putObject(1, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(2)); }
  set xdata(value: Dict | null) { this.putObject(2, value); }
}

/** op_ret is the number of bytes written: fewer than given is a short write. Attributes before and after; the kernel takes size and times from those after. */
export class Writev extends Reply {
  /** A success without values. */
  constructor() { super(findRow(13)); }
  static failure(opErrno: i32): Writev {
    const reply = new Writev();
    reply.opRet = -1;
    reply.opErrno = opErrno;
    return reply;
  }
  /** Attributes before. */
  get prebuf(): Iatt | null { return changetype<Iatt | null>(this.getObject(0)); }
  set prebuf(value: Iatt | null) { this.putObject(0, value); }
  /** Attributes after. */
  get postbuf(): Iatt | null { return changetype<Iatt | null>(this.getObject(1)); }
  set postbuf(value: Iatt | null) { this.putObject(1, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(2)); }
  set xdata(value: Dict | null) { this.putObject(2, value); }
}

/** buf is the result of statvfs(3). */
export class Statfs extends Reply {
  /** A success without values. */
  constructor() { super(findRow(14)); }
  static failure(opErrno: i32): Statfs {
    const reply = new Statfs();
    reply.opRet = -1;
    reply.opErrno = opErrno;
    return reply;
  }
  /** Block sizes and numbers of blocks and files. */
  get buf(): Statvfs | null { return changetype<Statvfs | null>(this.getObject(0)); }
  set buf(value: Statvfs | null) { this.putObject(0, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(1)); }
  set xdata(value: Dict | null) { this.putObject(1, value); }
}

/** Success only. close(2) returns an error. */
export class Flush extends Reply {
  /** A success without values. */
  constructor() { super(findRow(15)); }
  static failure(opErrno: i32): Flush {
    const reply = new Flush();
    reply.opRet = -1;
    reply.opErrno = opErrno;
    return reply;
  }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(0)); }
  set xdata(value: Dict | null) { this.putObject(0, value); }
}

/** Attributes before and after; the kernel takes size and times from those after. */
export class Fsync extends Reply {
  /** A success without values. */
  constructor() { super(findRow(16)); }
  static failure(opErrno: i32): Fsync {
    const reply = new Fsync();
    reply.opRet = -1;
    reply.opErrno = opErrno;
    return reply;
  }
  /** Attributes before. */
  get prebuf(): Iatt | null { return changetype<Iatt | null>(this.getObject(0)); }
  set prebuf(value: Iatt | null) { this.putObject(0, value); }
  /** Attributes after. */
  get postbuf(): Iatt | null { return changetype<Iatt | null>(this.getObject(1)); }
  set postbuf(value: Iatt | null) { this.putObject(1, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(2)); }
  set xdata(value: Dict | null) { this.putObject(2, value); }
}

/** Success only. */
export class Setxattr extends Reply {
  /** A success without values. */
  constructor() { super(findRow(17)); }
  static failure(opErrno: i32): Setxattr {
    const reply = new Setxattr();
    reply.opRet = -1;
    reply.opErrno = opErrno;
    return reply;
  }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(0)); }
  set xdata(value: Dict | null) { this.putObject(0, value); }
}

/** dict has the value under the name, or all names with their values. */
export class Getxattr extends Reply {
  /** A success without values. */
  constructor() { super(findRow(18)); }
  static failure(opErrno: i32): Getxattr {
    const reply = new Getxattr();
    reply.opRet = -1;
    reply.opErrno = opErrno;
    return reply;
  }
  /** Extended attributes, name to value. */
  get dict(): Dict | null { return changetype<Dict | null>(this.getObject(0)); }
  set dict(value: Dict | null) { this.putObject(0, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(1)); }
  set xdata(value: Dict | null) { this.putObject(1, value); }
}

/** Success only. */
export class Removexattr extends Reply {
  /** A success without values. */
  constructor() { super(findRow(19)); }
  static failure(opErrno: i32): Removexattr {
    const reply = new Removexattr();
    reply.opRet = -1;
    reply.opErrno = opErrno;
    return reply;
  }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(0)); }
  set xdata(value: Dict | null) { this.putObject(0, value); }
}

/** fd, unchanged; valid until `releasedir`. */
export class Opendir extends Reply {
  /** A success without values. */
  constructor() { super(findRow(20)); }
  static failure(opErrno: i32): Opendir {
    const reply = new Opendir();
    reply.opRet = -1;
    reply.opErrno = opErrno;
    return reply;
  }
  /** The open file or directory. */
  get fd(): Fd | null { return changetype<Fd | null>(this.getObject(0)); }
  set fd(value: Fd | null) { this.putObject(0, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(1)); }
  set xdata(value: Dict | null) { this.putObject(1, value); }
}

/** Success only. */
export class Fsyncdir extends Reply {
  /** A success without values. */
  constructor() { super(findRow(21)); }
  static failure(opErrno: i32): Fsyncdir {
    const reply = new Fsyncdir();
    reply.opRet = -1;
    reply.opErrno = opErrno;
    return reply;
  }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(0)); }
  set xdata(value: Dict | null) { this.putObject(0, value); }
}

/** Success only. EACCES is the usual refusal. */
export class Access extends Reply {
  /** A success without values. */
  constructor() { super(findRow(22)); }
  static failure(opErrno: i32): Access {
    const reply = new Access();
    reply.opRet = -1;
    reply.opErrno = opErrno;
    return reply;
  }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(0)); }
  set xdata(value: Dict | null) { this.putObject(0, value); }
}

/** fd, unchanged. The kernel links the inode under the name and caches buf for a while. EEXIST with O_EXCL for an existing name. */
export class Create extends Reply {
  /** A success without values. */
  constructor() { super(findRow(23)); }
  static failure(opErrno: i32): Create {
    const reply = new Create();
    reply.opRet = -1;
    reply.opErrno = opErrno;
    return reply;
  }
  /** The open file or directory. */
  get fd(): Fd | null { return changetype<Fd | null>(this.getObject(0)); }
  set fd(value: Fd | null) { this.putObject(0, value); }
  /** The inode of the name. */
  get inode(): Inode | null { return changetype<Inode | null>(this.getObject(1)); }
  set inode(value: Inode | null) { this.putObject(1, value); }
  /** Attributes of the object, after the fop. */
  get buf(): Iatt | null { return changetype<Iatt | null>(this.getObject(2)); }
  set buf(value: Iatt | null) { this.putObject(2, value); }
  /** Attributes of the directory before. */
  get preparent(): Iatt | null { return changetype<Iatt | null>(this.getObject(3)); }
  set preparent(value: Iatt | null) { this.putObject(3, value); }
  /** Attributes of the directory after. */
  get postparent(): Iatt | null { return changetype<Iatt | null>(this.getObject(4)); }
  set postparent(value: Iatt | null) { this.putObject(4, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(5)); }
  set xdata(value: Dict | null) { this.putObject(5, value); }
}

/** Attributes before and after; the kernel takes size and times from those after. */
export class Ftruncate extends Reply {
  /** A success without values. */
  constructor() { super(findRow(24)); }
  static failure(opErrno: i32): Ftruncate {
    const reply = new Ftruncate();
    reply.opRet = -1;
    reply.opErrno = opErrno;
    return reply;
  }
  /** Attributes before. */
  get prebuf(): Iatt | null { return changetype<Iatt | null>(this.getObject(0)); }
  set prebuf(value: Iatt | null) { this.putObject(0, value); }
  /** Attributes after. */
  get postbuf(): Iatt | null { return changetype<Iatt | null>(this.getObject(1)); }
  set postbuf(value: Iatt | null) { this.putObject(1, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(2)); }
  set xdata(value: Dict | null) { this.putObject(2, value); }
}

/** buf is the result of fstat(2). */
export class Fstat extends Reply {
  /** A success without values. */
  constructor() { super(findRow(25)); }
  static failure(opErrno: i32): Fstat {
    const reply = new Fstat();
    reply.opRet = -1;
    reply.opErrno = opErrno;
    return reply;
  }
  /** Attributes of the object, after the fop. */
  get buf(): Iatt | null { return changetype<Iatt | null>(this.getObject(0)); }
  set buf(value: Iatt | null) { this.putObject(0, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(1)); }
  set xdata(value: Dict | null) { this.putObject(1, value); }
}

/** flock: for F_GETLK the conflicting lock, or type unlock without one. EAGAIN for a conflict when cmd does not wait; EDEADLK when it would wait for ever. */
export class Lk extends Reply {
  /** A success without values. */
  constructor() { super(findRow(26)); }
  static failure(opErrno: i32): Lk {
    const reply = new Lk();
    reply.opRet = -1;
    reply.opErrno = opErrno;
    return reply;
  }
  /** Type, range in bytes (len 0: to the end), owner and process of the lock. */
  get flock(): Flock | null { return changetype<Flock | null>(this.getObject(0)); }
  set flock(value: Flock | null) { this.putObject(0, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(1)); }
  set xdata(value: Dict | null) { this.putObject(1, value); }
}

/** inode and buf, whose ia_gfid and ia_type identify the object; the kernel caches name and attributes for their timeouts. ENOENT for an absent name. */
export class Lookup extends Reply {
  /** A success without values. */
  constructor() { super(findRow(27)); }
  static failure(opErrno: i32): Lookup {
    const reply = new Lookup();
    reply.opRet = -1;
    reply.opErrno = opErrno;
    return reply;
  }
  /** The inode of the name. */
  get inode(): Inode | null { return changetype<Inode | null>(this.getObject(0)); }
  set inode(value: Inode | null) { this.putObject(0, value); }
  /** Attributes of the object, after the fop. */
  get buf(): Iatt | null { return changetype<Iatt | null>(this.getObject(1)); }
  set buf(value: Iatt | null) { this.putObject(1, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(2)); }
  set xdata(value: Dict | null) { this.putObject(2, value); }
  /** Attributes of the directory. */
  get postparent(): Iatt | null { return changetype<Iatt | null>(this.getObject(3)); }
  set postparent(value: Iatt | null) { this.putObject(3, value); }
}

/** op_ret is the number of entries; 0 is the end of the directory. */
export class Readdir extends Reply {
  /** A success without values. */
  constructor() { super(findRow(28)); }
  static failure(opErrno: i32): Readdir {
    const reply = new Readdir();
    reply.opRet = -1;
    reply.opErrno = opErrno;
    return reply;
  }
  /** Names with inode number, type and the offset to continue after each. */
  get entries(): Dirent[] | null { return changetype<Dirent[] | null>(this.takeObject(0)); }
  set entries(value: Dirent[] | null) { this.putObject(0, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(1)); }
  set xdata(value: Dict | null) { this.putObject(1, value); }
}

/** Success only. EAGAIN for a conflict when cmd does not wait. */
export class Inodelk extends Reply {
  /** A success without values. */
  constructor() { super(findRow(29)); }
  static failure(opErrno: i32): Inodelk {
    const reply = new Inodelk();
    reply.opRet = -1;
    reply.opErrno = opErrno;
    return reply;
  }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(0)); }
  set xdata(value: Dict | null) { this.putObject(0, value); }
}

/** Success only. EAGAIN for a conflict when cmd does not wait. */
export class Finodelk extends Reply {
  /** A success without values. */
  constructor() { super(findRow(30)); }
  static failure(opErrno: i32): Finodelk {
    const reply = new Finodelk();
    reply.opRet = -1;
    reply.opErrno = opErrno;
    return reply;
  }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(0)); }
  set xdata(value: Dict | null) { this.putObject(0, value); }
}

/** Success only. EAGAIN for a conflict when cmd does not wait. */
export class Entrylk extends Reply {
  /** A success without values. */
  constructor() { super(findRow(31)); }
  static failure(opErrno: i32): Entrylk {
    const reply = new Entrylk();
    reply.opRet = -1;
    reply.opErrno = opErrno;
    return reply;
  }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(0)); }
  set xdata(value: Dict | null) { this.putObject(0, value); }
}

/** Success only. EAGAIN for a conflict when cmd does not wait. */
export class Fentrylk extends Reply {
  /** A success without values. */
  constructor() { super(findRow(32)); }
  static failure(opErrno: i32): Fentrylk {
    const reply = new Fentrylk();
    reply.opRet = -1;
    reply.opErrno = opErrno;
    return reply;
  }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(0)); }
  set xdata(value: Dict | null) { this.putObject(0, value); }
}

/** dict has the values after the change; before it, for get and set. */
export class Xattrop extends Reply {
  /** A success without values. */
  constructor() { super(findRow(33)); }
  static failure(opErrno: i32): Xattrop {
    const reply = new Xattrop();
    reply.opRet = -1;
    reply.opErrno = opErrno;
    return reply;
  }
  /** Extended attributes, name to value. */
  get dict(): Dict | null { return changetype<Dict | null>(this.getObject(0)); }
  set dict(value: Dict | null) { this.putObject(0, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(1)); }
  set xdata(value: Dict | null) { this.putObject(1, value); }
}

/** dict has the values after the change; before it, for get and set. */
export class Fxattrop extends Reply {
  /** A success without values. */
  constructor() { super(findRow(34)); }
  static failure(opErrno: i32): Fxattrop {
    const reply = new Fxattrop();
    reply.opRet = -1;
    reply.opErrno = opErrno;
    return reply;
  }
  /** Extended attributes, name to value. */
  get dict(): Dict | null { return changetype<Dict | null>(this.getObject(0)); }
  set dict(value: Dict | null) { this.putObject(0, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(1)); }
  set xdata(value: Dict | null) { this.putObject(1, value); }
}

/** dict has the value under the name, or all names with their values. */
export class Fgetxattr extends Reply {
  /** A success without values. */
  constructor() { super(findRow(35)); }
  static failure(opErrno: i32): Fgetxattr {
    const reply = new Fgetxattr();
    reply.opRet = -1;
    reply.opErrno = opErrno;
    return reply;
  }
  /** Extended attributes, name to value. */
  get dict(): Dict | null { return changetype<Dict | null>(this.getObject(0)); }
  set dict(value: Dict | null) { this.putObject(0, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(1)); }
  set xdata(value: Dict | null) { this.putObject(1, value); }
}

/** Success only. */
export class Fsetxattr extends Reply {
  /** A success without values. */
  constructor() { super(findRow(36)); }
  static failure(opErrno: i32): Fsetxattr {
    const reply = new Fsetxattr();
    reply.opRet = -1;
    reply.opErrno = opErrno;
    return reply;
  }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(0)); }
  set xdata(value: Dict | null) { this.putObject(0, value); }
}

/** A rolling checksum and a strong one of the same bytes. */
export class Rchecksum extends Reply {
  /** A success without values. */
  constructor() { super(findRow(37)); }
  static failure(opErrno: i32): Rchecksum {
    const reply = new Rchecksum();
    reply.opRet = -1;
    reply.opErrno = opErrno;
    reply.setInteger(0, -1);
    return reply;
  }
  /** The rolling checksum. */
  get weak(): i64 { return this.getInteger(0); }
  set weak(value: i64) { this.putInteger(0, value); }
  /** The strong checksum. */
  get strong(): Uint8Array | null { return changetype<Uint8Array | null>(this.takeData(1)); }
  set strong(value: Uint8Array | null) { this.putObject(1, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(2)); }
  set xdata(value: Dict | null) { this.putObject(2, value); }
}

/** Attributes before and after; the kernel takes size and times from those after. */
export class Setattr extends Reply {
  /** A success without values. */
  constructor() { super(findRow(38)); }
  static failure(opErrno: i32): Setattr {
    const reply = new Setattr();
    reply.opRet = -1;
    reply.opErrno = opErrno;
    return reply;
  }
  /** Attributes before. */
  get statpre(): Iatt | null { return changetype<Iatt | null>(this.getObject(0)); }
  set statpre(value: Iatt | null) { this.putObject(0, value); }
  /** Attributes after. */
  get statpost(): Iatt | null { return changetype<Iatt | null>(this.getObject(1)); }
  set statpost(value: Iatt | null) { this.putObject(1, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(2)); }
  set xdata(value: Dict | null) { this.putObject(2, value); }
}

/** Attributes before and after; the kernel takes size and times from those after. */
export class Fsetattr extends Reply {
  /** A success without values. */
  constructor() { super(findRow(39)); }
  static failure(opErrno: i32): Fsetattr {
    const reply = new Fsetattr();
    reply.opRet = -1;
    reply.opErrno = opErrno;
    return reply;
  }
  /** Attributes before. */
  get statpre(): Iatt | null { return changetype<Iatt | null>(this.getObject(0)); }
  set statpre(value: Iatt | null) { this.putObject(0, value); }
  /** Attributes after. */
  get statpost(): Iatt | null { return changetype<Iatt | null>(this.getObject(1)); }
  set statpost(value: Iatt | null) { this.putObject(1, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(2)); }
  set xdata(value: Dict | null) { this.putObject(2, value); }
}

/** op_ret is the number of entries; 0 is the end. An entry with inode and stat saves its lookup. */
export class Readdirp extends Reply {
  /** A success without values. */
  constructor() { super(findRow(40)); }
  static failure(opErrno: i32): Readdirp {
    const reply = new Readdirp();
    reply.opRet = -1;
    reply.opErrno = opErrno;
    return reply;
  }
  /** Names with inode number, type and the offset to continue after each. */
  get entries(): Dirent[] | null { return changetype<Dirent[] | null>(this.takeObject(0)); }
  set entries(value: Dirent[] | null) { this.putObject(0, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(1)); }
  set xdata(value: Dict | null) { this.putObject(1, value); }
}

/** op_ret is the length of spec. */
export class Getspec extends Reply {
  /** A success without values. */
  constructor() { super(findRow(44)); }
  static failure(opErrno: i32): Getspec {
    const reply = new Getspec();
    reply.opRet = -1;
    reply.opErrno = opErrno;
    return reply;
  }
  /** Its text. */
  get spec(): string | null { return changetype<string | null>(this.getObject(0)); }
  set spec(value: string | null) { this.putObject(0, value); }
}

/** Success only. */
export class Fremovexattr extends Reply {
  /** A success without values. */
  constructor() { super(findRow(45)); }
  static failure(opErrno: i32): Fremovexattr {
    const reply = new Fremovexattr();
    reply.opRet = -1;
    reply.opErrno = opErrno;
    return reply;
  }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(0)); }
  set xdata(value: Dict | null) { this.putObject(0, value); }
}

/** Attributes before and after; the kernel takes size and times from those after. */
export class Fallocate extends Reply {
  /** A success without values. */
  constructor() { super(findRow(46)); }
  static failure(opErrno: i32): Fallocate {
    const reply = new Fallocate();
    reply.opRet = -1;
    reply.opErrno = opErrno;
    return reply;
  }
  /** Attributes before. */
  get prebuf(): Iatt | null { return changetype<Iatt | null>(this.getObject(0)); }
  set prebuf(value: Iatt | null) { this.putObject(0, value); }
  /** Attributes after. */
  get postbuf(): Iatt | null { return changetype<Iatt | null>(this.getObject(1)); }
  set postbuf(value: Iatt | null) { this.putObject(1, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(2)); }
  set xdata(value: Dict | null) { this.putObject(2, value); }
}

/** Attributes before and after; the kernel takes size and times from those after. */
export class Discard extends Reply {
  /** A success without values. */
  constructor() { super(findRow(47)); }
  static failure(opErrno: i32): Discard {
    const reply = new Discard();
    reply.opRet = -1;
    reply.opErrno = opErrno;
    return reply;
  }
  /** Attributes before. */
  get prebuf(): Iatt | null { return changetype<Iatt | null>(this.getObject(0)); }
  set prebuf(value: Iatt | null) { this.putObject(0, value); }
  /** Attributes after. */
  get postbuf(): Iatt | null { return changetype<Iatt | null>(this.getObject(1)); }
  set postbuf(value: Iatt | null) { this.putObject(1, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(2)); }
  set xdata(value: Dict | null) { this.putObject(2, value); }
}

/** Attributes before and after; the kernel takes size and times from those after. */
export class Zerofill extends Reply {
  /** A success without values. */
  constructor() { super(findRow(48)); }
  static failure(opErrno: i32): Zerofill {
    const reply = new Zerofill();
    reply.opRet = -1;
    reply.opErrno = opErrno;
    return reply;
  }
  /** Attributes before. */
  get prebuf(): Iatt | null { return changetype<Iatt | null>(this.getObject(0)); }
  set prebuf(value: Iatt | null) { this.putObject(0, value); }
  /** Attributes after. */
  get postbuf(): Iatt | null { return changetype<Iatt | null>(this.getObject(1)); }
  set postbuf(value: Iatt | null) { this.putObject(1, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(2)); }
  set xdata(value: Dict | null) { this.putObject(2, value); }
}

/** Success only. */
export class Ipc extends Reply {
  /** A success without values. */
  constructor() { super(findRow(49)); }
  static failure(opErrno: i32): Ipc {
    const reply = new Ipc();
    reply.opRet = -1;
    reply.opErrno = opErrno;
    return reply;
  }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(0)); }
  set xdata(value: Dict | null) { this.putObject(0, value); }
}

/** offset is its start, in bytes. */
export class Seek extends Reply {
  /** A success without values. */
  constructor() { super(findRow(50)); }
  static failure(opErrno: i32): Seek {
    const reply = new Seek();
    reply.opRet = -1;
    reply.opErrno = opErrno;
    reply.setInteger(0, -1);
    return reply;
  }
  /** Start, in bytes. */
  get offset(): i64 { return this.getInteger(0); }
  set offset(value: i64) { this.putInteger(0, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(1)); }
  set xdata(value: Dict | null) { this.putObject(1, value); }
}

/** lease is the held lease. */
export class Lease extends Reply {
  /** A success without values. */
  constructor() { super(findRow(51)); }
  static failure(opErrno: i32): Lease {
    const reply = new Lease();
    reply.opRet = -1;
    reply.opErrno = opErrno;
    return reply;
  }
  /** Command, type and id of the lease. */
  get lease(): LeaseFields | null { return changetype<LeaseFields | null>(this.getObject(0)); }
  set lease(value: LeaseFields | null) { this.putObject(0, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(1)); }
  set xdata(value: Dict | null) { this.putObject(1, value); }
}

/** locklist has the locks. */
export class Getactivelk extends Reply {
  /** A success without values. */
  constructor() { super(findRow(53)); }
  static failure(opErrno: i32): Getactivelk {
    const reply = new Getactivelk();
    reply.opRet = -1;
    reply.opErrno = opErrno;
    return reply;
  }
  /** The locks held on the file. */
  get locklist(): Flock[] | null { return changetype<Flock[] | null>(this.takeObject(0)); }
  set locklist(value: Flock[] | null) { this.putObject(0, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(1)); }
  set xdata(value: Dict | null) { this.putObject(1, value); }
}

/** Success only. */
export class Setactivelk extends Reply {
  /** A success without values. */
  constructor() { super(findRow(54)); }
  static failure(opErrno: i32): Setactivelk {
    const reply = new Setactivelk();
    reply.opRet = -1;
    reply.opErrno = opErrno;
    return reply;
  }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(0)); }
  set xdata(value: Dict | null) { this.putObject(0, value); }
}

/** The kernel links the inode under the name and caches buf for a while. */
export class Put extends Reply {
  /** A success without values. */
  constructor() { super(findRow(55)); }
  static failure(opErrno: i32): Put {
    const reply = new Put();
    reply.opRet = -1;
    reply.opErrno = opErrno;
    return reply;
  }
  /** The inode of the name. */
  get inode(): Inode | null { return changetype<Inode | null>(this.getObject(0)); }
  set inode(value: Inode | null) { this.putObject(0, value); }
  /** Attributes of the object, after the fop. */
  get buf(): Iatt | null { return changetype<Iatt | null>(this.getObject(1)); }
  set buf(value: Iatt | null) { this.putObject(1, value); }
  /** Attributes of the directory before. */
  get preparent(): Iatt | null { return changetype<Iatt | null>(this.getObject(2)); }
  set preparent(value: Iatt | null) { this.putObject(2, value); }
  /** Attributes of the directory after. */
  get postparent(): Iatt | null { return changetype<Iatt | null>(this.getObject(3)); }
  set postparent(value: Iatt | null) { this.putObject(3, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(4)); }
  set xdata(value: Dict | null) { this.putObject(4, value); }
}

/** The inode and its attributes. */
export class Icreate extends Reply {
  /** A success without values. */
  constructor() { super(findRow(56)); }
  static failure(opErrno: i32): Icreate {
    const reply = new Icreate();
    reply.opRet = -1;
    reply.opErrno = opErrno;
    return reply;
  }
  /** The inode of the name. */
  get inode(): Inode | null { return changetype<Inode | null>(this.getObject(0)); }
  set inode(value: Inode | null) { this.putObject(0, value); }
  /** Attributes of the object, after the fop. */
  get buf(): Iatt | null { return changetype<Iatt | null>(this.getObject(1)); }
  set buf(value: Iatt | null) { this.putObject(1, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(2)); }
  set xdata(value: Dict | null) { this.putObject(2, value); }
}

/** Attributes of the directory. */
export class Namelink extends Reply {
  /** A success without values. */
  constructor() { super(findRow(57)); }
  static failure(opErrno: i32): Namelink {
    const reply = new Namelink();
    reply.opRet = -1;
    reply.opErrno = opErrno;
    return reply;
  }
  /** Attributes before. */
  get prebuf(): Iatt | null { return changetype<Iatt | null>(this.getObject(0)); }
  set prebuf(value: Iatt | null) { this.putObject(0, value); }
  /** Attributes after. */
  get postbuf(): Iatt | null { return changetype<Iatt | null>(this.getObject(1)); }
  set postbuf(value: Iatt | null) { this.putObject(1, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(2)); }
  set xdata(value: Dict | null) { this.putObject(2, value); }
}

/** op_ret is the number of bytes copied. */
export class CopyFileRange extends Reply {
  /** A success without values. */
  constructor() { super(findRow(58)); }
  static failure(opErrno: i32): CopyFileRange {
    const reply = new CopyFileRange();
    reply.opRet = -1;
    reply.opErrno = opErrno;
    return reply;
  }
  /** Attributes of the source file. */
  get stbuf(): Iatt | null { return changetype<Iatt | null>(this.getObject(0)); }
  set stbuf(value: Iatt | null) { this.putObject(0, value); }
  /** Attributes of the target file before. */
  get prebufDst(): Iatt | null { return changetype<Iatt | null>(this.getObject(1)); }
  set prebufDst(value: Iatt | null) { this.putObject(1, value); }
  /** Attributes of the target file after. */
  get postbufDst(): Iatt | null { return changetype<Iatt | null>(this.getObject(2)); }
  set postbufDst(value: Iatt | null) { this.putObject(2, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(3)); }
  set xdata(value: Dict | null) { this.putObject(3, value); }
}
