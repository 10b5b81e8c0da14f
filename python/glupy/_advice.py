"""Finds a beginner's likely mistake: one line of advice for an exception's message."""

import inspect
import json
import re
import sys
from functools import lru_cache
from types import CoroutineType, ModuleType

import _host

from . import _hints, _source
from ._async import Pending
from ._fops import BY_NAME
from .child import Child
from .client import Client
from .data import Data, HostDict
from .errors import AlreadyAnswered
from .frame import Frame
from ._nearest import nearest
from .inode import Fd, Inode, Loc
from .reply import Reply
from .translator import Translator
from .values import Fields

_OURS = Child, Client, Data, HostDict, Frame, Fd, Inode, Loc, Reply, Fields

# Names of other interfaces, or places -> what to write.
_ELSEWHERE = {
    Fd: {"gfid": "fd.inode.gfid", "path": "fd.inode.path", "ia_type": "fd.inode.ia_type"},
    Loc: {"ia_type": "loc.inode.ia_type", "ctx": "loc.inode.ctx"},
    Frame: {name: f"frame.root.{name}" for name in ("uid", "gid", "pid", "client")},
    Client: {"client_uid": "client.uid"},
}
_SET = {
    Loc: "locs do not change: hand on loc.replace({name}=...)",
    Reply: "replies do not change: return reply.replace({name}=...)",
    Fd: "keep notes in fd.ctx",
    Inode: "keep notes in inode.ctx",
    Client: "keep notes in client.ctx",
}


def advice(error):
    """Advice for an exception; "" without any."""
    try:
        return _advice(error) or _hints.hint(error)
    except Exception:
        return ""  # an exception that cannot be read still has a message


def _advice(error):
    if isinstance(error, AlreadyAnswered):
        return _already(error)
    if isinstance(error, AttributeError):
        if _is_pending(error.obj):
            return _missing_await(error)
        if isinstance(error.obj, ModuleType):
            return _shadowed(error.obj.__name__)
        return _attribute(error)
    if isinstance(error, AssertionError) and "<coroutine object" in str(error):
        return "is an await missing?"
    if isinstance(error, ImportError) and not isinstance(error, ModuleNotFoundError):
        if "attempted relative import" in str(error):
            return "the file is no part of a package: write import NAME in place of from . import NAME"
        if error.name == "glupy" and error.name_from:
            near = nearest(error.name_from, _exported())
            return f"did you mean {near}?" if near else ""
        if error.name == "glossa" and error.name_from in _exported():
            return f"write from glupy import {error.name_from}"
        return _shadowed(error.name)
    if isinstance(error, FileNotFoundError):
        return _no_file(error.filename)
    if isinstance(error, OSError) and not error.errno:
        return "without an errno it is EIO: raise OSError(ENOENT), with from glupy import ENOENT"
    if isinstance(error, EOFError) and str(error) == "EOF when reading a line":
        return "a volume has no input(): use options for values, and breakpoint() to stop"
    if isinstance(error, KeyError):
        return _no_option(error)
    if isinstance(error, NameError):
        return f"write from glupy import {error.name}" if error.name in _exported() else ""
    if isinstance(error, SyntaxError) and "'await' outside async" in str(error):
        return "write async def in place of def"
    if isinstance(error, TypeError):
        return _of_type(error, str(error))
    return ""


def _exported():
    return sys.modules["glupy"].__all__


def _no_option(error):
    """Advice for an option that the class does not declare."""
    frames = _source.frames_of(error)
    line = _source.line_at(frames[0][0].f_code.co_filename, frames[0][1]) if frames else ""
    if not re.search(r"\boptions\[", line) or not error.args:
        return ""
    declared = _self_of(frames[0][0]).options if _self_of(frames[0][0]) else {}
    near = nearest(str(error.args[0]), declared)
    if near:
        return f"did you mean {near}?"
    return f'declare it in the class: options = {{"{error.args[0]}": Option.int(...)}}'


def _self_of(frame):
    """The translator of a Python frame's method."""
    found = frame.f_locals.get("self")
    return found if isinstance(found, Translator) else None


def _no_file(name):
    if not isinstance(name, str) or name.startswith("/"):
        return ""
    return (
        "relative names are in the module's own /tmp, in memory; "
        "a file of the host needs its full path and option allow-read"
    )


def _is_pending(value):
    return isinstance(value, (Pending, CoroutineType))


# -- await and return ------------------------------------------------------------------------------


def _missing_await(error):
    frames = _source.frames_of(error)
    if not frames:
        return ""
    frame, number = frames[0]
    pending = getattr(error, "obj", None)
    for name, value in frame.f_locals.items():
        if value is pending or (pending is None and _is_pending(value)):
            found = _assigned(frame.f_code, name, number)
            if found:
                return f"is an await missing in line {found[0]}? write {found[1]}"
    called = pending.cr_code.co_name if isinstance(pending, CoroutineType) else None
    found = _source.not_awaited(frame.f_code, called)
    return f"is an await missing? write {found[1]}" if found else "is an await missing?"


