// Generated from runtime/core/fields.ts by tools/gen/assemblyscript.ts (npm run gen). Do not edit.
import { Changeable } from './changeable';
import { say, sayText } from './messages';
import { readGfid, readInteger, readName } from './record';

/** The attributes of an inode. */
export class Iatt extends Changeable {
  private _iaGfid: string = '00000000-0000-0000-0000-000000000000';
  /** All zeros if the storage did not fill it. */
  get iaGfid(): string { return this._iaGfid; }
  set iaGfid(value: string) { this.changed = true; this._iaGfid = value; }
  private _iaType: i64 = 0;
  /** One of IA_*. */
  get iaType(): i64 { return this._iaType; }
  set iaType(value: i64) { this.changed = true; this._iaType = value; }
  private _iaProt: i64 = 0;
  /** The low 12 bits of st_mode: permissions, setuid, setgid, sticky. */
  get iaProt(): i64 { return this._iaProt; }
  set iaProt(value: i64) { this.changed = true; this._iaProt = value; }
  private _iaNlink: i64 = 0;
  /** Number of names. */
  get iaNlink(): i64 { return this._iaNlink; }
  set iaNlink(value: i64) { this.changed = true; this._iaNlink = value; }
  private _iaUid: i64 = 0;
  get iaUid(): i64 { return this._iaUid; }
  set iaUid(value: i64) { this.changed = true; this._iaUid = value; }
  private _iaGid: i64 = 0;
  get iaGid(): i64 { return this._iaGid; }
  set iaGid(value: i64) { this.changed = true; this._iaGid = value; }
  private _iaSize: i64 = 0;
  /** Bytes. */
  get iaSize(): i64 { return this._iaSize; }
  set iaSize(value: i64) { this.changed = true; this._iaSize = value; }
  private _iaBlocks: i64 = 0;
  /** Units of 512 bytes. */
  get iaBlocks(): i64 { return this._iaBlocks; }
  set iaBlocks(value: i64) { this.changed = true; this._iaBlocks = value; }
  private _iaBlksize: i64 = 0;
  /** Preferred size of a read or write, in bytes. */
  get iaBlksize(): i64 { return this._iaBlksize; }
  set iaBlksize(value: i64) { this.changed = true; this._iaBlksize = value; }
  private _iaDev: i64 = 0;
  get iaDev(): i64 { return this._iaDev; }
  set iaDev(value: i64) { this.changed = true; this._iaDev = value; }
  private _iaRdev: i64 = 0;
  /** Of a device file: major * 2^32 + minor. */
  get iaRdev(): i64 { return this._iaRdev; }
  set iaRdev(value: i64) { this.changed = true; this._iaRdev = value; }
  private _iaAtime: i64 = 0;
  /** Last read: whole seconds since 1970, may be negative. */
  get iaAtime(): i64 { return this._iaAtime; }
  set iaAtime(value: i64) { this.changed = true; this._iaAtime = value; }
  private _iaAtimeNsec: i64 = 0;
  /** Last read: nanoseconds beyond that, 0 to 999999999. */
  get iaAtimeNsec(): i64 { return this._iaAtimeNsec; }
  set iaAtimeNsec(value: i64) { this.changed = true; this._iaAtimeNsec = value; }
  private _iaMtime: i64 = 0;
  /** Data last changed: seconds. */
  get iaMtime(): i64 { return this._iaMtime; }
  set iaMtime(value: i64) { this.changed = true; this._iaMtime = value; }
  private _iaMtimeNsec: i64 = 0;
  /** Data last changed: nanoseconds. */
  get iaMtimeNsec(): i64 { return this._iaMtimeNsec; }
  set iaMtimeNsec(value: i64) { this.changed = true; this._iaMtimeNsec = value; }
  private _iaCtime: i64 = 0;
  /** Attributes last changed: seconds. */
  get iaCtime(): i64 { return this._iaCtime; }
  set iaCtime(value: i64) { this.changed = true; this._iaCtime = value; }
  private _iaCtimeNsec: i64 = 0;
  /** Attributes last changed: nanoseconds. */
  get iaCtimeNsec(): i64 { return this._iaCtimeNsec; }
  set iaCtimeNsec(value: i64) { this.changed = true; this._iaCtimeNsec = value; }
  private _iaBtime: i64 = 0;
  /** Created: seconds. */
  get iaBtime(): i64 { return this._iaBtime; }
  set iaBtime(value: i64) { this.changed = true; this._iaBtime = value; }
  private _iaBtimeNsec: i64 = 0;
  /** Created: nanoseconds. */
  get iaBtimeNsec(): i64 { return this._iaBtimeNsec; }
  set iaBtimeNsec(value: i64) { this.changed = true; this._iaBtimeNsec = value; }
  private _iaFlags: i64 = 0;
  /** The fields that the storage filled (IATT_*); 0 when the storage does not report them. */
  get iaFlags(): i64 { return this._iaFlags; }
  set iaFlags(value: i64) { this.changed = true; this._iaFlags = value; }
  private _iaAttributes: i64 = 0;
  /** STATX_ATTR_*. */
  get iaAttributes(): i64 { return this._iaAttributes; }
  set iaAttributes(value: i64) { this.changed = true; this._iaAttributes = value; }
  private _iaAttributesMask: i64 = 0;
  /** The STATX_ATTR_* that the storage supports. */
  get iaAttributesMask(): i64 { return this._iaAttributesMask; }
  set iaAttributesMask(value: i64) { this.changed = true; this._iaAttributesMask = value; }

