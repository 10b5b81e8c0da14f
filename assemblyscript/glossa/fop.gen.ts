// Generated from runtime/core/fops.ts by tools/gen/assemblyscript.ts (npm run gen). Do not edit.
// The arguments of each fop.
import { Args } from './arguments';
import { findRow } from './rows.gen';
import { Dict } from './dict';
import { Flock, Iatt, Lease as LeaseFields, Statvfs } from './fields.gen';
import { Dirent, Fd, Inode, Loc } from './values';

/** Reads the attributes of an object. Asked by: stat(2) and the like, when the kernel's cached attributes have expired. */
export class Stat extends Args {
  constructor(loc: Loc, xdata: Dict | null = null) {
    super(findRow(1));
    this.putObject(0, loc);
    this.putObject(1, xdata);
  }
  /** The object, by inode, and by parent and name if they are known. */
  get loc(): Loc { return changetype<Loc>(this.getObject(0)); }
  set loc(value: Loc) { this.putObject(0, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(1)); }
  set xdata(value: Dict | null) { this.putObject(1, value); }
}

/** Reads the target of a symbolic link. Asked by: readlink(2), and every path that leads through the link. */
export class Readlink extends Args {
  constructor(loc: Loc, size: i64, xdata: Dict | null = null) {
    super(findRow(2));
    this.putObject(0, loc);
    this.putInteger(1, size);
    this.putObject(2, xdata);
  }
  /** The object, by inode, and by parent and name if they are known. */
  get loc(): Loc { return changetype<Loc>(this.getObject(0)); }
  set loc(value: Loc) { this.putObject(0, value); }
  /** Maximum number of bytes. */
  get size(): i64 { return this.getInteger(1); }
  set size(value: i64) { this.putInteger(1, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(2)); }
  set xdata(value: Dict | null) { this.putObject(2, value); }
}

/** Makes a regular file, device, FIFO or socket without opening it. Asked by: mknod(2), mkfifo(3), bind(2) of a local socket. */
export class Mknod extends Args {
  constructor(loc: Loc, mode: i64, rdev: i64, umask: i64, xdata: Dict | null = null) {
    super(findRow(3));
    this.putObject(0, loc);
    this.putInteger(1, mode);
    this.putInteger(2, rdev);
    this.putInteger(3, umask);
    this.putObject(4, xdata);
  }
  /** The object, by inode, and by parent and name if they are known. */
  get loc(): Loc { return changetype<Loc>(this.getObject(0)); }
  set loc(value: Loc) { this.putObject(0, value); }
  /** Type and permission bits, as in stat(2), after the umask. */
  get mode(): i64 { return this.getInteger(1); }
  set mode(value: i64) { this.putInteger(1, value); }
  /** The device number, for block and character devices. */
  get rdev(): i64 { return this.getInteger(2); }
  set rdev(value: i64) { this.putInteger(2, value); }
  /** The caller's umask, for a storage with default ACLs. */
  get umask(): i64 { return this.getInteger(3); }
  set umask(value: i64) { this.putInteger(3, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(4)); }
  set xdata(value: Dict | null) { this.putObject(4, value); }
}

/** Makes a directory. Asked by: mkdir(2). */
export class Mkdir extends Args {
  constructor(loc: Loc, mode: i64, umask: i64, xdata: Dict | null = null) {
    super(findRow(4));
    this.putObject(0, loc);
    this.putInteger(1, mode);
    this.putInteger(2, umask);
    this.putObject(3, xdata);
  }
  /** The object, by inode, and by parent and name if they are known. */
  get loc(): Loc { return changetype<Loc>(this.getObject(0)); }
  set loc(value: Loc) { this.putObject(0, value); }
  /** Type and permission bits, as in stat(2), after the umask. */
  get mode(): i64 { return this.getInteger(1); }
  set mode(value: i64) { this.putInteger(1, value); }
  /** The caller's umask, for a storage with default ACLs. */
  get umask(): i64 { return this.getInteger(2); }
  set umask(value: i64) { this.putInteger(2, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(3)); }
  set xdata(value: Dict | null) { this.putObject(3, value); }
}

/** Removes a name of a file; the file is deleted with its last name and last open fd. Asked by: unlink(2). */
export class Unlink extends Args {
  constructor(loc: Loc, xflag: i64, xdata: Dict | null = null) {
    super(findRow(5));
    this.putObject(0, loc);
    this.putInteger(1, xflag);
    this.putObject(2, xdata);
  }
  /** The object, by inode, and by parent and name if they are known. */
  get loc(): Loc { return changetype<Loc>(this.getObject(0)); }
  set loc(value: Loc) { this.putObject(0, value); }
  /** GlusterFS-internal; 0 from a mount. */
  get xflag(): i64 { return this.getInteger(1); }
  set xflag(value: i64) { this.putInteger(1, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(2)); }
  set xdata(value: Dict | null) { this.putObject(2, value); }
}

/** Removes an empty directory; ENOTEMPTY for any other. Asked by: rmdir(2). */
export class Rmdir extends Args {
  constructor(loc: Loc, flags: i64, xdata: Dict | null = null) {
    super(findRow(6));
    this.putObject(0, loc);
    this.putInteger(1, flags);
    this.putObject(2, xdata);
  }
  /** The object, by inode, and by parent and name if they are known. */
  get loc(): Loc { return changetype<Loc>(this.getObject(0)); }
  set loc(value: Loc) { this.putObject(0, value); }
  /** Not 0: with its content; 0 from a mount. */
  get flags(): i64 { return this.getInteger(1); }
  set flags(value: i64) { this.putInteger(1, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(2)); }
  set xdata(value: Dict | null) { this.putObject(2, value); }
}

/** Makes a symbolic link. Asked by: symlink(2). */
export class Symlink extends Args {
  constructor(linkpath: string, loc: Loc, umask: i64, xdata: Dict | null = null) {
    super(findRow(7));
    this.putObject(0, linkpath);
    this.putObject(1, loc);
    this.putInteger(2, umask);
    this.putObject(3, xdata);
  }
  /** The target to store. */
  get linkpath(): string { return changetype<string>(this.getObject(0)); }
  set linkpath(value: string) { this.putObject(0, value); }
  /** The object, by inode, and by parent and name if they are known. */
  get loc(): Loc { return changetype<Loc>(this.getObject(1)); }
  set loc(value: Loc) { this.putObject(1, value); }
  /** The caller's umask, for a storage with default ACLs. */
  get umask(): i64 { return this.getInteger(2); }
  set umask(value: i64) { this.putInteger(2, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(3)); }
  set xdata(value: Dict | null) { this.putObject(3, value); }
}

