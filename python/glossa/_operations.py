"""Generated from runtime/api/protocol/operations.ts by tools/gen/api-operations.ts (npm run gen). Do not edit.

The operations of the protocol of `glossa api` (docs/reference/api-protocol.md).
"""

from struct import Struct
from typing import NamedTuple

VERSION = 1
GREETING = b"glossa\0" + bytes([VERSION])
# Bit of a message's length.
LAST_PART = 0x80000000
# The most bytes of data in one message.
DATA_MAX = 1048576

# Bits of the argument flags.
NOFOLLOW = 1
RECURSIVE = 2
FORCE = 4
SYMLINKS = 8
EXCLUSIVE = 16
DATA_ONLY = 32
STATS = 64
CREATE = 128
SYNC_WRITES = 256
WAIT = 512

# Flags of open(2) on ARM, and in a volume (runtime/core/machine-flags.ts).
ARM_FLAGS = {0o200000: 0o40000, 0o400000: 0o100000, 0o40000: 0o200000, 0o100000: 0o400000}


class Operation(NamedTuple):
    """An operation: the struct of its request ends with the lengths of the names and data that follow.

    It begins with length, id, number of the operation, and identity.
    """

    number: int
    head: Struct
    variables: int
    result: str


# Length, id, errno.
REPLY = Struct(">3I")
# Length of the failed path; then the path and a message.
FAILURE = Struct(">I")

STAT_FIELDS = ("gfid", "ino", "mode", "nlink", "uid", "gid", "rdev", "blksize", "size", "blocks", "atime", "mtime", "ctime", "btime", "atime_nsec", "mtime_nsec", "ctime_nsec", "btime_nsec")
STAT_RESULT = Struct(">16sq6I6q4I")
STATVFS_FIELDS = ("bsize", "frsize", "blocks", "bfree", "bavail", "files", "ffree", "favail", "fsid", "flag", "namemax")
STATVFS_RESULT = Struct(">11q")
# Type, start, length, pid; the owner follows.
LOCK_RESULT = Struct(">IqqI")
# Type and length of the name of an entry of a directory.
ENTRY = Struct(">2I")
# The same with attributes between them.
ENTRY_WITH_STAT = Struct(">I16sq6I6q5I")

# The connection
IDENTITY = Operation(1, Struct(">9I"), 2, "u32")  # uid:u32 gid:u32 umask:u32 groups:data lock_owner:data
CANCEL = Operation(2, Struct(">5I"), 0, "none")  # request:u32
RELOAD = Operation(3, Struct(">4I"), 0, "none")
VOLUME_ID = Operation(4, Struct(">4I"), 0, "data")
SET_LOG = Operation(5, Struct(">6I"), 1, "none")  # level:u32 file:name

# Attributes by path
STAT = Operation(10, Struct(">5I"), 1, "stat")  # path:name
LSTAT = Operation(11, Struct(">5I"), 1, "stat")  # path:name
ACCESS = Operation(12, Struct(">6I"), 1, "none")  # mode:u32 path:name
STATVFS = Operation(13, Struct(">5I"), 1, "statvfs")  # path:name
READLINK = Operation(14, Struct(">5I"), 1, "name")  # path:name
REALPATH = Operation(15, Struct(">5I"), 1, "name")  # path:name
CHMOD = Operation(16, Struct(">7I"), 1, "none")  # mode:u32 flags:u32 path:name
CHOWN = Operation(17, Struct(">8I"), 1, "none")  # uid:u32 gid:u32 flags:u32 path:name
UTIMENS = Operation(18, Struct(">4I2q4I"), 1, "none")  # atime:i64 mtime:i64 atime_nsec:u32 mtime_nsec:u32 flags:u32 path:name
TRUNCATE = Operation(19, Struct(">4IqI"), 1, "none")  # size:size path:name
GETXATTR = Operation(20, Struct(">7I"), 2, "data")  # flags:u32 path:name xattr:name
LISTXATTR = Operation(21, Struct(">6I"), 1, "names")  # flags:u32 path:name
SETXATTR = Operation(22, Struct(">9I"), 3, "none")  # mode:u32 flags:u32 path:name xattr:name value:data
REMOVEXATTR = Operation(23, Struct(">7I"), 2, "none")  # flags:u32 path:name xattr:name

# Names and trees
MKDIR = Operation(30, Struct(">7I"), 1, "none")  # mode:u32 flags:u32 path:name
MKNOD = Operation(31, Struct(">7I"), 1, "none")  # mode:u32 rdev:u32 path:name
SYMLINK = Operation(32, Struct(">6I"), 2, "none")  # target:name path:name
LINK = Operation(33, Struct(">6I"), 2, "none")  # source:name path:name
UNLINK = Operation(34, Struct(">5I"), 1, "none")  # path:name
RMDIR = Operation(35, Struct(">5I"), 1, "none")  # path:name
RENAME = Operation(36, Struct(">7I"), 2, "none")  # flags:u32 source:name target:name
RM = Operation(37, Struct(">6I"), 1, "none")  # flags:u32 path:name
COPY_FILE = Operation(38, Struct(">7I"), 2, "none")  # flags:u32 source:name target:name
COPY_TREE = Operation(39, Struct(">7I"), 2, "none")  # flags:u32 source:name target:name

