"""Frames: a method's view of a request. Decisions take effect when the method returns: until then
an exception turns all of them into a failure, so that a request is answered exactly once.
"""

from __future__ import annotations

import sys
from collections import namedtuple
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import _glossa
import _host

from . import values
from ._fops import (  # noqa: F401
    ANSWERED,
    BY_NAME,
    FAILED,
    FILES,
    FILES_LATER,
    LATER,
    NOTHING,
    RETURNED_DATA,
    RETURNED_NOTHING,
    SAME,
    TAIL,
    WIND,
)
from ._errno import ENODATA, ENOENT, EOPNOTSUPP
from ._json import dumps, loads
from .client import client
from .errors import AlreadyAnswered, HandleExpired, is_errno
from .inode import Loc
from .pack import as_came, pack, pad
from .reply import with_timeouts
from .values import changed

if TYPE_CHECKING:
    from .child import Child

# A frame's state is one number, which the common decisions test and set: 0 while a method runs
# undecided, a code of the host's once decided (WIND, SAME + the wind …), LATER (no method runs, or
# it has sent messages: further decisions are messages) or ANSWERED (answered, or passed on without
# a callback).

# Frames by number: those that await a child's reply, and weakly those that the module holds.
waiting = {}
kept = {}

# errno -> the result that fails a request with it: a lookup is the fastest check.
_FAILURES = {op_errno: -op_errno for op_errno in range(1, 512)}
# Those that say that something is absent, which is no mishap. Of others the host learns the place.
_ABSENT = {op_errno: -op_errno for op_errno in (ENOENT, ENODATA, EOPNOTSUPP)}
_NO_LEVEL = 0  # of the log: writes nothing

# Words of messages for the parts of a module; modules for the original glupy use others.
WORDS = {
    "missing": "is a frame.wind, frame.unwind or frame.fail missing?",
    "twice": "is a return missing, or a look at frame.answered?",
}

Root = namedtuple("Root", "unique uid gid pid groups lk_owner op client")