/** Renames an object atomically, and replaces an object of the new name. Asked by: rename(2); the flags of renameat2(2) come in xdata. */
export class Rename extends Args {
  constructor(oldloc: Loc, newloc: Loc, xdata: Dict | null = null) {
    super(findRow(8));
    this.putObject(0, oldloc);
    this.putObject(1, newloc);
    this.putObject(2, xdata);
  }
  /** The existing name. */
  get oldloc(): Loc { return changetype<Loc>(this.getObject(0)); }
  set oldloc(value: Loc) { this.putObject(0, value); }
  /** The new name; its inode is unset when no object has that name. */
  get newloc(): Loc { return changetype<Loc>(this.getObject(1)); }
  set newloc(value: Loc) { this.putObject(1, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(2)); }
  set xdata(value: Dict | null) { this.putObject(2, value); }
}

/** Adds a name to a file. Asked by: link(2). */
export class Link extends Args {
  constructor(oldloc: Loc, newloc: Loc, xdata: Dict | null = null) {
    super(findRow(9));
    this.putObject(0, oldloc);
    this.putObject(1, newloc);
    this.putObject(2, xdata);
  }
  /** The existing name. */
  get oldloc(): Loc { return changetype<Loc>(this.getObject(0)); }
  set oldloc(value: Loc) { this.putObject(0, value); }
  /** The new name; its inode is unset when no object has that name. */
  get newloc(): Loc { return changetype<Loc>(this.getObject(1)); }
  set newloc(value: Loc) { this.putObject(1, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(2)); }
  set xdata(value: Dict | null) { this.putObject(2, value); }
}

/** Sets the size of a file, by name. Asked by: truncate(2). */
export class Truncate extends Args {
  constructor(loc: Loc, offset: i64, xdata: Dict | null = null) {
    super(findRow(10));
    this.putObject(0, loc);
    this.putInteger(1, offset);
    this.putObject(2, xdata);
  }
  /** The object, by inode, and by parent and name if they are known. */
  get loc(): Loc { return changetype<Loc>(this.getObject(0)); }
  set loc(value: Loc) { this.putObject(0, value); }
  /** The new size, in bytes. */
  get offset(): i64 { return this.getInteger(1); }
  set offset(value: i64) { this.putInteger(1, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(2)); }
  set xdata(value: Dict | null) { this.putObject(2, value); }
}

/** Opens a file. Asked by: open(2) of an existing file; ftruncate follows for O_TRUNC. */
export class Open extends Args {
  constructor(loc: Loc, flags: i64, fd: Fd | null = null, xdata: Dict | null = null) {
    super(findRow(11));
    this.putObject(0, loc);
    this.putInteger(1, flags);
    this.putObject(2, fd);
    this.putObject(3, xdata);
  }
  /** The object, by inode, and by parent and name if they are known. */
  get loc(): Loc { return changetype<Loc>(this.getObject(0)); }
  set loc(value: Loc) { this.putObject(0, value); }
  /** Flags of open(2), such as O_RDWR or O_APPEND. */
  get flags(): i64 { return this.getInteger(1); }
  set flags(value: i64) { this.putInteger(1, value); }
  /** The open file or directory. */
  get fd(): Fd | null { return changetype<Fd | null>(this.getObject(2)); }
  set fd(value: Fd | null) { this.putObject(2, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(3)); }
  set xdata(value: Dict | null) { this.putObject(3, value); }
}

/** Reads data. Asked by: read(2), pread(2), mmap(2), execve(2); the kernel reads whole pages, and ahead. */
export class Readv extends Args {
  constructor(fd: Fd, size: i64, offset: i64, flags: i64, xdata: Dict | null = null) {
    super(findRow(12));
    this.putObject(0, fd);
    this.putInteger(1, size);
    this.putInteger(2, offset);
    this.putInteger(3, flags);
    this.putObject(4, xdata);
  }
  /** The open file or directory. */
  get fd(): Fd { return changetype<Fd>(this.getObject(0)); }
  set fd(value: Fd) { this.putObject(0, value); }
  /** Maximum number of bytes. */
  get size(): i64 { return this.getInteger(1); }
  set size(value: i64) { this.putInteger(1, value); }
  /** Start, in bytes. */
  get offset(): i64 { return this.getInteger(2); }
  set offset(value: i64) { this.putInteger(2, value); }
  /** Flags of the open. */
  get flags(): i64 { return this.getInteger(3); }
  set flags(value: i64) { this.putInteger(3, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(4)); }
  set xdata(value: Dict | null) { this.putObject(4, value); }
}

/** Writes data. Asked by: write(2), pwrite(2), and written pages of mmap(2); with `glossa.kill-priv` in xdata the file loses set-user-id and the like. */
export class Writev extends Args {
  constructor(fd: Fd, vector: Uint8Array, offset: i64, flags: i64, xdata: Dict | null = null) {
    super(findRow(13));
    this.putObject(0, fd);
    this.putObject(1, vector);
    this.putInteger(2, offset);
    this.putInteger(3, flags);
    this.putObject(4, xdata);
  }
  /** The open file or directory. */
  get fd(): Fd { return changetype<Fd>(this.getObject(0)); }
  set fd(value: Fd) { this.putObject(0, value); }
  /** The data. */
  get vector(): Uint8Array { return changetype<Uint8Array>(this.takeData(1)); }
  set vector(value: Uint8Array) { this.putObject(1, value); }
  /** Start, in bytes. */
  get offset(): i64 { return this.getInteger(2); }
  set offset(value: i64) { this.putInteger(2, value); }
  /** Flags of the open, and O_DSYNC or O_SYNC if this write must be on the disk before the reply. */
  get flags(): i64 { return this.getInteger(3); }
  set flags(value: i64) { this.putInteger(3, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(4)); }
  set xdata(value: Dict | null) { this.putObject(4, value); }
}

/** Reads the size and the free space of the storage. Asked by: statfs(2), statvfs(3), df. */
export class Statfs extends Args {
  constructor(loc: Loc, xdata: Dict | null = null) {
    super(findRow(14));
    this.putObject(0, loc);
    this.putObject(1, xdata);
  }
  /** The object, by inode, and by parent and name if they are known. */
  get loc(): Loc { return changetype<Loc>(this.getObject(0)); }
  set loc(value: Loc) { this.putObject(0, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(1)); }
  set xdata(value: Dict | null) { this.putObject(1, value); }
}

