"""Stops at lines of the module for a debugger elsewhere, by sys.monitoring (PEP 669).

Commands are JSON, from the host while the module runs, and from `_host.line_wait` while it is
stopped; each has a result (runtime/core/line-stops.ts). Without breakpoints nothing here runs. A
line without one is checked once, and then as fast as before.
"""

import json
import linecache
import reprlib
import sys

import _glossa
import _host

_monitoring = sys.monitoring
_TOOL = _monitoring.DEBUGGER_ID
_NAME = "glossa"
_MOST = 200  # variables in a list
_breaks = frozenset()  # of (path, line)
_goal = None  # the pending step: (way, frame, outermost frame)
_frames = None  # during a stop: the module's frames, innermost first
_shown = []  # shown values with parts, by number - 1


def command(text):
    """Runs a command, and sends its result."""
    wanted = json.loads(text)
    try:
        answer = _COMMANDS[wanted["do"]](wanted)
    except BaseException as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    return json.dumps({"id": wanted["id"], **answer})


def _is_own(path):
    """True for a source of the author's."""
    return path in _glossa._files and "/site-packages/" not in path


# -- where it stops ------------------------------------------------------------------------------------


def _code_lines(path):
    """Executable lines of functions; code outside of them runs at load."""
    found = set()
    source = "".join(linecache.getlines(path))
    todo = [compile(source, path, "exec", dont_inherit=True)]
    while todo:
        code = todo.pop()
        todo += [const for const in code.co_consts if hasattr(const, "co_lines")]
        if code.co_flags & 0x02:  # CO_NEWLOCALS: a function's, unlike a module's and a class's
            lines = {line for _, _, line in code.co_lines() if line is not None}
            found |= {line for line in lines if line > code.co_firstlineno} or lines
    return sorted(found)


def _watch(wanted):
    global _breaks, _goal
    found, breaks = {}, set()
    if wanted["lines"] is None:
        _goal = None
    for path, lines in (wanted["lines"] or {}).items():
        known = _code_lines(path) if path in _glossa._files else None
        found[path] = [_at_or_after(line, known) for line in lines]
        # In a file not loaded yet, the given lines are kept.
        breaks.update((path, line if known is None else at) for line, at in zip(lines, found[path]))
    _breaks = frozenset(breaks)
    _arm()
    return {"lines": found}


def _at_or_after(line, known):
    return next((each for each in known or () if each >= line), None)


def _arm():
    """Sets the monitoring events that stops need, or none."""
    tool = _monitoring.get_tool(_TOOL)
    if tool not in (None, _NAME):
        raise RuntimeError("the module uses sys.monitoring as a debugger itself")
    if not _breaks and _goal is None:
        if tool is not None:
            _monitoring.set_events(_TOOL, 0)
            _monitoring.free_tool_id(_TOOL)
        return
    if tool is None:
        _monitoring.use_tool_id(_TOOL, _NAME)
        _monitoring.register_callback(_TOOL, _monitoring.events.LINE, _on_line)
        _monitoring.set_events(_TOOL, _monitoring.events.LINE)
    _monitoring.restart_events()


def _on_line(code, line):
    if not _is_own(code.co_filename):
        return _monitoring.DISABLE
    hit = (code.co_filename, line) in _breaks
    if not hit and _goal is None:
        return _monitoring.DISABLE
    frame = sys._getframe(1)
    if hit or _is_reached(frame):
        _stop(frame, "breakpoint" if hit else "step")
    return None


def _own_frames(frame):
    found = []
    while frame is not None:
        if _is_own(frame.f_code.co_filename):
            found.append(frame)
        frame = frame.f_back
    return found


def _is_reached(frame):
    global _goal
    way, start, outermost = _goal
    frames = _own_frames(frame)
    if frames[-1] is not outermost:
        _goal = None  # the method has ended: this is another call
        return False
    return way == "into" or start not in frames or (way == "over" and frame is start)


def _stop(frame, reason):
    global _frames, _goal
    _goal = None
    _frames = _own_frames(frame)
    places = [
        {"name": f.f_code.co_qualname, "file": f.f_code.co_filename, "line": f.f_lineno}
        for f in _frames[:_MOST]
    ]
    _host.line_told(json.dumps({"stopped": {"reason": reason, "frames": places}}))
    try:
        while _frames is not None:
            _host.line_told(command(_host.line_wait()))
    finally:
        _frames = None
        _shown.clear()


def _go(wanted):
    global _frames, _goal
    if _frames is not None and wanted["way"] != "continue":
        _goal = wanted["way"], _frames[0], _frames[-1]
    _frames = None
    _arm()
    return {}


# -- inspection during a stop
# -----------------------------------------------------------------------------


def _frame(wanted):
    if _frames is None:
        raise RuntimeError("it is not stopped")
    return _frames[wanted["frame"]]


_repr = reprlib.Repr()
_repr.maxstring = _repr.maxother = 200
_repr.maxlong = 100
_repr.maxlevel = 3


def _describe(name, value):
    try:
        text = _repr.repr(value)
    except BaseException as error:
        text = f"<{type(error).__name__} in __repr__>"
    parts = 0
    if isinstance(value, (dict, list, tuple, set, frozenset)) and value or hasattr(value, "__dict__"):
        _shown.append(value)
        parts = len(_shown)
    return {"name": str(name)[:200], "value": text[:1000], "type": type(value).__name__, "parts": parts}


def _listed(pairs):
    return {"variables": [_describe(name, value) for name, value in pairs[:_MOST]]}


def _locals(wanted):
    return _listed([*_frame(wanted).f_locals.items()])


def _parts(wanted):
    value = _shown[wanted["of"] - 1]
    if isinstance(value, dict):
        return _listed([(_repr.repr(key), part) for key, part in value.items()])
    if isinstance(value, (list, tuple, set, frozenset)):
        return _listed([*enumerate(value)])
    return _listed([*vars(value).items()])


def _evaluate(wanted):
    frame = _frame(wanted)
    return _listed([("", eval(wanted["text"], frame.f_globals, frame.f_locals))])


def _set(wanted):
    frame = _frame(wanted)
    value = eval(wanted["text"], frame.f_globals, frame.f_locals)
    frame.f_locals[wanted["name"]] = value
    return _listed([(wanted["name"], value)])


_COMMANDS = {
    "watch": _watch,
    "go": _go,
    "locals": _locals,
    "parts": _parts,
    "evaluate": _evaluate,
    "set": _set,
}
