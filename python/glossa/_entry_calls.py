"""The operations of an entry of a directory, as steps. Its attributes may have come with it."""

from __future__ import annotations

import errno
import os
import posixpath
import stat as modes
from collections.abc import Callable
from typing import Any, NamedTuple

from ._arguments import decode_path, is_bytes
from ._calls import VolumeCalls
from ._request import Steps
from ._values import Entry

# The types of entries: those of st_mode, shifted.
TYPE_SHIFT = 12
UNKNOWN = 0
DIRECTORY = modes.S_IFDIR >> TYPE_SHIFT
REGULAR = modes.S_IFREG >> TYPE_SHIFT
LINK = modes.S_IFLNK >> TYPE_SHIFT

calls = VolumeCalls()
join: Callable[[Any, Any], Any] = posixpath.join


class EntryCalls:
    """An entry with the methods of os.DirEntry."""

    __slots__ = ("name", "path", "type", "own", "followed")

    def __init__(self, directory: Any, entry: Entry) -> None:
        self.name: Any = entry.name if is_bytes(directory) else decode_path(entry.name)
        self.path: Any = join(directory, self.name)
        self.type = entry.type
        # Attributes of the entry, and of the file that a symbolic link leads to.
        self.own = entry.stat
        self.followed: os.stat_result | None = None

    def stat(self, *, follow_symlinks: bool = True) -> Steps[os.stat_result]:
        """Attributes, which are asked for once."""
        if follow_symlinks and (yield from self._type()) == LINK:
            if self.followed is None:
                self.followed = yield from calls.stat(self.path)
            return self.followed
        if self.own is None:
            self.own = yield from calls.lstat(self.path)
        return self.own

    def _type(self) -> Steps[int]:
        if self.type == UNKNOWN:
            self.type = (yield from self.stat(follow_symlinks=False)).st_mode >> TYPE_SHIFT
        return self.type

    def told(self, type: int, follow_symlinks: bool) -> bool | None:
        """Whether the entry has a type; None if the listing has not told that."""
        own = self.type
        if own == LINK and follow_symlinks:
            own = UNKNOWN if self.followed is None else self.followed.st_mode >> TYPE_SHIFT
        return None if own == UNKNOWN else own == type

    def is_type(self, type: int, follow_symlinks: bool) -> Steps[bool]:
        try:
            own = yield from self._type()
            if own == LINK and follow_symlinks:
                own = (yield from self.stat()).st_mode >> TYPE_SHIFT
            return own == type
        except FileNotFoundError:
            return False

    def is_dir(self, *, follow_symlinks: bool = True) -> Steps[bool]:
        return self.is_type(DIRECTORY, follow_symlinks)

    def is_file(self, *, follow_symlinks: bool = True) -> Steps[bool]:
        return self.is_type(REGULAR, follow_symlinks)

    def is_symlink(self) -> Steps[bool]:
        return self.is_type(LINK, False)

    def inode(self) -> Steps[int]:
        return (yield from self.stat(follow_symlinks=False)).st_ino


class Level(NamedTuple):
    """A directory of a walk, by the names in it."""

    folders: list[Any]
    files: list[Any]
    # Those of `folders` that are not walked.
    links: set[Any]


def read_level(top: Any, followlinks: bool) -> Steps[Level]:
    """Sorts the entries of a directory as os.walk does: one whose target has an error is a file."""
    level = Level([], [], set())
    for each in (yield from calls.entries(top)):
        entry = EntryCalls(top, each)
        try:
            is_folder = yield from entry.is_dir()
        except OSError as error:
            if error.errno == errno.ENOTCONN:
                raise
            is_folder = False
        (level.folders if is_folder else level.files).append(entry.name)
        if is_folder and not followlinks and (yield from entry.is_symlink()):
            level.links.add(entry.name)
    return level