/** Reports the close of one descriptor; others of the file may stay open. Asked by: every close(2), also at the end of a process. */
export class Flush extends Args {
  constructor(fd: Fd, xdata: Dict | null = null) {
    super(findRow(15));
    this.putObject(0, fd);
    this.putObject(1, xdata);
  }
  /** The open file or directory. */
  get fd(): Fd { return changetype<Fd>(this.getObject(0)); }
  set fd(value: Fd) { this.putObject(0, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(1)); }
  set xdata(value: Dict | null) { this.putObject(1, value); }
}

/** Flushes written data to stable storage. Asked by: fsync(2), fdatasync(2), O_SYNC. */
export class Fsync extends Args {
  constructor(fd: Fd, datasync: i64, xdata: Dict | null = null) {
    super(findRow(16));
    this.putObject(0, fd);
    this.putInteger(1, datasync);
    this.putObject(2, xdata);
  }
  /** The open file or directory. */
  get fd(): Fd { return changetype<Fd>(this.getObject(0)); }
  set fd(value: Fd) { this.putObject(0, value); }
  /** Not 0: only the data and the metadata needed to read it, as fdatasync(2). */
  get datasync(): i64 { return this.getInteger(1); }
  set datasync(value: i64) { this.putInteger(1, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(2)); }
  set xdata(value: Dict | null) { this.putObject(2, value); }
}

/** Sets extended attributes. Asked by: setxattr(2). */
export class Setxattr extends Args {
  constructor(loc: Loc, dict: Dict | null, flags: i64, xdata: Dict | null = null) {
    super(findRow(17));
    this.putObject(0, loc);
    this.putObject(1, dict);
    this.putInteger(2, flags);
    this.putObject(3, xdata);
  }
  /** The object, by inode, and by parent and name if they are known. */
  get loc(): Loc { return changetype<Loc>(this.getObject(0)); }
  set loc(value: Loc) { this.putObject(0, value); }
  /** Extended attributes, name to value. */
  get dict(): Dict | null { return changetype<Dict | null>(this.getObject(1)); }
  set dict(value: Dict | null) { this.putObject(1, value); }
  /** 1 XATTR_CREATE: fail with EEXIST; 2 XATTR_REPLACE: fail with ENODATA. */
  get flags(): i64 { return this.getInteger(2); }
  set flags(value: i64) { this.putInteger(2, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(3)); }
  set xdata(value: Dict | null) { this.putObject(3, value); }
}

/** Reads one or all extended attributes; ENODATA for an absent name. Asked by: getxattr(2), listxattr(2). */
export class Getxattr extends Args {
  constructor(loc: Loc, name: string | null = null, xdata: Dict | null = null) {
    super(findRow(18));
    this.putObject(0, loc);
    this.putObject(1, name);
    this.putObject(2, xdata);
  }
  /** The object, by inode, and by parent and name if they are known. */
  get loc(): Loc { return changetype<Loc>(this.getObject(0)); }
  set loc(value: Loc) { this.putObject(0, value); }
  /** The extended attribute's name; none asks for all of them. */
  get name(): string | null { return changetype<string | null>(this.getObject(1)); }
  set name(value: string | null) { this.putObject(1, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(2)); }
  set xdata(value: Dict | null) { this.putObject(2, value); }
}

/** Removes an extended attribute; ENODATA for an absent name. Asked by: removexattr(2). */
export class Removexattr extends Args {
  constructor(loc: Loc, name: string, xdata: Dict | null = null) {
    super(findRow(19));
    this.putObject(0, loc);
    this.putObject(1, name);
    this.putObject(2, xdata);
  }
  /** The object, by inode, and by parent and name if they are known. */
  get loc(): Loc { return changetype<Loc>(this.getObject(0)); }
  set loc(value: Loc) { this.putObject(0, value); }
  /** The attribute's name. */
  get name(): string { return changetype<string>(this.getObject(1)); }
  set name(value: string) { this.putObject(1, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(2)); }
  set xdata(value: Dict | null) { this.putObject(2, value); }
}

/** Opens a directory. Asked by: opendir(3). */
export class Opendir extends Args {
  constructor(loc: Loc, fd: Fd | null = null, xdata: Dict | null = null) {
    super(findRow(20));
    this.putObject(0, loc);
    this.putObject(1, fd);
    this.putObject(2, xdata);
  }
  /** The object, by inode, and by parent and name if they are known. */
  get loc(): Loc { return changetype<Loc>(this.getObject(0)); }
  set loc(value: Loc) { this.putObject(0, value); }
  /** The open file or directory. */
  get fd(): Fd | null { return changetype<Fd | null>(this.getObject(1)); }
  set fd(value: Fd | null) { this.putObject(1, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(2)); }
  set xdata(value: Dict | null) { this.putObject(2, value); }
}

/** Flushes the names of a directory to stable storage. Asked by: fsync(2) of a directory; syncfs(2), as that of the root with glossa.sync-volume in xdata. */
export class Fsyncdir extends Args {
  constructor(fd: Fd, datasync: i64, xdata: Dict | null = null) {
    super(findRow(21));
    this.putObject(0, fd);
    this.putInteger(1, datasync);
    this.putObject(2, xdata);
  }
  /** The open file or directory. */
  get fd(): Fd { return changetype<Fd>(this.getObject(0)); }
  set fd(value: Fd) { this.putObject(0, value); }
  /** Not 0: only the data and the metadata needed to read it, as fdatasync(2). */
  get datasync(): i64 { return this.getInteger(1); }
  set datasync(value: i64) { this.putInteger(1, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(2)); }
  set xdata(value: Dict | null) { this.putObject(2, value); }
}

/** Checks the caller's rights to an object. Asked by: access(2), chdir(2). */
export class Access extends Args {
  constructor(loc: Loc, mask: i64, xdata: Dict | null = null) {
    super(findRow(22));
    this.putObject(0, loc);
    this.putInteger(1, mask);
    this.putObject(2, xdata);
  }
  /** The object, by inode, and by parent and name if they are known. */
  get loc(): Loc { return changetype<Loc>(this.getObject(0)); }
  set loc(value: Loc) { this.putObject(0, value); }
  /** The requested access: 4 read, 2 write, 1 execute; 0 asks for existence. */
  get mask(): i64 { return this.getInteger(1); }
  set mask(value: i64) { this.putInteger(1, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(2)); }
  set xdata(value: Dict | null) { this.putObject(2, value); }
}

