"""Rehearses a cache of absent names, so that V8 compiles the interpreter's code for requests before the first one.

The host makes up lookups, numbered 0 as no other request, and passes them to a translator of glupy's own.
"""

import sys
from collections import OrderedDict
from copy import copy
from time import monotonic

from ._entry import fop_entry
from ._entry import reply_entry as _reply_entry
from ._errno import ENOENT
from ._fops import BY_NAME
from .frame import Frame, frame_class
from .inode import Loc


class _Cache:
    """Caches absent names as the example `negative` does: its methods call what most modules' do."""

    limit = 16

    def __init__(self):
        self.absent = OrderedDict()

    def lookup(self, frame, loc, xdata):
        key = loc.pargfid, loc.name
        until = self.absent.get(key)
        if until is not None and not loc.known and monotonic() < until:
            return frame.fail(ENOENT)
        frame.local = key
        frame.wind()

    def lookup_cbk(self, frame, op_ret, op_errno, *reply):
        self.absent[frame.local] = monotonic() + 60
        if len(self.absent) > self.limit:
            self.absent.popitem(last=False)
        frame.unwind(op_ret, op_errno, *reply)


_cache = _Cache()
_row = copy(BY_NAME["lookup"])
_row.method, _row.cbk, _row.cancel = _cache.lookup, _cache.lookup_cbk, None
_row.frame_class = frame_class(_row)
_row.frame_class.wind = Frame.wind  # forbid_winds replaces the other

# The methods that a rehearsal calls, before a module can replace them.
_METHODS = [
    (cls, name, value)
    for cls in (Frame, Loc)
    for name, value in vars(cls).items()
    if name != "wind" and (callable(value) or isinstance(value, property))
]


def is_visible():
    """Whether the module would see a rehearsal: it watches all calls, or has replaced glupy's methods."""
    if sys.gettrace() or sys.getprofile() or any(map(sys.monitoring.get_tool, range(6))):
        return 1
    return int(any(vars(cls).get(name) is not value for cls, name, value in _METHODS))


def entry():
    """The entry point of the rehearsed lookup."""
    return fop_entry(_row)


def reply_entry():
    """The entry point of its reply."""
    return _reply_entry(_row)
