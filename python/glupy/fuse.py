"""Names of fusepy and mfusepy, so that their file systems run as modules.

`import fuse`, `fusepy` and `mfusepy` find this module (bridges/python/imports.ts); `adapt` makes a
Files of a module's Operations. docs/write/storage-from-fusepy.md has what differs.
"""

import inspect
import logging
import os
from stat import S_IFDIR, S_IFMT, S_IFREG
from types import FunctionType

# Modules import errno's names from here, too. The numbers of `errno` become Linux's later.
from ._errno import *  # noqa: F403
from ._errno import EFAULT, EIO, ENODATA, ENOENT, ENOSYS, ENOTSUP, EROFS
from ._report import misuse
from ._source import code_of
from .files import Files, current_root, line_of_return
from .option import Option

ENOATTR = ENODATA
ReadDirResult = object


class FuseOSError(OSError):
    """An errno for the caller."""

    def __init__(self, errno):
        super().__init__(errno, os.strerror(errno))


def fuse_get_context():
    """(uid, gid, pid) of the caller; zeros outside of a request."""
    root = current_root()
    return (root.uid, root.gid, root.pid) if root else (0, 0, 0)


def fuse_exit():
    raise RuntimeError("a module cannot end its mount: use glossa umount MNT")


class fuse_file_info:
    """An open file of a file system with raw_fi; `open` and `create` set `fh`."""

    def __init__(self, flags=0):
        self.flags, self.fh = flags, 0
        self.direct_io = self.keep_cache = self.nonseekable = self.lock_owner = 0


class fuse_config:
    """Exists for annotations: the settings of libfuse have no effect here."""


fuse_conn_info = fuse_config


def overrides(parent_class):
    """Checks that the parent class has the method that follows."""

    def check(method):
        if not hasattr(parent_class, method.__name__):
            raise TypeError(f"{parent_class.__name__} has no {method.__name__} to override")
        return method

    return check


def log_callback(method):
    """Logs the calls of a method at level DEBUG."""

    def logged(self, *args):
        return _log_call(LoggingMixIn.log, method.__name__, args, lambda: method(self, *args))

    logged.__wrapped__ = method
    return logged


def _log_call(log, name, args, call):
    log.debug("%s%r", name, args)
    try:
        result = call()
    except OSError as error:
        log.debug("%s fails: %s", name, error)
        raise
    log.debug("%s returns %.200r", name, result)
    return result


class LoggingMixIn:
    """Logs all operations at level DEBUG."""

    log = logging.getLogger("fuse.log-mixin")

    def __call__(self, op, *args):
        return _log_call(self.log, op, args, lambda: getattr(self, op)(*args))


def provide_missing():
    """Gives `os` functions that class bodies name (`mknod = os.mknod`), and this Python lacks."""
    for name in "mknod", "getxattr", "listxattr", "removexattr", "setxattr":
        if name not in vars(os):
            setattr(os, name, _default(name, ENOTSUP))


_made = []  # by the module while it loads


class FUSE:
    """Stands for a mount, which `glossa mount` makes: keeps the Operations and raw_fi."""

    def __init__(self, operations, mountpoint=None, raw_fi=False, encoding="utf-8", **options):
        self.operations, self.raw_fi = operations, raw_fi
        _made.append(self)


def _default(name, number=0, make=int):
    """A method of Operations: raises an errno, or returns what `make` makes."""

    def method(self, *args):
        if number:
            raise FuseOSError(number)
        return make()

    method.__name__ = name
    return method


class Operations:
    """The base class of file systems. Methods that a class does not override are refused."""

    def __call__(self, op, *args):
        method = getattr(self, op, None)
        if method is None:
            raise FuseOSError(EFAULT)
        return method(*args)

    def getattr(self, path, fh=None):
        if path != "/":
            raise FuseOSError(ENOENT)
        return {"st_mode": S_IFDIR | 0o755, "st_nlink": 2}