/** Makes and opens a file atomically. Asked by: open(2) with O_CREAT of a name that the kernel does not know. */
export class Create extends Args {
  constructor(loc: Loc, flags: i64, mode: i64, umask: i64, fd: Fd | null = null, xdata: Dict | null = null) {
    super(findRow(23));
    this.putObject(0, loc);
    this.putInteger(1, flags);
    this.putInteger(2, mode);
    this.putInteger(3, umask);
    this.putObject(4, fd);
    this.putObject(5, xdata);
  }
  /** The object, by inode, and by parent and name if they are known. */
  get loc(): Loc { return changetype<Loc>(this.getObject(0)); }
  set loc(value: Loc) { this.putObject(0, value); }
  /** Flags of open(2), such as O_RDWR or O_APPEND. */
  get flags(): i64 { return this.getInteger(1); }
  set flags(value: i64) { this.putInteger(1, value); }
  /** Permission bits, after the umask. */
  get mode(): i64 { return this.getInteger(2); }
  set mode(value: i64) { this.putInteger(2, value); }
  /** The caller's umask, for a storage with default ACLs. */
  get umask(): i64 { return this.getInteger(3); }
  set umask(value: i64) { this.putInteger(3, value); }
  /** The open file or directory. */
  get fd(): Fd | null { return changetype<Fd | null>(this.getObject(4)); }
  set fd(value: Fd | null) { this.putObject(4, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(5)); }
  set xdata(value: Dict | null) { this.putObject(5, value); }
}

/** Sets the size of an open file. Asked by: ftruncate(2), and open(2) with O_TRUNC, after open. */
export class Ftruncate extends Args {
  constructor(fd: Fd, offset: i64, xdata: Dict | null = null) {
    super(findRow(24));
    this.putObject(0, fd);
    this.putInteger(1, offset);
    this.putObject(2, xdata);
  }
  /** The open file or directory. */
  get fd(): Fd { return changetype<Fd>(this.getObject(0)); }
  set fd(value: Fd) { this.putObject(0, value); }
  /** The new size, in bytes. */
  get offset(): i64 { return this.getInteger(1); }
  set offset(value: i64) { this.putInteger(1, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(2)); }
  set xdata(value: Dict | null) { this.putObject(2, value); }
}

/** Reads the attributes of an open file. Asked by: fstat(2), when the kernel's cached attributes have expired. */
export class Fstat extends Args {
  constructor(fd: Fd, xdata: Dict | null = null) {
    super(findRow(25));
    this.putObject(0, fd);
    this.putObject(1, xdata);
  }
  /** The open file or directory. */
  get fd(): Fd { return changetype<Fd>(this.getObject(0)); }
  set fd(value: Fd) { this.putObject(0, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(1)); }
  set xdata(value: Dict | null) { this.putObject(1, value); }
}

/** Sets, removes or tests a lock of an application. With glossa.flock in xdata it is a lock of flock(2), independent of record locks. Asked by: fcntl(2) locks and flock(2). */
export class Lk extends Args {
  constructor(fd: Fd, cmd: i64, flock: Flock, xdata: Dict | null = null) {
    super(findRow(26));
    this.putObject(0, fd);
    this.putInteger(1, cmd);
    this.putObject(2, flock);
    this.putObject(3, xdata);
  }
  /** The open file or directory. */
  get fd(): Fd { return changetype<Fd>(this.getObject(0)); }
  set fd(value: Fd) { this.putObject(0, value); }
  /** The command: 5 F_GETLK, 6 F_SETLK, 7 F_SETLKW. */
  get cmd(): i64 { return this.getInteger(1); }
  set cmd(value: i64) { this.putInteger(1, value); }
  /** Type, range in bytes (len 0: to the end), owner and process of the lock. */
  get flock(): Flock { return changetype<Flock>(this.getObject(2)); }
  set flock(value: Flock) { this.putObject(2, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(3)); }
  set xdata(value: Dict | null) { this.putObject(3, value); }
}

/** Finds an object by its name in a directory, or checks that it still exists. Asked by: every path of every system call, for each part that the kernel does not know. */
export class Lookup extends Args {
  constructor(loc: Loc, xdata: Dict | null = null) {
    super(findRow(27));
    this.putObject(0, loc);
    this.putObject(1, xdata);
  }
  /** Name in parent; without a name, the inode itself by its gfid. */
  get loc(): Loc { return changetype<Loc>(this.getObject(0)); }
  set loc(value: Loc) { this.putObject(0, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(1)); }
  set xdata(value: Dict | null) { this.putObject(1, value); }
}

/** Lists names of a directory. Asked by: readdir(3). */
export class Readdir extends Args {
  constructor(fd: Fd, size: i64, offset: i64, xdata: Dict | null = null) {
    super(findRow(28));
    this.putObject(0, fd);
    this.putInteger(1, size);
    this.putInteger(2, offset);
    this.putObject(3, xdata);
  }
  /** The open file or directory. */
  get fd(): Fd { return changetype<Fd>(this.getObject(0)); }
  set fd(value: Fd) { this.putObject(0, value); }
  /** Maximum number of bytes. */
  get size(): i64 { return this.getInteger(1); }
  set size(value: i64) { this.putInteger(1, value); }
  /** Where to continue: the offset of the last listed entry, which is valid in each open; 0 is the start. */
  get offset(): i64 { return this.getInteger(2); }
  set offset(value: i64) { this.putInteger(2, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(3)); }
  set xdata(value: Dict | null) { this.putObject(3, value); }
}

/** Locks a range of an inode among translators, independent of applications' locks. Asked by: other translators (replication, healing). */
export class Inodelk extends Args {
  constructor(volume: string, loc: Loc, cmd: i64, flock: Flock, xdata: Dict | null = null) {
    super(findRow(29));
    this.putObject(0, volume);
    this.putObject(1, loc);
    this.putInteger(2, cmd);
    this.putObject(3, flock);
    this.putObject(4, xdata);
  }
  /** The domain of the lock: locks of different domains do not conflict. */
  get volume(): string { return changetype<string>(this.getObject(0)); }
  set volume(value: string) { this.putObject(0, value); }
  /** The object, by inode, and by parent and name if they are known. */
  get loc(): Loc { return changetype<Loc>(this.getObject(1)); }
  set loc(value: Loc) { this.putObject(1, value); }
  /** The command: 5 F_GETLK, 6 F_SETLK, 7 F_SETLKW. */
  get cmd(): i64 { return this.getInteger(2); }
  set cmd(value: i64) { this.putInteger(2, value); }
  /** Type, range in bytes (len 0: to the end), owner and process of the lock. */
  get flock(): Flock { return changetype<Flock>(this.getObject(3)); }
  set flock(value: Flock) { this.putObject(3, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(4)); }
  set xdata(value: Dict | null) { this.putObject(4, value); }
}

