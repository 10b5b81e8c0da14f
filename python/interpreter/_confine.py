"""Confines a module: refuses and logs forbidden operations, and provides granted files. Access to missing
features is logged too, except by the standard library and glupy.

This only improves messages: Python's audit events precede an attempt, so that the refusal can name the
option that would allow it. The real walls are the realm, which has no path to the host
(bridges/python/realm.ts), and the host's check of every path.
"""

import _imp
import asyncio
import builtins
import gc
import importlib.metadata
import io
import itertools
import json
import os
import posix
import posixpath
import shutil
import subprocess
import sys
import time
import typing
import weakref
import zipfile

# Modules that were compiled in, and that no module is to have. The host takes them off its list.
HIDDEN = (
    "_pyodide_core",
    "_ctypes",
    "_testcapi",
    "_testinternalcapi",
    "_testlimitedcapi",
    "_testclinic",
    "_testclinic_limited",
    "_testbuffer",
    "_xxtestfuzz",
    "xxsubtype",
    "_remote_debugging",
)
# The folders of the interpreter's own packages, and of unpacked wheels.
SITE = posixpath.dirname(__file__)
WHEELS = "/lib/wheels/"
# The folder in memory that is a module's own: relative names are in it.
SCRATCH = "/tmp"
_host = sys.modules["_host"]


