"""The structures of the original glupy. Those of a request's values show glupy's objects; a field
that glupy lacks is 0, NULL or empty, as in an unfilled structure.

Each has its object as `glupy` (the Loc, the Iatt, the Dict, ...), also those that were opaque.
"""

import struct

from glupy.child import Child
from glupy.inode import Loc
from glupy.values import NULL_GFID, Iatt, Statvfs

from ._objects import HOSTS, POINTER, Array, Pointer, Structure, Union
from ._values import (
    Address,
    Text,
    c_char_p,
    c_int,
    c_int32,
    c_size_t,
    c_ubyte,
    c_uint,
    c_uint8,
    c_uint32,
    c_uint64,
    c_ulong,
    c_void_p,
)

gfid_t = c_ubyte * 16
words_t = c_uint * 4


class Shown(Structure):
    """A structure of one of glupy's objects."""

    # field -> how it is read from the object
    _reads = {}
    _kind = 0
    glupy = None

    @classmethod
    def _of(cls, thing):
        made = cls.__new__(cls)
        made._values, made.glupy = {}, thing
        return made

    def _read(self, name):
        read = self._reads.get(name)
        return None if read is None or self.glupy is None else read(self.glupy)

    def _assigned(self):
        """Fields that do not say any more what the object says, as glupy has them."""
        for name, value in self._values.items():
            inside = isinstance(value, Structure) or getattr(value, "_touched", False)
            if (self._touched or inside) and name in self._reads:
                value = plain(value)
                if self.glupy is None or value != plain(_fresh(self, name)):
                    yield name, value

    def _give(self):
        return self.glupy

    def __repr__(self):
        if hasattr(type(self), "_fields_"):
            return super().__repr__()
        return f"<{type(self).__name__} {self.glupy!r}>"

    def _number(self):
        return self._kind << 48 | getattr(self.glupy, "id", id(self.glupy)) % (1 << 48)


def _fresh(shown, name):
    kind = getattr(type(shown), name).type
    found = shown._read(name)
    return kind._zero() if found is None else kind._convert(found)


def _gfid(gfid):
    return gfid_t._filled(bytes.fromhex((gfid or NULL_GFID).replace("-", "")))


def _words(gfid):
    """A gfid as the numbers that four 32-bit words of this byte order are."""
    return words_t._filled(struct.unpack("<4I", bytes(_gfid(gfid))))


def plain(value):
    """A field's value as glupy has it."""
    if isinstance(value, Array):
        return gfid_of(value)
    if isinstance(value, Address):
        value = value.target
    if isinstance(value, (Pointer, Structure)):
        return value._give()
    return str(value) if isinstance(value, Text) else value


def gfid_of(array):
    """The uuid text of sixteen bytes, or four words."""
    size = 16 // len(array)
    text = b"".join(item.to_bytes(size, "little") for item in array).hex()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


class call_frame_t(Shown):
    _kind = 1


# What a translator is made with, and where its xlator_t is: `addressof(this.contents)`.
C_THIS = 2 << 48 | 0x1000


class xlator_t(Shown):
    _kind = 2

    def _number(self):
        return super()._number() if isinstance(self.glupy, Child) else C_THIS


class dev_t(Structure):
    pass


class dict_t(Shown):
    _kind = 3


class gf_dirent_t(Shown):
    pass


class iobref_t(Shown):
    pass


class iovec_t(Shown):
    """Where data is: `bytes(vector.contents.glupy)` and `string_at(vector, op_ret)` are the data."""


class statvfs_t(Shown):
    _fields_ = [("f_" + name, c_uint64) for name in Statvfs._order]
    _reads = {"f_" + name: getattr(Statvfs, name).fget for name in Statvfs._order}

    def _give(self):
        return _changed(self, Statvfs, lambda name: name[2:])


class gf_flock(Shown):
    pass


class gf_lease(Shown):
    pass


class lock_migration_info_t(Shown):
    pass


class list_head(Structure):
    pass


list_head._fields_ = [("next", POINTER(list_head)), ("prev", POINTER(list_head))]


class rwxperm_t(Structure):
    _fields_ = [("read", c_uint8, 1), ("write", c_uint8, 1), ("execn", c_uint8, 1)]

    @classmethod
    def _bits(cls, bits):
        return cls(bits >> 2 & 1, bits >> 1 & 1, bits & 1)

    def _give(self):
        return self.read << 2 | self.write << 1 | self.execn


