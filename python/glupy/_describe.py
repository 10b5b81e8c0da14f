"""Reads and checks the definitions of a module's class, before its first request."""

import dis
import inspect
import json
import linecache
import math
import posixpath
import sys

from ._advice import misspelt_notes
from ._data_filter import describe_data
from ._fops import BY_NAME, FOPS
from ._hints import suspects
from ._seen import describe_seen
from ._source import where
from .files import describe_files, is_files
from .fuse import adapt
from .translator import Translator

# Hooks with their parameters. Those that return state cannot be async.
HOOKS = {
    "init": (),
    "fini": (),
    "notify": ("event", "child"),
    "client_disconnect": ("client",),
    "entry_created": ("loc",),
    "entry_removed": ("loc",),
    "reconfigure": ("options",),
    "load_state": ("state",),
    "statedump": (),
    "dump_state": (),
}
TELLING = ("statedump", "dump_state")
RAISE = dis.opmap["RAISE_VARARGS"]


def find_class(module, place):
    """Finds the module's translator class."""
    cls = adapt(module, place) or getattr(module, "xlator", None)
    if cls is None:
        raise TypeError(f"{place} has no class xlator: {_instead(module)}")
    if not (isinstance(cls, type) and issubclass(cls, Translator)):
        if "gluster" in sys.modules:  # written for the original glupy
            return sys.modules["gluster"]._adapt(cls, place)
        if isinstance(cls, type):
            what = f"{place}:{cls.__firstlineno__}: write class xlator(Translator):"
            raise TypeError(f"{what} xlator must be a class derived from glupy.Translator")
        what = f"{place}: xlator must be a class derived from glupy.Translator"
        raise TypeError(f"{what}, not {cls!r:.100}")
    return cls


def _instead(module):
    """Advice for a module without a class xlator."""
    own = [one for one in vars(module).values() if getattr(one, "__module__", "") == module.__name__]
    classes = [one for one in own if isinstance(one, type)]
    for cls in sorted(classes, key=lambda one: not issubclass(one, Translator)):
        if issubclass(cls, Translator) or cls.__name__.lower() == "xlator":
            return f"give {cls.__name__} in line {cls.__firstlineno__} that name"
    for one in own:
        if getattr(one, "__name__", "") in BY_NAME and hasattr(one, "__code__"):
            line = one.__code__.co_firstlineno
            return f"{one.__name__} in line {line} has to be a method of a class xlator(Translator)"
    return "write class xlator(Translator), with methods such as lookup(self, frame, loc, xdata)"


def methods(cls, row):
    """Names of a class's methods for a fop: the fop's own, its callback, its cancel method; None
    for missing ones. `any_...` replaces missing ones.
    """
    fop = _first(cls, row.name, "any_fop")
    if inspect.iscoroutinefunction(fop and getattr(cls, fop)):
        # It awaits replies itself: a callback of the fop's own would be a mistake.
        return fop, _first(cls, row.name + "_cbk"), _first(cls, row.name + "_cancel")
    cbk = _first(cls, row.name + "_cbk", "any_cbk")
    cancel = _first(cls, row.name + "_cancel", "any_cancel") if fop else None
    return fop, cbk, cancel


def _first(cls, *names):
    return next((name for name in names if getattr(cls, name, None) is not None), None)


def describe(cls, place):
    """Describes a class as JSON for the host; raises TypeError for invalid definitions."""
    fops = {}
    files = describe_files(cls, place) if is_files(cls) else None
    for row in () if files else FOPS:
        names = methods(cls, row)
        if any(names):
            fops[row.name] = _describe_fop(cls, row, *names)
    hooks = [name for name in HOOKS if name != "init" and _overridden(cls, name)]
    for name, params in HOOKS.items():
        if _overridden(cls, name):
            _check_hook(getattr(cls, name), name, params)
    if not isinstance(cls.options, dict):
        raise TypeError(f"{place}: options must be a dict of name: Option, not {cls.options!r}")
    if not isinstance(cls.observes, bool):
        raise TypeError(f"{place}: observes must be True or False, not {cls.observes!r:.100}")
    options = {key: _option(key, spec) for key, spec in cls.options.items()}
    warnings = cls.__dict__.get("_warnings", []) + _misread(place)
    warnings += _notes(cls) + _hidden(place)
    found = {
        "fops": fops,
        "hooks": hooks,
        "options": options,
        "observes": cls.observes,
        "passesThrough": _passes_through(cls, place),
        "methods": _methods(cls),
        "properties": _properties(cls),
        "warnings": warnings,
    }
    if not files:
        found |= describe_data(cls)
    seen = None if files else describe_seen(cls)
    if seen:
        found["entrySeen"] = seen
    if files:
        found["files"] = files
    return json.dumps(found)


def _passes_through(cls, place):
    said = cls.passes_through
    if said is None or isinstance(said, bool):
        return said
    raise TypeError(f"{place}: passes_through must be True or False, not {said!r}")


