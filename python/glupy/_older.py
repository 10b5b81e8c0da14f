"""Modules for the original glupy, as they are compiled: what was written for Python 2 keeps its sense.
"""

import ast
import re

import _glossa

_ASKS = re.compile(r"^[ \t]*(?:from|import)[ \t]+gluster\b", re.MULTILINE)
# {3:s}: in Python 2 None had such a format, as everything that is made text.
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
    """A module's code."""
    if not (_ASKS.search(source) and _TEXT.search(source)):
        return _compiled(source, path)
    try:
        tree = ast.parse(source, path)
    except SyntaxError:
        return _compiled(source, path)  # which says the same
    return compile(_Formats().visit(tree), path, "exec", dont_inherit=True)


def install():
    _glossa.compiled = compiled