class ia_prot_t(Structure):
    _fields_ = [
        ("suid", c_uint8, 1),
        ("sgid", c_uint8, 1),
        ("sticky", c_uint8, 1),
        ("owner", rwxperm_t),
        ("group", rwxperm_t),
        ("other", rwxperm_t),
    ]

    @classmethod
    def _bits(cls, mode):
        special = mode >> 11 & 1, mode >> 10 & 1, mode >> 9 & 1
        return cls(*special, *(rwxperm_t._bits(mode >> shift & 7) for shift in (6, 3, 0)))

    def _give(self):
        special = self.suid << 11 | self.sgid << 10 | self.sticky << 9
        return special | self.owner._give() << 6 | self.group._give() << 3 | self.other._give()


def _changed(shown, make, name_of=str):
    """glupy's object, or a new one, with what was assigned put into it."""
    for name, value in list(shown._assigned()):
        if shown.glupy is None:
            shown.glupy = make()
        setattr(shown.glupy, name_of(name), value)
    if shown.glupy is None:
        shown.glupy = make()
    return shown.glupy


_IATT_TIMES = [
    (f"ia_{which}time{part}", c_uint32) for which in "amc" for part in ("", "_nsec")
]


class iatt_t(Shown):
    _fields_ = [
        ("ia_no", c_uint64),
        ("ia_gfid", gfid_t),
        ("ia_dev", c_uint64),
        ("ia_type", c_uint),
        ("ia_prot", ia_prot_t),
        ("ia_nlink", c_uint32),
        ("ia_uid", c_uint32),
        ("ia_gid", c_uint32),
        ("ia_rdev", c_uint64),
        ("ia_size", c_uint64),
        ("ia_blksize", c_uint32),
        ("ia_blocks", c_uint64),
        *_IATT_TIMES,
    ]
    _reads = {name: getattr(Iatt, name).fget for name, *_ in _fields_[2:]} | {
        "ia_gfid": lambda iatt: _gfid(iatt.ia_gfid),
        "ia_prot": lambda iatt: ia_prot_t._bits(iatt.ia_prot),
    }

    def _read(self, name):
        if name == "ia_no":
            return self.glupy and self.glupy.ia_ino
        return super()._read(name)

    @property
    def ia_ino(self):
        """Its name in GlusterFS."""
        return self.ia_no

    def _give(self):
        return _changed(self, Iatt)


class mem_pool(Structure):
    _fields_ = [
        ("list", list_head),
        ("hot_count", c_int),
        ("cold_count", c_int),
        ("lock", c_void_p),
        ("padded_sizeof_type", c_ulong),
        ("pool", c_void_p),
        ("pool_end", c_void_p),
        ("real_sizeof_type", c_int),
        ("alloc_count", c_uint64),
        ("pool_misses", c_uint64),
        ("max_alloc", c_int),
        ("curr_stdalloc", c_int),
        ("max_stdalloc", c_int),
        ("name", c_char_p),
        ("global_list", list_head),
    ]


class U_ctx_key_inode(Union):
    _fields_ = [("key", c_uint64), ("xl_key", POINTER(xlator_t))]


class U_ctx_key_fd(Union):
    _fields_ = [("key", c_uint64), ("xl_key", c_void_p)]


class U_ctx_value1(Union):
    _fields_ = [("value1", c_uint64), ("ptr1", c_void_p)]


class U_ctx_value2(Union):
    _fields_ = [("value2", c_uint64), ("ptr2", c_void_p)]


class inode_ctx(Structure):
    _anonymous_ = ("u_key", "u_value1", "u_value2")
    _fields_ = [
        ("u_key", U_ctx_key_inode),
        ("u_value1", U_ctx_value1),
        ("u_value2", U_ctx_value2),
    ]


class fd_ctx(Structure):
    _anonymous_ = ("u_key", "u_value1")
    _fields_ = [("u_key", U_ctx_key_fd), ("u_value1", U_ctx_value1)]


class fd_lk_ctx(Structure):
    _fields_ = [("lk_list", list_head), ("ref", c_int), ("lock", c_void_p)]


class inode_t(Shown):
    _kind = 4


class inode_table_t(Shown):
    """The table of a volume's inodes: its root is known here, and its translator."""

    _fields_ = [
        ("lock", c_void_p),
        ("hashsize", c_size_t),
        ("name", c_char_p),
        ("root", POINTER(inode_t)),
        ("xl", POINTER(xlator_t)),
        ("lru_limit", c_uint32),
        ("inode_hash", POINTER(list_head)),
        ("name_hash", POINTER(list_head)),
        ("active", list_head),
        ("active_size", c_uint32),
        ("lru", list_head),
        ("lru_size", c_uint32),
        ("purge", list_head),
        ("purge_size", c_uint32),
        ("inode_pool", POINTER(mem_pool)),
        ("dentry_pool", POINTER(mem_pool)),
        ("fd_mem_pool", POINTER(mem_pool)),
    ]


