"""Volume: the files of a volume for a program, under the names of os, os.path and shutil."""

# pyright: reportPrivateUsage=false

from __future__ import annotations

import io
import os
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

from ._directory import ScandirIterator, walk
from ._file import File, OpenMode
from ._file_calls import FileCalls
from ._identity import Identity, make_identity
from ._names import AnyPath, StrPath
from ._path import VolumePath
from ._request import Call, Request
from ._server import Command, Source, make_source
from ._session import Session
from ._shapes import blocking
from ._tree_calls import TreeCalls

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
calls = TreeCalls()


# By their numbers, as GlusterFS has them.
LOG_LEVELS = (
    *("NONE", "EMERG", "ALERT", "CRITICAL", "ERROR"),
    *("WARNING", "NOTICE", "INFO", "DEBUG", "TRACE"),
)


class Volume:
    """A volume, which a server of its own or one that runs serves."""

    def __init__(
        self,
        volfile: StrPath | None = None,
        *,
        host: str | Sequence[str] | None = None,
        volname: str | None = None,
        options: Iterable[str] = (),
        log: StrPath | None = None,
        log_level: str | None = None,
        command: Command | None = None,
        reconnect: bool = False,
    ) -> None:
        """
        volfile: path of a volfile; or host, volname: a volume of a server of volfiles
        options: in place of those of the volfile: `VOLUME.OPTION=VALUE`
        log, log_level: file of the log, and its least serious level
        command: path of glossa; otherwise $GLOSSA, or that of PATH or of node_modules
        reconnect: whether a call after the end of the server starts another one
        """
        source = make_source(volfile, host, volname, options, log, log_level, command)
        self._attach(Session(source, reconnect), None, True)
        self._session.connection()

    @classmethod
    def connect(cls, address: StrPath, *, reconnect: bool = False) -> Self:
        """The volume of a server that runs. @param address: path of its socket"""
        source = Source(os.fspath(address), os.fspath(address))
        volume = cls._make(Session(source, reconnect), None, True)
        volume._session.connection()
        return volume

    @classmethod
    def _make(cls, session: Session, identity: Identity | None, owns: bool) -> Self:
        volume = cls.__new__(cls)
        volume._attach(session, identity, owns)
        return volume

    def _attach(self, session: Session, identity: Identity | None, owns: bool) -> None:
        self._calls = calls
        self._session = session
        self._identity = identity
        self._owns_session = owns

    def run(self, call: Call[R]) -> R:
        """Carries out an operation of `_calls`."""
        session = self._session
        connection = session.current
        if connection is None or connection.loss is not None:
            connection = session.connection()
        if self._identity is None and type(call) is Request:
            return connection.call(call)
        return connection.run(call, self._identity)

    _run = run

    # -- attributes --------------------------------------------------------------------------------

    stat = blocking(TreeCalls.stat)
    lstat = blocking(TreeCalls.lstat)
    gfid = blocking(TreeCalls.gfid)
    access = blocking(TreeCalls.access)
    exists = blocking(TreeCalls.exists)
    lexists = blocking(TreeCalls.lexists)
    isfile = blocking(TreeCalls.isfile)
    isdir = blocking(TreeCalls.isdir)
    islink = blocking(TreeCalls.islink)
    getsize = blocking(TreeCalls.getsize)
    getatime = blocking(TreeCalls.getatime)
    getmtime = blocking(TreeCalls.getmtime)
    getctime = blocking(TreeCalls.getctime)
    samefile = blocking(TreeCalls.samefile)
    chmod = blocking(TreeCalls.chmod)
    chown = blocking(TreeCalls.chown)
    lchown = blocking(TreeCalls.lchown)
    utime = blocking(TreeCalls.utime)
    truncate = blocking(TreeCalls.truncate)
    statvfs = blocking(TreeCalls.statvfs)
    getxattr = blocking(TreeCalls.getxattr)
    listxattr = blocking(TreeCalls.listxattr)
    setxattr = blocking(TreeCalls.setxattr)
    removexattr = blocking(TreeCalls.removexattr)

    # -- names -------------------------------------------------------------------------------------

    mkdir = blocking(TreeCalls.mkdir)
    makedirs = blocking(TreeCalls.makedirs)
    mknod = blocking(TreeCalls.mknod)
    mkfifo = blocking(TreeCalls.mkfifo)
    rmdir = blocking(TreeCalls.rmdir)
    remove = blocking(TreeCalls.remove)
    unlink = blocking(TreeCalls.unlink)
    rename = blocking(TreeCalls.rename)
    replace = blocking(TreeCalls.replace)
    link = blocking(TreeCalls.link)
    symlink = blocking(TreeCalls.symlink)
    readlink = blocking(TreeCalls.readlink)
    realpath = blocking(TreeCalls.realpath)
    listdir = blocking(TreeCalls.listdir)

    # -- data and trees ----------------------------------------------------------------------------

    read_bytes = blocking(TreeCalls.read_bytes)
    write_bytes = blocking(TreeCalls.write_bytes)
    read_text = blocking(TreeCalls.read_text)
    write_text = blocking(TreeCalls.write_text)
    copyfile = blocking(TreeCalls.copyfile)
    copymode = blocking(TreeCalls.copymode)
    copystat = blocking(TreeCalls.copystat)
    copy = blocking(TreeCalls.copy)
    copy2 = blocking(TreeCalls.copy2)
    copytree = blocking(TreeCalls.copytree)
    rmtree = blocking(TreeCalls.rmtree)
    move = blocking(TreeCalls.move)

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
        connection = self._session.connection()
        handle = connection.run(calls.open_handle(path, flags, mode), self._identity)
        return File(connection, self._identity, FileCalls(handle, path), path, flags)

    def scandir(self, path: Any = "/") -> ScandirIterator[Any]:
        """The entries of a directory with their attributes, as os.scandir."""
        connection = self._session.connection()
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
        return walk(self, top, topdown, onerror, followlinks)

    def path(self, *parts: StrPath) -> VolumePath:
        """A path of the volume with the methods of pathlib: `volume.path("/a") / "b"`."""
        return VolumePath(self, *parts)

    def is_same(self, other: Volume) -> bool:
        """Whether both are one volume, perhaps for different callers."""
        return self._session is other._session

    # -- the volume --------------------------------------------------------------------------------

    def with_identity(
        self,
        *,
        uid: int | None = None,
        gid: int | None = None,
        groups: Iterable[int] | None = None,
        umask: int | None = None,
        lock_owner: bytes | None = None,
    ) -> Self:
        """The same volume for another caller. It needs no close."""
        base = self._identity or Identity()
        identity = make_identity(base, uid, gid, groups, umask, lock_owner)
        return self._make(self._session, identity, False)

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

    @property
    def closed(self) -> bool:
        return self._session.is_closed

    def close(self) -> None:
        """Ends the connection, and a server of the volume's own. Open files fail afterwards."""
        if self._owns_session:
            self._session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        # Of an object whose construction failed, there is no session.
        if not self.__dict__.get("_owns_session", False) or self._session.is_unused:
            return
        try:
            warnings.warn(f"unclosed volume {self!r}", ResourceWarning, stacklevel=2, source=self)
        finally:
            self._session.close()

    def __repr__(self) -> str:
        state = " [closed]" if self.closed else ""
        return f"<glossa.Volume {self._session.source.name!r}{state}>"

    def __reduce__(self) -> Any:
        if self.closed:
            raise TypeError("cannot pickle a closed volume")
        session = self._session
        return _restore, (type(self), session.source, session.reconnects, self._identity)


def _restore(
    cls: type[Volume], source: Source, reconnects: bool, identity: Identity | None
) -> Volume:
    """An unpickled volume, which connects at its first use."""
    return cls._make(Session(source, reconnects), identity, True)
