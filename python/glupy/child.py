"""Children, and the replies that an `async def` awaits from them."""

import asyncio
from contextvars import ContextVar

from ._fops import BY_NAME
from .errors import os_error
from .frame import LATER, WIND
from .values import Lent, changed

# The frame whose `async def` is running.
current = ContextVar("frame", default=None)


class Reply:
    """What a child answered: `op_ret`, `op_errno`, and the fop's reply by name (`reply.buf`).

    `replace(buf=...)` makes a changed one. Returned from an `async def` fop it is the answer. The
    reply's parts can also be taken in the table's order: `inode, buf, *rest = reply`.
    """

    __slots__ = ("fop", "op_ret", "op_errno", "values", "_origin")

    def __init__(self, fop, op_ret, op_errno, values, origin=None):
        self.fop = fop
        self.op_ret = op_ret
        self.op_errno = op_errno
        self.values = values
        # (request, wind) as long as this is what the child answered.
        self._origin = origin

    def __getattr__(self, name):
        if name in Reply.__slots__:
            raise AttributeError(name)  # not set yet: somebody copies this
        return self.values[self._index(name)]

    def _index(self, name):
        index = self.fop.reply_index.get(name)
        if index is None:
            has = ", ".join(self.fop.reply_index)
            raise AttributeError(f"a reply of {self.fop.name} has {has}; not {name}")
        return index

    def __iter__(self):
        return iter(self.values)

    def replace(self, op_ret=None, **changes):
        """Another reply with some parts exchanged."""
        values = list(self.values)
        for name, value in changes.items():
            values[self._index(name)] = value
        op_ret = self.op_ret if op_ret is None else op_ret
        return Reply(self.fop, op_ret, self.op_errno, tuple(values))

    def __repr__(self):
        inner = ", ".join(f"{n}={v!r}" for n, v in zip(self.fop.reply_index, self.values))
        return f"<{self.fop.name} reply op_ret={self.op_ret} {inner}>"


class Child:
    """A subvolume. `await child.lookup(loc, xdata)` gives its Reply, or raises OSError.

    Every fop is a method; arguments that are left out at the end are None. The request starts when
    the method is called, so several can be under way at once (asyncio.gather). Inside a fop it is
    made in the caller's name; anywhere else, and after the answer, it is one of the translator's
    own: made as root, and its reply is yours to keep. `open`, `opendir` and `create` without an fd
    make one of your own, which you close.

    index: its place in `self.children`; name, type: the volume's.
    """

    def __init__(self, index, name, type):
        self.index = index
        self.name = name
        self.type = type

    def __getattr__(self, name):
        row = BY_NAME.get(name)
        if row is None:
            raise AttributeError(f"{name} is not a fop")

        def call(*args):
            return _request(self, row, args)

        call.__name__ = name
        self.__dict__[name] = call
        return call

    def __repr__(self):
        return f"<Child {self.index} {self.name} ({self.type})>"


_last_own = 0


def _own_frame(row):
    """The frame of a request of the translator's own."""
    global _last_own
    _last_own -= 1
    frame = row.frame_class(_last_own, None)
    frame._state = LATER
    return frame


def _request(child, row, args):
    """Starts a request to a child; a future of its Reply."""
    frame = current.get()
    if frame is None or frame.answered:
        frame = _own_frame(row)
    future = asyncio.get_running_loop().create_future()
    first = frame._state == 0 and not frame._wound and child.index == 0 and row is frame.fop
    if first and args == frame._args and not changed(args):
        frame._wound = frame._owed = 1
        frame._expect(0, future, None, row, child)
        frame._state = WIND
    else:
        frame._push_wind(row, child, args, future, None)
    return future


def deliver(future, frame, number, row, op_ret, op_errno, values):
    """Lets whoever waits for it go on with what the child answered."""
    if future.done():
        return  # it was cancelled: nobody waits any more
    if op_ret < 0:
        future.set_exception(os_error(op_errno))
        return
    if frame.id < 0:
        # The host keeps nothing of a request that nobody above waits for.
        for value in values:
            if isinstance(value, Lent):
                value._take()
    origin = (frame.id, number) if row is frame.fop else None
    future.set_result(Reply(row, op_ret, op_errno, values, origin))
