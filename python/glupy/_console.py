"""A prompt inside the module: runs typed lines with the module's names, and `self`."""

import ast
import builtins
import codeop
import inspect
import linecache
import sys
import types

import _host

from . import _bridge, _report
from ._log import console
from ._loop import background

_compile = codeop.CommandCompiler()
_compile.compiler.flags |= ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
_FILE = "<prompt>"


def evaluate(id, source):
    """Runs a statement; reports its output to the host, or None if it is incomplete."""
    try:
        code = _code(source)
    except (SyntaxError, ValueError, OverflowError) as error:
        _host.evaluated(id, 1, f"{_report.exception_line(_report.trimmed(error))}\n")
        return
    if code is None:
        _host.evaluated(id, 0, None)
        return
    linecache.cache[_FILE] = len(source), None, source.splitlines(True), _FILE
    background(_run(id, code), "the prompt")


def _code(source):
    try:
        return _compile(source, _FILE, "single")
    except SyntaxError:
        # It may be several statements.
        flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        tree = compile(source, _FILE, "exec", ast.PyCF_ONLY_AST | flags)
        return compile(ast.Interactive(tree.body), _FILE, "single", flags)


async def _run(id, code):
    printed, failed = [], 0
    console.set(printed)
    names = vars(sys.modules[type(_bridge.translator).__module__])
    names.setdefault("self", _bridge.translator)
    try:
        result = types.FunctionType(code, names)()
        if code.co_flags & inspect.CO_COROUTINE:
            await result
    except BaseException as error:
        failed = 1
        printed.append(_report.listing(error))
    _host.evaluated(id, failed, "".join(printed))


def _display(value):
    if value is not None:
        print(repr(value))
        builtins._ = value


sys.displayhook = _display
