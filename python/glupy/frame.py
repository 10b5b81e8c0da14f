"""Frames, children and replies: what a method does with a request.

What a method decides takes effect when the method returns: until then an exception still turns the
whole of it into a failure, so a request is answered exactly once, and never half.
"""

import asyncio
import json
from collections import namedtuple
from contextvars import ContextVar

import _host

from . import values
from ._fops import BY_NAME
from .errors import AlreadyAnswered, os_error
from .values import Data, Dict, Fd, Iatt, Inode, Lazy, Loc

# What an entry point tells the host by its result. Below 0: the request fails with that errno.
NOTHING = 0  # no more to do now
WIND = 1  # wind the arguments as they came to the first child, and show the reply
TAIL = 2  # the same, and nobody here wants the reply
FAILED = 3  # an exception: it is in the log
SAME = 16  # + n: answer with the reply of wind n as it came

# A frame's state is in one number, so that the common decisions test and set just that: 0 while a
# method runs that has not decided, one of the codes above once it has, or
LATER = 4  # no method runs now: what is decided goes to the host as a message
ANSWERED = 5

Root = namedtuple("Root", "unique uid gid pid groups lk_owner op")
Root.__doc__ = """Who asks: uid, gid, pid and supplementary groups of the caller; unique, the
request's serial number; lk_owner, hexadecimal text; op, the fop's log name such as LOOKUP."""

# The frame whose `async def` is running.
current = ContextVar("frame")
# Frames that a reply is owed to, by number.
waiting = {}


class Frame:
    """One request, as one method of one translator sees it.

    local: your note from the fop to its callback, gone when the request is.
    cookie: in a callback, what `wind(cookie=...)` was given, or else the child that answered.
    root: who asks.
    """

    local = None
    cookie = None
    fop = None  # set in the subclass that each fop has
    _state = 0
    _wound = 0  # winds so far
    _owed = 0  # replies owed to it
    _waiters = None  # wind number -> (future or callback, cookie, fop, child)
    _reply = None  # in a callback: the reply as it came,
    _ret = None  # its (op_ret, op_errno),
    _number = 0  # and which wind it answers
    _guard = None
    _root = None

    def __init__(self, id, args):
        self.id = id
        self._args = args

    @property
    def root(self):
        if self._root is None:
            self._root = Root(*json.loads(_host.root(self.id) or "[0, 0, 0, 0, [], \"\", \"\"]"))
        return self._root

    @property
    def name(self):
        """The fop's name."""
        return self.fop.name

    def wind(self, *args, child=None, cookie=None, fop=None, cbk=None):
        """Passes the request down; `<fop>_cbk`, if there is one, sees the reply.

        Without arguments: those that came. child: one of `self.children`, else the first. cookie:
        what the callback finds in `frame.cookie`. fop: another fop's name, whose arguments you then
        give. cbk: a method other than `<fop>_cbk` to see the reply. May be called for several
        children; then the request is yours to answer when you have what you need.
        """
        state = self._state
        if state == 0 and not self._wound and (not args or args == self._args):
            if child is None and cookie is None and fop is None and cbk is None:
                if self._reply is None and not changed(self._args):
                    self._wound = 1
                    if self.fop.cbk is None:
                        self._state = TAIL
                    else:
                        self._owed = 1
                        self._state = WIND
                    return
        if self.answered:
            raise AlreadyAnswered(f"{self.fop.name}: wound after the request was answered")
        row = self.fop if fop is None else BY_NAME[fop]
        if not args and fop is None:
            args = self._args
        self._push_wind(row, child, args, cbk or row.cbk or _pass_on, cookie)

    def unwind(self, op_ret, op_errno=0, *reply):
        """Answers the request: op_ret < 0 is failure with op_errno, a Linux errno.

        `reply` is the fop's reply in the table's order; what is missing at the end is None.
        """
        if self._state == 0:
            if reply == self._reply and self._ret == (op_ret, op_errno) and not changed(reply):
                self._state = SAME + self._number
                return
            if op_ret == -1 and not any(reply) and type(op_errno) is int and op_errno > 0:
                self._state = -op_errno
                return
        self._push_answer(op_ret, op_errno, reply)

    def fail(self, op_errno):
        """Answers with an errno: short for `unwind(-1, op_errno)`."""
        if type(op_errno) is not int or op_errno <= 0:
            raise ValueError(f"fail takes a positive errno such as ENOENT, not {op_errno!r}")
        if self._state == 0:
            self._state = -op_errno
        else:
            self._push_answer(-1, op_errno, ())

    @property
    def answered(self):
        """Whether the request has had its answer, or was passed on for good."""
        state = self._state
        return state < 0 or state in (TAIL, ANSWERED) or state >= SAME

    def _speak(self):
        """From here on messages: a wind that waited for the method's end becomes the first."""
        if self._state == WIND:
            if self._waiters is None:
                self._note(0, self.fop.cbk, None, self.fop, None)
            packed = [["=", -1, index] for index in range(len(self.fop.args))]
            _host.push(self.id, json.dumps(["wind", 0, 0, self.fop.name, packed]))
        self._state = LATER

    def _note(self, number, waiter, cookie, row, child):
        if self._waiters is None:
            self._waiters = {}
        self._waiters[number] = (waiter, cookie, row, child)

    def _push_wind(self, row, child, args, waiter, cookie):
        args = _pad(row.name, row.args, args)
        packed = [pack(self, arg, value) for arg, value in zip(row.args, args)]
        self._speak()
        number = self._wound
        index = 0 if child is None else child.index
        _host.push(self.id, json.dumps(["wind", number, index, row.name, packed]))
        self._wound += 1
        self._owed += 1
        self._note(number, waiter, cookie, row, child)

    def _push_answer(self, op_ret, op_errno, reply):
        if self.answered:
            raise AlreadyAnswered(f"{self.fop.name}: answered twice (is a return missing?)")
        row = self.fop
        reply = _pad(row.name, row.reply, reply)
        packed = [pack(self, arg, value) for arg, value in zip(row.reply, reply)]
        self._speak()
        _host.push(self.id, json.dumps(["unwind", op_ret, op_errno, packed]))
        self._state = ANSWERED
        self._disarm()

    def _disarm(self):
        if self._guard is not None:
            self._guard.frame_id = 0

    def __repr__(self):
        return f"<Frame {self.fop.name} {self.id}>"


