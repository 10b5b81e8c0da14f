"""Paths and names as the server's bytes. Wrong ones fail before anything is sent."""

from __future__ import annotations

import os
from typing import Any, Union

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
