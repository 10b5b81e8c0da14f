"""Encodes values for the host; bridges/host/crossing/message.ts decodes them."""

import _host

from .data import Data, Dict
from .inode import Fd, Inode, Loc
from .values import INSIDE, NULL_GFID, Dirent, Flock, Iatt, Lease, Listing, Statvfs


def pack(frame, arg, value):
    """Encodes an argument; a received value is sent as its origin."""
    if value is None:
        return None
    if isinstance(value, _HOST_VALUES.get(arg.type, ())):
        origin = value._origin
        if origin is not None and origin[0] == frame.id and not value._has_changed():
            return ["=", origin[1], origin[2]]
    return _PACKERS[arg.type](frame, arg, value)


def as_came(row):
    """All arguments of a fop, as received."""
    return [["=", -1, index] for index in range(len(row.args))]


def pad(name, row, given):
    """Arguments that are left out at the end are None."""
    if len(given) > len(row):
        takes = ", ".join(arg.name for arg in row)
        raise TypeError(f"{name} takes {len(row)} arguments ({takes}), not {len(given)}")
    return (*given, *[None] * (len(row) - len(given)))


def _expect(classes, tag, give):
    """Makes a packer for values of these classes."""
    classes = classes if isinstance(classes, tuple) else (classes,)
    wanted = " or ".join(cls.__name__ for cls in classes)

    def packer(frame, arg, value):
        if not isinstance(value, classes):
            raise TypeError(f"{arg.name} must be {wanted}, not {type(value).__name__}")
        return [tag, give(value)]

    return packer


def _scalar(cls):
    def packer(frame, arg, value):
        if not isinstance(value, cls):
            raise TypeError(f"{arg.name} must be {cls.__name__}, not {type(value).__name__}")
        return cls(value)

    return packer


def _dict(frame, arg, value):
    try:
        whole = value if isinstance(value, Dict) else Dict(value)
    except (TypeError, ValueError) as error:
        given = type(value).__name__
        raise TypeError(f"{arg.name} must be a Dict or a dict, not {given} ({error})") from None
    return ["dict", whole.packed()]


def _bytes(value):
    if isinstance(value, Data):
        value = value.view
    elif isinstance(value, memoryview) and not value.c_contiguous:
        value = bytes(value)
    return _host.put(value)


def _items(arg, cls, value):
    if not isinstance(value, (list, tuple, Listing)):
        given = type(value).__name__
        raise TypeError(f"{arg.name} must be a list of {cls.__name__}, not {given}")
    for item in value:
        if not isinstance(item, cls):
            given = type(item).__name__
            raise TypeError(f"{arg.name} must be a list of {cls.__name__}; {given} is in it")
    return value


def _entries(frame, arg, value):
    return ["entries", [_entry(frame, entry) for entry in _items(arg, Dirent, value)]]


def _entry(frame, entry):
    name, off, type, gfid, stat, ref = entry
    here = ref is not None and ref[0] == frame.id
    if stat is not None:
        stat = True if here and stat._origin is INSIDE else stat.fields()
    return [name, off, type, gfid or NULL_GFID, stat, list(ref[1:]) if here else None]


def _locklist(frame, arg, value):
    return ["locklist", [lock.fields() for lock in _items(arg, Flock, value)]]


# Classes of values that stay with the host until changed.
_HOST_VALUES = {
    "iatt": Iatt,
    "dict": Dict,
    "data": Data,
    "entries": Listing,
    "statvfs": Statvfs,
    "flock": Flock,
    "lease": Lease,
    "locklist": Listing,
}

_PACKERS = {
    "loc": _expect(Loc, "loc", Loc._packed),
    "inode": _expect(Inode, "inode", lambda value: value.id),
    "fd": _expect(Fd, "fd", lambda value: value.id),
    "iatt": _expect(Iatt, "iatt", Iatt.fields),
    "dict": _dict,
    "str": _scalar(str),
    "int": _scalar(int),
    "data": _expect((Data, bytes, bytearray, memoryview), "data", _bytes),
    "entries": _entries,
    "statvfs": _expect(Statvfs, "statvfs", Statvfs.fields),
    "flock": _expect(Flock, "flock", Flock.fields),
    "lease": _expect(Lease, "lease", Lease.fields),
    "locklist": _locklist,
}
