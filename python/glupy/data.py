"""Data of reads and writes, and the dicts (xdata, xattrs) of fops."""

from collections.abc import Buffer, Iterator, Mapping, MutableMapping
from math import isfinite
from typing import Any

import _host

from .errors import HandleExpired
from .values import NULL_GFID, HostValue, Iatt, fetch_dict, note_change


type DictValue = int | float | str | bytes | bytearray | memoryview | Data | Iatt


class Data(HostValue):
    """The bytes of a read or write: a read-only memoryview, filled at the first access.

    Passed on untouched, the bytes never enter the interpreter. To change them, pass on other bytes.
    """

    __slots__ = ("_origin", "_length", "_view")

    def __init__(self, origin, length):
        self._origin = origin
        self._length = length
        self._view = None

    @property
    def view(self) -> memoryview:
        """The bytes as a memoryview. After the first access, they stay in the interpreter."""
        if self._view is None:
            found = _host.data(*self._origin)
            if found is None:
                raise HandleExpired("these bytes belong to a request that has ended")
            self._view = found.toreadonly()
        return self._view

    def translate(self, table: Buffer, /, delete: Buffer = b"") -> bytearray:
        """bytes.translate, at twice its speed."""
        return self.view.obj.translate(table, delete)

    def _has_changed(self):
        return False  # immutable

    def _take(self):
        self.view
        self._origin = None

    def __buffer__(self, flags: int, /) -> memoryview:
        return memoryview(self.view)

    def __len__(self) -> int:
        return self._length

    @property
    def nbytes(self) -> int:
        return self._length

    def __getitem__(self, key):
        return self.view[key]

    def __iter__(self):
        return iter(self.view)

    def __eq__(self, other):
        return self is other or self.view == (other.view if isinstance(other, Data) else other)

    __hash__ = object.__hash__

    def __getattr__(self, name):
        if name in Data.__slots__:
            raise AttributeError(name)  # not set yet: the object is being copied
        return getattr(self.view, name)

    def __repr__(self):
        return f"<Data {self._length} bytes>"


# A dict's types, with the check of a value. A new value has the first that fits.
_KINDS = {
    "int": int,
    "double": (float, int),
    "str": str,
    "bin": (bytes, bytearray, memoryview, Data),
    "iatt": Iatt,
    "uint": int,
    "gfuuid": str,
    "mdata": (bytes, bytearray, memoryview, Data),
}
_NO_NUMBERS = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}  # as JavaScript spells them


def _kind_of(value, before):
    """A value's type; a replaced value keeps its type if that fits."""
    if before is not None and isinstance(value, _KINDS[before]):
        if before != "gfuuid" or len(value) == len(NULL_GFID):
            return before
    for kind, classes in _KINDS.items():
        if isinstance(value, classes):
            return kind
    raise TypeError(f"a dict can hold numbers, str, bytes and Iatt, not {type(value).__name__}")


def _pack(kind, value):
    """Converts a value for JSON."""
    if kind in ("bin", "mdata"):
        return bytes(value).decode("latin-1")
    if kind == "iatt":
        return value.fields()
    if kind == "double":
        return float(value) if isfinite(value) else _NO_NUMBERS[str(float(value))]
    return int(value) if kind in ("int", "uint") else value


class Dict(HostValue, MutableMapping):
    """A GlusterFS dict, such as xdata and extended attributes: str keys; values int, float, str,
    bytes or Iatt.

    `types` has each key's GlusterFS type (int, uint, double, str, bin, gfuuid, iatt, mdata).
    A replaced value keeps its type if the new value fits it.
    """

    # _pairs is None before it is fetched; _kinds is text until a type is read.
    __slots__ = ("_origin", "_pairs", "_kinds")

    def __init__(self, pairs=(), **more):
        self._origin = None
        self._pairs = {}
        self._kinds = dict(pairs.types) if isinstance(pairs, Dict) else {}
        self.update(pairs, **more)

    def _load(self):
        if self._pairs is None:
            self._pairs, self._kinds = fetch_dict(self._origin)
        return self._pairs

    def _has_changed(self):
        if self._origin is None:
            return True
        inside = self._pairs or {}
        return any(isinstance(value, Iatt) and value._has_changed() for value in inside.values())

    def _take(self):
        self._load()
        self._origin = None

    @property
    def types(self) -> dict[str, str]:
        pairs = self._load()
        if isinstance(self._kinds, str):
            self._kinds = dict(zip(pairs, self._kinds.split()))
        return self._kinds

    def __getitem__(self, key: str) -> Any:
        pairs = self._pairs
        return (self._load() if pairs is None else pairs)[key]

    def __setitem__(self, key: str, value: DictValue) -> None:
        self.set(key, value, _kind_of(value, self.types.get(key)))

    def set(self, key: str, value: DictValue, type: str) -> None:
        """Stores a value as a GlusterFS type, as in `xdata.set("gfid-req", gfid, "gfuuid")`."""
        if not isinstance(key, str):
            raise TypeError(f"a dict's keys are str, not {key.__class__.__name__}")
        if not isinstance(value, _KINDS[type]):
            raise TypeError(f"{key}: {value.__class__.__name__} cannot be a {type}")
        self.types[key] = type
        self._pairs[key] = value
        self._change()

    def __delitem__(self, key: str) -> None:
        del self.types[key]
        del self._pairs[key]
        self._change()

    def _change(self):
        if self._origin is not None:
            self._origin = None
            note_change()

    def __iter__(self) -> Iterator[str]:
        return iter(self._load())

    def __len__(self) -> int:
        return len(self._load())

    def __bool__(self):
        return len(self) > 0

    def __eq__(self, other):
        return self is other or (isinstance(other, Mapping) and self._load() == dict(other))

    __hash__ = None

    def copy(self) -> Dict:
        """An independent dict of the same pairs and types."""
        return Dict(self)

    def packed(self):
        """The pairs for JSON, which has neither bytes nor typed values."""
        kinds = self.types
        return [[key, kinds[key], _pack(kinds[key], value)] for key, value in self._pairs.items()]

    def __repr__(self):
        return f"Dict({self._load()!r})"


class HostDict(Dict):
    """A received Dict, with a fast constructor, as one is made per request."""

    __slots__ = ()

    def __init__(self, origin):
        self._origin = origin
        self._pairs = None


HostDict.__name__ = "Dict"