  copy(): Iatt {
    const copy = new Iatt();
    copy._iaGfid = this._iaGfid;
    copy._iaType = this._iaType;
    copy._iaProt = this._iaProt;
    copy._iaNlink = this._iaNlink;
    copy._iaUid = this._iaUid;
    copy._iaGid = this._iaGid;
    copy._iaSize = this._iaSize;
    copy._iaBlocks = this._iaBlocks;
    copy._iaBlksize = this._iaBlksize;
    copy._iaDev = this._iaDev;
    copy._iaRdev = this._iaRdev;
    copy._iaAtime = this._iaAtime;
    copy._iaAtimeNsec = this._iaAtimeNsec;
    copy._iaMtime = this._iaMtime;
    copy._iaMtimeNsec = this._iaMtimeNsec;
    copy._iaCtime = this._iaCtime;
    copy._iaCtimeNsec = this._iaCtimeNsec;
    copy._iaBtime = this._iaBtime;
    copy._iaBtimeNsec = this._iaBtimeNsec;
    copy._iaFlags = this._iaFlags;
    copy._iaAttributes = this._iaAttributes;
    copy._iaAttributesMask = this._iaAttributesMask;
    return copy;
  }

  /** The fields as JSON, with their names in C. */
  toString(): string {
    return `{"ia_gfid":"${this._iaGfid}","ia_type":${this._iaType},"ia_prot":${this._iaProt},"ia_nlink":${this._iaNlink},"ia_uid":${this._iaUid},"ia_gid":${this._iaGid},"ia_size":${this._iaSize},"ia_blocks":${this._iaBlocks},"ia_blksize":${this._iaBlksize},"ia_dev":${this._iaDev},"ia_rdev":${this._iaRdev},"ia_atime":${this._iaAtime},"ia_atime_nsec":${this._iaAtimeNsec},"ia_mtime":${this._iaMtime},"ia_mtime_nsec":${this._iaMtimeNsec},"ia_ctime":${this._iaCtime},"ia_ctime_nsec":${this._iaCtimeNsec},"ia_btime":${this._iaBtime},"ia_btime_nsec":${this._iaBtimeNsec},"ia_flags":${this._iaFlags},"ia_attributes":${this._iaAttributes},"ia_attributes_mask":${this._iaAttributesMask}}`;
  }

  static read(): Iatt {
    const it = new Iatt();
    it._iaGfid = readGfid();
    it._iaType = readInteger();
    it._iaProt = readInteger();
    it._iaNlink = readInteger();
    it._iaUid = readInteger();
    it._iaGid = readInteger();
    it._iaSize = readInteger();
    it._iaBlocks = readInteger();
    it._iaBlksize = readInteger();
    it._iaDev = readInteger();
    it._iaRdev = readInteger();
    it._iaAtime = readInteger();
    it._iaAtimeNsec = readInteger();
    it._iaMtime = readInteger();
    it._iaMtimeNsec = readInteger();
    it._iaCtime = readInteger();
    it._iaCtimeNsec = readInteger();
    it._iaBtime = readInteger();
    it._iaBtimeNsec = readInteger();
    it._iaFlags = readInteger();
    it._iaAttributes = readInteger();
    it._iaAttributesMask = readInteger();
    it.changed = false;
    return it;
  }

