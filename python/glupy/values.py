"""Values of fops: attributes, directory entries, locks.

A costly value stays with the host until read, and lives as long as its request; the first read of a
field after that raises HandleExpired. `copy()` keeps a value.

Passing a value on unchanged costs nothing. To change it, set fields (`buf.ia_size = 0`) or pass a
copy (`buf.copy(ia_size=0)`).
"""

from collections import namedtuple
from collections.abc import MutableSequence

import _host

from ._fields import FLOCK_FIELDS, IATT_FIELDS, LEASE_FIELDS, STATVFS_FIELDS
from ._json import loads
from .errors import HandleExpired

NULL_GFID = "00000000-0000-0000-0000-000000000000"
ROOT_GFID = "00000000-0000-0000-0000-000000000001"

IA_INVAL, IA_IFREG, IA_IFDIR, IA_IFLNK, IA_IFBLK, IA_IFCHR, IA_IFIFO, IA_IFSOCK = range(8)
_MODE_BITS = (0, 0o100000, 0o040000, 0o120000, 0o060000, 0o020000, 0o010000, 0o140000)

# True once the module has changed any received value; until then no answer is compared with its
# origin.
anything_changed = False


def note_change():
    global anything_changed
    anything_changed = True


def fetch(origin):
    """Fetches the value at an origin, as parsed JSON. Raises HandleExpired when it is gone."""
    return loads(_known(_host.fetch(*origin)))


def fetch_dict(origin):
    """Fetches the dict at an origin: its pairs, and their types as text."""
    pairs, types = _known(_host.dict(*origin))
    if "iatt" in types:
        for key, kind in zip(pairs, types.split()):
            if kind == "iatt":
                pairs[key] = Iatt._made(loads(pairs[key]))
    return pairs, types


def _known(found):
    if found is None:
        raise HandleExpired("this belongs to a request that has ended; copy what you want to keep")
    return found


class HostValue:
    """A received value, whose original the host has.

    _origin: (request, wind, index) of the original while unchanged; None otherwise.
    """

    __slots__ = ()

    def _has_changed(self):
        """True if this differs from the original."""
        return self._origin is None

    def _take(self):
        """Makes it independent of its request."""
        raise NotImplementedError


def changed(args):
    """True if any value differs from its original."""
    return anything_changed and any(
        isinstance(arg, HostValue) and arg._has_changed() for arg in args
    )


# The origin of a value inside another one: not fetchable alone, but it shows changes.
INSIDE = (0, 0, 0)


class Fields(HostValue):
    """A structure of numbers and texts, fetched as a whole on first read."""

    # _values is None before they are fetched.
    __slots__ = ("_origin", "_values")

    def __init_subclass__(cls, fields=None):
        """fields: each field's initial value, which determines its type."""
        if fields is None:
            return
        cls._order = tuple(fields)
        cls._defaults = tuple(fields.values())
        for index, name in enumerate(cls._order):
            setattr(cls, name, _field(name, index, type(cls._defaults[index])))
        # One is made for every reply: a fast constructor without lookups.
        space = {"__slots__": (), "__init__": _init_from_host, "__doc__": cls.__doc__}
        cls._own = cls
        cls._from_host = type(cls.__name__, (cls,), space)

    def __init__(self, **fields):
        self._origin = None
        self._values = list(self._defaults)
        for name, value in fields.items():
            if name not in self._order:
                raise AttributeError(f"{type(self).__name__} has no field {name!r}")
            setattr(self, name, value)

    @classmethod
    def _made(cls, values):
        """Makes a structure inside another value, from its fields in order."""
        made = cls._from_host(INSIDE)
        made._values = values
        return made

    def _load(self):
        if self._values is None:
            self._values = fetch(self._origin)
        return self._values

    def _take(self):
        self._load()
        self._origin = None

    def fields(self):
        """All fields in order."""
        return list(self._load())

    def copy(self, **changes):
        """An independent object, with some fields exchanged."""
        made = self._own(**changes)
        for index, name in enumerate(self._order):
            if name not in changes:
                made._values[index] = self._load()[index]
        return made

    def __eq__(self, other):
        if self is other:
            return True
        alike = isinstance(other, Fields) and self._own is other._own
        return alike and self._load() == other._load()

    __hash__ = None

    def __repr__(self):
        if self._values is None:
            return f"<{type(self).__name__}>"
        inner = ", ".join(f"{name}={value!r}" for name, value in zip(self._order, self._values))
        return f"{type(self).__name__}({inner})"


