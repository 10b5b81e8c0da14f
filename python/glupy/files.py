"""File systems by path: a storage of your own from `list`, `stat` and `read`.

The host keeps inodes, gfids, open files and listings (runtime/xlators/storage/files), and calls the
methods here by their paths.
"""

import inspect
import os
import struct
import sys
from contextvars import ContextVar
from stat import S_ISDIR, S_ISLNK
from typing import Any

import _host

from ._errno import EIO
from ._fops import (
    BY_NAME,
    FILE_METHODS,
    FILES,
    FILES_LATER,
    RETURNED_DATA,
    RETURNED_NOTHING,
    SAME,
)
from ._invalidate import changed_path
from ._json import loads
from ._report import misuse, place_in_module, place_of_return
from ._source import code_of
from .errors import errno_of, is_errno
from .translator import Translator

_TIMES = ("atime", "mtime", "ctime")
_NUMBERS = ("size", "mode", "nlink", "uid", "gid", *_TIMES, "ino", "timeout")
_KNOWN = frozenset(_NUMBERS)


def attributes(size=None, *, type=None, **more):
    """The attributes of a file; glupy.pyi.in names them."""
    if not _KNOWN.issuperset(more):
        unknown = next(name for name in more if name not in _KNOWN)
        raise TypeError(f"attributes has no {unknown!r}; it has {', '.join(('type', *_NUMBERS))}")
    if type is not None:
        more["type"] = type
    if size is not None:
        more["size"] = size
    return more


def directory(**more: Any) -> dict[str, Any]:
    """The attributes of a directory."""
    return attributes(type="directory", **more)


def absent(timeout: float | None = None) -> dict[str, Any]:
    """What `stat` returns for a path that has nothing; None says the same.

    timeout: seconds for which the kernel may keep it without asking again.
    """
    return {"absent": True} if timeout is None else {"absent": True, "timeout": timeout}


class Files(Translator):
    """A file system by path. Derive `class xlator(Files)`; three methods are one that can be read:

    list(self, path)                    names, or (name, attributes) pairs; any iterable
    stat(self, path)                    attributes(...), directory(), the size in bytes of a file,
                                        an os.stat_result, or None: there is nothing
    read(self, path, offset, size)      bytes, fewer only at the end; with `path` alone, all of the
                                        file

    Each of the others makes something possible that is refused otherwise (EROFS, or EOPNOTSUPP):

    write(self, path, offset, data)     returns how many bytes were written; None for all
    truncate(self, path, size)
    create(self, path, mode)            an empty file
    mkdir(self, path, mode), remove(self, path), rmdir(self, path)
    rename(self, path, new_path)        replaces what has the new name
    link(self, path, new_path), symlink(self, path, target), readlink(self, path)
    setattr(self, path, changes)        changes: a dict of mode, uid, gid, atime, mtime
    getxattr(self, path, name), listxattr(self, path), setxattr(self, path, name, value, flags),
    removexattr(self, path, name)
    statfs(self, path)                  a dict of bsize, frsize, blocks, bfree, bavail, files, ...
    open(self, path, flags)             returns a handle of your own, which `create` then returns
                                        too; read, write, truncate, flush, fsync, setattr get it as
                                        a last argument if they take one more
    close(self, path, handle)           its file was closed
    flush(self, path), fsync(self, path)

    A path begins with a slash; the root is "/". Each method may be an `async def`. An OSError is the
    errno of the caller (FileNotFoundError: ENOENT); any other exception is logged, and EIO.
    init, fini, reconfigure, statedump, dump_state, load_state, options, log are as in Translator.
    """

    caller = None
    """In a method: who asks, as a Root (uid, gid, pid, ...)."""

    # Whether a file that is removed while it is open keeps its data by a hidden name; without `open`
    # it always does.
    _hides_removed = False

    def changed(self, path: str) -> None:
        """Says that what a path leads to is another now, so that the kernel asks anew."""
        changed_path(path)


_handles = {}
_last_handle = 0
_takes = {}  # method -> how many arguments it takes
_methods = {}
_short_methods = {}  # those that take the path only, but for `close`, whose handle must go


def _arguments(name):
    """The names of a method's arguments: those of all, and the handle."""
    params = FILE_METHODS[name]
    return params if "handle" in params else (*params, "handle")


def _count(method, name):
    """How many arguments a method takes; raises TypeError with its place if it cannot be called."""
    names = _arguments(name)
    params = list(inspect.signature(method).parameters.values())
    plain = [one for one in params if one.kind <= inspect.Parameter.POSITIONAL_OR_KEYWORD]
    needed = [one for one in plain if one.default is inspect.Parameter.empty]
    if any(one.kind is inspect.Parameter.VAR_POSITIONAL for one in params):
        return len(names)
    if not 1 <= len(plain) or len(needed) > len(names):
        code = code_of(method)
        where = f"{code.co_filename}:{code.co_firstlineno}: " if code else ""
        shown = ", ".join(("self", *FILE_METHODS[name]))
        raise TypeError(f"{where}{name} takes {len(plain)} arguments; write {name}({shown})")
    return min(len(plain), len(names))


