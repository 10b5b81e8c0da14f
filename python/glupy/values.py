"""What fops carry: loc, inode, fd, iatt, dict, data and the rest.

These objects are light: what is costly (attributes, the pairs of a dict, the bytes of a read) stays
with the host until it is looked at. What comes with a request lives as long as the request; reading
a field of it for the first time later raises HandleExpired. `copy()` keeps what you need.

An object handed on as it came costs nothing. To change what goes on, change it (`buf.ia_size = 0`,
`xdata["key"] = 1`) or make a new one (`loc.replace(name="other")`, `bytes(data).upper()`).
"""

import json
from collections import _tuplegetter, namedtuple
from collections.abc import MutableMapping

import _host

from .errors import HandleExpired

NULL_GFID = "00000000-0000-0000-0000-000000000000"
ROOT_GFID = "00000000-0000-0000-0000-000000000001"

IA_INVAL, IA_IFREG, IA_IFDIR, IA_IFLNK, IA_IFBLK, IA_IFCHR, IA_IFIFO, IA_IFSOCK = range(8)
# Whether any object was ever changed here: as long as not, nothing needs to be compared.
anything_changed = False
_MODE_BITS = (0, 0o100000, 0o040000, 0o120000, 0o060000, 0o020000, 0o010000, 0o140000)


def fetch(handle):
    """What stands behind a handle, as JSON made it. Raises HandleExpired when it is gone."""
    text = _host.fetch(*handle)
    if text is None:
        raise HandleExpired("this belongs to a request that has ended; copy what you want to keep")
    return json.loads(text)


class Inode:
    """An inode that the volume knows. The same inode is the same object as long as it is known.

    id: number in this volume. gfid: uuid text. ia_type: one of IA_*. ctx: a dict of your own, gone
    when the inode is forgotten.
    """

    __slots__ = ("id", "_gfid", "_type", "_ctx")
    known = {}

    def __init__(self, id):
        self.id = id
        self._gfid = None
        self._ctx = None

    def _look(self):
        gfid, ia_type, path = json.loads(_host.inode(self.id))
        if gfid != NULL_GFID:
            self._gfid, self._type = gfid, ia_type
        return gfid, ia_type, path

    @property
    def gfid(self):
        return self._gfid or self._look()[0]

    @property
    def ia_type(self):
        return self._type if self._gfid else self._look()[1]

    @property
    def path(self):
        """A path from the root, as far as it is known now."""
        return self._look()[2]

    @property
    def ctx(self):
        if self._ctx is None:
            self._ctx = {}
        return self._ctx

    def __repr__(self):
        return f"<Inode {self.id} {self.gfid}>"


def inode(id):
    """The object for an inode's number; None for 0."""
    if not id:
        return None
    found = Inode.known.get(id)
    if found is None:
        found = Inode(id)
        # The host tells when a known inode is forgotten; one without a gfid is not known yet.
        if _host.track(id):
            Inode.known[id] = found
    return found


class Loc(tuple):
    """Where a fop acts: `name` in directory `parent`, and/or the inode itself.

    For a new name the inode is there but has no gfid yet. For a fop by gfid, parent and name are
    None. Locs do not change; `replace` makes another.
    """

    # (inode's number, parent's number, name, gfid when there is no inode, parent's gfid)
    __slots__ = ()

    name = _tuplegetter(2, "The last component of the path; None for a fop by gfid.")
    pargfid = _tuplegetter(4, "The gfid of the directory.")

    @property
    def inode(self):
        return inode(self[0])

    @property
    def parent(self):
        return inode(self[1])

    @property
    def gfid(self):
        """The target's gfid; NULL_GFID as long as nobody knows it."""
        if not self[0]:
            return self[3] or NULL_GFID
        known = Inode.known.get(self[0])
        return known.gfid if known is not None else json.loads(_host.inode(self[0]))[0]

    @property
    def path(self):
        """Path from the root, for people and logs: a rename above may outdate it."""
        if self[1] and self[2] is not None:
            above = self.parent.path
            return above + self[2] if above.endswith("/") else f"{above}/{self[2]}"
        return self.inode.path if self[0] else f"<gfid:{self[3]}>"

    def replace(self, *, name=None, parent=None, inode=None):
        """Another loc with some parts exchanged. `parent` and `inode` are Inode objects."""
        return Loc(
            (
                self[0] if inode is None else inode.id,
                self[1] if parent is None else parent.id,
                self[2] if name is None else name,
                self[3],
                self[4] if parent is None else parent.gfid,
            )
        )

    def __repr__(self):
        return f"<Loc {self.path!r}>"


