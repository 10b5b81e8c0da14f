/**
 * The engine's own Python module `_confine`: what a script may not do is refused with a message that
 * says so, and logged, and what it was granted is put where it looks for it.
 *
 * This is courtesy, not the wall. Python's own audit events tell of an attempt before it is made, so
 * the answer can name the option that would allow it. What lies behind refuses by itself: there is
 * nothing in the realm to reach the host with (realm.ts), and the host checks every path (files.ts).
 */

export const CONFINE_MODULE = '_confine';

/** Where it is written in the interpreter's file system. */
export const CONFINE_PATH = `/lib/python3.14/site-packages/${CONFINE_MODULE}.py`;

/** Where wheels are unpacked in the interpreter's file system. */
export const WHEELS = '/lib/wheels';

export const CONFINE = `import importlib.metadata, io, itertools, os, posixpath, sys, time, zipfile

_host = sys.modules["_host"]


def _make_hook(refused, granted):
    """
    The hook holds what it needs in its own code and closure, where a script does not stumble on it.
    """
    def no(what, why, kind=PermissionError):
        refused(what)
        return kind(13, why) if kind is PermissionError else kind(why)

    def look(event, path, writes, folder=-1):
        if type(path) is bytes:
            path = os.fsdecode(path)
        # A path below an open folder is the file system's to judge.
        if not isinstance(path, str) or folder != -1 and not path.startswith("/"):
            return
        if path[:1] == "<" and path[-1:] == ">" and "/" not in path:
            return  # what a traceback calls a source that is no file
        try:
            whole = posixpath.normpath(posixpath.join(os.getcwd(), path))
        except OSError:
            return
        right = "write" if writes else "read"
        how = granted(right, whole)
        if how == 1:
            return
        # 2: the host gives it for something else only; 3: it gives something near.
        folder = posixpath.dirname(whole)
        if how == 0 and (posixpath.lexists(whole) or folder != "/" and posixpath.lexists(folder)):
            return
        # What the interpreter has itself is listed; what leads to a granted file is not.
        if how == 3 and (folder == "/" or posixpath.basename(folder) in os.listdir(posixpath.dirname(folder))):
            return
        error = no(event + " " + path, "not granted (option allow-" + right + " " + whole + ")")
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
            "_thread.start_new_thread", "_thread.start_joinable_thread",
        }:
            return
        if event == "object.__setattr__":
            if args[0] is hook:
                raise no("change the sandbox", "refused: the sandbox is not a module's")
        elif event == "import":
            name = args[0]
            if args[1] is not None:
                why = "refused: " + str(args[1]) + " (a module has no native code)"
                raise no("load " + str(args[1]), why, ImportError)
            if type(name) is str and name.partition(".")[0] in {
                "js", "pyodide_js", "pyodide", "_pyodide", "_pyodide_core", "micropip", "ctypes",
                "_ctypes",
            }:
                why = "refused: import " + name + " (a module sees only what it is given)"
                raise no("import " + name, why, ModuleNotFoundError)
        elif event == "open":
            path, mode, flags = args
            writes = type(flags) is int and flags & 0o3103
            if mode is not None and type(mode) is str:
                writes = writes or mode.strip("rbt")
            # os.open, which has no mode, does not tell of its folder.
            folder = None if mode is None else -1
            if not writes or type(flags) is int and flags & 2:
                look(event, path, False, folder)
            if writes:
                look(event, path, True, folder)
        elif event in {"os.listdir", "os.scandir"}:
            look(event, args[0], False)
        elif event in {"os.mkdir", "os.remove", "os.rmdir", "os.chmod", "os.utime"}:
            look(event, args[0], True, args[-1])
        elif event == "os.truncate":
            look(event, args[0], True)
        elif event in {"os.rename", "os.link"}:
            look(event, args[0], event == "os.rename", args[-2])
            look(event, args[1], True, args[-1])
        elif event == "os.symlink":
            look(event, args[1], True, args[-1])
        elif event.startswith(("socket.", "urllib.", "http.", "ftplib.", "smtplib.", "webbrowser.")):
            raise no(event, "refused: " + event + " (a module has no network)")
        elif event.startswith("_thread."):
            # As where threads cannot be had: libraries then do without.
            raise no("a thread", "refused: a thread (a module has one)", RuntimeError)
        else:
            raise no(event, "refused: " + event + " (a module has no processes)")

    return hook


def _sleep(seconds):
    """Sleeping here makes the whole volume wait, so it counts as running: await asyncio.sleep(s)."""
    if seconds < 0:
        raise ValueError("sleep length must be non-negative")
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass


_sleep.__name__ = _sleep.__qualname__ = "sleep"


def seal():
    """The last step before the snapshot: what would not survive a climb is gone."""
    time.sleep = _sleep


def _forget_javascript():
    """Takes away what leads from Python to objects of JavaScript."""
    roots = "js", "pyodide_js", "pyodide", "_pyodide", "_pyodide_core"
    names = [name for name in sys.modules if name.partition(".")[0] in roots]
    core = vars(sys.modules["_pyodide_core"]).values()
    builtins = [id(f) for f in core if type(f) is type(len)]
    for finder in sys.meta_path[:]:
        if type(finder).__module__.startswith("_pyodide"):
            sys.meta_path.remove(finder)
            getattr(finder, "jsproxies", {}).clear()
    for name in names:
        module = sys.modules.pop(name)
        if name in ("_pyodide_core", "pyodide.code") or name.startswith("pyodide.ffi"):
            vars(module).clear()
    return builtins


def _endless():
    """Types of iterators that C code can run through for ever, or for very long."""
    big = 1 << 70
    these = iter(int, 1), iter(range(1)), iter(range(big, big + 1))
    names = "repeat count cycle product permutations combinations combinations_with_replacement"
    return [*map(type, these), *(getattr(itertools, name) for name in names.split())]


def confine(env):
    """
    The first step after the host's functions are there. What the host does then: take the bodies
    of the functions away, and make the iterators of the types look for the watchdog.
    """
    functions = _forget_javascript()
    # A folder such as /lib must not stand for a module of that name.
    sys.path[:] = [path for path in sys.path if path.startswith("/lib/")]
    os.environ.update(env)
    sys.addaudithook(_make_hook(_host.refused, _host.granted))
    return {"functions": functions, "types": [id(t) for t in _endless()]}


def add_folder(path):
    sys.path.append(path)


def add_wheel(name, data):
    """Unpacks a wheel of pure Python into the interpreter's memory. What is wrong with it, or ''."""
    folder = "${WHEELS}/" + name
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
    wheels = [path for path in sys.path if path.startswith("${WHEELS}/")]
    given, needed = set(), []
    for found in importlib.metadata.distributions(path=wheels):
        given.add(_normal(found.metadata["Name"]))
        for line in found.requires or ():
            text, _, marker = line.partition(";")
            if "extra" not in marker:
                needed.append((found.metadata["Name"] + " needs " + text.strip(), _distribution(text)))
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
`;
