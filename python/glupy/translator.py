"""The base class of every translator."""

from collections.abc import Callable, Mapping
from typing import Any

import _host

from ._invalidate import invalidate
from ._timer import Timer


class Translator:
    """Derive `class xlator(Translator)` in your module and define the fops that you want to handle.

    A method named after a fop handles it; a fop without a method passes by at no cost. A plain
    method calls frame.wind, frame.unwind or frame.fail, and `<fop>_cbk` gets the reply to a wind. An
    `async def` awaits self.child.<fop>(...) and returns the reply; an OSError that it raises becomes
    the request's errno. The host calls `<fop>_cancel` when the caller gives up.

    name, type: the volume's. children: the subvolumes; child: the first of them. options: of the
    class, the declared options; of an instance, their values. log: writes to the volume's log.
    passes_through: of the class; whether undefined fops go to the first of several subvolumes.
    Otherwise they fail with EOPNOTSUPP; False declares that this is intended.
    observes: of the class; True declares that readv and writev do not change data, or that the class
    defines every fop that reaches a file's data. Otherwise copies arrive as reads and writes, files
    have no holes, lookups carry no content, and undefined fallocate, zerofill, discard, rchecksum and
    put fail with EOPNOTSUPP.
    """

    options = {}
    observes = False
    passes_through = None
    makes_hidden = False
    block_size = 0
    block_overhead = 0
    name = ""
    type = "features/glupy"
    children = ()
    child = None
    log = None

    def init(self) -> object:
        """Called once before the first request; raise to refuse the start."""

    def fini(self) -> object:
        """Called once after the last request."""

    def reconfigure(self, options: Mapping[str, Any]) -> object:
        """Called after the volume's options have changed; `self.options` has the new values."""

    def invalidate(self, what=None, name=None, *, data=True, expire=False, removed=None):
        """Revokes what the kernel and caches above may hold; glupy.pyi.in has each form."""
        invalidate(what, name, data, expire, removed)

    def say_up(self, up: bool = True) -> None:
        """From now on the module decides whether its volume is up. By default, a volume is up while all
        of its children are. Call it with False in `init`, and with True when the module can serve. A
        mount waits until its top is up."""
        _host.up(1 if up else 0)

    def timer(
        self, seconds: float, fn: Callable[..., object], *args: Any, repeat: bool = False
    ) -> Timer:
        """Calls fn(*args) after `seconds`; periodically with `repeat`. fn may be an `async def`; the log
        has what it raises."""
        return Timer(seconds, fn, args, repeat)
