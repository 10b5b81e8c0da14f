"""A test's operations on a volume by paths, and their messages to the host."""

import asyncio
import json
from collections import namedtuple
from typing import TYPE_CHECKING

import _host

from ._fops import BY_NAME
from .data import Dict
from .errors import errorcode, os_error
from .values import Dirent, Flock, Iatt, Lease, Listing, Statvfs

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from types import TracebackType
    from typing import Any, Self

    from . import Iatt, Statvfs

# -- the host ----------------------------------------------------------------------------------

waiting = {}
_last_call = 0


def say(*message):
    """Sends a message that the host answers at once."""
    if not hasattr(_host, "testing"):
        raise RuntimeError("glupy.testing works in tests only: run them by `glossa test`")
    answer = json.loads(_host.testing(json.dumps(message)))
    return answer


def ask(verb, *message):
    """Sends a message with a later answer; returns its future."""
    global _last_call
    _last_call += 1
    number = _last_call
    future = asyncio.get_running_loop().create_future()
    waiting[number] = future
    future.add_done_callback(lambda future: _given_up(number, future))
    say(verb, number, *message)
    return future


def _given_up(number, future):
    if future.cancelled() and waiting.pop(number, None) is not None:
        say("interrupt", number)


def answered(number, text):
    """Takes the host's answer to a message."""
    future = waiting.pop(number, None)
    if future is None or future.done():
        return
    result = json.loads(text)
    if "ok" in result:
        future.set_result(result["ok"])
    elif "errno" in result:
        error = os_error(result["errno"])
        error.filename = result["message"].split(": ", 2)[-1]
        future.set_exception(error)
    else:
        future.set_exception(RuntimeError(result["error"]))


# -- values ------------------------------------------------------------------------------------


def _data(value):
    if isinstance(value, str):
        value = value.encode()
    return ["bytes", bytes(value).decode("latin-1")]


def _dict_out(value):
    return ["dict", (value if isinstance(value, Dict) else Dict(value)).packed()]


def _packed(value):
    """Encodes a value for the host."""
    if value is None or isinstance(value, (int, str)):
        return value
    if isinstance(value, (bytes, bytearray, memoryview)):
        return _data(value)
    if isinstance(value, (dict, Dict)):
        return _dict_out(value)
    if isinstance(value, File):
        return ["fd", value.id]
    for kind, cls in _FIELDS.items():
        if isinstance(value, cls):
            return [kind, value.fields()]
    if isinstance(value, (list, tuple)) and all(isinstance(item, Dirent) for item in value):
        return ["entries", [_entry_out(entry) for entry in value]]
    raise TypeError(f"a fop has no argument of type {type(value).__name__}")


def _entry_out(entry):
    return [*entry[:4], entry.stat and entry.stat.fields(), None]


_FIELDS = {"iatt": Iatt, "statvfs": Statvfs, "flock": Flock, "lease": Lease}


def _own(cls, fields):
    made = cls()
    made._values = fields
    return made


def _dict_in(columns):
    types, _, keys, values = columns
    made = Dict()
    for key, kind, value in zip(keys, types.split(), values):
        if kind in ("bin", "mdata"):
            value = value.encode("latin-1")
        elif kind == "iatt":
            value = _own(Iatt, value)
        made.set(key, float(value) if kind == "double" else value, kind)
    return made


def unpacked(value, graph=None):
    """Decodes a value from the host."""
    if isinstance(value, dict):
        return {name: unpacked(inner, graph) for name, inner in value.items()}
    if not isinstance(value, list) or not value or not isinstance(value[0], str):
        return value
    kind, *rest = value
    if kind == "bytes":
        return rest[0].encode("latin-1")
    if kind == "dict":
        return _dict_in(rest[0])
    if kind == "fd":
        return File(graph, rest[0])
    if kind == "inode":
        return Inode(*rest)
    if kind == "entries":
        entries = (Dirent(*item[:4], item[4] and _own(Iatt, item[4])) for item in rest[0])
        return list(entries)
    if kind == "locklist":
        return [_own(Flock, item) for item in rest[0]]
    return _own(_FIELDS[kind], rest[0]) if kind in _FIELDS else value


Inode = namedtuple("Inode", "gfid ia_type")
Inode.__doc__ = """An inode in a reply."""


class Reply:
    """The reply of a fop wound directly, also when it failed: its parts are attributes by name."""

    fop: str
    op_ret: int
    op_errno: int
    timeouts: dict[str, float]
    """Seconds to cache it for, by "entry", "attribute" and "negative"."""

    if TYPE_CHECKING:

        def __getattr__(self, part: str) -> Any: ...

    def __init__(self, fop, op_ret, op_errno, values, timeouts):
        self.fop = fop
        self.timeouts = timeouts
        self.op_ret = op_ret
        self.op_errno = op_errno
        self.__dict__.update(values)

    def __repr__(self):
        if self.op_ret < 0:
            return f"<{self.fop} failed: {errorcode.get(self.op_errno, self.op_errno)}>"
        return f"<{self.fop} op_ret={self.op_ret}>"


# -- what a test works with --------------------------------------------------------------------


