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

import asyncio
import json
from contextlib import contextmanager

import _host

from ._errno import NAMES as _ERRNO
from ._fops import BY_NAME
from ._tested import Asked, Inode, Invalidated, LogLine
from .data import Dict
from .errors import errno_of, errorcode, os_error
from .values import Dirent, Flock, Iatt, Lease, Listing, Statvfs

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


# -- the host ----------------------------------------------------------------------------------

_waiting = {}
_last_call = 0


def _say(*message):
    """Asks the host for something it can do at once."""
    if not hasattr(_host, "testing"):
        raise RuntimeError("glupy.testing works in tests only: run them by `glossa test`")
    answer = json.loads(_host.testing(json.dumps(message)))
    return answer


def _ask(verb, *message):
    """Asks for something that takes its time; a future of the answer."""
    global _last_call
    _last_call += 1
    number = _last_call
    future = asyncio.get_running_loop().create_future()
    _waiting[number] = future
    future.add_done_callback(lambda future: _given_up(number, future))
    _say(verb, number, *message)
    return future


def _given_up(number, future):
    if future.cancelled() and _waiting.pop(number, None) is not None:
        _say("interrupt", number)


def _answered(number, text):
    """The host's answer to a request."""
    future = _waiting.pop(number, None)
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
    """A value on its way to the host."""
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


def _unpacked(value, graph=None):
    """A value from the host."""
    if isinstance(value, dict):
        return {name: _unpacked(inner, graph) for name, inner in value.items()}
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


class Reply:
    """What a bare fop answered: `op_ret`, `op_errno`, the parts of its reply by name, and `timeouts`,
    seconds to cache it for by "entry", "attribute" and "negative"."""

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

    def __init__(self, graph, id):
        self._graph = graph
        self.id = id

    def read(self, size=None, offset=0):
        """Bytes from an offset on; all that are left without a size."""
        return self._graph._do("file.read", self.id, size, offset)

    def write(self, data, offset=0):
        """How many bytes were written."""
        return self._graph._do("file.write", self.id, _data(data), offset)

    def truncate(self, size=0):
        return self._graph._do("file.truncate", self.id, size)

    def stat(self):
        return self._graph._do("file.stat", self.id)

    def fsync(self):
        return self._graph._do("file.fsync", self.id)

    def close(self):
        return self._graph._do("file.close", self.id)

    async def __aenter__(self):
        return self

    async def __aexit__(self, *exception):
        await self.close()

    def __repr__(self):
        return f"<File {self.id}>"


class _Fops:
    """Every fop by its name: `await g.fop.stat("/a")`."""

    def __init__(self, files):
        self._files = files

    def __getattr__(self, name):
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
            values = _unpacked(answer["values"], self._files)
            return Reply(name, answer["opRet"], answer["opErrno"], values, answer["timeouts"])

        return call


