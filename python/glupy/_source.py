"""Reads a module's source for messages about a mistake, to name the line and the fix. It runs only
after an error, and caches results, as a mistake may repeat a million times. An unknown source gives
no answers.
"""

import ast
import inspect
import linecache
import re
import traceback
from functools import lru_cache

import _glossa

from ._fops import BY_NAME

_FUNCTIONS = ast.FunctionDef, ast.AsyncFunctionDef
_GROUPS = ast.List, ast.Tuple, ast.Dict, ast.Set, ast.ListComp, ast.GeneratorExp, ast.Starred
_DECISION = re.compile(r"(un)?wind(_\w+)?|fail")


def code_of(method):
    """The code of a method of the module; None for any other object."""
    return getattr(inspect.unwrap(method), "__code__", None) if method else None


def where(method):
    """The place of a method of the module as the start of a message; empty for any other object."""
    code = code_of(method)
    return f"{code.co_filename}:{code.co_firstlineno}: " if code else ""


def frames_of(error):
    """(frame, line) of the module's functions in an exception's traceback, innermost first."""
    found = traceback.walk_tb(error.__traceback__)
    return [each for each in found if each[0].f_code.co_filename in _glossa._files][::-1]


def line_at(file, number):
    """A line of the module, without its indentation."""
    # Other files would have to be read, which a module may not.
    return linecache.getline(file, number).strip() if file in _glossa._files else ""


def tree_of(file):
    return ast.parse("".join(linecache.getlines(file))) if file in _glossa._files else None


def function_of(code):
    """The tree of a function of the module; None if unknown."""
    tree = code and tree_of(code.co_filename)
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, _FUNCTIONS) and node.name == code.co_name:
            if code.co_firstlineno in (node.lineno, *(one.lineno for one in node.decorator_list)):
                return node
    return None


def _calls(tree):
    """(call, enclosing node) in the order of lines."""
    found = [
        (child, node)
        for node in ast.walk(tree)
        for child in ast.iter_child_nodes(node)
        if isinstance(child, ast.Call)
    ]
    return sorted(found, key=lambda each: (each[0].lineno, each[0].col_offset))


def _name(call):
    """The last name of a call's function."""
    return getattr(call.func, "attr", None) or getattr(call.func, "id", "")


def _asks_child(call, fop=None):
    """True for a call of a child's fop: self.child.stat(...)."""
    name = _name(call)
    if name not in BY_NAME or fop not in (None, name) or not isinstance(call.func, ast.Attribute):
        return False
    return "child" in ast.unparse(call.func.value)


def _text(node):
    text = ast.unparse(node)
    return text if len(text) <= 80 else f"{text[:78]}..."


@lru_cache(256)
def not_awaited(code, name=None):
    """(line, text) of a function's first call without a needed await: of a child's fop, or of the
    function `name`; None if every needed await is there.
    """
    tree = function_of(code)
    for call, parent in _calls(tree) if tree else ():
        fits = _name(call) == name if name else _asks_child(call)
        if fits and isinstance(parent, (ast.Expr, ast.Assign, ast.Return, ast.AnnAssign)):
            return call.lineno, _mended(parent, call)
    return None


def _mended(parent, call):
    """The corrected statement."""
    return f"{_before(parent)}await {_text(call)}"


def _before(statement):
    if isinstance(statement, ast.Return):
        return "return "
    targets = getattr(statement, "targets", None)
    return "".join(f"{_text(target)} = " for target in targets or ())


@lru_cache(256)
def last_reply_dropped(code, fop):
    """(line, text) of the last `await self.child.<fop>(...)` whose reply is dropped."""
    tree = function_of(code)
    found = None
    for call, parent in _calls(tree) if tree else ():
        if isinstance(parent, ast.Await) and _asks_child(call, fop):
            found = parent, call
    if found is None:
        return None
    awaited, call = found
    alone = any(isinstance(node, ast.Expr) and node.value is awaited for node in ast.walk(tree))
    if alone:
        return call.lineno, f"return await {_text(call)}"
    return None


@lru_cache(256)
def asks_child(code):
    """(line, text) of the first call of a child's fop in a function."""
    tree = function_of(code)
    for call, _ in _calls(tree) if tree else ():
        if _asks_child(call):
            return call.lineno, _text(call)
    return None


def never_awaited_calls(name):
    """[(file, line, text)] of calls of a function that are not awaited or passed on."""
    used = ast.Await, ast.Call, ast.Return, ast.keyword, ast.Lambda, *_GROUPS
    return [
        (file, call.lineno, _mended(parent, call))
        for file in sorted(_glossa._files)
        for call, parent in _calls(tree_of(file))
        if _name(call) == name and not isinstance(parent, used)
    ]


@lru_cache(256)
def decided_before(code, number):
    """[(line, text)] of other winds or answers of a function that may precede line `number`,
    without those that it returns from.
    """
    tree = function_of(code)
    if tree is None:
        return []
    leaving = {id(one) for block in _blocks(tree) for one in _left_after(block)}
    found = []
    for node in ast.walk(tree):
        call = getattr(node, "value", None)
        if not isinstance(node, ast.Expr) or not isinstance(call, ast.Call):
            continue
        loops = any(isinstance(one, (ast.For, ast.While)) for one in _around(tree, node))
        early = node.lineno < number or (loops and node.lineno == number)
        if _DECISION.fullmatch(_name(call)) and early and (id(node) not in leaving or loops):
            found.append((node.lineno, _text(call)))
    return sorted(found)


def _blocks(tree):
    for node in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list):
                yield block


def _left_after(block):
    """The statements of a block that leave it for good."""
    for one, after in zip(block, block[1:]):
        if isinstance(after, (ast.Return, ast.Raise)):
            yield one


def _around(tree, node):
    """The statements that enclose a statement."""
    return [
        one
        for one in ast.walk(tree)
        if one is not node and one is not tree and any(each is node for each in ast.walk(one))
    ]