/** As inodelk, of an open file. Asked by: other translators. */
export class Finodelk extends Args {
  constructor(volume: string, fd: Fd, cmd: i64, flock: Flock, xdata: Dict | null = null) {
    super(findRow(30));
    this.putObject(0, volume);
    this.putObject(1, fd);
    this.putInteger(2, cmd);
    this.putObject(3, flock);
    this.putObject(4, xdata);
  }
  /** The domain of the lock: locks of different domains do not conflict. */
  get volume(): string { return changetype<string>(this.getObject(0)); }
  set volume(value: string) { this.putObject(0, value); }
  /** The open file or directory. */
  get fd(): Fd { return changetype<Fd>(this.getObject(1)); }
  set fd(value: Fd) { this.putObject(1, value); }
  /** The command: 5 F_GETLK, 6 F_SETLK, 7 F_SETLKW. */
  get cmd(): i64 { return this.getInteger(2); }
  set cmd(value: i64) { this.putInteger(2, value); }
  /** Type, range in bytes (len 0: to the end), owner and process of the lock. */
  get flock(): Flock { return changetype<Flock>(this.getObject(3)); }
  set flock(value: Flock) { this.putObject(3, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(4)); }
  set xdata(value: Dict | null) { this.putObject(4, value); }
}

/** Locks a name of a directory, among translators. Asked by: other translators (replication, healing). */
export class Entrylk extends Args {
  constructor(volume: string, loc: Loc, basename: string | null, cmd: i64, type: i64, xdata: Dict | null = null) {
    super(findRow(31));
    this.putObject(0, volume);
    this.putObject(1, loc);
    this.putObject(2, basename);
    this.putInteger(3, cmd);
    this.putInteger(4, type);
    this.putObject(5, xdata);
  }
  /** The domain of the lock: locks of different domains do not conflict. */
  get volume(): string { return changetype<string>(this.getObject(0)); }
  set volume(value: string) { this.putObject(0, value); }
  /** The object, by inode, and by parent and name if they are known. */
  get loc(): Loc { return changetype<Loc>(this.getObject(1)); }
  set loc(value: Loc) { this.putObject(1, value); }
  /** The name in the directory; none is the whole directory. */
  get basename(): string | null { return changetype<string | null>(this.getObject(2)); }
  set basename(value: string | null) { this.putObject(2, value); }
  /** 0 lock, 1 unlock, 2 lock without waiting. */
  get cmd(): i64 { return this.getInteger(3); }
  set cmd(value: i64) { this.putInteger(3, value); }
  /** 0 shared, 1 exclusive. */
  get type(): i64 { return this.getInteger(4); }
  set type(value: i64) { this.putInteger(4, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(5)); }
  set xdata(value: Dict | null) { this.putObject(5, value); }
}

/** As entrylk, of an open directory. Asked by: other translators. */
export class Fentrylk extends Args {
  constructor(volume: string, fd: Fd, basename: string | null, cmd: i64, type: i64, xdata: Dict | null = null) {
    super(findRow(32));
    this.putObject(0, volume);
    this.putObject(1, fd);
    this.putObject(2, basename);
    this.putInteger(3, cmd);
    this.putInteger(4, type);
    this.putObject(5, xdata);
  }
  /** The domain of the lock: locks of different domains do not conflict. */
  get volume(): string { return changetype<string>(this.getObject(0)); }
  set volume(value: string) { this.putObject(0, value); }
  /** The open file or directory. */
  get fd(): Fd { return changetype<Fd>(this.getObject(1)); }
  set fd(value: Fd) { this.putObject(1, value); }
  /** The name in the directory; none is the whole directory. */
  get basename(): string | null { return changetype<string | null>(this.getObject(2)); }
  set basename(value: string | null) { this.putObject(2, value); }
  /** 0 lock, 1 unlock, 2 lock without waiting. */
  get cmd(): i64 { return this.getInteger(3); }
  set cmd(value: i64) { this.putInteger(3, value); }
  /** 0 shared, 1 exclusive. */
  get type(): i64 { return this.getInteger(4); }
  set type(value: i64) { this.putInteger(4, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(5)); }
  set xdata(value: Dict | null) { this.putObject(5, value); }
}

/** Changes numbers in extended attributes atomically (arrays, big-endian). Asked by: other translators (counters of replication and quota). */
export class Xattrop extends Args {
  constructor(loc: Loc, optype: i64, dict: Dict | null = null, xdata: Dict | null = null) {
    super(findRow(33));
    this.putObject(0, loc);
    this.putInteger(1, optype);
    this.putObject(2, dict);
    this.putObject(3, xdata);
  }
  /** The object, by inode, and by parent and name if they are known. */
  get loc(): Loc { return changetype<Loc>(this.getObject(0)); }
  set loc(value: Loc) { this.putObject(0, value); }
  /** The operation on stored and given values: 0 add 32-bit, 1 add 64-bit, 4 get and set. */
  get optype(): i64 { return this.getInteger(1); }
  set optype(value: i64) { this.putInteger(1, value); }
  /** Extended attributes, name to value. */
  get dict(): Dict | null { return changetype<Dict | null>(this.getObject(2)); }
  set dict(value: Dict | null) { this.putObject(2, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(3)); }
  set xdata(value: Dict | null) { this.putObject(3, value); }
}

/** As xattrop, of an open file. Asked by: other translators. */
export class Fxattrop extends Args {
  constructor(fd: Fd, optype: i64, dict: Dict | null = null, xdata: Dict | null = null) {
    super(findRow(34));
    this.putObject(0, fd);
    this.putInteger(1, optype);
    this.putObject(2, dict);
    this.putObject(3, xdata);
  }
  /** The open file or directory. */
  get fd(): Fd { return changetype<Fd>(this.getObject(0)); }
  set fd(value: Fd) { this.putObject(0, value); }
  /** The operation on stored and given values: 0 add 32-bit, 1 add 64-bit, 4 get and set. */
  get optype(): i64 { return this.getInteger(1); }
  set optype(value: i64) { this.putInteger(1, value); }
  /** Extended attributes, name to value. */
  get dict(): Dict | null { return changetype<Dict | null>(this.getObject(2)); }
  set dict(value: Dict | null) { this.putObject(2, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(3)); }
  set xdata(value: Dict | null) { this.putObject(3, value); }
}