  write(): void {
    sayText(this._iaGfid);
    say(this._iaType);
    say(this._iaProt);
    say(this._iaNlink);
    say(this._iaUid);
    say(this._iaGid);
    say(this._iaSize);
    say(this._iaBlocks);
    say(this._iaBlksize);
    say(this._iaDev);
    say(this._iaRdev);
    say(this._iaAtime);
    say(this._iaAtimeNsec);
    say(this._iaMtime);
    say(this._iaMtimeNsec);
    say(this._iaCtime);
    say(this._iaCtimeNsec);
    say(this._iaBtime);
    say(this._iaBtimeNsec);
    say(this._iaFlags);
    say(this._iaAttributes);
    say(this._iaAttributesMask);
  }
}

/** The size and free space of a file system, as by statvfs(3). */
export class Statvfs extends Changeable {
  private _bsize: i64 = 4096;
  /** Preferred size of a read or write, in bytes. */
  get bsize(): i64 { return this._bsize; }
  set bsize(value: i64) { this.changed = true; this._bsize = value; }
  private _frsize: i64 = 4096;
  /** Size of a block in bytes. */
  get frsize(): i64 { return this._frsize; }
  set frsize(value: i64) { this.changed = true; this._frsize = value; }
  private _blocks: i64 = 0;
  /** Size of the file system in blocks of frsize bytes. */
  get blocks(): i64 { return this._blocks; }
  set blocks(value: i64) { this.changed = true; this._blocks = value; }
  private _bfree: i64 = 0;
  /** Free blocks. */
  get bfree(): i64 { return this._bfree; }
  set bfree(value: i64) { this.changed = true; this._bfree = value; }
  private _bavail: i64 = 0;
  /** Free blocks for users other than root. */
  get bavail(): i64 { return this._bavail; }
  set bavail(value: i64) { this.changed = true; this._bavail = value; }
  private _files: i64 = 0;
  /** Total number of inodes. */
  get files(): i64 { return this._files; }
  set files(value: i64) { this.changed = true; this._files = value; }
  private _ffree: i64 = 0;
  /** Free inodes. */
  get ffree(): i64 { return this._ffree; }
  set ffree(value: i64) { this.changed = true; this._ffree = value; }
  private _favail: i64 = 0;
  /** Free inodes for users other than root. */
  get favail(): i64 { return this._favail; }
  set favail(value: i64) { this.changed = true; this._favail = value; }
  private _fsid: i64 = 0;
  get fsid(): i64 { return this._fsid; }
  set fsid(value: i64) { this.changed = true; this._fsid = value; }
  private _flag: i64 = 0;
  /** ST_*. */
  get flag(): i64 { return this._flag; }
  set flag(value: i64) { this.changed = true; this._flag = value; }
  private _namemax: i64 = 255;
  /** Bytes of the longest possible name. */
  get namemax(): i64 { return this._namemax; }
  set namemax(value: i64) { this.changed = true; this._namemax = value; }

  copy(): Statvfs {
    const copy = new Statvfs();
    copy._bsize = this._bsize;
    copy._frsize = this._frsize;
    copy._blocks = this._blocks;
    copy._bfree = this._bfree;
    copy._bavail = this._bavail;
    copy._files = this._files;
    copy._ffree = this._ffree;
    copy._favail = this._favail;
    copy._fsid = this._fsid;
    copy._flag = this._flag;
    copy._namemax = this._namemax;
    return copy;
  }

  /** The fields as JSON, with their names in C. */
  toString(): string {
    return `{"bsize":${this._bsize},"frsize":${this._frsize},"blocks":${this._blocks},"bfree":${this._bfree},"bavail":${this._bavail},"files":${this._files},"ffree":${this._ffree},"favail":${this._favail},"fsid":${this._fsid},"flag":${this._flag},"namemax":${this._namemax}}`;
  }