def _assigned(code, name, number):
    """(line, text) of the last assignment of an unawaited reply to a variable."""
    for line in range(number, code.co_firstlineno, -1):
        text = _source.line_at(code.co_filename, line)
        match = re.match(rf"{re.escape(name)}\s*=\s*(?!await\b)(.+)", text)
        if match:
            return line, f"{name} = await {match[1]}"
    return None


def _of_type(error, message):
    frames = _source.frames_of(error)
    line = _source.line_at(frames[0][0].f_code.co_filename, frames[0][1]) if frames else ""
    if "__init__() missing" in message:
        return "nothing is given to __init__: write init(self), where self.options has the values"
    if re.search(r"\b(Pending|coroutine)\b", message):
        return _missing_await(error)
    called = re.search(r"\bawait\s+(\w+\.(?:wind|unwind|fail))\b", line)
    if called and "await" in message:
        return f"{called[1]} gives nothing to await: write await self.child.<fop>(...) for a reply"
    return ""


# -- twice -----------------------------------------------------------------------------------------


def _already(error):
    """The earlier wind or answer, in this function or a caller."""
    for frame, number in _source.frames_of(error):
        found = _source.decided_before(frame.f_code, number)
        if not found:
            continue
        lines = " or ".join(dict.fromkeys(str(line) for line, _ in found))
        if all(re.search(r"\.wind\b|\.wind_", text) for _, text in found) and ": wound" in str(error):
            fop = str(error).partition(":")[0]
            why = f"without {fop}_cbk or any_cbk, a wind hands the request on for good"
            return f"it was wound in line {lines} already: {why}"
        return f"line {lines} did that: is a return missing there?"
    return ""


def _in_tests(thing):
    """True for a name of glupy.testing, which only tests import."""
    return type(thing).__module__ in ("glupy.testing", "glupy._operations")


# -- attributes ------------------------------------------------------------------------------------


def _attribute(error):
    fixed = re.match(r"property '(\w+)' of '(\w+)' object has no setter", str(error))
    if fixed:  # such an error does not name the object
        named = {one.__name__: text for one, text in _SET.items()}
        return named.get(fixed[2], "").format(name=fixed[1])
    name = error.name
    if not (isinstance(error.obj, _OURS) or _in_tests(error.obj)) or not isinstance(name, str):
        return ""
    for known, names in _ELSEWHERE.items():
        if isinstance(error.obj, known) and name in names:
            return f"write {names[name]}"
    message = str(error)
    near = nearest(name, _names(error.obj), _plain)
    sets = "for setting" in message or "read-only" in message
    if sets and (near is None or near == name):
        for known, text in _SET.items():
            if isinstance(error.obj, known):
                return text.format(name=name)
    return f"did you mean {near}?" if near not in (None, name) else ""


def _names(thing):
    names = [name for name in dir(type(thing)) if name[0] != "_"]
    if isinstance(thing, Reply):
        names += thing.fop.reply_index
    if isinstance(thing, Child):
        names += ["index", "name", "type", *BY_NAME]
    return names


def _plain(name):
    return re.sub(r"^(ia|st|f|op)_", "", name.lower()).replace("_", "")


def misspelt_notes(cls):
    """[(code, text)] of assignments to misspelt attributes of a frame."""
    found = []
    for value in vars(cls).values():
        code = getattr(value, "__code__", None) if inspect.isfunction(value) else None
        for name in code.co_names if code else ():
            near = None if name in dir(Frame) else nearest(name, ("local", "cookie"))
            if near and _stores(code, name):
                text = f"frame.{name} = ...: did you mean frame.{near}?"
                found.append((code, text))
    return found


def _stores(code, name):
    """True if a method assigns this attribute of its frame."""
    frame = code.co_varnames[1:2]
    lines = {line for *_, line in code.co_lines() if line}
    texts = [_source.line_at(code.co_filename, line) for line in sorted(lines)]
    return bool(frame) and any(
        re.search(rf"\b{frame[0]}\.{name}\s*(?:[-+*/|&]?=)(?!=)", text) for text in texts
    )


# -- imports ---------------------------------------------------------------------------------------


@lru_cache(64)
def _shadowed(name):
    """Advice for a standard module that a file of the author's hides."""
    root = (name or "").partition(".")[0]
    if root not in sys.stdlib_module_names:
        return ""
    found = json.loads(_host.find_module(root))
    if found is None:
        return ""
    own = f"{root} is a module of Python's own, and {found['path']} has its name"
    return f"{own}: give that file another"