_NEVER_CALLED = "bmap fallocate flock ioctl lock poll read_buf write_buf"
_DEFAULTS = (
    ("chmod chown create link mkdir mknod rename rmdir symlink truncate unlink write", EROFS, int),
    ("getxattr removexattr setxattr", ENOTSUP, int),
    (_NEVER_CALLED, ENOSYS, int),
    ("read", EIO, int),
    ("readlink", ENOENT, int),
    ("readdir readdir_with_offset listxattr", 0, list),
    ("statfs", 0, dict),
    ("access flush fsync fsyncdir open opendir release releasedir utimens", 0, int),
    ("init init_with_config destroy", 0, int),
)
for _names, *_rest in _DEFAULTS:
    for _name in _names.split():
        setattr(Operations, _name, _default(_name, *_rest))

# A method of Files, and the operations of which one suffices for it.
_SOURCES = {
    "list": ("readdir_with_offset", "readdir"),
    "stat": ("getattr",),
    "read": ("read",),
    "write": ("write",),
    "truncate": ("truncate",),
    "create": ("create", "mknod"),
    "mkdir": ("mkdir",),
    "remove": ("unlink",),
    "rmdir": ("rmdir",),
    "rename": ("rename",),
    "link": ("link",),
    "symlink": ("symlink",),
    "readlink": ("readlink",),
    # The default of utimens succeeds: programs set the times of a file that they have written.
    "setattr": ("chmod", "chown", "utimens", "create", "mknod", "write", "mkdir"),
    "getxattr": ("getxattr",),
    "listxattr": ("listxattr",),
    "setxattr": ("setxattr",),
    "removexattr": ("removexattr",),
    "statfs": ("statfs",),
    "open": ("open", "create", "mknod", "release"),
    "close": ("release",),
    "flush": ("flush",),
    "fsync": ("fsync",),
}


class _Adapter(Files):
    """Calls the operations of `_fs`."""

    # As libfuse: operations know a file by its path, also one that is removed while it is open.
    _hides_removed = True
    _class = _fs = None
    _raw_fi = _uses_ns = _create_takes_flags = False
    _own = frozenset()

    def init(self):
        if self._fs is None:
            self._fs = self._class(**self._arguments())
        for name in "init", "init_with_config":
            if name in self._own:
                self._ask(name, *(("/",) if name == "init" else (None, None)))

    def fini(self):
        if "destroy" in self._own:
            self._ask("destroy", "/")

    def _arguments(self):
        """The arguments of the class's constructor, by the options."""
        given = {key: value for key, value in self.options.items() if value is not None}
        for name, param in _parameters(self._class):
            if param.default is param.empty and name not in given:
                where = f"{self._class.__name__} in line {self._class.__firstlineno__}"
                raise TypeError(f"{where} needs a value for {name}: give it by option {name}")
        return given

    def _ask(self, op, *args):
        fs = self._fs
        if getattr(fs, op, None) is None:
            raise FuseOSError(ENOTSUP)
        result = fs(op, *args) if callable(fs) else getattr(fs, op)(*args)
        if type(result) is int and result < 0:
            raise FuseOSError(-result)
        return result

    def _names(self, op, *args):
        """The names of a listing with their offsets. Attributes in it are unused, as by libfuse."""
        found = {}
        items = self._ask(op, *args)
        if not hasattr(items, "__iter__"):
            raise self._wrong(op, f"must return names, not {items!r:.60}")
        for item in items:
            name, offset = (item[0], item[-1]) if isinstance(item, tuple) and item else (item, 0)
            if not isinstance(name, (str, bytes)):
                text = f"must return names, or (name, attrs, offset); {item!r:.60} is in it"
                raise self._wrong(op, text)
            found[name] = offset
        return found

    def _wrong(self, op, text):
        """The error of a result that an operation cannot have."""
        method = getattr(type(self._fs), op)
        return misuse(code_of(method), line_of_return(method), f"{op}: {text}")


def _fh(handle):
    return 0 if handle is None else handle


