# Generated from tools/gen/glupy.pyi.in and runtime/core/fops.ts. Do not edit.
"""glupy: write a GlusterFS-style translator in Python.

    from glupy import Translator, ENOENT

    class xlator(Translator):
        def lookup(self, frame, loc, xdata):
            self.log.info("lookup %s", loc.name)
            frame.wind(loc, xdata)

Types of the module API; the package itself is beside this file.
"""

import logging
from collections.abc import Awaitable, Buffer, Callable, Iterable, Iterator, Mapping
from collections.abc import MutableMapping, MutableSequence, Sequence
from types import TracebackType
from typing import Any, ClassVar, NamedTuple, Self, overload

NULL_GFID: str
ROOT_GFID: str
IA_INVAL: int
IA_IFREG: int
IA_IFDIR: int
IA_IFLNK: int
IA_IFBLK: int
IA_IFCHR: int
IA_IFIFO: int
IA_IFSOCK: int
type _str = str
type _int = int
type _float = float
type _bool = bool
EPERM = 1
ENOENT = 2
ESRCH = 3
EINTR = 4
EIO = 5
ENXIO = 6
E2BIG = 7
ENOEXEC = 8
EBADF = 9
ECHILD = 10
EAGAIN = 11
ENOMEM = 12
EACCES = 13
EFAULT = 14
ENOTBLK = 15
EBUSY = 16
EEXIST = 17
EXDEV = 18
ENODEV = 19
ENOTDIR = 20
EISDIR = 21
EINVAL = 22
ENFILE = 23
EMFILE = 24
ENOTTY = 25
ETXTBSY = 26
EFBIG = 27
ENOSPC = 28
ESPIPE = 29
EROFS = 30
EMLINK = 31
EPIPE = 32
EDOM = 33
ERANGE = 34
EDEADLK = 35
ENAMETOOLONG = 36
ENOLCK = 37
ENOSYS = 38
ENOTEMPTY = 39
ELOOP = 40
ENOMSG = 42
EIDRM = 43
ECHRNG = 44
EL2NSYNC = 45
EL3HLT = 46
EL3RST = 47
ELNRNG = 48
EUNATCH = 49
ENOCSI = 50
EL2HLT = 51
EBADE = 52
EBADR = 53
EXFULL = 54
ENOANO = 55
EBADRQC = 56
EBADSLT = 57
EBFONT = 59
ENOSTR = 60
ENODATA = 61
ETIME = 62
ENOSR = 63
ENONET = 64
ENOPKG = 65
EREMOTE = 66
ENOLINK = 67
EADV = 68
ESRMNT = 69
ECOMM = 70
EPROTO = 71
EMULTIHOP = 72
EDOTDOT = 73
EBADMSG = 74
EOVERFLOW = 75
ENOTUNIQ = 76
EBADFD = 77
EREMCHG = 78
ELIBACC = 79
ELIBBAD = 80
ELIBSCN = 81
ELIBMAX = 82
ELIBEXEC = 83
EILSEQ = 84
ERESTART = 85
ESTRPIPE = 86
EUSERS = 87
ENOTSOCK = 88
EDESTADDRREQ = 89
EMSGSIZE = 90
EPROTOTYPE = 91
ENOPROTOOPT = 92
EPROTONOSUPPORT = 93
ESOCKTNOSUPPORT = 94
EOPNOTSUPP = 95
EPFNOSUPPORT = 96
EAFNOSUPPORT = 97
EADDRINUSE = 98
EADDRNOTAVAIL = 99
ENETDOWN = 100
ENETUNREACH = 101
ENETRESET = 102
ECONNABORTED = 103
ECONNRESET = 104
ENOBUFS = 105
EISCONN = 106
ENOTCONN = 107
ESHUTDOWN = 108
ETOOMANYREFS = 109
ETIMEDOUT = 110
ECONNREFUSED = 111
EHOSTDOWN = 112
EHOSTUNREACH = 113
EALREADY = 114
EINPROGRESS = 115
ESTALE = 116
EUCLEAN = 117
ENOTNAM = 118
ENAVAIL = 119
EISNAM = 120
EREMOTEIO = 121
EDQUOT = 122
ENOMEDIUM = 123
EMEDIUMTYPE = 124
ECANCELED = 125
ENOKEY = 126
EKEYEXPIRED = 127
EKEYREVOKED = 128
EKEYREJECTED = 129
EOWNERDEAD = 130
ENOTRECOVERABLE = 131
ERFKILL = 132
EHWPOISON = 133
EWOULDBLOCK = 11
EDEADLOCK = 35
ENOTSUP = 95

type DictValue = int | float | str | bytes | bytearray | memoryview | Data | Iatt

errorcode: dict[int, str]

def strerror(op_errno: int) -> str:
    """The message of a Linux errno."""

class AlreadyAnswered(RuntimeError):
    """The frame was answered already: it can be neither answered nor wound again."""

class HandleExpired(RuntimeError):
    """An object of a request was used after the request had ended; use `copy()` to keep it."""

class Iatt:
    """The attributes of an inode, named as in GlusterFS's struct iatt.

    Times are whole seconds, their nanoseconds apart. ia_ctime 0 with ia_nlink 0 means unknown
    attributes. A new Iatt has zeros everywhere.
    """

    ia_gfid: str
    """All zeros if the storage did not fill it."""
    ia_type: int
    """One of IA_*."""
    ia_prot: int
    """The low 12 bits of st_mode: permissions, setuid, setgid, sticky."""
    ia_nlink: int
    """Number of names."""
    ia_uid: int
    ia_gid: int
    ia_size: int
    """Bytes."""
    ia_blocks: int
    """Units of 512 bytes."""
    ia_blksize: int
    """Preferred size of a read or write, in bytes."""
    ia_dev: int
    ia_rdev: int
    """Of a device file: major * 2^32 + minor."""
    ia_atime: int
    """Last read: whole seconds since 1970, may be negative."""
    ia_atime_nsec: int
    """Last read: nanoseconds beyond that, 0 to 999999999."""
    ia_mtime: int
    """Data last changed: seconds."""
    ia_mtime_nsec: int
    """Data last changed: nanoseconds."""
    ia_ctime: int
    """Attributes last changed: seconds."""
    ia_ctime_nsec: int
    """Attributes last changed: nanoseconds."""
    ia_btime: int
    """Created: seconds."""
    ia_btime_nsec: int
    """Created: nanoseconds."""
    ia_flags: int
    """The fields that the storage filled (IATT_*); 0 when the storage does not report them."""
    ia_attributes: int
    """STATX_ATTR_*."""
    ia_attributes_mask: int
    """The STATX_ATTR_* that the storage supports."""
    def __init__(self, **fields: int | str) -> None: ...
    @property
    def ia_ino(self) -> int:
        """The inode number that applications see: the low 63 bits of the gfid; never 0."""
    @property
    def mode(self) -> int:
        """st_mode: type and permission in one. Setting it sets both."""
    @mode.setter
    def mode(self, value: int) -> None: ...
    @property
    def known(self) -> bool:
        """Whether the attributes are known."""
    def copy(self, **changes: int | str) -> Iatt:
        """An independent object, with some fields changed."""
    def fields(self) -> list[int | str]:
        """All fields in order."""

class Statvfs:
    """Figures of a file system, as in statvfs(3)."""

    bsize: int
    """Preferred size of a read or write, in bytes."""
    frsize: int
    """Size of a block in bytes."""
    blocks: int
    """Size of the file system in blocks of frsize bytes."""
    bfree: int
    """Free blocks."""
    bavail: int
    """Free blocks for users other than root."""
    files: int
    """Total number of inodes."""
    ffree: int
    """Free inodes."""
    favail: int
    """Free inodes for users other than root."""
    fsid: int
    flag: int
    """ST_*."""
    namemax: int
    """Bytes of the longest possible name."""
    def __init__(self, **fields: int) -> None: ...
    def copy(self, **changes: int) -> Statvfs: ...
    def fields(self) -> list[int]: ...

class Flock:
    """A byte-range lock."""

    type: int
    """0 read, 1 write, 2 unlock."""
    whence: int
    """Base of start: SEEK_*."""
    start: int
    len: int
    """0: to the end of the file, also after growth."""
    pid: int
    owner: str
    """The owner's bytes as hexadecimal text."""
    def __init__(self, **fields: int | str) -> None: ...
    def copy(self, **changes: int | str) -> Flock: ...

class Lease:
    """A lease."""

    cmd: int
    """1 get, 2 set, 3 unlock."""
    type: int
    """0 none, 1 read, 2 read and write."""
    id: str
    """The client's id of the lease: 16 bytes, as a gfid."""
    flags: int
    def __init__(self, **fields: int | str) -> None: ...
    def copy(self, **changes: int | str) -> Lease: ...

class Dirent(NamedTuple):
    """An entry of a directory listing; `entry._replace(name=...)` makes a changed one.

    off: the offset at which a later readdir continues. type: DT_*, which is an st_mode >> 12. gfid:
    uuid text. stat: an Iatt, readdirp only. ref: the origin of the entry; omit it in your own
    entries.
    """

    name: str
    off: int
    type: int
    gfid: str = ...
    stat: Iatt | None = None
    ref: object = None

class Listing[T](MutableSequence[T]):
    """A list of Dirent or Flock, fetched at the first access. It can be changed like any list."""

    @overload
    def __getitem__(self, key: int) -> T: ...
    @overload
    def __getitem__(self, key: slice) -> MutableSequence[T]: ...
    @overload
    def __setitem__(self, key: int, value: T) -> None: ...
    @overload
    def __setitem__(self, key: slice, value: Iterable[T]) -> None: ...
    def __delitem__(self, key: int | slice) -> None: ...
    def __len__(self) -> int: ...
    def insert(self, index: int, value: T) -> None: ...
    def __add__(self, other: Iterable[T]) -> list[T]: ...
    def __radd__(self, other: Iterable[T]) -> list[T]: ...

class Data(Sequence[int], Buffer):
    """The bytes of a read or write: a read-only memoryview, filled at the first access.

    Passed on untouched, the bytes never enter the interpreter. To change them, pass on other bytes.
    """

    @property
    def view(self) -> memoryview:
        """The bytes as a memoryview. After the first access, they stay in the interpreter."""
    @property
    def nbytes(self) -> int: ...
    @overload
    def __getitem__(self, key: int) -> int: ...
    @overload
    def __getitem__(self, key: slice) -> memoryview: ...
    def __len__(self) -> int: ...
    def __buffer__(self, flags: int, /) -> memoryview: ...
    def tobytes(self) -> bytes: ...
    def translate(self, table: Buffer, /, delete: Buffer = b"") -> bytearray:
        """bytes.translate, at twice its speed."""
    def hex(self) -> str: ...

class Dict(MutableMapping[str, Any]):
    """A GlusterFS dict, such as xdata and extended attributes: str keys; values int, float, str,
    bytes or Iatt.

    `types` has each key's GlusterFS type (int, uint, double, str, bin, gfuuid, iatt, mdata).
    A replaced value keeps its type if the new value fits it.
    """

    def __init__(self, pairs: Mapping[str, DictValue] = ..., **more: DictValue) -> None: ...
    @property
    def types(self) -> dict[str, str]: ...
    def __getitem__(self, key: str) -> Any: ...
    def __setitem__(self, key: str, value: DictValue) -> None: ...
    def __delitem__(self, key: str) -> None: ...
    def __iter__(self) -> Iterator[str]: ...
    def __len__(self) -> int: ...
    def set(self, key: str, value: DictValue, type: str) -> None:
        """Stores a value as a GlusterFS type, as in `xdata.set("gfid-req", gfid, "gfuuid")`."""
    def copy(self) -> Dict:
        """An independent dict of the same pairs and types."""

class Inode:
    """A file, directory or other inode of the volume, independent of its names.

    id: its number in this volume. Two objects for the same inode are equal, and share one ctx.
    """

    id: int
    @property
    def gfid(self) -> str:
        """The inode's identity, as uuid text; NULL_GFID while it is new."""
    @property
    def ia_type(self) -> int:
        """One of IA_*; IA_INVAL while it is new."""
    @property
    def path(self) -> str:
        """A path from the root by any of its names, for people and logs."""
    @property
    def ctx(self) -> dict[Any, Any]:
        """Your own dict, which lives until the volume forgets the inode."""

