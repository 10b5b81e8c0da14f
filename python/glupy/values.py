"""What fops carry: attributes, directory entries, locks.

These objects are light: what is costly stays with the host until it is looked at. What comes with a
request lives as long as the request; reading a field of it for the first time later raises
HandleExpired. `copy()` keeps what you need.

An object handed on as it came costs nothing. To change what goes on, change it (`buf.ia_size = 0`)
or hand on another one (`buf.copy(ia_size=0)`).
"""

import json
from collections import namedtuple
from collections.abc import MutableSequence

import _host

from .errors import HandleExpired

NULL_GFID = "00000000-0000-0000-0000-000000000000"
ROOT_GFID = "00000000-0000-0000-0000-000000000001"

IA_INVAL, IA_IFREG, IA_IFDIR, IA_IFLNK, IA_IFBLK, IA_IFCHR, IA_IFIFO, IA_IFSOCK = range(8)
_MODE_BITS = (0, 0o100000, 0o040000, 0o120000, 0o060000, 0o020000, 0o010000, 0o140000)

# Whether anything that came with a request was ever changed here: as long as not, no answer needs
# to be looked through for changes.
anything_changed = False


def note_change():
    global anything_changed
    anything_changed = True


def fetch(origin):
    """What stands behind an origin, as JSON made it. Raises HandleExpired when it is gone."""
    text = _host.fetch(*origin)
    if text is None:
        raise HandleExpired("this belongs to a request that has ended; copy what you want to keep")
    return json.loads(text)


class Lent:
    """What came with a request: the host has the original.

    _origin: (request, wind, index) of the original, as long as this stands for it; None otherwise.
    """

    __slots__ = ()

    def _has_changed(self):
        """Whether this differs from the original."""
        raise NotImplementedError

    def _take(self):
        """Makes it independent of its request."""
        raise NotImplementedError


def changed(args):
    """Whether any of these differs from what it came as."""
    return anything_changed and any(isinstance(arg, Lent) and arg._has_changed() for arg in args)


class Fields(Lent):
    """Named numbers and texts, fetched together when one is first read."""

    _origin = None
    _changed = False
    _order = ()
    _names = frozenset()
    _defaults = {}

    def __init__(self, **fields):
        self.__dict__["_changed"] = True  # there is no original that it could be taken for
        for name, value in fields.items():
            setattr(self, name, value)

    @classmethod
    def _lent(cls, origin):
        made = cls.__new__(cls)
        made.__dict__["_origin"] = origin
        return made

    @classmethod
    def _made(cls, values):
        """Of all values in order, taken as they are."""
        made = cls.__new__(cls)
        made.__dict__.update(zip(cls._order, values))
        return made

    def _is_here(self):
        return self._origin is None or self._order[0] in self.__dict__

    def __getattr__(self, name):
        if name not in self._names:
            raise AttributeError(f"{type(self).__name__} has no field {name!r}")
        if self._is_here():
            return self._defaults.get(name, 0)
        self.__dict__.update(zip(self._order, fetch(self._origin)))
        return self.__dict__[name]

    def __setattr__(self, name, value):
        if name not in self._names:
            if isinstance(getattr(type(self), name, None), property):
                return object.__setattr__(self, name, value)
            raise AttributeError(f"{type(self).__name__} has no field {name!r}")
        wanted = type(self._defaults.get(name, 0))
        if not isinstance(value, wanted):
            given = type(value).__name__
            raise TypeError(f"{type(self).__name__}.{name} must be {wanted.__name__}, not {given}")
        getattr(self, name)  # the other fields must be here before this one differs
        self.__dict__[name] = int(value) if wanted is int else value
        if not self._changed:
            self.__dict__["_changed"] = True
            note_change()

    def _has_changed(self):
        return self._changed

    def _take(self):
        getattr(self, self._order[0])
        self.__dict__["_origin"] = None

    def fields(self):
        """All fields in order."""
        return [getattr(self, name) for name in self._order]

    def copy(self, **changes):
        """An independent object, with some fields exchanged."""
        return type(self)(**dict(zip(self._order, self.fields())) | changes)

    def __eq__(self, other):
        return self is other or (type(self) is type(other) and self.fields() == other.fields())

    __hash__ = object.__hash__

    def __repr__(self):
        if not self._is_here():
            return f"<{type(self).__name__}>"
        inner = ", ".join(f"{name}={getattr(self, name)!r}" for name in self._order)
        return f"{type(self).__name__}({inner})"


def _fields(order, **defaults):
    """The class attributes of a Fields class. A field's type is that of its default, or int."""
    names = tuple(order.split())
    return names, frozenset(names), defaults


