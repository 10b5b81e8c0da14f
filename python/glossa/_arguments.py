"""Arguments of operations as the server takes them. Wrong ones fail before anything is sent."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Union

from ._operations import ARM_FLAGS

StrPath = Union[str, "os.PathLike[str]"]
BytesPath = Union[bytes, "os.PathLike[bytes]"]
AnyPath = Union[StrPath, BytesPath]


def encode_path(path: AnyPath) -> bytes:
    """@raises TypeError, ValueError"""
    if type(path) is str:
        name = path.encode("utf-8", "surrogateescape")
    else:
        plain: Any = os.fspath(path)
        name = plain if isinstance(plain, bytes) else plain.encode("utf-8", "surrogateescape")
    if b"\0" in name:
        raise ValueError("embedded null byte")
    return name


def decode_path(name: bytes) -> str:
    return name.decode("utf-8", "surrogateescape")


def is_bytes(path: Any) -> bool:
    """Whether names that are found below a path are bytes, as with os."""
    return not isinstance(path, str) and isinstance(os.fspath(path), bytes)


def encode_name(name: Any, what: str) -> bytes:
    """The bytes of an extended attribute's name. @raises TypeError, ValueError"""
    try:
        return encode_path(name)
    except TypeError:
        raise TypeError(f"{what} must be str or bytes, not {type(name).__name__}") from None


def check_integer(value: Any, what: str) -> int:
    """An integer as operator.index makes it. @raises TypeError"""
    try:
        return value.__index__()
    except AttributeError:
        raise TypeError(f"{what} must be an integer, not {type(value).__name__}") from None


def check_u32(value: Any, what: str) -> int:
    """Flags, or another number of 32 bits without a sign. @raises TypeError, OverflowError"""
    number = check_integer(value, what)
    if not 0 <= number < 2**32:
        raise OverflowError(f"{what} must be from 0 to {2**32 - 1}, not {number}")
    return number


def check_id(value: Any, what: str) -> int:
    """A uid or gid as the protocol has it; -1 leaves the id as it is. @raises TypeError, OverflowError"""
    return 2**32 - 1 if value == -1 else check_u32(value, what)


# Positions are numbers that JavaScript holds exactly.
LAST_POSITION = 2**53 - 1


def check_position(value: Any, what: str) -> int:
    """A position or length in bytes. @raises TypeError, ValueError, OverflowError"""
    number = check_integer(value, what)
    if number < 0:
        raise ValueError(f"{what} must not be negative: {number}")
    if number > LAST_POSITION:
        raise OverflowError(f"{what} is too large: {number}")
    return number


def check_mode(value: Any, what: str = "mode") -> int:
    return check_integer(value, what) & 0o7777


def bytes_of(data: Any) -> memoryview:
    """The memory of a buffer. @raises TypeError"""
    if isinstance(data, str):
        raise TypeError("a bytes-like object is required, not 'str'")
    view = memoryview(data)
    return view if view.format == "B" and view.ndim == 1 and view.contiguous else view.cast("B")


# -- flags of open(2) ------------------------------------------------------------------------------


def convert_flags(flags: int, pairs: Mapping[int, int]) -> int:
    """Replaces the bits that are keys; all others stay as they are."""
    result = flags
    for own in pairs:
        result &= ~own
    for own, other in pairs.items():
        if flags & own:
            result |= other
    return result


# A volume's numbers are x86's; on ARM, four differ. The C library's number tells the machine. Inside a translator the
# library is Emscripten's, with x86's numbers.
_PAIRS: Mapping[int, int] = {} if getattr(os, "O_DIRECTORY", 0o200000) == 0o200000 else ARM_FLAGS


def volume_flags(flags: int) -> int:
    return convert_flags(flags, _PAIRS) if _PAIRS else flags


# -- times as the numbers of utimensat(2) ----------------------------------------------------------

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
