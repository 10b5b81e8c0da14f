"""Compares a translator's state before and after a call: its attributes and the entries of their
values. Runs none of the module's code (_shown.py).
"""

from collections import deque

from ._shown import cut, show
from .translator import Translator

_MOST_ENTRIES = 1000  # compared per call; of larger values only the size is
_MOST_NAMED = 20  # changes listed at most
_MOST_CHARACTERS = 60  # of a key, and of a value
_PLAIN = int, float, complex, bool, str, bytes, type(None)
# Attributes that the host sets.
_GIVEN = {"name", "log", "child", "children", "options"}
_attributes = Translator.__dict__["__dict__"].__get__
_NOTHING = object()


def remember(translator):
    """Samples the state, for `changes`."""
    attributes = _attributes(translator)
    if len(attributes) > _MOST_ENTRIES:
        return len(attributes)
    left = _MOST_ENTRIES
    found = {}
    for name, value in dict.items(attributes):
        if name in _GIVEN:
            continue
        entries = _entries(value, left)
        left -= len(entries) if type(entries) is dict else 0
        found[name] = value, entries
    return found


def changes(translator, before):
    """The changes as texts."""
    after = remember(translator)
    if type(before) is not dict or type(after) is not dict:
        counts = [each if type(each) is int else len(each) for each in (before, after)]
        return [] if counts[0] == counts[1] else [f"{counts[0]} → {counts[1]} attributes"]
    found = []
    for name, (value, entries) in after.items():
        was, were = before.pop(name, (_NOTHING, None))
        if was is _NOTHING:
            found.append(f"+{_brief(name)}={_shown(value)}")
        elif was is not value:
            if not _same(was, value):
                found.append(f"{_brief(name)}={_shown(value)}")
        elif inner := _inside(were, entries):
            found.append(f"{_brief(name)}: {inner}")
    found += [f"-{_brief(name)}" for name in before]
    return found if len(found) <= _MOST_NAMED else [*found[:_MOST_NAMED], "…"]


class _Index(int):
    """An index of a list."""


def _entries(value, left):
    """{identity of a key: (key, value)} of a container; the number of entries if above `left`; None
    for any other value.
    """
    kind = type(value)
    if issubclass(kind, dict):
        count = dict.__len__(value)
        return count if count > left else {id(k): (k, v) for k, v in dict.items(value)}
    for base in (set, frozenset):
        if issubclass(kind, base):
            count = base.__len__(value)
            if count > left:
                return count
            return {id(each): (each, _NOTHING) for each in base.__iter__(value)}
    for base in (list, deque):
        if issubclass(kind, base):
            count = base.__len__(value)
            if count > left:
                return count
            return {at: (_Index(at), each) for at, each in enumerate(base.__iter__(value))}
    return None


def _inside(before, after):
    """The changes inside a container, as text."""
    if type(before) is not dict or type(after) is not dict:
        counts = [len(each) if type(each) is dict else each for each in (before, after)]
        return "" if counts[0] == counts[1] else f"{counts[0]} → {counts[1]} entries"
    gone = [each for key, each in before.items() if key not in after]
    new = [each for key, each in after.items() if key not in before]
    # An equal key may have replaced a key.
    came = {_key(key): value for key, value in new}
    went = {_key(key): value for key, value in gone}
    found = [f"-{key}" for key in went if key not in came]
    for key, value in came.items():
        if key not in went:
            found.append(f"+{_pair(key, value)}")
        elif not _same(went[key], value):
            found.append(_pair(key, value))
    for key, (name, value) in after.items():
        if key in before and not _same(before[key][1], value):
            found.append(_pair(_key(name), value))
    if len(found) > _MOST_NAMED:
        found[_MOST_NAMED:] = [f"… {len(found) - _MOST_NAMED} more"]
    return ", ".join(found)


def _same(one, other):
    """True for the same object, or equal values of a plain type."""
    return one is other or (type(one) is type(other) and type(one) in _PLAIN and one == other)


def _key(key):
    return f"[{int(key)}]" if type(key) is _Index else _shown(key)


def _pair(key, value):
    return key if value is _NOTHING else f"{key}={_shown(value)}"


def _shown(value):
    return cut(show(value), _MOST_CHARACTERS)


def _brief(name):
    return cut(name, _MOST_CHARACTERS) if type(name) is str else "?"