class Fd:
    """An open file or directory. The same fd is the same object until it is released.

    id, inode, flags (O_*), pid, is_dir; ctx: a dict of your own, gone with the fd.
    """

    __slots__ = ("id", "_about", "_ctx")
    known = {}

    def __init__(self, id):
        self.id = id
        self._about = None
        self._ctx = None

    def _get(self, index):
        if self._about is None:
            self._about = json.loads(_host.fd(self.id))
        return self._about[index]

    inode = property(lambda self: inode(self._get(0)))
    flags = property(lambda self: self._get(1))
    pid = property(lambda self: self._get(2))
    is_dir = property(lambda self: self._get(3))

    @property
    def ctx(self):
        if self._ctx is None:
            self._ctx = {}
        return self._ctx

    def __repr__(self):
        return f"<Fd {self.id} {self.inode!r}>"


def fd(id):
    """The object for an fd's number; None for 0."""
    if not id:
        return None
    found = Fd.known.get(id)
    if found is None:
        found = Fd(id)
        if _host.track_fd(id):
            Fd.known[id] = found
    return found


def _touch(space):
    global anything_changed
    anything_changed = space["_changed"] = True


class Lazy:
    """Fields that are fetched together when one is first read; a write marks the object changed."""

    # Set in the instance by the bridge: where the fields are, or nothing when they are here.
    _handle = None
    _changed = False
    _names = frozenset()

    def __getattr__(self, name):
        if name in self._names:
            handle = self.__dict__.get("_handle")
            if handle is not None:
                self.__dict__.update(zip(self._order, fetch(handle)))
                self.__dict__["_handle"] = None
                return self.__dict__[name]
            return self._defaults.get(name, 0)
        raise AttributeError(f"{type(self).__name__} has no field {name!r}")

    def __setattr__(self, name, value):
        if name not in self._names:
            raise AttributeError(f"{type(self).__name__} has no field {name!r}")
        getattr(self, name)
        self.__dict__[name] = value
        _touch(self.__dict__)

    def fields(self):
        """All fields in the table's order."""
        return [getattr(self, name) for name in self._order]

    def copy(self, **changes):
        """An independent object, with some fields exchanged."""
        return type(self)(**dict(zip(self._order, self.fields())) | changes)

    def __init__(self, **fields):
        for name, value in fields.items():
            setattr(self, name, value)

    def __eq__(self, other):
        return self is other or (type(self) is type(other) and self.fields() == other.fields())

    __hash__ = object.__hash__

    def __repr__(self):
        inner = ", ".join(f"{name}={getattr(self, name)!r}" for name in self._order)
        return f"{type(self).__name__}({inner})"


def _lazy(name, doc, order, **defaults):
    space = {"__doc__": doc, "_order": order, "_names": frozenset(order), "_defaults": defaults}
    return type(name, (Lazy,), space | {"__module__": __name__})


_Iatt = _lazy(
    "Iatt",
    None,
    (
        "ia_gfid ia_type ia_prot ia_nlink ia_uid ia_gid ia_size ia_blocks ia_blksize ia_dev ia_rdev "
        "ia_atime ia_atime_nsec ia_mtime ia_mtime_nsec ia_ctime ia_ctime_nsec ia_btime ia_btime_nsec "
        "ia_flags ia_attributes ia_attributes_mask"
    ).split(),
    ia_gfid=NULL_GFID,
)


class Iatt(_Iatt):
    """The attributes of an inode, named as in GlusterFS's struct iatt.

    ia_type is one of IA_*, ia_prot the permission bits (0o7777), sizes are bytes, ia_blocks units of
    512 bytes, times whole seconds with nanoseconds apart. ia_ctime 0 with ia_nlink 0: not known.
    """

    @property
    def ia_ino(self):
        """The inode number that applications see: the low 8 bytes of the gfid."""
        return int(self.ia_gfid.replace("-", "")[16:], 16)

    @property
    def mode(self):
        """st_mode: type and permission in one."""
        return _MODE_BITS[self.ia_type] | self.ia_prot

    @property
    def known(self):
        return bool(self.ia_ctime or self.ia_nlink)


Statvfs = _lazy(
    "Statvfs",
    "What statvfs(3) tells of a file system: sizes in units of frsize bytes.",
    "bsize frsize blocks bfree bavail files ffree favail fsid flag namemax".split(),
    bsize=4096,
    frsize=4096,
    namemax=255,
)
Flock = _lazy(
    "Flock",
    "A byte-range lock: type 0 read, 1 write, 2 unlock; len 0 reaches to the end of the file.",
    "type whence start len pid owner".split(),
    owner="",
)
Lease = _lazy("Lease", "A lease: cmd, type, id (uuid text), flags.", "cmd type id flags".split(), id=NULL_GFID)