def frame_class(row):
    """The class of a fop's frames."""
    return type("Frame", (Frame,), {"fop": row, "__module__": __name__})


def _pass_on(translator, frame, op_ret, op_errno, *reply):
    """The callback of a fop that has none: the reply goes up as it came."""
    frame.unwind(op_ret, op_errno, *reply)


def changed(args):
    if not values.anything_changed:
        return False
    return any(getattr(arg, "_changed", False) for arg in args if isinstance(arg, (Lazy, Dict)))


def _pad(name, row, given):
    """Trailing arguments may be left out: they are None."""
    if len(given) > len(row):
        takes = ", ".join(arg.name for arg in row)
        raise TypeError(f"{name} takes {len(row)} arguments ({takes}), not {len(given)}")
    return (*given, *[None] * (len(row) - len(given)))


def pack(frame, arg, value):
    """One argument as it travels to the host: see bridges/host/message.ts for the other side."""
    if value is None:
        return None
    changed = isinstance(value, (Lazy, Dict)) and value._changed
    if not changed:
        for number, known in ((-1, frame._args), (frame._number, frame._reply)):
            for index, old in enumerate(known or ()):
                if old is value and not isinstance(value, (int, str)):
                    return ["=", number, index]
    packer = _PACKERS.get(arg.type)
    if packer is None:
        raise TypeError(f"{arg.name}: {arg.type} cannot be sent")
    return packer(arg, value)


def _expect(cls, tag, give):
    def packer(arg, value):
        if not isinstance(value, cls):
            wanted = cls.__name__ if isinstance(cls, type) else " or ".join(c.__name__ for c in cls)
            raise TypeError(f"{arg.name} must be {wanted} or None, not {type(value).__name__}")
        return [tag, give(value)] if tag else give(value)

    return packer


