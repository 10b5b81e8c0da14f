"""glossa.aio: a volume for asyncio, with the names, arguments and results of `glossa.Volume`.

    from glossa import aio

    async with aio.Volume("data.vol") as volume:
        names = await volume.listdir("/")
        stats = await asyncio.gather(*(volume.stat(f"/{name}") for name in names))

Requests of one turn of the event loop leave together. A task that is cancelled cancels its request.
"""

# pyright: reportPrivateUsage=false

from __future__ import annotations

import asyncio
import io
import os
import warnings
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any, TypeVar

from ._aio_chunks import Chunk, ChunkStore, HeldLock, Locks, Watch
from ._aio_connection import Connection
from ._aio_path import VolumePath
from ._arguments import AnyPath, StrPath, bytes_of, check_integer, check_position
from ._calls import VolumeCalls
from ._connector import ConnectorBase
from ._directory import EntryBase
from ._entry_calls import DIRECTORY, LINK, REGULAR, join, read_level
from ._file import ACCESS_MODES, FileMethods, OpenMode
from ._file_calls import FileCalls, writable
from ._identity import Identity
from ._operations import DATA_MAX
from ._request import Call
from ._server import Source
from ._shapes import Opening, Question
from ._volume_base import VolumeBase

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = [
    "Chunk",
    "ChunkStore",
    "DirEntry",
    "File",
    "HeldLock",
    "Locks",
    "Volume",
    "VolumePath",
    "Watch",
]

R = TypeVar("R")
calls = VolumeCalls()


class Connector(ConnectorBase[Connection]):
    """Opens the connection in a thread, so that the event loop goes on."""

    def __init__(self, source: Source, reconnects: bool) -> None:
        super().__init__(source, reconnects)
        self._opening: asyncio.Task[Connection] | None = None

    async def connection(self) -> Connection:
        """@raises ValueError if the volume is closed, OSError"""
        connection = self.live()
        if connection is not None:
            return connection
        self.check()
        if self._opening is None:
            self._opening = asyncio.ensure_future(self._open())
        # One opens for all, and goes on when its first caller is cancelled.
        return await asyncio.shield(self._opening)

    async def _open(self) -> Connection:
        loop = asyncio.get_running_loop()
        try:
            link = await loop.run_in_executor(None, self.link)
            _, connection = await loop.create_unix_connection(
                lambda: Connection(link, loop), sock=link.stream
            )
            await loop.run_in_executor(None, self.keep, connection)
            return connection
        finally:
            self._opening = None


class File(FileMethods):
    """An unbuffered open file, with the methods of `glossa.File` as coroutines."""

    def __init__(
        self,
        connection: Connection,
        identity: Identity | None,
        file_calls: FileCalls,
        name: Any,
        flags: int,
    ) -> None:
        self._connection = connection
        self._identity = identity
        self._calls = file_calls
        self._flags = flags
        self._position = 0
        # Bytes read for lines, and not yet returned; they end at the position.
        self._ahead: bytes = b""
        self.name = name
        self.closed = False

    async def _run(self, call: Call[R]) -> R:
        if self.closed:
            raise ValueError("I/O operation on closed file")
        return await self._connection.run(call, self._identity)

    @property
    def handle(self) -> int:
        """The number of the file in the connection."""
        return self._calls.handle

    def _check(self, without: int, purpose: str) -> None:
        if self.closed:
            raise ValueError("I/O operation on closed file")
        if self._flags & ACCESS_MODES == without:
            raise io.UnsupportedOperation(f"File not open for {purpose}")

    def _forget_ahead(self) -> None:
        self._position -= len(self._ahead)
        self._ahead = b""

    async def read(self, size: int | None = -1) -> bytes:
        """Reads at the position: `size` bytes, fewer at the end of the file; -1 is all."""
        self._check(os.O_WRONLY, "reading")
        size = -1 if size is None else check_integer(size, "size")
        self._forget_ahead()
        if size < 0:
            data = await self._run(self._calls.read_rest(self._position))
        else:
            data = await self._run(self._calls.pread(size, self._position))
        self._position += len(data)
        return data

    async def readinto(self, buffer: Any) -> int:
        self._check(os.O_WRONLY, "reading")
        self._forget_ahead()
        count = await self._run(self._calls.preadinto(writable(buffer), self._position))
        self._position += count
        return count

    async def readline(self) -> bytes:
        """The next line with its end; no bytes at the end of the file."""
        self._check(os.O_WRONLY, "reading")
        start = 0
        while True:
            end = self._ahead.find(b"\n", start) + 1
            if end > 0:
                break
            start = end = len(self._ahead)
            data = await self._run(self._calls.read(DATA_MAX, self._position))
            if not data:
                break
            self._position += len(data)
            self._ahead = self._ahead + data
        line, self._ahead = self._ahead[:end], self._ahead[end:]
        return line

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        line = await self.readline()
        if not line:
            raise StopAsyncIteration
        return line

    async def write(self, data: Any) -> int:
        """Writes all bytes at the position; returns their number."""
        self._check(os.O_RDONLY, "writing")
        view = bytes_of(data)
        self._forget_ahead()
        self._position = await self._run(self._calls.write_all(view, self._position))
        return len(view)

    async def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self._forget_ahead()
        self._position = await self._run(self._calls.find(offset, whence, self._position))
        return self._position

    def tell(self) -> int:
        return self._position - len(self._ahead)

    async def truncate(self, size: int | None = None) -> int:
        self._check(os.O_RDONLY, "writing")
        size = self.tell() if size is None else check_position(size, "size")
        await self._run(self._calls.set_size(size))
        return size

    async def close(self) -> None:
        if not self.closed:
            self.closed = True
            await self._connection.run(self._calls.close_handle())

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def __repr__(self) -> str:
        state = " [closed]" if self.closed else ""
        return f"<glossa.aio.File name={self.name!r}{state}>"

    def __del__(self) -> None:
        if self.__dict__.get("closed", True):
            return
        try:
            warnings.warn(f"unclosed file {self!r}", ResourceWarning, stacklevel=2, source=self)
        finally:
            self._connection.drop(self.handle)