Dirent = namedtuple("Dirent", "name off type gfid stat ref", defaults=(None, None))
Dirent.__doc__ = """An entry of a directory listing; `entry._replace(name=...)` makes a changed one.

off: where a later readdir goes on; type: DT_*; stat: an Iatt, readdirp only; ref: which entry of the
child's reply this one stands for, None for one of your own.
"""

# JSON has no bytes and no typed values, so a dict's pairs travel as [key, type, value].
_INFER = {int: "int", float: "double", str: "str", bytes: "bin", bytearray: "bin", memoryview: "bin"}


def pack_value(value, kind=None):
    """A dict's value as [type, JSON value]."""
    if isinstance(value, Iatt):
        return ["iatt", value.fields()]
    if isinstance(value, bool):
        return ["int", int(value)]
    kind = kind or _INFER.get(type(value))
    if kind is None:
        raise TypeError(f"a dict can hold numbers, str, bytes and Iatt, not {type(value).__name__}")
    if kind in ("bin", "mdata"):
        return [kind, bytes(value).decode("latin-1")]
    return [kind, value]


def unpack_value(kind, value):
    if kind in ("bin", "mdata"):
        return value.encode("latin-1")
    if kind == "iatt":
        return Iatt(**dict(zip(Iatt._order, value)))
    return value


class Dict(MutableMapping):
    """A GlusterFS dict: str keys; values int, float, str, bytes or Iatt. xdata and xattrs are such.

    `types` maps a key to its GlusterFS type (int, uint, double, str, bin, gfuuid, iatt, mdata).
    """

    __slots__ = ("_pairs", "_handle", "_changed", "types")

    def __init__(self, pairs=(), **more):
        self._handle = None
        self._changed = True
        self._pairs = {}
        self.types = {}
        self.update(pairs, **more)

    def _load(self):
        if self._pairs is None:
            packed = fetch(self._handle)
            self.types = {key: kind for key, kind, _ in packed}
            self._pairs = {key: unpack_value(kind, value) for key, kind, value in packed}
            self._handle = None
        return self._pairs

    def __getitem__(self, key):
        return self._load()[key]

    def __setitem__(self, key, value):
        if not isinstance(key, str):
            raise TypeError(f"a dict's keys are str, not {type(key).__name__}")
        pairs = self._load()
        kind, _ = pack_value(value)
        self.types[key] = kind
        pairs[key] = value
        self._touch()

    def set_gfid(self, key, gfid):
        """Stores uuid text as a gfid rather than as a string."""
        self[key] = gfid
        self.types[key] = "gfuuid"

    def __delitem__(self, key):
        del self._load()[key]
        self.types.pop(key, None)
        self._touch()

    def _touch(self):
        global anything_changed
        anything_changed = self._changed = True

    def __iter__(self):
        return iter(self._load())

    def __len__(self):
        return len(self._load())

    def copy(self):
        twin = Dict(self)
        twin.types = dict(self.types)
        return twin

    def packed(self):
        """The pairs as they travel."""
        return [[key, *pack_value(value, self.types.get(key))] for key, value in self._load().items()]

    def __repr__(self):
        return f"Dict({self._load()!r})"


class Data:
    """The bytes of a read or write: a memoryview that is filled when first looked at.

    len(), indexing, slicing, bytes(data), memoryview(data) and data.tobytes() work; it is read-only.
    Handed on untouched, the bytes never enter the interpreter.
    """

    __slots__ = ("_handle", "_length", "_view")

    def __init__(self, handle, length):
        self._handle = handle
        self._length = length
        self._view = None

    @property
    def view(self):
        """The bytes as a memoryview, valid as long as the request."""
        if self._view is None:
            found = _host.data(*self._handle)
            if found is None:
                raise HandleExpired("these bytes belong to a request that has ended")
            self._view = memoryview(found).toreadonly()
        return self._view

    def __buffer__(self, flags):
        return memoryview(self.view)

    def __len__(self):
        return self._length

    nbytes = property(lambda self: self._length)

    def __getitem__(self, key):
        return self.view[key]

    def __iter__(self):
        return iter(self.view)

    def __eq__(self, other):
        return self is other or self.view == other

    __hash__ = object.__hash__

    def __getattr__(self, name):
        return getattr(self.view, name)

    def __repr__(self):
        return f"<Data {self._length} bytes>"
