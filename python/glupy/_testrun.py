"""Runs the tests of one file, directed by the host (bridges/testing/python.ts)."""

import ast
import asyncio
import inspect
import json
import sys
import types

import _glossa

from . import _clock, _report
from ._loop import loop
from ._operations import answered, waiting

_tests = {}
_task = None
_outcome = None


def load(name, path, source):
    """Loads a test file; returns [[name, line], …] as JSON."""
    _clock.install()
    _report.tell_unawaited = _tell_unawaited
    _glossa._remember(path, source)
    module = types.ModuleType(name)
    module.__file__ = path
    sys.modules[name] = module
    tree = _Asserts().visit(ast.parse(source, path))
    module.__dict__["_glupy_explain"] = _explain
    exec(compile(ast.fix_missing_locations(tree), path, "exec"), module.__dict__)
    for key, value in list(module.__dict__.items()):
        if key.startswith("test") and inspect.isfunction(value):
            _tests[key] = value
    return json.dumps([[key, value.__code__.co_firstlineno] for key, value in _tests.items()])


def start(name):
    """Starts a test; `result` shows its end."""
    global _task, _outcome, _stuck
    _outcome = _stuck = None
    waiting.clear()
    _forgotten.clear()
    loop.busy = True
    try:
        _task = asyncio.Task(_run(_tests[name]), loop=loop, eager_start=True)
    finally:
        loop.run_ready()


async def _run(test):
    global _outcome
    try:
        value = test()
        if inspect.isawaitable(value):
            await value
        _outcome = _forgotten[0] if _forgotten else {"outcome": "passed"}
    except asyncio.CancelledError as error:
        _outcome = _failed(_stuck or error)
    except BaseException as error:
        _outcome = _failed(error)


# Unawaited coroutines of a test, which fail it.
_forgotten = []


def _tell_unawaited(file, line, text):
    message = f"{file}:{line}: {text}"
    _forgotten.append({"outcome": "failed", "message": message, "line": line})


_stuck = None


def give_up(why):
    """Fails a test that waits for an impossible event, at its await."""
    global _stuck
    _stuck = AssertionError(why)
    if _task is not None and not _task.done():
        where = _task.get_stack(limit=1)
        if where:
            _stuck = _stuck.with_traceback(_innermost(_task))
        loop.busy = True
        _task.cancel()
        loop.run_ready()


def _innermost(task):
    """The traceback of a waiting task."""
    frames, at = [], task.get_coro()
    while at is not None:
        frame = getattr(at, "cr_frame", None)
        if frame is None:
            break
        frames.append(frame)
        at = getattr(at, "cr_await", None)
    found = None
    for frame in reversed(frames):
        found = types.TracebackType(found, frame, frame.f_lasti, frame.f_lineno)
    return found


def answer(number, text):
    """Passes an answer of the host to the test."""
    loop.busy = True
    try:
        answered(number, text)
    finally:
        loop.run_ready()


def tick():
    loop.tick()


def result():
    """The test's result as JSON; null while it runs."""
    return json.dumps(_outcome)


# Frames without interest for authors: the engine's, and those of `with raises(...)`.
_NOT_OURS = "/_glossa.py", "/contextlib.py"


def _shown(lines):
    return "".join(lines).strip("\n").replace("_glossa.TimeLimit", "TimeLimit")


def _failed(error):
    whole = _report.trimmed(error)
    whole.stack[:] = [frame for frame in whole.stack if not frame.filename.endswith(_NOT_OURS)]
    place = _report.place_in_module(error)
    advice = _glossa.hint(error)
    told = f" ({advice})" if advice else ""
    return {
        "outcome": "failed",
        "message": _shown(_report.exception_line(whole)) + told,
        "traceback": _shown(whole.format()) + told,
        "line": place[1] if place else 0,
    }


# -- assert ------------------------------------------------------------------------------------


class _Asserts(ast.NodeTransformer):
    """Makes a failing `assert a == b` show a and b."""

    def visit_Assert(self, node):
        self.generic_visit(node)
        test = node.test
        if node.msg is not None or not isinstance(test, ast.Compare) or len(test.ops) != 1:
            return node
        sides = [test.left, test.comparators[0]]
        names = ["_glupy_left", "_glupy_right"]
        keep = [
            ast.Assign([ast.Name(name, ast.Store())], side) for name, side in zip(names, sides)
        ]
        loads = [ast.Name(name, ast.Load()) for name in names]
        sign = ast.Constant(_sign(test))
        told = ast.Call(ast.Name("_glupy_explain", ast.Load()), [*loads, sign], [])
        check = ast.Assert(ast.Compare(loads[0], test.ops, [loads[1]]), told)
        made = [*keep, check]
        for each in made:
            ast.copy_location(each, node)
            for inner in ast.walk(each):
                if not hasattr(inner, "lineno"):
                    ast.copy_location(inner, node)
        return made


_SIGNS = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
    ast.In: "in", ast.NotIn: "not in", ast.Is: "is", ast.IsNot: "is not",
}  # fmt: skip


def _sign(test):
    return _SIGNS[type(test.ops[0])]


def _explain(left, right, sign):
    shown = [_short(left), _short(right)]
    return f"{shown[0]} {sign} {shown[1]}"


def _short(value):
    text = repr(value)
    return text if len(text) <= 400 else f"{text[:390]}… ({len(text)} characters)"
