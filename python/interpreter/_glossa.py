"""The engine's part in every interpreter: loads modules, finds their imports through the host, gives
errors Linux's numbers, and describes exceptions as plain text.

It is part of the memory snapshot, so nothing here may hold an object of JavaScript; the host's
functions arrive in module `_host` after the snapshot was loaded.
"""

import builtins
import errno
import gc
import importlib.abc
import importlib.util
import json
import linecache
import operator
import os
import random
import signal
import sys
import traceback
import types

from _linux_errno import ERRNO

_host = types.ModuleType("_host", "Functions of the host; filled when the interpreter starts.")
sys.modules["_host"] = _host
_files = set()


class TimeLimit(BaseException):
    """Raised in a script whose call ran longer than its limit; not meant to be caught."""


def _on_interrupt(signum, frame):
    raise TimeLimit("the call ran longer than its time limit")


def compiled(source, path):
    """A module's code; the package that modules import puts its own here."""
    return compile(source, path, "exec", dont_inherit=True)


class _Loader(importlib.abc.InspectLoader):
    def __init__(self, path, source, package):
        self.path, self.source, self.package = path, source, package

    def is_package(self, fullname):
        return self.package

    def get_filename(self, fullname):
        return self.path

    def get_source(self, fullname):
        return self.source

    def get_resource_reader(self, fullname):
        import importlib.readers
        # It needs the path alone.
        return importlib.readers.FileReader(self)  # type: ignore[arg-type]

    def exec_module(self, module):
        _remember(self.path, self.source)
        exec(compiled(self.source, self.path), module.__dict__)


class _Finder:
    """Asks the host for modules that Python itself does not have."""

    @staticmethod
    def find_spec(fullname, path=None, target=None):
        # importlib.import_module has not told its audit hooks.
        sys.audit("import", fullname, None, None, None, None)
        found = json.loads(_host.find_module(fullname))
        if found is None:
            raise ModuleNotFoundError(_missing(fullname), name=fullname)
        loader = _Loader(found["path"], found["source"], found["package"])
        return _spec(fullname, loader)


def _missing(name):
    """Why there is no such module."""
    import _confine
    needs = _confine.who_needs(name)
    if needs:
        return f"No module named {name!r}: {needs}: give its wheel in option packages"
    if name.partition(".")[0] in sys.stdlib_module_names:
        return "No module named " + repr(name) + " in this build of Python"
    return "No module named " + repr(name) + why_missing(name)


def why_missing(name):
    """What more there is to say: the package that modules import puts its own here."""
    return ""


def _spec(name, loader):
    spec = importlib.util.spec_from_loader(name, loader, is_package=loader.package)
    assert spec is not None
    spec.origin, spec.has_location = loader.path, True
    return spec


def _remember(path, source):
    """Lets tracebacks show the lines of a file that this file system does not have."""
    _files.add(path)
    linecache.cache[path] = len(source), None, source.splitlines(True), path


# This build of Python numbers errors as WASI does (ENOENT is 44). Modules mean Linux's numbers.
_target_names = dict(errno.errorcode)
_target_texts = {number: os.strerror(number) for number in _target_names}
_classes = {}
# From here on a number of WASI's keeps its class, so that `except FileNotFoundError` works.
_AMBIGUOUS = 41


def _number_as_linux():
    """
    Gives errno, os.strerror and the choice of OSError's subclass the numbers of Linux. Errors of
    the interpreter's own file system keep their class, and _errno_of finds their Linux number.
    """
    chosen = next(
        d
        for d in gc.get_objects()
        if type(d) is dict and d.get(errno.ENOENT) is FileNotFoundError
    )
    for name, (number, message) in ERRNO.items():
        found = chosen.get(getattr(errno, name, None))
        if found is not None:
            _classes[number] = found
    chosen.update(_classes)
    for number in [n for n in chosen if n < _AMBIGUOUS and n not in _classes]:
        del chosen[number]
    for name in _target_names.values():
        delattr(errno, name)
    codes = vars(errno)["errorcode"]
    codes.clear()
    for name, (number, message) in ERRNO.items():
        setattr(errno, name, number)
        codes.setdefault(number, name)
    messages = {number: message for number, message in ERRNO.values()}
    os.strerror = lambda code: messages.get(code, f"Unknown error {code}")


