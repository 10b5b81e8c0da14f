"""The operations of a path, as requests or steps, under the names of pathlib."""

from __future__ import annotations

import fnmatch
import os
import posixpath
import re
from pathlib import PurePosixPath
from typing import Any, Optional, Union

from ._arguments import AnyPath
from ._calls import close_after
from ._entry_calls import EntryCalls
from ._file_calls import FileCalls
from ._request import Call, Steps
from ._tree_calls import TreeCalls

PathPart = Union[str, "os.PathLike[str]"]

# Of a pattern: any number of directories.
ANY_DEPTH = "**"

calls = TreeCalls()


class PathCalls:
    """Operations on a path that need its volume."""

    __slots__ = ("path",)

    def __init__(self, path: str) -> None:
        self.path = path

    # -- attributes --------------------------------------------------------------------------------

    def stat(self, *, follow_symlinks: bool = True) -> Call[os.stat_result]:
        return calls.stat(self.path, follow_symlinks=follow_symlinks)

    def lstat(self) -> Call[os.stat_result]:
        return calls.lstat(self.path)

    def exists(self) -> Steps[bool]:
        return calls.exists(self.path)

    def is_file(self) -> Steps[bool]:
        return calls.isfile(self.path)

    def is_dir(self) -> Steps[bool]:
        return calls.isdir(self.path)

    def is_symlink(self) -> Steps[bool]:
        return calls.islink(self.path)

    def samefile(self, other: AnyPath) -> Steps[bool]:
        return calls.samefile(self.path, other)

    def chmod(self, mode: int, *, follow_symlinks: bool = True) -> Call[None]:
        return calls.chmod(self.path, mode, follow_symlinks=follow_symlinks)

    # -- names -------------------------------------------------------------------------------------

    def mkdir(
        self, mode: int = 0o777, parents: bool = False, exist_ok: bool = False
    ) -> Steps[None]:
        try:
            if parents:
                yield from calls.makedirs(self.path, mode, exist_ok)
            else:
                yield from calls.mkdir(self.path, mode)
        except FileExistsError:
            if not exist_ok or not (yield from self.is_dir()):
                raise

    def touch(self, mode: int = 0o666, exist_ok: bool = True) -> Steps[None]:
        flags = os.O_WRONLY | os.O_CREAT | (0 if exist_ok else os.O_EXCL)
        handle = yield from calls.open_handle(self.path, flags, mode)
        times = iter(FileCalls(handle, self.path).utime())
        yield from close_after(handle, self.path, times)

    def unlink(self, missing_ok: bool = False) -> Steps[None]:
        try:
            yield from calls.unlink(self.path)
        except FileNotFoundError:
            if not missing_ok:
                raise

    def rmdir(self) -> Call[None]:
        return calls.rmdir(self.path)

    def symlink_to(self, target: PathPart, target_is_directory: bool = False) -> Call[None]:
        return calls.symlink(target, self.path)

    def hardlink_to(self, target: PathPart) -> Call[None]:
        return calls.link(target, self.path)

    # -- data --------------------------------------------------------------------------------------

    def read_bytes(self) -> Steps[bytes]:
        return calls.read_bytes(self.path)

    def write_bytes(self, data: Any) -> Steps[int]:
        return calls.write_bytes(self.path, data)

    def read_text(
        self, encoding: Optional[str] = None, errors: Optional[str] = None
    ) -> Steps[str]:
        return calls.read_text(self.path, encoding, errors)

    def write_text(
        self, data: str, encoding: Optional[str] = None, errors: Optional[str] = None
    ) -> Steps[int]:
        return calls.write_text(self.path, data, encoding, errors)


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
