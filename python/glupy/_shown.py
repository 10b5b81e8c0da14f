"""Formats values as source text in a bounded length, without running the module's code: no
`__repr__`, `__len__`, `__iter__` or property. A value of another than a built-in type is shown as
its class's name.
"""

from collections import deque

_MOST_CHARACTERS = 80  # of a text
_MOST_BITS = 128
_MOST_ITEMS = 8
_DEPTH = 2
_PLAIN = bool, float, complex, type(None)

# Base classes with their brackets; their own methods also read derived classes.
_GROUPS = (
    (tuple, "(", ")"),
    (list, "[", "]"),
    (set, "{", "}"),
    (frozenset, "{", "}"),
    (deque, "deque([", "])"),
)
_name = type.__dict__["__name__"].__get__


def cut(text, most):
    return text if len(text) <= most else f"{text[:most]}…"


def show(value, depth=0):
    kind = type(value)
    if kind is str:
        return _text(value)
    if kind is bytes or kind is bytearray:
        return _text(bytes(value[: _MOST_CHARACTERS + 1]))  # a huge one is not copied
    if kind is int:
        bits = value.bit_length()
        return repr(value) if bits <= _MOST_BITS else f"<int of {bits} bits>"
    if kind in _PLAIN:
        return repr(value)
    if issubclass(kind, dict):
        pairs = lambda: (f"{show(k, depth + 1)}: {show(v, depth + 1)}" for k, v in dict.items(value))
        return _named(kind, dict) + _items("{", "}", dict.__len__(value), pairs, depth)
    for base, opens, closes in _GROUPS:
        if issubclass(kind, base):
            parts = lambda: (show(each, depth + 1) for each in base.__iter__(value))
            return _named(kind, base) + _items(opens, closes, base.__len__(value), parts, depth)
    return f"<{cut(_name(kind), _MOST_CHARACTERS)}>"


def _text(value):
    if len(value) <= _MOST_CHARACTERS:
        return repr(value)
    return f"{value[:_MOST_CHARACTERS]!r}…"


def _named(kind, base):
    return "" if kind is base else cut(_name(kind), _MOST_CHARACTERS)


def _items(opens, closes, count, texts, depth):
    if count == 0:
        return opens + closes
    if depth >= _DEPTH:  # circular values end here too
        return f"{opens}…{closes}"
    shown = [text for text, _ in zip(texts(), range(_MOST_ITEMS))]
    if count > len(shown):
        shown.append(f"… {count - len(shown)} more")
    comma = "," if count == 1 and opens == "(" else ""
    return f"{opens}{', '.join(shown)}{comma}{closes}"
