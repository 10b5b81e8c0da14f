"""The reply that an `async def` gets from a child."""

from collections.abc import Iterator
from typing import Any, Self

from ._fops import TIMEOUTS
from .data import Dict
from .pack import pad


class Reply:
    """The reply of a child: `op_ret`, `op_errno`, and the fop's reply by name (`reply.buf`).

    `replace(buf=...)` makes a changed one. An `async def` fop returns it as the answer. The reply
    can also be unpacked in the table's order: `inode, buf, *rest = reply`.
    """

    __slots__ = ("fop", "op_ret", "op_errno", "_values", "_raw", "_origin")

    def __init__(self, fop, op_ret, op_errno, values, raw=None, origin=None):
        self.fop = fop
        self.op_ret = op_ret
        self.op_errno = op_errno
        # Made from `_raw`, the host's values, on first read.
        self._values = values
        self._raw = raw
        # (request, wind) while this is the child's unchanged reply.
        self._origin = origin

    @property
    def values(self):
        """The fop's reply as a tuple, in the table's order."""
        if self._values is None:
            self._values = self.fop.make_reply(*self._origin, *self._raw)
        return self._values

    def __getattr__(self, name):
        if name in Reply.__slots__:
            raise AttributeError(name)  # not set yet: the object is being copied
        return self.values[self._index(name)]

    def _index(self, name):
        index = self.fop.reply_index.get(name)
        if index is None:
            has = ", ".join(self.fop.reply_index)
            raise AttributeError(f"a reply of {self.fop.name} has {has}; not {name}")
        return index

    def __iter__(self) -> Iterator[Any]:
        return iter(self.values)

    def replace(self, op_ret: int | None = None, **changes: Any) -> Self:
        """Another reply with some parts changed.

        entry_timeout and attribute_timeout: seconds for which the kernel may cache it.
        """
        timeouts = {name: changes.pop(name) for name in TIMEOUTS if name in changes}
        values = list(self.values)
        for name, value in changes.items():
            values[self._index(name)] = value
        if timeouts:
            values = with_timeouts(self.fop, values, timeouts)
        op_ret = self.op_ret if op_ret is None else op_ret
        return Reply(self.fop, op_ret, self.op_errno, tuple(values))

    def __repr__(self):
        inner = ", ".join(f"{n}={v!r}" for n, v in zip(self.fop.reply_index, self.values))
        return f"<{self.fop.name} reply op_ret={self.op_ret} {inner}>"


def with_timeouts(row, reply, timeouts):
    """The reply with timeouts in its xdata: seconds by keyword, None for the mount's own."""
    at = row.reply_index.get("xdata")
    if at is None:
        raise TypeError(f"nothing that {row.name} answers is ever cached: it has no timeouts")
    reply = pad(row.name, row.reply, reply)
    xdata = Dict(reply[at] or ())
    for name, seconds in timeouts.items():
        if seconds is not None:
            xdata.set(_key(name), _checked(name, seconds), "double")
    return (*reply[:at], xdata, *reply[at + 1 :])


def _key(name):
    if name not in TIMEOUTS:
        raise TypeError(f"{name} is not one of the timeouts: {', '.join(TIMEOUTS)}")
    return TIMEOUTS[name]


def _checked(name, seconds):
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
        raise TypeError(f"{name} must be a number of seconds, not {type(seconds).__name__}")
    if not seconds >= 0:
        raise ValueError(f"{name} must be 0 (never) or more, not {seconds}")
    return float(seconds)
