"""Compiles modules for the original glupy: code written for Python 2 keeps its meaning."""

import ast
import re

import _glossa

_ASKS = re.compile(r"^[ \t]*(?:from|import)[ \t]+gluster\b", re.MULTILINE)
# {3:s}: Python 2 formatted None and any other value so.
_TEXT = re.compile(r"\{(\w*)(:[^{}!]*s)\}")

_compiled = _glossa.compiled


class _Formats(ast.NodeTransformer):
    def visit_Attribute(self, node):
        self.generic_visit(node)
        text = node.value
        if node.attr == "format" and isinstance(text, ast.Constant) and isinstance(text.value, str):
            text.value = _TEXT.sub(r"{\1!s\2}", text.value)
        return node


def compiled(source, path):
    """Compiles a module."""
    if not (_ASKS.search(source) and _TEXT.search(source)):
        return _compiled(source, path)
    try:
        tree = ast.parse(source, path)
    except SyntaxError:
        return _compiled(source, path)  # which raises the same error
    return compile(_Formats().visit(tree), path, "exec", dont_inherit=True)


def install():
    _glossa.compiled = compiled
