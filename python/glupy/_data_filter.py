"""Filters of data: calls a module's `encode` and `decode` of blocks, or its `transform_read` and
`transform_write`, for the host (bridges/host/requests/data-filter.ts).
"""

import inspect

import _host

from ._report import misuse
from ._source import code_of, where
from .inode import Inode, fd

MOST_BYTES = 1 << 20
"""The most bytes of a block."""
BLOCKS = ("encode", "decode")
TRANSFORMS = ("transform_read", "transform_write")


def describe_data(cls):
    """The filter of data of a class, as parts of its description for the host."""
    size, overhead = cls.block_size, cls.block_overhead
    found = {}
    if size != 0 or _has(cls, BLOCKS):
        _check(cls, BLOCKS, "block_size", "frame, inode, index, data")
        if not isinstance(size, int) or not 0 < size <= MOST_BYTES:
            raise TypeError(f"block_size must be from 1 to {MOST_BYTES} bytes, not {size!r:.60}")
        if not isinstance(overhead, int) or not 0 <= overhead <= size:
            raise TypeError(f"block_overhead must be from 0 to block_size, not {overhead!r:.60}")
        found["blocks"] = {"size": size, "overhead": overhead}
    if _has(cls, TRANSFORMS):
        _check(cls, TRANSFORMS, "the other of the two", "frame, fd, offset, data")
        found["transformsData"] = True
    return found


def _has(cls, names):
    return any(getattr(cls, name, None) is not None for name in names)


def _check(cls, names, needing, params):
    """Checks the two methods of a filter: what the one has written, the other reads."""
    methods = [getattr(cls, name, None) for name in names]
    place = next(map(where, filter(None, methods)), "")
    for name, method in zip(names, methods):
        if not callable(method):
            raise TypeError(f"{place}{needing} needs a method {name}(self, {params})")
        if inspect.iscoroutinefunction(method):
            raise TypeError(f"{where(method)}{name} cannot be an async def")
        try:
            inspect.signature(method).bind(*range(5))
        except TypeError:
            raise TypeError(f"{where(method)}{name} must take (self, {params})") from None


def start_data(translator):
    """The handlers of a translator that is made, by method."""
    if not translator.block_size:
        return {name: _transform(getattr(translator, name)) for name in TRANSFORMS}
    overhead = translator.block_overhead
    return {
        "encode": _blocks(translator.encode, overhead),
        "decode": _blocks(translator.decode, -overhead),
    }


def _transform(method):
    def handle(frame, name, gfid, _text, offset, id, _handle, data):
        given = bytes(data.view)
        _return(frame, _checked(method, method(frame, fd(id), offset, given), len(given), len(given)))

    return handle


def _blocks(method, growth):
    """Makes what converts blocks by a method, each to one that is longer by `growth` bytes."""

    def handle(frame, name, gfid, _text, first, size, handle, data):
        inode = Inode(handle, gfid)
        view = data.view
        parts = []
        for index, start in enumerate(range(0, len(view), size), first):
            block = bytes(view[start : start + size])
            made = method(frame, inode, index, block)
            parts.append(_checked(method, made, len(block), len(block) + growth))
        _return(frame, b"".join(parts))

    return handle


def _return(frame, data):
    frame._push("return", ["data", _host.put(data)])
    frame._end()


def _checked(method, made, given, expected):
    """What a method has made of `given` bytes."""
    if not isinstance(made, (bytes, bytearray, memoryview)):
        text = f"must return bytes, not {type(made).__name__}"
    elif memoryview(made).nbytes != expected:
        text = f"returned {len(made)} bytes for {given}: {expected} were expected"
    else:
        return made
    code = code_of(method)
    raise misuse(code, code.co_firstlineno, f"{method.__name__} {text}")