/** As getxattr, of an open file. Asked by: fgetxattr(2), flistxattr(2); lsattr(1), for an attribute of its own. */
export class Fgetxattr extends Args {
  constructor(fd: Fd, name: string | null = null, xdata: Dict | null = null) {
    super(findRow(35));
    this.putObject(0, fd);
    this.putObject(1, name);
    this.putObject(2, xdata);
  }
  /** The open file or directory. */
  get fd(): Fd { return changetype<Fd>(this.getObject(0)); }
  set fd(value: Fd) { this.putObject(0, value); }
  /** The extended attribute's name; none asks for all of them. */
  get name(): string | null { return changetype<string | null>(this.getObject(1)); }
  set name(value: string | null) { this.putObject(1, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(2)); }
  set xdata(value: Dict | null) { this.putObject(2, value); }
}

/** As setxattr, of an open file. Asked by: fsetxattr(2); chattr(1), for an attribute of its own. */
export class Fsetxattr extends Args {
  constructor(fd: Fd, dict: Dict | null, flags: i64, xdata: Dict | null = null) {
    super(findRow(36));
    this.putObject(0, fd);
    this.putObject(1, dict);
    this.putInteger(2, flags);
    this.putObject(3, xdata);
  }
  /** The open file or directory. */
  get fd(): Fd { return changetype<Fd>(this.getObject(0)); }
  set fd(value: Fd) { this.putObject(0, value); }
  /** Extended attributes, name to value. */
  get dict(): Dict | null { return changetype<Dict | null>(this.getObject(1)); }
  set dict(value: Dict | null) { this.putObject(1, value); }
  /** 1 XATTR_CREATE: fail with EEXIST; 2 XATTR_REPLACE: fail with ENODATA. */
  get flags(): i64 { return this.getInteger(2); }
  set flags(value: i64) { this.putInteger(2, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(3)); }
  set xdata(value: Dict | null) { this.putObject(3, value); }
}

/** Computes checksums of a range of a file. Asked by: other translators (healing). */
export class Rchecksum extends Args {
  constructor(fd: Fd, offset: i64, len: i64, xdata: Dict | null = null) {
    super(findRow(37));
    this.putObject(0, fd);
    this.putInteger(1, offset);
    this.putInteger(2, len);
    this.putObject(3, xdata);
  }
  /** The open file or directory. */
  get fd(): Fd { return changetype<Fd>(this.getObject(0)); }
  set fd(value: Fd) { this.putObject(0, value); }
  /** Start, in bytes. */
  get offset(): i64 { return this.getInteger(1); }
  set offset(value: i64) { this.putInteger(1, value); }
  /** Number of bytes. */
  get len(): i64 { return this.getInteger(2); }
  set len(value: i64) { this.putInteger(2, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(3)); }
  set xdata(value: Dict | null) { this.putObject(3, value); }
}

/** Changes mode, owner or times. (truncate sets the size.) Asked by: chmod(2), chown(2), utimensat(2). */
export class Setattr extends Args {
  constructor(loc: Loc, stbuf: Iatt, valid: i64, xdata: Dict | null = null) {
    super(findRow(38));
    this.putObject(0, loc);
    this.putObject(1, stbuf);
    this.putInteger(2, valid);
    this.putObject(3, xdata);
  }
  /** The object, by inode, and by parent and name if they are known. */
  get loc(): Loc { return changetype<Loc>(this.getObject(0)); }
  set loc(value: Loc) { this.putObject(0, value); }
  /** The new values. */
  get stbuf(): Iatt { return changetype<Iatt>(this.getObject(1)); }
  set stbuf(value: Iatt) { this.putObject(1, value); }
  /** The valid fields of stbuf: 1 mode, 2 uid, 4 gid, 16 atime, 32 mtime, 64 ctime; 128 and 256 set atime and mtime to the present. */
  get valid(): i64 { return this.getInteger(2); }
  set valid(value: i64) { this.putInteger(2, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(3)); }
  set xdata(value: Dict | null) { this.putObject(3, value); }
}

/** As setattr, of an open file. Asked by: fchmod(2), fchown(2), futimens(3). */
export class Fsetattr extends Args {
  constructor(fd: Fd, stbuf: Iatt, valid: i64, xdata: Dict | null = null) {
    super(findRow(39));
    this.putObject(0, fd);
    this.putObject(1, stbuf);
    this.putInteger(2, valid);
    this.putObject(3, xdata);
  }
  /** The open file or directory. */
  get fd(): Fd { return changetype<Fd>(this.getObject(0)); }
  set fd(value: Fd) { this.putObject(0, value); }
  /** The new values. */
  get stbuf(): Iatt { return changetype<Iatt>(this.getObject(1)); }
  set stbuf(value: Iatt) { this.putObject(1, value); }
  /** The valid fields of stbuf: 1 mode, 2 uid, 4 gid, 16 atime, 32 mtime, 64 ctime; 128 and 256 set atime and mtime to the present. */
  get valid(): i64 { return this.getInteger(2); }
  set valid(value: i64) { this.putInteger(2, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(3)); }
  set xdata(value: Dict | null) { this.putObject(3, value); }
}

/** Lists names of a directory, with inode and attributes of each. Asked by: readdir(3), when the kernel expects a stat of each name to follow (ls -l). */
export class Readdirp extends Args {
  constructor(fd: Fd, size: i64, offset: i64, xdata: Dict | null = null) {
    super(findRow(40));
    this.putObject(0, fd);
    this.putInteger(1, size);
    this.putInteger(2, offset);
    this.putObject(3, xdata);
  }
  /** The open file or directory. */
  get fd(): Fd { return changetype<Fd>(this.getObject(0)); }
  set fd(value: Fd) { this.putObject(0, value); }
  /** Maximum number of bytes. */
  get size(): i64 { return this.getInteger(1); }
  set size(value: i64) { this.putInteger(1, value); }
  /** Where to continue: the offset of the last listed entry, which is valid in each open; 0 is the start. */
  get offset(): i64 { return this.getInteger(2); }
  set offset(value: i64) { this.putInteger(2, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(3)); }
  set xdata(value: Dict | null) { this.putObject(3, value); }
}

