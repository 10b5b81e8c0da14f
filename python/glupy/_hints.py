"""Suggests fixes for Python 2 code, most of which 2to3 would change: one line for an exception's
message. _advice.py has the fixes of other mistakes.
"""

import linecache
import re
import traceback

import _glossa

# Pattern of a line that does not compile -> what to write. The first match wins.
_LINES = (
    (r"^\s*print\s*>>", "write print(..., file=f)"),
    (r"\bprint\s+[^=(\s]", "print is a function: write print(...)"),
    (r"^\s*raise\s+[\w.]+\s*,", 'write raise X("message")'),
    (r"^\s*exec\s+[^(\s]", "exec is a function: write exec(code, names)"),
    (r"`", "write repr(x) for `x`"),
    (r"<>", "write != for <>"),
    (r"(?<![\w.])0[0-7]+[lL]?\b", "write octal numbers as 0o777"),
    (r"\b(?:0[xX][\da-fA-F]+|\d+)[lL]\b", "write whole numbers without an L"),
    (r"\b[uU][rR]['\"]", "write r'...' for ur'...'"),
    (r"\b(?:def\s+\w+\s*\(|lambda\b).*\(", "a parameter cannot be a tuple: take it apart inside"),
)

# Removed name -> what to write.
_NAMES = {
    "apply": "f(*args)",
    "basestring": "str",
    "cmp": "a comparison with < and ==, or a key",
    "execfile": "exec(open(name).read())",
    "file": "open(...)",
    "intern": "sys.intern",
    "long": "int",
    "raw_input": "input",
    "reduce": "functools.reduce",
    "reload": "importlib.reload",
    "unichr": "chr",
    "unicode": "str",
    "xrange": "range",
}

_ATTRIBUTES = {
    "func_code": "f.__code__",
    "getcwdu": "os.getcwd",
    "has_key": "key in d",
    "iteritems": "d.items()",
    "iterkeys": "d.keys()",
    "itervalues": "d.values()",
    "izip": "zip",
    "imap": "map",
    "letters": "string.ascii_letters",
    "maxint": "sys.maxsize",
    "next": "next(x)",
    "sort": "sorted(...), as this is no list any more",
}

_MODULES = {
    "ConfigParser": "configparser",
    "Queue": "queue",
    "StringIO": "io",
    "__builtin__": "builtins",
    "cPickle": "pickle",
    "cStringIO": "io",
    "thread": "_thread",
    "urlparse": "urllib.parse",
}

# Modules of the earliest glupy begin so.
_CTYPES = (
    "a module for the original glupy writes `from gluster import *` in place of `from ctypes import *`, "
    "which brings the names of both"
)


def hint(error):
    """Advice for an exception of Python 2 code; "" without any."""
    if isinstance(error, ModuleNotFoundError) and re.search(r"\bimport ctypes\b", str(error)):
        return _CTYPES
    text = _hint(error)
    return f"Python 2: {text}; `2to3 -w FILE` changes most of these" if text else ""


def _hint(error):
    if isinstance(error, TabError):
        return "indent by tabs or by blanks, not by both"
    if isinstance(error, SyntaxError):
        return _of_line(error.text or "")
    if isinstance(error, NameError):
        return _of_name(error.name, _line(error))
    if isinstance(error, ModuleNotFoundError):
        return _write(_MODULES, error.name)
    if isinstance(error, AttributeError):
        if error.obj is None and _is_of_print(error):
            return "the brackets belong to print: write print((...).format(...))"
        return _write(_ATTRIBUTES, error.name)
    if isinstance(error, TypeError):
        return _of_type(str(error))
    return ""


def _of_line(line):
    return next((text for form, text in _LINES if re.search(form, line)), "")


def _write(table, name):
    return f"write {table[name]}" if name in table else ""


def _of_name(name, line):
    # Python 3.14 takes `except X, e:` for two classes.
    if re.search(rf"^\s*except\b[^:]*,\s*{re.escape(name or '-')}\s*:", line):
        return f"write except X as {name}:"
    return _write(_NAMES, name)


def _of_type(message):
    if re.search(r"'dict_(keys|values|items)' object is not subscriptable", message):
        return "write list(d.keys())"
    if re.search(r"'(map|filter|zip)' object is not subscriptable", message):
        return "write list(map(...))"
    if "passed to NoneType.__format__" in message:
        return "write {!s} for {:s}: None has no format"
    if "for >>: 'builtin_function_or_method'" in message:
        return "write print(..., file=f)"
    return ""


def _place(error):
    """The lines of the file that raised, and the line's number; [] if unknown."""
    last = None
    for last in traceback.walk_tb(error.__traceback__):
        pass
    if last is None:
        return [], 0
    frame, number = last
    file = frame.f_code.co_filename
    # Other files would have to be read, which a module may not.
    return (linecache.getlines(file), number) if file in _glossa._files else ([], 0)


def _line(error):
    """The line that raised."""
    lines, number = _place(error)
    return lines[number - 1] if 0 < number <= len(lines) else ""


def _is_of_print(error):
    """True if the line that raised ends an expression `print(...).name`."""
    import ast  # imported on demand

    lines, number = _place(error)
    return any(
        isinstance(node, ast.Attribute)
        and node.attr == error.name
        and node.end_lineno == number
        and isinstance(node.value, ast.Call)
        and getattr(node.value.func, "id", None) == "print"
        for node in ast.walk(ast.parse("".join(lines)))
    )


_TWO_KINDS = re.compile(r"^\s*except\s+[\w.]+\s*,\s*([a-z_][\w.]*)\s*:", re.MULTILINE)


def suspects(source):
    """(line, text) of code that has another meaning in Python 3."""
    if not _TWO_KINDS.search(source):
        return []
    import ast  # imported on demand: few modules need it

    lines = source.splitlines()
    found = []
    for node in ast.walk(ast.parse(source)):
        # The clause begins its line, so it is not inside a string.
        match = isinstance(node, ast.ExceptHandler) and _TWO_KINDS.match(lines[node.lineno - 1])
        if match:
            name = match[1]
            text = f"except X, {name}: catches two classes; is except X as {name}: meant?"
            found.append((node.lineno, text))
    return found