def _errno_of(error):
    number = error.errno if isinstance(error, OSError) else 0
    if type(number) is not int or number == 0:
        return 0
    # Only the interpreter itself says it in its own numbers and in its own words.
    if error.strerror is not None and error.strerror == _target_texts.get(number):
        return ERRNO.get(_target_names[number], (number,))[0]
    return number


def number_as_linux(error):
    """Gives an exception that leaves the module, and those before it, Linux's number for the log."""
    seen = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        number = _errno_of(error)
        if number:
            error.errno = number
        error = error.__cause__ or error.__context__


def seal():
    """The last step before the snapshot."""
    _number_as_linux()
    import _confine
    _confine.seal()
    sys.meta_path.append(_Finder)
    signal.signal(signal.SIGINT, _on_interrupt)
    gc.collect()


def wake():
    """The first step after it."""
    random.seed()


def load(name, path, source):
    """Loads a module from its source. A name that Python itself uses is not taken from it."""
    loader = _Loader(path, source, path.endswith("/__init__.py"))
    module = importlib.util.module_from_spec(_spec(name, loader))
    taken = name in sys.modules or name in sys.stdlib_module_names
    key = "__main__." + name if taken else name
    sys.modules[key] = module
    # As in a program that is run; in an imported module it would be a dict.
    module.__dict__["__builtins__"] = builtins
    try:
        loader.exec_module(module)
    except BaseException:
        del sys.modules[key]
        raise
    return module


def find(module, path):
    return operator.attrgetter(path)(module) if path else module


def imported(name):
    return importlib.import_module(name)


def define(name, function):
    setattr(_host, name, function)


def fail(number, message):
    """Raises what stands for an error of the host."""
    raise OSError(number, message) if number else RuntimeError(message)


def call_json(function, text):
    return json.dumps(function(*json.loads(text)))


def describe(error):
    """An exception as JSON: ModuleError in bridges/python/errors.ts."""
    try:
        place = place_of_error(error) or ("", 0)
        number_as_linux(error)
        whole = without_frames(error, _OWN_FILES.__contains__)
        kind = type(error).__name__
        return json.dumps({
            "type": kind, "message": _text(error) + _advice(error), "errno": _errno_of(error),
            "file": place[0], "line": place[1], "traceback": "".join(whole.format()),
        })
    except BaseException as failure:
        return json.dumps({
            "type": type(error).__name__, "message": "", "errno": 0, "file": "", "line": 0,
            "traceback": "an exception that cannot be described: " + type(failure).__name__,
        })


def hint(error):
    """What to write instead of what failed: the package that modules import puts its own here."""
    return ""


def _advice(error):
    advice = hint(error)
    return f" ({advice})" if advice else ""


def _text(error):
    try:
        return str(error)
    except Exception as failure:
        return "<" + type(failure).__name__ + " in __str__>"


_OWN_FILES = (
    __file__,
    os.path.join(os.path.dirname(__file__), "_confine.py"),
    "<frozen importlib._bootstrap>",
    "<frozen importlib._bootstrap_external>",
)


def place_of_error(error):
    """The innermost place in a file of the module: file, line, function; None outside of the module."""
    if isinstance(error, SyntaxError) and error.filename in _files:
        return error.filename, error.lineno or 0, "-"
    found = None
    at = error.__traceback__
    while at is not None:
        code = at.tb_frame.f_code
        if code.co_filename in _files:
            found = code.co_filename, at.tb_lineno, code.co_name
        at = at.tb_next
    return found


def without_frames(error, is_internal):
    """A traceback.TracebackException without the frames of internal files, also in the causes."""
    whole = traceback.TracebackException.from_exception(error, compact=True, lookup_lines=False)
    _trim(whole, is_internal, set())
    return whole


def _trim(whole, is_internal, seen):
    if whole is None or id(whole) in seen:
        return
    seen.add(id(whole))
    whole.stack[:] = [frame for frame in whole.stack if not is_internal(frame.filename)]
    for inner in whole.__cause__, whole.__context__, *(whole.exceptions or ()):
        _trim(inner, is_internal, seen)