def _make_hook(refused, granted):
    """
    The hook holds what it needs in its own code and closure, where a script does not stumble on it.
    """
    told = set()
    own_files = "<glupy ", SITE + "/glupy/", SITE + "/_glossa.py"
    library = "/lib/python", WHEELS

    def tell(what, why):
        # Some of it a script does a million times.
        if what not in told:
            told.add(what)
            refused(what + " (" + why + ")")

    def no(what, why, kind: type[Exception] = PermissionError):
        refused(what + " (" + why + ")")
        why = "refused: " + what + " (" + why + ")"
        return kind(13, why) if kind is PermissionError else kind(why)

    def has(folder):
        """Whether a folder is the interpreter's own. Its folders list none that leads to a granted file."""
        at = "/"
        for name in folder.split("/")[1:]:
            if name not in os.listdir(at):
                return False
            at = posixpath.join(at, name)
        return True

    def look(event, path, writes, folder: int | None = -1, quiet=False):
        """Refuses what was not granted. Whether the host has granted it."""
        if type(path) is bytes:
            path = os.fsdecode(path)
        # A path below an open folder is the file system's to judge.
        if not isinstance(path, str) or folder != -1 and not path.startswith("/"):
            return False
        if path[:1] == "<" and path[-1:] == ">" and "/" not in path:
            return False  # what a traceback calls a source that is no file
        try:
            whole = posixpath.normpath(posixpath.join(os.getcwd(), path))
        except OSError:
            return False
        right = "write" if writes else "read"
        how = granted(right, whole)
        if how == 1:
            return True
        if whole.startswith(library):
            return False  # the interpreter's own library, which looks for its sources itself
        # 2: the host gives it for something else only; 3: it gives something near.
        above = posixpath.dirname(whole)
        why = "option allow-" + right + " " + whole
        if how == 0:
            exists = posixpath.lexists(whole)
            if exists or above != "/" and posixpath.lexists(above):
                # These folders are the interpreter's own, but no script means them.
                if not exists and whole.startswith(("/proc/", "/dev/")):
                    refused(event + " " + path + " (" + why + ")")
                return False
        if how == 3 and (above == "/" or has(above)):
            return False
        if not quiet:
            refused(event + " " + path + " (" + why + ")")
        error = PermissionError(13, "not granted (" + why + ")")
        error.filename = path
        raise error

    def hook(event, args):
        if event not in {
            "import", "open", "os.listdir", "os.scandir", "os.mkdir", "os.remove", "os.rmdir",
            "os.rename", "os.truncate", "os.chmod", "os.utime", "os.link", "os.symlink",
            "subprocess.Popen", "os.system", "os.fork", "os.forkpty", "os.exec", "os.posix_spawn",
            "os.spawn", "os.kill", "os.killpg", "pty.spawn", "socket.connect", "socket.bind",
            "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "socket.gethostbyname",
            "socket.gethostbyaddr", "socket.getnameinfo", "urllib.Request", "http.client.connect",
            "ftplib.connect", "smtplib.connect", "webbrowser.open", "object.__setattr__",
            "_thread.start_new_thread", "_thread.start_joinable_thread", "os.pipe", "sys._getframe",
            "sys._current_frames", "gc.get_objects", "gc.get_referrers", "gc.get_referents",
            "sqlite3.connect",
        }:
            return
        if event == "sys._getframe":
            # Far enough up, the stack is no longer the module's own. Observed, frame.fail looks at its wrapper.
            name = args[0].f_code.co_filename
            if name.startswith(own_files) and not name.endswith("/_notes.py"):
                tell("frames of the host", "a stack begins with the interpreter's own")
        elif event == "object.__setattr__":
            if args[0] is hook:
                raise no("change the sandbox", "the sandbox is not a module's")
        elif event.startswith(("gc.", "sys.")):
            tell("objects of the host", event + " sees the interpreter's own")
        elif event == "import":
            name = args[0]
            if args[1] is not None:
                raise no("load " + str(args[1]), "a module has no native code", ImportError)
            root = name.partition(".")[0] if type(name) is str else ""
            if root in {
                "js", "pyodide_js", "pyodide", "_pyodide", "_pyodide_core", "micropip", "ctypes",
                "_ctypes", "_host",
            }:
                raise no("import " + name, "a module sees only what it is given", ModuleNotFoundError)
            if root in {"_multiprocessing", "_posixshmem"}:
                raise no("import " + name, "a module has no processes", ModuleNotFoundError)
        elif event == "open":
            path, mode, flags = args
            writes = type(flags) is int and flags & 0o3103
            if mode is not None and type(mode) is str:
                writes = writes or mode.strip("rbt")
            # os.open, which has no mode, does not tell of its folder.
            folder = None if mode is None else -1
            # Without flags it is the parser, which reads a line's text to show.
            quiet = mode is not None and flags == 0
            if not writes or type(flags) is int and flags & 2:
                look(event, path, False, folder, quiet)
            if writes:
                look(event, path, True, folder)
        elif event in {"os.listdir", "os.scandir"}:
            look(event, args[0], False)
        elif event == "sqlite3.connect":
            path = os.fsdecode(args[0])
            look(event, path[5:].partition("?")[0] if path.startswith("file:") else path, False)
        elif event in {"os.mkdir", "os.remove", "os.rmdir", "os.chmod", "os.utime"}:
            look(event, args[0], True, args[-1])
        elif event == "os.truncate":
            look(event, args[0], True)
        elif event in {"os.rename", "os.link"}:
            look(event, args[0], event == "os.rename", args[-2])
            look(event, args[1], True, args[-1])
        elif event == "os.symlink":
            if look(event, args[1], True, args[-1]):
                raise no(event + " " + str(args[1]), "a module makes no links outside")
        elif event.startswith(("socket.", "urllib.", "http.", "ftplib.", "smtplib.", "webbrowser.")):
            raise no(event, "a module has no network")
        elif event.startswith("_thread."):
            # As where threads cannot be had: libraries then do without.
            raise no("a thread", "a module has one", RuntimeError)
        else:
            raise no(event, "a module has no processes")

    return hook


def _sleep(seconds):
    """Sleeping here makes the whole volume wait, so it counts as running: await asyncio.sleep(s)."""
    if seconds < 0:
        raise ValueError("sleep length must be non-negative")
    caller = sys._getframe(1)
    place = caller.f_code, caller.f_lineno
    # Once for each line. An interpreter without a volume has no log.
    if seconds > 0 and place not in _slept and hasattr(_host, "log"):
        _slept.add(place)
        text = "time.sleep makes the whole volume wait: use self.timer, or await asyncio.sleep"
        _host.log(5, place[0].co_filename, place[1], place[0].co_name, text)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass


_slept = set()
_sleep.__name__ = _sleep.__qualname__ = "sleep"


def _own(path):
    """Whether a source belongs to Python or to the engine: what it looks for, no script asked for."""
    return path.startswith(("<frozen ", "<glupy ", "/lib/python"))