class _Files:
    """Operations by paths, each made of the requests that a mount would make for it.

    What fails raises OSError (FileNotFoundError for ENOENT, and so on). Attributes are an Iatt.
    """

    def __init__(self, graph, child, caller):
        self._graph = graph
        self._child = child
        self._caller = caller
        self.fop = _Fops(self)

    def _raw(self, operation, *args):
        return _ask("do", self._graph, self._child, self._caller, operation, *args)

    async def _do(self, operation, *args):
        return _unpacked(await self._raw(operation, *args), self)

    def lookup(self, path):
        """Its attributes, as a lookup tells them."""
        return self._do("lookup", path)

    def stat(self, path):
        """Its attributes: a lookup, and a stat."""
        return self._do("stat", path)

    def exists(self, path):
        """Whether a lookup finds it."""
        return self._do("exists", path)

    def listdir(self, path="/"):
        """Names of a directory, sorted."""
        return self._do("listdir", path)

    def mkdir(self, path, mode=0o755):
        return self._do("mkdir", path, mode)

    def mknod(self, path, mode=0o100644, rdev=0):
        return self._do("mknod", path, mode, rdev)

    def symlink(self, target, path):
        return self._do("symlink", target, path)

    def link(self, path, new_path):
        return self._do("link", path, new_path)

    def unlink(self, path):
        return self._do("unlink", path)

    def rmdir(self, path):
        return self._do("rmdir", path)

    def rename(self, path, new_path):
        return self._do("rename", path, new_path)

    def readlink(self, path):
        return self._do("readlink", path)

    def read(self, path, size=None, offset=0):
        """The bytes of a file: open, read, close."""
        return self._do("read", path, size, offset)

    def write(self, path, data, offset=None):
        """Writes a file, which is made if it is not there: open, write, close; how many bytes.

        Without an offset the data is all that is in it then.
        """
        return self._do("write", path, _data(data), offset)

    def truncate(self, path, size=0):
        return self._do("truncate", path, size)

    def chmod(self, path, mode):
        return self._do("chmod", path, mode)

    def chown(self, path, uid, gid):
        return self._do("chown", path, uid, gid)

    def utime(self, path, atime, mtime):
        return self._do("utime", path, atime, mtime)

    def access(self, path, mask=0):
        return self._do("access", path, mask)

    def statfs(self):
        return self._do("statfs")

    def getxattr(self, path, name):
        """The bytes of an extended attribute."""
        return self._do("getxattr", path, name)

    def listxattr(self, path):
        return self._do("listxattr", path)

    def setxattr(self, path, name, value, flags=0):
        return self._do("setxattr", path, name, _data(value), flags)

    def removexattr(self, path, name):
        return self._do("removexattr", path, name)

    def open(self, path, flags=2, mode=0o644):
        """A File; flags are those of os.open, O_RDWR unless told."""
        return self._do("open", path, flags, mode)


class Child(_Files):
    """A storage below the module. What is done here goes past the module, and is not counted."""

    def __init__(self, graph, index, caller):
        super().__init__(graph, index, caller)
        self._index = index

    def asked(self, fop=None):
        """The requests that have reached it, each an Asked; those of one fop."""
        found = _say("asked", self._graph, self._index, fop)
        return [Asked(one["fop"], one["path"], _unpacked(one["args"])) for one in found]

    def fail(self, fop=None, op_errno=_ERRNO["EIO"], *, path=None, times=None):
        """From now on requests fail here: those of one fop, for one path, so many times."""
        _say("fail", self._graph, self._index, fop, op_errno, path, times)

    def mend(self):
        """Nothing fails any more."""
        _say("mend", self._graph, self._index)

    def changed(self, path):
        """It says that somebody else has changed what is at a path (UPCALL)."""
        _say("changed", self._graph, self._index, path)

    def say_up(self, up=True):
        """It says that it is up (CHILD_UP), or that it is not (CHILD_DOWN)."""
        _say("up", self._graph, self._index, bool(up))

    def hold(self, fop=None):
        """From now on requests wait here, all or those of one fop, until `release`."""
        _say("hold", self._graph, self._index, fop)

    def release(self):
        """What waits goes on, in the order it came; nothing waits any more."""
        _say("release", self._graph, self._index)


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
        return Graph(self._graph, self._count, caller)

    def advance(self, seconds):
        """Lets time pass: timers ring, what is remembered gets old."""
        _say("advance", seconds)

    def clear(self):
        """Forgets what was asked and logged so far."""
        _say("clear", self._graph)

    @property
    def is_up(self):
        """Whether the volume has said so, as a mount waits for it to."""
        return _say("isUp", self._graph)

    @property
    def invalidated(self):
        """What was taken back so far, each an Invalidated."""
        return [Invalidated(**one) for one in _say("invalidated", self._graph)]

    @property
    def log(self):
        """The lines of the log, each a LogLine."""
        return [LogLine(*line) for line in _say("log", self._graph)]

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
        number = await _ask("graph", self._settings)
        self._number = number
        return Graph(number, self._settings["children"])

    async def __aexit__(self, kind, *exception):
        left = await _ask("close", self._number)
        if left and kind is None:
            raise AssertionError(f"requests were never answered: {', '.join(left)}")


def _option(value):
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value)
