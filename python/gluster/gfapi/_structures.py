"""Attributes as libgfapi's structures: objects with fields, and no tuples."""
import os
from ctypes import Structure, c_char, c_int64, c_ubyte, c_uint32, c_uint64, c_ushort

_TIMES = "atime", "mtime", "ctime"


class Stat(Structure):
    """struct stat; times are whole seconds, with the nanoseconds in fields of their own."""

    _fields_ = [
        *[(f"st_{name}", c_uint64) for name in ("dev", "ino", "nlink")],
        *[(f"st_{name}", c_uint32) for name in ("mode", "uid", "gid")],
        ("st_rdev", c_uint64),
        *[(f"st_{name}", c_int64) for name in ("size", "blksize", "blocks")],
        *[(f"st_{name}{unit}", c_int64) for name in _TIMES for unit in ("", "nsec")],
    ]

    @classmethod
    def of(cls, found):
        """From the attributes as `os.stat` returns them."""
        made = cls()
        for name, _ in cls._fields_[:10]:
            setattr(made, name, getattr(found, name))
        for name in _TIMES:
            seconds, nanoseconds = divmod(getattr(found, f"st_{name}_ns"), 10**9)
            setattr(made, f"st_{name}", seconds)
            setattr(made, f"st_{name}nsec", nanoseconds)
        return made


class Statvfs(Structure):
    """struct statvfs."""

    _fields_ = [(name, c_uint64) for name in dir(os.statvfs_result) if name.startswith("f_")]

    @classmethod
    def of(cls, found):
        """From the numbers as `os.statvfs` returns them."""
        return cls(*(getattr(found, name) for name, _ in cls._fields_))


class Dirent(Structure):
    """struct dirent."""

    _fields_ = [("d_ino", c_uint64), ("d_off", c_uint64), ("d_reclen", c_ushort), ("d_type", c_ubyte),
                ("d_name", c_char * 256)]