class _Methods(_Adapter):
    """The methods of Files by operations; `adapt` takes those that a file system has."""

    mkdir = lambda self, path, mode: self._ask("mkdir", path, mode)
    remove = lambda self, path: self._ask("unlink", path)
    rmdir = lambda self, path: self._ask("rmdir", path)
    rename = lambda self, path, new_path: self._ask("rename", path, new_path)
    link = lambda self, path, new_path: self._ask("link", new_path, path)
    symlink = lambda self, path, target: self._ask("symlink", path, target)
    removexattr = lambda self, path, name: self._ask("removexattr", path, name)
    close = lambda self, path, handle: self._ask("release", path, _fh(handle))
    flush = lambda self, path, handle: self._ask("flush", path, _fh(handle))
    fsync = lambda self, path, handle: self._ask("fsync", path, 0, _fh(handle))

    def list(self, path):
        fh = self._ask("opendir", path) or 0 if "opendir" in self._own else 0
        try:
            if "readdir_with_offset" not in self._own:
                return [*self._names("readdir", path, fh)]
            names, offset = {}, 0
            while True:
                count = len(names)
                for name, offset in self._names("readdir_with_offset", path, offset, fh).items():
                    names[name] = offset
                if len(names) == count or not offset:
                    return [*names]
        finally:
            if "releasedir" in self._own:
                self._ask("releasedir", path, fh)

    def stat(self, path):
        found = self._ask("getattr", path, None)
        if not isinstance(found, dict):
            raise self._wrong("getattr", f"must return a dict of st_mode, ..., not {found!r:.60}")
        mode = found.get("st_mode")
        if not isinstance(mode, int) or S_IFMT(mode) == 0:
            text = f"returned the st_mode {mode!r}, which has no type: add stat.S_IFREG or S_IFDIR"
            raise self._wrong("getattr", text)
        about = {"mode": mode}
        for name in "size", "nlink", "uid", "gid", "atime", "mtime", "ctime":
            value = found.get(f"st_{name}")
            if isinstance(value, (int, float)) and name.endswith("time"):
                value = value / 1e9 if self._uses_ns else value
            elif isinstance(value, (int, float)):
                # An owner of -1 comes from chown, which takes it for no change.
                value = int(value) & 0xFFFF_FFFF if name.endswith("id") else int(value)
            if value is not None:
                about[name] = value
        return about

    def read(self, path, offset, size, handle):
        return self._ask("read", path, size, offset, _fh(handle)) or b""

    def write(self, path, offset, data, handle):
        return self._ask("write", path, data, offset, _fh(handle))

    def truncate(self, path, size, handle):
        self._ask("truncate", path, size, *(() if handle is None else (handle,)))

    def open(self, path, flags):
        if not self._raw_fi:
            return self._ask("open", path, flags) or 0 if "open" in self._own else 0
        info = fuse_file_info(flags)
        if "open" in self._own:
            self._ask("open", path, info)
        return info

    def create(self, path, mode):
        flags = os.O_RDWR | os.O_CREAT
        if "create" not in self._own:
            self._ask("mknod", path, S_IFREG | mode, 0)
            return self.open(path, flags)
        if self._raw_fi:
            info = fuse_file_info(flags)
            self._ask("create", path, S_IFREG | mode, info)
            return info
        extra = (flags,) if self._create_takes_flags else ()
        return self._ask("create", path, S_IFREG | mode, *extra) or 0

    def readlink(self, path):
        target = self._ask("readlink", path)
        return os.fsdecode(target) if isinstance(target, bytes) else target

    def setattr(self, path, changes):
        if "mode" in changes:
            # The kernel's mode has the type, which libfuse passes on.
            kind = S_IFMT(self.stat(path)["mode"])
            self._ask("chmod", path, kind | changes["mode"])
        if "uid" in changes or "gid" in changes:
            self._ask("chown", path, changes.get("uid", -1), changes.get("gid", -1))
        if "atime" in changes or "mtime" in changes:
            names = "atime", "mtime"
            known = changes if all(name in changes for name in names) else self.stat(path)
            times = [changes.get(name, known.get(name, 0)) for name in names]
            if self._uses_ns:
                times = [round(time * 1e9) for time in times]
            self._ask("utimens", path, tuple(times))

    def getxattr(self, path, name):
        value = self._ask("getxattr", path, name)
        return b"" if value == "" else value

    def listxattr(self, path):
        return [*(self._ask("listxattr", path) or ())]

    def setxattr(self, path, name, value, flags):
        self._ask("setxattr", path, name, value, flags)

    def statfs(self, path):
        found = self._ask("statfs", path) or {}
        values = {name: found[f"f_{name}"] for name in _STATFS if f"f_{name}" in found}
        if "bsize" in values:
            values.setdefault("frsize", values["bsize"])
        return values


