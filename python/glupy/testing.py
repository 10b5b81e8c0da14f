"""Tests of translators, without a mount: run them by `glossa test MODULE`.

    from glupy import EIO, ENOENT
    from glupy.testing import graph, raises

    async def test_an_absent_name_is_looked_for_once():
        async with graph("negative", timeout=60) as g:
            for _ in range(3):
                with raises(ENOENT):
                    await g.stat("/absent")
            assert len(g.asked("lookup")) == 1
            g.advance(61)
            ...

A test is a function `test_…`, `async` if it awaits something. Each `graph()` is a volume with the
module in an interpreter of its own, above a storage in memory. Time stands still unless the test
lets it pass, or waits for something that only time can bring: then it jumps to the next timer.
"""

from contextlib import contextmanager

from ._errno import NAMES as _ERRNO
from ._operations import File, Files, Reply, ask, say, unpacked
from ._tested import Asked, Invalidated, LogLine
from .errors import errno_of, errorcode

__all__ = ["graph", "raises", "Graph", "File", "Reply", "Asked", "Invalidated", "LogLine"]

_TOP = -1


@contextmanager
def raises(op_errno):
    """The block must end with an OSError of this errno: `with raises(ENOENT): await g.stat("/a")`.

    It may also be the class of an exception.
    """
    try:
        yield
    except OSError as error:
        if isinstance(op_errno, type):
            if isinstance(error, op_errno):
                return
            raise
        if errno_of(error) == op_errno:
            return
        wanted, got = errorcode.get(op_errno, op_errno), errorcode.get(errno_of(error), error)
        raise AssertionError(f"{wanted} was expected, not {got}") from error
    except BaseException as error:
        if isinstance(op_errno, type) and isinstance(error, op_errno):
            return
        raise
    else:
        wanted = getattr(op_errno, "__name__", None) or errorcode.get(op_errno, op_errno)
        raise AssertionError(f"{wanted} was expected, and nothing was raised")


class Child(Files):
    """A storage below the module. What is done here goes past the module, and is not counted."""

    def __init__(self, graph, index, caller):
        super().__init__(graph, index, caller)
        self._index = index

    def asked(self, fop=None):
        """The requests that have reached it, each an Asked; those of one fop."""
        found = say("asked", self._graph, self._index, fop)
        return [Asked(one["fop"], one["path"], unpacked(one["args"])) for one in found]

    def fail(self, fop=None, op_errno=_ERRNO["EIO"], *, path=None, times=None):
        """From now on requests fail here: those of one fop, for one path, so many times."""
        say("fail", self._graph, self._index, fop, op_errno, path, times)

    def mend(self):
        """Nothing fails any more."""
        say("mend", self._graph, self._index)

    def changed(self, path):
        """It says that somebody else has changed what is at a path (UPCALL)."""
        say("changed", self._graph, self._index, path)

    def say_up(self, up=True):
        """It says that it is up (CHILD_UP), or that it is not (CHILD_DOWN)."""
        say("up", self._graph, self._index, bool(up))

    def hold(self, fop=None):
        """From now on requests wait here, all or those of one fop, until `release`."""
        say("hold", self._graph, self._index, fop)

    def release(self):
        """What waits goes on, in the order it came; nothing waits any more."""
        say("release", self._graph, self._index)


_CALLER = {"uid": 0, "gid": 0, "pid": 1, "groups": []}


class Graph(Child):
    """A volume with the module; see `graph`. `asked`, `fail`, `hold` … mean all children."""

    def __init__(self, graph, count, caller=_CALLER):
        super().__init__(graph, None, caller)
        self._child = _TOP
        self._count = count
        self.children = tuple(Child(graph, index, caller) for index in range(count))

    @property
    def child(self):
        """The first child: the storage itself, past the module."""
        return self.children[0]

    def as_user(self, uid, gid=None, groups=(), pid=1):
        """The same volume, asked by somebody else than root."""
        caller = {"uid": uid, "gid": uid if gid is None else gid, "pid": pid, "groups": [*groups]}
        return Graph(self._graph, self._count, self._caller | caller)

    def connect(self, uid=None):
        """The same volume, asked by another client; its uid is made up unless told."""
        caller = {**self._caller, "client": say("connect", self._graph, uid)}
        return Graph(self._graph, self._count, caller)

    def disconnect(self):
        """The client goes: its requests are interrupted, its files and locks released."""
        say("disconnect", self._graph, self._caller.get("client", 0))

    def advance(self, seconds):
        """Lets time pass: timers ring, what is remembered gets old."""
        say("advance", seconds)

    def clear(self):
        """Forgets what was asked and logged so far."""
        say("clear", self._graph)

    @property
    def is_up(self):
        """Whether the volume has said so, as a mount waits for it to."""
        return say("isUp", self._graph)

    @property
    def invalidated(self):
        """What was taken back so far, each an Invalidated."""
        return [Invalidated(**one) for one in say("invalidated", self._graph)]

    @property
    def log(self):
        """The lines of the log, each a LogLine."""
        return [LogLine(*line) for line in say("log", self._graph)]

    def logged(self, text):
        """Whether a line of the log has this in it."""
        return any(text in line.text for line in self.log)


class graph:
    """`async with graph("negative", timeout=60) as g:` a volume with this module, as a Graph.

    module: its name, found beside the test first, or a file's name with its extension.
    children: how many storages are below; 1 unless told. down: which of them are not up yet; unless
    told, the graph is up when the test gets it. The rest are options: an underscore stands
    for the dash of time-limit, True and False for on and off. `options` takes them as a dict.
    """

    def __init__(self, module, *, children=1, down=(), options=None, **more):
        given = {key.replace("_", "-"): value for key, value in more.items()} | (options or {})
        self._settings = {
            "module": module,
            "children": children,
            "down": [*down],
            "options": {key: _option(value) for key, value in given.items()},
        }

    async def __aenter__(self):
        number = await ask("graph", self._settings)
        self._number = number
        return Graph(number, self._settings["children"])

    async def __aexit__(self, kind, *exception):
        left = await ask("close", self._number)
        if left and kind is None:
            raise AssertionError(f"requests were never answered: {', '.join(left)}")


def _option(value):
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value)
