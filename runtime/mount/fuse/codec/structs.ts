/**
 * Lists the kernel's request and reply structs: `name:type` in the order of include/uapi/linux/fuse.h, `-N` for N bytes
 * of padding. Some fields have clearer names than the kernel's. `npm run gen` generates a class and a codec of each row
 * (`structs.gen.ts`).
 *
 *   u32, u64, i64   as `Cursor` reads them; lock owners are two halves of 32 bits
 *   name            bytes up to a NUL; `unset-name` is not in the message
 *   data            `size` bytes (`inSize` of an ioctl), which stay in the message
 *   unset           always 0: not in the message of this version
 */

/** Arguments of requests, which follow the request's header. */
// biome-ignore format: one struct, one line
export const requests = {
  // `fh` is valid if `flags` has GETATTR_FH.
  GetattrIn: 'flags:u32 -4 fh:u64',
  // `valid` (FATTR_…) has a bit for each field that is to be set.
  SetattrIn: 'valid:u32 -4 fh:u64 size:u64 -8 atime:i64 mtime:i64 ctime:i64 atimensec:u32 mtimensec:u32 ctimensec:u32 mode:u32 -4 uid:u32 gid:u32 -4',
  // `fh` is valid if `getattrFlags` has GETATTR_FH. A reply may have more fields than `sxMask` requests.
  StatxIn: 'getattrFlags:u32 -4 fh:u64 sxFlags:u32 sxMask:u32',
  // R_OK, W_OK, X_OK, or 0 for existence.
  AccessIn: 'mask:u32 -4',
  // LOOKUP, UNLINK, RMDIR, REMOVEXATTR.
  NameIn: 'name:name',
  // `rdev` is in the kernel's encoding.
  MknodIn: 'mode:u32 rdev:u32 umask:u32 -4 name:name',
  MkdirIn: 'mode:u32 umask:u32 name:name',
  SymlinkIn: 'name:name target:name',
  RenameIn: 'newdir:u64 flags:unset oldname:name newname:name',
  // RENAME_NOREPLACE, RENAME_EXCHANGE, RENAME_WHITEOUT.
  Rename2In: 'newdir:u64 flags:u32 -4 oldname:name newname:name',
  LinkIn: 'oldnodeid:u64 name:name',
  ForgetIn: 'nlookup:u64',
  InterruptIn: 'unique:u64',
  // OPEN and OPENDIR: `flags` are open(2)'s without O_CREAT and O_EXCL, `openFlags` OPEN_KILL_SUIDGID.
  OpenIn: 'flags:u32 openFlags:u32',
  // CREATE and TMPFILE; TMPFILE's name is ignored.
  CreateIn: 'flags:u32 mode:u32 umask:u32 openFlags:u32 name:name',
  // READ, READDIR and READDIRPLUS: `flags` are those of the open file.
  ReadIn: 'fh:u64 offset:u64 size:u32 readFlags:u32 lockOwnerLo:u32 lockOwnerHi:u32 flags:u32 -4',
  WriteIn: 'fh:u64 offset:u64 size:u32 writeFlags:u32 lockOwnerLo:u32 lockOwnerHi:u32 flags:u32 -4 data:data',
  // RELEASE and RELEASEDIR.
  ReleaseIn: 'fh:u64 flags:u32 releaseFlags:u32 lockOwnerLo:u32 lockOwnerHi:u32',
  // FLUSH comes with every close(2) of a descriptor.
  FlushIn: 'fh:u64 -8 lockOwnerLo:u32 lockOwnerHi:u32',
  // FSYNC and FSYNCDIR.
  FsyncIn: 'fh:u64 fsyncFlags:u32 -4',
  // `mode` is fallocate(2)'s FALLOC_FL_… bits.
  FallocateIn: 'fh:u64 offset:u64 length:u64 mode:u32 -4',
  // The kernel asks for SEEK_DATA (3) and SEEK_HOLE (4) only.
  LseekIn: 'fh:u64 offset:u64 whence:u32 -4',
  // The node of the request's header is the source.
  CopyFileRangeIn: 'fhIn:u64 offIn:u64 nodeidOut:u64 fhOut:u64 offOut:u64 len:u64 flags:u64',
  // A "restricted" ioctl: `cmd` encodes the size and direction of its data, which the kernel has copied already.
  IoctlIn: 'fh:u64 flags:u32 cmd:u32 -8 inSize:u32 outSize:u32 data:data',
  // `end` is the position of the last byte, above 2^53 for a range without an end. The owner identifies a process's
  // table of descriptors, or an open file. `lkFlags` is LK_FLOCK for flock(2), else 0.
  LkIn: 'fh:u64 ownerLo:u32 ownerHi:u32 start:u64 end:u64 type:u32 pid:u32 lkFlags:u32 -4',
  // The short form, as INIT does not request SETXATTR_EXT. `flags`: XATTR_CREATE 1, XATTR_REPLACE 2.
  SetxattrIn: 'size:u32 flags:u32 name:name value:data',
  // A size of 0 requests the length.
  GetxattrIn: 'size:u32 -4 name:name',
  ListxattrIn: 'size:u32 -4 name:unset-name',
  // Operations without arguments.
  NoArgs: '',
};

/** Bodies of replies. The generated writer of a struct with more than three fields takes an object. */
// biome-ignore format: one struct, one line
export const replies = {
  // `openFlags` are FOPEN_…, `backingId` is for FOPEN_PASSTHROUGH.
  OpenOut: 'fh:u64 openFlags:u32 backingId:i32',
  // Replies to WRITE and to COPY_FILE_RANGE.
  WriteOut: 'size:u32 -4',
  LseekOut: 'offset:u64',
  CopyFileRangeOut: 'bytes:u64',
  // `result` is returned by ioctl(2); the data follows.
  IoctlOut: 'result:i32 -12',
  // Length of the value or list.
  GetxattrOut: 'size:u32 -4',
  // Fields are named as in `Statvfs`.
  StatfsOut: 'blocks:u64 bfree:u64 bavail:u64 files:u64 ffree:u64 bsize:u32 namemax:u32 frsize:u32 -28',
  // `maxReadahead` and `maxWrite` are bytes. `maxBackground` limits requests for which no program waits. `timeGran`:
  // nanoseconds between two times that a file can have. `maxPages`: of the largest request. `maxStackDepth`: how many
  // file systems may lie one over the other at a backing file, counting its own; 0 without passthrough.
  InitOut: 'major:u32 minor:u32 maxReadahead:u32 flags:i32 maxBackground:u16 congestionThreshold:u16 maxWrite:u32 timeGran:u32 maxPages:u16 -2 flags2:i32 maxStackDepth:u32 -24',
};