def _init_from_host(self, origin):
    self._origin = origin
    self._values = None


def _field(name, index, kind):
    """Makes a field's property: reading fetches all fields, writing marks the object as changed."""

    def get(self):
        values = self._values
        return (self._load() if values is None else values)[index]

    def set(self, value):
        if not isinstance(value, kind):
            given = type(value).__name__
            raise TypeError(f"{type(self).__name__}.{name} must be {kind.__name__}, not {given}")
        self._load()[index] = kind(value)
        if self._origin is not None:
            self._origin = None
            note_change()

    return property(get, set)


class Iatt(Fields, fields=IATT_FIELDS):
    """The attributes of an inode, named as in GlusterFS's struct iatt.

    Times are whole seconds, their nanoseconds apart. ia_ctime 0 with ia_nlink 0 means unknown
    attributes. A new Iatt has zeros everywhere.
    """

    __slots__ = ()

    @property
    def ia_ino(self) -> int:
        """The inode number that applications see: the low 63 bits of the gfid; never 0."""
        return int(self.ia_gfid.replace("-", "")[16:], 16) & 0x7FFF_FFFF_FFFF_FFFF or 0xFFFF_FFFF

    @property
    def mode(self) -> int:
        """st_mode: type and permission in one. Setting it sets both."""
        return _MODE_BITS[self.ia_type] | self.ia_prot

    @mode.setter
    def mode(self, value: int) -> None:
        bits = value & 0o170000
        self.ia_type = _MODE_BITS.index(bits) if bits in _MODE_BITS else IA_INVAL
        self.ia_prot = value & 0o7777

    @property
    def known(self) -> bool:
        """Whether the attributes are known."""
        return bool(self.ia_ctime or self.ia_nlink)


class Statvfs(Fields, fields=STATVFS_FIELDS):
    """Figures of a file system, as in statvfs(3)."""

    __slots__ = ()


class Flock(Fields, fields=FLOCK_FIELDS):
    """A byte-range lock."""

    __slots__ = ()


class Lease(Fields, fields=LEASE_FIELDS):
    """A lease."""

    __slots__ = ()


Dirent = namedtuple("Dirent", "name off type gfid stat ref", defaults=(NULL_GFID, None, None))


def dirents(origin):
    request, wind, index = origin
    for name, off, type, gfid, stat, (_, _, entry) in fetch(origin):
        iatt = None if stat is None else Iatt._made(stat)
        yield Dirent(name, off, type, gfid, iatt, (request, wind, index, entry))


def flocks(origin):
    return map(Flock._made, fetch(origin))


class Listing(HostValue, MutableSequence):
    """A list of Dirent or Flock, fetched at the first access. It can be changed like any list."""

    __slots__ = ("_origin", "_make", "_items")

    def __init__(self, origin, make):
        self._origin = origin
        self._make = make
        self._items = None

    def _load(self):
        if self._items is None:
            self._items = list(self._make(self._origin))
        return self._items

    def _has_changed(self):
        if self._origin is None:
            return True
        return self._items is not None and any(_differs(item) for item in self._items)

    def _take(self):
        self._items = [_independent(item) for item in self._load()]
        self._origin = None

    def _change(self):
        items = self._load()
        self._origin = None
        note_change()
        return items

    def __getitem__(self, key):
        return self._load()[key]

    def __setitem__(self, key, value):
        self._change()[key] = value

    def __delitem__(self, key: int | slice) -> None:
        del self._change()[key]

    def __len__(self) -> int:
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
    return isinstance(value, HostValue) and value._has_changed()


def _independent(item):
    return item._replace(ref=None) if isinstance(item, Dirent) else item