class _Environ(os._Environ):
    """The environment, which tells of variables that were not given."""

    def __getitem__(self, key):
        try:
            return super().__getitem__(key)
        except KeyError:
            frame = sys._getframe(1)
            # Through what os and mappings have for it: get, getenv, in.
            while frame is not None and frame.f_code.co_filename in _THROUGH:
                if frame.f_code.co_name in ("setdefault", "pop"):
                    raise
                frame = frame.f_back
            if type(key) is str and frame is not None and not _own(frame.f_code.co_filename):
                _host.refused("variable " + key + " (option allow-env " + key + ")")
            raise


_THROUGH = {f.__code__.co_filename for f in (os.getenv, os.environ.get)}

_NO_SUCH = frozenset("link mkfifo mknod openpty pipe2 posix_spawn posix_spawnp sendfile".split())


def _missing_in_os(name):
    """The os of this Python lacks what needs a system."""
    if name in _NO_SUCH and not _own(sys._getframe(1).f_code.co_filename):
        _host.refused("os." + name + " (not in this Python)")
    raise AttributeError(f"module 'os' has no attribute {name!r}", name=name, obj=os)


def _no_pipe():
    """Refuses to create a pipe: it could have no other end."""
    sys.audit("os.pipe")


def _no_process(self, args, *more, **named):
    sys.audit("subprocess.Popen", args, args, None, None)


def seal():
    """The last step before the snapshot: what would not survive a climb is gone."""
    time.sleep = _sleep


_JAVASCRIPT = "js", "pyodide_js", "pyodide", "_pyodide", "_pyodide_core"


def _of_javascript(name):
    return type(name) is str and name.partition(".")[0] in _JAVASCRIPT


def _below(type_):
    """A type with all that are made from it."""
    found, todo = set(), [type_]
    while todo:
        one = todo.pop()
        if one not in found:
            found.add(one)
            todo.extend(type.__subclasses__(one))
    return found


def _reach(start, without=()):
    """What can be reached from these objects, by id."""
    found, apart, todo = {}, set(map(id, without)), start
    while todo:
        fresh = {id(o): o for o in todo if id(o) not in found and id(o) not in apart}
        found.update(fresh)
        dicts = [o.__dict__ for o in fresh.values() if isinstance(o, type)]
        todo = gc.get_referents(*fresh.values(), *dicts)
    return found


def _is_of_javascript(o):
    return _of_javascript(type(o).__module__) or _of_javascript(getattr(o, "__module__", None))


def hide():
    """
    Before the snapshot: puts what leads from Python to objects of JavaScript out of reach. The host
    takes what is left of it, by the addresses that this tells, out of the collector's sight.
    """
    gc.unfreeze()
    core = vars(sys.modules["_pyodide_core"])
    kept = [v for name, v in core.items() if not name.startswith("__")]
    kept += core["jsproxy_typedict"].values()
    types = {t for t in _below(object) if _of_javascript(t.__module__)}
    types.update(*(_below(v) for v in kept if isinstance(v, type)))
    names = [name for name in sys.modules if _of_javascript(name)]
    ours = [*types, *kept, *map(sys.modules.pop, names)]
    ours += [o for o in gc.get_objects() if type(o) in types or _is_of_javascript(o)]
    _undo(ours, types)
    _forget_subclasses(types)
    # A proxy does not say that it has a dict.
    dicts = [o for o in gc.get_objects() if type(o) is dict]
    ours += [d for d in dicts if any(type(v) in types for v in d.values())]
    legit = [sys.modules, *(t for t in _below(object) if t not in types)]
    seen = _reach(legit)
    left = [o for o in ours if id(o) in seen]
    if left:
        names = sorted({getattr(o, "__name__", type(o).__name__) for o in left})
        raise RuntimeError("still within reach: " + ", ".join(names))
    # They must live until the host holds them.
    _hidden.update(_reach(ours, seen.values()))
    tracked = [at for at, o in _hidden.items() if gc.is_tracked(o)]
    return json.dumps({"names": HIDDEN, "tracked": tracked})


_hidden = {}


def hidden():
    """The step after that."""
    _hidden.clear()
    gc.collect()
    gc.freeze()


