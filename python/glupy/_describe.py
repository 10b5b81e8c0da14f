"""What a module's class defines, read and checked before any of it runs for a request."""

import inspect
import json

from ._fops import BY_NAME, FOPS
from .translator import Translator

HOOKS = ("fini", "notify", "entry_created", "entry_removed")
_OTHER_NAMES = {
    "chmod": "setattr",
    "chown": "setattr",
    "fchmod": "fsetattr",
    "getattr": "stat",
    "listxattr": "getxattr",
    "opendirs": "opendir",
    "read": "readv",
    "release": "flush",
    "utimens": "setattr",
    "write": "writev",
}


def find_class(module, place):
    """The module's translator."""
    cls = getattr(module, "xlator", None)
    if cls is None:
        raise TypeError(f"{place} has no class xlator")
    if not (isinstance(cls, type) and issubclass(cls, Translator)):
        raise TypeError(f"{place}: xlator must be a class derived from glupy.Translator")
    return cls


def describe(cls, place):
    """What a class defines, as JSON for the host; raises TypeError for what cannot work."""
    fops = {}
    for row in FOPS:
        method, cbk = getattr(cls, row.name, None), getattr(cls, row.name + "_cbk", None)
        if method is not None or cbk is not None:
            fops[row.name] = _describe_fop(row, method, cbk)
    hooks = [name for name in HOOKS if _overridden(cls, name)]
    if not isinstance(cls.options, dict):
        raise TypeError(f"{place}: options must be a dict of name: Option, not {cls.options!r}")
    options = {key: _option(key, spec) for key, spec in cls.options.items()}
    found = {"fops": fops, "hooks": hooks, "options": options, "warnings": _suspects(cls)}
    return json.dumps(found)


def _describe_fop(row, method, cbk):
    is_async = inspect.iscoroutinefunction(method)
    if inspect.isasyncgenfunction(method):
        text = f"{row.name} has a yield in it: an async fop returns its reply"
        raise TypeError(_where(method) + text)
    if is_async and cbk is not None:
        text = f"{row.name} is an async def and has a {row.name}_cbk: choose one"
        raise TypeError(_where(cbk) + text)
    if inspect.iscoroutinefunction(cbk):
        raise TypeError(f"{_where(cbk)}{row.name}_cbk cannot be an async def; {row.name} can be")
    if method is not None:
        _check(method, row.name, ["self", "frame"] + [arg.name for arg in row.args])
    if cbk is not None:
        names = ["self", "frame", "op_ret", "op_errno"] + [arg.name for arg in row.reply]
        _check(cbk, row.name + "_cbk", names)
    kind = "async" if is_async else "none" if method is None else "plain"
    return {"kind": kind, "cbk": cbk is not None or is_async}


def _overridden(cls, name):
    return getattr(cls, name, None) is not getattr(Translator, name, None)


def _option(key, spec):
    if not isinstance(spec, dict) or "type" not in spec:
        raise TypeError(f"options[{key!r}] must be made by Option.int, Option.time, ...")
    return dict(spec)


def _where(method):
    code = getattr(inspect.unwrap(method), "__code__", None)
    return f"{code.co_filename}:{code.co_firstlineno}: " if code else ""


def _check(method, name, params):
    try:
        inspect.signature(method).bind(*params)
    except TypeError:
        takes = f"{name} is a fop's and must take ({', '.join(params)})"
        raise TypeError(f"{_where(method)}{takes}") from None


def _suspects(cls):
    """Methods whose names look like fops but are none."""
    found = []
    for name, value in vars(cls).items():
        if not inspect.isfunction(value) or name.startswith("_"):
            continue
        base = name.removesuffix("_cbk").removesuffix("_fop")
        if base in BY_NAME:
            if not name.endswith("_fop"):
                continue
            text = f"{name} is no fop: is {base} meant?"
        elif base in _OTHER_NAMES:
            text = f"{name} is no fop: is {_OTHER_NAMES[base]} meant?"
        elif name.endswith("_cbk") and base not in HOOKS:
            text = f"{name} is the callback of no fop"
        else:
            continue
        code = value.__code__
        found.append([code.co_filename, code.co_firstlineno, name, text])
    return found