def _send_bytes(value):
    return _host.put(value.view if isinstance(value, Data) else value)


def _entry(value):
    entry = values.Dirent(*value)
    stat = None if entry.stat is None else entry.stat.fields()
    return [entry.name, entry.off, entry.type, entry.gfid or values.NULL_GFID, stat, entry.ref]


_PACKERS = {
    "loc": _expect(Loc, "loc", list),
    "inode": _expect(Inode, "inode", lambda value: value.id),
    "fd": _expect(Fd, "fd", lambda value: value.id),
    "iatt": _expect(Iatt, "iatt", Iatt.fields),
    "dict": lambda arg, value: ["dict", (value if isinstance(value, Dict) else Dict(value)).packed()],
    "str": _expect(str, None, str),
    "int": _expect(int, None, int),
    "data": _expect((Data, bytes, bytearray, memoryview), "data", _send_bytes),
    "entries": _expect((list, tuple), "entries", lambda value: [_entry(entry) for entry in value]),
    "statvfs": _expect(values.Statvfs, "statvfs", values.Statvfs.fields),
    "flock": _expect(values.Flock, "flock", values.Flock.fields),
    "lease": _expect(values.Lease, "lease", values.Lease.fields),
    "locklist": _expect((list, tuple), "locklist", lambda value: [lock.fields() for lock in value]),
}


class Reply:
    """What a child answered: op_ret, and the fop's reply by name (`reply.buf`, `reply.xdata`).

    `replace(buf=...)` makes a changed one. Returned from an `async def` fop it is the answer.
    """

    def __init__(self, fop, op_ret, reply, number=None):
        self.fop = fop
        self.op_ret = op_ret
        self.values = reply
        self.number = number

    def __getattr__(self, name):
        index = self.fop.reply_index.get(name)
        if index is None:
            has = ", ".join(self.fop.reply_index)
            raise AttributeError(f"a reply of {self.fop.name} has {has}; not {name}")
        return self.values[index]

    def replace(self, op_ret=None, **changes):
        reply = list(self.values)
        for name, value in changes.items():
            getattr(self, name)
            reply[self.fop.reply_index[name]] = value
        return Reply(self.fop, self.op_ret if op_ret is None else op_ret, tuple(reply))

    def __repr__(self):
        inner = ", ".join(f"{n}={v!r}" for n, v in zip(self.fop.reply_index, self.values))
        return f"<{self.fop.name} reply op_ret={self.op_ret} {inner}>"


class Child:
    """A subvolume. `await child.lookup(loc, xdata)` gives its Reply, or raises OSError.

    Every fop is a method. Inside a fop the request is passed on in the caller's name; anywhere else
    it is a request of the translator's own.
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
            return _await_fop(self, row, args)

        call.__name__ = name
        self.__dict__[name] = call
        return call

    def __repr__(self):
        return f"<Child {self.index} {self.name} ({self.type})>"


_own_id = 0


def _await_fop(child, row, args):
    frame = current.get(None)
    if frame is None or frame.answered:
        global _own_id
        _own_id -= 1
        frame = row.frame_class(_own_id, ())
        frame._state = LATER
    future = asyncio.events.get_running_loop().create_future()
    as_came = row is frame.fop and child.index == 0 and args == frame._args
    if as_came and frame._state == 0 and not frame._wound and not changed(args):
        frame._wound = frame._owed = 1
        frame._note(0, future, None, row, child)
        frame._state = WIND
    else:
        frame._push_wind(row, child, args, future, None)
    waiting[frame.id] = frame
    return future


def give(future, row, op_ret, op_errno, reply, number):
    """Lets a waiting coroutine go on with what its child answered."""
    if future.cancelled():
        return
    if op_ret < 0:
        future.set_exception(os_error(op_errno))
    else:
        future.set_result(Reply(row, op_ret, reply, number))
