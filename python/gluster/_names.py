"""Names of `gluster` for translators that were written for the original glupy.

`from gluster.glupy import *` is the generation that was part of GlusterFS; see glupy.py there.
`from gluster import *` is the earlier one, of glupy's own repository: functions with decorators
such as `@lookup_fop_t`, which a class `xlator` registers by `dl.set_lookup_fop(xl, f)` when it is
made. Their `loc_t` has gfids as four words. The class Translator, which that repository had at its
end, is here as well.
"""

import os
import sys

import _glossa
from glupy.frame import WORDS

from . import cdata as _cdata

# A module that takes its pointers from ctypes means ours: there is no memory to point at.
sys.modules["ctypes"] = _cdata
os.environ.setdefault("PATH_GLUSTERFS_GLUPY_MODULE", "glupy.so")

from . import glupy  # noqa: E402
from ._adapt import adapt as _adapt  # noqa: E402, F401  (for glupy's find_class)
from ._library import OPERATIONS as _OPERATIONS  # noqa: E402
from .glupy import *  # noqa: E402, F403
from ._structs import loc_words_t as loc_t  # noqa: E402
from .glupy import loc_t as _loc_t  # noqa: E402


def _earlier(signature):
    """The same signature with the earlier loc_t."""
    swap = {glupy.POINTER(_loc_t): glupy.POINTER(loc_t)}
    return tuple(swap.get(kind, kind) for kind in signature)


_decorators = {}
for _operation in _OPERATIONS.values():
    for _kind in ("fop", "cbk"):
        _name = f"{_operation.name}_{_kind}"
        _decorators[_name + "_sig"] = _earlier(getattr(_operation, _kind + "_sig"))
        _decorators[_name + "_t"] = glupy.CFUNCTYPE(*_decorators[_name + "_sig"])
globals().update(_decorators)

__all__ = [*(name for name in glupy.__all__ if name != "loc_t"), "loc_t", *_decorators]

# Messages name what such a module writes.
WORDS |= {
    "missing": "is a dl.wind_{fop} or dl.unwind_{fop} missing?",
    "twice": "is a return missing?",
}

# These files are not the module's: no place in them is where a module has failed.
_own = os.path.dirname(__file__) + "/"
_glossa._files.difference_update([path for path in _glossa._files if path.startswith(_own)])