_STATFS = "bsize frsize blocks bfree bavail files ffree favail namemax".split()


def _parameters(cls):
    """(name, parameter) of a constructor's parameters that an option can have."""
    params = [*inspect.signature(cls.__init__).parameters.values()][1:]
    for param in params:
        is_plain = param.kind in (param.POSITIONAL_OR_KEYWORD, param.KEYWORD_ONLY)
        if is_plain and (param.default in (param.empty, None) or type(param.default) in _TYPES):
            yield param.name, param


_TYPES = {str: "str", int: "int", float: "double", bool: "bool"}


def _make_option(param):
    named = {kind.__name__: type for kind, type in _TYPES.items()}
    if param.default not in (param.empty, None):
        return Option(type=_TYPES[type(param.default)], default=param.default)
    kind = param.annotation
    return Option(type=named.get(getattr(kind, "__name__", kind), "str"))


def _find(module, place):
    """A module's file system: its xlator, or what it gave to FUSE, or its only Operations."""
    given = getattr(module, "xlator", None)
    if given is not None or _made:
        return _made[-1] if given is None else given
    classes = [
        one
        for one in vars(module).values()
        if isinstance(one, type) and one is not Operations and issubclass(one, Operations)
    ]
    own = [one for one in classes if one.__module__ == module.__name__] or classes
    ends = [one for one in own if not any(one in other.__mro__[1:] for other in own)]
    if len(ends) > 1:
        names = [one.__name__ for one in ends]
        several = f"{place} has several Operations, {' and '.join(names)}"
        raise TypeError(f"{several}: write xlator = {names[0]}")
    return ends[0] if ends else None


def adapt(module, place):
    """Makes the Files of a module for fusepy; None for other modules."""
    fs = _find(module, place)
    mount = fs if isinstance(fs, FUSE) else None
    if mount is not None:
        fs = mount.operations
    cls = fs if isinstance(fs, type) else type(fs)
    if mount is None and not issubclass(cls, Operations):
        return None
    names = {op for ops in _SOURCES.values() for op in ops}
    names |= {"opendir", "releasedir", "init", "init_with_config", "destroy"}
    names |= {*_NEVER_CALLED.split()}
    found = {name: getattr(fs, name, None) for name in names}
    own = {
        name
        for name, method in found.items()
        if method is not None and getattr(cls, name, None) is not getattr(Operations, name, 0)
    }
    space = {
        "__module__": __name__,
        "__firstlineno__": getattr(cls, "__firstlineno__", 1),
        "_class": cls,
        "_fs": None if fs is cls else fs,
        "_raw_fi": mount is not None and mount.raw_fi,
        "_own": frozenset(own),
        "_uses_ns": bool(getattr(fs, "use_ns", False)),
        "_create_takes_flags": _needed(found["create"]) > (3 if fs is cls else 2),
        "options": {key: _make_option(one) for key, one in _parameters(cls)} if fs is cls else {},
        "_warnings": [_warning(name, found[name]) for name in _NEVER_CALLED.split() if name in own],
    }
    for name, sources in _SOURCES.items():
        used = [op for op in sources if op in own]
        if used or name in ("list", "stat", "read"):
            space[name] = _stand_for(vars(_Methods)[name], used and found[used[0]])
    return type(cls.__name__, (_Adapter,), space)


def _needed(method):
    """How many arguments a method needs."""
    try:
        params = inspect.signature(method).parameters.values()
    except (TypeError, ValueError):
        return 0
    return sum(one.default is one.empty and one.kind <= one.POSITIONAL_OR_KEYWORD for one in params)


def _warning(name, method):
    code = code_of(method)
    place = (code.co_filename, code.co_firstlineno, code.co_name) if code else ("-", 0, "-")
    return [*place, f"{name} is never called: a file system by path does not have it"]


def _stand_for(function, method):
    """A copy of a function, whose place in messages is that of the author's method."""
    made = FunctionType(function.__code__, globals(), function.__name__, function.__defaults__)
    made.__signature__ = inspect.signature(function)
    if method:
        made.__wrapped__ = method
    return made