class Loc:
    """The target of a fop: `name` in directory `parent`, and/or the inode itself.

    For a new name, the inode has no gfid yet. For a fop by gfid, parent and name are None. Locs are
    immutable: `replace` makes a changed one, `Loc.of` your own. Equal locs have the same target. A
    loc of a request lives as long as the request; `copy()` keeps it.
    """

    @classmethod
    def of(
        cls,
        *,
        parent: Inode | None = None,
        name: str | None = None,
        inode: Inode | None = None,
        gfid: str | None = None,
    ) -> Loc:
        """Your own loc: a name in a directory (`parent` an Inode), an inode, or a gfid."""
    # In a fop by name, as nearly all fops are, name and parent are never None.
    @property
    def name(self) -> str:
        """The last component of the path; None for a fop by gfid."""
    @property
    def parent(self) -> Inode:
        """The directory; None for a fop by gfid."""
    @property
    def inode(self) -> Inode:
        """The target; None if the name is unknown and the fop does not make it."""
    @property
    def known(self) -> bool:
        """Whether the target has a gfid, from a lookup or a listing for example."""
    @property
    def pargfid(self) -> str:
        """The gfid of the directory; NULL_GFID for a fop by gfid."""
    @property
    def gfid(self) -> str:
        """The target's gfid; NULL_GFID while it is unknown."""
    @property
    def path(self) -> str:
        """The path from the root, for people and logs: a rename of a parent may outdate it."""
    def replace(
        self,
        *,
        name: str | None = None,
        parent: Inode | None = None,
        inode: Inode | None = None,
    ) -> Loc:
        """Another loc with some parts changed."""
    def copy(self) -> Loc:
        """A copy of your own, which outlives the request."""