def is_files(cls):
    return issubclass(cls, Files)


def describe_files(cls, place):
    """The methods of a class for the host; raises TypeError for invalid definitions."""
    found = {}
    for name in FILE_METHODS:
        method = getattr(cls, name, None)
        if method is None:
            continue
        bound = _Unbound(method)
        if inspect.isgeneratorfunction(method) and name != "list":
            code = code_of(method)
            raise TypeError(f"{code.co_filename}:{code.co_firstlineno}: {name} has a yield in it")
        _count(bound, name)
        found[name] = "async" if inspect.iscoroutinefunction(method) else "plain"
    missing = [name for name in ("list", "stat", "read") if name not in found]
    if missing:
        raise TypeError(f"{place}:{cls.__firstlineno__}: a Files needs {', '.join(missing)}")
    for name in BY_NAME:
        if name not in found and name not in FILE_METHODS and getattr(cls, name, None) is not None:
            code = code_of(getattr(cls, name))
            where = f"{code.co_filename}:{code.co_firstlineno}" if code else place
            meant = _MEANT.get(name)
            advice = f"write {meant}" if meant else f"its methods are {', '.join(FILE_METHODS)}"
            raise TypeError(f"{where}: a Files has no {name}: {advice}")
    reads_whole = _count(_Unbound(cls.read), "read") == 1
    return {"methods": found, "readsWhole": reads_whole, "hidesRemoved": cls._hides_removed}


# Fops, and what an author means by them in a file system by path.
_MEANT = {
    "lookup": "stat",
    "fstat": "stat",
    "readdir": "list",
    "readdirp": "list",
    "opendir": "list",
    "readv": "read",
    "writev": "write",
    "ftruncate": "truncate",
    "unlink": "remove",
    "mknod": "create",
    "fsetattr": "setattr",
}


class _Unbound:
    """A function of a class with the signature that it has on an instance."""

    def __init__(self, function):
        self.__wrapped__ = function
        signature = inspect.signature(function)
        params = list(signature.parameters.values())
        own = params[:1] and params[0].kind <= inspect.Parameter.POSITIONAL_OR_KEYWORD
        self.__signature__ = signature.replace(parameters=params[1:] if own else params)

    def __call__(self):
        raise NotImplementedError


def start_files(translator):
    """Registers the methods of a translator that is made."""
    for name in FILE_METHODS:
        method = getattr(translator, name, None)
        if method is not None:
            _methods[name] = method
            _takes[name] = _count(method, name)
            if _takes[name] == 1 and name != "close":
                _short_methods[name] = method
    FILES.method = _call
    FILES_LATER.method = _call_later
    Files.caller = property(lambda self: current_root())


_frame = None  # that of the method that runs, and that of an `async def`
_later = ContextVar("frame", default=None)


def current_root():
    """The Root of the request whose method runs; None outside of one."""
    frame = _frame or _later.get()
    return frame.root if frame else None


def _pick(method, path, text, a, b, handle, data):
    """The arguments that a method takes, in its order."""
    name = method
    if name == "read":
        given = path, a, b, _handles.get(handle)
    elif name == "write":
        given = path, a, bytes(data), _handles.get(handle)
    elif name == "setxattr":
        given = path, text, bytes(data), a
    elif name == "setattr":
        given = path, loads(text), _handles.get(handle)
    elif name in _TEXT:
        given = path, text
    elif name in _NUMBER:
        given = path, a, _handles.get(handle)
    elif name == "close":
        given = path, _handles.pop(handle, None)
    else:
        given = path, _handles.get(handle)
    return given[: _takes[name]]


_TEXT = {"rename", "link", "symlink", "getxattr", "removexattr"}
_NUMBER = {"truncate", "create", "mkdir", "open"}


# Those whose result has no meaning, and those whose result may be None.
_NO_RESULT = set(FILE_METHODS) - {
    *("list", "stat", "read", "readlink", "statfs", "getxattr", "listxattr", "open", "create", "write"),
}
_MAY_BE_NONE = _NO_RESULT | {"stat", "getxattr", "write", "create", "open"}
_MOST = 2**53 - SAME  # the largest number that a code can tell


def _call(frame, name, path, text, a, b, handle, data):
    """The entry point of a plain method. A code tells the common results; all others need a message."""
    global _frame
    method = _short_methods.get(name)
    before, _frame = _frame, frame
    try:
        if method is not None:
            result = method(path)
        elif name == "read" and _takes[name] == 3:
            method = _methods[name]
            result = method(path, a, b)
        else:
            method = _methods[name]
            result = method(*_pick(name, path, text, a, b, handle, data))
    except OSError as error:
        refuse(frame, error, method)
        return
    finally:
        _frame = before
    kind = type(result)
    if kind is bytes and name == "read" and (len(result) <= b or b < 0):
        _host.lend(result)
        frame._state = RETURNED_DATA
    elif result is None and name in _MAY_BE_NONE or name in _NO_RESULT:
        frame._state = RETURNED_NOTHING
    elif kind is int and name == "stat" and path != "/" and 0 <= result < _MOST:
        frame._state = SAME + result
    elif kind is dict and name == "stat" and _lent(result):
        frame._state = RETURNED_DATA
    elif name == "list" and kind in _COLLECTIONS and _lent_names(result):
        frame._state = RETURNED_DATA
    elif kind is bytearray and name == "read" and (len(result) <= b or b < 0):
        _host.lend(result)
        frame._state = RETURNED_DATA
    else:
        _answer(frame, name, method, result)