class Iatt(Fields):
    """The attributes of an inode, named as in GlusterFS's struct iatt.

    ia_gfid: uuid text. ia_type: one of IA_*. ia_prot: the permission bits (0o7777). ia_size is in
    bytes, ia_blocks in units of 512. Times are whole seconds, their nanoseconds apart. ia_ctime 0
    with ia_nlink 0 means that nobody knows the attributes. A new one has zeros everywhere.
    """

    _order, _names, _defaults = _fields(
        "ia_gfid ia_type ia_prot ia_nlink ia_uid ia_gid ia_size ia_blocks ia_blksize ia_dev ia_rdev "
        "ia_atime ia_atime_nsec ia_mtime ia_mtime_nsec ia_ctime ia_ctime_nsec ia_btime ia_btime_nsec "
        "ia_flags ia_attributes ia_attributes_mask",
        ia_gfid=NULL_GFID,
    )

    @property
    def ia_ino(self):
        """The inode number that applications see: the low 8 bytes of the gfid."""
        return int(self.ia_gfid.replace("-", "")[16:], 16)

    @property
    def mode(self):
        """st_mode: type and permission in one. Setting it sets both."""
        return _MODE_BITS[self.ia_type] | self.ia_prot

    @mode.setter
    def mode(self, value):
        bits = value & 0o170000
        self.ia_type = _MODE_BITS.index(bits) if bits in _MODE_BITS else IA_INVAL
        self.ia_prot = value & 0o7777

    @property
    def known(self):
        """Whether these attributes mean anything."""
        return bool(self.ia_ctime or self.ia_nlink)


class Statvfs(Fields):
    """What statvfs(3) tells of a file system: blocks, bfree, bavail are units of frsize bytes."""

    _order, _names, _defaults = _fields(
        "bsize frsize blocks bfree bavail files ffree favail fsid flag namemax",
        bsize=4096,
        frsize=4096,
        namemax=255,
    )


class Flock(Fields):
    """A byte-range lock: type 0 read, 1 write, 2 unlock; len 0 reaches to the end of the file.

    owner: the lock owner's bytes as hexadecimal text.
    """

    _order, _names, _defaults = _fields("type whence start len pid owner", owner="")


class Lease(Fields):
    """A lease: cmd 1 get, 2 set, 3 unlock; type 0 none, 1 read, 2 read and write; id, uuid text."""

    _order, _names, _defaults = _fields("cmd type id flags", id=NULL_GFID)


Dirent = namedtuple("Dirent", "name off type gfid stat ref", defaults=(NULL_GFID, None, None))
Dirent.__doc__ = """An entry of a directory listing; `entry._replace(name=...)` makes a changed one.

off: where a later readdir goes on after it. type: DT_*, which is an st_mode >> 12. gfid: uuid text.
stat: an Iatt, readdirp only. ref: where the entry came from; leave it out in one of your own.

An empty listing means the end of the directory. Who drops all entries of a reply must ask the child
again, from the last entry's off, or what follows is never seen.
"""


def _dirents(origin):
    request, wind, index = origin
    for name, off, type, gfid, stat, (_, _, entry) in fetch(origin):
        iatt = None if stat is None else Iatt._made(stat)
        yield Dirent(name, off, type, gfid, iatt, (request, wind, index, entry))


def _flocks(origin):
    return map(Flock._made, fetch(origin))


class Listing(Lent, MutableSequence):
    """A list of Dirent or Flock, fetched when first looked at. It can be changed like any list."""

    __slots__ = ("_origin", "_make", "_items", "_changed")

    def __init__(self, origin, make):
        self._origin = origin
        self._make = make
        self._items = None
        self._changed = False

    def _load(self):
        if self._items is None:
            self._items = list(self._make(self._origin))
        return self._items

    def _has_changed(self):
        if self._items is None:
            return False
        return self._changed or any(_differs(item) for item in self._items)

    def _take(self):
        self._items = [_independent(item) for item in self._load()]
        self._origin = None

    def _change(self):
        self._changed = True
        note_change()
        return self._load()

    def __getitem__(self, key):
        return self._load()[key]

    def __setitem__(self, key, value):
        self._change()[key] = value

    def __delitem__(self, key):
        del self._change()[key]

    def __len__(self):
        return len(self._load())

    def insert(self, index, value):
        self._change().insert(index, value)

    def __add__(self, other):
        return self._load() + list(other)

    def __radd__(self, other):
        return list(other) + self._load()

    def __eq__(self, other):
        return self is other or list(self) == other

    __hash__ = None

    def __repr__(self):
        return repr(self._load())


def _differs(item):
    value = item.stat if isinstance(item, Dirent) else item
    return isinstance(value, Lent) and value._has_changed()


def _independent(item):
    return item._replace(ref=None) if isinstance(item, Dirent) else item