class Frame:
    """One request at one translator, which must answer it or pass it on exactly once.

    local: your note from the fop to its callback, for the life of the request; None at first.
    cookie: in a callback, the cookie of `wind(cookie=...)`, otherwise the child that replied.
    """

    # Each request sets these: slots cost half of what attributes cost that begin in the class. The
    # class of a fop's frames has a dict for the others, and for a module's own.
    __slots__ = (
        *("id", "local", "_args", "_state"),
        "_wound",  # winds so far
        "_owed",  # replies owed to it
        "_waiters",  # wind number -> (future or callback, cookie, row, child)
        "_reply",  # in a callback: the reply as it came, if it is one of the fop itself,
        "_ret",  # its (op_ret, op_errno),
        "_number",  # and which wind it answers
        "_pending",  # the future of the reply to a wind that went as it came
        "_coro",  # an `async def` that has not ended,
        "_driver",  # what steps it,
        "_context",  # the contextvars it runs with,
        "_awaits",  # the reply it waits for when nothing else can wake it,
        "_task",  # and otherwise its task
    )

    cookie = None
    fop = None  # the row of _fops.py; set in the subclass that each fop has
    _about = None  # the row of the author's method, where the fop's is the library's own
    _root = None
    _left = None  # requests that may still be made in its name, when the host has given it up

    def __init__(self, id, args):
        self.id = id
        self._args = args
        self._state = self._wound = self._owed = self._number = 0
        self.local = self._waiters = self._reply = self._pending = None
        self._coro = self._awaits = self._task = None

    @property
    def name(self) -> str:
        """The fop's name, such as `lookup`."""
        return self.fop.name

    @property
    def root(self) -> Root:
        """The caller of the request."""
        if self._root is None:
            text = _host.root(self.id)
            if text is None:
                raise HandleExpired("the request has ended; read frame.root before")
            *ids, groups, lk_owner, op, client_id = loads(text)
            self._root = Root(*ids, tuple(groups), lk_owner, op, client(client_id))
        return self._root

    @property
    def answered(self) -> bool:
        """Whether the request was answered, or passed on without a callback."""
        state = self._state
        return state < 0 or state == TAIL or state == ANSWERED or state >= SAME

    def wind(
        self,
        *args: Any,
        child: Child | None = None,
        cookie: Any = None,
        fop: str | None = None,
        cbk: Callable[..., object] | None = None,
    ) -> None:
        """Passes the request down; `<fop>_cbk`, if defined, gets the reply.

        args: the fop's arguments; without any, the original ones.
        child: one of `self.children`; default the first.
        cookie: a value for `frame.cookie` of the callback.
        fop: the name of another fop, with its arguments in args.
        cbk: gets the reply instead of `<fop>_cbk`; called as cbk(frame, op_ret, op_errno, ...).

        With a callback, which gets each reply, also after the answer (`frame.answered`), wind may be
        called several times. Without one, the child's reply is the answer.
        """
        if self._state == 0 and not self._wound and (not args or args == self._args):
            if child is None and cookie is None and fop is None and cbk is None:
                if not values.anything_changed or not changed(self._args):
                    self._wound = 1
                    if self.fop.cbk is None:
                        self._state = TAIL
                    else:
                        self._owed = 1
                        self._state = WIND
                    return
        if self.answered:
            raise AlreadyAnswered(f"{self.name}: wound after the request was answered or handed on")
        row = self.fop if fop is None else _row(fop)
        if not args and fop is None:
            args = self._args
        waiter = cbk or row.cbk
        if waiter is not None:
            self._push_wind(row, child, args, waiter, cookie)
        elif row is self.fop:
            self._push_tail(child, args)
        else:
            raise TypeError(f"{fop}: the reply of another fop needs a callback (cbk=...)")

    def unwind(self, op_ret, op_errno=0, *reply, **timeouts):
        """Answers the request; glupy.pyi.in names the timeouts."""
        if timeouts:
            reply = with_timeouts(self.fop, reply, timeouts)
        elif self._state == 0:
            if reply == self._reply and self._ret == (op_ret, op_errno):
                if not values.anything_changed or not changed(reply):
                    self._state = SAME + self._number
                    return
            if op_ret == -1 and op_errno in _FAILURES and reply.count(None) == len(reply):
                self._state = _FAILURES[op_errno]
                return
        self._push_answer(op_ret, op_errno, reply)

    def fail(self, op_errno: int, timeout: float | None = None) -> None:
        """Answers with an errno: short for `unwind(-1, op_errno)`.

        timeout: seconds for which the kernel may cache the absence of a looked-up name (ENOENT; the
        kernel caches no other errno).
        """
        try:
            code = _ABSENT[op_errno]
        except (KeyError, TypeError):
            if not is_errno(op_errno):
                raise ValueError(f"fail takes an errno such as ENOENT, not {op_errno!r}") from None
            code = -op_errno
            caller = sys._getframe(1)
            self._note_place(caller.f_code.co_filename, caller.f_lineno, caller.f_code.co_name)
        if timeout is None and self._state == 0:
            self._state = code
        else:
            self._fail(code, timeout)

    def _fail(self, code, timeout=None):
        op_errno = -code
        if timeout is not None:
            self._push_answer(-1, op_errno, self._absent(timeout))
        elif self._state == 0:
            self._state = code
        else:
            self._push_answer(-1, op_errno, ())

    def _note_place(self, file, line, name):
        """Tells the host where the module fails the request, for `glossa why`."""
        if file in _glossa._files:
            _host.log(_NO_LEVEL, file, line, name, str(self.id))

    def _absent(self, timeout):
        if self.name != "lookup":
            raise TypeError(f"{self.name}: only the failure of a lookup is ever cached")
        return with_timeouts(self.fop, (), {"negative_timeout": timeout})

    # -- messages -----------------------------------------------------------------------------

    def _push(self, *message):
        try:
            _host.push(self.id, dumps(message))
        except RuntimeError as error:
            raise TypeError(f"{self.name}: {error}") from None

    def _speak(self):
        """Switches to messages; a wind kept for the method's end becomes the first."""
        if self._state == WIND:
            self._push("wind", 0, 0, self.name, as_came(self.fop))
            waiting[self.id] = self
        self._state = LATER

    def _pack_args(self, row, args):
        if args is self._args and not changed(args):
            return as_came(row)
        given = pad(row.name, row.args, args)
        return [pack(self, arg, value) for arg, value in zip(row.args, given)]

    def _push_wind(self, row, child, args, waiter, cookie):
        packed = self._pack_args(row, args)
        self._speak()
        number = self._wound
        self._push("wind", number, _index(child), row.name, packed)
        self._wound += 1
        self._owed += 1
        self._expect(number, waiter, cookie, row, child)
        waiting[self.id] = self
        kept.pop(self.id, None)

    def _expect(self, number, waiter, cookie, row, child):
        """Registers the receiver of a wind's reply."""
        if self._waiters is None:
            self._waiters = {}
        self._waiters[number] = (waiter, cookie, row, child)

    def _push_tail(self, child, args):
        packed = self._pack_args(self.fop, args)
        self._speak()
        self._push("tail", _index(child), packed)
        self._end()

    def _push_answer(self, op_ret, op_errno, reply):
        if self.answered:
            raise AlreadyAnswered(f"{self.name}: answered twice ({WORDS['twice']})")
        if not isinstance(op_ret, int):
            raise TypeError(f"{self.name}: op_ret must be int, not {type(op_ret).__name__}")
        if op_ret < 0 and not is_errno(op_errno):
            raise ValueError(f"{self.name}: op_errno must be one such as ENOENT, not {op_errno!r}")
        self._send_answer(op_ret, op_errno, reply)

    def _send_answer(self, op_ret, op_errno, reply):
        """op_ret None: the host computes it (crossing/reply-check.ts)."""
        row = self.fop
        reply = pad(self.name, row.reply, reply)
        packed = [pack(self, arg, value) for arg, value in zip(row.reply, reply)]
        self._speak()
        self._push("unwind", op_ret, op_errno, packed)
        self._end()

    def _locs_ask_host(self):
        """Makes the request's locs ask the host, after its method or its end."""
        for arg in self._args or ():
            if arg.__class__ is Loc:
                arg._ask_host(self.id)

    def _end(self):
        self._state = ANSWERED
        kept.pop(self.id, None)

    def __repr__(self):
        return f"<Frame {self.name} {self.id}>"


def _wind_nowhere(self, *args, **more):
    raise TypeError(f"{self.name}: there is no subvolume to wind to")


def forbid_winds():
    """Raises for a volume without subvolumes, at the module's call."""
    Frame.wind = _wind_nowhere


def frame_class(row):
    """Makes the class of a fop's frames."""
    space = {"fop": row, "__module__": __name__}
    if row in (FILES, FILES_LATER):
        space["name"] = property(lambda frame: frame._args[0] if frame._args else row.name)
    return type("Frame", (Frame,), space)


def _row(fop):
    row = BY_NAME.get(fop)
    if row is None:
        raise ValueError(f"{fop!r} is no fop")
    return row


def _index(child):
    """A child's number for the host; the first for None."""
    if child is None:
        return 0
    index = getattr(child, "index", None)
    if type(index) is not int:
        raise TypeError(f"child must be one of self.children, not {child!r}")
    return index