/** Reads the text of a volfile. Asked by: clients of a server, never a mount. */
export class Getspec extends Args {
  constructor(key: string, flags: i64) {
    super(findRow(44));
    this.putObject(0, key);
    this.putInteger(1, flags);
  }
  /** The name of the volfile. */
  get key(): string { return changetype<string>(this.getObject(0)); }
  set key(value: string) { this.putObject(0, value); }
  /** 0. */
  get flags(): i64 { return this.getInteger(1); }
  set flags(value: i64) { this.putInteger(1, value); }
}

/** As removexattr, of an open file. Asked by: fremovexattr(2). */
export class Fremovexattr extends Args {
  constructor(fd: Fd, name: string, xdata: Dict | null = null) {
    super(findRow(45));
    this.putObject(0, fd);
    this.putObject(1, name);
    this.putObject(2, xdata);
  }
  /** The open file or directory. */
  get fd(): Fd { return changetype<Fd>(this.getObject(0)); }
  set fd(value: Fd) { this.putObject(0, value); }
  /** The attribute's name. */
  get name(): string { return changetype<string>(this.getObject(1)); }
  set name(value: string) { this.putObject(1, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(2)); }
  set xdata(value: Dict | null) { this.putObject(2, value); }
}

/** Allocates space for a range. Asked by: fallocate(2), posix_fallocate(3). */
export class Fallocate extends Args {
  constructor(fd: Fd, mode: i64, offset: i64, len: i64, xdata: Dict | null = null) {
    super(findRow(46));
    this.putObject(0, fd);
    this.putInteger(1, mode);
    this.putInteger(2, offset);
    this.putInteger(3, len);
    this.putObject(4, xdata);
  }
  /** The open file or directory. */
  get fd(): Fd { return changetype<Fd>(this.getObject(0)); }
  set fd(value: Fd) { this.putObject(0, value); }
  /** 1 FALLOC_FL_KEEP_SIZE keeps the size, 0 may grow it; 17 also writes zeros; a storage answers EOPNOTSUPP to modes that it does not support. */
  get mode(): i64 { return this.getInteger(1); }
  set mode(value: i64) { this.putInteger(1, value); }
  /** Start, in bytes. */
  get offset(): i64 { return this.getInteger(2); }
  set offset(value: i64) { this.putInteger(2, value); }
  /** Number of bytes. */
  get len(): i64 { return this.getInteger(3); }
  set len(value: i64) { this.putInteger(3, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(4)); }
  set xdata(value: Dict | null) { this.putObject(4, value); }
}

/** Makes a hole: the range reads as zeros, and its space is freed. Asked by: fallocate(2) with FALLOC_FL_PUNCH_HOLE. */
export class Discard extends Args {
  constructor(fd: Fd, offset: i64, len: i64, xdata: Dict | null = null) {
    super(findRow(47));
    this.putObject(0, fd);
    this.putInteger(1, offset);
    this.putInteger(2, len);
    this.putObject(3, xdata);
  }
  /** The open file or directory. */
  get fd(): Fd { return changetype<Fd>(this.getObject(0)); }
  set fd(value: Fd) { this.putObject(0, value); }
  /** Start, in bytes. */
  get offset(): i64 { return this.getInteger(1); }
  set offset(value: i64) { this.putInteger(1, value); }
  /** Number of bytes. */
  get len(): i64 { return this.getInteger(2); }
  set len(value: i64) { this.putInteger(2, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(3)); }
  set xdata(value: Dict | null) { this.putObject(3, value); }
}

/** Writes zeros over a range. Asked by: fallocate(2) with FALLOC_FL_ZERO_RANGE, and other programs of the same graph. */
export class Zerofill extends Args {
  constructor(fd: Fd, offset: i64, len: i64, xdata: Dict | null = null) {
    super(findRow(48));
    this.putObject(0, fd);
    this.putInteger(1, offset);
    this.putInteger(2, len);
    this.putObject(3, xdata);
  }
  /** The open file or directory. */
  get fd(): Fd { return changetype<Fd>(this.getObject(0)); }
  set fd(value: Fd) { this.putObject(0, value); }
  /** Start, in bytes. */
  get offset(): i64 { return this.getInteger(1); }
  set offset(value: i64) { this.putInteger(1, value); }
  /** Number of bytes. */
  get len(): i64 { return this.getInteger(2); }
  set len(value: i64) { this.putInteger(2, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(3)); }
  set xdata(value: Dict | null) { this.putObject(3, value); }
}

/** Carries a message between translators. Asked by: other translators. */
export class Ipc extends Args {
  constructor(op: i64, xdata: Dict | null = null) {
    super(findRow(49));
    this.putInteger(0, op);
    this.putObject(1, xdata);
  }
  /** The receiver: 0 changelog, 1 ctr, 2 upcall. */
  get op(): i64 { return this.getInteger(0); }
  set op(value: i64) { this.putInteger(0, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(1)); }
  set xdata(value: Dict | null) { this.putObject(1, value); }
}

/** Finds the next data or the next hole. Asked by: lseek(2) with SEEK_DATA or SEEK_HOLE; ENXIO at or behind the end. */
export class Seek extends Args {
  constructor(fd: Fd, offset: i64, what: i64, xdata: Dict | null = null) {
    super(findRow(50));
    this.putObject(0, fd);
    this.putInteger(1, offset);
    this.putInteger(2, what);
    this.putObject(3, xdata);
  }
  /** The open file or directory. */
  get fd(): Fd { return changetype<Fd>(this.getObject(0)); }
  set fd(value: Fd) { this.putObject(0, value); }
  /** Start, in bytes. */
  get offset(): i64 { return this.getInteger(1); }
  set offset(value: i64) { this.putInteger(1, value); }
  /** 0 data, 1 hole. */
  get what(): i64 { return this.getInteger(2); }
  set what(value: i64) { this.putInteger(2, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(3)); }
  set xdata(value: Dict | null) { this.putObject(3, value); }
}

/** Takes, queries or returns a lease. Asked by: other programs of the same graph. */
export class Lease extends Args {
  constructor(loc: Loc, lease: LeaseFields, xdata: Dict | null = null) {
    super(findRow(51));
    this.putObject(0, loc);
    this.putObject(1, lease);
    this.putObject(2, xdata);
  }
  /** The object, by inode, and by parent and name if they are known. */
  get loc(): Loc { return changetype<Loc>(this.getObject(0)); }
  set loc(value: Loc) { this.putObject(0, value); }
  /** Command, type and id of the lease. */
  get lease(): LeaseFields { return changetype<LeaseFields>(this.getObject(1)); }
  set lease(value: LeaseFields) { this.putObject(1, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(2)); }
  set xdata(value: Dict | null) { this.putObject(2, value); }
}