class Fd:
    """An open file or directory. The same fd is the same object until it is released.

    You must close an fd that you opened yourself by a `child.open`, `opendir` or `create` without
    an fd: by `close()`, or as in `with (await self.child.open(loc, os.O_RDONLY)).fd as fd:`.

    id: its number in this process.
    """

    id: int
    @property
    def inode(self) -> Inode: ...
    @property
    def flags(self) -> int:
        """The flags of the open: O_*."""
    @property
    def pid(self) -> int:
        """The process that opened it."""
    @property
    def is_dir(self) -> bool: ...
    @property
    def ctx(self) -> dict[Any, Any]:
        """Your own dict, which lives as long as the fd."""
    def close(self) -> None:
        """Closes an fd that you opened. Closing it again does nothing."""
    def __enter__(self) -> Self: ...
    def __exit__(
        self,
        type: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...

class Client:
    """The origin of requests: a mount has one client, a server has one for each connection.

    The same client is the same object until it has disconnected and its last request has ended.

    id: its number in this process.
    """

    id: int
    @property
    def uid(self) -> str:
        """The client's identity across processes: GlusterFS's client_uid."""
    @property
    def ctx(self) -> dict[Any, Any]:
        """Your own dict, which lives until the client's last request has ended."""

class Root(NamedTuple):
    """The caller: uid, gid, pid and supplementary groups; unique, the request's serial number;
    lk_owner, hexadecimal text; op, the log name of the fop that the caller requested; client, the
    origin of the request."""

    unique: int
    uid: int
    gid: int
    pid: int
    groups: tuple[int, ...]
    lk_owner: str
    op: str
    client: Client | None

class Arg(NamedTuple):
    """An argument, or a part of a reply: its name and its type's, such as `loc` or `iatt`."""

    name: str
    type: str

class Fop:
    """A file operation of the table of fops."""

    number: int
    name: str
    log_name: str
    args: tuple[Arg, ...]
    reply: tuple[Arg, ...]

class Frame:
    """One request at one translator, which must answer it or pass it on exactly once.

    local: your note from the fop to its callback, for the life of the request; None at first.
    cookie: in a callback, the cookie of `wind(cookie=...)`, otherwise the child that replied.
    """

    id: int
    fop: Fop
    local: Any
    cookie: Any
    @property
    def name(self) -> str:
        """The fop's name, such as `lookup`."""
    @property
    def root(self) -> Root:
        """The caller of the request."""
    @property
    def answered(self) -> bool:
        """Whether the request was answered, or passed on without a callback."""
    def wind(
        self,
        *args: Any,
        child: Child | None = None,
        cookie: Any = None,
        fop: str | None = None,
        cbk: Callable[..., object] | None = None,
    ) -> None:
        """Passes the request down; `<fop>_cbk`, if defined, gets the reply.

        args: the fop's arguments; without any, the original ones.
        child: one of `self.children`; default the first.
        cookie: a value for `frame.cookie` of the callback.
        fop: the name of another fop, with its arguments in args.
        cbk: gets the reply instead of `<fop>_cbk`; called as cbk(frame, op_ret, op_errno, ...).

        With a callback, wind may be called several times. Without one, the child's reply is the
        answer.
        """
    def unwind(
        self,
        op_ret: int,
        op_errno: int = 0,
        *reply: Any,
        entry_timeout: float | None = None,
        attribute_timeout: float | None = None,
        negative_timeout: float | None = None,
    ) -> None:
        """Answers the request: op_ret < 0 is failure with op_errno, a Linux errno.

        reply: the fop's reply in the table's order; parts omitted at the end are None.
        entry_timeout, attribute_timeout, negative_timeout: seconds for which the kernel may cache
        the name, the attributes, or the absence of the name; 0 for never. The mount's flags set the
        defaults. `self.invalidate` revokes cached values.
        """
    def fail(self, op_errno: int, timeout: float | None = None) -> None:
        """Answers with an errno: short for `unwind(-1, op_errno)`.

        timeout: seconds for which the kernel may cache the absence of a looked-up name (ENOENT; the
        kernel caches no other errno).
        """

class Option(dict[str, Any]):
    """One option of the volfile; `self.options` has its value.

    A default, `min` and `max` may be written as in a volfile: `Option.size("1MB")` is 1048576.
    """

    @classmethod
    def str(
        cls,
        default: _str | None = None,
        *,
        values: Sequence[_str] | None = None,
        help: _str = "",
        reconfigurable: _bool = False,
    ) -> Option:
        """Text; one of `values` if given."""
    @classmethod
    def int(
        cls,
        default: _int | _str | None = None,
        *,
        min: _int | _str | None = None,
        max: _int | _str | None = None,
        help: _str = "",
        reconfigurable: _bool = False,
    ) -> Option:
        """A whole number; 0x… and 0… are bases as in C."""
    @classmethod
    def float(
        cls,
        default: _float | _str | None = None,
        *,
        min: _float | _str | None = None,
        max: _float | _str | None = None,
        help: _str = "",
        reconfigurable: _bool = False,
    ) -> Option:
        """A number."""
    @classmethod
    def bool(
        cls,
        default: _bool | _str | None = None,
        *,
        help: _str = "",
        reconfigurable: _bool = False,
    ) -> Option:
        """on/off, yes/no, true/false, enable/disable, 1/0."""
    @classmethod
    def size(
        cls,
        default: _int | _str | None = None,
        *,
        min: _int | _str | None = None,
        max: _int | _str | None = None,
        help: _str = "",
        reconfigurable: _bool = False,
    ) -> Option:
        """Bytes; KB, MB, GB, TB, PB are powers of 1024."""
    @classmethod
    def time(
        cls,
        default: _int | _str | None = None,
        *,
        min: _int | _str | None = None,
        max: _int | _str | None = None,
        help: _str = "",
        reconfigurable: _bool = False,
    ) -> Option:
        """Seconds; s, m, h, d, w and their long forms are units."""
    @classmethod
    def percent(
        cls,
        default: _float | _str | None = None,
        *,
        help: _str = "",
        reconfigurable: _bool = False,
    ) -> Option:
        """0 to 100, with or without the sign."""
    @classmethod
    def path(
        cls,
        default: _str | None = None,
        *,
        help: _str = "",
        reconfigurable: _bool = False,
    ) -> Option:
        """An absolute path."""

class Reply:
    """The reply of a child: `op_ret`, `op_errno`, and the fop's reply by name (`reply.buf`).

    `replace(buf=...)` makes a changed one. An `async def` fop returns it as the answer. The reply
    can also be unpacked in the table's order: `inode, buf, *rest = reply`.
    """

    op_ret: int
    op_errno: int
    values: tuple[Any, ...]
    def __iter__(self) -> Iterator[Any]: ...
    def replace(self, op_ret: int | None = None, **changes: Any) -> Self:
        """Another reply with some parts changed.

        entry_timeout and attribute_timeout: seconds for which the kernel may cache it.
        """

class StatReply(Reply):
    buf: Iatt
    """attributes of the object, after the fop"""
    xdata: Dict | None
    """extra keys between translators; may be missing"""

class ReadlinkReply(Reply):
    path: str
    """the stored target"""
    buf: Iatt
    """attributes of the object, after the fop"""
    xdata: Dict | None
    """extra keys between translators; may be missing"""

class MknodReply(Reply):
    inode: Inode
    """the inode of the name"""
    buf: Iatt
    """attributes of the object, after the fop"""
    preparent: Iatt
    """attributes of the directory before"""
    postparent: Iatt
    """attributes of the directory after"""
    xdata: Dict | None
    """extra keys between translators; may be missing"""

class MkdirReply(Reply):
    inode: Inode
    """the inode of the name"""
    buf: Iatt
    """attributes of the object, after the fop"""
    preparent: Iatt
    """attributes of the directory before"""
    postparent: Iatt
    """attributes of the directory after"""
    xdata: Dict | None
    """extra keys between translators; may be missing"""

class UnlinkReply(Reply):
    preparent: Iatt
    """attributes of the directory before"""
    postparent: Iatt
    """attributes of the directory after"""
    xdata: Dict | None
    """extra keys between translators; may be missing"""

class RmdirReply(Reply):
    preparent: Iatt
    """attributes of the directory before"""
    postparent: Iatt
    """attributes of the directory after"""
    xdata: Dict | None
    """extra keys between translators; may be missing"""

class SymlinkReply(Reply):
    inode: Inode
    """the inode of the name"""
    buf: Iatt
    """attributes of the object, after the fop"""
    preparent: Iatt
    """attributes of the directory before"""
    postparent: Iatt
    """attributes of the directory after"""
    xdata: Dict | None
    """extra keys between translators; may be missing"""

class RenameReply(Reply):
    buf: Iatt
    """attributes of the object, after the fop"""
    preoldparent: Iatt
    """attributes of the old directory before"""
    postoldparent: Iatt
    """attributes of the old directory after"""
    prenewparent: Iatt
    """attributes of the new directory before"""
    postnewparent: Iatt
    """attributes of the new directory after"""
    xdata: Dict | None
    """extra keys between translators; may be missing"""

class LinkReply(Reply):
    inode: Inode
    """the inode of the name"""
    buf: Iatt
    """attributes of the object, after the fop"""
    preparent: Iatt
    """attributes of the directory before"""
    postparent: Iatt
    """attributes of the directory after"""
    xdata: Dict | None
    """extra keys between translators; may be missing"""

class TruncateReply(Reply):
    prebuf: Iatt
    """attributes before"""
    postbuf: Iatt
    """attributes after"""
    xdata: Dict | None
    """extra keys between translators; may be missing"""

class OpenReply(Reply):
    fd: Fd
    """the open file or directory"""
    xdata: Dict | None
    """extra keys between translators; may be missing"""

class ReadvReply(Reply):
    vector: Data
    """the data"""
    stbuf: Iatt
    """attributes of the file"""
    xdata: Dict | None
    """extra keys between translators; may be missing"""

class WritevReply(Reply):
    prebuf: Iatt
    """attributes before"""
    postbuf: Iatt
    """attributes after"""
    xdata: Dict | None
    """extra keys between translators; may be missing"""

class StatfsReply(Reply):
    buf: Statvfs
    """block sizes and numbers of blocks and files"""
    xdata: Dict | None
    """extra keys between translators; may be missing"""

class FlushReply(Reply):
    xdata: Dict | None
    """extra keys between translators; may be missing"""

class FsyncReply(Reply):
    prebuf: Iatt
    """attributes before"""
    postbuf: Iatt
    """attributes after"""
    xdata: Dict | None
    """extra keys between translators; may be missing"""

class SetxattrReply(Reply):
    xdata: Dict | None
    """extra keys between translators; may be missing"""

class GetxattrReply(Reply):
    dict: Dict
    """extended attributes, name to value"""
    xdata: Dict | None
    """extra keys between translators; may be missing"""

class RemovexattrReply(Reply):
    xdata: Dict | None
    """extra keys between translators; may be missing"""

class OpendirReply(Reply):
    fd: Fd
    """the open file or directory"""
    xdata: Dict | None
    """extra keys between translators; may be missing"""

class FsyncdirReply(Reply):
    xdata: Dict | None
    """extra keys between translators; may be missing"""

class AccessReply(Reply):
    xdata: Dict | None
    """extra keys between translators; may be missing"""

class CreateReply(Reply):
    fd: Fd
    """the open file or directory"""
    inode: Inode
    """the inode of the name"""
    buf: Iatt
    """attributes of the object, after the fop"""
    preparent: Iatt
    """attributes of the directory before"""
    postparent: Iatt
    """attributes of the directory after"""
    xdata: Dict | None
    """extra keys between translators; may be missing"""

class FtruncateReply(Reply):
    prebuf: Iatt
    """attributes before"""
    postbuf: Iatt
    """attributes after"""
    xdata: Dict | None
    """extra keys between translators; may be missing"""

class FstatReply(Reply):
    buf: Iatt
    """attributes of the object, after the fop"""
    xdata: Dict | None
    """extra keys between translators; may be missing"""

class LkReply(Reply):
    flock: Flock
    """type, range in bytes (len 0: to the end), owner and process of the lock"""
    xdata: Dict | None
    """extra keys between translators; may be missing"""

class LookupReply(Reply):
    inode: Inode
    """the inode of the name"""
    buf: Iatt
    """attributes of the object, after the fop"""
    xdata: Dict | None
    """extra keys between translators; may be missing"""
    postparent: Iatt
    """attributes of the directory"""

class ReaddirReply(Reply):
    entries: Listing[Dirent]
    """names with inode number, type and the offset to continue after each"""
    xdata: Dict | None
    """extra keys between translators; may be missing"""

class InodelkReply(Reply):
    xdata: Dict | None
    """extra keys between translators; may be missing"""

class FinodelkReply(Reply):
    xdata: Dict | None
    """extra keys between translators; may be missing"""

class EntrylkReply(Reply):
    xdata: Dict | None
    """extra keys between translators; may be missing"""

class FentrylkReply(Reply):
    xdata: Dict | None
    """extra keys between translators; may be missing"""

class XattropReply(Reply):
    dict: Dict
    """extended attributes, name to value"""
    xdata: Dict | None
    """extra keys between translators; may be missing"""

class FxattropReply(Reply):
    dict: Dict
    """extended attributes, name to value"""
    xdata: Dict | None
    """extra keys between translators; may be missing"""

class FgetxattrReply(Reply):
    dict: Dict
    """extended attributes, name to value"""
    xdata: Dict | None
    """extra keys between translators; may be missing"""

class FsetxattrReply(Reply):
    xdata: Dict | None
    """extra keys between translators; may be missing"""

class RchecksumReply(Reply):
    weak: int
    """the rolling checksum"""
    strong: Data
    """the strong checksum"""
    xdata: Dict | None
    """extra keys between translators; may be missing"""

class SetattrReply(Reply):
    statpre: Iatt
    """attributes before"""
    statpost: Iatt
    """attributes after"""
    xdata: Dict | None
    """extra keys between translators; may be missing"""

class FsetattrReply(Reply):
    statpre: Iatt
    """attributes before"""
    statpost: Iatt
    """attributes after"""
    xdata: Dict | None
    """extra keys between translators; may be missing"""

class ReaddirpReply(Reply):
    entries: Listing[Dirent]
    """names with inode number, type and the offset to continue after each"""
    xdata: Dict | None
    """extra keys between translators; may be missing"""

class GetspecReply(Reply):
    spec: str
    """its text"""

class FremovexattrReply(Reply):
    xdata: Dict | None
    """extra keys between translators; may be missing"""

class FallocateReply(Reply):
    prebuf: Iatt
    """attributes before"""
    postbuf: Iatt
    """attributes after"""
    xdata: Dict | None
    """extra keys between translators; may be missing"""

class DiscardReply(Reply):
    prebuf: Iatt
    """attributes before"""
    postbuf: Iatt
    """attributes after"""
    xdata: Dict | None
    """extra keys between translators; may be missing"""

class ZerofillReply(Reply):
    prebuf: Iatt
    """attributes before"""
    postbuf: Iatt
    """attributes after"""
    xdata: Dict | None
    """extra keys between translators; may be missing"""

class IpcReply(Reply):
    xdata: Dict | None
    """extra keys between translators; may be missing"""

class SeekReply(Reply):
    offset: int
    """start, in bytes"""
    xdata: Dict | None
    """extra keys between translators; may be missing"""

class LeaseReply(Reply):
    lease: Lease
    """command, type and id of the lease"""
    xdata: Dict | None
    """extra keys between translators; may be missing"""

class GetactivelkReply(Reply):
    locklist: Listing[Flock]
    """the locks held on the file"""
    xdata: Dict | None
    """extra keys between translators; may be missing"""

class SetactivelkReply(Reply):
    xdata: Dict | None
    """extra keys between translators; may be missing"""

class PutReply(Reply):
    inode: Inode
    """the inode of the name"""
    buf: Iatt
    """attributes of the object, after the fop"""
    preparent: Iatt
    """attributes of the directory before"""
    postparent: Iatt
    """attributes of the directory after"""
    xdata: Dict | None
    """extra keys between translators; may be missing"""

class IcreateReply(Reply):
    inode: Inode
    """the inode of the name"""
    buf: Iatt
    """attributes of the object, after the fop"""
    xdata: Dict | None
    """extra keys between translators; may be missing"""

class NamelinkReply(Reply):
    prebuf: Iatt
    """attributes before"""
    postbuf: Iatt
    """attributes after"""
    xdata: Dict | None
    """extra keys between translators; may be missing"""

class CopyFileRangeReply(Reply):
    stbuf: Iatt
    """attributes of the source file"""
    prebuf_dst: Iatt
    """attributes of the target file before"""
    postbuf_dst: Iatt
    """attributes of the target file after"""
    xdata: Dict | None
    """extra keys between translators; may be missing"""

class Child:
    """A subvolume. `await child.lookup(loc, xdata)` gives its Reply, or raises OSError.

    The request starts when the method is called, so several can run at once (asyncio.gather). Inside
    a fop it has the caller's identity; elsewhere, and after the answer, it is the translator's own:
    it runs as root, and its reply outlives it. `open`, `opendir` and `create` without an fd make an
    fd that you must close.

    index: its index in `self.children`; name, type: the volume's.
    """

    index: int
    name: str
    type: str
    @property
    def up(self) -> bool:
        """Whether the subvolume can serve, according to its last event."""
    def stat(self, loc: Loc, xdata: Mapping[str, DictValue] | None = None) -> Awaitable[StatReply]:
        """Reads the attributes of an object."""
    def readlink(
        self,
        loc: Loc,
        size: int,
        xdata: Mapping[str, DictValue] | None = None,
    ) -> Awaitable[ReadlinkReply]:
        """Reads the target of a symbolic link."""
    def mknod(
        self,
        loc: Loc,
        mode: int,
        rdev: int,
        umask: int,
        xdata: Mapping[str, DictValue] | None = None,
    ) -> Awaitable[MknodReply]:
        """Makes a regular file, device, FIFO or socket without opening it."""
    def mkdir(
        self,
        loc: Loc,
        mode: int,
        umask: int,
        xdata: Mapping[str, DictValue] | None = None,
    ) -> Awaitable[MkdirReply]:
        """Makes a directory."""
    def unlink(
        self,
        loc: Loc,
        xflag: int,
        xdata: Mapping[str, DictValue] | None = None,
    ) -> Awaitable[UnlinkReply]:
        """Removes a name of a file; the file is deleted with its last name and last open fd."""
    def rmdir(
        self,
        loc: Loc,
        flags: int,
        xdata: Mapping[str, DictValue] | None = None,
    ) -> Awaitable[RmdirReply]:
        """Removes an empty directory; ENOTEMPTY for any other."""
    def symlink(
        self,
        linkpath: str,
        loc: Loc,
        umask: int,
        xdata: Mapping[str, DictValue] | None = None,
    ) -> Awaitable[SymlinkReply]:
        """Makes a symbolic link."""
    def rename(
        self,
        oldloc: Loc,
        newloc: Loc,
        xdata: Mapping[str, DictValue] | None = None,
    ) -> Awaitable[RenameReply]:
        """Renames an object atomically, and replaces an object of the new name."""
    def link(
        self,
        oldloc: Loc,
        newloc: Loc,
        xdata: Mapping[str, DictValue] | None = None,
    ) -> Awaitable[LinkReply]:
        """Adds a name to a file."""
    def truncate(
        self,
        loc: Loc,
        offset: int,
        xdata: Mapping[str, DictValue] | None = None,
    ) -> Awaitable[TruncateReply]:
        """Sets the size of a file, by name."""
    def open(
        self,
        loc: Loc,
        flags: int,
        fd: Fd | None = None,
        xdata: Mapping[str, DictValue] | None = None,
    ) -> Awaitable[OpenReply]:
        """Opens a file."""
    def readv(
        self,
        fd: Fd,
        size: int,
        offset: int,
        flags: int,
        xdata: Mapping[str, DictValue] | None = None,
    ) -> Awaitable[ReadvReply]:
        """Reads data."""
    def writev(
        self,
        fd: Fd,
        vector: Buffer,
        offset: int,
        flags: int,
        xdata: Mapping[str, DictValue] | None = None,
    ) -> Awaitable[WritevReply]:
        """Writes data."""
    def statfs(
        self,
        loc: Loc,
        xdata: Mapping[str, DictValue] | None = None,
    ) -> Awaitable[StatfsReply]:
        """Reads the size and the free space of the storage."""
    def flush(self, fd: Fd, xdata: Mapping[str, DictValue] | None = None) -> Awaitable[FlushReply]:
        """Reports the close of one descriptor; others of the file may stay open."""
    def fsync(
        self,
        fd: Fd,
        datasync: int,
        xdata: Mapping[str, DictValue] | None = None,
    ) -> Awaitable[FsyncReply]:
        """Flushes written data to stable storage."""
    def setxattr(
        self,
        loc: Loc,
        dict: Mapping[str, DictValue],
        flags: int,
        xdata: Mapping[str, DictValue] | None = None,
    ) -> Awaitable[SetxattrReply]:
        """Sets extended attributes."""
    def getxattr(
        self,
        loc: Loc,
        name: str | None,
        xdata: Mapping[str, DictValue] | None = None,
    ) -> Awaitable[GetxattrReply]:
        """Reads one or all extended attributes; ENODATA for an absent name."""
    def removexattr(
        self,
        loc: Loc,
        name: str,
        xdata: Mapping[str, DictValue] | None = None,
    ) -> Awaitable[RemovexattrReply]:
        """Removes an extended attribute; ENODATA for an absent name."""
    def opendir(
        self,
        loc: Loc,
        fd: Fd | None = None,
        xdata: Mapping[str, DictValue] | None = None,
    ) -> Awaitable[OpendirReply]:
        """Opens a directory."""
    def fsyncdir(
        self,
        fd: Fd,
        datasync: int,
        xdata: Mapping[str, DictValue] | None = None,
    ) -> Awaitable[FsyncdirReply]:
        """Flushes the names of a directory to stable storage."""
    def access(
        self,
        loc: Loc,
        mask: int,
        xdata: Mapping[str, DictValue] | None = None,
    ) -> Awaitable[AccessReply]:
        """Checks the caller's rights to an object."""
    def create(
        self,
        loc: Loc,
        flags: int,
        mode: int,
        umask: int,
        fd: Fd | None = None,
        xdata: Mapping[str, DictValue] | None = None,
    ) -> Awaitable[CreateReply]:
        """Makes and opens a file atomically."""
    def ftruncate(
        self,
        fd: Fd,
        offset: int,
        xdata: Mapping[str, DictValue] | None = None,
    ) -> Awaitable[FtruncateReply]:
        """Sets the size of an open file."""
    def fstat(self, fd: Fd, xdata: Mapping[str, DictValue] | None = None) -> Awaitable[FstatReply]:
        """Reads the attributes of an open file."""
    def lk(
        self,
        fd: Fd,
        cmd: int,
        flock: Flock,
        xdata: Mapping[str, DictValue] | None = None,
    ) -> Awaitable[LkReply]:
        """Sets, removes or tests a lock of an application. With glossa.flock in xdata it is a lock of flock(2), independent of record locks."""
    def lookup(
        self,
        loc: Loc,
        xdata: Mapping[str, DictValue] | None = None,
    ) -> Awaitable[LookupReply]:
        """Finds an object by its name in a directory, or checks that it still exists."""
    def readdir(
        self,
        fd: Fd,
        size: int,
        offset: int,
        xdata: Mapping[str, DictValue] | None = None,
    ) -> Awaitable[ReaddirReply]:
        """Lists names of a directory."""
    def inodelk(
        self,
        volume: str,
        loc: Loc,
        cmd: int,
        flock: Flock,
        xdata: Mapping[str, DictValue] | None = None,
    ) -> Awaitable[InodelkReply]:
        """Locks a range of an inode among translators, independent of applications' locks."""
    def finodelk(
        self,
        volume: str,
        fd: Fd,
        cmd: int,
        flock: Flock,
        xdata: Mapping[str, DictValue] | None = None,
    ) -> Awaitable[FinodelkReply]:
        """As inodelk, of an open file."""
    def entrylk(
        self,
        volume: str,
        loc: Loc,
        basename: str | None,
        cmd: int,
        type: int,
        xdata: Mapping[str, DictValue] | None = None,
    ) -> Awaitable[EntrylkReply]:
        """Locks a name of a directory, among translators."""
    def fentrylk(
        self,
        volume: str,
        fd: Fd,
        basename: str | None,
        cmd: int,
        type: int,
        xdata: Mapping[str, DictValue] | None = None,
    ) -> Awaitable[FentrylkReply]:
        """As entrylk, of an open directory."""
    def xattrop(
        self,
        loc: Loc,
        optype: int,
        dict: Mapping[str, DictValue],
        xdata: Mapping[str, DictValue] | None = None,
    ) -> Awaitable[XattropReply]:
        """Changes numbers in extended attributes atomically (arrays, big-endian)."""
    def fxattrop(
        self,
        fd: Fd,
        optype: int,
        dict: Mapping[str, DictValue],
        xdata: Mapping[str, DictValue] | None = None,
    ) -> Awaitable[FxattropReply]:
        """As xattrop, of an open file."""
    def fgetxattr(
        self,
        fd: Fd,
        name: str | None,
        xdata: Mapping[str, DictValue] | None = None,
    ) -> Awaitable[FgetxattrReply]:
        """As getxattr, of an open file."""
    def fsetxattr(
        self,
        fd: Fd,
        dict: Mapping[str, DictValue],
        flags: int,
        xdata: Mapping[str, DictValue] | None = None,
    ) -> Awaitable[FsetxattrReply]:
        """As setxattr, of an open file."""
    def rchecksum(
        self,
        fd: Fd,
        offset: int,
        len: int,
        xdata: Mapping[str, DictValue] | None = None,
    ) -> Awaitable[RchecksumReply]:
        """Computes checksums of a range of a file."""
    def setattr(
        self,
        loc: Loc,
        stbuf: Iatt,
        valid: int,
        xdata: Mapping[str, DictValue] | None = None,
    ) -> Awaitable[SetattrReply]:
        """Changes mode, owner or times. (truncate sets the size.)"""
    def fsetattr(
        self,
        fd: Fd,
        stbuf: Iatt,
        valid: int,
        xdata: Mapping[str, DictValue] | None = None,
    ) -> Awaitable[FsetattrReply]:
        """As setattr, of an open file."""
    def readdirp(
        self,
        fd: Fd,
        size: int,
        offset: int,
        xdata: Mapping[str, DictValue] | None = None,
    ) -> Awaitable[ReaddirpReply]:
        """Lists names of a directory, with inode and attributes of each."""
    def getspec(self, key: str, flags: int) -> Awaitable[GetspecReply]:
        """Reads the text of a volfile."""
    def fremovexattr(
        self,
        fd: Fd,
        name: str,
        xdata: Mapping[str, DictValue] | None = None,
    ) -> Awaitable[FremovexattrReply]:
        """As removexattr, of an open file."""
    def fallocate(
        self,
        fd: Fd,
        mode: int,
        offset: int,
        len: int,
        xdata: Mapping[str, DictValue] | None = None,
    ) -> Awaitable[FallocateReply]:
        """Allocates space for a range."""
    def discard(
        self,
        fd: Fd,
        offset: int,
        len: int,
        xdata: Mapping[str, DictValue] | None = None,
    ) -> Awaitable[DiscardReply]:
        """Makes a hole: the range reads as zeros, and its space is freed."""
    def zerofill(
        self,
        fd: Fd,
        offset: int,
        len: int,
        xdata: Mapping[str, DictValue] | None = None,
    ) -> Awaitable[ZerofillReply]:
        """Writes zeros over a range."""
    def ipc(self, op: int, xdata: Mapping[str, DictValue] | None = None) -> Awaitable[IpcReply]:
        """Carries a message between translators."""
    def seek(
        self,
        fd: Fd,
        offset: int,
        what: int,
        xdata: Mapping[str, DictValue] | None = None,
    ) -> Awaitable[SeekReply]:
        """Finds the next data or the next hole."""
    def lease(
        self,
        loc: Loc,
        lease: Lease,
        xdata: Mapping[str, DictValue] | None = None,
    ) -> Awaitable[LeaseReply]:
        """Takes, queries or returns a lease."""
    def getactivelk(
        self,
        loc: Loc,
        xdata: Mapping[str, DictValue] | None = None,
    ) -> Awaitable[GetactivelkReply]:
        """Reads all record locks of a file."""
    def setactivelk(
        self,
        loc: Loc,
        locklist: Sequence[Flock],
        xdata: Mapping[str, DictValue] | None = None,
    ) -> Awaitable[SetactivelkReply]:
        """Sets the record locks of a file that was moved."""
    def put(
        self,
        loc: Loc,
        mode: int,
        umask: int,
        flags: int,
        vector: Buffer,
        offset: int,
        dict: Mapping[str, DictValue],
        xdata: Mapping[str, DictValue] | None = None,
    ) -> Awaitable[PutReply]:
        """Makes a file with data and extended attributes atomically."""
    def icreate(
        self,
        loc: Loc,
        mode: int,
        xdata: Mapping[str, DictValue] | None = None,
    ) -> Awaitable[IcreateReply]:
        """Makes a file without a name; loc has its directory, and no name."""
    def namelink(
        self,
        loc: Loc,
        xdata: Mapping[str, DictValue] | None = None,
    ) -> Awaitable[NamelinkReply]:
        """Names an inode without a name."""
    def copy_file_range(
        self,
        fd_in: Fd,
        off_in: int,
        fd_out: Fd,
        off_out: int,
        len: int,
        flags: int,
        xdata: Mapping[str, DictValue] | None = None,
    ) -> Awaitable[CopyFileRangeReply]:
        """Copies from one open file to another inside the storage."""

class Timer:
    """A scheduled call."""

    def cancel(self) -> None:
        """Cancels the call."""

class Translator:
    """Derive `class xlator(Translator)` in your module and define the fops that you want to handle.

    A method named after a fop handles it; a fop without a method passes by at no cost. A plain
    method calls frame.wind, frame.unwind or frame.fail, and `<fop>_cbk` gets the reply to a wind. An
    `async def` awaits self.child.<fop>(...) and returns the reply; an OSError that it raises becomes
    the request's errno. The host calls `<fop>_cancel` when the caller gives up.

    name, type: the volume's. children: the subvolumes; child: the first of them. options: of the
    class, the declared options; of an instance, their values. log: writes to the volume's log.
    passes_through: of the class; whether undefined fops go to the first of several subvolumes.
    Otherwise they fail with EOPNOTSUPP; False declares that this is intended.
    observes: of the class; True declares that readv and writev do not change data, or that the class
    defines every fop that reaches a file's data. Otherwise copies arrive as reads and writes, files
    have no holes, lookups carry no content, and undefined fallocate, zerofill, discard, rchecksum and
    put fail with EOPNOTSUPP.
    """

    name: str
    type: str
    options: ClassVar[Mapping[str, Any]]
    observes: ClassVar[bool]
    passes_through: ClassVar[bool | None]
    children: tuple[Child, ...]
    child: Child
    log: logging.Logger
    def init(self) -> object:
        """Called once before the first request; raise to refuse the start."""
    def fini(self) -> object:
        """Called once after the last request."""
    def notify(self, event: str, *child: Any, **_: Any) -> object:
        """Called with CHILD_UP, CHILD_DOWN, PARENT_UP and other events, by name, and with the child that
        the event is about, or None. A method with `event` alone is enough."""
    def say_up(self, up: bool = True) -> None:
        """From now on the module decides whether its volume is up. By default, a volume is up while all
        of its children are. Call it with False in `init`, and with True when the module can serve. A
        mount waits until its top is up."""
    def reconfigure(self, options: Mapping[str, Any]) -> object:
        """Called after the volume's options have changed; `self.options` has the new values."""
    def statedump(self) -> Mapping[str, int | float | str]:
        """Figures for `glossa stats`, by name."""
    def dump_state(self) -> Any:
        """State for the next version of the code, as JSON can hold it."""
    def load_state(self, state: Any) -> object:
        """Called after `init` with the result of the former code's `dump_state`."""
    def entry_created(self, loc: Loc) -> object:
        """Called after any fop has made this name."""
    def entry_removed(self, loc: Loc) -> object:
        """Called after any fop has removed this name."""
    @overload
    def invalidate(
        self,
        what: Inode | Fd | str,
        name: str,
        *,
        expire: bool = False,
        removed: Inode | str | None = None,
    ) -> None:
        """Revokes a name, or its absence, from the cache of the kernel and of volumes above: by the
        directory and the name, or by a loc with a name.

        expire: the kernel only looks the name up again, and keeps the tree below it.
        removed: the inode that the name led to; its watchers (inotify) get notified.

        It takes effect after the method has returned, and after the replies to all pending requests:
        first forget your own cached values.
        """
    @overload
    def invalidate(self, what: Inode | Fd | str, *, data: bool = True) -> None:
        """Revokes an inode's attributes, and its data unless `data` is False."""
    @overload
    def invalidate(
        self,
        what: Loc,
        *,
        data: bool = True,
        expire: bool = False,
        removed: Inode | str | None = None,
    ) -> None: ...
    @overload
    def invalidate(self) -> None:
        """Revokes every name."""
    def timer(
        self, seconds: float, fn: Callable[..., object], *args: Any, repeat: bool = False
    ) -> Timer:
        """Calls fn(*args) after `seconds`; periodically with `repeat`."""
    def any_fop(self, frame: Frame, *args: Any) -> object:
        """Handles every fop without a method of its own; `frame.name` is its name."""
    def any_cbk(self, frame: Frame, op_ret: int, op_errno: int, *reply: Any) -> object:
        """Gets the reply of every fop without a callback of its own."""
    def any_cancel(self, frame: Frame) -> object:
        """Called when the caller of a request of `any_fop` has given up."""
    def stat(self, frame: Frame, loc: Loc, xdata: Dict | None) -> object:
        """Reads the attributes of an object. Asked by: stat(2) and the like, when the kernel's
        cached attributes have expired.

        loc: the object, by inode, and by parent and name if they are known
        xdata: extra keys between translators; may be missing

        Reply (buf, xdata): buf is the result of stat(2), and the kernel caches it for the attribute
        timeout.
        """
    def stat_cbk(
        self,
        frame: Frame,
        op_ret: int,
        op_errno: int,
        buf: Iatt,
        xdata: Dict | None,
    ) -> object:
        """buf is the result of stat(2), and the kernel caches it for the attribute timeout. After a
        failure (op_ret < 0) all parts are `None`.

        buf: attributes of the object, after the fop
        xdata: extra keys between translators; may be missing
        """
    def stat_cancel(self, frame: Frame) -> object: ...
    def readlink(self, frame: Frame, loc: Loc, size: int, xdata: Dict | None) -> object:
        """Reads the target of a symbolic link. Asked by: readlink(2), and every path that leads
        through the link.

        loc: the object, by inode, and by parent and name if they are known
        size: maximum number of bytes
        xdata: extra keys between translators; may be missing

        Reply (path, buf, xdata): op_ret is the length of path in bytes.
        """
    def readlink_cbk(
        self,
        frame: Frame,
        op_ret: int,
        op_errno: int,
        path: str,
        buf: Iatt,
        xdata: Dict | None,
    ) -> object:
        """op_ret is the length of path in bytes. After a failure (op_ret < 0) all parts are `None`.

        path: the stored target
        buf: attributes of the object, after the fop
        xdata: extra keys between translators; may be missing
        """
    def readlink_cancel(self, frame: Frame) -> object: ...
    def mknod(
        self,
        frame: Frame,
        loc: Loc,
        mode: int,
        rdev: int,
        umask: int,
        xdata: Dict | None,
    ) -> object:
        """Makes a regular file, device, FIFO or socket without opening it. Asked by: mknod(2),
        mkfifo(3), bind(2) of a local socket.

        loc: the object, by inode, and by parent and name if they are known
        mode: type and permission bits, as in stat(2), after the umask
        rdev: the device number, for block and character devices
        umask: the caller's umask, for a storage with default ACLs
        xdata: extra keys between translators; may be missing

        Reply (inode, buf, preparent, postparent, xdata): The kernel links the inode under the name
        and caches buf for a while.
        """
    def mknod_cbk(
        self,
        frame: Frame,
        op_ret: int,
        op_errno: int,
        inode: Inode,
        buf: Iatt,
        preparent: Iatt,
        postparent: Iatt,
        xdata: Dict | None,
    ) -> object:
        """The kernel links the inode under the name and caches buf for a while. After a failure
        (op_ret < 0) all parts are `None`.

        inode: the inode of the name
        buf: attributes of the object, after the fop
        preparent: attributes of the directory before
        postparent: attributes of the directory after
        xdata: extra keys between translators; may be missing
        """
    def mknod_cancel(self, frame: Frame) -> object: ...
    def mkdir(self, frame: Frame, loc: Loc, mode: int, umask: int, xdata: Dict | None) -> object:
        """Makes a directory. Asked by: mkdir(2).

        loc: the object, by inode, and by parent and name if they are known
        mode: type and permission bits, as in stat(2), after the umask
        umask: the caller's umask, for a storage with default ACLs
        xdata: extra keys between translators; may be missing

        Reply (inode, buf, preparent, postparent, xdata): The kernel links the inode under the name
        and caches buf for a while.
        """
    def mkdir_cbk(
        self,
        frame: Frame,
        op_ret: int,
        op_errno: int,
        inode: Inode,
        buf: Iatt,
        preparent: Iatt,
        postparent: Iatt,
        xdata: Dict | None,
    ) -> object:
        """The kernel links the inode under the name and caches buf for a while. After a failure
        (op_ret < 0) all parts are `None`.

        inode: the inode of the name
        buf: attributes of the object, after the fop
        preparent: attributes of the directory before
        postparent: attributes of the directory after
        xdata: extra keys between translators; may be missing
        """
    def mkdir_cancel(self, frame: Frame) -> object: ...
    def unlink(self, frame: Frame, loc: Loc, xflag: int, xdata: Dict | None) -> object:
        """Removes a name of a file; the file is deleted with its last name and last open fd. Asked
        by: unlink(2).

        loc: the object, by inode, and by parent and name if they are known
        xflag: GlusterFS-internal; 0 from a mount
        xdata: extra keys between translators; may be missing

        Reply (preparent, postparent, xdata): Attributes of the directory; the kernel forgets the
        name.
        """
    def unlink_cbk(
        self,
        frame: Frame,
        op_ret: int,
        op_errno: int,
        preparent: Iatt,
        postparent: Iatt,
        xdata: Dict | None,
    ) -> object:
        """Attributes of the directory; the kernel forgets the name. After a failure (op_ret < 0)
        all parts are `None`.

        preparent: attributes of the directory before
        postparent: attributes of the directory after
        xdata: extra keys between translators; may be missing
        """
    def unlink_cancel(self, frame: Frame) -> object: ...
    def rmdir(self, frame: Frame, loc: Loc, flags: int, xdata: Dict | None) -> object:
        """Removes an empty directory; ENOTEMPTY for any other. Asked by: rmdir(2).

        loc: the object, by inode, and by parent and name if they are known
        flags: not 0: with its content; 0 from a mount
        xdata: extra keys between translators; may be missing

        Reply (preparent, postparent, xdata): Attributes of the parent directory; the kernel forgets
        the name.
        """
    def rmdir_cbk(
        self,
        frame: Frame,
        op_ret: int,
        op_errno: int,
        preparent: Iatt,
        postparent: Iatt,
        xdata: Dict | None,
    ) -> object:
        """Attributes of the parent directory; the kernel forgets the name. After a failure (op_ret
        < 0) all parts are `None`.

        preparent: attributes of the directory before
        postparent: attributes of the directory after
        xdata: extra keys between translators; may be missing
        """
    def rmdir_cancel(self, frame: Frame) -> object: ...
    def symlink(
        self,
        frame: Frame,
        linkpath: str,
        loc: Loc,
        umask: int,
        xdata: Dict | None,
    ) -> object:
        """Makes a symbolic link. Asked by: symlink(2).

        linkpath: the target to store
        loc: the object, by inode, and by parent and name if they are known
        umask: the caller's umask, for a storage with default ACLs
        xdata: extra keys between translators; may be missing

        Reply (inode, buf, preparent, postparent, xdata): The kernel links the inode under the name
        and caches buf for a while.
        """
    def symlink_cbk(
        self,
        frame: Frame,
        op_ret: int,
        op_errno: int,
        inode: Inode,
        buf: Iatt,
        preparent: Iatt,
        postparent: Iatt,
        xdata: Dict | None,
    ) -> object:
        """The kernel links the inode under the name and caches buf for a while. After a failure
        (op_ret < 0) all parts are `None`.

        inode: the inode of the name
        buf: attributes of the object, after the fop
        preparent: attributes of the directory before
        postparent: attributes of the directory after
        xdata: extra keys between translators; may be missing
        """
    def symlink_cancel(self, frame: Frame) -> object: ...
    def rename(self, frame: Frame, oldloc: Loc, newloc: Loc, xdata: Dict | None) -> object:
        """Renames an object atomically, and replaces an object of the new name. Asked by:
        rename(2); the flags of renameat2(2) come in xdata.

        oldloc: the existing name
        newloc: the new name; its inode is unset when no object has that name
        xdata: extra keys between translators; may be missing

        Reply (buf, preoldparent, postoldparent, prenewparent, postnewparent, xdata): Attributes of
        the object and of both directories, before and after.
        """
    def rename_cbk(
        self,
        frame: Frame,
        op_ret: int,
        op_errno: int,
        buf: Iatt,
        preoldparent: Iatt,
        postoldparent: Iatt,
        prenewparent: Iatt,
        postnewparent: Iatt,
        xdata: Dict | None,
    ) -> object:
        """Attributes of the object and of both directories, before and after. After a failure
        (op_ret < 0) all parts are `None`.

        buf: attributes of the object, after the fop
        preoldparent: attributes of the old directory before
        postoldparent: attributes of the old directory after
        prenewparent: attributes of the new directory before
        postnewparent: attributes of the new directory after
        xdata: extra keys between translators; may be missing
        """
    def rename_cancel(self, frame: Frame) -> object: ...
    def link(self, frame: Frame, oldloc: Loc, newloc: Loc, xdata: Dict | None) -> object:
        """Adds a name to a file. Asked by: link(2).

        oldloc: the existing name
        newloc: the new name; its inode is unset when no object has that name
        xdata: extra keys between translators; may be missing

        Reply (inode, buf, preparent, postparent, xdata): The kernel links the inode under the name
        and caches buf for a while.
        """
    def link_cbk(
        self,
        frame: Frame,
        op_ret: int,
        op_errno: int,
        inode: Inode,
        buf: Iatt,
        preparent: Iatt,
        postparent: Iatt,
        xdata: Dict | None,
    ) -> object:
        """The kernel links the inode under the name and caches buf for a while. After a failure
        (op_ret < 0) all parts are `None`.

        inode: the inode of the name
        buf: attributes of the object, after the fop
        preparent: attributes of the directory before
        postparent: attributes of the directory after
        xdata: extra keys between translators; may be missing
        """
    def link_cancel(self, frame: Frame) -> object: ...
    def truncate(self, frame: Frame, loc: Loc, offset: int, xdata: Dict | None) -> object:
        """Sets the size of a file, by name. Asked by: truncate(2).

        loc: the object, by inode, and by parent and name if they are known
        offset: the new size, in bytes
        xdata: extra keys between translators; may be missing

        Reply (prebuf, postbuf, xdata): Attributes before and after; the kernel takes size and times
        from those after.
        """
    def truncate_cbk(
        self,
        frame: Frame,
        op_ret: int,
        op_errno: int,
        prebuf: Iatt,
        postbuf: Iatt,
        xdata: Dict | None,
    ) -> object:
        """Attributes before and after; the kernel takes size and times from those after. After a
        failure (op_ret < 0) all parts are `None`.

        prebuf: attributes before
        postbuf: attributes after
        xdata: extra keys between translators; may be missing
        """
    def truncate_cancel(self, frame: Frame) -> object: ...
    def open(self, frame: Frame, loc: Loc, flags: int, fd: Fd, xdata: Dict | None) -> object:
        """Opens a file. Asked by: open(2) of an existing file; ftruncate follows for O_TRUNC.

        loc: the object, by inode, and by parent and name if they are known
        flags: flags of open(2), such as O_RDWR or O_APPEND
        fd: the open file or directory
        xdata: extra keys between translators; may be missing

        Reply (fd, xdata): fd, unchanged. Reads and writes then carry it, until `release`.
        """
    def open_cbk(
        self,
        frame: Frame,
        op_ret: int,
        op_errno: int,
        fd: Fd,
        xdata: Dict | None,
    ) -> object:
        """fd, unchanged. Reads and writes then carry it, until `release`. After a failure (op_ret <
        0) all parts are `None`.

        fd: the open file or directory
        xdata: extra keys between translators; may be missing
        """
    def open_cancel(self, frame: Frame) -> object: ...
    def readv(
        self,
        frame: Frame,
        fd: Fd,
        size: int,
        offset: int,
        flags: int,
        xdata: Dict | None,
    ) -> object:
        """Reads data. Asked by: read(2), pread(2), mmap(2), execve(2); the kernel reads whole
        pages, and ahead.

        fd: the open file or directory
        size: maximum number of bytes
        offset: start, in bytes
        flags: flags of the open
        xdata: extra keys between translators; may be missing

        Reply (vector, stbuf, xdata): op_ret is the number of bytes in vector. Fewer than size means
        that the file ends there, and the kernel shows the rest as zeros or as the end.
        """
    def readv_cbk(
        self,
        frame: Frame,
        op_ret: int,
        op_errno: int,
        vector: Data,
        stbuf: Iatt,
        xdata: Dict | None,
    ) -> object:
        """op_ret is the number of bytes in vector. Fewer than size means that the file ends there,
        and the kernel shows the rest as zeros or as the end. After a failure (op_ret < 0) all parts
        are `None`.

        vector: the data
        stbuf: attributes of the file
        xdata: extra keys between translators; may be missing
        """
    def readv_cancel(self, frame: Frame) -> object: ...
    def writev(
        self,
        frame: Frame,
        fd: Fd,
        vector: Data,
        offset: int,
        flags: int,
        xdata: Dict | None,
    ) -> object:
        """Writes data. Asked by: write(2), pwrite(2), and written pages of mmap(2); with
        `glossa.kill-priv` in xdata the file loses set-user-id and the like.

        fd: the open file or directory
        vector: the data
        offset: start, in bytes
        flags: flags of the open, and O_DSYNC or O_SYNC if this write must be on the disk before the
        reply
        xdata: extra keys between translators; may be missing

        Reply (prebuf, postbuf, xdata): op_ret is the number of bytes written: fewer than given is a
        short write. Attributes before and after; the kernel takes size and times from those after.
        """
    def writev_cbk(
        self,
        frame: Frame,
        op_ret: int,
        op_errno: int,
        prebuf: Iatt,
        postbuf: Iatt,
        xdata: Dict | None,
    ) -> object:
        """op_ret is the number of bytes written: fewer than given is a short write. Attributes
        before and after; the kernel takes size and times from those after. After a failure (op_ret
        < 0) all parts are `None`.

        prebuf: attributes before
        postbuf: attributes after
        xdata: extra keys between translators; may be missing
        """
    def writev_cancel(self, frame: Frame) -> object: ...
    def statfs(self, frame: Frame, loc: Loc, xdata: Dict | None) -> object:
        """Reads the size and the free space of the storage. Asked by: statfs(2), statvfs(3), df.

        loc: the object, by inode, and by parent and name if they are known
        xdata: extra keys between translators; may be missing

        Reply (buf, xdata): buf is the result of statvfs(3).
        """
    def statfs_cbk(
        self,
        frame: Frame,
        op_ret: int,
        op_errno: int,
        buf: Statvfs,
        xdata: Dict | None,
    ) -> object:
        """buf is the result of statvfs(3). After a failure (op_ret < 0) all parts are `None`.

        buf: block sizes and numbers of blocks and files
        xdata: extra keys between translators; may be missing
        """
    def statfs_cancel(self, frame: Frame) -> object: ...
    def flush(self, frame: Frame, fd: Fd, xdata: Dict | None) -> object:
        """Reports the close of one descriptor; others of the file may stay open. Asked by: every
        close(2), also at the end of a process.

        fd: the open file or directory
        xdata: extra keys between translators; may be missing

        Reply (xdata): Success only. close(2) returns an error.
        """
    def flush_cbk(self, frame: Frame, op_ret: int, op_errno: int, xdata: Dict | None) -> object:
        """Success only. close(2) returns an error. After a failure (op_ret < 0) all parts are
        `None`.

        xdata: extra keys between translators; may be missing
        """
    def flush_cancel(self, frame: Frame) -> object: ...
    def fsync(self, frame: Frame, fd: Fd, datasync: int, xdata: Dict | None) -> object:
        """Flushes written data to stable storage. Asked by: fsync(2), fdatasync(2), O_SYNC.

        fd: the open file or directory
        datasync: not 0: only the data and the metadata needed to read it, as fdatasync(2)
        xdata: extra keys between translators; may be missing

        Reply (prebuf, postbuf, xdata): Attributes before and after; the kernel takes size and times
        from those after.
        """
    def fsync_cbk(
        self,
        frame: Frame,
        op_ret: int,
        op_errno: int,
        prebuf: Iatt,
        postbuf: Iatt,
        xdata: Dict | None,
    ) -> object:
        """Attributes before and after; the kernel takes size and times from those after. After a
        failure (op_ret < 0) all parts are `None`.

        prebuf: attributes before
        postbuf: attributes after
        xdata: extra keys between translators; may be missing
        """
    def fsync_cancel(self, frame: Frame) -> object: ...
    def setxattr(
        self,
        frame: Frame,
        loc: Loc,
        dict: Dict,
        flags: int,
        xdata: Dict | None,
    ) -> object:
        """Sets extended attributes. Asked by: setxattr(2).

        loc: the object, by inode, and by parent and name if they are known
        dict: extended attributes, name to value
        flags: 1 XATTR_CREATE: fail with EEXIST; 2 XATTR_REPLACE: fail with ENODATA
        xdata: extra keys between translators; may be missing

        Reply (xdata): Success only.
        """
    def setxattr_cbk(self, frame: Frame, op_ret: int, op_errno: int, xdata: Dict | None) -> object:
        """Success only. After a failure (op_ret < 0) all parts are `None`.

        xdata: extra keys between translators; may be missing
        """
    def setxattr_cancel(self, frame: Frame) -> object: ...
    def getxattr(self, frame: Frame, loc: Loc, name: str | None, xdata: Dict | None) -> object:
        """Reads one or all extended attributes; ENODATA for an absent name. Asked by: getxattr(2),
        listxattr(2).

        loc: the object, by inode, and by parent and name if they are known
        name: the extended attribute's name; none asks for all of them
        xdata: extra keys between translators; may be missing

        Reply (dict, xdata): dict has the value under the name, or all names with their values.
        """
    def getxattr_cbk(
        self,
        frame: Frame,
        op_ret: int,
        op_errno: int,
        dict: Dict,
        xdata: Dict | None,
    ) -> object:
        """dict has the value under the name, or all names with their values. After a failure
        (op_ret < 0) all parts are `None`.

        dict: extended attributes, name to value
        xdata: extra keys between translators; may be missing
        """
    def getxattr_cancel(self, frame: Frame) -> object: ...
    def removexattr(self, frame: Frame, loc: Loc, name: str, xdata: Dict | None) -> object:
        """Removes an extended attribute; ENODATA for an absent name. Asked by: removexattr(2).

        loc: the object, by inode, and by parent and name if they are known
        name: the attribute's name
        xdata: extra keys between translators; may be missing

        Reply (xdata): Success only.
        """
    def removexattr_cbk(
        self,
        frame: Frame,
        op_ret: int,
        op_errno: int,
        xdata: Dict | None,
    ) -> object:
        """Success only. After a failure (op_ret < 0) all parts are `None`.

        xdata: extra keys between translators; may be missing
        """
    def removexattr_cancel(self, frame: Frame) -> object: ...
    def opendir(self, frame: Frame, loc: Loc, fd: Fd, xdata: Dict | None) -> object:
        """Opens a directory. Asked by: opendir(3).

        loc: the object, by inode, and by parent and name if they are known
        fd: the open file or directory
        xdata: extra keys between translators; may be missing

        Reply (fd, xdata): fd, unchanged; valid until `releasedir`.
        """
    def opendir_cbk(
        self,
        frame: Frame,
        op_ret: int,
        op_errno: int,
        fd: Fd,
        xdata: Dict | None,
    ) -> object:
        """fd, unchanged; valid until `releasedir`. After a failure (op_ret < 0) all parts are
        `None`.

        fd: the open file or directory
        xdata: extra keys between translators; may be missing
        """
    def opendir_cancel(self, frame: Frame) -> object: ...
    def fsyncdir(self, frame: Frame, fd: Fd, datasync: int, xdata: Dict | None) -> object:
        """Flushes the names of a directory to stable storage. Asked by: fsync(2) of a directory;
        syncfs(2), as that of the root with glossa.sync-volume in xdata.

        fd: the open file or directory
        datasync: not 0: only the data and the metadata needed to read it, as fdatasync(2)
        xdata: extra keys between translators; may be missing

        Reply (xdata): Success only.
        """
    def fsyncdir_cbk(self, frame: Frame, op_ret: int, op_errno: int, xdata: Dict | None) -> object:
        """Success only. After a failure (op_ret < 0) all parts are `None`.

        xdata: extra keys between translators; may be missing
        """
    def fsyncdir_cancel(self, frame: Frame) -> object: ...
    def access(self, frame: Frame, loc: Loc, mask: int, xdata: Dict | None) -> object:
        """Checks the caller's rights to an object. Asked by: access(2), chdir(2).

        loc: the object, by inode, and by parent and name if they are known
        mask: the requested access: 4 read, 2 write, 1 execute; 0 asks for existence
        xdata: extra keys between translators; may be missing

        Reply (xdata): Success only. EACCES is the usual refusal.
        """
    def access_cbk(self, frame: Frame, op_ret: int, op_errno: int, xdata: Dict | None) -> object:
        """Success only. EACCES is the usual refusal. After a failure (op_ret < 0) all parts are
        `None`.

        xdata: extra keys between translators; may be missing
        """
    def access_cancel(self, frame: Frame) -> object: ...
    def create(
        self,
        frame: Frame,
        loc: Loc,
        flags: int,
        mode: int,
        umask: int,
        fd: Fd,
        xdata: Dict | None,
    ) -> object:
        """Makes and opens a file atomically. Asked by: open(2) with O_CREAT of a name that the
        kernel does not know.

        loc: the object, by inode, and by parent and name if they are known
        flags: flags of open(2), such as O_RDWR or O_APPEND
        mode: permission bits, after the umask
        umask: the caller's umask, for a storage with default ACLs
        fd: the open file or directory
        xdata: extra keys between translators; may be missing

        Reply (fd, inode, buf, preparent, postparent, xdata): fd, unchanged. The kernel links the
        inode under the name and caches buf for a while. EEXIST with O_EXCL for an existing name.
        """
    def create_cbk(
        self,
        frame: Frame,
        op_ret: int,
        op_errno: int,
        fd: Fd,
        inode: Inode,
        buf: Iatt,
        preparent: Iatt,
        postparent: Iatt,
        xdata: Dict | None,
    ) -> object:
        """fd, unchanged. The kernel links the inode under the name and caches buf for a while.
        EEXIST with O_EXCL for an existing name. After a failure (op_ret < 0) all parts are `None`.

        fd: the open file or directory
        inode: the inode of the name
        buf: attributes of the object, after the fop
        preparent: attributes of the directory before
        postparent: attributes of the directory after
        xdata: extra keys between translators; may be missing
        """
    def create_cancel(self, frame: Frame) -> object: ...
    def ftruncate(self, frame: Frame, fd: Fd, offset: int, xdata: Dict | None) -> object:
        """Sets the size of an open file. Asked by: ftruncate(2), and open(2) with O_TRUNC, after
        open.

        fd: the open file or directory
        offset: the new size, in bytes
        xdata: extra keys between translators; may be missing

        Reply (prebuf, postbuf, xdata): Attributes before and after; the kernel takes size and times
        from those after.
        """
    def ftruncate_cbk(
        self,
        frame: Frame,
        op_ret: int,
        op_errno: int,
        prebuf: Iatt,
        postbuf: Iatt,
        xdata: Dict | None,
    ) -> object:
        """Attributes before and after; the kernel takes size and times from those after. After a
        failure (op_ret < 0) all parts are `None`.

        prebuf: attributes before
        postbuf: attributes after
        xdata: extra keys between translators; may be missing
        """
    def ftruncate_cancel(self, frame: Frame) -> object: ...
    def fstat(self, frame: Frame, fd: Fd, xdata: Dict | None) -> object:
        """Reads the attributes of an open file. Asked by: fstat(2), when the kernel's cached
        attributes have expired.

        fd: the open file or directory
        xdata: extra keys between translators; may be missing

        Reply (buf, xdata): buf is the result of fstat(2).
        """
    def fstat_cbk(
        self,
        frame: Frame,
        op_ret: int,
        op_errno: int,
        buf: Iatt,
        xdata: Dict | None,
    ) -> object:
        """buf is the result of fstat(2). After a failure (op_ret < 0) all parts are `None`.

        buf: attributes of the object, after the fop
        xdata: extra keys between translators; may be missing
        """
    def fstat_cancel(self, frame: Frame) -> object: ...
    def lk(self, frame: Frame, fd: Fd, cmd: int, flock: Flock, xdata: Dict | None) -> object:
        """Sets, removes or tests a lock of an application. With glossa.flock in xdata it is a lock
        of flock(2), independent of record locks. Asked by: fcntl(2) locks and flock(2).

        fd: the open file or directory
        cmd: the command: 5 F_GETLK, 6 F_SETLK, 7 F_SETLKW
        flock: type, range in bytes (len 0: to the end), owner and process of the lock
        xdata: extra keys between translators; may be missing

        Reply (flock, xdata): flock: for F_GETLK the conflicting lock, or type unlock without one.
        EAGAIN for a conflict when cmd does not wait; EDEADLK when it would wait for ever.
        """
    def lk_cbk(
        self,
        frame: Frame,
        op_ret: int,
        op_errno: int,
        flock: Flock,
        xdata: Dict | None,
    ) -> object:
        """flock: for F_GETLK the conflicting lock, or type unlock without one. EAGAIN for a
        conflict when cmd does not wait; EDEADLK when it would wait for ever. After a failure
        (op_ret < 0) all parts are `None`.

        flock: type, range in bytes (len 0: to the end), owner and process of the lock
        xdata: extra keys between translators; may be missing
        """
    def lk_cancel(self, frame: Frame) -> object: ...
    def lookup(self, frame: Frame, loc: Loc, xdata: Dict | None) -> object:
        """Finds an object by its name in a directory, or checks that it still exists. Asked by:
        every path of every system call, for each part that the kernel does not know.

        loc: name in parent; without a name, the inode itself by its gfid
        xdata: extra keys between translators; may be missing

        Reply (inode, buf, xdata, postparent): inode and buf, whose ia_gfid and ia_type identify the
        object; the kernel caches name and attributes for their timeouts. ENOENT for an absent name.
        """
    def lookup_cbk(
        self,
        frame: Frame,
        op_ret: int,
        op_errno: int,
        inode: Inode,
        buf: Iatt,
        xdata: Dict | None,
        postparent: Iatt,
    ) -> object:
        """inode and buf, whose ia_gfid and ia_type identify the object; the kernel caches name and
        attributes for their timeouts. ENOENT for an absent name. After a failure (op_ret < 0) all
        parts are `None`.

        inode: the inode of the name
        buf: attributes of the object, after the fop
        xdata: extra keys between translators; may be missing
        postparent: attributes of the directory
        """
    def lookup_cancel(self, frame: Frame) -> object: ...
    def readdir(self, frame: Frame, fd: Fd, size: int, offset: int, xdata: Dict | None) -> object:
        """Lists names of a directory. Asked by: readdir(3).

        fd: the open file or directory
        size: maximum number of bytes
        offset: where to continue: the offset of the last listed entry, which is valid in each open;
        0 is the start
        xdata: extra keys between translators; may be missing

        Reply (entries, xdata): op_ret is the number of entries; 0 is the end of the directory.
        """
    def readdir_cbk(
        self,
        frame: Frame,
        op_ret: int,
        op_errno: int,
        entries: Listing[Dirent],
        xdata: Dict | None,
    ) -> object:
        """op_ret is the number of entries; 0 is the end of the directory. After a failure (op_ret <
        0) all parts are `None`.

        entries: names with inode number, type and the offset to continue after each
        xdata: extra keys between translators; may be missing
        """
    def readdir_cancel(self, frame: Frame) -> object: ...
    def inodelk(
        self,
        frame: Frame,
        volume: str,
        loc: Loc,
        cmd: int,
        flock: Flock,
        xdata: Dict | None,
    ) -> object:
        """Locks a range of an inode among translators, independent of applications' locks. Asked
        by: other translators (replication, healing).

        volume: the domain of the lock: locks of different domains do not conflict
        loc: the object, by inode, and by parent and name if they are known
        cmd: the command: 5 F_GETLK, 6 F_SETLK, 7 F_SETLKW
        flock: type, range in bytes (len 0: to the end), owner and process of the lock
        xdata: extra keys between translators; may be missing

        Reply (xdata): Success only. EAGAIN for a conflict when cmd does not wait.
        """
    def inodelk_cbk(self, frame: Frame, op_ret: int, op_errno: int, xdata: Dict | None) -> object:
        """Success only. EAGAIN for a conflict when cmd does not wait. After a failure (op_ret < 0)
        all parts are `None`.

        xdata: extra keys between translators; may be missing
        """
    def inodelk_cancel(self, frame: Frame) -> object: ...
    def finodelk(
        self,
        frame: Frame,
        volume: str,
        fd: Fd,
        cmd: int,
        flock: Flock,
        xdata: Dict | None,
    ) -> object:
        """As inodelk, of an open file. Asked by: other translators.

        volume: the domain of the lock: locks of different domains do not conflict
        fd: the open file or directory
        cmd: the command: 5 F_GETLK, 6 F_SETLK, 7 F_SETLKW
        flock: type, range in bytes (len 0: to the end), owner and process of the lock
        xdata: extra keys between translators; may be missing

        Reply (xdata): Success only. EAGAIN for a conflict when cmd does not wait.
        """
    def finodelk_cbk(self, frame: Frame, op_ret: int, op_errno: int, xdata: Dict | None) -> object:
        """Success only. EAGAIN for a conflict when cmd does not wait. After a failure (op_ret < 0)
        all parts are `None`.

        xdata: extra keys between translators; may be missing
        """
    def finodelk_cancel(self, frame: Frame) -> object: ...
    def entrylk(
        self,
        frame: Frame,
        volume: str,
        loc: Loc,
        basename: str | None,
        cmd: int,
        type: int,
        xdata: Dict | None,
    ) -> object:
        """Locks a name of a directory, among translators. Asked by: other translators (replication,
        healing).

        volume: the domain of the lock: locks of different domains do not conflict
        loc: the object, by inode, and by parent and name if they are known
        basename: the name in the directory; none is the whole directory
        cmd: 0 lock, 1 unlock, 2 lock without waiting
        type: 0 shared, 1 exclusive
        xdata: extra keys between translators; may be missing

        Reply (xdata): Success only. EAGAIN for a conflict when cmd does not wait.
        """
    def entrylk_cbk(self, frame: Frame, op_ret: int, op_errno: int, xdata: Dict | None) -> object:
        """Success only. EAGAIN for a conflict when cmd does not wait. After a failure (op_ret < 0)
        all parts are `None`.

        xdata: extra keys between translators; may be missing
        """
    def entrylk_cancel(self, frame: Frame) -> object: ...
    def fentrylk(
        self,
        frame: Frame,
        volume: str,
        fd: Fd,
        basename: str | None,
        cmd: int,
        type: int,
        xdata: Dict | None,
    ) -> object:
        """As entrylk, of an open directory. Asked by: other translators.

        volume: the domain of the lock: locks of different domains do not conflict
        fd: the open file or directory
        basename: the name in the directory; none is the whole directory
        cmd: 0 lock, 1 unlock, 2 lock without waiting
        type: 0 shared, 1 exclusive
        xdata: extra keys between translators; may be missing

        Reply (xdata): Success only. EAGAIN for a conflict when cmd does not wait.
        """
    def fentrylk_cbk(self, frame: Frame, op_ret: int, op_errno: int, xdata: Dict | None) -> object:
        """Success only. EAGAIN for a conflict when cmd does not wait. After a failure (op_ret < 0)
        all parts are `None`.

        xdata: extra keys between translators; may be missing
        """
    def fentrylk_cancel(self, frame: Frame) -> object: ...
    def xattrop(
        self,
        frame: Frame,
        loc: Loc,
        optype: int,
        dict: Dict,
        xdata: Dict | None,
    ) -> object:
        """Changes numbers in extended attributes atomically (arrays, big-endian). Asked by: other
        translators (counters of replication and quota).

        loc: the object, by inode, and by parent and name if they are known
        optype: the operation on stored and given values: 0 add 32-bit, 1 add 64-bit, 4 get and set
        dict: extended attributes, name to value
        xdata: extra keys between translators; may be missing

        Reply (dict, xdata): dict has the values after the change; before it, for get and set.
        """
    def xattrop_cbk(
        self,
        frame: Frame,
        op_ret: int,
        op_errno: int,
        dict: Dict,
        xdata: Dict | None,
    ) -> object:
        """dict has the values after the change; before it, for get and set. After a failure (op_ret
        < 0) all parts are `None`.

        dict: extended attributes, name to value
        xdata: extra keys between translators; may be missing
        """
    def xattrop_cancel(self, frame: Frame) -> object: ...
    def fxattrop(self, frame: Frame, fd: Fd, optype: int, dict: Dict, xdata: Dict | None) -> object:
        """As xattrop, of an open file. Asked by: other translators.

        fd: the open file or directory
        optype: the operation on stored and given values: 0 add 32-bit, 1 add 64-bit, 4 get and set
        dict: extended attributes, name to value
        xdata: extra keys between translators; may be missing

        Reply (dict, xdata): dict has the values after the change; before it, for get and set.
        """
    def fxattrop_cbk(
        self,
        frame: Frame,
        op_ret: int,
        op_errno: int,
        dict: Dict,
        xdata: Dict | None,
    ) -> object:
        """dict has the values after the change; before it, for get and set. After a failure (op_ret
        < 0) all parts are `None`.

        dict: extended attributes, name to value
        xdata: extra keys between translators; may be missing
        """
    def fxattrop_cancel(self, frame: Frame) -> object: ...
    def fgetxattr(self, frame: Frame, fd: Fd, name: str | None, xdata: Dict | None) -> object:
        """As getxattr, of an open file. Asked by: fgetxattr(2), flistxattr(2); lsattr(1), for an
        attribute of its own.

        fd: the open file or directory
        name: the extended attribute's name; none asks for all of them
        xdata: extra keys between translators; may be missing

        Reply (dict, xdata): dict has the value under the name, or all names with their values.
        """
    def fgetxattr_cbk(
        self,
        frame: Frame,
        op_ret: int,
        op_errno: int,
        dict: Dict,
        xdata: Dict | None,
    ) -> object:
        """dict has the value under the name, or all names with their values. After a failure
        (op_ret < 0) all parts are `None`.

        dict: extended attributes, name to value
        xdata: extra keys between translators; may be missing
        """
    def fgetxattr_cancel(self, frame: Frame) -> object: ...
    def fsetxattr(self, frame: Frame, fd: Fd, dict: Dict, flags: int, xdata: Dict | None) -> object:
        """As setxattr, of an open file. Asked by: fsetxattr(2); chattr(1), for an attribute of its
        own.

        fd: the open file or directory
        dict: extended attributes, name to value
        flags: 1 XATTR_CREATE: fail with EEXIST; 2 XATTR_REPLACE: fail with ENODATA
        xdata: extra keys between translators; may be missing

        Reply (xdata): Success only.
        """
    def fsetxattr_cbk(self, frame: Frame, op_ret: int, op_errno: int, xdata: Dict | None) -> object:
        """Success only. After a failure (op_ret < 0) all parts are `None`.

        xdata: extra keys between translators; may be missing
        """
    def fsetxattr_cancel(self, frame: Frame) -> object: ...
    def rchecksum(self, frame: Frame, fd: Fd, offset: int, len: int, xdata: Dict | None) -> object:
        """Computes checksums of a range of a file. Asked by: other translators (healing).

        fd: the open file or directory
        offset: start, in bytes
        len: number of bytes
        xdata: extra keys between translators; may be missing

        Reply (weak, strong, xdata): A rolling checksum and a strong one of the same bytes.
        """
    def rchecksum_cbk(
        self,
        frame: Frame,
        op_ret: int,
        op_errno: int,
        weak: int,
        strong: Data,
        xdata: Dict | None,
    ) -> object:
        """A rolling checksum and a strong one of the same bytes. After a failure (op_ret < 0) all
        parts are `None`.

        weak: the rolling checksum
        strong: the strong checksum
        xdata: extra keys between translators; may be missing
        """
    def rchecksum_cancel(self, frame: Frame) -> object: ...
    def setattr(
        self,
        frame: Frame,
        loc: Loc,
        stbuf: Iatt,
        valid: int,
        xdata: Dict | None,
    ) -> object:
        """Changes mode, owner or times. (truncate sets the size.) Asked by: chmod(2), chown(2),
        utimensat(2).

        loc: the object, by inode, and by parent and name if they are known
        stbuf: the new values
        valid: the valid fields of stbuf: 1 mode, 2 uid, 4 gid, 16 atime, 32 mtime, 64 ctime; 128
        and 256 set atime and mtime to the present
        xdata: extra keys between translators; may be missing

        Reply (statpre, statpost, xdata): Attributes before and after; the kernel takes size and
        times from those after.
        """
    def setattr_cbk(
        self,
        frame: Frame,
        op_ret: int,
        op_errno: int,
        statpre: Iatt,
        statpost: Iatt,
        xdata: Dict | None,
    ) -> object:
        """Attributes before and after; the kernel takes size and times from those after. After a
        failure (op_ret < 0) all parts are `None`.

        statpre: attributes before
        statpost: attributes after
        xdata: extra keys between translators; may be missing
        """
    def setattr_cancel(self, frame: Frame) -> object: ...
    def fsetattr(self, frame: Frame, fd: Fd, stbuf: Iatt, valid: int, xdata: Dict | None) -> object:
        """As setattr, of an open file. Asked by: fchmod(2), fchown(2), futimens(3).

        fd: the open file or directory
        stbuf: the new values
        valid: the valid fields of stbuf: 1 mode, 2 uid, 4 gid, 16 atime, 32 mtime, 64 ctime; 128
        and 256 set atime and mtime to the present
        xdata: extra keys between translators; may be missing

        Reply (statpre, statpost, xdata): Attributes before and after; the kernel takes size and
        times from those after.
        """
    def fsetattr_cbk(
        self,
        frame: Frame,
        op_ret: int,
        op_errno: int,
        statpre: Iatt,
        statpost: Iatt,
        xdata: Dict | None,
    ) -> object:
        """Attributes before and after; the kernel takes size and times from those after. After a
        failure (op_ret < 0) all parts are `None`.

        statpre: attributes before
        statpost: attributes after
        xdata: extra keys between translators; may be missing
        """
    def fsetattr_cancel(self, frame: Frame) -> object: ...
    def readdirp(self, frame: Frame, fd: Fd, size: int, offset: int, xdata: Dict | None) -> object:
        """Lists names of a directory, with inode and attributes of each. Asked by: readdir(3), when
        the kernel expects a stat of each name to follow (ls -l).

        fd: the open file or directory
        size: maximum number of bytes
        offset: where to continue: the offset of the last listed entry, which is valid in each open;
        0 is the start
        xdata: extra keys between translators; may be missing

        Reply (entries, xdata): op_ret is the number of entries; 0 is the end. An entry with inode
        and stat saves its lookup.
        """
    def readdirp_cbk(
        self,
        frame: Frame,
        op_ret: int,
        op_errno: int,
        entries: Listing[Dirent],
        xdata: Dict | None,
    ) -> object:
        """op_ret is the number of entries; 0 is the end. An entry with inode and stat saves its
        lookup. After a failure (op_ret < 0) all parts are `None`.

        entries: names with inode number, type and the offset to continue after each
        xdata: extra keys between translators; may be missing
        """
    def readdirp_cancel(self, frame: Frame) -> object: ...
    def getspec(self, frame: Frame, key: str, flags: int) -> object:
        """Reads the text of a volfile. Asked by: clients of a server, never a mount.

        key: the name of the volfile
        flags: 0

        Reply (spec): op_ret is the length of spec.
        """
    def getspec_cbk(self, frame: Frame, op_ret: int, op_errno: int, spec: str) -> object:
        """op_ret is the length of spec. After a failure (op_ret < 0) all parts are `None`.

        spec: its text
        """
    def getspec_cancel(self, frame: Frame) -> object: ...
    def fremovexattr(self, frame: Frame, fd: Fd, name: str, xdata: Dict | None) -> object:
        """As removexattr, of an open file. Asked by: fremovexattr(2).

        fd: the open file or directory
        name: the attribute's name
        xdata: extra keys between translators; may be missing

        Reply (xdata): Success only.
        """
    def fremovexattr_cbk(
        self,
        frame: Frame,
        op_ret: int,
        op_errno: int,
        xdata: Dict | None,
    ) -> object:
        """Success only. After a failure (op_ret < 0) all parts are `None`.

        xdata: extra keys between translators; may be missing
        """
    def fremovexattr_cancel(self, frame: Frame) -> object: ...
    def fallocate(
        self,
        frame: Frame,
        fd: Fd,
        mode: int,
        offset: int,
        len: int,
        xdata: Dict | None,
    ) -> object:
        """Allocates space for a range. Asked by: fallocate(2), posix_fallocate(3).

        fd: the open file or directory
        mode: 1 FALLOC_FL_KEEP_SIZE keeps the size, 0 may grow it; 17 also writes zeros; a storage
        answers EOPNOTSUPP to modes that it does not support
        offset: start, in bytes
        len: number of bytes
        xdata: extra keys between translators; may be missing

        Reply (prebuf, postbuf, xdata): Attributes before and after; the kernel takes size and times
        from those after.
        """
    def fallocate_cbk(
        self,
        frame: Frame,
        op_ret: int,
        op_errno: int,
        prebuf: Iatt,
        postbuf: Iatt,
        xdata: Dict | None,
    ) -> object:
        """Attributes before and after; the kernel takes size and times from those after. After a
        failure (op_ret < 0) all parts are `None`.

        prebuf: attributes before
        postbuf: attributes after
        xdata: extra keys between translators; may be missing
        """
    def fallocate_cancel(self, frame: Frame) -> object: ...
    def discard(self, frame: Frame, fd: Fd, offset: int, len: int, xdata: Dict | None) -> object:
        """Makes a hole: the range reads as zeros, and its space is freed. Asked by: fallocate(2)
        with FALLOC_FL_PUNCH_HOLE.

        fd: the open file or directory
        offset: start, in bytes
        len: number of bytes
        xdata: extra keys between translators; may be missing

        Reply (prebuf, postbuf, xdata): Attributes before and after; the kernel takes size and times
        from those after.
        """
    def discard_cbk(
        self,
        frame: Frame,
        op_ret: int,
        op_errno: int,
        prebuf: Iatt,
        postbuf: Iatt,
        xdata: Dict | None,
    ) -> object:
        """Attributes before and after; the kernel takes size and times from those after. After a
        failure (op_ret < 0) all parts are `None`.

        prebuf: attributes before
        postbuf: attributes after
        xdata: extra keys between translators; may be missing
        """
    def discard_cancel(self, frame: Frame) -> object: ...
    def zerofill(self, frame: Frame, fd: Fd, offset: int, len: int, xdata: Dict | None) -> object:
        """Writes zeros over a range. Asked by: fallocate(2) with FALLOC_FL_ZERO_RANGE, and other
        programs of the same graph.

        fd: the open file or directory
        offset: start, in bytes
        len: number of bytes
        xdata: extra keys between translators; may be missing

        Reply (prebuf, postbuf, xdata): Attributes before and after; the kernel takes size and times
        from those after.
        """
    def zerofill_cbk(
        self,
        frame: Frame,
        op_ret: int,
        op_errno: int,
        prebuf: Iatt,
        postbuf: Iatt,
        xdata: Dict | None,
    ) -> object:
        """Attributes before and after; the kernel takes size and times from those after. After a
        failure (op_ret < 0) all parts are `None`.

        prebuf: attributes before
        postbuf: attributes after
        xdata: extra keys between translators; may be missing
        """
    def zerofill_cancel(self, frame: Frame) -> object: ...
    def ipc(self, frame: Frame, op: int, xdata: Dict | None) -> object:
        """Carries a message between translators. Asked by: other translators.

        op: the receiver: 0 changelog, 1 ctr, 2 upcall
        xdata: extra keys between translators; may be missing

        Reply (xdata): Success only.
        """
    def ipc_cbk(self, frame: Frame, op_ret: int, op_errno: int, xdata: Dict | None) -> object:
        """Success only. After a failure (op_ret < 0) all parts are `None`.

        xdata: extra keys between translators; may be missing
        """
    def ipc_cancel(self, frame: Frame) -> object: ...
    def seek(self, frame: Frame, fd: Fd, offset: int, what: int, xdata: Dict | None) -> object:
        """Finds the next data or the next hole. Asked by: lseek(2) with SEEK_DATA or SEEK_HOLE;
        ENXIO at or behind the end.

        fd: the open file or directory
        offset: start, in bytes
        what: 0 data, 1 hole
        xdata: extra keys between translators; may be missing

        Reply (offset, xdata): offset is its start, in bytes.
        """
    def seek_cbk(
        self,
        frame: Frame,
        op_ret: int,
        op_errno: int,
        offset: int,
        xdata: Dict | None,
    ) -> object:
        """offset is its start, in bytes. After a failure (op_ret < 0) all parts are `None`.

        offset: start, in bytes
        xdata: extra keys between translators; may be missing
        """
    def seek_cancel(self, frame: Frame) -> object: ...
    def lease(self, frame: Frame, loc: Loc, lease: Lease, xdata: Dict | None) -> object:
        """Takes, queries or returns a lease. Asked by: other programs of the same graph.

        loc: the object, by inode, and by parent and name if they are known
        lease: command, type and id of the lease
        xdata: extra keys between translators; may be missing

        Reply (lease, xdata): lease is the held lease.
        """
    def lease_cbk(
        self,
        frame: Frame,
        op_ret: int,
        op_errno: int,
        lease: Lease,
        xdata: Dict | None,
    ) -> object:
        """lease is the held lease. After a failure (op_ret < 0) all parts are `None`.

        lease: command, type and id of the lease
        xdata: extra keys between translators; may be missing
        """
    def lease_cancel(self, frame: Frame) -> object: ...
    def getactivelk(self, frame: Frame, loc: Loc, xdata: Dict | None) -> object:
        """Reads all record locks of a file. Asked by: other translators, before they move it.

        loc: the object, by inode, and by parent and name if they are known
        xdata: extra keys between translators; may be missing

        Reply (locklist, xdata): locklist has the locks.
        """
    def getactivelk_cbk(
        self,
        frame: Frame,
        op_ret: int,
        op_errno: int,
        locklist: Listing[Flock],
        xdata: Dict | None,
    ) -> object:
        """locklist has the locks. After a failure (op_ret < 0) all parts are `None`.

        locklist: the locks held on the file
        xdata: extra keys between translators; may be missing
        """
    def getactivelk_cancel(self, frame: Frame) -> object: ...
    def setactivelk(
        self,
        frame: Frame,
        loc: Loc,
        locklist: Listing[Flock],
        xdata: Dict | None,
    ) -> object:
        """Sets the record locks of a file that was moved. Asked by: other translators, after they
        moved it.

        loc: the object, by inode, and by parent and name if they are known
        locklist: the locks held on the file
        xdata: extra keys between translators; may be missing

        Reply (xdata): Success only.
        """
    def setactivelk_cbk(
        self,
        frame: Frame,
        op_ret: int,
        op_errno: int,
        xdata: Dict | None,
    ) -> object:
        """Success only. After a failure (op_ret < 0) all parts are `None`.

        xdata: extra keys between translators; may be missing
        """
    def setactivelk_cancel(self, frame: Frame) -> object: ...
    def put(
        self,
        frame: Frame,
        loc: Loc,
        mode: int,
        umask: int,
        flags: int,
        vector: Data,
        offset: int,
        dict: Dict,
        xdata: Dict | None,
    ) -> object:
        """Makes a file with data and extended attributes atomically. Asked by: other programs of
        the same graph.

        loc: the object, by inode, and by parent and name if they are known
        mode: type and permission bits, as in stat(2), after the umask
        umask: the caller's umask, for a storage with default ACLs
        flags: flags of open(2), such as O_RDWR or O_APPEND
        vector: the data
        offset: offset of the data in the file
        dict: extended attributes, name to value
        xdata: extra keys between translators; may be missing

        Reply (inode, buf, preparent, postparent, xdata): The kernel links the inode under the name
        and caches buf for a while.
        """
    def put_cbk(
        self,
        frame: Frame,
        op_ret: int,
        op_errno: int,
        inode: Inode,
        buf: Iatt,
        preparent: Iatt,
        postparent: Iatt,
        xdata: Dict | None,
    ) -> object:
        """The kernel links the inode under the name and caches buf for a while. After a failure
        (op_ret < 0) all parts are `None`.

        inode: the inode of the name
        buf: attributes of the object, after the fop
        preparent: attributes of the directory before
        postparent: attributes of the directory after
        xdata: extra keys between translators; may be missing
        """
    def put_cancel(self, frame: Frame) -> object: ...
    def icreate(self, frame: Frame, loc: Loc, mode: int, xdata: Dict | None) -> object:
        """Makes a file without a name; loc has its directory, and no name. Asked by: open(2) with
        O_TMPFILE; open follows, and a link may give it a name.

        loc: the object, by inode, and by parent and name if they are known
        mode: permission bits, after the umask
        xdata: extra keys between translators; may be missing

        Reply (inode, buf, xdata): The inode and its attributes.
        """
    def icreate_cbk(
        self,
        frame: Frame,
        op_ret: int,
        op_errno: int,
        inode: Inode,
        buf: Iatt,
        xdata: Dict | None,
    ) -> object:
        """The inode and its attributes. After a failure (op_ret < 0) all parts are `None`.

        inode: the inode of the name
        buf: attributes of the object, after the fop
        xdata: extra keys between translators; may be missing
        """
    def icreate_cancel(self, frame: Frame) -> object: ...
    def namelink(self, frame: Frame, loc: Loc, xdata: Dict | None) -> object:
        """Names an inode without a name. Asked by: other translators.

        loc: the object, by inode, and by parent and name if they are known
        xdata: extra keys between translators; may be missing

        Reply (prebuf, postbuf, xdata): Attributes of the directory.
        """
    def namelink_cbk(
        self,
        frame: Frame,
        op_ret: int,
        op_errno: int,
        prebuf: Iatt,
        postbuf: Iatt,
        xdata: Dict | None,
    ) -> object:
        """Attributes of the directory. After a failure (op_ret < 0) all parts are `None`.

        prebuf: attributes before
        postbuf: attributes after
        xdata: extra keys between translators; may be missing
        """
    def namelink_cancel(self, frame: Frame) -> object: ...
    def copy_file_range(
        self,
        frame: Frame,
        fd_in: Fd,
        off_in: int,
        fd_out: Fd,
        off_out: int,
        len: int,
        flags: int,
        xdata: Dict | None,
    ) -> object:
        """Copies from one open file to another inside the storage. Asked by: copy_file_range(2),
        cp.

        fd_in: the open source file
        off_in: offset in the source, in bytes
        fd_out: the open target file
        off_out: offset in the target, in bytes
        len: number of bytes
        flags: 0
        xdata: extra keys between translators; may be missing

        Reply (stbuf, prebuf_dst, postbuf_dst, xdata): op_ret is the number of bytes copied.
        """
    def copy_file_range_cbk(
        self,
        frame: Frame,
        op_ret: int,
        op_errno: int,
        stbuf: Iatt,
        prebuf_dst: Iatt,
        postbuf_dst: Iatt,
        xdata: Dict | None,
    ) -> object:
        """op_ret is the number of bytes copied. After a failure (op_ret < 0) all parts are `None`.

        stbuf: attributes of the source file
        prebuf_dst: attributes of the target file before
        postbuf_dst: attributes of the target file after
        xdata: extra keys between translators; may be missing
        """
    def copy_file_range_cancel(self, frame: Frame) -> object: ...
