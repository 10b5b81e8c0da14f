"""Directories as os.scandir lists them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, AnyStr, Generic, TypeVar

from ._calls import VolumeCalls
from ._connection import Connection
from ._entry_calls import EntryCalls
from ._request import Call
from ._shapes import Method, Shaped
from ._values import Entry, Listing

if TYPE_CHECKING:
    from ._volume import Volume

R = TypeVar("R")
calls = VolumeCalls()


class EntryBase(Shaped, Generic[AnyStr]):
    """An entry of a directory: what needs no request."""

    __slots__ = ("_volume", "_calls")

    def __init__(self, volume: Any, directory: Any, entry: Entry) -> None:
        self._volume = volume
        self._calls = EntryCalls(directory, entry)

    @property
    def name(self) -> AnyStr:
        return self._calls.name

    @property
    def path(self) -> AnyStr:
        return self._calls.path

    def is_junction(self) -> bool:
        return False

    def __fspath__(self) -> AnyStr:
        return self._calls.path

    def __repr__(self) -> str:
        return f"<DirEntry {self.name!r}>"

    stat = Method(EntryCalls.stat)
    is_dir = Method(EntryCalls.is_dir)
    is_file = Method(EntryCalls.is_file)
    is_symlink = Method(EntryCalls.is_symlink)
    inode = Method(EntryCalls.inode)


class DirEntry(EntryBase[AnyStr]):
    """An entry of a directory, as os.DirEntry."""

    __slots__ = ()

    def _run(self, call: Call[R]) -> R:
        return self._volume.run(call)


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
            page = self._connection.run(calls.readdir(self._path, self._handle, True))
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
        # A listing that failed has not got a handle.
        if self.__dict__.get("_handle", 0) != 0:
            self.close()
