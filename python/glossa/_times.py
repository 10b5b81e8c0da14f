"""Times of utime as the numbers of utimensat(2)."""

from __future__ import annotations

from typing import Any, Union

from ._names import check_integer

NANOSECONDS = 1_000_000_000

# Nanoseconds that stand for the present time.
NOW = 0x3FFF_FFFF

Times = tuple[Union[int, float], Union[int, float]]
Encoded = tuple[int, int, int, int]


def encode_times(times: Any, ns: Any) -> Encoded:
    """Seconds of both times, then their nanoseconds. @raises TypeError, ValueError"""
    if ns is None:
        if times is None:
            return (0, 0, NOW, NOW)
        check_pair(times, "times")
        pairs = [from_seconds(time) for time in times]
    else:
        if times is not None:
            raise ValueError("utime: you may specify either 'times' or 'ns' but not both")
        check_pair(ns, "ns")
        pairs = [divmod(check_integer(time, "ns"), NANOSECONDS) for time in ns]
    (atime, atime_ns), (mtime, mtime_ns) = pairs
    return (atime, mtime, atime_ns, mtime_ns)


def check_pair(value: Any, name: str) -> None:
    if type(value) is not tuple or len(value) != 2:  # pyright: ignore[reportUnknownArgumentType]
        raise TypeError(f"utime: '{name}' must be either a tuple of two numbers or None")


def from_seconds(time: Any) -> tuple[int, int]:
    if isinstance(time, float):
        seconds = int(time // 1)
        return divmod(seconds * NANOSECONDS + int((time - seconds) * NANOSECONDS), NANOSECONDS)
    return check_integer(time, "times"), 0