_COLLECTIONS = list, tuple, dict


def _lent_names(names):
    """Passes names alone, between slashes; False for those that need a message, such as pairs."""
    try:
        text = "/".join(names)
        if text.count("/") != len(names) - 1:
            return False
        _host.lend(text.encode("utf-8", "surrogateescape"))
    except (TypeError, ValueError, RuntimeError):
        return False
    return True


# The order of packed attributes (runtime/files/methods.ts): doubles, the lowest for what is left out.
_ORDER = "type", *_NUMBERS
_UNSET = dict.fromkeys(_ORDER, -sys.float_info.max)
_TYPE_CODES = {"file": 0, "directory": 1, "symlink": 2, _UNSET["type"]: _UNSET["type"]}
_PACK = struct.Struct(f"<{len(_ORDER)}d").pack


def _lent(found):
    """Passes attributes as numbers; False for those that need a message, such as wrong ones."""
    try:
        whole = _UNSET | found
        whole["type"] = _TYPE_CODES[whole["type"]]
        _host.lend(_PACK(*whole.values()))
    except (KeyError, TypeError, OverflowError, RuntimeError, struct.error):
        return False
    return True


class _Method:
    """A method of the author's, as a row whose place the log shows."""

    cbk = cancel = None

    def __init__(self, name, method):
        self.name = name
        self.method = method


async def _call_later(frame, *call):
    name = call[0]
    method = _methods[name]
    _later.set(frame)
    frame._about = _Method(name, method)
    try:
        result = await method(*_pick(*call))
    except OSError as error:
        refuse(frame, error, method)
        return
    _answer(frame, name, method, result)


def refuse(frame, error, method):
    """Fails a request with the errno of an OSError; one without an errno is a mistake."""
    op_errno = errno_of(error)
    if not is_errno(op_errno):
        raise error
    place = place_in_module(error) if op_errno == EIO else None
    if place is not None:
        frame._note_place(*place)
    frame._fail(-op_errno)


def _answer(frame, name, method, result):
    """Sends a method's result to the host, which checks it."""
    global _last_handle
    try:
        if name == "list":
            if isinstance(result, (str, bytes)):
                raise TypeError(f"must return names, not {type(result).__name__}")
            value = [_entry(item) for item in result]
        elif name == "stat":
            value = _attributes(result)
        elif name == "read" or name == "getxattr":
            value = None if result is None else ["data", _host.put(_bytes(result))]
        elif name == "open" or name == "create":
            value = None
            if result is not None and "open" in _methods:
                _last_handle += 1
                _handles[_last_handle] = result
                value = _last_handle
        elif name == "listxattr":
            value = list(result)
        elif name == "statfs":
            value = dict(result)
        elif name == "readlink":
            value = os.fspath(result)
        else:
            value = result if name == "write" else None
        frame._push("return", value)
        frame._end()
    except (TypeError, ValueError) as error:
        code = code_of(method)
        text = str(error).removeprefix(f"{name}: ")
        if not text.startswith(name):
            text = f"{name}: {text}"
        line = line_of_return(method)
        raise misuse(code, line, text) from None


def line_of_return(method):
    """The only line where a method returns a value, or its first one."""

    class row:
        cbk = None

    row.method = method
    return place_of_return(row)[1]


def _bytes(value):
    if isinstance(value, (bytes, bytearray)):
        return value
    if isinstance(value, memoryview):
        return bytes(value)
    if isinstance(value, str):
        raise TypeError("must return bytes, not str: write text.encode()")
    raise TypeError(f"must return bytes, not {type(value).__name__}")


def _entry(item):
    if isinstance(item, str):
        return item
    if isinstance(item, bytes):
        return os.fsdecode(item)
    if isinstance(item, tuple) and len(item) == 2:
        name, about = item
        return [os.fsdecode(name) if isinstance(name, bytes) else name, _attributes(about)]
    raise TypeError(f"must return names, or pairs of name and attributes; {item!r:.60} is in it")


def _attributes(value):
    """What a stat returned, for the host."""
    if value is None or isinstance(value, dict):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, os.stat_result):
        mode = value.st_mode
        kind = "directory" if S_ISDIR(mode) else "symlink" if S_ISLNK(mode) else "file"
        found = {"type": kind, "mode": mode & 0o7777}
        for name in ("size", "nlink", "uid", "gid", *_TIMES):
            found[name] = getattr(value, f"st_{name}")
        if value.st_ino:
            found["ino"] = value.st_ino & 0x1F_FFFF_FFFF_FFFF
        return found
    raise TypeError(
        f"must return attributes(...), directory(), a number of bytes or None, not {value!r:.60}"
    )