def _describe_fop(cls, row, fop, cbk, cancel):
    method = fop and getattr(cls, fop)
    is_async = inspect.iscoroutinefunction(method)
    if inspect.isasyncgenfunction(method):
        text = f"{fop} has a yield in it: an async fop returns its reply"
        raise TypeError(where(method) + text)
    for name in fop, cbk, cancel:
        if name and inspect.isgeneratorfunction(getattr(cls, name)):
            text = f"{name} has a yield in it, so that calling it runs nothing"
            raise TypeError(where(getattr(cls, name)) + text)
    for other in cbk, cancel:
        if is_async and other:
            advice = "choose one" if fop == row.name else f"give it a {row.name}, or no {other}"
            text = f"{fop} is an async def and has a {other}: {advice}"
            raise TypeError(where(getattr(cls, other)) + text)
        if other and inspect.iscoroutinefunction(getattr(cls, other)):
            what = f"{other} cannot be an async def; {fop or row.name} can be"
            raise TypeError(where(getattr(cls, other)) + what)
    args, reply = ([arg.name for arg in part] for part in (row.args, row.reply))
    for name, params, anyway in (
        (fop, ["frame", *args], ["frame", "*args"]),
        (cbk, ["frame", "op_ret", "op_errno", *reply], ["frame", "op_ret", "op_errno", "*reply"]),
        (cancel, ["frame"], ["frame"]),
    ):
        if name:
            shown = anyway if name.startswith("any_") else params
            _check(getattr(cls, name), name, params, shown, "a fop's")
    kind = "async" if is_async else "plain" if fop else "none"
    is_any = {fop, cbk} <= {None, "any_fop", "any_cbk"}
    return {
        "kind": kind,
        "cbk": bool(cbk) or is_async,
        "cancel": bool(cancel) or is_async,
        "any": is_any,
        "answers": _answers(method),
    }


def _answers(method):
    """True if the method's own code answers or fails requests."""
    code = getattr(inspect.unwrap(method), "__code__", None) if method else None
    if not code:
        return False
    return not {"unwind", "fail"}.isdisjoint(code.co_names) or RAISE in code.co_code[::2]


def takes_child(cls):
    """True if notify takes the event's child, too."""
    return _binds(cls.notify, HOOKS["notify"])


def _check_hook(method, name, params):
    if name == "notify" and _binds(method, params[:1]):
        return
    if inspect.iscoroutinefunction(method) and name in TELLING:
        raise TypeError(f"{where(method)}{name} cannot be an async def: its result is needed now")
    _check(method, name, params, params, "a hook")


def _overridden(cls, name):
    return getattr(cls, name, None) is not getattr(Translator, name, None)


def _option(key, spec):
    if not isinstance(key, str) or not isinstance(spec, dict) or "type" not in spec:
        raise TypeError(f"options[{key!r}] must be made by Option.int, Option.time, ...")
    return {**{name: _plain(value) for name, value in spec.items()}, "place": _place_of(spec)}


def _place_of(spec):
    place = getattr(spec, "_place", None)
    return list(place) if place else None


def _plain(value):
    """Converts a value for JSON, or to its text."""
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    return {"shown": repr(value)[:100]}


def _check(method, name, params, shown, what):
    must = f"{name} is {what} and must take ({', '.join(['self', *shown])})"
    if not callable(method):
        raise TypeError(f"{must}: it is no method, but {method!r:.100}")
    if not _binds(method, params):
        raise TypeError(f"{where(method)}{must}, not {inspect.signature(method)}")


def _binds(method, params):
    try:
        inspect.signature(method).bind("self", *params)
    except TypeError:
        return False
    return True


def _misread(place):
    """Remarks on lines with another meaning in Python 2."""
    found = suspects("".join(linecache.getlines(place)))
    return [[place, line, "-", text] for line, text in found]


def _notes(cls):
    """Remarks on misspelt attributes of a frame."""
    found = misspelt_notes(cls)
    return [[code.co_filename, code.co_firstlineno, code.co_name, text] for code, text in found]


def _hidden(place):
    """Remarks on a file that hides a standard module."""
    name = posixpath.basename(place).partition(".")[0]
    if name not in sys.stdlib_module_names:
        return []
    text = f"{name} is also a module of Python's own, and `import {name}` finds that one"
    return [[place, 1, "-", f"{text}: give this file another name"]]


def _methods(cls):
    """[name, file, line, parameters] of every method of the author's classes."""
    found = []
    older = "gluster" in sys.modules  # its callbacks have other parameters
    for base in cls.__mro__:
        if base is object or base.__module__.partition(".")[0] == "glupy":
            continue
        for name, value in vars(base).items():
            code = getattr(inspect.unwrap(value), "__code__", None) if callable(value) else None
            if code:
                params = list(code.co_varnames[1 : code.co_argcount])
                own = params if code.co_name == name and not older else []
                found.append([name, code.co_filename, code.co_firstlineno, own])
    return found


def _properties(cls):
    """[name, whether it is an Option] of the class's attributes other than methods."""
    own = vars(cls).items()
    return [
        [name, _place_of(value) is not None]
        for name, value in own
        if not name.startswith("__") and not callable(value)
    ]
