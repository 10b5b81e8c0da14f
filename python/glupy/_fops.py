"""Generated from runtime/core/fops.ts by tools/gen/python.ts (npm run gen). Do not edit.

The table of file operations: number, method, log name, arguments and reply as name:type, and which
loc names the entry that the fop creates or removes.
"""

from collections import namedtuple

Arg = namedtuple("Arg", "name type")


def _args(spec):
    return tuple(Arg(*part.split(":")) for part in spec.split())


class Fop:
    """One row of the table; `method`, `cbk`, `cancel` are set to the translator's methods."""

    def __init__(self, number, name, log_name, args, reply, creates, removes):
        self.number = number
        self.name = name
        self.log_name = log_name
        self.args = _args(args)
        self.reply = _args(reply)
        self.reply_index = {arg.name: index for index, arg in enumerate(self.reply)}
        self.creates = creates
        self.removes = removes
        # The guest holds the fd of a reply as long as the request lives.
        self.replies_fd = any(arg.type == "fd" for arg in self.reply)
        self.frame_class = None
        self.make_reply = None
        self.method = None
        self.cbk = None
        self.cancel = None


FOPS = (
    Fop(1, "stat", "STAT", "loc:loc xdata:dict", "buf:iatt xdata:dict", "", ""),
    Fop(2, "readlink", "READLINK", "loc:loc size:int xdata:dict", "path:str buf:iatt xdata:dict", "", ""),
    Fop(3, "mknod", "MKNOD", "loc:loc mode:int rdev:int umask:int xdata:dict", "inode:inode buf:iatt preparent:iatt postparent:iatt xdata:dict", "loc", ""),
    Fop(4, "mkdir", "MKDIR", "loc:loc mode:int umask:int xdata:dict", "inode:inode buf:iatt preparent:iatt postparent:iatt xdata:dict", "loc", ""),
    Fop(5, "unlink", "UNLINK", "loc:loc xflag:int xdata:dict", "preparent:iatt postparent:iatt xdata:dict", "", "loc"),
    Fop(6, "rmdir", "RMDIR", "loc:loc flags:int xdata:dict", "preparent:iatt postparent:iatt xdata:dict", "", "loc"),
    Fop(7, "symlink", "SYMLINK", "linkpath:str loc:loc umask:int xdata:dict", "inode:inode buf:iatt preparent:iatt postparent:iatt xdata:dict", "loc", ""),
    Fop(8, "rename", "RENAME", "oldloc:loc newloc:loc xdata:dict", "buf:iatt preoldparent:iatt postoldparent:iatt prenewparent:iatt postnewparent:iatt xdata:dict", "newloc", "oldloc"),
    Fop(9, "link", "LINK", "oldloc:loc newloc:loc xdata:dict", "inode:inode buf:iatt preparent:iatt postparent:iatt xdata:dict", "newloc", ""),
    Fop(10, "truncate", "TRUNCATE", "loc:loc offset:int xdata:dict", "prebuf:iatt postbuf:iatt xdata:dict", "", ""),
    Fop(11, "open", "OPEN", "loc:loc flags:int fd:fd xdata:dict", "fd:fd xdata:dict", "", ""),
    Fop(12, "readv", "READ", "fd:fd size:int offset:int flags:int xdata:dict", "vector:data stbuf:iatt xdata:dict", "", ""),
    Fop(13, "writev", "WRITE", "fd:fd vector:data offset:int flags:int xdata:dict", "prebuf:iatt postbuf:iatt xdata:dict", "", ""),
    Fop(14, "statfs", "STATFS", "loc:loc xdata:dict", "buf:statvfs xdata:dict", "", ""),
    Fop(15, "flush", "FLUSH", "fd:fd xdata:dict", "xdata:dict", "", ""),
    Fop(16, "fsync", "FSYNC", "fd:fd datasync:int xdata:dict", "prebuf:iatt postbuf:iatt xdata:dict", "", ""),
    Fop(17, "setxattr", "SETXATTR", "loc:loc dict:dict flags:int xdata:dict", "xdata:dict", "", ""),
    Fop(18, "getxattr", "GETXATTR", "loc:loc name:str xdata:dict", "dict:dict xdata:dict", "", ""),
    Fop(19, "removexattr", "REMOVEXATTR", "loc:loc name:str xdata:dict", "xdata:dict", "", ""),
    Fop(20, "opendir", "OPENDIR", "loc:loc fd:fd xdata:dict", "fd:fd xdata:dict", "", ""),
    Fop(21, "fsyncdir", "FSYNCDIR", "fd:fd datasync:int xdata:dict", "xdata:dict", "", ""),
    Fop(22, "access", "ACCESS", "loc:loc mask:int xdata:dict", "xdata:dict", "", ""),
    Fop(23, "create", "CREATE", "loc:loc flags:int mode:int umask:int fd:fd xdata:dict", "fd:fd inode:inode buf:iatt preparent:iatt postparent:iatt xdata:dict", "loc", ""),
    Fop(24, "ftruncate", "FTRUNCATE", "fd:fd offset:int xdata:dict", "prebuf:iatt postbuf:iatt xdata:dict", "", ""),
    Fop(25, "fstat", "FSTAT", "fd:fd xdata:dict", "buf:iatt xdata:dict", "", ""),
    Fop(26, "lk", "LK", "fd:fd cmd:int flock:flock xdata:dict", "flock:flock xdata:dict", "", ""),
    Fop(27, "lookup", "LOOKUP", "loc:loc xdata:dict", "inode:inode buf:iatt xdata:dict postparent:iatt", "", ""),
    Fop(28, "readdir", "READDIR", "fd:fd size:int offset:int xdata:dict", "entries:entries xdata:dict", "", ""),
    Fop(29, "inodelk", "INODELK", "volume:str loc:loc cmd:int flock:flock xdata:dict", "xdata:dict", "", ""),
    Fop(30, "finodelk", "FINODELK", "volume:str fd:fd cmd:int flock:flock xdata:dict", "xdata:dict", "", ""),
    Fop(31, "entrylk", "ENTRYLK", "volume:str loc:loc basename:str cmd:int type:int xdata:dict", "xdata:dict", "", ""),
    Fop(32, "fentrylk", "FENTRYLK", "volume:str fd:fd basename:str cmd:int type:int xdata:dict", "xdata:dict", "", ""),
    Fop(33, "xattrop", "XATTROP", "loc:loc optype:int dict:dict xdata:dict", "dict:dict xdata:dict", "", ""),
    Fop(34, "fxattrop", "FXATTROP", "fd:fd optype:int dict:dict xdata:dict", "dict:dict xdata:dict", "", ""),
    Fop(35, "fgetxattr", "FGETXATTR", "fd:fd name:str xdata:dict", "dict:dict xdata:dict", "", ""),
    Fop(36, "fsetxattr", "FSETXATTR", "fd:fd dict:dict flags:int xdata:dict", "xdata:dict", "", ""),
    Fop(37, "rchecksum", "RCHECKSUM", "fd:fd offset:int len:int xdata:dict", "weak:int strong:data xdata:dict", "", ""),
    Fop(38, "setattr", "SETATTR", "loc:loc stbuf:iatt valid:int xdata:dict", "statpre:iatt statpost:iatt xdata:dict", "", ""),
    Fop(39, "fsetattr", "FSETATTR", "fd:fd stbuf:iatt valid:int xdata:dict", "statpre:iatt statpost:iatt xdata:dict", "", ""),
    Fop(40, "readdirp", "READDIRP", "fd:fd size:int offset:int xdata:dict", "entries:entries xdata:dict", "", ""),
    Fop(44, "getspec", "GETSPEC", "key:str flags:int", "spec:str", "", ""),
    Fop(45, "fremovexattr", "FREMOVEXATTR", "fd:fd name:str xdata:dict", "xdata:dict", "", ""),
    Fop(46, "fallocate", "FALLOCATE", "fd:fd mode:int offset:int len:int xdata:dict", "prebuf:iatt postbuf:iatt xdata:dict", "", ""),
    Fop(47, "discard", "DISCARD", "fd:fd offset:int len:int xdata:dict", "prebuf:iatt postbuf:iatt xdata:dict", "", ""),
    Fop(48, "zerofill", "ZEROFILL", "fd:fd offset:int len:int xdata:dict", "prebuf:iatt postbuf:iatt xdata:dict", "", ""),
    Fop(49, "ipc", "IPC", "op:int xdata:dict", "xdata:dict", "", ""),
    Fop(50, "seek", "SEEK", "fd:fd offset:int what:int xdata:dict", "offset:int xdata:dict", "", ""),
    Fop(51, "lease", "LEASE", "loc:loc lease:lease xdata:dict", "lease:lease xdata:dict", "", ""),
    Fop(53, "getactivelk", "GETACTIVELK", "loc:loc xdata:dict", "locklist:locklist xdata:dict", "", ""),
    Fop(54, "setactivelk", "SETACTIVELK", "loc:loc locklist:locklist xdata:dict", "xdata:dict", "", ""),
    Fop(55, "put", "PUT", "loc:loc mode:int umask:int flags:int vector:data offset:int dict:dict xdata:dict", "inode:inode buf:iatt preparent:iatt postparent:iatt xdata:dict", "loc", ""),
    Fop(56, "icreate", "ICREATE", "loc:loc mode:int xdata:dict", "inode:inode buf:iatt xdata:dict", "", ""),
    Fop(57, "namelink", "NAMELINK", "loc:loc xdata:dict", "prebuf:iatt postbuf:iatt xdata:dict", "loc", ""),
    Fop(58, "copy_file_range", "COPY_FILE_RANGE", "fd_in:fd off_in:int fd_out:fd off_out:int len:int flags:int xdata:dict", "stbuf:iatt prebuf_dst:iatt postbuf_dst:iatt xdata:dict", "", ""),
)
BY_NAME = {fop.name: fop for fop in FOPS}

# The results of an entry point for the host (bridges/host/guest.ts), and the states of a frame.
NOTHING = 0
WIND = 1
TAIL = 2
FAILED = 3
LATER = 4
ANSWERED = 5
SAME = 16

# Keys of a reply's xdata (runtime/core/xdata.ts), by their names in Python.
TIMEOUTS = {
    "entry_timeout": "glossa.entry-timeout",
    "attribute_timeout": "glossa.attribute-timeout",
    "negative_timeout": "glossa.negative-timeout",
}
