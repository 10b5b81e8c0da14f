"""Tests of translators, without a mount: run them by `glossa test MODULE`. docs/testing.md has more."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, NamedTuple, Self

from . import Iatt, Statvfs

def raises(op_errno: int | type[BaseException]) -> AbstractContextManager[None]:
    """The block must end with an OSError of this errno, or an exception of this class."""

class Asked(NamedTuple):
    """A request that reached the storage: a fop, the path of its first loc or fd, its arguments."""

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
    """A line of the volume's log: `level` is a letter (E, W, I, D, …)."""

    level: str
    file: str
    line: int
    func: str
    text: str

class Reply:
    """What a bare fop answered, its parts by name too, also when it failed."""

    fop: str
    op_ret: int
    op_errno: int
    timeouts: dict[str, float]
    """Seconds to cache it for, by "entry", "attribute" and "negative"."""
    def __getattr__(self, part: str) -> Any: ...

class File:
    """An open file. `async with await g.open("/a") as f:` closes it."""

    id: int
    async def read(self, size: int | None = None, offset: int = 0) -> bytes:
        """Bytes from an offset on; all that are left without a size."""
    async def write(self, data: bytes | str, offset: int = 0) -> int:
        """How many bytes were written."""
    async def truncate(self, size: int = 0) -> None: ...
    async def stat(self) -> Iatt: ...
    async def fsync(self) -> None: ...
    async def close(self) -> None: ...
    async def __aenter__(self) -> Self: ...
    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...

class _Fops:
    def __getattr__(self, name: str) -> Callable[..., Awaitable[Reply]]: ...

class _Files:
    """Operations by paths, each made of the requests that a mount would make for it."""

    fop: _Fops
    """Every fop by its name: `await g.fop.stat("/a")`."""
    async def lookup(self, path: str) -> Iatt: ...
    async def stat(self, path: str) -> Iatt: ...
    async def exists(self, path: str) -> bool: ...
    async def listdir(self, path: str = "/") -> list[str]:
        """Names of a directory, sorted."""
    async def mkdir(self, path: str, mode: int = 0o755) -> Iatt: ...
    async def mknod(self, path: str, mode: int = 0o100644, rdev: int = 0) -> Iatt: ...
    async def symlink(self, target: str, path: str) -> Iatt: ...
    async def link(self, path: str, new_path: str) -> Iatt: ...
    async def unlink(self, path: str) -> None: ...
    async def rmdir(self, path: str) -> None: ...
    async def rename(self, path: str, new_path: str) -> None: ...
    async def readlink(self, path: str) -> str: ...
    async def read(self, path: str, size: int | None = None, offset: int = 0) -> bytes:
        """The bytes of a file: open, read, close."""
    async def write(self, path: str, data: bytes | str, offset: int | None = None) -> int:
        """Open, write, close. Without an offset the data is all that is in the file then."""
    async def truncate(self, path: str, size: int = 0) -> None: ...
    async def chmod(self, path: str, mode: int) -> Iatt: ...
    async def chown(self, path: str, uid: int, gid: int) -> Iatt: ...
    async def utime(self, path: str, atime: float, mtime: float) -> Iatt: ...
    async def access(self, path: str, mask: int = 0) -> None: ...
    async def statfs(self) -> Statvfs: ...
    async def getxattr(self, path: str, name: str) -> bytes: ...
    async def listxattr(self, path: str) -> list[str]: ...
    async def setxattr(self, path: str, name: str, value: bytes | str, flags: int = 0) -> None: ...
    async def removexattr(self, path: str, name: str) -> None: ...
    async def open(self, path: str, flags: int = 2, mode: int = 0o644) -> File:
        """Flags are those of os.open, O_RDWR unless told."""

class Child(_Files):
    """A storage below the module. Operations here bypass the module, and are not counted."""

    def asked(self, fop: str | None = None) -> list[Asked]:
        """The requests that have reached it; those of one fop."""
    def fail(
        self,
        fop: str | None = None,
        op_errno: int = 5,
        *,
        path: str | None = None,
        times: int | None = None,
    ) -> None:
        """Makes requests fail here: of one fop, for one path, so many times."""
    def leave_errno(self, fop: str, op_errno: int) -> None:
        """Lets replies of successful requests of one fop carry this op_errno, which has no meaning then."""
    def mend(self) -> None:
        """Ends all failures, and what `leave_errno` has set."""
    def changed(self, path: str) -> None:
        """Sends an UPCALL: another client has changed the file at a path."""
    def say_up(self, up: bool = True) -> None:
        """Sends CHILD_UP, or CHILD_DOWN."""
    def hold(self, fop: str | None = None) -> None:
        """Holds requests here, all or those of one fop, until `release`."""
    def release(self, path: str | None = None) -> None:
        """Releases held requests in order: those for a path, or all; then it holds no more."""

class Graph(Child):
    """A volume with the module; see `graph`. `asked`, `fail`, `hold` … mean all children."""

    children: tuple[Child, ...]
    @property
    def child(self) -> Child:
        """The first child: the storage itself, past the module."""
    def as_user(
        self, uid: int, gid: int | None = None, groups: Sequence[int] = (), pid: int = 1
    ) -> Graph:
        """The same volume, used by another user."""
    def connect(self, uid: str | None = None) -> Graph:
        """The same volume, used by another client; its uid is generated by default."""
    def disconnect(self) -> None:
        """Disconnects the client: interrupts its requests, releases its files and locks."""
    def advance(self, seconds: float) -> None:
        """Advances the clock: timers fire, cache entries age."""
    def clear(self) -> None:
        """Clears the recorded requests and log lines."""
    @property
    def is_up(self) -> bool:
        """True if the volume has come up."""
    @property
    def invalidated(self) -> list[Invalidated]: ...
    @property
    def log(self) -> list[LogLine]: ...
    def logged(self, text: str) -> bool:
        """True if a log line contains the text."""

class graph:
    """`async with graph("negative", timeout=60) as g:` a volume with this module, as a Graph."""

    def __init__(
        self,
        module: str,
        *,
        children: int = 1,
        down: Sequence[int] = (),
        options: Mapping[str, object] | None = None,
        **more: object,
    ) -> None: ...
    async def __aenter__(self) -> Graph: ...
    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...