inode_t._fields_ = [
    ("table", POINTER(inode_table_t)),
    ("gfid", gfid_t),
    ("lock", c_void_p),
    ("nlookup", c_uint64),
    ("fd_count", c_uint32),
    ("ref", c_uint32),
    ("ia_type", c_uint),
    ("fd_list", list_head),
    ("dentry_list", list_head),
    ("hashv", list_head),
    ("listv", list_head),
    ("ctx", POINTER(inode_ctx)),
]
inode_t._reads = {
    "table": lambda inode: inode_table_t(),
    "gfid": lambda inode: _gfid(inode.gfid),
    "ref": lambda inode: 1,
    "ia_type": lambda inode: inode.ia_type,
}


class fd_t(Shown):
    _kind = 5
    _fields_ = [
        ("pid", c_uint64),
        ("flags", c_int32),
        ("refcount", c_int32),
        ("inode_list", list_head),
        ("inode", POINTER(inode_t)),
        ("lock", c_void_p),
        ("ctx", POINTER(fd_ctx)),
        ("xl_count", c_int),
        ("lk_ctx", POINTER(fd_lk_ctx)),
        ("anonymous", c_uint),
    ]
    _reads = {
        "pid": lambda fd: fd.pid,
        "flags": lambda fd: fd.flags,
        "refcount": lambda fd: 1,
        "inode": lambda fd: fd.inode,
    }


def _name(loc):
    """GlusterFS's mounts name what they know a path of; the name of the root is empty."""
    if loc.name is not None:
        return loc.name
    path = loc.path
    return path.rpartition("/")[2] if path.startswith("/") else None


class _Located(Shown):
    """What both generations' loc_t are."""

    def _give(self):
        changes = {name: value for name, value in self._assigned() if name != "path"}
        loc = self.glupy
        if not changes:
            return loc
        parts = {
            "inode": loc and loc.inode,
            "parent": loc and loc.parent,
            "name": loc and loc.name,
            "gfid": loc and "inode" not in changes and loc._packed()[3] or None,
        }
        parts.update((name, value) for name, value in changes.items() if name in parts)
        if parts["gfid"] == NULL_GFID:
            parts["gfid"] = None
        if parts["parent"] is None or parts["name"] is None:
            parts["parent"] = parts["name"] = None
        return Loc.of(**parts)


class loc_t(_Located):
    _fields_ = [
        ("path", c_char_p),
        ("name", c_char_p),
        ("inode", POINTER(inode_t)),
        ("parent", POINTER(inode_t)),
        ("gfid", gfid_t),
        ("pargfid", gfid_t),
    ]
    _reads = {
        "path": lambda loc: loc.path,
        "name": _name,
        "inode": lambda loc: loc.inode,
        "parent": lambda loc: loc.parent,
        "gfid": lambda loc: _gfid(loc.gfid),
        "pargfid": lambda loc: _gfid(loc.pargfid),
    }


class loc_words_t(_Located):
    """loc_t of the earlier generation: gfids are four words, inodes are addresses."""

    _fields_ = [
        ("path", c_char_p),
        ("name", c_char_p),
        ("inode", c_void_p),
        ("parent", c_void_p),
        ("gfid", words_t),
        ("pargfid", words_t),
    ]
    _reads = {
        "path": lambda loc: loc.path,
        "name": _name,
        "inode": lambda loc: _address(loc.inode),
        "parent": lambda loc: _address(loc.parent),
        "gfid": lambda loc: _words(loc.gfid),
        "pargfid": lambda loc: _words(loc.pargfid),
    }


def _address(inode):
    return None if inode is None else POINTER(inode_t)._to(inode)


def _loc_of(fields):
    """The generation of loc_t whose fields a module declares: inodes are addresses, or pointers."""
    return loc_words_t if ("inode", c_void_p) in map(tuple, fields) else loc_t


# Modules of glupy's first day declare the structures themselves.
HOSTS.update({kind.__name__: lambda fields, kind=kind: kind for kind in (call_frame_t, xlator_t, dict_t, inode_t, iatt_t)})
HOSTS["loc_t"] = _loc_of
