"""Volume: the files of a volume for a program, under the names of os, os.path and shutil."""

# pyright: reportPrivateUsage=false

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

from ._arguments import AnyPath, StrPath
from ._calls import VolumeCalls
from ._connector import Connector
from ._directory import ScandirIterator
from ._entry_calls import join, read_level
from ._file import File, OpenMode
from ._file_calls import FileCalls
from ._identity import Identity
from ._path import VolumePath
from ._request import Call, Request
from ._server import Source
from ._volume_base import VolumeBase

if TYPE_CHECKING:
    from _typeshed import (
        OpenBinaryMode,
        OpenBinaryModeReading,
        OpenBinaryModeUpdating,
        OpenBinaryModeWriting,
        OpenTextMode,
    )
    from typing_extensions import Self

R = TypeVar("R")
calls = VolumeCalls()


# By their numbers, as GlusterFS has them.
LOG_LEVELS = (
    *("NONE", "EMERG", "ALERT", "CRITICAL", "ERROR"),
    *("WARNING", "NOTICE", "INFO", "DEBUG", "TRACE"),
)


class Volume(VolumeBase[Connector]):
    """A volume, which a server of its own or one that runs serves."""

    _make_connector = Connector

    def _begin(self) -> None:
        self._connector.connection()

    def run(self, call: Call[R]) -> R:
        """Carries out an operation of `_calls`."""
        connector = self._connector
        connection = connector.current
        if connection is None or connection.loss is not None:
            connection = connector.connection()
        if self._identity is None and type(call) is Request:
            return connection.call(call)
        return connection.run(call, self._identity)

    _run = run

    @overload
    def open(
        self,
        file: AnyPath,
        mode: OpenTextMode = "r",
        buffering: int = -1,
        encoding: str | None = None,
        errors: str | None = None,
        newline: str | None = None,
    ) -> io.TextIOWrapper: ...
    @overload
    def open(self, file: AnyPath, mode: OpenBinaryMode, buffering: Literal[0]) -> File: ...
    @overload
    def open(
        self, file: AnyPath, mode: OpenBinaryModeUpdating, buffering: Literal[-1, 1] = -1
    ) -> io.BufferedRandom: ...
    @overload
    def open(
        self, file: AnyPath, mode: OpenBinaryModeWriting, buffering: Literal[-1, 1] = -1
    ) -> io.BufferedWriter: ...
    @overload
    def open(
        self, file: AnyPath, mode: OpenBinaryModeReading, buffering: Literal[-1, 1] = -1
    ) -> io.BufferedReader: ...
    @overload
    def open(
        self,
        file: AnyPath,
        mode: str,
        buffering: int = -1,
        encoding: str | None = None,
        errors: str | None = None,
        newline: str | None = None,
    ) -> Any: ...
    def open(
        self,
        file: AnyPath,
        mode: str = "r",
        buffering: int = -1,
        encoding: str | None = None,
        errors: str | None = None,
        newline: str | None = None,
    ) -> Any:
        """Opens a file as the function open does; text is UTF-8 unless told otherwise."""
        opened = OpenMode(mode, buffering, encoding=encoding, errors=errors, newline=newline)
        raw = self.open_raw(file, opened.flags, 0o666)
        try:
            if opened.appends:
                raw.seek(0, os.SEEK_END)
            return opened.wrap(raw, encoding, errors, newline)
        except BaseException:
            raw.close()
            raise

    def open_raw(self, path: AnyPath, flags: int, mode: int = 0o777) -> File:
        """Opens a file with flags, as os.open. The result stands in the place of a descriptor."""
        connection = self._connector.connection()
        handle = connection.run(calls.open_handle(path, flags, mode), self._identity)
        return File(connection, self._identity, FileCalls(handle, path), path, flags)

    def scandir(self, path: Any = "/") -> ScandirIterator[Any]:
        """The entries of a directory with their attributes, as os.scandir."""
        connection = self._connector.connection()
        first = connection.run(calls.opendir(path, True), self._identity)
        return ScandirIterator(self, connection, path, first)

    def walk(
        self,
        top: Any = "/",
        topdown: bool = True,
        onerror: Callable[[OSError], object] | None = None,
        followlinks: bool = False,
    ) -> Iterator[tuple[Any, list[Any], list[Any]]]:
        """Each directory of a tree with the names of its directories and other files."""
        try:
            folders, files, links = self.run(read_level(top, followlinks))
        except OSError as error:
            if onerror is not None:
                onerror(error)
            return
        if topdown:
            yield top, folders, files
        for name in list(folders):
            if name not in links:
                yield from self.walk(join(top, name), topdown, onerror, followlinks)
        if not topdown:
            yield top, folders, files

    def path(self, *parts: StrPath) -> VolumePath:
        """A path of the volume with the methods of pathlib: `volume.path("/a") / "b"`."""
        return VolumePath(self, *parts)

    # -- the volume --------------------------------------------------------------------------------

    def reload(self) -> None:
        """Makes the server read its volfile again; open files stay open."""
        self._run(calls.reload())

    def set_log(self, file: StrPath | None, level: str = "WARNING") -> None:
        """Sends the log of the server to another file from now on; None ends the log."""
        if level not in LOG_LEVELS:
            raise ValueError(f"level must be one of {', '.join(LOG_LEVELS)}, not {level!r}")
        self._run(calls.set_log(file, LOG_LEVELS.index(level)))

    def volume_id(self) -> bytes:
        """The 16 bytes of the volume's id."""
        return self._run(calls.volume_id())

    def close(self) -> None:
        """Ends the connection, and a server of the volume's own. Open files fail afterwards."""
        if self._owns_connector:
            self._connector.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __reduce__(self) -> Any:
        if self.closed:
            raise TypeError("cannot pickle a closed volume")
        connector = self._connector
        return _restore, (type(self), connector.source, connector.reconnects, self._identity)


def _restore(
    cls: type[Volume], source: Source, reconnects: bool, identity: Identity | None
) -> Volume:
    """An unpickled volume, which connects at its first use."""
    volume = cls.__new__(cls)
    volume._attach(source, reconnects)
    volume._identity = identity
    return volume