class File:
    """An open file. `async with await g.open("/a") as f:` closes it."""

    id: int

    def __init__(self, graph, id):
        self._graph = graph
        self.id = id

    async def read(self, size: int | None = None, offset: int = 0) -> bytes:
        """Reads bytes from an offset; without a size all that follow."""
        return await self._graph._do("file.read", self.id, size, offset)

    async def write(self, data: bytes | str, offset: int = 0) -> int:
        """Writes bytes; returns their number."""
        return await self._graph._do("file.write", self.id, _data(data), offset)

    async def truncate(self, size: int = 0) -> None:
        return await self._graph._do("file.truncate", self.id, size)

    async def stat(self) -> Iatt:
        return await self._graph._do("file.stat", self.id)

    async def fsync(self) -> None:
        return await self._graph._do("file.fsync", self.id)

    async def close(self) -> None:
        return await self._graph._do("file.close", self.id)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    def __repr__(self):
        return f"<File {self.id}>"


class _Fops:
    """Every fop by its name: `await g.fop.stat("/a")`."""

    def __init__(self, files):
        self._files = files

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Reply]]:
        row = BY_NAME.get(name)
        if row is None:
            raise AttributeError(f"{name} is not a fop")

        async def call(*args, **named):
            names = [arg.name for arg in row.args]
            unknown = set(named) - set(names)
            if unknown:
                raise TypeError(f"{name} takes {', '.join(names)}; not {', '.join(unknown)}")
            given = dict(zip(names, args)) | named
            packed = [_packed(given.get(name)) for name in names]
            packed += [_packed(arg) for arg in args[len(names) :]]
            answer = await self._files._raw("fop", name, *packed)
            values = unpacked(answer["values"], self._files)
            return Reply(name, answer["opRet"], answer["opErrno"], values, answer["timeouts"])

        return call


class Files:
    """Operations by path; each sends the requests that a mount would send.

    Failures raise OSError (FileNotFoundError for ENOENT, and so on). Attributes are an Iatt.
    """

    fop: _Fops
    """Every fop by its name: `await g.fop.stat("/a")`."""

    def __init__(self, graph, child, caller):
        self._graph = graph
        self._child = child
        self._caller = caller
        self.fop = _Fops(self)

    def _raw(self, operation, *args):
        return ask("do", self._graph, self._child, self._caller, operation, *args)

    async def _do(self, operation, *args):
        return unpacked(await self._raw(operation, *args), self)

    async def lookup(self, path: str) -> Iatt:
        """Its attributes from a lookup."""
        return await self._do("lookup", path)

    async def stat(self, path: str) -> Iatt:
        """Its attributes from a lookup and a stat."""
        return await self._do("stat", path)

    async def exists(self, path: str) -> bool:
        """True if a lookup finds it."""
        return await self._do("exists", path)

    async def listdir(self, path: str = "/") -> list[str]:
        """Names of a directory, sorted."""
        return await self._do("listdir", path)

    async def mkdir(self, path: str, mode: int = 0o755) -> Iatt:
        return await self._do("mkdir", path, mode)

    async def mknod(self, path: str, mode: int = 0o100644, rdev: int = 0) -> Iatt:
        return await self._do("mknod", path, mode, rdev)

    async def symlink(self, target: str, path: str) -> Iatt:
        return await self._do("symlink", target, path)

    async def link(self, path: str, new_path: str) -> Iatt:
        return await self._do("link", path, new_path)

    async def unlink(self, path: str) -> None:
        return await self._do("unlink", path)

    async def rmdir(self, path: str) -> None:
        return await self._do("rmdir", path)

    async def rename(self, path: str, new_path: str) -> None:
        return await self._do("rename", path, new_path)

    async def readlink(self, path: str) -> str:
        return await self._do("readlink", path)

    async def read(self, path: str, size: int | None = None, offset: int = 0) -> bytes:
        """The bytes of a file: open, read, close."""
        return await self._do("read", path, size, offset)

    async def write(self, path: str, data: bytes | str, offset: int | None = None) -> int:
        """Writes a file, creating it if missing: open, write, close; returns the number of bytes.

        Without an offset the data replaces the file's contents.
        """
        return await self._do("write", path, _data(data), offset)

    async def truncate(self, path: str, size: int = 0) -> None:
        return await self._do("truncate", path, size)

    async def chmod(self, path: str, mode: int) -> Iatt:
        return await self._do("chmod", path, mode)

    async def chown(self, path: str, uid: int, gid: int) -> Iatt:
        return await self._do("chown", path, uid, gid)

    async def utime(self, path: str, atime: float, mtime: float) -> Iatt:
        return await self._do("utime", path, atime, mtime)

    async def access(self, path: str, mask: int = 0) -> None:
        return await self._do("access", path, mask)

    async def statfs(self) -> Statvfs:
        return await self._do("statfs")

    async def getxattr(self, path: str, name: str) -> bytes:
        """The bytes of an extended attribute."""
        return await self._do("getxattr", path, name)

    async def listxattr(self, path: str) -> list[str]:
        return await self._do("listxattr", path)

    async def setxattr(self, path: str, name: str, value: bytes | str, flags: int = 0) -> None:
        return await self._do("setxattr", path, name, _data(value), flags)

    async def removexattr(self, path: str, name: str) -> None:
        return await self._do("removexattr", path, name)

    async def open(self, path: str, flags: int = 2, mode: int = 0o644) -> File:
        """Opens a File; flags are those of os.open, O_RDWR by default."""
        return await self._do("open", path, flags, mode)
