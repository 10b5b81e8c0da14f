"""Filters of names: calls a module's `entry_seen` and `entry_stored` for the host
(bridges/host/requests/entry-filter.ts).
"""

import inspect

from ._json import loads
from ._report import misuse
from ._source import code_of, where
from .inode import Inode
from .values import Iatt

_seen = _stored = None
_takes_attributes = False


def describe_seen(cls):
    """The filter of a class for the host; None without one."""
    seen = getattr(cls, "entry_seen", None)
    stored = getattr(cls, "entry_stored", None)
    if seen is None:
        if stored is not None:
            raise TypeError(f"{where(stored)}entry_stored needs an entry_seen")
        return None
    for method in filter(None, (seen, stored)):
        if inspect.iscoroutinefunction(method):
            raise TypeError(f"{where(method)}{method.__name__} cannot be an async def")
    if not isinstance(cls.makes_hidden, bool):
        raise TypeError(f"makes_hidden must be True or False, not {cls.makes_hidden!r:.100}")
    return {
        "takesAttributes": _count(seen, "entry_seen", "frame, parent, name, attributes") > 3,
        "hasStored": stored is not None and _count(stored, "entry_stored", "frame, parent, name") > 0,
        "makesHidden": cls.makes_hidden,
    }


def _count(method, name, params):
    """How many arguments a method takes after self: three, or four of entry_seen."""
    signature = inspect.signature(method)
    for count in range(len(params.split(", ")), 2, -1):
        try:
            signature.bind(*range(count + 1))
        except TypeError:
            continue
        return count
    raise TypeError(f"{where(method)}{name} must take (self, {params}), not {signature}")


def start_seen(translator):
    """The handlers of a translator that is made, by method."""
    global _seen, _stored, _takes_attributes
    _seen = translator.entry_seen
    _stored = getattr(translator, "entry_stored", None)
    _takes_attributes = describe_seen(type(translator))["takesAttributes"]
    return {"entry_seen": _call, "entry_stored": _call}


def _call(frame, method, gfid, text, id, *_):
    parent = Inode(id, gfid)
    if method == "entry_stored":
        found = _stored(frame, parent, text)
        if found is not None and not isinstance(found, str):
            raise _wrong(_stored, f"must return a name or None, not {found!r:.60}")
        frame._push("return", found)
    elif _takes_attributes:
        frame._push("return", [_judge_with(frame, parent, *each) for each in loads(text)])
    else:
        seen = _seen
        names = loads(text)
        verdicts = [
            1 if (found := seen(frame, parent, name)) is True else _judge(name, found)
            for name in names
        ]
        # Most listings show all.
        frame._push("return", verdicts if verdicts.count(1) < len(verdicts) else 1)
    frame._end()


def _judge(name, found):
    """The verdict for a result other than True: 0 for hidden, or another name."""
    if found is False:
        return 0
    if isinstance(found, str) and _stored is not None:
        return found
    raise _misjudged(name, found)


def _judge_with(frame, parent, name, fields):
    attributes = None if fields is None else Iatt._made(fields)
    found = _seen(frame, parent, name, attributes)
    if found is True:
        # It may have changed them in place.
        changed = attributes is not None and attributes._has_changed()
        return [None, attributes.fields()] if changed else 1
    if found is False:
        return 0
    if isinstance(found, Iatt):
        return [None, found.fields()]
    if isinstance(found, str) and _stored is not None:
        return found
    raise _misjudged(name, found)


def _misjudged(name, found):
    if isinstance(found, str):
        text = f"gave {name!r} the name {found!r}: define entry_stored(self, frame, parent, name), "
        return _wrong(_seen, f"{text}which returns the name below for one from above")
    if found is None:
        return _wrong(_seen, "returned None: is a return missing? True keeps a name, False hides it")
    return _wrong(_seen, f"must return True, False, a name or an Iatt, not {found!r:.60}")


def _wrong(method, text):
    code = code_of(method)
    return misuse(code, code.co_firstlineno, f"{method.__name__} {text}")