  static read(): Statvfs {
    const it = new Statvfs();
    it._bsize = readInteger();
    it._frsize = readInteger();
    it._blocks = readInteger();
    it._bfree = readInteger();
    it._bavail = readInteger();
    it._files = readInteger();
    it._ffree = readInteger();
    it._favail = readInteger();
    it._fsid = readInteger();
    it._flag = readInteger();
    it._namemax = readInteger();
    it.changed = false;
    return it;
  }

  write(): void {
    say(this._bsize);
    say(this._frsize);
    say(this._blocks);
    say(this._bfree);
    say(this._bavail);
    say(this._files);
    say(this._ffree);
    say(this._favail);
    say(this._fsid);
    say(this._flag);
    say(this._namemax);
  }
}

/** A lock on a range of bytes. */
export class Flock extends Changeable {
  private _type: i64 = 0;
  /** 0 read, 1 write, 2 unlock. */
  get type(): i64 { return this._type; }
  set type(value: i64) { this.changed = true; this._type = value; }
  private _whence: i64 = 0;
  /** Base of start: SEEK_*. */
  get whence(): i64 { return this._whence; }
  set whence(value: i64) { this.changed = true; this._whence = value; }
  private _start: i64 = 0;
  get start(): i64 { return this._start; }
  set start(value: i64) { this.changed = true; this._start = value; }
  private _len: i64 = 0;
  /** 0: to the end of the file, also after growth. */
  get len(): i64 { return this._len; }
  set len(value: i64) { this.changed = true; this._len = value; }
  private _pid: i64 = 0;
  get pid(): i64 { return this._pid; }
  set pid(value: i64) { this.changed = true; this._pid = value; }
  private _owner: string = '';
  /** The owner's bytes as hexadecimal text. */
  get owner(): string { return this._owner; }
  set owner(value: string) { this.changed = true; this._owner = value; }

  copy(): Flock {
    const copy = new Flock();
    copy._type = this._type;
    copy._whence = this._whence;
    copy._start = this._start;
    copy._len = this._len;
    copy._pid = this._pid;
    copy._owner = this._owner;
    return copy;
  }

  /** The fields as JSON, with their names in C. */
  toString(): string {
    return `{"type":${this._type},"whence":${this._whence},"start":${this._start},"len":${this._len},"pid":${this._pid},"owner":"${this._owner}"}`;
  }

  static read(): Flock {
    const it = new Flock();
    it._type = readInteger();
    it._whence = readInteger();
    it._start = readInteger();
    it._len = readInteger();
    it._pid = readInteger();
    it._owner = readName();
    it.changed = false;
    return it;
  }

  write(): void {
    say(this._type);
    say(this._whence);
    say(this._start);
    say(this._len);
    say(this._pid);
    sayText(this._owner);
  }
}

/** A lease. */
export class Lease extends Changeable {
  private _cmd: i64 = 0;
  /** 1 get, 2 set, 3 unlock. */
  get cmd(): i64 { return this._cmd; }
  set cmd(value: i64) { this.changed = true; this._cmd = value; }
  private _type: i64 = 0;
  /** 0 none, 1 read, 2 read and write. */
  get type(): i64 { return this._type; }
  set type(value: i64) { this.changed = true; this._type = value; }
  private _id: string = '00000000-0000-0000-0000-000000000000';
  /** The client's id of the lease: 16 bytes, as a gfid. */
  get id(): string { return this._id; }
  set id(value: string) { this.changed = true; this._id = value; }
  private _flags: i64 = 0;
  get flags(): i64 { return this._flags; }
  set flags(value: i64) { this.changed = true; this._flags = value; }

  copy(): Lease {
    const copy = new Lease();
    copy._cmd = this._cmd;
    copy._type = this._type;
    copy._id = this._id;
    copy._flags = this._flags;
    return copy;
  }

  /** The fields as JSON, with their names in C. */
  toString(): string {
    return `{"cmd":${this._cmd},"type":${this._type},"id":"${this._id}","flags":${this._flags}}`;
  }

  static read(): Lease {
    const it = new Lease();
    it._cmd = readInteger();
    it._type = readInteger();
    it._id = readGfid();
    it._flags = readInteger();
    it.changed = false;
    return it;
  }

  write(): void {
    say(this._cmd);
    say(this._type);
    sayText(this._id);
    say(this._flags);
  }
}
