# Logs every operation of the original on its way down and up, in the style of GlusterFS's glupy.
import stat
from time import gmtime, strftime
from uuid import UUID
from gluster.glupy import *

dl.get_id.restype = c_long
dl.get_id.argtypes = [POINTER(call_frame_t)]
dl.get_rootunique.restype = c_uint64
dl.get_rootunique.argtypes = [POINTER(call_frame_t)]

# operation -> what it takes and what it answers, in order
OPERATIONS = {
    "lookup": ("loc xdata", "inode buf xdata postparent"),
    "create": (
        "loc flags mode umask fd xdata",
        "fd inode buf preparent postparent xdata",
    ),
    "open": ("loc flags fd xdata", "fd xdata"),
    "readv": ("fd size offset flags xdata", "vector count stbuf iobref xdata"),
    "writev": ("fd vector count offset flags iobref xdata", "prebuf postbuf xdata"),
    "opendir": ("loc fd xdata", "fd xdata"),
    "readdir": ("fd size offset xdata", "entries xdata"),
    "readdirp": ("fd size offset dictionary", "entries xdata"),
    "stat": ("loc xdata", "buf xdata"),
    "fstat": ("fd xdata", "buf xdata"),
    "statfs": ("loc xdata", "statvfs xdata"),
    "setxattr": ("loc dictionary flags xdata", "xdata"),
    "getxattr": ("loc name xdata", "dictionary xdata"),
    "fsetxattr": ("fd dictionary flags xdata", "xdata"),
    "fgetxattr": ("fd name xdata", "dictionary xdata"),
    "removexattr": ("loc name xdata", "xdata"),
    "fremovexattr": ("fd name xdata", "xdata"),
    "link": ("oldloc newloc xdata", "inode buf preparent postparent xdata"),
    "symlink": ("linkname loc umask xdata", "inode buf preparent postparent xdata"),
    "unlink": ("loc xflags xdata", "preparent postparent xdata"),
    "readlink": ("loc size xdata", "path buf xdata"),
    "mkdir": ("loc mode umask xdata", "inode buf preparent postparent xdata"),
    "rmdir": ("loc xflags xdata", "preparent postparent xdata"),
}
BITS = {IA_IFREG: stat.S_IFREG, IA_IFDIR: stat.S_IFDIR, IA_IFLNK: stat.S_IFLNK}


def uuid2str(gfid):
    return str(UUID("".join(map("{:02x}".format, gfid))))


def st_mode_from_ia(prot, filetype):
    mode = BITS.get(filetype, 0)
    if prot.suid:
        mode |= stat.S_ISUID
    if prot.sgid:
        mode |= stat.S_ISGID
    if prot.sticky:
        mode |= stat.S_ISVTX
    for who, shift in (prot.owner, 6), (prot.group, 3), (prot.other, 0):
        mode |= (who.read << 2 | who.write << 1 | who.execn) << shift
    return mode


def time_of(seconds):
    return strftime("[%b %d %H:%M:%S]", gmtime(seconds))


def iatt_of(buf):
    c = buf.contents
    return (
        "(gfid={:s}, ino={:d}, mode={:o}, nlink={:d}, uid ={:d}, gid ={:d}, size={:d}, "
        "blocks={:d}, atime={:s}, mtime={:s}, ctime={:s})"
    ).format(
        uuid2str(c.ia_gfid), c.ia_no, st_mode_from_ia(c.ia_prot, c.ia_type), c.ia_nlink, c.ia_uid,
        c.ia_gid, c.ia_size, c.ia_blocks, time_of(c.ia_atime), time_of(c.ia_mtime),
        time_of(c.ia_ctime),
    )


SHOWN = {
    "buf": iatt_of,
    "fd": lambda fd: uuid2str(fd.contents.inode.contents.gfid),
    "flags": "0{:o}".format,
    "inode": lambda inode: uuid2str(inode.contents.gfid),
    "linkname": "{:s}".format,
    "loc": lambda loc: "{:s}:{:s}".format(uuid2str(loc.contents.gfid), loc.contents.path),
    "mode": "0{:o}".format,
    "name": "{:s}".format,
    "path": "{:s}".format,
    "umask": "0{:o}".format,
}
for iatt in "stbuf", "prebuf", "postbuf", "preparent", "postparent":
    SHOWN[iatt] = iatt_of
for loc in "oldloc", "newloc":
    SHOWN[loc] = SHOWN["loc"]
for number in "size", "offset", "count", "xflags":
    SHOWN[number] = "{:d}".format


def shown(names, values):
    return "; ".join(
        "{:s}={:s}".format(name, SHOWN[name](value) if value or value == 0 else "NULL")
        for name, value in zip(names.split(), values)
        if name in SHOWN
    )


def fop_of(name, args):
    def fop(self, frame, this, *values):
        assert len(values) == len(args.split())
        self.names[dl.get_id(frame)] = name
        unique = dl.get_rootunique(frame)
        print("GLUPY TRACE {:s} FOP- {:d}: {:s}".format(name.upper(), unique, shown(args, values)))
        getattr(dl, "wind_" + name)(frame, POINTER(xlator_t)(), *values)
        return 0

    return fop


def cbk_of(name, args):
    def cbk(self, frame, cookie, this, op_ret, op_errno, *values):
        assert len(values) == len(args.split())
        assert self.names.pop(dl.get_id(frame)) == name
        text = "op_ret={:d}; {:s}".format(op_ret, shown(args, values))
        if op_ret < 0:
            text = "op_ret={:d}; op_errno={:d}".format(op_ret, op_errno)
        unique = dl.get_rootunique(frame)
        print("GLUPY TRACE {:s} CBK- {:d}: {:s}".format(name.upper(), unique, text))
        getattr(dl, "unwind_" + name)(frame, cookie, this, op_ret, op_errno, *values)
        return 0

    return cbk


class xlator(Translator):
    def __init__(self, c_this):
        Translator.__init__(self, c_this)
        self.names = {}


for operation, (down, up) in OPERATIONS.items():
    setattr(xlator, operation + "_fop", fop_of(operation, down))
    setattr(xlator, operation + "_cbk", cbk_of(operation, up))
