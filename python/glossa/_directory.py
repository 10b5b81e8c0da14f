"""Directories as os.scandir and os.walk list them."""

from __future__ import annotations

import os
import posixpath
import stat as modes
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, AnyStr, Generic

from ._connection import Connection
from ._names import decode_path, is_bytes
from ._values import Entry, Listing

if TYPE_CHECKING:
    from ._volume import Volume

# The types of entries, as st_mode has them.
UNKNOWN = 0
TYPE_SHIFT = 12
DIRECTORY = modes.S_IFDIR >> TYPE_SHIFT
REGULAR = modes.S_IFREG >> TYPE_SHIFT
LINK = modes.S_IFLNK >> TYPE_SHIFT


class DirEntry(Generic[AnyStr]):
    """An entry of a directory, as os.DirEntry. Its attributes came with it."""

    __slots__ = ("_volume", "_entry", "_followed", "name", "path")

    def __init__(self, volume: Volume, directory: Any, entry: Entry) -> None:
        self._volume = volume
        self._entry = entry
        self._followed: os.stat_result | None = None
        name: Any = entry.name if is_bytes(directory) else decode_path(entry.name)
        self.name: AnyStr = name
        self.path: AnyStr = posixpath.join(directory, name)

    def __fspath__(self) -> AnyStr:
        return self.path

    def __repr__(self) -> str:
        return f"<DirEntry {self.name!r}>"

    def _type(self) -> int:
        kind = self._entry.type
        return kind if kind != UNKNOWN else self.stat(follow_symlinks=False).st_mode >> TYPE_SHIFT

    def _is(self, kind: int, follow_symlinks: bool) -> bool:
        try:
            own = self._type()
            if own != LINK or not follow_symlinks:
                return own == kind
            return self.stat().st_mode >> TYPE_SHIFT == kind
        except FileNotFoundError:
            return False

    def is_dir(self, *, follow_symlinks: bool = True) -> bool:
        return self._is(DIRECTORY, follow_symlinks)

    def is_file(self, *, follow_symlinks: bool = True) -> bool:
        return self._is(REGULAR, follow_symlinks)

    def is_symlink(self) -> bool:
        return self._is(LINK, False)

    def is_junction(self) -> bool:
        return False

    def inode(self) -> int:
        return self.stat(follow_symlinks=False).st_ino

    def stat(self, *, follow_symlinks: bool = True) -> os.stat_result:
        """Attributes, which are asked for once."""
        if follow_symlinks and self._type() == LINK:
            if self._followed is None:
                self._followed = self._volume.stat(self.path)
            return self._followed
        own = self._entry.stat
        if own is None:
            own = self._volume.lstat(self.path)
            self._entry = self._entry._replace(stat=own)
        return own


class ScandirIterator(Iterator[DirEntry[AnyStr]]):
    """Lists a directory page by page, as the iterator of os.scandir."""

    def __init__(self, volume: Volume, connection: Connection, path: Any, first: Listing) -> None:
        self._volume = volume
        self._connection = connection
        self._path = path
        self._handle = first.handle
        self._entries = iter(first.entries)

    def __next__(self) -> DirEntry[AnyStr]:
        while True:
            for entry in self._entries:
                return DirEntry(self._volume, self._path, entry)
            if self._handle == 0:
                raise StopIteration
            self._read_page()

    def _read_page(self) -> None:
        page = self._volume.read_page(self._connection, self._path, self._handle)
        self._handle = page.handle
        self._entries = iter(page.entries)

    def close(self) -> None:
        """Releases the directory before its end."""
        handle, self._handle = self._handle, 0
        self._entries = iter(())
        if handle != 0:
            self._connection.drop(handle)

    def __enter__(self) -> ScandirIterator[AnyStr]:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        # Of a listing that failed, there is no handle.
        if self.__dict__.get("_handle", 0) != 0:
            self.close()


join: Callable[[Any, Any], Any] = posixpath.join


def walk(
    volume: Volume,
    top: Any,
    topdown: bool = True,
    onerror: Callable[[OSError], object] | None = None,
    followlinks: bool = False,
) -> Iterator[tuple[Any, list[Any], list[Any]]]:
    """Each directory of a tree with the names of its directories and other files, as os.walk."""
    try:
        entries = volume.list_entries(top)
    except OSError as error:
        if onerror is not None:
            onerror(error)
        return
    folders: list[Any] = []
    files: list[Any] = []
    for entry in entries:
        (folders if entry.is_dir() else files).append(entry.name)
    links = {entry.name for entry in entries if not followlinks and entry.is_symlink()}
    if topdown:
        yield top, folders, files
    for name in list(folders):
        if name not in links:
            yield from walk(volume, join(top, name), topdown, onerror, followlinks)
    if not topdown:
        yield top, folders, files
