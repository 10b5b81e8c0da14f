"""gluster.glupy: the module that translators for GlusterFS's own glupy are written against.

    from gluster.glupy import *

    class xlator(Translator):
        def lookup_fop(self, frame, this, loc, xdata):
            dl.wind_lookup(frame, POINTER(xlator_t)(), loc, xdata)
            return 0

New translators are better off with `glupy` itself: see docs/write/glupy-compat.md.
"""

import os
import sys

from ._library import OPERATIONS, dl
from ._structs import *  # noqa: F403  (what the original exports)
from .cdata import *  # noqa: F403
from .cdata import __all__ as _CTYPES

IA_INVAL, IA_IFREG, IA_IFDIR, IA_IFLNK, IA_IFBLK, IA_IFCHR, IA_IFIFO, IA_IFSOCK = range(8)


class Translator:
    """Derive `class xlator(Translator)`: each method `<operation>_fop` takes the place of the
    operation, each `<operation>_cbk` sees the reply. A constructor must call this one."""

    def __init__(self, c_this):
        self.stub_refs = {}
        for operation in OPERATIONS.values():
            for kind in ("fop", "cbk"):
                name = f"{operation.name}_{kind}"
                if hasattr(type(self), name):
                    stub = getattr(operation, kind + "_type")(getattr(self, name))
                    self.stub_refs[name] = stub
                    dl[f"set_{name}"](c_this, stub)


_OPS = {operation.cls.__name__: operation.cls for operation in OPERATIONS.values()}
globals().update(_OPS)

_STRUCTURES = """U_ctx_key_fd U_ctx_key_inode U_ctx_value1 U_ctx_value2 call_frame_t dev_t dict_t
fd_ctx fd_lk_ctx fd_t gf_dirent_t gf_flock gf_lease ia_prot_t iatt_t inode_ctx inode_t inode_table_t
iobref_t iovec_t list_head loc_t lock_migration_info_t mem_pool rwxperm_t statvfs_t xlator_t"""
_TYPES = "IA_INVAL IA_IFREG IA_IFDIR IA_IFLNK IA_IFBLK IA_IFCHR IA_IFIFO IA_IFSOCK"

__all__ = ["Translator", "dl", "os", "sys"]
__all__ += [*_CTYPES, *_STRUCTURES.split(), *_TYPES.split(), *_OPS]
