"""Tests of translators, without a mount: run them by `glossa test MODULE`.

    from glupy import EIO, ENOENT
    from glupy.testing import graph, raises

    async def test_an_absent_name_is_looked_up_once():
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
from typing import TYPE_CHECKING, NamedTuple

from ._errno import EIO
from ._operations import File, Files, Reply, ask, say, unpacked
from .errors import errno_of, errorcode

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from types import TracebackType
    from typing import Any

__all__ = ["graph", "raises", "Graph", "File", "Reply", "Asked", "Invalidated", "LogLine"]

_TOP = -1


class Asked(NamedTuple):
    """A request that reached the storage: the fop's name, the path of its first loc or fd, and a dict of its arguments
    (a loc is its path).
    """

    fop: str
    path: str
    args: dict[str, Any]


class Invalidated(NamedTuple):
    """What was taken back: a name ("entry", "removed"), "inode" or "every-entry"."""

    what: str
    path: str | None
    data: bool
    expire: bool


class LogLine(NamedTuple):
    """A line of the volume's log: level is a letter (E, W, I, D, …), file and line are where it was written, text has
    a traceback's lines too.
    """

    level: str
    file: str
    line: int
    func: str
    text: str


@contextmanager
def raises(op_errno: int | type[BaseException]) -> Iterator[None]:
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
    """A storage below the module. Operations here bypass the module, and are not counted."""

    def __init__(self, graph, index, caller):
        super().__init__(graph, index, caller)
        self._index = index

    def asked(self, fop: str | None = None) -> list[Asked]:
        """The requests that have reached it, each an Asked; optionally of one fop."""
        found = say("asked", self._graph, self._index, fop)
        return [Asked(one["fop"], one["path"], unpacked(one["args"])) for one in found]

    def fail(
        self,
        fop: str | None = None,
        op_errno: int = EIO,
        *,
        path: str | None = None,
        times: int | None = None,
    ) -> None:
        """Makes requests fail here: of one fop, for one path, so many times."""
        say("fail", self._graph, self._index, fop, op_errno, path, times)

    def leave_errno(self, fop: str, op_errno: int) -> None:
        """Lets replies of successful requests of one fop carry this op_errno, which has no meaning then."""
        say("leave_errno", self._graph, self._index, fop, op_errno)

    def mend(self) -> None:
        """Ends all failures, and what `leave_errno` has set."""
        say("mend", self._graph, self._index)

    def changed(self, path: str) -> None:
        """Sends an UPCALL: another client has changed the file at a path."""
        say("changed", self._graph, self._index, path)

    def say_up(self, up: bool = True) -> None:
        """Sends CHILD_UP, or CHILD_DOWN."""
        say("up", self._graph, self._index, bool(up))

    def hold(self, fop: str | None = None) -> None:
        """Holds requests here, all or those of one fop, until `release`."""
        say("hold", self._graph, self._index, fop)

    def release(self, path: str | None = None) -> None:
        """Releases held requests in order: those for a path, or all; then it holds no more."""
        say("release", self._graph, self._index, path)


_CALLER = {"uid": 0, "gid": 0, "pid": 1, "groups": []}


class Graph(Child):
    """A volume with the module; see `graph`. `asked`, `fail`, `hold` … mean all children."""

    children: tuple[Child, ...]

    def __init__(self, graph, count, caller=_CALLER):
        super().__init__(graph, None, caller)
        self._child = _TOP
        self._count = count
        self.children = tuple(Child(graph, index, caller) for index in range(count))

    @property
    def child(self) -> Child:
        """The first child: the storage itself, past the module."""
        return self.children[0]

    def as_user(
        self, uid: int, gid: int | None = None, groups: Sequence[int] = (), pid: int = 1
    ) -> Graph:
        """The same volume, used by another user."""
        caller = {"uid": uid, "gid": uid if gid is None else gid, "pid": pid, "groups": [*groups]}
        return Graph(self._graph, self._count, self._caller | caller)

    def connect(self, uid: str | None = None) -> Graph:
        """The same volume, used by another client; its uid is generated by default."""
        caller = {**self._caller, "client": say("connect", self._graph, uid)}
        return Graph(self._graph, self._count, caller)

    def disconnect(self) -> None:
        """Disconnects the client: interrupts its requests, releases its files and locks."""
        say("disconnect", self._graph, self._caller.get("client", 0))

    def advance(self, seconds: float) -> None:
        """Advances the clock: timers fire, cache entries age."""
        say("advance", seconds)

    def clear(self) -> None:
        """Clears the recorded requests and log lines."""
        say("clear", self._graph)

    @property
    def is_up(self) -> bool:
        """True if the volume has come up."""
        return say("isUp", self._graph)

    @property
    def invalidated(self) -> list[Invalidated]:
        """The invalidations so far, each an Invalidated."""
        return [Invalidated(**one) for one in say("invalidated", self._graph)]

    @property
    def log(self) -> list[LogLine]:
        """The lines of the log, each a LogLine."""
        return [LogLine(*line) for line in say("log", self._graph)]

    def logged(self, text: str) -> bool:
        """True if a log line contains the text."""
        return any(text in line.text for line in self.log)


class graph:
    """`async with graph("negative", timeout=60) as g:` a volume with this module, as a Graph.

    module: its name, found beside the test first, or a file's name with its extension.
    children: how many storages are below; 1 unless told. down: which of them are not up yet; unless
    told, the graph is up when the test gets it. The rest are options: an underscore stands
    for the dash of time-limit, True and False for on and off. `options` takes them as a dict.
    """

    def __init__(
        self,
        module: str,
        *,
        children: int = 1,
        down: Sequence[int] = (),
        options: Mapping[str, object] | None = None,
        **more: object,
    ) -> None:
        given = {key.replace("_", "-"): value for key, value in more.items()} | (options or {})
        self._settings = {
            "module": module,
            "children": children,
            "down": [*down],
            "options": {key: _option(value) for key, value in given.items()},
        }

    async def __aenter__(self) -> Graph:
        number = await ask("graph", self._settings)
        self._number = number
        return Graph(number, self._settings["children"])

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        left = await ask("close", self._number)
        if left and kind is None:
            raise AssertionError(f"requests were never answered: {', '.join(left)}")


def _option(value):
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value)
