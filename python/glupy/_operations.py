"""A test's operations on a volume by paths, and their messages to the host."""

import asyncio
import json

import _host

from ._fops import BY_NAME
from ._tested import Inode
from .data import Dict
from .errors import errorcode, os_error
from .values import Dirent, Flock, Iatt, Lease, Listing, Statvfs

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


class Reply:
    """The reply of a fop wound directly: `op_ret`, `op_errno`, the parts by name, and `timeouts`,
    seconds to cache it for by "entry", "attribute" and "negative".
    """

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
        """Reads bytes from an offset; without a size all that follow."""
        return self._graph._do("file.read", self.id, size, offset)

    def write(self, data, offset=0):
        """Writes bytes; returns their number."""
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
            values = unpacked(answer["values"], self._files)
            return Reply(name, answer["opRet"], answer["opErrno"], values, answer["timeouts"])

        return call


class Files:
    """Operations by path; each sends the requests that a mount would send.

    Failures raise OSError (FileNotFoundError for ENOENT, and so on). Attributes are an Iatt.
    """

    def __init__(self, graph, child, caller):
        self._graph = graph
        self._child = child
        self._caller = caller
        self.fop = _Fops(self)

    def _raw(self, operation, *args):
        return ask("do", self._graph, self._child, self._caller, operation, *args)

    async def _do(self, operation, *args):
        return unpacked(await self._raw(operation, *args), self)

    def lookup(self, path):
        """Its attributes from a lookup."""
        return self._do("lookup", path)

    def stat(self, path):
        """Its attributes from a lookup and a stat."""
        return self._do("stat", path)

    def exists(self, path):
        """True if a lookup finds it."""
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
        """Writes a file, creating it if missing: open, write, close; returns the number of bytes.

        Without an offset the data replaces the file's contents.
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
        """Opens a File; flags are those of os.open, O_RDWR by default."""
        return self._do("open", path, flags, mode)
