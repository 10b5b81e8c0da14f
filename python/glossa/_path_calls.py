"""The operations of pathlib that differ from those of os, as requests or steps, and patterns of glob."""

from __future__ import annotations

import fnmatch
import os
import posixpath
import re
from pathlib import PurePosixPath
from typing import Union

from ._arguments import AnyPath
from ._calls import VolumeCalls, close_after
from ._entry_calls import EntryCalls
from ._file_calls import FileCalls
from ._request import Request, Steps

PathPart = Union[str, "os.PathLike[str]"]

# Of a pattern: any number of directories.
ANY_DEPTH = "**"

calls = VolumeCalls()


# -- operations whose arguments are those of pathlib ------------------------------------------------


def samefile(path: str, other: AnyPath) -> Steps[bool]:
    return calls.samefile(path, other)


def mkdir(
    path: str, mode: int = 0o777, parents: bool = False, exist_ok: bool = False
) -> Steps[None]:
    try:
        if parents:
            yield from calls.makedirs(path, mode, exist_ok)
        else:
            yield from calls.mkdir(path, mode)
    except FileExistsError:
        if not exist_ok or not (yield from calls.isdir(path)):
            raise


def touch(path: str, mode: int = 0o666, exist_ok: bool = True) -> Steps[None]:
    flags = os.O_WRONLY | os.O_CREAT | (0 if exist_ok else os.O_EXCL)
    handle = yield from calls.open_handle(path, flags, mode)
    yield from close_after(handle, path, iter(FileCalls(handle, path).utime()))


def unlink(path: str, missing_ok: bool = False) -> Steps[None]:
    try:
        yield from calls.unlink(path)
    except FileNotFoundError:
        if not missing_ok:
            raise


def symlink_to(path: str, target: PathPart, target_is_directory: bool = False) -> Request[None]:
    return calls.symlink(target, path)


def hardlink_to(path: str, target: PathPart) -> Request[None]:
    return calls.link(target, path)


# -- patterns --------------------------------------------------------------------------------------


def split_pattern(pattern: str) -> tuple[str, ...]:
    """The parts of a pattern of glob. @raises ValueError"""
    parts = PurePosixPath(pattern).parts
    if not parts or pattern.startswith("/"):
        raise ValueError(f"Unacceptable pattern: {pattern!r}")
    return parts


def match_part(path: str, part: str, is_last: bool) -> Steps[list[str]]:
    """The files in a directory that match a part of a pattern; only directories, unless it is the last."""
    if not any(letter in part for letter in "*?["):
        named = posixpath.join(path, part)
        return [named] if (yield from calls.lexists(named)) else []
    matches = re.compile(fnmatch.translate(part)).match
    try:
        entries = yield from calls.entries(path)
    except (NotADirectoryError, FileNotFoundError, PermissionError):
        return []
    found: list[str] = []
    for each in entries:
        entry = EntryCalls(path, each)
        if matches(entry.name) and (is_last or (yield from entry.is_dir())):
            found.append(entry.path)
    return found