class DirEntry(EntryBase[Any]):
    """An entry of a directory, as os.DirEntry, with coroutines.

    What the listing has told about its type is true or false without an await, too. Of a symbolic link that is
    `is_dir(follow_symlinks=False)` and `is_symlink()`: where its target matters, only an await has the answer.
    """

    __slots__ = ()

    async def _run(self, call: Call[R]) -> R:
        return await self._volume.run(call)

    def is_dir(self, *, follow_symlinks: bool = True) -> Question:
        return self._is("is_dir", DIRECTORY, follow_symlinks)

    def is_file(self, *, follow_symlinks: bool = True) -> Question:
        return self._is("is_file", REGULAR, follow_symlinks)

    def is_symlink(self) -> Question:
        return self._is("is_symlink", LINK, False)

    def _is(self, name: str, type: int, follow_symlinks: bool) -> Question:
        entry = self._calls
        told = entry.told(type, follow_symlinks)
        return Question(name, lambda: self._run(entry.is_type(type, follow_symlinks)), told)


class Volume(VolumeBase[Connector]):
    """A volume for the tasks of one event loop. It connects at its first use, or in `async with`."""

    _make_connector = Connector

    @classmethod
    def below(cls, child: Any = None) -> Self:
        """Inside a translator: the volume below it. It needs no close.

        child: one of the translator's `children`; by default the first
        @raises RuntimeError outside of a translator
        """
        try:
            from ._below import find_connector
        except ModuleNotFoundError as error:
            if error.name not in ("glupy", "_host"):
                raise
            raise RuntimeError("only a translator has a volume below") from None
        return cls._share(find_connector(child), None)

    async def run(self, call: Call[R]) -> R:
        """Carries out an operation of `_calls`."""
        connection = await self._connector.connection()
        return await connection.run(call, self._identity)

    _run = run

    def open(self, file: AnyPath, mode: str = "rb") -> Opening[File]:
        """Opens a file for bytes; of a text there are read_text and write_text."""
        opened = OpenMode(mode, -1)
        if not opened.is_binary:
            raise ValueError(f"a file of aio has bytes: the mode is {mode + 'b'!r}, not {mode!r}")
        return Opening(lambda: self._open(file, opened))

    async def _open(self, path: AnyPath, mode: OpenMode) -> File:
        file = await self.open_raw(path, mode.flags, 0o666)
        try:
            if mode.appends:
                await file.seek(0, os.SEEK_END)
            return file
        except BaseException:
            await file.close()
            raise

    async def open_raw(self, path: AnyPath, flags: int, mode: int = 0o777) -> File:
        """Opens a file with flags, as os.open."""
        connection = await self._connector.connection()
        handle = await connection.run(calls.open_handle(path, flags, mode), self._identity)
        return File(connection, self._identity, FileCalls(handle, path), path, flags)

    async def scandir(self, path: Any = "/") -> AsyncIterator[DirEntry]:
        """The entries of a directory with their attributes."""
        connection = await self._connector.connection()
        page = await connection.run(calls.opendir(path, True), self._identity)
        try:
            while True:
                for entry in page.entries:
                    yield DirEntry(self, path, entry)
                if page.handle == 0:
                    return
                page = await connection.run(calls.readdir(path, page.handle, True))
        finally:
            if page.handle != 0:
                connection.drop(page.handle)

    async def walk(
        self,
        top: Any = "/",
        topdown: bool = True,
        onerror: Callable[[OSError], object] | None = None,
        followlinks: bool = False,
    ) -> AsyncIterator[tuple[Any, list[Any], list[Any]]]:
        """Each directory of a tree with the names of its directories and other files."""
        try:
            folders, files, links = await self.run(read_level(top, followlinks))
        except OSError as error:
            if onerror is not None:
                onerror(error)
            return
        if topdown:
            yield top, folders, files
        for name in list(folders):
            if name not in links:
                below = self.walk(join(top, name), topdown, onerror, followlinks)
                async for step in below:
                    yield step
        if not topdown:
            yield top, folders, files

    def path(self, *parts: StrPath) -> VolumePath:
        """A path of the volume with the methods of pathlib: `volume.path("/a") / "b"`."""
        return VolumePath(self, *parts)

    async def close(self) -> None:
        """Ends the connection, and a server of the volume's own. Calls under way fail."""
        if self._owns_connector:
            await asyncio.get_running_loop().run_in_executor(None, self._connector.close)

    async def __aenter__(self) -> Self:
        await self._connector.connection()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
