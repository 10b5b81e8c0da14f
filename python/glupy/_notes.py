"""Notes of a call for an observer: its method; the line that wound, answered or awaits; the frame's
`local`; and changes of the translator's state.

The host calls `before` and `after` around an observed call. The first call wraps the functions that
decide; `stop` unwraps them when the observer is gone.
"""

import posixpath
import sys
from types import CoroutineType, FunctionType, MethodType

import _glossa

from . import _async, _bridge
from ._describe import HOOKS
from ._fops import BY_NAME, FOPS
from ._json import dumps
from ._loop import current, loop
from ._report import place_in_module
from ._requests import _known
from ._shown import cut, show
from ._state import changes, remember
from .frame import Frame

_MOST_CHARACTERS = 200  # of `local`
_MOST_CHANGED = 1000  # characters
_MOST_FRAMES = 1000  # of a stack, and coroutines that await each other

_TOOL = 4  # of sys.monitoring: one without a reserved meaning
_events = sys.monitoring.events


class _Call:
    """The observed call."""

    __slots__ = ("id", "row", "frame", "method", "line", "state")

    def __init__(self, id, what):
        self.id = id
        self.method = what if what in HOOKS else None
        self.frame = _known(id)
        self.row = self.frame.fop if self.frame is not None else BY_NAME.get(what)
        self.line = None
        self.state = remember(_bridge.translator)


_call = None


def before(id, what):
    """Begins the notes of a call: a fop by name, its reply, or a hook."""
    global _call
    if not _originals:
        _install()
    _call = _Call(id, what)


def after():
    """Ends the notes of the call; returns them as JSON of texts by name."""
    global _call
    call, _call = _call, None
    frame = call.frame or _known(call.id)
    coro = frame._coro if frame is not None else None
    line = (_awaits(coro) if coro is not None else None) or call.line
    told = {
        "method": call.method or _method_of(call),
        "line": line,
        "local": _local(frame),
        "changed": cut("; ".join(changes(_bridge.translator, call.state)), _MOST_CHANGED),
    }
    return dumps({name: text for name, text in told.items() if text})


def stop():
    """Removes the wrappers when the observer is gone."""
    global _call
    _call = None
    for (owner, name), original in _originals.items():
        setattr(owner, name, original)
    _originals.clear()
    if sys.monitoring.get_tool(_TOOL) == __name__:
        sys.monitoring.free_tool_id(_TOOL)


# -- wrappers -------------------------------------------------------------------------------------

_originals = {}


def _around(owner, name, look):
    """Wraps a function so that `look` gets its arguments first."""
    original = getattr(owner, name)
    _originals[owner, name] = original

    def observed(frame, *args, **more):
        if _call is not None and frame.id == _call.id:
            look(frame, *args)
        return original(frame, *args, **more)

    setattr(owner, name, observed)


def _install():
    for name in "wind", "unwind", "fail":
        _around(Frame, name, _decides)
    _around(_async, "_end", _ends)
    _around(_async, "_end_badly", _ends_badly)
    if sys.monitoring.get_tool(_TOOL) is not None:
        return  # the module uses it itself: a coroutine's return lines are unknown
    sys.monitoring.use_tool_id(_TOOL, __name__)
    sys.monitoring.register_callback(_TOOL, _events.PY_RETURN, _returns)
    for row in FOPS:
        code = _code_of(row.method)
        if code is not None and code.co_flags & 0x80:  # CO_COROUTINE
            sys.monitoring.set_local_events(_TOOL, code, _events.PY_RETURN)


def _decides(frame, *_):
    """A method winds or answers: notes the line (innermost function of the module) and the method
    (outermost).
    """
    _call.frame = frame
    at, line, method = sys._getframe(2), None, None
    for _ in range(_MOST_FRAMES):
        if at is None:
            break
        if at.f_code.co_filename in _glossa._files:
            line = line or _line(at.f_code, at.f_lineno)
            method = at.f_code.co_name
        at = at.f_back
    if line is not None:  # otherwise a coroutine has ended
        _call.line, _call.method = line, method


def _ends(frame, _):
    _call.frame = frame
    _call.method = _name_of(frame.fop.method)


def _ends_badly(frame, error):
    _ends(frame, error)
    place = place_in_module(error)
    if place is not None:
        _call.line = f"{posixpath.basename(place[0])}:{place[1]}"


def _returns(code, offset, _):
    frame = loop.frame or current.get()
    if _call is None or frame is None or frame.id != _call.id:
        return
    for start, end, line in code.co_lines():
        if start <= offset < end and line:
            _call.line = _line(code, line)


def _line(code, line):
    return f"{posixpath.basename(code.co_filename)}:{line}"


# -- after the call -------------------------------------------------------------------------------


def _awaits(coro):
    """The innermost line of the module where a coroutine waits."""
    line = None
    for _ in range(_MOST_FRAMES):
        if type(coro) is not CoroutineType or coro.cr_frame is None:
            break
        if coro.cr_code.co_filename in _glossa._files:
            line = _line(coro.cr_code, coro.cr_frame.f_lineno)
        coro = coro.cr_await
    return line


def _method_of(call):
    """The method of a call without a decision; None if ambiguous."""
    row = call.row
    if row is None:
        return None
    known = call.frame
    code = _code_of(row.method)
    if known is None or (code is not None and code.co_flags & 0x80):
        return _name_of(row.method or row.cbk)
    return None if known._waiters else _name_of(row.cbk)


def _code_of(method):
    function = method.__func__ if type(method) is MethodType else method
    return function.__code__ if type(function) is FunctionType else None


def _name_of(method):
    code = _code_of(method)
    return code and code.co_name


def _local(frame):
    if frame is None or frame.local is None:
        return None
    return cut(show(frame.local), _MOST_CHARACTERS)
