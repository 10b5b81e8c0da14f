"""Children, whose fops an `async def` awaits."""

import _host

from ._async import caller
from ._fops import BY_NAME


class Child:
    """A subvolume. `await child.lookup(loc, xdata)` gives its Reply, or raises OSError.

    The request starts when the method is called, so several can run at once (asyncio.gather). Inside
    a fop it has the caller's identity; elsewhere, and after the answer, it is the translator's own:
    it runs as root, and its reply outlives it. `open`, `opendir` and `create` without an fd make an
    fd that you must close.

    index: its index in `self.children`; name, type: the volume's.
    """

    def __init__(self, index, name, type):
        self.index = index
        self.name = name
        self.type = type

    @property
    def up(self) -> bool:
        """Whether the subvolume can serve, according to its last event."""
        return _host.child_up(self.index) == 1

    def __getattr__(self, name):
        row = BY_NAME.get(name)
        if row is None:
            raise AttributeError(f"{name} is not a fop")
        self.__dict__[name] = call = caller(self, row)
        return call

    def __repr__(self):
        return f"<Child {self.index} {self.name} ({self.type})>"
