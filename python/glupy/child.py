"""Children, whose fops an `async def` awaits."""

import _host

from ._async import caller
from ._fops import BY_NAME


class Child:
    """A subvolume. `await child.lookup(loc, xdata)` gives its Reply, or raises OSError.

    Every fop is a method; arguments that are left out at the end are None. The request starts when
    the method is called, so several can be under way at once (asyncio.gather). Inside a fop it is
    made in the caller's name; anywhere else, and after the answer, it is one of the translator's
    own: made as root, and its reply is yours to keep. `open`, `opendir` and `create` without an fd
    make one of your own, which you close.

    index: its place in `self.children`; name, type: the volume's.
    up: whether it can serve, as it has said last.
    """

    def __init__(self, index, name, type):
        self.index = index
        self.name = name
        self.type = type

    @property
    def up(self):
        return _host.child_up(self.index) == 1

    def __getattr__(self, name):
        row = BY_NAME.get(name)
        if row is None:
            raise AttributeError(f"{name} is not a fop")
        self.__dict__[name] = call = caller(self, row)
        return call

    def __repr__(self):
        return f"<Child {self.index} {self.name} ({self.type})>"