/** Reads all record locks of a file. Asked by: other translators, before they move it. */
export class Getactivelk extends Args {
  constructor(loc: Loc, xdata: Dict | null = null) {
    super(findRow(53));
    this.putObject(0, loc);
    this.putObject(1, xdata);
  }
  /** The object, by inode, and by parent and name if they are known. */
  get loc(): Loc { return changetype<Loc>(this.getObject(0)); }
  set loc(value: Loc) { this.putObject(0, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(1)); }
  set xdata(value: Dict | null) { this.putObject(1, value); }
}

/** Sets the record locks of a file that was moved. Asked by: other translators, after they moved it. */
export class Setactivelk extends Args {
  constructor(loc: Loc, locklist: Flock[], xdata: Dict | null = null) {
    super(findRow(54));
    this.putObject(0, loc);
    this.putObject(1, locklist);
    this.putObject(2, xdata);
  }
  /** The object, by inode, and by parent and name if they are known. */
  get loc(): Loc { return changetype<Loc>(this.getObject(0)); }
  set loc(value: Loc) { this.putObject(0, value); }
  /** The locks held on the file. */
  get locklist(): Flock[] { return changetype<Flock[]>(this.takeObject(1)); }
  set locklist(value: Flock[]) { this.putObject(1, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(2)); }
  set xdata(value: Dict | null) { this.putObject(2, value); }
}

/** Makes a file with data and extended attributes atomically. Asked by: other programs of the same graph. */
export class Put extends Args {
  constructor(loc: Loc, mode: i64, umask: i64, flags: i64, vector: Uint8Array, offset: i64, dict: Dict | null = null, xdata: Dict | null = null) {
    super(findRow(55));
    this.putObject(0, loc);
    this.putInteger(1, mode);
    this.putInteger(2, umask);
    this.putInteger(3, flags);
    this.putObject(4, vector);
    this.putInteger(5, offset);
    this.putObject(6, dict);
    this.putObject(7, xdata);
  }
  /** The object, by inode, and by parent and name if they are known. */
  get loc(): Loc { return changetype<Loc>(this.getObject(0)); }
  set loc(value: Loc) { this.putObject(0, value); }
  /** Type and permission bits, as in stat(2), after the umask. */
  get mode(): i64 { return this.getInteger(1); }
  set mode(value: i64) { this.putInteger(1, value); }
  /** The caller's umask, for a storage with default ACLs. */
  get umask(): i64 { return this.getInteger(2); }
  set umask(value: i64) { this.putInteger(2, value); }
  /** Flags of open(2), such as O_RDWR or O_APPEND. */
  get flags(): i64 { return this.getInteger(3); }
  set flags(value: i64) { this.putInteger(3, value); }
  /** The data. */
  get vector(): Uint8Array { return changetype<Uint8Array>(this.takeData(4)); }
  set vector(value: Uint8Array) { this.putObject(4, value); }
  /** Offset of the data in the file. */
  get offset(): i64 { return this.getInteger(5); }
  set offset(value: i64) { this.putInteger(5, value); }
  /** Extended attributes, name to value. */
  get dict(): Dict | null { return changetype<Dict | null>(this.getObject(6)); }
  set dict(value: Dict | null) { this.putObject(6, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(7)); }
  set xdata(value: Dict | null) { this.putObject(7, value); }
}

/** Makes a file without a name; loc has its directory, and no name. Asked by: open(2) with O_TMPFILE; open follows, and a link may give it a name. */
export class Icreate extends Args {
  constructor(loc: Loc, mode: i64, xdata: Dict | null = null) {
    super(findRow(56));
    this.putObject(0, loc);
    this.putInteger(1, mode);
    this.putObject(2, xdata);
  }
  /** The object, by inode, and by parent and name if they are known. */
  get loc(): Loc { return changetype<Loc>(this.getObject(0)); }
  set loc(value: Loc) { this.putObject(0, value); }
  /** Permission bits, after the umask. */
  get mode(): i64 { return this.getInteger(1); }
  set mode(value: i64) { this.putInteger(1, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(2)); }
  set xdata(value: Dict | null) { this.putObject(2, value); }
}

/** Names an inode without a name. Asked by: other translators. */
export class Namelink extends Args {
  constructor(loc: Loc, xdata: Dict | null = null) {
    super(findRow(57));
    this.putObject(0, loc);
    this.putObject(1, xdata);
  }
  /** The object, by inode, and by parent and name if they are known. */
  get loc(): Loc { return changetype<Loc>(this.getObject(0)); }
  set loc(value: Loc) { this.putObject(0, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(1)); }
  set xdata(value: Dict | null) { this.putObject(1, value); }
}

/** Copies from one open file to another inside the storage. Asked by: copy_file_range(2), cp. */
export class CopyFileRange extends Args {
  constructor(fdIn: Fd, offIn: i64, fdOut: Fd, offOut: i64, len: i64, flags: i64, xdata: Dict | null = null) {
    super(findRow(58));
    this.putObject(0, fdIn);
    this.putInteger(1, offIn);
    this.putObject(2, fdOut);
    this.putInteger(3, offOut);
    this.putInteger(4, len);
    this.putInteger(5, flags);
    this.putObject(6, xdata);
  }
  /** The open source file. */
  get fdIn(): Fd { return changetype<Fd>(this.getObject(0)); }
  set fdIn(value: Fd) { this.putObject(0, value); }
  /** Offset in the source, in bytes. */
  get offIn(): i64 { return this.getInteger(1); }
  set offIn(value: i64) { this.putInteger(1, value); }
  /** The open target file. */
  get fdOut(): Fd { return changetype<Fd>(this.getObject(2)); }
  set fdOut(value: Fd) { this.putObject(2, value); }
  /** Offset in the target, in bytes. */
  get offOut(): i64 { return this.getInteger(3); }
  set offOut(value: i64) { this.putInteger(3, value); }
  /** Number of bytes. */
  get len(): i64 { return this.getInteger(4); }
  set len(value: i64) { this.putInteger(4, value); }
  /** 0. */
  get flags(): i64 { return this.getInteger(5); }
  set flags(value: i64) { this.putInteger(5, value); }
  /** Extra keys between translators; may be missing. */
  get xdata(): Dict | null { return changetype<Dict | null>(this.getObject(6)); }
  set xdata(value: Dict | null) { this.putObject(6, value); }
}