# Files
OPEN = Operation(50, Struct(">7I"), 1, "u32")  # flags:u32 mode:u32 path:name
OPEN_OBJECT = Operation(51, Struct(">5I16s"), 0, "u32")  # flags:u32 gfid:gfid
CLOSE = Operation(52, Struct(">5I"), 0, "none")  # handle:u32
READ = Operation(53, Struct(">5I2q"), 0, "data")  # handle:u32 position:size size:size
WRITE = Operation(54, Struct(">5IqI"), 1, "size")  # handle:u32 position:size data:data
READ_FILE = Operation(55, Struct(">4IqI"), 1, "data")  # size:size path:name
WRITE_FILE = Operation(56, Struct(">8I"), 2, "none")  # flags:u32 mode:u32 path:name data:data
FSTAT = Operation(57, Struct(">5I"), 0, "stat")  # handle:u32
FTRUNCATE = Operation(58, Struct(">5Iq"), 0, "none")  # handle:u32 size:size
FSYNC = Operation(59, Struct(">6I"), 0, "none")  # handle:u32 flags:u32
FCHMOD = Operation(60, Struct(">6I"), 0, "none")  # handle:u32 mode:u32
FCHOWN = Operation(61, Struct(">7I"), 0, "none")  # handle:u32 uid:u32 gid:u32
FUTIMENS = Operation(62, Struct(">5I2q2I"), 0, "none")  # handle:u32 atime:i64 mtime:i64 atime_nsec:u32 mtime_nsec:u32
FGETXATTR = Operation(63, Struct(">6I"), 1, "data")  # handle:u32 xattr:name
FLISTXATTR = Operation(64, Struct(">5I"), 0, "names")  # handle:u32
FSETXATTR = Operation(65, Struct(">8I"), 2, "none")  # handle:u32 mode:u32 xattr:name value:data
FREMOVEXATTR = Operation(66, Struct(">6I"), 1, "none")  # handle:u32 xattr:name
FALLOCATE = Operation(67, Struct(">6I2q"), 0, "none")  # handle:u32 mode:u32 position:size size:size
DISCARD = Operation(68, Struct(">5I2q"), 0, "none")  # handle:u32 position:size size:size
ZEROFILL = Operation(69, Struct(">5I2q"), 0, "none")  # handle:u32 position:size size:size
SEEK = Operation(70, Struct(">5IqI"), 0, "size")  # handle:u32 position:size whence:u32
COPY_RANGE = Operation(71, Struct(">5IqI2q"), 0, "size")  # handle:u32 position:size target:u32 target_position:size size:size
LOCK = Operation(72, Struct(">7I2q"), 0, "lock")  # handle:u32 command:u32 type:u32 start:size length:size

# Directories
OPENDIR = Operation(80, Struct(">6I"), 1, "listing")  # flags:u32 path:name
READDIR = Operation(81, Struct(">5I"), 0, "listing")  # handle:u32

# Files by gfid
STAT_OBJECT = Operation(90, Struct(">4I16s"), 0, "stat")  # gfid:gfid
READ_OBJECT = Operation(91, Struct(">4I2q16s"), 0, "data")  # position:size size:size gfid:gfid
WRITE_OBJECT = Operation(92, Struct(">4Iq16sI"), 1, "size")  # position:size gfid:gfid data:data

# Chunks
CHUNK_STORE = Operation(100, Struct(">4Iq4I"), 1, "u32")  # chunk_size:size in_flight:u32 open_files:u32 flags:u32 directory:name
CHUNK_QUEUE = Operation(101, Struct(">5I"), 0, "json")  # store:u32
CHUNK_OPEN = Operation(102, Struct(">9I"), 1, "u32")  # store:u32 flags:u32 deadline:u32 lock:u32 name:name
CHUNK_READ = Operation(103, Struct(">7I2q"), 0, "data")  # chunk:u32 deadline:u32 lock:u32 position:size size:size
CHUNK_WRITE = Operation(104, Struct(">7IqI"), 1, "none")  # chunk:u32 deadline:u32 lock:u32 position:size data:data
CHUNK_CLEAR = Operation(105, Struct(">7I2q"), 0, "none")  # chunk:u32 deadline:u32 lock:u32 position:size size:size
CHUNK_SYNC = Operation(106, Struct(">7I"), 0, "none")  # chunk:u32 deadline:u32 lock:u32
CHUNK_STAT = Operation(107, Struct(">8I"), 1, "stat")  # store:u32 deadline:u32 lock:u32 name:name
CHUNK_UNLINK = Operation(108, Struct(">8I"), 1, "none")  # store:u32 deadline:u32 lock:u32 name:name
CHUNK_COPY = Operation(109, Struct(">9I"), 2, "none")  # store:u32 deadline:u32 lock:u32 source:name target:name
CHUNK_HASH = Operation(110, Struct(">8I"), 1, "name")  # store:u32 deadline:u32 lock:u32 name:name
CHUNK_SYNC_NAMES = Operation(111, Struct(">7I"), 0, "none")  # store:u32 deadline:u32 lock:u32

# Watches of chunks
CHUNK_WATCH = Operation(120, Struct(">6I"), 1, "u32")  # store:u32 name:name
CHUNK_EVENT = Operation(121, Struct(">6Iq"), 0, "json")  # watch:u32 deadline:u32 last:size
CHUNK_NOTIFY = Operation(122, Struct(">7I"), 2, "none")  # store:u32 name:name text:data

# Locks that stay
CHUNK_LOCK = Operation(130, Struct(">7Iq2I"), 2, "grant")  # store:u32 flags:u32 deadline:u32 ttl:size owner:name name:name
CHUNK_UNLOCK_HANDLE = Operation(131, Struct(">5I"), 0, "json")  # lock:u32
CHUNK_UNLOCK = Operation(132, Struct(">7I"), 2, "json")  # store:u32 owner:name name:name
CHUNK_LOCK_INFO = Operation(133, Struct(">6I"), 1, "json")  # store:u32 name:name
CHUNK_BREAK_LOCK = Operation(134, Struct(">8I"), 3, "json")  # store:u32 name:name expected_owner:name by:name