def _undo(ours, types):
    """Takes back what Pyodide has changed in the standard library, and lets caches go."""
    sys.meta_path[:] = [f for f in sys.meta_path if f not in types and type(f) not in types]
    sys.excepthook = sys.__excepthook__
    sys.builtin_module_names = tuple(n for n in sys.builtin_module_names if n not in HIDDEN)
    asyncio.run = asyncio.runners.run
    setattr(asyncio.events, "_event_loop_policy", None)
    setattr(json.encoder, "_JSNULL", None)
    shutil.unregister_archive_format("whl")
    shutil.unregister_unpack_format("whl")
    for clear in vars(typing)["_cleanups"]:
        clear()
    overloads = vars(typing)["_overload_registry"]
    for name in filter(_of_javascript, list(overloads)):
        del overloads[name]
    for names in builtins.__dict__, sys.modules["__main__"].__dict__:
        for name, value in list(names.items()):
            if name.startswith("___") or any(value is o for o in ours):
                del names[name]


def _forget_subclasses(types):
    """Takes types out of what their bases know of them, and abstract classes."""
    for t in types:
        for ref in weakref.getweakrefs(t):
            for holder in gc.get_referrers(ref):
                if type(holder) is dict:
                    for key in [key for key, value in holder.items() if value is ref]:
                        del holder[key]
                elif type(holder) is set:
                    holder.discard(ref)


def _endless():
    """Types of iterators that C code can run through for ever, or for very long."""
    big = 1 << 70
    these = iter(int, 1), iter(range(1)), iter(range(big, big + 1))
    names = "repeat count cycle product permutations combinations combinations_with_replacement"
    return [*map(type, these), *(getattr(itertools, name) for name in names.split())]


def confine(env):
    """
    The first step after the host's functions are there. What the host does then: be told of what
    _imp is asked for, and make the iterators of the types look for the watchdog.
    """
    # The package has it; a script that wants it has to ask.
    del sys.modules["_host"]
    # A folder such as /lib must not stand for a module of that name.
    sys.path[:] = [path for path in sys.path if path.startswith("/lib/")]
    os.environ["HOME"] = SCRATCH
    os.chdir(SCRATCH)
    os.environ.update(env)
    os.environ.__class__ = _Environ
    os.__getattr__ = _missing_in_os
    os.pipe = posix.pipe = _no_pipe
    subprocess.Popen.__init__ = _no_process
    sys.addaudithook(_make_hook(_host.refused, _host.granted))
    return {
        "hidden": HIDDEN,
        "create": id(_imp.create_builtin),
        "types": [id(t) for t in _endless()],
    }


def add_folder(path):
    sys.path.append(path)


def add_wheel(name, data):
    """Unpacks a wheel of pure Python into the interpreter's memory. What is wrong with it, or ''."""
    folder = WHEELS + name
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as wheel:
            native = [n for n in wheel.namelist() if n.endswith((".so", ".pyd", ".dylib", ".dll"))]
            if native:
                return "it has native code (" + native[0] + ")"
            if not any(n.endswith(".dist-info/METADATA") for n in wheel.namelist()):
                return "it has no METADATA"
            os.makedirs(folder)
            wheel.extractall(folder)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError) as error:
        return "it is no sound zip file (" + str(error) + ")"
    sys.path.append(folder)
    return ""


def who_needs(name):
    """'X needs Y' of the wheels that were given and lack something; '' when nothing is known."""
    wheels = [path for path in sys.path if path.startswith(WHEELS)]
    given, needed = set(), []
    for found in importlib.metadata.distributions(path=wheels):
        given.add(_normal(found.metadata["Name"]))
        for line in found.requires or ():
            text, _, marker = line.partition(";")
            if "extra" not in marker:
                what = found.metadata["Name"] + " needs " + text.strip()
                needed.append((what, _distribution(text)))
    missing = [need for need in needed if need[1] not in given]
    wanted = _normal(name.partition(".")[0])
    # A distribution is often not called as what is imported from it.
    exact = [what for what, of in missing if of == wanted]
    return ", ".join(exact or [what for what, _ in missing])


def _normal(name):
    return name.lower().replace("_", "-").replace(".", "-")


def _distribution(requirement):
    text = requirement.strip()
    end = next((i for i, c in enumerate(text) if not (c.isalnum() or c in "-_.")), len(text))
    return _normal(text[:end])
